//! From the time on the wall to instants and back.

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// Which instants show a time on the wall of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// One.
    Once(DateTime<Utc>),
    /// Two: the clock was put back.
    Twice(DateTime<Utc>, DateTime<Utc>),
    /// None: the clock was put forward. The first instant after that.
    Never(DateTime<Utc>),
}

/// The time on the wall of `zone` at an instant.
pub(super) fn wall_time(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// The instants at which the wall of `zone` shows `time`.
pub(super) fn shown(zone: Tz, time: NaiveDateTime) -> Shown {
    match zone.from_local_datetime(&time) {
        chrono::LocalResult::Single(at) => Shown::Once(at.to_utc()),
        chrono::LocalResult::Ambiguous(first, second) => {
            let (first, second) = (first.to_utc(), second.to_utc());
            Shown::Twice(first.min(second), first.max(second))
        }
        chrono::LocalResult::None => Shown::Never(end_of_gap(zone, time)),
    }
}

/// The first instant after the jump that leaves out `time`.
///
/// `chrono-tz` does not tell its transitions, so they are found by halving. 26 hours before
/// `time`, read as UTC, is before the jump everywhere: offsets reach 14 hours, and the longest
/// jump (Samoa, 30 December 2011) left out one day.
fn end_of_gap(zone: Tz, time: NaiveDateTime) -> DateTime<Utc> {
    let offset = |at: DateTime<Utc>| {
        zone.offset_from_utc_datetime(&at.naive_utc())
            .fix()
            .local_minus_utc()
    };
    let as_utc = time.and_utc();
    let reach = TimeDelta::hours(26);
    let mut before = as_utc.checked_sub_signed(reach).unwrap_or(as_utc);
    let mut after = as_utc.checked_add_signed(reach).unwrap_or(as_utc);
    let offset_before = offset(before);
    while after - before > TimeDelta::seconds(1) {
        let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
        if offset(middle) == offset_before {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn naive(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn the_spring_hour_is_never_shown() {
        let got = shown(Tz::Europe__Berlin, naive("2026-03-29T02:30:00"));
        assert_eq!(got, Shown::Never(utc("2026-03-29T01:00:00Z")));
    }

    #[test]
    fn the_autumn_hour_is_shown_twice() {
        let got = shown(Tz::Europe__Berlin, naive("2026-10-25T02:30:00"));
        let want = Shown::Twice(utc("2026-10-25T00:30:00Z"), utc("2026-10-25T01:30:00Z"));
        assert_eq!(got, want);
    }

    #[test]
    fn a_day_that_was_left_out() {
        let got = shown(Tz::Pacific__Apia, naive("2011-12-30T23:00:00"));
        assert_eq!(got, Shown::Never(utc("2011-12-30T10:00:00Z")));
    }

    #[test]
    fn half_an_hour_of_summer_time() {
        let got = shown(Tz::Australia__Lord_Howe, naive("2026-10-04T02:15:00"));
        assert_eq!(got, Shown::Never(utc("2026-10-03T15:30:00Z")));
    }
}
