//! What goes over the control socket: one JSON object a line, a request and then its replies.

use serde::{Deserialize, Serialize};

use crate::ingest::{Chore, ChoreSummary, PollReport, Reextracted, RoundSummary};

/// What a command asks of the daemon that owns the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum ControlRequest {
    /// Poll feeds now.
    Fetch {
        /// Names, ids or URLs; empty: those that are due, or all of them.
        feeds: Vec<String>,
        /// Every feed, due or not.
        all: bool,
        /// Override all waiting.
        force: bool,
    },
    /// How the daemon is.
    Status,
    /// Read the configuration again.
    Reload,
    /// Do long work on the database.
    Chore {
        /// Which.
        chore: Chore,
    },
    /// Take articles out for good.
    Forget {
        /// Addresses of the articles.
        urls: Vec<String>,
    },
}

/// What the daemon answers; the connection ends after `Done`, `ChoreDone`, `Paused` or `Failed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum ControlReply {
    /// A feed was polled.
    Report(Box<PollReport>),
    /// All that was asked for is done.
    Done(RoundSummary),
    /// How the daemon is.
    Status {
        /// In a line.
        line: String,
        /// Why polling pauses.
        paused: Option<String>,
    },
    /// The configuration was read again.
    Reloaded {
        /// Feeds it has.
        feeds: usize,
    },
    /// Articles were taken out.
    Forgotten {
        /// How many.
        articles: usize,
    },
    /// A text is made otherwise by today's extractor.
    Changed(Box<Reextracted>),
    /// The long work is done.
    ChoreDone {
        /// What it came to.
        summary: ChoreSummary,
    },
    /// Nothing is polled until the database takes rows again.
    Paused {
        /// Why it does not.
        why: String,
    },
    /// It could not be done.
    Failed {
        /// What failed and why.
        error: String,
        /// What to do.
        hint: Option<String>,
    },
}
