//! What a poll came to, for people and for the control socket.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::FeedId;

/// One poll with the pages it led to. Field names are stable: `fetch --jsonl` prints this.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PollReport {
    /// The feed's row.
    pub feed_id: i64,
    /// As configured, without user and password.
    pub url: String,
    /// The configured name.
    pub name: Option<String>,
    /// The feed's own title.
    pub title: Option<String>,
    /// `ok`, `not_modified`, `failed`, `refused`.
    pub outcome: String,
    /// The class, when it failed or was refused.
    pub error_class: Option<String>,
    /// What failed and why.
    pub error: Option<String>,
    /// Feeds that the page advertises, when it was no feed.
    pub discovered: Vec<String>,
    /// Status of the last response.
    pub http_status: Option<u16>,
    /// Entries in the document.
    pub entries: u32,
    /// Articles that are new, pages included.
    pub new: u32,
    /// Articles that got a revision.
    pub revised: u32,
    /// Listings of articles that another feed or guid had brought already.
    pub linked: u32,
    /// What came of the pages.
    pub pages: PageCounts,
    /// One line for each thing in the feed that had to be mended.
    pub warnings: Vec<String>,
    /// From the request to the last page, in milliseconds.
    pub duration_ms: u64,
    /// When the feed is due next.
    pub next_poll_at: Option<DateTime<Utc>>,
    /// Other feeds that are due sooner than was said of them: what failed was our own line.
    #[serde(skip)]
    pub sooner: Vec<(FeedId, DateTime<Utc>)>,
    /// It failed like the polls before it, or nobody but our own line is to blame.
    #[serde(skip)]
    pub is_repetition: bool,
}

/// What came of the pages of a poll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageCounts {
    /// Fetched and read.
    pub ok: u32,
    /// Failed; the feed's own text stands in.
    pub failed: u32,
    /// Not asked for: robots.txt or the address guard.
    pub refused: u32,
    /// Still in the queue.
    pub waiting: u64,
}

impl PollReport {
    /// The name people know the feed by: configured name, title or address.
    pub fn label(&self) -> &str {
        self.name
            .as_deref()
            .or(self.title.as_deref())
            .unwrap_or(&self.url)
    }

    /// The poll itself and all its pages went well.
    pub fn is_all_well(&self) -> bool {
        self.is_poll_well() && self.pages.failed == 0
    }

    /// The poll itself went well, whatever its pages did.
    pub fn is_poll_well(&self) -> bool {
        self.outcome == "ok" || self.outcome == "not_modified"
    }
}
