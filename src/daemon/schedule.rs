//! Which feed comes next: the due heap with what the loop knows of each feed.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    clock::Now,
    config::FeedConfig,
    ingest::Pick,
    model::{FeedId, FeedRow, LONGEST_WAIT},
    schedule::{DueHeap, Manner, Plan, is_credible, spread_overdue},
};

/// Pause between two rounds over a feed's backlog of pages.
const BACKLOG_PAUSE: Duration = Duration::from_mins(1);

/// What is to be done for a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Poll(Manner),
    Pages,
}

/// The schedule of all configured feeds, on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    feeds: HashMap<FeedId, Arc<FeedConfig>>,
    polls: DueHeap,
    backlog: DueHeap,
    ready: VecDeque<(FeedId, Work)>,
}

impl Schedule {
    /// Takes over the feeds of a configuration; overdue ones are spread over their interval.
    /// `backlog`: feeds for which pages wait from a former run.
    pub(super) fn load(picks: Vec<Pick>, backlog: &[FeedId], now: Now) -> Self {
        let mut schedule = Self::default();
        let mut due: Vec<(FeedId, DateTime<Utc>, Duration)> = picks
            .iter()
            .map(|pick| {
                let interval = interval_of(&pick.feed, &pick.row);
                let stored = pick.row.next_poll_at.unwrap_or(now.wall);
                // Planned by a clock that was wrong: overdue, as far as anybody knows.
                let at = if is_credible(stored, now.wall) {
                    stored
                } else {
                    now.wall - interval
                };
                (pick.row.id, at, interval)
            })
            .collect();
        spread_overdue(&mut due, now.wall);
        for (id, at, _) in due {
            schedule.polls.push(id, monotonic(at, now));
        }
        for pick in picks {
            schedule.feeds.insert(pick.row.id, Arc::new(pick.feed));
        }
        // What a former run left in the queue is looked at soon, but after the first polls.
        for id in backlog.iter().filter(|id| schedule.feeds.contains_key(id)) {
            schedule.backlog.push(*id, now.mono + BACKLOG_PAUSE);
        }
        schedule
    }

    /// The feed's configuration, when it is still configured.
    pub(super) fn feed(&self, id: FeedId) -> Option<Arc<FeedConfig>> {
        self.feeds.get(&id).cloned()
    }

    /// How many feeds are scheduled.
    pub(super) fn n_feeds(&self) -> usize {
        self.feeds.len()
    }

    /// Adds a feed that is fetched by hand and is not configured.
    pub(super) fn add(&mut self, id: FeedId, feed: FeedConfig) {
        self.feeds.entry(id).or_insert_with(|| Arc::new(feed));
    }

    /// Every scheduled feed.
    pub(super) fn ids(&self) -> Vec<FeedId> {
        self.feeds.keys().copied().collect()
    }

    /// Puts work before everything that is merely due.
    pub(super) fn push_ready(&mut self, id: FeedId, work: Work) {
        self.ready.push_back((id, work));
    }

    /// Puts work before everything else: it has waited its time.
    pub(super) fn push_next(&mut self, id: FeedId, work: Work) {
        self.ready.push_front((id, work));
    }

    /// The feed is to be polled at `at`; its pages that wait are looked at before.
    pub(super) fn plan(&mut self, id: FeedId, at: DateTime<Utc>, has_backlog: bool, now: Now) {
        if !self.feeds.contains_key(&id) {
            return;
        }
        self.polls.push(id, monotonic(at, now));
        if has_backlog {
            self.plan_pages(id, now);
        }
    }

    /// The feed's waiting pages are looked at again after a pause.
    pub(super) fn plan_pages(&mut self, id: FeedId, now: Now) {
        if self.feeds.contains_key(&id) {
            self.backlog.push(id, now.mono + BACKLOG_PAUSE);
        }
    }

    /// The feed's pages are looked at as soon as there is room.
    pub(super) fn plan_pages_now(&mut self, id: FeedId) {
        let work = (id, Work::Pages);
        if self.feeds.contains_key(&id) && !self.ready.contains(&work) {
            self.ready.push_back(work);
        }
    }

    /// The feed is asked again after `wait`, whatever the store says.
    pub(super) fn postpone(&mut self, id: FeedId, wait: Duration, now: Now) {
        if self.feeds.contains_key(&id) {
            self.polls.push(id, now.mono + wait);
        }
    }

    /// The next work whose time has come.
    pub(super) fn pop(&mut self, now: Now) -> Option<(FeedId, Work)> {
        self.ready.pop_front().or_else(|| {
            self.polls
                .pop_due(now.mono)
                .map(|id| (id, Work::Poll(Manner::Due)))
                .or_else(|| self.backlog.pop_due(now.mono).map(|id| (id, Work::Pages)))
        })
    }

    /// How long nothing will be due.
    pub(super) fn idle_for(&self, now: Now) -> Option<Duration> {
        if !self.ready.is_empty() {
            return Some(Duration::ZERO);
        }
        [self.polls.next_at(), self.backlog.next_at()]
            .into_iter()
            .flatten()
            .min()
            .map(|at| at.saturating_sub(now.mono))
    }
}

fn monotonic(at: DateTime<Utc>, now: Now) -> Duration {
    let wait = (at - now.wall)
        .max(TimeDelta::zero())
        .to_std()
        .unwrap_or_default();
    now.mono + wait.min(LONGEST_WAIT)
}

fn interval_of(feed: &FeedConfig, row: &FeedRow) -> Duration {
    match &feed.plan {
        Plan::Every(start) if row.memory.interval_seconds == 0 => *start,
        Plan::Every(_) => Duration::from_secs(row.memory.interval_seconds),
        // A cron time is a wish for that time: catch up within a minute.
        Plan::Cron(_) => Duration::from_mins(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{self, LoadOptions},
        model::{FeedMemory, FeedStatus},
    };

    const N_FEEDS: i64 = 1_000;
    const HOUR: Duration = Duration::from_hours(1);

    fn start() -> DateTime<Utc> {
        "2026-11-25T05:50:00Z".parse().unwrap()
    }

    /// Feeds with an interval of an hour, due one after the other in the hour after `from`.
    fn picks(from: DateTime<Utc>) -> Vec<Pick> {
        let url = ::url::Url::parse("https://a.example/rss").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("feedmill.toml");
        std::fs::write(&file, "database = \"a.db\"").unwrap();
        let config = config::load(&LoadOptions::for_file(file, None)).unwrap();
        let feed = config.defaults_for_adhoc(&url);
        let row = |n: i64| FeedRow {
            id: FeedId(n),
            url: format!("{url}?{n}"),
            current_url: format!("{url}?{n}"),
            name: None,
            title: None,
            tags: Vec::new(),
            status: FeedStatus::Active,
            last_polled_at: Some(from),
            last_ok_at: Some(from),
            next_poll_at: Some(from + TimeDelta::milliseconds(n * 3_600)),
            failures: 0,
            validators: None,
            memory: FeedMemory {
                interval_seconds: HOUR.as_secs(),
                ..FeedMemory::default()
            },
        };
        (0..N_FEEDS)
            .map(|n| Pick {
                feed: feed.clone(),
                row: row(n),
            })
            .collect()
    }

    fn n_due(schedule: &mut Schedule, now: Now) -> usize {
        std::iter::from_fn(|| schedule.pop(now)).count()
    }

    fn after(wall: DateTime<Utc>, mono: Duration) -> Now {
        Now { wall, mono }
    }

    #[test]
    fn a_clock_that_jumps_while_it_runs_moves_no_poll() {
        let years = TimeDelta::days(365);
        for jump in [
            years * 2,
            -years * 10,
            TimeDelta::hours(1),
            -TimeDelta::hours(1),
        ] {
            let mut schedule = Schedule::load(picks(start()), &[], after(start(), Duration::ZERO));
            let jumped = start() + jump;
            assert!(
                n_due(&mut schedule, after(jumped, Duration::ZERO)) <= 1,
                "{jump}"
            );
            let half = n_due(&mut schedule, after(jumped, HOUR / 2));
            assert!((495..=505).contains(&half), "{jump}: {half}");
            assert_eq!(
                half + n_due(&mut schedule, after(jumped, HOUR)),
                999,
                "{jump}"
            );
        }
    }

    #[test]
    fn a_start_with_another_clock_spreads_what_is_overdue_and_waits_for_nothing_far_ahead() {
        let years = TimeDelta::days(365);
        for jump in [years * 2, -years * 10] {
            let now = start() + jump;
            let mut schedule = Schedule::load(picks(start()), &[], after(now, Duration::ZERO));
            let at_once = n_due(&mut schedule, after(now, Duration::from_mins(1)));
            assert!(at_once <= 60, "{jump}: {at_once} in the first minute");
            let within = n_due(&mut schedule, after(now, HOUR + Duration::from_mins(5)));
            assert_eq!(at_once + within, 1_000, "{jump}");
        }
    }
}
