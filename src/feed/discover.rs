//! Feeds that an HTML page advertises.

use std::collections::HashMap;

use ::url::Url;

use super::absolute::has_scheme;
use super::address::{address, is_web};
use super::complaint::Complaints;
use super::doctype::Entities;
use super::header_link::header_links;
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
/// First what `<link rel="alternate">` says in page order (RFC 5005's `current` too), feeds of comments
/// behind the others; then links in the text that say they are a feed, then those that look like one.
/// Nothing is fetched or guessed.
pub fn discover(html: &str, base: Option<&Url>) -> Vec<String> {
    let mut tokenizer = Tokenizer::new(html, 100);
    let mut complaints = Complaints::default();
    let mut base = base.cloned();
    let mut found = Found::default();
    // What stands in these is no markup.
    let mut raw: Option<String> = None;
    let mut anchor: Option<String> = None;
    while let Some(token) = tokenizer.next(&mut complaints) {
        match token {
            Token::Start(tag) if raw.is_none() => {
                let name = lower(split_name(tag.name).1);
                match name.as_ref() {
                    "base" => {
                        let own = attribute(&tag, "href");
                        base = own
                            .and_then(|href| crate::url::resolve(&href, base.as_ref()))
                            .or(base);
                    }
                    "link" => found.push(advertised(&tag), base.as_ref()),
                    "a" => {
                        found.push(linked(&tag), base.as_ref());
                        anchor = attribute(&tag, "href");
                    }
                    "script" | "style" | "textarea" | "template" if !tag.is_empty => {
                        raw = Some(name.into_owned());
                    }
                    _ => {}
                }
            }
            Token::End(name) => {
                if raw
                    .as_deref()
                    .is_some_and(|raw| raw.eq_ignore_ascii_case(name))
                {
                    raw = None;
                }
                if name.eq_ignore_ascii_case("a") {
                    anchor = None;
                }
            }
            Token::Text(text) if raw.is_none() && is_feed_word(text) => {
                let href = anchor.take();
                found.push(href.map(|href| (BY_WORD, href)), base.as_ref());
            }
            Token::Start(_) | Token::Text(_) | Token::Raw(_) => {}
        }
    }
    found.best()
}

/// The feeds that the `Link` fields of a response advertise (RFC 8288, 3), in order, each once and
/// absolute when a base is known.
pub fn discover_in_header<'a>(
    fields: impl IntoIterator<Item = &'a str>,
    base: Option<&Url>,
) -> Vec<String> {
    let mut found = Found::default();
    for link in fields.into_iter().flat_map(header_links) {
        let is_meant = ["alternate", "feed", "current"]
            .iter()
            .any(|rel| link.has_rel(rel));
        if is_meant && link.media_type().is_some_and(|own| is_feed_type(&own)) {
            found.push(Some((ADVERTISED, link.target.to_owned())), base);
        }
    }
    found.best()
}

/// Ranks: what says it is a feed, what says so of comments, links with a feed's type, links that look
/// like a feed, links that are called so.
const ADVERTISED: u8 = 0;
const COMMENTS: u8 = 1;
const TYPED: u8 = 2;
const BY_LOOKS: u8 = 3;
const BY_WORD: u8 = 4;

/// Addresses found, with their ranks.
#[derive(Default)]
struct Found {
    addresses: Vec<(u8, String)>,
    places: HashMap<String, usize>,
}

impl Found {
    fn push(&mut self, candidate: Option<(u8, String)>, base: Option<&Url>) {
        let Some((rank, href)) = candidate else {
            return;
        };
        let href = href.split('#').next().unwrap_or_default();
        let Some(url) = address(href, base, MAX_BYTES).filter(|url| is_web_or_relative(url)) else {
            return;
        };
        if let Some(known) = self.places.get(&url) {
            if let Some((known, _)) = self.addresses.get_mut(*known) {
                *known = rank.min(*known);
            }
        } else if self.addresses.len() < MAX_FOUND * 4 {
            self.places.insert(url.clone(), self.addresses.len());
            self.addresses.push((rank, url));
        }
    }

    fn best(mut self) -> Vec<String> {
        self.addresses.sort_by_key(|(rank, _)| *rank);
        self.addresses.truncate(MAX_FOUND);
        self.addresses.into_iter().map(|(_, url)| url).collect()
    }
}

fn is_web_or_relative(url: &str) -> bool {
    is_web(url) || !has_scheme(url)
}

/// A link's text that names a feed and nothing else.
fn is_feed_word(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 20
        && [
            "rss",
            "atom",
            "rss feed",
            "atom feed",
            "rss-feed",
            "rss 2.0",
            "feed rss",
            "rss feeds",
        ]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

fn attribute(tag: &Tag<'_>, name: &str) -> Option<String> {
    let (_, raw) = tag
        .attributes
        .iter()
        .find(|(own, _)| own.eq_ignore_ascii_case(name))?;
    let entities = Entities::new(HashMap::new());
    let value = decode(raw, &entities, &mut Complaints::default());
    let trimmed = value.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A `link` that says it is a feed.
fn advertised(tag: &Tag<'_>) -> Option<(u8, String)> {
    let rel = attribute(tag, "rel")?.to_ascii_lowercase();
    let has_rel = |word: &str| rel.split_ascii_whitespace().any(|own| own == word);
    let href = attribute(tag, "href")?;
    let media_type = media_type(tag);
    let is_feed = match media_type.as_str() {
        // Plain JSON and XML may be anything (oEmbed, WordPress' own API) unless they look it.
        "application/json" | "text/xml" | "application/xml" => looks_like_feed(&href),
        "" => has_rel("feed") || looks_like_feed(&href),
        media_type => is_feed_type(media_type),
    };
    let is_meant = has_rel("alternate") || has_rel("feed") || has_rel("current");
    if !is_feed || !is_meant || has_rel("stylesheet") {
        return None;
    }
    let title = attribute(tag, "title").unwrap_or_default().to_lowercase();
    let is_comments = title.contains("comment")
        || title.contains("kommentar")
        || title.contains("commentaire")
        || href.to_ascii_lowercase().contains("comments");
    Some((if is_comments { COMMENTS } else { ADVERTISED }, href))
}

/// A media type in lower case and without parameters.
pub(super) fn bare_type(given: &str) -> String {
    let bare = given.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// The media type an element gives its target.
fn media_type(tag: &Tag<'_>) -> String {
    bare_type(&attribute(tag, "type").unwrap_or_default())
}

fn is_feed_type(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/rss+xml"
            | "application/atom+xml"
            | "application/rdf+xml"
            | "application/feed+json"
            | "application/x-rss+xml"
            | "text/rss"
            | "text/rss+xml"
            | "application/rss"
            | "application/atom"
    )
}

/// A link in the text that says it is a feed, or looks like one.
fn linked(tag: &Tag<'_>) -> Option<(u8, String)> {
    let href = attribute(tag, "href")?;
    if is_feed_type(&media_type(tag)) {
        Some((TYPED, href))
    } else {
        looks_like_feed(&href).then_some((BY_LOOKS, href))
    }
}

fn looks_like_feed(href: &str) -> bool {
    const FILES: &[&str] = &[
        "feed",
        "rss",
        "atom",
        "feeds",
        "rdf",
        "rss2",
        "index.xml",
        "index.rdf",
        "rss.php",
    ];
    const QUERIES: &[&str] = &[
        "feed=rss",
        "feed=atom",
        "format=rss",
        "format=feed",
        "format=atom",
        "type=rss",
    ];
    let lower = href.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_end_matches('/');
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let folder = parts.next().unwrap_or_default();
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let names_feed = |word: &str| {
        ["feed", "rss", "atom"]
            .iter()
            .any(|name| word.contains(name))
    };
    FILES.contains(&file)
        || matches!(extension, "rss" | "atom" | "rdf")
        || (matches!(extension, "xml" | "json") && names_feed(stem))
        || matches!(folder, "rss" | "atom")
        || lower.contains("://feeds.feedburner.com/")
        || QUERIES.iter().any(|query| lower.contains(query))
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

    #[test]
    fn a_header_advertises_what_has_a_feeds_type() {
        let base = Url::parse("http://example.org/blog/").unwrap();
        let fields = [
            "</feed>; rel=\"alternate\"; type=\"application/rss+xml\"; title=\"a, b; c\", </x>; rel=next",
            "<atom.xml?a=1,2>;type=application/atom+xml;REL='self alternate', </wp-json/>; \
             rel=\"alternate\"; type=\"application/json\"",
            "<unclosed; rel=alternate; type=application/rss+xml",
        ];
        assert_eq!(
            discover_in_header(fields, Some(&base)),
            [
                "http://example.org/feed",
                "http://example.org/blog/atom.xml?a=1,2"
            ]
        );
    }

    #[test]
    fn links_in_the_text_are_known_by_type_looks_and_name() {
        let base = Url::parse("http://example.org/blog/").unwrap();
        let html = "<script>'<link rel=alternate type=application/rss+xml href=/no>'</script>\
            <a href='/page'>RSS</a><a href='/blogfeed.xml#top'>x</a><a href='/blogfeed.xml'>y</a>\
            <a href='/news' type='application/rss+xml'>news</a><a href='/rss/all'>all</a>\
            <a href='chttp://no.example/feed'>x</a><a href='mailto:rss@example.org'>RSS</a>\
            <a href='/arms'>arms race</a>";
        assert_eq!(
            discover(html, Some(&base)),
            [
                "http://example.org/news",
                "http://example.org/blogfeed.xml",
                "http://example.org/rss/all",
                "http://example.org/page",
            ]
        );
    }
}
