//! Is it us or them? Counts hosts that cannot be reached at all (R18).

use std::{collections::HashMap, time::Duration};

use crate::{
    model::{Failure, FeedId},
    schedule::is_outage_class,
    store::Excuse,
};

/// How far back a host's last answer counts.
const WINDOW: Duration = Duration::from_mins(10);

/// After this long without a failure that speaks of our own network, the next begins a new outage. Longer
/// than the longest backoff: a name that is always dead must not look like one.
const OURS_FORGOTTEN_AFTER: Duration = Duration::from_hours(48);

/// Hosts needed for a verdict: below it, two dead feeds would look like a dead network.
const HOSTS_NEEDED: usize = 5;

/// Hosts remembered at most.
const HOSTS_MAX: usize = 1024;

/// The last answer of each host asked lately.
#[derive(Debug, Default)]
pub(super) struct Outage {
    hosts: HashMap<String, (Duration, bool)>,
    /// The last turn was for the worse.
    is_on: bool,
    /// Answers so far.
    n_answers: u64,
    /// How many there were when a host first failed in a way that speaks of our own network, and when it
    /// last did.
    ours_since: HashMap<String, (u64, Duration)>,
    /// Feeds whose last failure was counted and may yet prove to be ours: when, and what takes it back.
    blamed: HashMap<FeedId, (Duration, Excuse)>,
}

impl Outage {
    /// Notes how the last request to `host` ended at `mono`, and tells whether this looks like
    /// an outage of our own: more than 80 % of at least five hosts unreachable, or a failure that
    /// speaks of our own network.
    pub(super) fn observe(
        &mut self,
        host: &str,
        failure: Option<&Failure>,
        mono: Duration,
    ) -> bool {
        self.hosts
            .retain(|_, (at, _)| mono.saturating_sub(*at) <= WINDOW);
        if self.hosts.len() < HOSTS_MAX || self.hosts.contains_key(host) {
            let is_unreachable = failure.is_some_and(|failure| is_outage_class(failure.class));
            self.hosts.insert(host.to_owned(), (mono, is_unreachable));
        }
        let is_ours = self.is_ours(host, failure, mono);
        self.is_local() || is_ours
    }

    /// Whether this is where an outage begins (`true`) or ends.
    pub(super) fn turn(&mut self, is_outage: bool, is_answer: bool) -> Option<bool> {
        let is_turn = match (self.is_on, is_outage) {
            (false, true) => !is_answer,
            (true, false) => is_answer,
            (false, false) | (true, true) => false,
        };
        self.is_on ^= is_turn;
        is_turn.then_some(self.is_on)
    }

    /// Notes how a poll of `feed` was kept at `mono`: with what takes its failure back, when that was counted
    /// although it may be ours. Gives what is to be taken back now: the first hosts that fail in an outage
    /// cannot know that most others will.
    pub(super) fn settle(
        &mut self,
        feed: FeedId,
        excuse: Option<Excuse>,
        mono: Duration,
    ) -> Vec<Excuse> {
        self.blamed
            .retain(|_, (at, _)| mono.saturating_sub(*at) <= WINDOW);
        match excuse {
            Some(excuse) => self.blamed.insert(feed, (mono, excuse)),
            None => self.blamed.remove(&feed),
        };
        if !self.is_local() {
            return Vec::new();
        }
        let blamed = self.blamed.drain();
        blamed.map(|(_, (_, excuse))| excuse).collect()
    }

    /// A failure that speaks of our own network does so unless other hosts answered since this one first
    /// failed like that: then it is the name's own servers, or an address of a kind we have no way to.
    fn is_ours(&mut self, host: &str, failure: Option<&Failure>, mono: Duration) -> bool {
        match failure {
            Some(failure) if failure.is_ours => {
                if self.ours_since.len() >= HOSTS_MAX {
                    self.ours_since.clear();
                }
                let n_answers = self.n_answers;
                let since = self.ours_since.entry(host.to_owned());
                let (since, last) = since.or_insert((n_answers, mono));
                // What was long ago was another outage.
                if mono.saturating_sub(*last) > OURS_FORGOTTEN_AFTER {
                    *since = n_answers;
                }
                *last = mono;
                *since == n_answers
            }
            Some(failure) if is_outage_class(failure.class) => false,
            Some(_) | None => {
                self.n_answers += 1;
                self.ours_since.remove(host);
                false
            }
        }
    }

    fn is_local(&self) -> bool {
        let n_down = self.hosts.values().filter(|(_, is_down)| *is_down).count();
        self.hosts.len() >= HOSTS_NEEDED && n_down * 5 > self.hosts.len() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ErrorClass;

    fn failed(class: ErrorClass) -> Failure {
        Failure::new(class, "")
    }

    #[test]
    fn five_dead_hosts_are_an_outage_and_four_are_not() {
        let mut outage = Outage::default();
        let at = Duration::from_secs(1);
        for host in ["a", "b", "c", "d"] {
            assert!(!outage.observe(host, Some(&failed(ErrorClass::Dns)), at));
        }
        assert!(outage.observe("e", Some(&failed(ErrorClass::Connect)), at));
        assert!(
            outage.observe("f", None, at),
            "5 of 6 are still more than 80 %"
        );
        assert!(!outage.observe("g", None, at), "5 of 7 are not");
    }

    #[test]
    fn failures_before_the_verdict_are_taken_back_once() {
        let excuse = |id| Excuse {
            feed: FeedId(id),
            failures: 0,
            next_poll_at: chrono::DateTime::UNIX_EPOCH,
            bounds: Vec::new(),
        };
        let mut outage = Outage::default();
        let dead = failed(ErrorClass::Dns);
        let minute = Duration::from_mins(1);
        for (id, host) in [(1, "a"), (2, "b"), (3, "c"), (4, "d")] {
            outage.observe(host, Some(&dead), minute);
            assert_eq!(outage.settle(FeedId(id), Some(excuse(id)), minute), []);
        }
        // Its next poll was none that counts.
        assert_eq!(outage.settle(FeedId(2), None, minute), []);
        outage.observe("e", Some(&dead), minute);
        let mut excused: Vec<i64> = outage
            .settle(FeedId(5), None, minute)
            .iter()
            .map(|excuse| excuse.feed.0)
            .collect();
        excused.sort_unstable();
        assert_eq!(excused, [1, 3, 4]);
        assert_eq!(outage.settle(FeedId(5), None, minute), []);
        // What was kept only after the verdict is taken back at once.
        assert_eq!(
            outage.settle(FeedId(1), Some(excuse(1)), minute),
            [excuse(1)]
        );
    }

    #[test]
    fn a_refusing_host_is_reachable() {
        let mut outage = Outage::default();
        for host in ["a", "b", "c", "d", "e", "f"] {
            let verdict = outage.observe(
                host,
                Some(&failed(ErrorClass::ConnectionRefused)),
                Duration::ZERO,
            );
            assert!(!verdict);
        }
    }

    #[test]
    fn old_answers_do_not_count() {
        let mut outage = Outage::default();
        for host in ["a", "b", "c", "d"] {
            outage.observe(host, Some(&failed(ErrorClass::Dns)), Duration::ZERO);
        }
        let late = WINDOW + Duration::from_secs(1);
        assert!(!outage.observe("e", Some(&failed(ErrorClass::Dns)), late));
    }

    #[test]
    fn no_resolver_at_all_is_an_outage_even_with_one_feed() {
        let mut outage = Outage::default();
        let ours = Failure {
            is_ours: true,
            ..failed(ErrorClass::Dns)
        };
        assert!(outage.observe("a", Some(&ours), Duration::ZERO));
        assert_eq!(outage.turn(true, false), Some(true));
        assert_eq!(outage.turn(true, false), None, "told once");
        assert!(!outage.observe("b", None, Duration::ZERO));
        assert_eq!(outage.turn(false, true), Some(false));
        assert!(
            !outage.observe("a", Some(&ours), Duration::ZERO),
            "another host was reached: it is the name's own servers"
        );
    }

    #[test]
    fn a_line_that_drops_after_answers_is_an_outage_at_once() {
        let mut outage = Outage::default();
        let ours = Failure {
            is_ours: true,
            ..failed(ErrorClass::Connect)
        };
        for host in ["a", "b", "c", "d", "e", "f"] {
            outage.observe(host, None, Duration::ZERO);
        }
        assert!(outage.observe("a", Some(&ours), Duration::ZERO));
        assert!(outage.observe("b", Some(&ours), Duration::ZERO));
        assert!(outage.observe("a", Some(&ours), Duration::ZERO));
    }

    #[test]
    fn an_outage_is_forgotten_after_two_days() {
        let mut outage = Outage::default();
        let ours = Failure {
            is_ours: true,
            ..failed(ErrorClass::Dns)
        };
        let hour = Duration::from_hours(1);
        assert!(outage.observe("a", Some(&ours), hour));
        assert!(!outage.observe("b", None, hour));
        assert!(
            !outage.observe("a", Some(&ours), 24 * hour),
            "still the same"
        );
        assert!(outage.observe("a", Some(&ours), 90 * hour), "a new one");
    }
}
