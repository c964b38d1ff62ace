//! How the daemon is, as the status page and the metrics show it.

use std::{collections::BTreeMap, path::PathBuf};

use chrono::{DateTime, Utc};

use super::TransactionTimes;

/// A snapshot of the daemon, published by its loop every few seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Version of the program.
    pub version: &'static str,
    /// Its process.
    pub pid: u32,
    /// When the daemon was started.
    pub started_at: DateTime<Utc>,
    /// When this snapshot was taken.
    pub taken_at: DateTime<Utc>,
    /// The database file.
    pub database: PathBuf,
    /// Articles in the store.
    pub n_articles: u64,
    /// Pages that wait in the queue.
    pub n_waiting: u64,
    /// Polls under way.
    pub n_in_flight: u64,
    /// End of the last poll, by any feed.
    pub last_poll_at: Option<DateTime<Utc>>,
    /// Polls since the start, by outcome (`ok`, `not_modified`, `failed`, `refused`).
    pub polls: BTreeMap<String, u64>,
    /// Pages since the start, by outcome.
    pub pages: BTreeMap<String, u64>,
    /// Failed polls since the start, by error class.
    pub errors: BTreeMap<String, u64>,
    /// New articles since the start.
    pub n_new: u64,
    /// Revisions since the start.
    pub n_revised: u64,
    /// How long the writer held the database.
    pub transactions: TransactionTimes,
    /// Why polling pauses, when it does.
    pub paused: Option<String>,
    /// Every feed.
    pub feeds: Vec<FeedHealth>,
}

/// How one feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHealth {
    /// Its row.
    pub id: i64,
    /// Configured name, else its title, else its address.
    pub label: String,
    /// As configured, without user and password.
    pub url: String,
    /// `active`, `paused`, `gone`, `removed`, `quarantined`, `adhoc`.
    pub status: String,
    /// Start of the last poll that succeeded, RFC 3339.
    pub last_ok_at: Option<String>,
    /// When it is due, RFC 3339.
    pub next_poll_at: Option<String>,
    /// Failed polls in a row.
    pub failures: u64,
    /// Class of the last failure.
    pub error_class: Option<String>,
    /// The last failure.
    pub error: Option<String>,
    /// Articles it lists.
    pub articles: u64,
}
