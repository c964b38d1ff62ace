//! Spans of time: added without overflow, and spelled for a person.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// `wait` after `now`; the end of time when that is past it.
pub(super) fn after(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(wait)
        .ok()
        .and_then(|wait| now.checked_add_signed(wait))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// From `from` to `until`; zero when `until` is not later.
pub(super) fn between(from: DateTime<Utc>, until: DateTime<Utc>) -> Duration {
    (until - from).to_std().unwrap_or_default()
}

/// A span as a person reads it: `1h 30m`, at most two units.
pub(super) fn spell(span: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")];
    let seconds = span.as_secs();
    if seconds == 0 {
        return format!("{}ms", span.subsec_millis());
    }
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, unit) in UNITS {
        let n = rest / size;
        rest %= size;
        if n > 0 {
            parts.push(format!("{n}{unit}"));
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: u64, want: &str) {
        assert_eq!(spell(Duration::from_secs(seconds)), want);
    }

    #[test]
    fn spans_are_short_to_read() {
        check(59, "59s");
        check(3600, "1h");
        check(5400, "1h 30m");
        check(3601, "1h");
        check(90_000, "1d 1h");
        assert_eq!(spell(Duration::from_millis(250)), "250ms");
    }

    #[test]
    fn nothing_overflows() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(after(now, Duration::MAX), DateTime::<Utc>::MAX_UTC);
        assert_eq!(
            between(after(now, Duration::from_secs(1)), now),
            Duration::ZERO
        );
    }
}
