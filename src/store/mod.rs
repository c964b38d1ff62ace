//! The database: one SQLite file that anyone may read while feedmill writes it.
//!
//! [`Store`] is what the pipeline holds: one thread writes, in transactions that span neither
//! network nor parsing, and answers after the commit; a few connections read. [`Reader`] is what
//! the command line and the status page hold: it opens the file read-only. What outsiders may
//! rely on are the views of `docs/schema.md`.
//!
//! **Invariant:** SQL stands only in this room, and every TEXT passes `row::Bind`.

mod address;
mod checkpoint;
mod command;
mod error;
mod feeds;
mod file;
mod fulltext;
mod handle;
mod ledger;
mod listing;
mod lookup;
mod migrate;
mod page;
mod place;
mod poll;
mod pool;
mod record;
mod row;
mod story;
mod tombstone;
mod upkeep;
mod work;
mod writer;

pub use error::{StoreError, StoreErrorKind};
pub use handle::{OpenOptions, Store};
pub use record::{
    ArticleContent, ConfiguredFeed, DuePage, EntryAction, EntryRecord, FeedUpdate, KnownListing,
    Listing, PageRecord, PollRecord, QueuedPage, RawPage, RobotsRow, RobotsState, Stored,
    ValidatorsUpdate,
};
pub use work::NearRule;
