//! A month of polls under a clock that is moved by hand.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use feedmill::{
    clock::{Clock, ManualClock},
    model::{ErrorClass, Failure, FeedId, FeedMemory, FeedRow, FeedStatus, Outcome},
    schedule::{CacheHints, DueHeap, FeedHints, PollResult, Settings, plan},
};

const MONTH: Duration = Duration::from_hours(30 * 24);

/// A feed as its server plays it.
struct Player {
    row: FeedRow,
    /// What the server answers at a time of the month; new entries since the last success.
    answer: fn(TimeDelta, TimeDelta) -> Answer,
    polls: Vec<DateTime<Utc>>,
}

enum Answer {
    News(u32),
    Failure(ErrorClass),
    Later(Duration),
}

fn start() -> DateTime<Utc> {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn player(id: i64, answer: fn(TimeDelta, TimeDelta) -> Answer) -> Player {
    let row = FeedRow {
        id: FeedId(id),
        url: format!("https://site{id}.example/rss"),
        current_url: format!("https://site{id}.example/rss"),
        name: None,
        title: None,
        tags: Vec::new(),
        status: FeedStatus::Active,
        last_polled_at: None,
        last_ok_at: None,
        next_poll_at: None,
        failures: 0,
        validators: None,
        memory: FeedMemory::default(),
    };
    Player {
        row,
        answer,
        polls: Vec::new(),
    }
}

impl Player {
    fn poll(&mut self, now: DateTime<Utc>) {
        self.polls.push(now);
        let since_ok = now - self.row.last_ok_at.unwrap_or(now);
        let answer = (self.answer)(now - start(), since_ok);
        let failure = match &answer {
            Answer::News(_) => None,
            Answer::Failure(class) => Some(Failure::new(*class, "it failed")),
            Answer::Later(wait) => Some(Failure {
                retry_after: Some(*wait),
                ..Failure::new(ErrorClass::RateLimited, "later")
            }),
        };
        let n_new = match answer {
            Answer::News(n_new) => n_new,
            Answer::Failure(_) | Answer::Later(_) => 0,
        };
        let result = PollResult {
            outcome: match (&failure, n_new) {
                (Some(_), _) => Outcome::Failed,
                (None, 0) => Outcome::NotModified,
                (None, _) => Outcome::Ok,
            },
            failure: failure.as_ref(),
            cache: CacheHints::default(),
            feed: (n_new > 0).then(FeedHints::default),
            n_new,
            n_known: 20,
            has_validators: true,
            is_local_outage: false,
            is_quarantined: false,
        };
        let jitter = f64::from(now.second()) / 60.0;
        let next = plan(&self.row, &result, &Settings::default(), jitter, now);
        if failure.is_none() {
            self.row.last_ok_at = Some(now);
        }
        self.row.failures = next.failures;
        self.row.memory = next.memory;
        self.row.next_poll_at = Some(next.at);
        self.row.status = next.status.unwrap_or(self.row.status);
    }

    fn gaps(&self) -> Vec<TimeDelta> {
        self.polls
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .collect()
    }

    fn n_between(&self, from_day: i64, to_day: i64) -> usize {
        let day = |at: &DateTime<Utc>| (*at - start()).num_days();
        self.polls
            .iter()
            .filter(|at| (from_day..to_day).contains(&day(at)))
            .count()
    }
}

/// Lets a month pass; each poll at the moment it is due.
fn play(mut players: Vec<Player>) -> Vec<Player> {
    let clock = ManualClock::at(start());
    let mut due = DueHeap::default();
    for player in &players {
        due.push(player.row.id, Duration::ZERO);
    }
    while let Some(at) = due.next_at().filter(|at| *at < MONTH) {
        clock.advance(at.saturating_sub(clock.now().mono));
        let now = clock.now();
        while let Some(id) = due.pop_due(now.mono) {
            let player = players
                .iter_mut()
                .find(|player| player.row.id == id)
                .unwrap();
            player.poll(now.wall);
            let wait = player.row.next_poll_at.unwrap() - now.wall;
            due.push(id, now.mono + wait.to_std().unwrap());
        }
    }
    players
}

#[test]
fn a_month_of_five_feeds() {
    let players = play(vec![
        player(1, |_, since| {
            Answer::News(u32::try_from(since.num_minutes() / 10).unwrap())
        }),
        player(2, |_, _| Answer::News(0)),
        player(3, |_, _| Answer::Failure(ErrorClass::HttpStatus)),
        player(4, |at, _| match at.num_days() {
            10 => Answer::Later(Duration::from_hours(6)),
            _ => Answer::News(1),
        }),
        player(5, |at, _| match at.num_days() {
            0..20 => Answer::News(0),
            _ => Answer::News(1),
        }),
    ]);
    let [busy, quiet, dead, limited, woken] = players.as_slice() else {
        panic!("five players");
    };

    // Six entries an hour among twenty: a third is new after about an hour.
    assert!(
        (700..1300).contains(&busy.polls.len()),
        "busy: {}",
        busy.polls.len()
    );
    assert!(busy.gaps().iter().all(|gap| *gap >= TimeDelta::minutes(5)));

    // Silence stretches the interval to a day, never past it (and five minutes of jitter).
    assert!(
        (45..75).contains(&quiet.polls.len()),
        "quiet: {}",
        quiet.polls.len()
    );
    let longest = quiet.gaps().into_iter().max().unwrap();
    assert!(longest >= TimeDelta::hours(24) && longest <= TimeDelta::minutes(24 * 60 + 5));
    assert!(quiet.n_between(0, 1) >= 10, "a quiet day is still watched");

    // Dead for a month and still asked every day.
    assert!(
        (30..40).contains(&dead.polls.len()),
        "dead: {}",
        dead.polls.len()
    );
    assert!(dead.row.failures >= 30);
    assert_eq!(dead.row.status, FeedStatus::Active);

    assert!(limited.n_between(10, 11) <= 4, "Retry-After of six hours");
    assert!(
        limited.n_between(12, 13) >= 22,
        "and back to the hour after it"
    );

    assert!(woken.n_between(18, 20) <= 3);
    assert!(woken.n_between(22, 23) >= 22, "news bring the hour back");
}
