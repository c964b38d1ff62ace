//! How a poll ended, and what follows from it.

use chrono::{DateTime, Utc};

use super::{CacheHints, FeedHints};
use crate::model::{Failure, FeedMemory, FeedStatus, Outcome};

/// How a poll ended, as far as the next one depends on it.
#[derive(Debug, Clone, PartialEq)]
pub struct PollResult<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// Why, when it failed or was refused.
    pub failure: Option<&'a Failure>,
    /// What the headers of the last response say, of a failed one too.
    pub cache: CacheHints,
    /// What the document says; `None` when none was read (304, same bytes, failure).
    pub feed: Option<FeedHints>,
    /// Entries that were not known.
    pub n_new: u32,
    /// Entries that were known.
    pub n_known: u32,
    /// The feed has validators from now on.
    pub has_validators: bool,
    /// It failed because this machine has no network: the feed is not to blame.
    pub is_local_outage: bool,
    /// The document is left out because it ended the process that read it twice.
    pub is_quarantined: bool,
}

impl<'a> PollResult<'a> {
    /// A poll that failed without a response.
    pub fn failed(failure: &'a Failure) -> Self {
        Self {
            outcome: Outcome::Failed,
            failure: Some(failure),
            cache: CacheHints::default(),
            feed: None,
            n_new: 0,
            n_known: 0,
            has_validators: false,
            is_local_outage: false,
            is_quarantined: false,
        }
    }

    /// The feed answered, with a document or with 304.
    pub(super) fn is_success(&self) -> bool {
        match self.outcome {
            Outcome::Ok | Outcome::NotModified => true,
            Outcome::Failed | Outcome::Refused => false,
        }
    }
}

/// The next poll, with all that follows for the feed's row.
#[derive(Debug, Clone, PartialEq)]
pub struct NextPoll {
    /// When.
    pub at: DateTime<Utc>,
    /// Failed polls in a row, this one included.
    pub failures: u32,
    /// The feed's memory as it is from now on; `bounds` says what set the time.
    pub memory: FeedMemory,
    /// Where the feed stands now; `None` leaves it.
    pub status: Option<FeedStatus>,
}
