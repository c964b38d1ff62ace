//! Feeds that an HTML page advertises.

use ::url::Url;

use super::address::address;
use super::complaint::Complaints;
use super::doctype::Entities;
use super::names::split_name;
use super::reference::decode;
use super::role::lower;
use super::token::{Tag, Token, Tokenizer};

/// Most feeds given.
const MAX_FOUND: usize = 50;
/// Longest address.
const MAX_BYTES: usize = 4_000;

/// The feeds that a page advertises, best first, each once and absolute when a base is known.
///
/// First what `<link rel="alternate">` says in page order, feeds of comments behind the others;
/// then links in the text that look like a feed. Nothing is fetched or guessed.
pub fn discover(html: &str, base: Option<&Url>) -> Vec<String> {
    let mut tokenizer = Tokenizer::new(html, 100);
    let mut complaints = Complaints::default();
    let mut base = base.cloned();
    let mut found: Vec<(u8, String)> = Vec::new();
    while let Some(token) = tokenizer.next(&mut complaints) {
        let Token::Start(tag) = token else {
            continue;
        };
        let name = lower(split_name(tag.name).1);
        let candidate = match name.as_ref() {
            "base" => {
                let own = attribute(&tag, "href");
                base = own
                    .and_then(|href| crate::url::resolve(&href, base.as_ref()))
                    .or(base);
                None
            }
            "link" => advertised(&tag),
            "a" => linked(&tag),
            _ => None,
        };
        let Some((rank, href)) = candidate else {
            continue;
        };
        let Some(url) = address(&href, base.as_ref(), MAX_BYTES) else {
            continue;
        };
        if found.len() < MAX_FOUND * 4 && !found.iter().any(|(_, known)| *known == url) {
            found.push((rank, url));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(MAX_FOUND);
    found.into_iter().map(|(_, url)| url).collect()
}

fn attribute(tag: &Tag<'_>, name: &str) -> Option<String> {
    let (_, raw) = tag
        .attributes
        .iter()
        .find(|(own, _)| own.eq_ignore_ascii_case(name))?;
    let entities = Entities::new(std::collections::HashMap::new());
    let value = decode(raw, &entities, &mut Complaints::default());
    let trimmed = value.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A `link` that says it is a feed.
fn advertised(tag: &Tag<'_>) -> Option<(u8, String)> {
    let rel = attribute(tag, "rel")?.to_ascii_lowercase();
    let has_rel = |word: &str| rel.split_ascii_whitespace().any(|own| own == word);
    let media_type = attribute(tag, "type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let href = attribute(tag, "href")?;
    let is_feed = match media_type {
        "application/rss+xml"
        | "application/atom+xml"
        | "application/rdf+xml"
        | "application/feed+json"
        | "application/x-rss+xml"
        | "text/rss"
        | "text/rss+xml"
        | "application/rss"
        | "application/atom" => true,
        // Plain JSON and XML may be anything (oEmbed, WordPress' own API) unless they look it.
        "application/json" | "text/xml" | "application/xml" => looks_like_feed(&href),
        "" => has_rel("feed") || looks_like_feed(&href),
        _ => false,
    };
    if !is_feed || !(has_rel("alternate") || has_rel("feed")) || has_rel("stylesheet") {
        return None;
    }
    let title = attribute(tag, "title").unwrap_or_default().to_lowercase();
    let is_comments = title.contains("comment")
        || title.contains("kommentar")
        || title.contains("commentaire")
        || href.to_ascii_lowercase().contains("comments");
    Some((u8::from(is_comments), href))
}

/// A link in the text that looks like a feed.
fn linked(tag: &Tag<'_>) -> Option<(u8, String)> {
    let href = attribute(tag, "href")?;
    looks_like_feed(&href).then_some((2, href))
}

fn looks_like_feed(href: &str) -> bool {
    let lower = href.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_end_matches('/');
    let file = path.rsplit('/').next().unwrap_or_default();
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(
        file,
        "feed"
            | "rss"
            | "atom"
            | "feeds"
            | "rdf"
            | "rss2"
            | "feed.xml"
            | "rss.xml"
            | "atom.xml"
            | "index.xml"
            | "feed.json"
            | "index.rdf"
            | "feed.rss"
            | "feed.atom"
            | "rss.php"
    ) || matches!(extension, "rss" | "atom" | "rdf")
        || lower.contains("feed=rss")
        || lower.contains("feed=atom")
        || lower.contains("format=rss")
        || lower.contains("type=rss")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advertised_feeds_come_in_order() {
        let base = Url::parse("http://example.org/blog/").unwrap();
        let html = "<html><head><link rel=stylesheet href=a.css>\
            <link rel=\"alternate\" type=\"application/rss+xml\" title=\"Comments\" href=\"/comments/feed\">\
            <LINK REL='alternate' TYPE='application/atom+xml' HREF='atom.xml?a=1&amp;b=2'>\
            <link rel=alternate type=application/json href=/wp-json/wp/v2/posts/1>\
            <link rel=alternate hreflang=de href=/de/></head>\
            <body><a href='/feed.xml'>RSS</a><a href='/about'>x</a></body>";
        assert_eq!(
            discover(html, Some(&base)),
            [
                "http://example.org/blog/atom.xml?a=1&b=2",
                "http://example.org/comments/feed",
                "http://example.org/feed.xml",
            ]
        );
        assert!(discover("<p>nothing", None).is_empty());
    }
}
