//! An Atom feed of articles (RFC 4287).

use std::path::Path;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::{cli::time::rfc3339, store::ArticleRow};

/// What an export was asked.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    /// Query and filters.
    pub(super) by: Vec<&'a str>,
    pub(super) database: &'a Path,
    pub(super) now: DateTime<Utc>,
}

/// One document: the articles in the order they are given, which is the latest first.
pub(super) fn document(articles: &[ArticleRow], asked: &Asked<'_>) -> String {
    let title = if asked.by.is_empty() {
        "Articles of feedmill".to_owned()
    } else {
        format!("Articles of feedmill: {}", asked.by.join(", "))
    };
    let updated = articles
        .iter()
        .map(|article| article.changed_at.as_str())
        .max();
    let updated = updated.map_or_else(|| rfc3339(asked.now), ToOwned::to_owned);
    // The same question to the same database is the same feed.
    let database = std::path::absolute(asked.database).unwrap_or_else(|_| asked.database.into());
    let database = database.to_string_lossy();
    let names = ["feed", &database]
        .into_iter()
        .chain(asked.by.iter().copied());
    let id = urn(names);
    let mut xml = Xml::new();
    xml.element("title", &[], &title);
    xml.element("id", &[], &id);
    xml.element("updated", &[], &updated);
    // Entries without an author need one of the feed (4.1.1).
    xml.open("author", &[]);
    xml.element("name", &[], "feedmill");
    xml.close("author");
    xml.element(
        "generator",
        &[("version", env!("CARGO_PKG_VERSION"))],
        "feedmill",
    );
    for article in articles {
        entry(&mut xml, article);
    }
    xml.finish()
}

fn entry(xml: &mut Xml, article: &ArticleRow) {
    let language = article
        .language
        .as_deref()
        .filter(|language| is_tag(language));
    let attributes: Vec<_> = language
        .map(|language| ("xml:lang", language))
        .into_iter()
        .collect();
    xml.open("entry", &attributes);
    let title = article.title.as_deref().or(article.url.as_deref());
    xml.element("title", &[], title.unwrap_or("(no title)"));
    let id = article.id.to_string();
    let url = article.url.as_deref().unwrap_or_default();
    xml.element(
        "id",
        &[],
        &urn(["article", id.as_str(), article.first_seen_at.as_str(), url]),
    );
    xml.element("updated", &[], &article.changed_at);
    if let Some(published) = &article.published_at {
        xml.element("published", &[], published);
    }
    // What is no address may stand in the store as it was listed, but not in a link.
    if let Ok(url) = ::url::Url::parse(url) {
        xml.empty("link", &[("rel", "alternate"), ("href", url.as_str())]);
    }
    for author in &article.authors {
        xml.open("author", &[]);
        xml.element("name", &[], author);
        xml.close("author");
    }
    for tag in &article.tags {
        xml.empty("category", &[("term", tag)]);
    }
    xml.element("content", &[("type", "text")], &article.text);
    xml.close("entry");
}

/// An identifier that is the same for the same names: a UUID of our own making (RFC 9562, 5.8).
fn urn<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut hash = Sha256::new();
    for name in ["feedmill"].into_iter().chain(names) {
        hash.update(name.as_bytes());
        hash.update([0]);
    }
    let mut bytes: [u8; 16] = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash.finalize()) {
        *byte = hashed;
    }
    let number = u128::from_be_bytes(bytes);
    let version = (number & !(0xf << 76)) | (8 << 76);
    let variant = (version & !(0b11 << 62)) | (0b10 << 62);
    let digits = format!("{variant:032x}");
    let mut parts = Vec::new();
    let mut rest = digits.as_str();
    for length in [8, 4, 4, 4, 12] {
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        parts.push(part);
        rest = after;
    }
    format!("urn:uuid:{}", parts.join("-"))
}

/// Whether it has the form of a language tag, as `xml:lang` asks (RFC 5646, 2.1).
fn is_tag(language: &str) -> bool {
    let mut parts = language.split('-');
    parts
        .next()
        .is_some_and(|first| (1..=8).contains(&first.len()) && is_all(first, char::is_alphabetic))
        && parts.all(|part| (1..=8).contains(&part.len()) && is_all(part, char::is_alphanumeric))
}

fn is_all(part: &str, is: impl Fn(char) -> bool) -> bool {
    part.chars().all(|c| c.is_ascii() && is(c))
}

/// XML as it grows.
#[derive(Debug)]
struct Xml {
    text: String,
}

impl Xml {
    fn new() -> Self {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
                    <feed xmlns=\"http://www.w3.org/2005/Atom\">\n";
        Self {
            text: text.to_owned(),
        }
    }

    fn finish(mut self) -> String {
        self.text.push_str("</feed>");
        self.text
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.escaped(value);
            self.text.push('"');
        }
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.text.push_str(">\n");
    }

    fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.text.push_str("/>\n");
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.tag(name, attributes);
        self.text.push('>');
        self.escaped(text);
        self.close(name);
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                // No XML may hold them (XML 1.0, 2.2).
                '\u{fffe}' | '\u{ffff}' => {}
                '\t' | '\n' => self.text.push(c),
                c if c < ' ' => {}
                c => self.text.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_uuid_and_stays() {
        let id = urn(["article", "1"]);
        assert_eq!(id, urn(["article", "1"]));
        assert_ne!(id, urn(["article", "2"]));
        let uuid = id.strip_prefix("urn:uuid:").unwrap();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(uuid.split('-').nth(2).unwrap().starts_with('8'), "{uuid}");
        assert!(
            uuid.split('-')
                .nth(3)
                .unwrap()
                .starts_with(['8', '9', 'a', 'b']),
            "{uuid}"
        );
    }

    #[test]
    fn only_a_language_tag_is_one() {
        for (language, want) in [("de", true), ("en-GB", true), ("de_DE", false), ("", false)] {
            assert_eq!(is_tag(language), want, "{language}");
        }
    }
}
