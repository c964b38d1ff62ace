//! When to ask again: schedules, server hints, backoff, and the queue of what is due.
//!
//! [`plan()`] takes what a feed is remembered for and how its poll ended, and gives the time of the
//! next one with every bound that set it. All bounds are lower bounds and combine as a maximum;
//! each server hint is capped, so that no wrong value stops a feed for good.
//!
//! **Invariant:** time and jitter are arguments; nothing here reads a clock or draws a number.
//! The next poll is never before any of its bounds, and jitter only delays.

mod adaptive;
mod backoff;
mod bounds;
mod cache;
mod cron_expression;
mod cron_field;
mod cron_schedule;
mod due;
mod error;
mod feed_hints;
mod limits;
mod manual;
mod moved;
mod plan;
mod result;
mod skip;
mod span;
mod spread;
mod zone;

pub use backoff::is_outage_class;
pub use cache::CacheHints;
pub use cron_schedule::CronSchedule;
pub use due::DueHeap;
pub use error::CronError;
pub use feed_hints::FeedHints;
pub use limits::{Limits, Plan, Settings};
pub use manual::{Manner, full_poll_due, may_poll};
pub use moved::{MoveSeen, adopt_move};
pub use plan::plan;
pub use result::{NextPoll, PollResult};
pub use spread::{is_credible, spread_overdue};
