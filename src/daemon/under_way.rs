//! Polls under way: which feeds they are of, who waits for them, and what each host bears.

use std::collections::HashMap;

use tokio::task::{Id, JoinError, JoinSet};

use super::{host_share::HostShare, schedule::Work};
use crate::{
    ingest::{IngestError, PollReport},
    model::FeedId,
};

type Done = (Work, Result<PollReport, IngestError>);

/// All polls under way.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    tasks: JoinSet<Done>,
    /// A task that panics gives nothing back but its number.
    feeds: HashMap<Id, FeedId>,
    /// The calls that wait for each feed.
    callers: HashMap<FeedId, Vec<u64>>,
    hosts: HostShare,
}

/// A poll that is over.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) id: FeedId,
    pub(super) callers: Vec<u64>,
    /// Work for the same host that has waited for this.
    pub(super) next: Option<(FeedId, Work)>,
    /// What came of it; an error: its task panicked.
    pub(super) done: Result<Done, JoinError>,
}

impl UnderWay {
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// The calls that wait for this feed, when it is under way.
    pub(super) fn callers_of(&mut self, id: FeedId) -> Option<&mut Vec<u64>> {
        self.callers.get_mut(&id)
    }

    /// Takes a place at a host; `false`: all `most` are taken, and the work waits for one.
    pub(super) fn take_place(&mut self, id: FeedId, work: Work, host: &str, most: usize) -> bool {
        self.hosts.take(id, work, host, most)
    }

    /// Forgets what waits for a place: a new schedule holds it anew.
    pub(super) fn forget_waiting(&mut self) {
        self.hosts.forget_waiting();
    }

    /// Starts a poll of a feed that has its place.
    pub(super) fn start(
        &mut self,
        id: FeedId,
        callers: Vec<u64>,
        poll: impl Future<Output = Done> + Send + 'static,
    ) {
        self.callers.insert(id, callers);
        let task = self.tasks.spawn(poll);
        self.feeds.insert(task.id(), id);
    }

    /// The next poll that ends; `None` when none is under way. Nothing is lost when it is dropped.
    pub(super) async fn next(&mut self) -> Option<Ended> {
        loop {
            let (task, done) = match self.tasks.join_next_with_id().await? {
                Ok((task, done)) => (task, Ok(done)),
                Err(error) => (error.id(), Err(error)),
            };
            if let Some(id) = self.feeds.remove(&task) {
                return Some(Ended {
                    id,
                    callers: self.callers.remove(&id).unwrap_or_default(),
                    next: self.hosts.end(id),
                    done,
                });
            }
        }
    }

    /// Breaks off what is under way.
    pub(super) async fn abort(&mut self) {
        self.tasks.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_poll_that_panics_gives_its_places_back() {
        let mut under_way = UnderWay::default();
        let (bad, waiting) = (FeedId(1), FeedId(2));
        assert!(under_way.take_place(bad, Work::Pages, "a.example", 1));
        assert!(!under_way.take_place(waiting, Work::Pages, "a.example", 1));
        under_way.start(bad, vec![7], async { panic!("deep trouble") });
        let ended = under_way.next().await.unwrap();
        assert_eq!((ended.id, ended.callers), (bad, vec![7]));
        assert_eq!(ended.next, Some((waiting, Work::Pages)));
        assert!(ended.done.is_err());
        assert!(under_way.callers_of(bad).is_none());
        assert_eq!(under_way.len(), 0);
    }
}
