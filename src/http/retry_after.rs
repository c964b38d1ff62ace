//! `Retry-After` (RFC 9110, 10.2.3).

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{HeaderMap, fetched::header_text};
use crate::http_date::http_date;

/// The wait that `Retry-After` asks for, from now on; a date counts from the response's own
/// `Date`, so that a server whose clock is wrong is still understood, and from `now` without it.
/// A date that is over means no wait. Not capped.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = header_text(headers, "retry-after")?.trim();
    let digits = value.split('.').next().unwrap_or_default();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a u64 has is still a very long wait.
        return Some(Duration::from_secs(digits.parse().unwrap_or(u64::MAX)));
    }
    let until = http_date(value, now)?;
    let from = header_text(headers, "date")
        .and_then(|date| http_date(date, now))
        .unwrap_or(now);
    Some((until - from).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::HeaderValue;

    #[track_caller]
    fn check(value: &str, date: Option<&str>, want_seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_str(value).unwrap());
        if let Some(date) = date {
            headers.insert("date", HeaderValue::from_str(date).unwrap());
        }
        let now = "2026-11-24T06:00:00Z".parse().unwrap();
        let got = retry_after(&headers, now).map(|wait| wait.as_secs());
        assert_eq!(got, want_seconds, "{value} {date:?}");
    }

    #[test]
    fn seconds_and_dates_are_read() {
        check("120", None, Some(120));
        check(" 120 ", None, Some(120));
        check("1.5", None, Some(1));
        check("0", None, Some(0));
        check("-5", None, None);
        check("soon", None, None);
        check("", None, None);
        check("99999999999999999999999", None, Some(u64::MAX));
        check("Tue, 24 Nov 2026 06:10:00 GMT", None, Some(600));
        check("Tue, 24 Nov 2026 05:10:00 GMT", None, Some(0));
        check("Tuesday, 24-Nov-26 06:10:00 GMT", None, Some(600));
        check("Tue, 24 Nov 2026 06:09:60 GMT", None, Some(600));
    }

    #[test]
    fn a_date_counts_from_the_servers_own_clock() {
        check(
            "Tue, 24 Nov 2026 09:10:00 GMT",
            Some("Tue, 24 Nov 2026 09:00:00 GMT"),
            Some(600),
        );
    }
}
