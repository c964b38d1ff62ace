//! From what is known of a feed to its next poll.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    CronSchedule, NextPoll, Plan, PollResult, Settings, adaptive,
    backoff::{RETRY_AFTER_MIN, backoff, is_outage_class, is_unreachable},
    bounds::Bounds,
    skip, span,
};
use crate::model::{ErrorClass, FeedMemory, FeedRow, FeedStatus, Outcome};

/// The first question after a 410 that is to confirm it (R19).
const GONE_CONFIRM: Duration = Duration::from_hours(24);

/// The questions after that: feeds do come back.
const GONE_RETRY: Duration = Duration::from_hours(30 * 24);

/// The next try when it was our own network that failed.
const OUTAGE_PROBE: Duration = Duration::from_mins(2);

/// Jitter is at most a tenth of the wait, and at most this.
const JITTER_MAX: Duration = Duration::from_mins(5);

/// A poll by cron may come this much early by a wait that is counted from the end of the last
/// one; else `*/5` with `min_interval = "5m"` would leave out every second time.
const CRON_SLACK: Duration = Duration::from_mins(1);

/// When to poll a feed again, and what it is remembered for from now on.
///
/// `row` is the feed as it was before the poll, `jitter` a number in 0..1 that only delays, `now`
/// the end of the poll. The time is never before any of the bounds it comes with: the interval or
/// the next time of the cron expression, `min_interval`, freshness by headers, `ttl`, `Retry-After`,
/// backoff, the day after a 410. It is moved out of the hours and days that the feed wants left
/// alone. A failure of our own network counts against no feed.
pub fn plan(
    row: &FeedRow,
    result: &PollResult<'_>,
    settings: &Settings,
    jitter: f64,
    now: DateTime<Utc>,
) -> NextPoll {
    let mut planner = Planner {
        row,
        result,
        settings,
        now,
        memory: row.memory.clone(),
        bounds: Bounds::new(now),
    };
    planner.remember();
    let (failures, status) = planner.judge();
    planner.add_bounds(failures);
    planner.finish(failures, status, jitter)
}

/// One plan in the making.
struct Planner<'a> {
    row: &'a FeedRow,
    result: &'a PollResult<'a>,
    settings: &'a Settings,
    now: DateTime<Utc>,
    memory: FeedMemory,
    bounds: Bounds,
}

impl Planner<'_> {
    /// Takes what the answer says into the memory.
    fn remember(&mut self) {
        let limits = &self.settings.limits;
        let memory = &mut self.memory;
        if let Some(feed) = &self.result.feed {
            memory.ttl_seconds = feed.ttl.map(|ttl| ttl.as_secs());
            memory.skip_hours.clone_from(&feed.skip_hours);
            memory.skip_days = feed
                .skip_days
                .iter()
                .filter_map(|day| u8::try_from(day.num_days_from_monday()).ok())
                .collect();
        }
        if self.result.is_success() {
            memory.fresh_until = self
                .result
                .cache
                .freshness()
                .map(|fresh| span::after(self.now, fresh.left.min(limits.max_interval)));
        }
        let retry_after = self
            .result
            .failure
            .and_then(|failure| failure.retry_after)
            .or(self.result.cache.retry_after);
        memory.retry_after_until = retry_after.map(|wait| {
            let wait = wait.min(limits.retry_after_max).max(RETRY_AFTER_MIN);
            span::after(self.now, wait)
        });
    }

    /// Failures in a row, and where the feed stands.
    fn judge(&mut self) -> (u32, Option<FeedStatus>) {
        if self.result.is_success() {
            self.memory.gone_since = None;
            self.memory.gone_confirmed_at = None;
            let came_back = matches!(self.row.status, FeedStatus::Gone | FeedStatus::Quarantined);
            return (0, came_back.then_some(FeedStatus::Active));
        }
        if self.is_excused() {
            return (self.row.failures, None);
        }
        let failures = self.row.failures.saturating_add(1);
        if self.class() == Some(ErrorClass::Gone) {
            return (failures, self.judge_gone());
        }
        let quarantined = self
            .result
            .is_quarantined
            .then_some(FeedStatus::Quarantined);
        (failures, quarantined)
    }

    fn judge_gone(&mut self) -> Option<FeedStatus> {
        match self.memory.gone_since {
            // A day later: confirmed. In between a person may have asked by hand.
            Some(since) if self.row.status == FeedStatus::Gone && since <= self.now => {
                if span::between(since, self.now) >= GONE_CONFIRM {
                    self.memory.gone_confirmed_at = Some(self.now);
                }
            }
            Some(_) | None => {
                self.memory.gone_since = Some(self.now);
                self.memory.gone_confirmed_at = None;
            }
        }
        let may_change = matches!(
            self.row.status,
            FeedStatus::Active | FeedStatus::Gone | FeedStatus::Quarantined
        );
        may_change.then_some(FeedStatus::Gone)
    }

    /// The feed is not to blame: our network is down, or we did not ask because its host wanted
    /// to be left alone.
    fn is_excused(&self) -> bool {
        let was_held_back = self.result.outcome == Outcome::Refused
            && self
                .class()
                .is_some_and(|class| class == ErrorClass::RateLimited || is_unreachable(class));
        self.is_outage() || was_held_back
    }

    fn is_outage(&self) -> bool {
        self.result.is_local_outage && self.class().is_some_and(is_outage_class)
    }

    fn class(&self) -> Option<ErrorClass> {
        self.result.failure.map(|failure| failure.class)
    }

    fn add_bounds(&mut self, failures: u32) {
        if self.is_outage() {
            let detail = "this machine has no network: retry soon";
            self.bounds.wait("local-outage", OUTAGE_PROBE, detail);
        } else if self.result.is_success() {
            self.add_interval();
        } else {
            self.add_failure(failures);
        }
        self.add_server_wishes();
        if let Plan::Cron(schedule) = &self.settings.plan {
            self.add_cron(schedule);
        }
    }

    /// The interval after a success.
    fn add_interval(&mut self) {
        let limits = &self.settings.limits;
        match &self.settings.plan {
            Plan::Every(start) => {
                let next = adaptive::after_success(self.row, *start, self.result, limits);
                self.memory.interval_seconds = adaptive::stored(next.interval);
                let detail = format!(
                    "{} (starts at {}): {}",
                    span::spell(next.interval),
                    span::spell(*start),
                    next.detail
                );
                self.bounds.wait("interval", next.interval, detail);
                let detail = format!("min_interval = {}", span::spell(limits.min_interval));
                self.bounds
                    .wait("min_interval", limits.min_interval, detail);
            }
            Plan::Cron(_) => {
                let detail = format!("min_interval = {}", span::spell(limits.min_interval));
                let wait = with_slack(limits.min_interval);
                self.bounds.wait("min_interval", wait, detail);
            }
        }
    }

    /// Backoff and what else follows from a failure.
    fn add_failure(&mut self, failures: u32) {
        let limits = &self.settings.limits;
        let (interval, is_cron) = match &self.settings.plan {
            Plan::Every(start) => (
                adaptive::current(self.row, *start).max(limits.min_interval),
                false,
            ),
            Plan::Cron(_) => (limits.min_interval, true),
        };
        if self.is_excused() {
            let detail = "its host is left alone for now".to_owned();
            let wait = limits
                .min_interval
                .min(limits.host_down)
                .max(RETRY_AFTER_MIN);
            self.bounds.wait("held-back", wait, detail);
            return;
        }
        if self.is_gone() {
            self.add_gone();
            return;
        }
        let says_later = self.says_later();
        // The first wait is twice the interval: a minute at least for who says "later" (C26).
        let interval = if says_later {
            interval.max(RETRY_AFTER_MIN / 2)
        } else {
            interval
        };
        let wait = backoff(interval, failures, limits.backoff_max);
        let detail = format!(
            "failed {failures} times in a row: {}, at most {}",
            span::spell(wait),
            span::spell(limits.backoff_max)
        );
        let wait = if is_cron { with_slack(wait) } else { wait };
        self.bounds.wait("backoff", wait, detail);
        if says_later {
            let detail = "the server said later".to_owned();
            self.bounds.wait("rate-limited", RETRY_AFTER_MIN, detail);
        }
        if self.class().is_some_and(is_unreachable) {
            let detail = format!(
                "a host that cannot be reached is left alone for {}",
                span::spell(limits.host_down)
            );
            self.bounds.wait("host-down", limits.host_down, detail);
        }
    }

    /// The server wants to be left alone for now, whether it names a time or not.
    fn says_later(&self) -> bool {
        let status = self.result.failure.and_then(|failure| failure.http_status);
        self.class() == Some(ErrorClass::RateLimited) || matches!(status, Some(429 | 503))
    }

    /// The feed answered 410 now, or did and has not come back.
    fn is_gone(&self) -> bool {
        self.class() == Some(ErrorClass::Gone)
            || (self.row.status == FeedStatus::Gone && self.memory.gone_since.is_some())
    }

    fn add_gone(&mut self) {
        match (self.memory.gone_confirmed_at, self.memory.gone_since) {
            (Some(_), _) => {
                let detail = "410 Gone, confirmed: asked every 30 days until it is removed";
                self.bounds.wait("gone", GONE_RETRY, detail);
            }
            (None, Some(since)) if span::after(since, GONE_CONFIRM) > self.now => {
                let detail = "410 Gone: to be confirmed a day later";
                self.bounds
                    .until("gone", span::after(since, GONE_CONFIRM), detail);
            }
            (None, _) => {
                let detail = "410 Gone, not confirmed: the last try failed otherwise";
                self.bounds.wait("gone", GONE_CONFIRM, detail);
            }
        }
    }

    /// Freshness, `ttl` and `Retry-After`, each capped.
    fn add_server_wishes(&mut self) {
        let limits = &self.settings.limits;
        if let Some(until) = self.memory.fresh_until {
            let (origin, detail) = match self.result.cache.freshness() {
                Some(fresh) if self.result.is_success() => (fresh.origin, fresh.detail),
                Some(_) | None => ("max-age", "freshness of the last good response".to_owned()),
            };
            self.bounds.wish(origin, until, limits.max_interval, detail);
        }
        let last_ok = if self.result.is_success() {
            Some(self.now)
        } else {
            self.row.last_ok_at
        };
        if let (Some(seconds), Some(last_ok)) = (self.memory.ttl_seconds, last_ok) {
            let ttl = Duration::from_secs(seconds);
            let detail = format!("the feed asks for {} between polls", span::spell(ttl));
            let until = span::after(last_ok, ttl);
            self.bounds.wish("ttl", until, limits.max_interval, detail);
        }
        if let Some(until) = self.memory.retry_after_until {
            let detail = format!(
                "Retry-After, at least {}, at most {}",
                span::spell(RETRY_AFTER_MIN),
                span::spell(limits.retry_after_max)
            );
            self.bounds.until("retry-after", until, detail);
        }
    }

    /// The first time of the expression that keeps every other bound.
    fn add_cron(&mut self, schedule: &CronSchedule) {
        let latest = self.bounds.latest();
        let just_before = latest
            .checked_sub_signed(TimeDelta::nanoseconds(1))
            .unwrap_or(latest);
        if let Some(at) = schedule.next_after(just_before.max(self.now)) {
            self.bounds.until("cron", at, schedule.to_string());
        } else {
            let detail = format!("{schedule}: no time before the year 2100");
            let wait = self.settings.limits.max_interval;
            self.bounds.wait("cron", wait, detail);
        }
    }

    fn finish(mut self, failures: u32, status: Option<FeedStatus>, jitter: f64) -> NextPoll {
        self.add_jitter(jitter);
        let at = self.bounds.latest();
        if let Some(allowed) = skip::first_allowed(&self.memory, at) {
            let detail = "skipHours or skipDays of the feed: the first allowed hour".to_owned();
            let spread = JITTER_MAX.mul_f64(fraction(jitter));
            self.bounds
                .until("skip-hours", span::after(allowed, spread), detail);
        }
        let at = self.bounds.latest();
        self.memory.bounds = self.bounds.into_list();
        NextPoll {
            at,
            failures,
            memory: self.memory,
            status,
        }
    }

    /// A time by cron is meant as written and gets no jitter.
    fn add_jitter(&mut self, jitter: f64) {
        if matches!(self.settings.plan, Plan::Cron(_)) {
            return;
        }
        let at = self.bounds.latest();
        let most = (span::between(self.now, at) / 10).min(JITTER_MAX);
        let delay = most.mul_f64(fraction(jitter));
        if !delay.is_zero() {
            let detail = format!("{} of at most {}", span::spell(delay), span::spell(most));
            self.bounds.until("jitter", span::after(at, delay), detail);
        }
    }
}

fn with_slack(wait: Duration) -> Duration {
    wait.saturating_sub(CRON_SLACK.min(wait / 4))
}

/// What is no number in 0..1 is the nearest that is.
fn fraction(jitter: f64) -> f64 {
    if jitter.is_nan() {
        0.0
    } else {
        jitter.clamp(0.0, 1.0)
    }
}
