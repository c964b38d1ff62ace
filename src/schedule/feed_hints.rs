//! What a feed document says about the next poll.

use std::time::Duration;

use chrono::Weekday;

use crate::model::ParsedFeed;

/// The polling wishes of a feed document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedHints {
    /// Least time between polls by RSS `ttl` or the syndication module.
    pub ttl: Option<Duration>,
    /// Hours (0..=23, UTC) without polls.
    pub skip_hours: Vec<u8>,
    /// Days (UTC) without polls.
    pub skip_days: Vec<Weekday>,
}

impl FeedHints {
    /// The wishes of a document that was read.
    pub fn of(feed: &ParsedFeed) -> Self {
        Self {
            ttl: feed.ttl,
            skip_hours: feed.skip_hours.clone(),
            skip_days: feed.skip_days.clone(),
        }
    }
}
