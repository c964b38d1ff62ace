//! What is due when, on the monotonic clock.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use crate::model::FeedId;

/// Feeds by the time they are due; each stands in it once.
///
/// Times are monotonic ([`crate::clock::Now::mono`]), so a jump of calendar time moves nothing.
/// Every operation takes logarithmic time.
#[derive(Debug, Clone, Default)]
pub struct DueHeap {
    by_time: BTreeSet<(Duration, FeedId)>,
    by_feed: HashMap<FeedId, Duration>,
}

impl DueHeap {
    /// The feed is due at `at`, whatever was said before.
    pub fn push(&mut self, feed: FeedId, at: Duration) {
        if let Some(before) = self.by_feed.insert(feed, at) {
            self.by_time.remove(&(before, feed));
        }
        self.by_time.insert((at, feed));
    }

    /// Takes out the feed that is due first, if its time has come.
    pub fn pop_due(&mut self, now: Duration) -> Option<FeedId> {
        let (at, feed) = self.by_time.first().copied()?;
        if at > now {
            return None;
        }
        self.remove(feed);
        Some(feed)
    }

    /// When the first feed is due.
    pub fn next_at(&self) -> Option<Duration> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the feed out; the time it was due at.
    pub fn remove(&mut self, feed: FeedId) -> Option<Duration> {
        let at = self.by_feed.remove(&feed)?;
        self.by_time.remove(&(at, feed));
        Some(at)
    }

    /// When the feed is due, if it stands here.
    pub fn due_at(&self, feed: FeedId) -> Option<Duration> {
        self.by_feed.get(&feed).copied()
    }

    /// How many feeds stand here.
    pub fn len(&self) -> usize {
        self.by_feed.len()
    }

    /// No feed stands here.
    pub fn is_empty(&self) -> bool {
        self.by_feed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_is_due_in_order() {
        let mut heap = DueHeap::default();
        for (id, at) in [(1, 30), (2, 10), (3, 20)] {
            heap.push(FeedId(id), Duration::from_secs(at));
        }
        heap.push(FeedId(1), Duration::from_secs(5));
        assert_eq!(heap.next_at(), Some(Duration::from_secs(5)));
        assert_eq!(heap.remove(FeedId(3)), Some(Duration::from_secs(20)));
        let now = Duration::from_secs(10);
        assert_eq!(heap.pop_due(now), Some(FeedId(1)));
        assert_eq!(heap.pop_due(now), Some(FeedId(2)));
        assert_eq!(heap.pop_due(now), None);
        assert!(heap.is_empty());
    }
}
