//! What the reader is given, and how much it takes.

use ::url::Url;
use chrono::{DateTime, Utc};

use crate::markup::XmlLimits;

/// A document to be read as a feed.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The body, decompressed.
    pub bytes: &'a [u8],
    /// `Content-Type` of the response, with its parameters.
    pub content_type: Option<&'a str>,
    /// Where the document came from: relative addresses are resolved against it.
    pub base: Option<&'a Url>,
    /// The time of reading; a date without a year is placed by it.
    pub now: DateTime<Utc>,
}

/// How much of a document is taken in. The defaults are those of the limits table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedLimits {
    /// Depth, attributes and namespaces of XML; a document that passes them is refused.
    pub xml: XmlLimits,
    /// Entries passed over before the first that is kept: a former reading of the same bytes had them.
    pub entries_from: usize,
    /// Entries kept (`entries_per_poll`); those beyond are counted.
    pub entries: usize,
    /// Longest document once a gzip file is unpacked, by whoever unpacks it.
    pub document_bytes: usize,
    /// Longest title, author or category; cut beyond.
    pub title_bytes: usize,
    /// Longest guid; a longer one is replaced by its hash.
    pub guid_bytes: usize,
    /// Longest address; a longer one is left out, since a cut address leads nowhere.
    pub link_bytes: usize,
    /// Longest summary or content; cut beyond.
    pub text_bytes: usize,
}

impl Default for FeedLimits {
    fn default() -> Self {
        Self {
            xml: XmlLimits::default(),
            entries_from: 0,
            entries: 2000,
            document_bytes: 20_000_000,
            title_bytes: 1_000,
            guid_bytes: 4_000,
            link_bytes: 4_000,
            text_bytes: 1_000_000,
        }
    }
}
