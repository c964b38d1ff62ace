//! JSON Feed 1.0 and 1.1 (jsonfeed.org), read value by value so that a wrong type costs one field.

use ::url::Url;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::model::{Enclosure, Entry, FeedFormat, ParsedFeed};

use super::absolute::absolute_links;
use super::address::address;
use super::complaint::{Complaint, Complaints};
use super::date::read_date;
use super::entry::MAX_PARTS;
use super::error::FeedError;
use super::identity::identity;
use super::source::{FeedLimits, Source};
use super::title::{one_line, title_text};
use super::value::escape;
use super::{finish, json_mend, person};

type Object = Map<String, Value>;

/// Reads a JSON document that has `items` as a feed.
///
/// # Errors
/// When it is no JSON even after mending, no feed, or nested too deep.
pub(super) fn read_json(
    text: &str,
    source: &Source<'_>,
    limits: &FeedLimits,
) -> Result<ParsedFeed, FeedError> {
    let mut complaints = Complaints::default();
    let root = json_mend::read_mended(
        text,
        limits.entries_from.saturating_add(limits.entries),
        &mut complaints,
    )?;
    let feed = &root.fields;
    let Some(items) = root.items.filter(|items| is_json_feed(feed, items)) else {
        return Err(FeedError::NotAFeed {
            what: "JSON of another kind",
            discovered: Vec::new(),
        });
    };
    let mut reading = Reading {
        // RFC 8259 knows no base: only where the document came from, then the site.
        base: source
            .base
            .cloned()
            .or_else(|| web(feed, "feed_url"))
            .or_else(|| web(feed, "home_page_url")),
        limits,
        now: source.now,
        complaints,
    };
    let mut entries = Vec::new();
    for item in items.iter().skip(limits.entries_from) {
        match item.as_object() {
            Some(item) => entries.push(reading.entry(item)),
            None => reading.complaints.note(Complaint::NotAnEntry),
        }
    }
    let authors = reading.authors(feed);
    for entry in entries.iter_mut().filter(|entry| entry.authors.is_empty()) {
        entry.authors.clone_from(&authors);
    }
    let feed = ParsedFeed {
        format: FeedFormat::Json,
        title: reading.line(feed, "title"),
        link: reading.address(feed, "home_page_url"),
        language: reading.line(feed, "language"),
        // The format has no field for it: the feed changed with its newest item.
        updated: entries
            .iter()
            .flat_map(|entry| [entry.published, entry.updated])
            .flatten()
            .max(),
        ttl: None,
        skip_hours: Vec::new(),
        skip_days: Vec::new(),
        current: None,
        hubs: reading.hubs(feed),
        next: reading.address(feed, "next_url"),
        entries,
        n_entries_beyond: root.n_items_beyond,
        is_cut: false,
        warnings: Vec::new(),
    };
    Ok(finish::finish(feed, limits, reading.complaints))
}

/// Other services list `items` too: a feed says what it is, or has an item with a field of one.
fn is_json_feed(feed: &Object, items: &[Value]) -> bool {
    const FIELDS: [&str; 6] = [
        "id",
        "url",
        "title",
        "content_html",
        "content_text",
        "summary",
    ];
    let says_so = ["version", "feed_url", "home_page_url"];
    let is_item = |item: &Object| FIELDS.iter().any(|field| item.contains_key(*field));
    items.is_empty()
        || says_so.iter().any(|field| feed.contains_key(*field))
        || items.iter().filter_map(Value::as_object).any(is_item)
}

fn web(object: &Object, key: &str) -> Option<Url> {
    crate::url::resolve(object.get(key)?.as_str()?, None)
}

struct Reading<'l> {
    base: Option<Url>,
    limits: &'l FeedLimits,
    now: DateTime<Utc>,
    complaints: Complaints,
}

impl Reading<'_> {
    fn entry(&mut self, item: &Object) -> Entry {
        let (published, published_raw) = self.date(item, "date_published");
        let (updated, _) = self.date(item, "date_modified");
        let summary = self.text(item, "summary");
        let mut entry = Entry {
            guid: String::new(),
            url: self
                .address(item, "url")
                .or_else(|| self.address(item, "external_url")),
            title: self.line(item, "title"),
            authors: self.authors(item),
            published,
            published_raw,
            updated,
            summary_html: summary.map(|text| escape(&text).into_owned()),
            content_html: self.content(item),
            enclosures: self.enclosures(item),
            categories: self.tags(item),
            language: self.line(item, "language"),
            rights: None,
            image_url: self
                .address(item, "image")
                .or_else(|| self.address(item, "banner_image")),
        };
        let id = self.text(item, "id");
        // The address serves as id where the id is one, and as guid where there is none.
        if entry.url.is_none() {
            entry.url = id
                .as_deref()
                .and_then(|id| crate::url::resolve(id, None))
                .map(String::from);
        }
        entry.guid = identity(id, &entry, "", self.limits.guid_bytes, &mut self.complaints);
        entry
    }

    /// A string, or a number or boolean as one; `None` for null, nothing or an empty string.
    fn text(&mut self, object: &Object, key: &str) -> Option<String> {
        let text = match object.get(key)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => {
                self.complaints.note(Complaint::OddJson);
                number.to_string()
            }
            Value::Bool(value) => {
                self.complaints.note(Complaint::OddJson);
                value.to_string()
            }
            Value::Null => return None,
            Value::Array(_) | Value::Object(_) => {
                self.complaints.note(Complaint::OddJson);
                return None;
            }
        };
        (!text.trim().is_empty()).then_some(text)
    }

    fn line(&mut self, object: &Object, key: &str) -> Option<String> {
        let line = one_line(&title_text(&self.text(object, key)?));
        (!line.trim().is_empty()).then_some(line)
    }

    fn address(&mut self, object: &Object, key: &str) -> Option<String> {
        let raw = self.text(object, key)?;
        let url = address(&raw, self.base.as_ref(), self.limits.link_bytes);
        if url.is_none() {
            self.complaints.note(Complaint::BadUrl);
        }
        url
    }

    fn date(&mut self, object: &Object, key: &str) -> (Option<DateTime<Utc>>, Option<String>) {
        let raw = match object.get(key) {
            // An epoch is odd but clear: no complaint.
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(_) | None => self.text(object, key),
        };
        let Some(raw) = raw else {
            return (None, None);
        };
        let date = read_date(&raw, &mut self.complaints, self.now);
        let kept = crate::text::clean_line(&raw);
        (date, Some(crate::text::cap(&kept, 200).0.to_owned()))
    }

    fn content(&mut self, item: &Object) -> Option<String> {
        if let Some(html) = self.text(item, "content_html") {
            return Some(absolute_links(&html, self.base.as_ref()).into_owned());
        }
        let text = self.text(item, "content_text")?;
        Some(escape(&text).replace("\n\n", "<br><br>"))
    }

    /// `authors` (1.1), else `author` (1.0); a bare string is taken for the name.
    fn authors(&mut self, object: &Object) -> Vec<String> {
        let listed: Vec<&Value> = match (object.get("authors"), object.get("author")) {
            (Some(Value::Array(list)), _) if !list.is_empty() => list.iter().collect(),
            (Some(one @ (Value::Object(_) | Value::String(_))), _) | (_, Some(one)) => vec![one],
            (_, None) => Vec::new(),
        };
        let mut names: Vec<String> = Vec::new();
        for author in listed.into_iter().take(MAX_PARTS) {
            let name = match author {
                Value::String(name) => Some(person::read_person(name).0),
                Value::Object(author) => self.line(author, "name"),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
            };
            names.extend(name.map(|name| crate::text::clean_line(&name)));
        }
        names.retain(|name| !name.is_empty());
        names
    }

    fn tags(&mut self, item: &Object) -> Vec<String> {
        let raw: Vec<String> = match item.get("tags") {
            Some(Value::Array(list)) => list
                .iter()
                .take(MAX_PARTS)
                .filter_map(|tag| match tag {
                    Value::String(tag) => Some(tag.clone()),
                    Value::Number(tag) => Some(tag.to_string()),
                    Value::Object(tag) => self.line(tag, "name"),
                    Value::Null | Value::Bool(_) | Value::Array(_) => None,
                })
                .collect(),
            Some(Value::String(list)) => list.split(',').map(str::to_owned).collect(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
                Vec::new()
            }
        };
        let mut tags: Vec<String> = Vec::new();
        for tag in raw.iter().map(|tag| crate::text::clean_line(tag)) {
            if !tag.is_empty() && !tags.contains(&tag) && tags.len() < MAX_PARTS {
                tags.push(tag);
            }
        }
        tags
    }

    fn enclosures(&mut self, item: &Object) -> Vec<Enclosure> {
        let list = match item.get("attachments") {
            Some(Value::Array(list)) => list.as_slice(),
            Some(_) | None => return Vec::new(),
        };
        let mut found = Vec::new();
        for attachment in list.iter().take(MAX_PARTS).filter_map(Value::as_object) {
            let Some(url) = self.address(attachment, "url") else {
                continue;
            };
            found.push(Enclosure {
                url,
                media_type: self.line(attachment, "mime_type"),
                length: attachment.get("size_in_bytes").and_then(size),
            });
        }
        found
    }

    fn hubs(&mut self, feed: &Object) -> Vec<String> {
        let list = feed.get("hubs").and_then(Value::as_array);
        let mut hubs = Vec::new();
        for hub in list.into_iter().flatten().take(10) {
            let url = match hub {
                Value::Object(hub) => self.address(hub, "url"),
                Value::String(hub) => address(hub, self.base.as_ref(), self.limits.link_bytes),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
            };
            hubs.extend(url);
        }
        hubs
    }
}

/// A size as a number, a number with a fraction, or a string.
fn size(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let whole = text.split('.').next()?;
    whole
        .parse()
        .ok()
        .filter(|&size| i64::try_from(size).is_ok())
}
