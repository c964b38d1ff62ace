//! Feeds that became due while nobody was there to poll them.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::span;
use crate::model::{FeedId, LONGEST_WAIT};

/// Room that each overdue feed gets: ten a minute, which no network notices. When more are
/// overdue than fit their interval at that rate, the interval counts.
const ROOM: Duration = Duration::from_secs(6);

/// Whether a time read from the store can be meant ([`LONGEST_WAIT`]).
pub fn is_credible(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at <= now || span::between(now, at) <= LONGEST_WAIT
}

/// Moves overdue feeds forward so that they do not all start at once: evenly over the time they
/// are overdue, at most their interval, and no wider than [`ROOM`] a feed needs.
///
/// Each item is a feed, when it is due, and its interval. The order is mixed by feed number, always
/// the same way, since neighbours often live on one host. What is due right `now` (a feed that was
/// never polled) or later stays.
pub fn spread_overdue(feeds: &mut [(FeedId, DateTime<Utc>, Duration)], now: DateTime<Utc>) {
    let mut overdue: Vec<_> = feeds.iter_mut().filter(|(_, at, _)| *at < now).collect();
    overdue.sort_by_key(|(id, _, _)| (mixed(*id), *id));
    let n_overdue = u32::try_from(overdue.len()).unwrap_or(u32::MAX);
    let room = ROOM.saturating_mul(n_overdue);
    for (rank, (_, at, interval)) in (0_u32..).zip(overdue) {
        let window = span::between(*at, now).min(*interval).min(room);
        let share = f64::from(rank) / f64::from(n_overdue);
        *at = span::after(now, window.mul_f64(share));
    }
}

fn mixed(id: FeedId) -> u64 {
    id.0.cast_unsigned()
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn overdue(
        n: i64,
        by: TimeDelta,
        now: DateTime<Utc>,
    ) -> Vec<(FeedId, DateTime<Utc>, Duration)> {
        (0..n).map(|id| (FeedId(id), now - by, HOUR)).collect()
    }

    fn in_the_fullest_minute(
        feeds: &[(FeedId, DateTime<Utc>, Duration)],
        now: DateTime<Utc>,
    ) -> usize {
        let mut minutes = std::collections::HashMap::<_, usize>::new();
        for (_, at, _) in feeds {
            *minutes.entry((*at - now).num_minutes()).or_default() += 1;
        }
        minutes.into_values().max().unwrap_or(0)
    }

    #[test]
    fn three_days_asleep_make_no_burst() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut feeds = overdue(10_000, TimeDelta::days(3), now);
        spread_overdue(&mut feeds, now);
        assert!(in_the_fullest_minute(&feeds, now) <= 168);
        assert!(
            feeds
                .iter()
                .all(|(_, at, _)| *at >= now && *at - now < TimeDelta::hours(1))
        );
    }

    #[test]
    fn a_few_feeds_do_not_wait_long() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut feeds = overdue(5, TimeDelta::days(3), now);
        spread_overdue(&mut feeds, now);
        assert!(
            feeds
                .iter()
                .all(|(_, at, _)| *at - now < TimeDelta::seconds(30))
        );
        let again = feeds.clone();
        spread_overdue(&mut feeds, now);
        assert_eq!(feeds, again);
    }

    #[test]
    fn a_short_restart_delays_by_no_more_than_it_took() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut feeds = overdue(1000, TimeDelta::seconds(3), now);
        feeds.push((FeedId(5000), now, HOUR));
        feeds.push((FeedId(5001), now + TimeDelta::minutes(5), HOUR));
        spread_overdue(&mut feeds, now);
        assert!(
            feeds
                .iter()
                .take(1000)
                .all(|(_, at, _)| *at - now < TimeDelta::seconds(3))
        );
        assert_eq!(feeds[1000].1, now);
        assert_eq!(feeds[1001].1, now + TimeDelta::minutes(5));
    }
}
