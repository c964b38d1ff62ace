//! The database: one SQLite file that anyone may read while feedmill writes it.
//!
//! [`Store`] is what the pipeline holds: one thread writes, in transactions that span neither
//! network nor parsing, and answers after the commit; a few connections read. [`Reader`] is what
//! the command line and the status page hold: it opens the file read-only. What outsiders may
//! rely on are the views of `docs/schema.md`.
//!
//! **Invariant:** SQL stands only in this room, and every TEXT passes `row::Bind`.

mod address;
mod article;
mod as_of;
mod backup;
mod changes;
mod checkpoint;
mod command;
mod dictionary;
mod error;
mod feeds;
mod file;
mod filter;
mod fulltext;
mod handle;
mod handle_site;
mod health;
mod label;
mod ledger;
mod listing;
mod lookup;
mod migrate;
mod narrow;
mod page;
mod place;
mod poll;
mod pool;
mod provenance;
mod query;
mod raw;
mod reader;
mod recheck;
mod record;
mod retention;
mod row;
mod rows;
mod search;
mod second_look;
mod site;
mod stats;
mod story;
mod tombstone;
mod typed;
mod upkeep;
mod verify;
mod when;
mod window;
mod work;
mod writer;

pub use changes::{ChangeFilter, Looked};
pub use checkpoint::{LogLimits, LogPin};
pub use dictionary::PageDictionary;
pub use error::{StoreError, StoreErrorKind};
pub use file::beside;
pub use filter::ArticleFilter;
pub use handle::{OpenOptions, Store};
pub use health::Health;
pub use query::Search;
pub use reader::Reader;
pub use record::{
    ArticleContent, ConfiguredFeed, DuePage, EntryAction, EntryRecord, Excuse, FeedUpdate, FileUse,
    HostHold, KnownListing, KnownPage, Listing, PageMaking, PageRecord, PageWanted, PollRecord,
    Pruning, QueuedPage, RawArticle, RawPage, RawPick, Recheck, Reextraction, RobotsCost,
    RobotsRow, RobotsState, Step, Stored, ValidatorsUpdate,
};
pub use rows::{
    ArticleRow, ChangeRow, FeedView, FetchRow, GapRow, HostRow, ListingRow, PollRow, QueueRow,
    RevisionRow, SearchHit,
};
pub use search::{Found, SearchSort};
pub use site::{PastText, SiteKnowledge, SitePassage};
pub use stats::{StoreStats, Totals};
pub use typed::{SearchError, SearchFault};
pub use when::{TIME_FORMS, typed_time};
pub use work::{ChurnRule, Rules};
