//! What a poll by hand waits for, and when a poll asks for the whole document.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Limits, span};
use crate::model::{Bound, FeedRow, FeedStatus, LONGEST_WAIT};

/// Why a feed is polled now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Its time has come.
    Due,
    /// A person asked for it: the interval and backoff do not count, the server's wishes do.
    Manual,
    /// A person insists: nothing here counts.
    Force,
}

/// Whether a feed may be polled now; else the bound that stands against it.
///
/// A feed that is due may: its bounds made it so. By hand `Retry-After`, freshness, and the long
/// waits of a feed that is gone or quarantined are obeyed. A time in the store that lies further
/// ahead than its limit allows was written by a clock that was wrong, and does not count (R39).
///
/// # Errors
/// The bound that stands against it.
pub fn may_poll(
    row: &FeedRow,
    limits: &Limits,
    manner: Manner,
    now: DateTime<Utc>,
) -> Result<(), Bound> {
    match manner {
        Manner::Due | Manner::Force => Ok(()),
        Manner::Manual => may_poll_by_hand(row, limits, now),
    }
}

fn may_poll_by_hand(row: &FeedRow, limits: &Limits, now: DateTime<Utc>) -> Result<(), Bound> {
    let memory = &row.memory;
    let is_gone = row.status == FeedStatus::Gone;
    let is_quarantined = row.status == FeedStatus::Quarantined;
    let waits = [
        (
            "retry-after",
            memory.retry_after_until,
            limits.retry_after_max.max(Duration::from_mins(1)),
            "the server asked to be left alone",
        ),
        (
            "max-age",
            memory.fresh_until,
            limits.max_interval,
            "by its headers the last response is still fresh",
        ),
        (
            "gone",
            row.next_poll_at.filter(|_| is_gone),
            LONGEST_WAIT,
            "it answered 410 Gone",
        ),
        (
            "quarantined",
            row.next_poll_at.filter(|_| is_quarantined),
            limits.max_interval,
            "its document stopped the process twice",
        ),
    ];
    for (origin, until, most, detail) in waits {
        if let Some(until) = until
            && until > now
            && span::between(now, until) <= most
        {
            return Err(Bound {
                origin: origin.to_owned(),
                not_before: until,
                detail: detail.to_owned(),
            });
        }
    }
    Ok(())
}

/// The next poll goes without validators: `full_poll_every` has passed since one did, because
/// some servers answer 304 although the feed has changed (C11).
pub fn full_poll_due(row: &FeedRow, limits: &Limits, now: DateTime<Utc>) -> bool {
    let Some(last) = row.memory.last_full_at else {
        return true;
    };
    let is_from_a_wrong_clock = span::between(now, last) > limits.full_poll_every;
    span::between(last, now) >= limits.full_poll_every || is_from_a_wrong_clock
}
