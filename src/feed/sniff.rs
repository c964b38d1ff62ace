//! What a document is, by its own beginning: the media type a server gives says little.

use super::complaint::Complaints;
use super::names::split_name;
use super::role::{lower, root_family};
use super::token::{Token, Tokenizer};

/// What a document turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sniffed {
    /// An XML feed of some family.
    Xml,
    /// JSON, perhaps a feed.
    Json,
    Html,
    /// Something else, with its article: `an image`.
    Other(&'static str),
}

/// What bytes are that can be no text; `None` when they may be.
pub(super) fn binary(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"GIF8", "an image"),
        (b"\x00\x00\x01\x00", "an image"),
        (b"%PDF", "a PDF file"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a gzip file"),
        (b"BZh", "a bzip2 file"),
        (b"\xfd7zXZ", "an xz file"),
        (b"\x28\xb5\x2f\xfd", "a zstd file"),
        (b"ID3", "an audio file"),
        (b"OggS", "an audio file"),
        (b"fLaC", "an audio file"),
        (b"\x1aE\xdf\xa3", "a video file"),
        (b"SQLite format 3", "a database"),
        (b"\x7fELF", "a program"),
    ];
    let found = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
    found.map(|&(_, what)| what).or_else(|| {
        let is_riff = bytes.starts_with(b"RIFF") || bytes.get(4..8) == Some(b"ftyp".as_slice());
        is_riff.then_some("a media file")
    })
}

/// Start tags looked at before a document without a feed's root is given up: what a server prints
/// before the feed (warnings of PHP) has a few.
const MAX_TAGS: usize = 100;

/// What a text is.
pub(super) fn sniff(text: &str) -> Sniffed {
    let start =
        text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    if start.starts_with(['{', '[']) || is_json_prefix(start) {
        return Sniffed::Json;
    }
    let mut tokenizer = Tokenizer::new(text, MAX_TAGS);
    let mut complaints = Complaints::default();
    let mut n_tags = 0;
    let mut is_html = starts_like_html(start);
    while let Some(token) = tokenizer.next(&mut complaints) {
        let Token::Start(tag) = token else {
            continue;
        };
        let name = lower(split_name(tag.name).1);
        if matches!(
            name.as_ref(),
            "rss" | "rdf" | "feed" | "channel" | "urlset" | "entry" | "item"
        ) {
            let is_news = name != "urlset" || is_news_sitemap(text);
            if root_family(&name, tag.name, &tag.attributes).is_some()
                && !(is_html && name == "item")
            {
                return if is_news {
                    Sniffed::Xml
                } else {
                    Sniffed::Other("a sitemap")
                };
            }
        }
        match name.as_ref() {
            "html" | "head" | "body" => return Sniffed::Html,
            "opml" => return Sniffed::Other("an OPML list"),
            "sitemapindex" => return Sniffed::Other("a sitemap index"),
            "svg" => return Sniffed::Other("an SVG picture"),
            "stylesheet" | "transform" => return Sniffed::Other("an XSLT stylesheet"),
            "title" | "meta" | "div" | "p" | "br" | "b" | "script" | "h1" | "a" => is_html = true,
            _ => {}
        }
        n_tags += 1;
        if n_tags >= MAX_TAGS {
            break;
        }
    }
    if is_html {
        Sniffed::Html
    } else if n_tags > 0 {
        Sniffed::Other("XML of another kind")
    } else {
        Sniffed::Other("plain text")
    }
}

/// JSON behind the guard that some services put before it.
fn is_json_prefix(start: &str) -> bool {
    start.starts_with(")]}'")
}

fn starts_like_html(start: &str) -> bool {
    start
        .get(..14)
        .is_some_and(|head| head.eq_ignore_ascii_case("<!doctype html"))
}

/// Whether a sitemap lists news: only those have titles and dates.
fn is_news_sitemap(text: &str) -> bool {
    let mut tokenizer = Tokenizer::new(text, MAX_TAGS);
    let mut complaints = Complaints::default();
    while let Some(token) = tokenizer.next(&mut complaints) {
        if let Token::Start(tag) = token
            && split_name(tag.name).1.eq_ignore_ascii_case("news")
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_known_by_its_beginning() {
        for (text, want) in [
            ("<?xml version='1.0'?><rss version='2.0'>", Sniffed::Xml),
            ("junk\n<!-- c --><RDF:rdf>", Sniffed::Xml),
            ("<br/>\n<b>Warning</b>: x <feed xmlns='a'>", Sniffed::Xml),
            ("{\"items\": []}", Sniffed::Json),
            ("<!DOCTYPE html><html><item>", Sniffed::Html),
            ("<p>hello", Sniffed::Html),
            ("<opml version='2.0'>", Sniffed::Other("an OPML list")),
            ("<urlset><url>", Sniffed::Other("a sitemap")),
            (
                "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url>",
                Sniffed::Other("a sitemap"),
            ),
            ("<urlset><url><news:news>", Sniffed::Xml),
            ("<note>", Sniffed::Other("XML of another kind")),
            ("hello", Sniffed::Other("plain text")),
        ] {
            assert_eq!(sniff(text), want, "{text}");
        }
    }
}
