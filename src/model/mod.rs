//! Plain data that two rooms speak of.
//!
//! **Invariant:** nothing here does anything: no I/O, no clock, no decisions.

mod article;
mod change;
mod class;
mod failure;
mod feed;
mod ids;
mod known;
mod outcome;
mod state;
mod status;
mod transaction_times;
mod waits;

pub use article::{Flag, TextSource, Witness};
pub use change::ChangeKind;
pub use class::ErrorClass;
pub use failure::Failure;
pub use feed::{Enclosure, Entry, FeedFormat, ParsedFeed};
pub use ids::{ArticleId, Cursor, FeedId, QueueId};
pub use known::{
    AgencyMark, AgencyRule, Candidate, Fingerprint, Known, Likeness, Matches, NearRule, Pair,
    PlaceRule, Placement,
};
pub use outcome::Outcome;
pub use state::{Bound, FeedMemory, FeedRow, FeedStatus, PageMeasure, UsualPages, Validators};
pub use status::{FeedHealth, Status};
pub use transaction_times::{TRANSACTION_CLASSES_MS, TransactionTimes};
pub use waits::LONGEST_WAIT;
