//! Times as people type them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// What [`typed_time`] reads, for messages.
pub const TIME_FORMS: &str =
    "2026-11-24, 2026-11-24T08:30:00Z, or a span back from now such as 12h or 7d";

/// The time that a person means: RFC 3339, a date (its first second, UTC), a date with time (UTC),
/// or a span back from `now` such as `90m`, `12h`, `7d`, `2w`. `None` when it is none of these.
pub fn typed_time(raw: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let raw = raw.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(raw) {
        return Some(time.with_timezone(&Utc));
    }
    for format in [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ] {
        if let Ok(time) = NaiveDateTime::parse_from_str(raw, format) {
            return Some(time.and_utc());
        }
    }
    if let Ok(date) = NaiveDate::parse_from_str(raw, "%Y-%m-%d") {
        return Some(date.and_hms_opt(0, 0, 0)?.and_utc());
    }
    now.checked_sub_signed(span(raw)?)
}

fn span(raw: &str) -> Option<TimeDelta> {
    let digits = raw.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: i64 = digits.parse().ok().filter(|count| *count >= 0)?;
    match raw.strip_prefix(digits)? {
        "s" => TimeDelta::try_seconds(count),
        "m" => TimeDelta::try_minutes(count),
        "h" => TimeDelta::try_hours(count),
        "d" => TimeDelta::try_days(count),
        "w" => TimeDelta::try_weeks(count),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::row::time_text;

    fn check(raw: &str, want: Option<&str>) {
        let now = DateTime::parse_from_rfc3339("2026-11-24T12:00:00Z")
            .unwrap()
            .to_utc();
        assert_eq!(
            typed_time(raw, now).map(time_text).as_deref(),
            want,
            "{raw}"
        );
    }

    #[test]
    fn times_as_people_type_them() {
        check("2026-11-01", Some("2026-11-01T00:00:00Z"));
        check("2026-11-01 08:30", Some("2026-11-01T08:30:00Z"));
        check("2026-11-01T08:30:00+01:00", Some("2026-11-01T07:30:00Z"));
        check("7d", Some("2026-11-17T12:00:00Z"));
        check(" 90m ", Some("2026-11-24T10:30:00Z"));
        check("yesterday-ish", None);
        check("-3d", None);
        check("99999999999999d", None);
        check("", None);
    }
}
