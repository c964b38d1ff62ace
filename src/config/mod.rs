//! The configuration: a TOML file as written, and what it means once checked.
//!
//! A file is read in two steps: the table of keys (`keys`) says what may be written, the readers of
//! each section turn values into what they mean. All faults are collected, with file, line, column,
//! key, reason and way out, before any is reported. The other rooms see only the options they
//! define themselves, built by [`Config`]'s methods.
//!
//! **Invariant:** only `load` touches files and the environment. A password never appears in
//! `Debug`, messages, origins or the store.

mod check;
mod edit;
mod error;
mod feed;
mod file;
mod folder;
mod keys;
mod limits;
mod load;
mod meaning;
mod network;
mod opml;
mod options;
mod origins;
mod place;
mod report;
mod retention;
mod schema;
mod secret;
mod section;
mod settings;
mod suggest;
mod units;
mod web;

pub use edit::{
    EditError, ListedFeed, NewFeed, NewFolder, add_feed, add_feeds, add_folders, add_listed_feeds,
    remove_feed, rename_feed, set_paused,
};
pub use error::{ConfigErrors, Notice};
pub use limits::Limits;
pub use load::{Environment, LoadOptions, load};
pub use meaning::{Config, ContentMode, FeedConfig, FolderConfig, KeepRaw};
pub use network::Network;
pub use origins::Origin;
pub use place::Place;
pub use retention::Retention;
pub use schema::schema;
pub use units::size as parse_size;
pub use web::Web;

/// A commented sample that is a good configuration as it stands.
pub const SAMPLE: &str = include_str!("../../config/feedmill.toml");
