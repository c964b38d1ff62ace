//! Dates that are one number.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};

use super::ReadDate;

/// The digits of a text that is one number, without its fraction.
pub(super) fn digits_alone(raw: &str) -> Option<&str> {
    let whole = match raw.split_once('.') {
        Some((whole, fraction))
            if whole.len() >= 9 && fraction.bytes().all(|b| b.is_ascii_digit()) =>
        {
            whole
        }
        Some(_) | None => raw,
    };
    whole.bytes().all(|b| b.is_ascii_digit()).then_some(whole)
}

/// A date that is one number: seconds, milliseconds, … since 1970, or the digits of a date.
pub(super) fn number_date(whole: &str) -> Option<ReadDate> {
    match whole.len() {
        4 | 6 | 8 | 12 | 14 => civil(whole),
        7 => ordinal(whole),
        9..=11 => epoch(whole, 1),
        13 => epoch(whole, 1_000),
        16 => epoch(whole, 1_000_000),
        19 => epoch(whole, 1_000_000_000),
        _ => None,
    }
}

/// `2002`, `200210`, `20021002`, `200210021300`, `20021002130000`.
fn civil(whole: &str) -> Option<ReadDate> {
    let digits = |from: usize, to: usize| -> Option<u32> {
        let part = whole.get(from..to).unwrap_or_default();
        if part.is_empty() {
            Some(0)
        } else {
            part.parse().ok()
        }
    };
    let (month, day) = (digits(4, 6)?.max(1), digits(6, 8)?.max(1));
    let date = NaiveDate::from_ymd_opt(year(whole)?, month, day)?;
    let time = date.and_hms_opt(digits(8, 10)?, digits(10, 12)?, digits(12, 14)?)?;
    Some(ReadDate {
        at: time.and_utc(),
        is_zone_assumed: whole.len() > 8,
    })
}

/// `2002275`: a year and the number of a day in it (ISO 8601).
fn ordinal(whole: &str) -> Option<ReadDate> {
    let day = whole.get(4..)?.parse().ok()?;
    let date = NaiveDate::from_yo_opt(year(whole)?, day)?;
    Some(ReadDate {
        at: date.and_time(NaiveTime::MIN).and_utc(),
        is_zone_assumed: false,
    })
}

fn year(whole: &str) -> Option<i32> {
    let year = whole.get(..4)?.parse().ok()?;
    (1800..2200).contains(&year).then_some(year)
}

fn epoch(whole: &str, divisor: i64) -> Option<ReadDate> {
    let number: i64 = whole.parse().ok()?;
    let at: DateTime<Utc> = Utc.timestamp_opt(number / divisor, 0).single()?;
    Some(ReadDate {
        at,
        is_zone_assumed: false,
    })
}
