//! The interval of a feed that follows how often it has news.

use std::time::Duration;

use super::{Limits, PollResult};
use crate::model::{FeedRow, Outcome};

/// A quiet poll makes the interval longer by this part of it. So the interval grows with the
/// silence and stays near an eighth of it: news after a quiet night comes within the hour.
const GROWTH: u32 = 8;

/// The interval from now on, and what was seen that made it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) interval: Duration,
    pub(super) detail: &'static str,
}

/// The shortest and longest interval of a feed that starts at `start`. A start that the owner
/// chose outside the limits above widens them; without validators every poll costs the whole
/// document, so nothing is faster than the start.
fn range(start: Duration, has_validators: bool, limits: &Limits) -> (Duration, Duration) {
    let floor = if has_validators {
        limits.min_interval
    } else {
        limits.min_interval.max(start)
    };
    (floor, limits.max_interval.max(start).max(floor))
}

/// The interval as it was before this poll.
pub(super) fn current(row: &FeedRow, start: Duration) -> Duration {
    match row.memory.interval_seconds {
        0 => start,
        seconds => Duration::from_secs(seconds),
    }
}

/// The interval after a poll that succeeded.
///
/// Quiet: an eighth longer. News: back to the start at once. Much news (a third of the entries
/// and more): two thirds of that. Nothing but news: half, since entries may have been missed.
pub(super) fn after_success(
    row: &FeedRow,
    start: Duration,
    result: &PollResult<'_>,
    limits: &Limits,
) -> Interval {
    let current = current(row, start);
    let lively = current.min(start);
    let n_entries = u64::from(result.n_new) + u64::from(result.n_known);
    let (wanted, detail) = if row.last_ok_at.is_none() {
        (start, "first poll")
    } else if result.n_new == 0 {
        (current.saturating_add(current / GROWTH), quiet(result))
    } else if result.n_known == 0 {
        (lively / 2, "every entry is new: some may have been missed")
    } else if u64::from(result.n_new) * 3 >= n_entries {
        (lively * 2 / 3, "a third of the entries or more are new")
    } else {
        (lively, "new entries")
    };
    let (floor, ceiling) = range(start, result.has_validators, limits);
    Interval {
        interval: wanted.clamp(floor, ceiling),
        detail,
    }
}

fn quiet(result: &PollResult<'_>) -> &'static str {
    match result.outcome {
        Outcome::NotModified => "not modified",
        Outcome::Ok | Outcome::Failed | Outcome::Refused => "nothing new",
    }
}

/// Whole seconds for the feed's memory. Rounded up, or a short interval would never grow.
pub(super) fn stored(interval: Duration) -> u64 {
    interval.as_secs() + u64::from(interval.subsec_nanos() > 0)
}
