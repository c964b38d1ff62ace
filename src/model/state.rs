//! What feedmill remembers of a feed between two polls.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::FeedId;

/// Where a feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedStatus {
    /// Polled when due.
    Active,
    /// A person said to wait.
    Paused,
    /// It answered 410: asked again after a day, then every 30 days.
    Gone,
    /// No longer configured; its articles stay.
    Removed,
    /// Its document killed the process twice; left alone until the bytes change.
    Quarantined,
    /// Fetched once by hand, never configured.
    Adhoc,
}

impl FeedStatus {
    /// The name in `v1_feeds`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Gone => "gone",
            Self::Removed => "removed",
            Self::Quarantined => "quarantined",
            Self::Adhoc => "adhoc",
        }
    }

    /// The status of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Active,
            Self::Paused,
            Self::Gone,
            Self::Removed,
            Self::Quarantined,
            Self::Adhoc,
        ]
        .into_iter()
        .find(|status| status.as_str() == name)
    }
}

/// The validators of a response, byte for byte as received, and the address that gave them
/// (RFC 9110, 8.8 and 13.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validators {
    /// The final URL of the response; they are sent to no other.
    pub url: String,
    /// Value of `ETag`.
    pub etag: Option<Vec<u8>>,
    /// Value of `Last-Modified`.
    pub last_modified: Option<Vec<u8>>,
}

/// A feed's row with all that the next poll needs.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedRow {
    /// Its row.
    pub id: FeedId,
    /// As configured, without user and password.
    pub url: String,
    /// Where it is polled: differs after an adopted permanent redirect.
    pub current_url: String,
    /// The configured name.
    pub name: Option<String>,
    /// The title it gave itself.
    pub title: Option<String>,
    /// The configured tags.
    pub tags: Vec<String>,
    /// Where it stands.
    pub status: FeedStatus,
    /// Start of the last poll, whatever came of it.
    pub last_polled_at: Option<DateTime<Utc>>,
    /// Start of the last poll that succeeded.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// When it is due.
    pub next_poll_at: Option<DateTime<Utc>>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Validators to echo.
    pub validators: Option<Validators>,
    /// The rest of its memory.
    pub memory: FeedMemory,
}

/// The part of a feed's memory that only the pipeline reads; stored as one JSON value, so every
/// field has a default and old rows stay readable.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedMemory {
    /// SHA-256 (hex) of the last body that was stored whole.
    pub body_hash: Option<String>,
    /// The adaptive interval, in seconds; zero until the first poll.
    pub interval_seconds: u64,
    /// No poll before this time, by the server's `Retry-After`.
    pub retry_after_until: Option<DateTime<Utc>>,
    /// No poll before this time, by `Cache-Control` or `Expires`.
    pub fresh_until: Option<DateTime<Utc>>,
    /// Least time between polls by the feed itself (`ttl`, `sy:*`), in seconds.
    pub ttl_seconds: Option<u64>,
    /// RSS `skipHours`.
    pub skip_hours: Vec<u8>,
    /// RSS `skipDays`, 0 = Monday.
    pub skip_days: Vec<u8>,
    /// The last poll that asked without validators and was stored.
    pub last_full_at: Option<DateTime<Utc>>,
    /// The first 410 of the present row of them.
    pub gone_since: Option<DateTime<Utc>>,
    /// The last confirmation of the 410.
    pub gone_confirmed_at: Option<DateTime<Utc>>,
    /// Target of a permanent redirect that may be adopted.
    pub moved_to: Option<String>,
    /// Polls that gave this target in a row.
    pub moved_times: u32,
    /// The first of them.
    pub moved_since: Option<DateTime<Utc>>,
    /// The site's address by the feed itself.
    pub site: Option<String>,
    /// The last document that was read had no entries.
    pub was_empty: bool,
    /// Entries of the last document that was read: those of one with the same bytes, which is not read again.
    pub n_entries: u32,
    /// Entries of the document with `body_hash` that were taken in, while more of them wait; 0 when
    /// none does.
    pub entries_taken: u64,
    /// Guids collide in this feed: identity is guid and link.
    pub is_key_widened: bool,
    /// Guids and links collide in this feed: the title is part of the identity too.
    pub is_title_in_key: bool,
    /// Entries whose page was compared with the feed's own text.
    pub full_text_checked: u32,
    /// Of these, those where the feed had the whole text, in a row at the end.
    pub full_text_streak: u32,
    /// The list of allowed addresses (`network.allow`) under which the last poll was refused for its address.
    pub refused_under: Option<String>,
    /// What its pages are usually like.
    pub usual: UsualPages,
    /// The bounds that set the next poll, as `origin: time` lines for `status --explain`.
    pub bounds: Vec<Bound>,
}

/// What a feed's pages are usually like, and whether they still are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UsualPages {
    /// The latest pages that were as usual, the last one last.
    pub latest: Vec<PageMeasure>,
    /// Pages in a row that fell far below them.
    pub below: Vec<PageMeasure>,
    /// While the layout is other: pages in a row that were as usual again.
    pub n_good: u32,
    /// So many fell below in a row that the site's layout must have changed.
    pub is_layout_changed: bool,
}

/// How much text a page gave, and how good it seemed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMeasure {
    /// Words; zero when there was no text to be found.
    pub words: u32,
    /// The extractor's estimate in hundredths.
    pub quality: u32,
}

/// One thing that kept the next poll from coming earlier (or later).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Where it comes from: `interval`, `cron`, `max-age`, `expires`, `ttl`, `skip-hours`,
    /// `retry-after`, `backoff`, `host-down`, `gone`, `min_interval`, `max_interval`, `jitter`, …
    pub origin: String,
    /// No poll before this time by this bound.
    pub not_before: DateTime<Utc>,
    /// What it was made of, for a person: `Cache-Control: max-age=3600, Age: 100`.
    pub detail: String,
}
