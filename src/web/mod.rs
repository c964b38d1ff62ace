//! The status page, metrics and health checks of the daemon.
//!
//! Everything shown comes from the last [`crate::model::Status`] that the daemon published; no
//! request reaches the store or the network, so a slow or hostile client costs the daemon nothing.
//! The page works without scripts; what comes from feeds is escaped.
//!
//! **Invariant:** read-only. There is no request that changes anything.

mod error;
mod feed_table;
mod guard;
mod health;
mod metrics;
mod page;
mod serve;
mod when;

pub use error::WebError;
pub use serve::serve;
