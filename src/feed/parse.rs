//! The door: a document in, a feed out.

use crate::model::{Entry, FeedFormat, ParsedFeed};
use crate::text::{DocumentKind, decode};

use super::channel::{Channel, read_channel};

use super::discover::discover;
use super::doctype::entities;
use super::entry::{Surroundings, read_entry};
use super::error::FeedError;
use super::reader::Reader;
use super::role::Family;
use super::sniff::{Sniffed, binary, sniff};
use super::source::{FeedLimits, Source};
use super::{finish, jsonfeed, sitemap};

/// What an HTML page is called in [`FeedError::NotAFeed`].
pub const HTML_PAGE: &str = "an HTML page";

/// Reads a document as a feed: RSS of any version, Atom 0.3 and 1.0, RDF, JSON Feed, CDF, news
/// sitemaps.
///
/// Whatever can be mended is, with a warning a kind. A bad field costs that field, a bad entry that
/// entry; of a document that is cut off the whole entries before the cut are given. Dates are what
/// the feed says, not what is [`plausible`](super::plausible).
///
/// # Errors
/// Only when the document is no feed at all, is empty, or passes a limit of nesting.
pub fn parse(source: &Source<'_>, limits: &FeedLimits) -> Result<ParsedFeed, FeedError> {
    if source.bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(FeedError::Empty);
    }
    if let Some(what) = binary(source.bytes) {
        return Err(not_a_feed(what));
    }
    let decoded = decode(source.bytes, source.content_type, kind_of(source.bytes))
        .map_err(FeedError::Charset)?;
    let mut feed = match sniff(&decoded.text) {
        Sniffed::Xml => read_xml(&decoded.text, source, limits)?,
        Sniffed::Json => jsonfeed::read_json(&decoded.text, source, limits)?,
        Sniffed::Html => {
            return Err(FeedError::NotAFeed {
                what: HTML_PAGE,
                discovered: discover(&decoded.text, source.base),
            });
        }
        Sniffed::Other(what) => return Err(not_a_feed(what)),
    };
    feed.warnings.splice(0..0, decoded.warnings);
    Ok(feed)
}

fn not_a_feed(what: &'static str) -> FeedError {
    FeedError::NotAFeed {
        what,
        discovered: Vec::new(),
    }
}

/// What the decoder has to look for: a declaration of XML, or nothing in JSON.
fn kind_of(bytes: &[u8]) -> DocumentKind {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{' | b'[') => DocumentKind::Json,
        Some(_) | None => DocumentKind::Xml,
    }
}

fn read_xml(text: &str, source: &Source<'_>, limits: &FeedLimits) -> Result<ParsedFeed, FeedError> {
    let entities = entities(text).map_err(FeedError::Gate)?;
    let mut reader = Reader::new(text, limits.xml, source.base, entities);
    let mut entries: Vec<Entry> = Vec::new();
    let mut n_entries_beyond = 0;
    let mut n_passed = 0;
    let mut fallback_base = None;
    // A sitemap has no name of its own: its addresses say whose they are.
    let mut publication = None;
    while let Some(node) = reader.next_item().map_err(FeedError::Gate)? {
        if n_passed < limits.entries_from {
            n_passed += 1;
            reader.tree.drop_from(node);
            continue;
        }
        if entries.len() >= limits.entries {
            n_entries_beyond += 1;
            reader.tree.drop_from(node);
            continue;
        }
        // Without an address of its own the feed's link is the best base there is.
        if source.base.is_none() && fallback_base.is_none() && entries.len() < 3 {
            fallback_base = reader.channel_base();
        }
        let around = Surroundings {
            family: reader.family.unwrap_or(Family::Rss),
            limits,
            fallback_base: fallback_base.as_ref(),
            now: source.now,
        };
        let entry = match around.family {
            Family::Sitemap => {
                publication = publication.or_else(|| {
                    sitemap::publication(&reader.tree, &mut reader.complaints, node, "name")
                });
                sitemap::read_listed(&reader.tree, &mut reader.complaints, node, &around)
            }
            Family::Rss | Family::Rdf | Family::Atom | Family::Cdf => {
                read_entry(&reader.tree, &mut reader.complaints, node, &around)
            }
        };
        entries.push(entry);
        reader.tree.drop_from(node);
    }
    let Some(family) = reader.family else {
        return Err(FeedError::Parse {
            why: "no feed element could be read".to_owned(),
        });
    };
    let mut channel = read_channel(
        &reader.tree,
        &mut reader.complaints,
        &reader.containers,
        limits,
        source.now,
    );
    channel.title = channel.title.or(publication);
    let feed = assemble(family, channel, entries, n_entries_beyond);
    Ok(finish::finish(feed, limits, reader.complaints))
}

fn assemble(
    family: Family,
    channel: Channel,
    mut entries: Vec<Entry>,
    n_entries_beyond: usize,
) -> ParsedFeed {
    // RFC 4287, 4.2.1: an entry without authors takes those of its feed.
    if family == Family::Atom {
        for entry in entries.iter_mut().filter(|entry| entry.authors.is_empty()) {
            entry.authors.clone_from(&channel.authors);
        }
    }
    for entry in entries.iter_mut().filter(|entry| entry.rights.is_none()) {
        entry.rights.clone_from(&channel.rights);
    }
    ParsedFeed {
        format: match family {
            Family::Rss => FeedFormat::Rss,
            Family::Rdf => FeedFormat::Rdf,
            Family::Atom => FeedFormat::Atom,
            Family::Cdf => FeedFormat::Cdf,
            Family::Sitemap => FeedFormat::Sitemap,
        },
        title: channel.title,
        link: channel.link,
        language: channel.language,
        updated: channel.updated,
        ttl: channel.ttl,
        skip_hours: channel.skip_hours,
        skip_days: channel.skip_days,
        current: channel.current,
        hubs: channel.hubs,
        next: channel.next,
        entries,
        n_entries_beyond,
        is_cut: false,
        warnings: Vec::new(),
    }
}
