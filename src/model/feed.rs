//! What a feed document says, normalised.

use std::time::Duration;

use chrono::{DateTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// The family a feed document belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedFormat {
    /// RSS 0.91 to 2.0.
    Rss,
    /// Atom 0.3 and 1.0.
    Atom,
    /// RSS 0.90 and 1.0 over RDF.
    Rdf,
    /// JSON Feed 1.0 and 1.1.
    Json,
    /// Microsoft's Channel Definition Format.
    Cdf,
    /// A news sitemap.
    Sitemap,
}

/// A feed document as read: what it says of itself, and its entries in document order.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedFeed {
    /// Family of the document.
    pub format: FeedFormat,
    /// Plain text.
    pub title: Option<String>,
    /// The site's address, absolute when a base is known.
    pub link: Option<String>,
    /// As declared, for example `de` or `en-GB`.
    pub language: Option<String>,
    /// When the feed says it last changed.
    pub updated: Option<DateTime<Utc>>,
    /// Least time between polls by `ttl` or the syndication module.
    pub ttl: Option<Duration>,
    /// Hours (0..=23, UTC) without polls: RSS `skipHours`.
    pub skip_hours: Vec<u8>,
    /// Days without polls: RSS `skipDays`.
    pub skip_days: Vec<Weekday>,
    /// The feed itself, when this is an archive of it or a page (RFC 5005).
    pub current: Option<String>,
    /// WebSub hubs, stored but never contacted.
    pub hubs: Vec<String>,
    /// Next page of a paged feed (RFC 5005, section 3).
    pub next: Option<String>,
    /// Entries in document order, at most the limit.
    pub entries: Vec<Entry>,
    /// Entries that stand in the document beyond the limit.
    pub n_entries_beyond: usize,
    /// The document ends before it is complete: entries may be missing.
    pub is_cut: bool,
    /// One line for each thing that had to be mended or left out.
    pub warnings: Vec<String>,
}

/// One entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Identity within the feed, never empty: the guid given, else the canonical link, else a hash
    /// of title, date and body.
    pub guid: String,
    /// Absolute address of the article.
    pub url: Option<String>,
    /// Plain text, one line.
    pub title: Option<String>,
    /// Names, without mail addresses where a name is given.
    pub authors: Vec<String>,
    /// Publication date when it is usable.
    pub published: Option<DateTime<Utc>>,
    /// Publication date as written.
    pub published_raw: Option<String>,
    /// Date of the last change when it is usable.
    pub updated: Option<DateTime<Utc>>,
    /// HTML of the summary.
    pub summary_html: Option<String>,
    /// HTML of the whole content.
    pub content_html: Option<String>,
    /// Attached media.
    pub enclosures: Vec<Enclosure>,
    /// Terms or labels.
    pub categories: Vec<String>,
    /// As declared on the entry or the feed.
    pub language: Option<String>,
    /// A picture for the entry.
    pub image_url: Option<String>,
    /// What the entry, or its feed, says of rights in it, as one line.
    pub rights: Option<String>,
}

/// A file attached to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// Absolute address.
    pub url: String,
    /// Media type as declared.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Size in bytes as declared.
    pub length: Option<u64>,
}
