//! What a feed says of an article, for the extractor to use as a witness.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What the feed says of the article behind a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Witness {
    /// The entry's title, plain text.
    pub title: Option<String>,
    /// The entry's summary or content, plain text.
    pub summary: Option<String>,
    /// The entry's authors.
    pub authors: Vec<String>,
    /// The entry's publication date.
    pub published: Option<DateTime<Utc>>,
    /// The entry's or feed's language.
    pub language: Option<String>,
    /// The entry's categories.
    pub categories: Vec<String>,
}

/// Where the text of an article came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextSource {
    /// Extracted from the page.
    Page,
    /// The feed's whole content.
    Feed,
    /// The feed's summary.
    Summary,
}

impl TextSource {
    /// The name in `v1_articles`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Feed => "feed",
            Self::Summary => "summary",
        }
    }
}

/// A doubt about an article, stored in `flags`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The text was cut at `text_bytes`, or the page stops in mid-text.
    Truncated,
    /// The page shows only a part to those who do not pay.
    Paywall,
    /// Neither feed nor page gives a usable date.
    Undated,
    /// The date given is outside 1990..now+48 h.
    ImplausibleDate,
    /// A title or link was cut at its limit.
    Capped,
    /// Its feed had become another one when it came: title, site and all entries were new at once.
    FeedChanged,
    /// The page was gone (404, 410) when it was asked for again.
    Retracted,
}

impl Flag {
    /// The name in `v1_articles`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Paywall => "paywall",
            Self::Undated => "undated",
            Self::ImplausibleDate => "implausible_date",
            Self::Capped => "capped",
            Self::FeedChanged => "feed_changed",
            Self::Retracted => "retracted",
        }
    }
}
