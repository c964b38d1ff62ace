//! What the schedule is told from outside.

use std::time::Duration;

use super::{CronError, CronSchedule};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// When a feed is polled as its owner wants it.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// An interval to start from; adapts between `min_interval` and `max_interval`.
    Every(Duration),
    /// At the times of a cron expression; does not adapt.
    Cron(CronSchedule),
}

impl Plan {
    /// The plan of a cron expression; `@every 15m` is an interval that adapts like any other.
    ///
    /// # Errors
    /// As [`CronSchedule::parse`].
    pub fn from_cron(expression: &str, timezone: Option<&str>) -> Result<Self, CronError> {
        let schedule = CronSchedule::parse(expression, timezone)?;
        Ok(match schedule.every() {
            Some(interval) => Self::Every(interval),
            None => Self::Cron(schedule),
        })
    }
}

/// The bounds that hold for all feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// No feed is polled more often; the default is what other readers use.
    pub min_interval: Duration,
    /// A quiet feed is polled at least this often, and no hint of a server counts for more.
    pub max_interval: Duration,
    /// Longest wait after failures.
    pub backoff_max: Duration,
    /// Longest `Retry-After` that is believed.
    pub retry_after_max: Duration,
    /// How often a feed is asked without validators, to find out about servers that answer 304
    /// although the feed has changed.
    pub full_poll_every: Duration,
    /// No request to a host for this long after it could not be reached.
    pub host_down: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            min_interval: 5 * MINUTE,
            max_interval: DAY,
            backoff_max: DAY,
            retry_after_max: DAY,
            full_poll_every: 30 * DAY,
            host_down: 10 * MINUTE,
        }
    }
}

/// Plan and limits of one feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// When it is polled as its owner wants it.
    pub plan: Plan,
    /// The bounds that hold for all feeds.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            plan: Plan::Every(HOUR),
            limits: Limits::default(),
        }
    }
}
