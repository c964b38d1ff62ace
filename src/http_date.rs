//! Dates of HTTP header fields (RFC 9110, 5.6.7), for whoever reads such a field.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};

/// Two digits of a year that seem to lie further ahead than this stand for the century before (RFC 9110, 5.6.7).
/// Fifty years, as 2026 sees them.
const DAYS_AHEAD: i64 = 50 * 365 + 13;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The time that a field such as `Date`, `Expires` or `Retry-After` names; `None` when it is no date.
///
/// Reads the three forms that RFC 9110 (5.6.7) demands: `Sun, 06 Nov 1994 08:49:37 GMT`, that of RFC 850 (`Sunday,
/// 06-Nov-94 08:49:37 GMT`), with a year of four digits too, and that of C (`Sun Nov  6 08:49:37 1994`). A leap
/// second is the second after it. The name of the day is not looked at, a zone other than `GMT` and `UTC` is not
/// read. `now` says which century two digits of a year belong to.
pub fn http_date(value: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut words = value.split_ascii_whitespace();
    let day_name = words.next()?;
    let words: Vec<&str> = words.collect();
    let is_comma_there = day_name.ends_with(',');
    let (day, month, year, time) = match *words.as_slice() {
        [day, month, year, time, zone] if is_comma_there && is_utc(zone) => {
            (day, month, Year::Full(year), time)
        }
        [date, time, zone] if is_comma_there && is_utc(zone) => {
            let (day, rest) = date.split_once('-')?;
            let (month, year) = rest.split_once('-')?;
            (day, month, Year::PerhapsShort(year), time)
        }
        [month, day, time, year] if !is_comma_there => (day, month, Year::Full(year), time),
        _ => return None,
    };
    let month = MONTHS
        .iter()
        .position(|name| month.eq_ignore_ascii_case(name))?;
    let month = u32::try_from(month).ok()? + 1;
    at(year, (month, number(day, 1..=2)?), time, now)
}

/// A year as it is written.
#[derive(Clone, Copy)]
enum Year<'a> {
    Full(&'a str),
    PerhapsShort(&'a str),
}

fn at(
    year: Year<'_>,
    (month, day): (u32, u32),
    time: &str,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let mut parts = time.split(':').map(|part| number(part, 2..=2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || second > 60 {
        return None;
    }
    let in_year = |year: i32| {
        let minute = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, 0)?;
        // The 60th second is the next minute's first.
        minute
            .checked_add_signed(TimeDelta::seconds(i64::from(second)))
            .map(|time| time.and_utc())
    };
    match year {
        Year::PerhapsShort(text) if text.len() == 2 => {
            let century = now.year().div_euclid(100) * 100;
            let year = century + i32::try_from(number(text, 2..=2)?).ok()?;
            let latest = now.checked_add_signed(TimeDelta::days(DAYS_AHEAD))?;
            [year + 100, year, year - 100]
                .into_iter()
                .find_map(|year| in_year(year).filter(|at| *at <= latest))
        }
        Year::Full(text) | Year::PerhapsShort(text) => {
            in_year(i32::try_from(number(text, 4..=4)?).ok()?)
        }
    }
}

fn is_utc(zone: &str) -> bool {
    zone.eq_ignore_ascii_case("GMT") || zone.eq_ignore_ascii_case("UTC")
}

/// A number of so many digits and nothing else.
fn number(text: &str, n_digits: core::ops::RangeInclusive<usize>) -> Option<u32> {
    let is_number =
        n_digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(value: &str, want: Option<&str>) {
        let now = "2026-11-24T06:00:00Z".parse().unwrap();
        let got =
            http_date(value, now).map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        assert_eq!(got.as_deref(), want, "{value}");
    }

    #[test]
    fn the_three_forms_are_read() {
        for value in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            " Sun, 6 Nov 1994 08:49:37 gmt ",
            "Sun, 06-Nov-1994 08:49:37 UTC",
            "Nod, 06 NOV 1994 08:49:37 GMT",
        ] {
            check(value, Some("1994-11-06T08:49:37Z"));
        }
    }

    #[test]
    fn a_leap_second_is_the_second_after_it() {
        for value in [
            "Sat, 31 Dec 2016 23:59:60 GMT",
            "Saturday, 31-Dec-16 23:59:60 GMT",
            "Sat Dec 31 23:59:60 2016",
        ] {
            check(value, Some("2017-01-01T00:00:00Z"));
        }
        check("Sat, 31 Dec 2016 23:59:61 GMT", None);
    }

    #[test]
    fn two_digits_of_a_year_lie_at_most_fifty_years_ahead() {
        check(
            "Tuesday, 24-Nov-26 06:10:00 GMT",
            Some("2026-11-24T06:10:00Z"),
        );
        check(
            "Tuesday, 24-Nov-76 06:00:00 GMT",
            Some("2076-11-24T06:00:00Z"),
        );
        check(
            "Tuesday, 24-Nov-76 06:00:01 GMT",
            Some("1976-11-24T06:00:01Z"),
        );
        check(
            "Tuesday, 24-Nov-99 06:10:00 GMT",
            Some("1999-11-24T06:10:00Z"),
        );
        // Nor a century back at its end.
        let at_the_end = "2099-12-31T06:00:00Z".parse().unwrap();
        let next_day = http_date("Friday, 01-Jan-00 06:00:00 GMT", at_the_end);
        assert_eq!(next_day.map(|at| at.year()), Some(2100));
        // 2000 has a 29 February, 1900 had none.
        check(
            "Tuesday, 29-Feb-00 06:10:00 GMT",
            Some("2000-02-29T06:10:00Z"),
        );
    }

    #[test]
    fn what_is_no_date_is_none() {
        for value in [
            "",
            "0",
            "-1",
            "soon",
            "GMT",
            "Sun,",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 30 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:1 GMT",
            "Sun, 06 Nov 1994 +8:49:37 GMT",
            "Sun, 06 Now 1994 08:49:37 GMT",
            "Sunday, 06-Nov 08:49:37 GMT",
            "1994-11-06T08:49:37Z",
        ] {
            check(value, None);
        }
    }

    proptest! {
        #[test]
        fn never_panics(value: String, seconds in -60_000_000_000_i64..250_000_000_000) {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            http_date(&value, now);
            http_date("Tuesday, 29-Feb-00 23:59:60 GMT", now);
        }
    }
}
