//! How long to wait after failures.

use std::time::Duration;

use crate::model::ErrorClass;

/// The shortest wait that a server which says "later" gets, whatever it names (R20).
pub(super) const RETRY_AFTER_MIN: Duration = Duration::from_mins(1);

/// The wait after `failures` failed polls in a row: twice the interval after the first, doubling
/// with each, never past `most` (or the interval, when that is longer).
pub(super) fn backoff(interval: Duration, failures: u32, most: Duration) -> Duration {
    // 2^31 intervals are past any cap that is meant.
    let factor = 1_u32 << failures.min(31);
    interval.saturating_mul(factor).min(most.max(interval))
}

/// Classes that tell nothing of a feed when most hosts show them at once: a local outage (R18).
/// A refused connection is an answer, so the network works.
pub fn is_outage_class(class: ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::Dns | ErrorClass::Connect | ErrorClass::ConnectTimeout
    )
}

/// The host could not be reached at all.
pub(super) fn is_unreachable(class: ErrorClass) -> bool {
    is_outage_class(class) || class == ErrorClass::ConnectionRefused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(failures: u32, want_minutes: u64) {
        let minutes = |n| Duration::from_secs(n * 60);
        let got = backoff(minutes(5), failures, minutes(1440));
        assert_eq!(got, minutes(want_minutes), "after {failures} failures");
    }

    #[test]
    fn doubles_up_to_the_cap() {
        check(0, 5);
        check(1, 10);
        check(4, 80);
        check(9, 1440);
        check(u32::MAX, 1440);
    }
}
