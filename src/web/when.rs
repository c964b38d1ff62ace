//! Times as a person reads them, relative to the moment of the snapshot.

use chrono::{DateTime, TimeDelta, Utc};

/// `3h ago`, `in 12m`, `now`; the words for a time that is missing or unreadable come from the
/// caller.
pub(super) fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let distance = at - now;
    if distance.abs() < TimeDelta::seconds(1) {
        return "now".to_owned();
    }
    let span = spell(distance.abs());
    if distance > TimeDelta::zero() {
        format!("in {span}")
    } else {
        format!("{span} ago")
    }
}

/// The largest whole unit; a second one for hours.
pub(super) fn spell(span: TimeDelta) -> String {
    let (days, hours, minutes) = (span.num_days(), span.num_hours(), span.num_minutes());
    if days >= 2 {
        format!("{days}d")
    } else if hours >= 1 && minutes % 60 > 0 && hours < 10 {
        format!("{hours}h {}m", minutes % 60)
    } else if hours >= 1 {
        format!("{hours}h")
    } else if minutes >= 1 {
        format!("{minutes}m")
    } else {
        format!("{}s", span.num_seconds())
    }
}

/// A stored RFC 3339 time.
pub(super) fn parse(stored: Option<&str>) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(stored?)
        .ok()
        .map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, want: &str) {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(relative(now + TimeDelta::seconds(seconds), now), want);
    }

    #[test]
    fn times_are_short_to_read() {
        check(0, "now");
        check(-45, "45s ago");
        check(754, "in 12m");
        check(-5400, "1h 30m ago");
        check(7200, "in 2h");
        check(-90_000, "25h ago");
        check(-864_000, "10d ago");
    }
}
