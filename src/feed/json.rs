//! A feed as machine-readable output: the object of `feedmill parse`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::model::{Entry, ParsedFeed};

use super::error::FeedError;

/// The `parse` object of the contract. Times are RFC 3339 in UTC with seconds; what is absent is
/// null or an empty list. Beyond the contract: `image_url`, `published_raw` and `rights` of
/// an entry.
pub fn to_json(feed: &ParsedFeed) -> Value {
    json!({
        "format": feed.format,
        "title": feed.title,
        "link": feed.link,
        "language": feed.language,
        "updated": time(feed.updated),
        "ttl_seconds": feed.ttl.map(|ttl| ttl.as_secs()),
        "hubs": feed.hubs,
        "next": feed.next,
        "entries": feed.entries.iter().map(entry).collect::<Vec<_>>(),
        "warnings": feed.warnings,
    })
}

/// The answer for a document that is no feed: `error`, `error_class`, `discovered`.
pub fn error_to_json(error: &FeedError) -> Value {
    json!({
        "error": error.with_cause(),
        "error_class": error.class(),
        "discovered": error.discovered(),
    })
}

fn entry(entry: &Entry) -> Value {
    json!({
        "guid": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "authors": entry.authors,
        "published": time(entry.published),
        "published_raw": entry.published_raw,
        "updated": time(entry.updated),
        "summary_html": entry.summary_html,
        "content_html": entry.content_html,
        "enclosures": entry.enclosures,
        "categories": entry.categories,
        "language": entry.language,
        "image_url": entry.image_url,
        "rights": entry.rights,
    })
}

fn time(time: Option<DateTime<Utc>>) -> Option<String> {
    time.map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}
