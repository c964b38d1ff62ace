//! Subscription lists (OPML 1.0 and 2.0), read as people have them and written as they should be.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::text::{DocumentKind, clean_line, decode};

use super::complaint::Complaints;
use super::doctype::entities;
use super::reference::decode as references;
use super::token::{Tag, Token, Tokenizer};
use super::value::escape;

/// A feed in a subscription list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpmlFeed {
    /// Address of the feed as written, trimmed.
    pub url: String,
    /// Its name.
    pub title: Option<String>,
    /// Address of its site.
    pub site: Option<String>,
    /// The folders it stands in, outermost first, and its categories; each once.
    pub tags: Vec<String>,
    /// All other attributes, names as written, in order.
    pub attributes: Vec<(String, String)>,
}

/// Why a document gave no subscription list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpmlError {
    /// No outline with a feed's address in it.
    #[error("cannot read the subscription list: no outline with `xmlUrl` in it")]
    NoFeeds,
    /// The bytes are no text.
    #[error("cannot read the subscription list: its bytes are no text in a known encoding")]
    Charset(#[source] crate::text::CharsetError),
    /// It defines entities that could grow or reach out.
    #[error("cannot read the subscription list: its DOCTYPE defines entities")]
    Gate(#[source] crate::markup::GateError),
}

impl OpmlError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoFeeds => Some("is the file an OPML export of subscriptions?".to_owned()),
            Self::Charset(_) | Self::Gate(_) => None,
        }
    }
}

/// Most feeds read from one list.
const MAX_FEEDS: usize = 100_000;
/// Deepest folder that gives a tag.
const MAX_FOLDERS: usize = 32;
/// Longest value kept of an attribute.
const MAX_VALUE_BYTES: usize = 4_000;

/// Reads the feeds of a subscription list in document order.
///
/// Tolerant: any case of names, a missing head or root, `title` without `text` and the other way
/// round, `url` where `xmlUrl` should stand, stray `&`, missing end tags, nested folders, comments.
/// The same address in several folders is one feed with all tags.
///
/// # Errors
/// When not one feed is in it, or the bytes are no text.
pub fn read(bytes: &[u8]) -> Result<Vec<OpmlFeed>, OpmlError> {
    let decoded = decode(bytes, None, DocumentKind::Xml).map_err(OpmlError::Charset)?;
    let entities = entities(&decoded.text).map_err(OpmlError::Gate)?;
    let mut complaints = Complaints::default();
    let mut tokenizer = Tokenizer::new(&decoded.text, 100);
    // One slot an open outline: the folder's name, or nothing for a feed.
    let mut folders: Vec<Option<String>> = Vec::new();
    let mut feeds: Vec<OpmlFeed> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    while let Some(token) = tokenizer.next(&mut complaints) {
        match token {
            Token::Start(tag) if tag.name.eq_ignore_ascii_case("outline") => {
                let outline = Outline::read(&tag, |raw| {
                    references(raw, &entities, &mut Complaints::default()).into_owned()
                });
                let name = outline.feed.title.clone();
                let is_feed = !outline.feed.url.is_empty();
                if is_feed && feeds.len() < MAX_FEEDS {
                    add(&mut feeds, &mut places, outline, &folders);
                }
                if !tag.is_empty && folders.len() < MAX_FOLDERS * 8 {
                    folders.push(name.filter(|_| !is_feed));
                }
            }
            Token::End(name) if name.eq_ignore_ascii_case("outline") => {
                folders.pop();
            }
            Token::Start(_) | Token::End(_) | Token::Text(_) | Token::Raw(_) => {}
        }
    }
    if feeds.is_empty() {
        return Err(OpmlError::NoFeeds);
    }
    Ok(feeds)
}

fn add(
    feeds: &mut Vec<OpmlFeed>,
    places: &mut HashMap<String, usize>,
    outline: Outline,
    folders: &[Option<String>],
) {
    let Outline { feed, categories } = outline;
    let tags = folders
        .iter()
        .flatten()
        .take(MAX_FOLDERS)
        .cloned()
        .chain(categories);
    let place = *places.entry(feed.url.clone()).or_insert(feeds.len());
    if place == feeds.len() {
        feeds.push(feed);
    }
    if let Some(known) = feeds.get_mut(place) {
        for tag in tags {
            if !known.tags.contains(&tag) && known.tags.len() < MAX_FOLDERS {
                known.tags.push(tag);
            }
        }
    }
}

struct Outline {
    feed: OpmlFeed,
    categories: Vec<String>,
}

impl Outline {
    fn read(tag: &Tag<'_>, resolve: impl Fn(&str) -> String) -> Self {
        let mut feed = OpmlFeed::default();
        let mut categories = Vec::new();
        let mut text = None;
        let mut other_url = None;
        let mut kind = String::new();
        for &(name, raw) in &tag.attributes {
            let value = clean_line(&resolve(raw));
            let value = crate::text::cap(&value, MAX_VALUE_BYTES).0.to_owned();
            match name.to_ascii_lowercase().as_str() {
                "xmlurl" if feed.url.is_empty() => feed.url = value,
                "htmlurl" => feed.site = Some(value).filter(|value| !value.is_empty()),
                "title" => feed.title = Some(value).filter(|value| !value.is_empty()),
                "text" => text = Some(value).filter(|value| !value.is_empty()),
                "category" => categories = split_categories(&value),
                "url" => other_url = Some((name.to_owned(), value)),
                "type" => kind = value,
                _ => feed.attributes.push((name.to_owned(), value)),
            }
        }
        if let Some((name, url)) = other_url {
            // `url` is a feed's address where the type says so; elsewhere it is a page or a list.
            if feed.url.is_empty()
                && matches!(kind.to_ascii_lowercase().as_str(), "rss" | "atom" | "feed")
            {
                feed.url = url;
            } else {
                feed.attributes.push((name, url));
            }
        }
        // `text` is what OPML asks for, `title` what some exports have instead.
        feed.title = text.or(feed.title);
        Self { feed, categories }
    }
}

/// `/News/World,Local` (OPML 2.0): the parts of each path.
fn split_categories(list: &str) -> Vec<String> {
    list.split([',', '/'])
        .map(clean_line)
        .filter(|category| !category.is_empty())
        .collect()
}

/// Writes a subscription list (OPML 2.0) that [`read`] gives back unchanged.
///
/// Feeds stand side by side; their tags are categories, since a feed may have several.
pub fn write(title: &str, feeds: &[OpmlFeed], now: DateTime<Utc>) -> String {
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n");
    out.push_str("  <head>\n    <title>");
    out.push_str(&escape(&clean_line(title)));
    out.push_str("</title>\n    <dateCreated>");
    out.push_str(&now.to_rfc2822());
    out.push_str("</dateCreated>\n  </head>\n  <body>\n");
    for feed in feeds {
        out.push_str("    <outline type=\"rss\"");
        if let Some(title) = &feed.title {
            push(&mut out, "text", title);
            push(&mut out, "title", title);
        } else {
            push(&mut out, "text", &feed.url);
        }
        push(&mut out, "xmlUrl", &feed.url);
        if let Some(site) = &feed.site {
            push(&mut out, "htmlUrl", site);
        }
        if !feed.tags.is_empty() {
            push(&mut out, "category", &feed.tags.join(","));
        }
        for (name, value) in &feed.attributes {
            push(&mut out, name, value);
        }
        out.push_str("/>\n");
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

fn push(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.push_str(&escape(&clean_line(value)).replace('"', "&quot;"));
    out.push('"');
}
