//! When a permanent redirect becomes the feed's address.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::FeedMemory;

/// Equal answers that are needed (R22).
const TIMES: u32 = 3;

/// Time from the first to the last of them: maintenance pages and hijacked domains are gone
/// before that.
const DAYS: TimeDelta = TimeDelta::days(7);

/// Where a poll's redirects led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveSeen {
    /// To this address, each hop 301 or 308, and it answered as a feed.
    Permanent(String),
    /// Nowhere, or not for good: the feed is where it was.
    No,
    /// The poll failed, which tells nothing.
    Unknown,
}

/// Notes where a poll's redirects led; the new address once it is to be adopted: after three
/// equal answers in a row over at least seven days.
pub fn adopt_move(memory: &mut FeedMemory, seen: &MoveSeen, now: DateTime<Utc>) -> Option<String> {
    match seen {
        MoveSeen::Unknown => None,
        MoveSeen::No => {
            forget(memory);
            None
        }
        MoveSeen::Permanent(target) => {
            let since = memory
                .moved_since
                .filter(|since| memory.moved_to.as_ref() == Some(target) && *since <= now);
            let Some(since) = since else {
                memory.moved_to = Some(target.clone());
                memory.moved_times = 1;
                memory.moved_since = Some(now);
                return None;
            };
            memory.moved_times = memory.moved_times.saturating_add(1);
            if memory.moved_times < TIMES || now - since < DAYS {
                return None;
            }
            forget(memory);
            Some(target.clone())
        }
    }
}

fn forget(memory: &mut FeedMemory) {
    memory.moved_to = None;
    memory.moved_times = 0;
    memory.moved_since = None;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays answers by day; `Some(day)` when the last one led to adoption.
    #[track_caller]
    fn check(answers: &[(i64, MoveSeen)], want: bool) {
        let mut memory = FeedMemory::default();
        let mut adopted = None;
        for (day, seen) in answers {
            let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + day);
            adopted = adopt_move(&mut memory, seen, now);
        }
        assert_eq!(adopted.is_some(), want, "{answers:?}");
    }

    fn to(target: &str) -> MoveSeen {
        MoveSeen::Permanent(target.to_owned())
    }

    #[test]
    fn three_equal_answers_over_a_week() {
        check(&[(0, to("a")), (3, to("a")), (7, to("a"))], true);
        check(&[(0, to("a")), (7, to("a"))], false);
        check(
            &[(0, to("a")), (1, to("a")), (2, to("a")), (6, to("a"))],
            false,
        );
    }

    #[test]
    fn another_answer_starts_anew_and_a_failure_does_not() {
        check(&[(0, to("a")), (3, to("b")), (7, to("a"))], false);
        check(
            &[(0, to("a")), (3, MoveSeen::No), (7, to("a")), (8, to("a"))],
            false,
        );
        check(
            &[
                (0, to("a")),
                (3, MoveSeen::Unknown),
                (6, to("a")),
                (7, to("a")),
            ],
            true,
        );
    }
}
