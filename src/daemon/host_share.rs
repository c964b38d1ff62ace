//! How many polls of one host are under way: a host that hangs must not take all places (R16).

use std::collections::{HashMap, VecDeque};

use super::schedule::Work;
use crate::model::FeedId;

/// Polls of each host under way, and those that wait for one of them to end.
#[derive(Debug, Default)]
pub(super) struct HostShare {
    under_way: HashMap<String, usize>,
    host_of: HashMap<FeedId, String>,
    waiting: HashMap<String, VecDeque<(FeedId, Work)>>,
}

impl HostShare {
    /// Takes a place for a feed of this host; `false`: all `most` are taken, and the work waits here.
    pub(super) fn take(&mut self, id: FeedId, work: Work, host: &str, most: usize) -> bool {
        let n = self.under_way.entry(host.to_owned()).or_default();
        if *n >= most {
            let queue = self.waiting.entry(host.to_owned()).or_default();
            if !queue.contains(&(id, work)) {
                queue.push_back((id, work));
            }
            return false;
        }
        *n += 1;
        self.host_of.insert(id, host.to_owned());
        true
    }

    /// Gives a feed's place back; what waited longest for this host comes next.
    pub(super) fn end(&mut self, id: FeedId) -> Option<(FeedId, Work)> {
        let host = self.host_of.remove(&id)?;
        if let Some(n) = self.under_way.get_mut(&host) {
            *n = n.saturating_sub(1);
            if *n == 0 {
                self.under_way.remove(&host);
            }
        }
        let queue = self.waiting.get_mut(&host)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&host);
        }
        next
    }

    /// Forgets what waits: a new schedule holds it anew.
    pub(super) fn forget_waiting(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_so_many_places_and_the_rest_waits_in_order() {
        let mut share = HostShare::default();
        let mut take = |id, host: &str| share.take(FeedId(id), Work::Pages, host, 2);
        assert!(take(1, "slow.example"));
        assert!(take(2, "slow.example"));
        assert!(!take(3, "slow.example"));
        assert!(!take(4, "slow.example"));
        assert!(take(5, "quick.example"), "another host is not held up");
        assert_eq!(share.end(FeedId(5)), None);
        assert_eq!(share.end(FeedId(1)), Some((FeedId(3), Work::Pages)));
        assert!(share.take(FeedId(3), Work::Pages, "slow.example", 2));
        assert!(!share.take(FeedId(6), Work::Pages, "slow.example", 2));
        share.forget_waiting();
        assert_eq!(share.end(FeedId(2)), None);
    }
}
