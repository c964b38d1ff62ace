//! Times as people type them, and as they are printed.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

use super::exit::{Failed, Status};

/// The time that `--since` or `--until` means: RFC 3339, a date (its first second, UTC), a date
/// with time (UTC), or a span back from `now` such as `90m`, `12h`, `7d`, `2w`.
pub(super) fn parse(
    option: &str,
    raw: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Failed> {
    let Some(raw) = raw else { return Ok(None) };
    match read(raw.trim(), now) {
        Some(time) => Ok(Some(time)),
        None => Err(
            Failed::message(Status::Usage, format!("`{option} {raw}` is no time")).with_hint(
                "write 2026-11-24, 2026-11-24T08:30:00Z, or a span back from now such as 12h or 7d"
                    .to_owned(),
            ),
        ),
    }
}

fn read(raw: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
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

/// RFC 3339 in UTC, to the second.
pub(super) fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A stored time as a person reads it in a table: to the minute.
pub(super) fn short(stored: Option<&str>) -> String {
    stored
        .and_then(|time| time.get(..16))
        .map(|minute| minute.replace('T', " "))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, want: Option<&str>) {
        let now = DateTime::parse_from_rfc3339("2026-11-24T12:00:00Z")
            .unwrap()
            .to_utc();
        assert_eq!(read(raw, now).map(rfc3339).as_deref(), want, "{raw}");
    }

    #[test]
    fn times_as_people_type_them() {
        check("2026-11-01", Some("2026-11-01T00:00:00Z"));
        check("2026-11-01 08:30", Some("2026-11-01T08:30:00Z"));
        check("2026-11-01T08:30:00+01:00", Some("2026-11-01T07:30:00Z"));
        check("7d", Some("2026-11-17T12:00:00Z"));
        check("90m", Some("2026-11-24T10:30:00Z"));
        check("yesterday-ish", None);
        check("-3d", None);
        check("99999999999999d", None);
        check("", None);
    }
}
