//! RSS `skipHours` and `skipDays`.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use crate::model::FeedMemory;

/// Hours looked at for one that is allowed: a week and a day.
const HOURS: i64 = 8 * 24;

/// The start of the first allowed hour, when `at` falls into one the feed wants left alone.
///
/// `None` when `at` is allowed, and when nothing is: a list of all 24 hours or all seven days is
/// an error of its writer, not a wish.
pub(super) fn first_allowed(memory: &FeedMemory, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if is_allowed(memory, at) {
        return None;
    }
    let hour = at
        .with_minute(0)
        .and_then(|at| at.with_second(0))
        .and_then(|at| at.with_nanosecond(0))?;
    (1..=HOURS)
        .filter_map(|n| hour.checked_add_signed(TimeDelta::hours(n)))
        .find(|hour| is_allowed(memory, *hour))
}

fn is_allowed(memory: &FeedMemory, at: DateTime<Utc>) -> bool {
    let hour = at.hour();
    let day = at.weekday().num_days_from_monday();
    // RSS 0.91 counted hours 1 to 24, so 24 is midnight too.
    let is_skipped_hour = memory
        .skip_hours
        .iter()
        .any(|skipped| u32::from(*skipped) % 24 == hour);
    let is_skipped_day = memory
        .skip_days
        .iter()
        .any(|skipped| u32::from(*skipped) == day);
    !is_skipped_hour && !is_skipped_day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hours: &[u8], days: &[u8], at: &str, want: Option<&str>) {
        let memory = FeedMemory {
            skip_hours: hours.to_vec(),
            skip_days: days.to_vec(),
            ..FeedMemory::default()
        };
        let got = first_allowed(&memory, at.parse().unwrap());
        assert_eq!(got, want.map(|want| want.parse().unwrap()));
    }

    #[test]
    fn a_poll_in_a_skipped_hour_moves_to_the_first_allowed_one() {
        check(&[], &[], "2026-11-24T05:50:00Z", None);
        check(&[4, 6], &[], "2026-11-24T05:50:00Z", None);
        check(
            &[5, 6],
            &[],
            "2026-11-24T05:50:00Z",
            Some("2026-11-24T07:00:00Z"),
        );
        check(
            &[23, 24],
            &[],
            "2026-11-24T23:50:00Z",
            Some("2026-11-25T01:00:00Z"),
        );
    }

    #[test]
    fn days_count_from_monday() {
        // 28 November 2026 is a Saturday.
        check(
            &[],
            &[5, 6],
            "2026-11-28T05:50:00Z",
            Some("2026-11-30T00:00:00Z"),
        );
        check(
            &[0],
            &[5, 6],
            "2026-11-28T05:50:00Z",
            Some("2026-11-30T01:00:00Z"),
        );
    }

    #[test]
    fn a_feed_that_forbids_everything_forbids_nothing() {
        let all: Vec<u8> = (0..24).collect();
        check(&all, &[], "2026-11-24T05:50:00Z", None);
        check(&[], &[0, 1, 2, 3, 4, 5, 6], "2026-11-24T05:50:00Z", None);
    }
}
