//! The demo's own news site: seven small outlets of an invented town, served on loopback.
//!
//! It exists so that the whole product can be seen, and tested, on a machine without a network:
//! feeds in four formats, pages in five styles (one of them windows-1252 tables) and the
//! conditions a reader of feeds meets every day: one article in two feeds, a wire story in two
//! versions, an edit between two polls, a feed that is cut off, a connection that breaks, a page
//! that is gone, one that robots.txt forbids, a redirect, a date no one can believe.
//!
//! Texts are our own, in `site/*.txt`; feeds and pages are made from them, and
//! [`Site::expected`] says what a good reader gets out of each.
//!
//! **Invariant:** listens on 127.0.0.1 only and sends nothing of its own accord.

mod answer;
mod error;
mod expected;
mod feeds;
mod inline;
mod outlet;
mod page;
mod server;
mod site;
mod story;
mod town;

pub use error::DemoError;
pub use expected::Expected;
pub use server::Served;
pub use site::{Site, SiteFeed};
