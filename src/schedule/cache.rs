//! What response headers say about the next request.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::span;
use crate::http_date::http_date;

/// Freshness and `Retry-After` of a response, as spans; not yet capped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheHints {
    /// `Cache-Control: max-age` (RFC 9111, 5.2.2.1); of several the first.
    pub max_age: Option<Duration>,
    /// `Age`: how long the response lay in a cache (RFC 9111, 5.1).
    pub age: Option<Duration>,
    /// `Expires` less `Date`, so that a server's wrong clock does not count (RFC 9111, 5.3). A
    /// value that is no date, such as `0`, means it has expired.
    pub expires_in: Option<Duration>,
    /// `Retry-After` (`http::retry_after`); no part of [`from_headers`](Self::from_headers).
    pub retry_after: Option<Duration>,
}

impl CacheHints {
    /// Reads the hints; `lines` gives the values of all lines of a header by its lower-case name, `now`
    /// stands in for a missing `Date`. `Cache-Control` may stand on several lines (RFC 9110, 5.3); of
    /// the others the first counts.
    ///
    /// `s-maxage`, `no-cache`, `no-store` and heuristic freshness (RFC 9111, 4.2.2) are not used:
    /// the first is for shared caches, the others ask for polls sooner than our own interval.
    pub fn from_headers<'a, L>(lines: impl Fn(&'static str) -> L, now: DateTime<Utc>) -> Self
    where
        L: IntoIterator<Item = &'a str>,
    {
        let get = |name| lines(name).into_iter().next();
        let date_of = |value| http_date(value, now);
        let date = get("date").and_then(date_of).unwrap_or(now);
        Self {
            max_age: lines("cache-control").into_iter().find_map(max_age),
            age: get("age").and_then(delta_seconds),
            expires_in: get("expires")
                .map(|value| date_of(value).map_or(Duration::ZERO, |at| span::between(date, at))),
            retry_after: None,
        }
    }

    /// How long the response stays fresh, and what says so. `Expires` counts only when there is no
    /// max-age (RFC 9111, 5.3).
    pub(super) fn freshness(&self) -> Option<Freshness> {
        let age = self.age.unwrap_or_default();
        let (lifetime, origin, header) = match (self.max_age, self.expires_in) {
            (Some(lifetime), _) => (lifetime, "max-age", "Cache-Control: max-age"),
            (None, Some(lifetime)) => (lifetime, "expires", "Expires less Date"),
            (None, None) => return None,
        };
        let detail = if age.is_zero() {
            format!("{header}={}", lifetime.as_secs())
        } else {
            format!("{header}={}, Age: {}", lifetime.as_secs(), age.as_secs())
        };
        Some(Freshness {
            left: lifetime.saturating_sub(age),
            origin,
            detail,
        })
    }
}

/// How long a response stays fresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Freshness {
    pub(super) left: Duration,
    pub(super) origin: &'static str,
    pub(super) detail: String,
}

fn max_age(cache_control: &str) -> Option<Duration> {
    cache_control.split(',').find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("max-age") {
            return None;
        }
        // Senders should not quote it, recipients ought to take both forms (RFC 9111, 5.2).
        delta_seconds(value.trim().trim_matches('"'))
    })
}

/// Whole seconds; more than fit are as many as fit (RFC 9111, 1.2.2).
fn delta_seconds(value: &str) -> Option<Duration> {
    let value = value.trim();
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hints(headers: &[(&str, &str)]) -> CacheHints {
        let lines = |name: &'static str| -> Vec<&str> {
            let own = headers.iter().filter(|(header, _)| *header == name);
            own.map(|(_, value)| *value).collect()
        };
        CacheHints::from_headers(
            lines,
            DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000),
        )
    }

    fn fresh_for(headers: &[(&str, &str)]) -> Option<u64> {
        hints(headers).freshness().map(|fresh| fresh.left.as_secs())
    }

    #[test]
    fn max_age_less_age() {
        assert_eq!(
            fresh_for(&[("cache-control", "public, max-age=3600")]),
            Some(3600)
        );
        assert_eq!(
            fresh_for(&[
                ("cache-control", "public"),
                ("cache-control", "max-age=43200")
            ]),
            Some(43_200)
        );
        assert_eq!(
            fresh_for(&[("cache-control", "Max-Age=\"3600\""), ("age", "600")]),
            Some(3000)
        );
        assert_eq!(
            fresh_for(&[("cache-control", "max-age=60"), ("age", "600")]),
            Some(0)
        );
        assert_eq!(
            fresh_for(&[("cache-control", "s-maxage=60, no-cache")]),
            None
        );
        assert_eq!(
            fresh_for(&[("cache-control", "max-age=99999999999999999999")]),
            Some(u64::MAX)
        );
        assert_eq!(fresh_for(&[("cache-control", "max-age=-1")]), None);
    }

    #[test]
    fn expires_is_read_against_the_date_of_the_response() {
        let three_hours_ahead = [
            ("date", "Tue, 24 Nov 2026 12:00:00 GMT"),
            ("expires", "Tue, 24 Nov 2026 12:30:00 GMT"),
        ];
        assert_eq!(fresh_for(&three_hours_ahead), Some(1800));
        let until_a_leap_second = [
            ("date", "Sat, 31 Dec 2016 23:59:00 GMT"),
            ("expires", "Sat, 31 Dec 2016 23:59:60 GMT"),
        ];
        assert_eq!(fresh_for(&until_a_leap_second), Some(60));
        assert_eq!(fresh_for(&[("expires", "0")]), Some(0));
        assert_eq!(
            fresh_for(&[
                ("cache-control", "max-age=60"),
                ("expires", "Tue, 24 Nov 2099 12:30:00 GMT")
            ]),
            Some(60)
        );
    }

    proptest! {
        #[test]
        fn never_panics(value: String) {
            for name in ["cache-control", "age", "expires", "date"] {
                hints(&[(name, &value), ("expires", "Tue, 24 Nov 2026 12:02:00 GMT")]);
            }
        }
    }
}
