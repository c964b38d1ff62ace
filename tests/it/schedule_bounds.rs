//! Every bound of a next poll: none is passed, each is named, no hint counts for ever.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use feedmill::{
    model::{ErrorClass, Failure, FeedId, FeedMemory, FeedRow, FeedStatus, Outcome, Validators},
    schedule::{
        CacheHints, FeedHints, Limits, Manner, NextPoll, Plan, PollResult, Settings, full_poll_due,
        may_poll, plan,
    },
};
use proptest::prelude::*;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A Tuesday.
fn now() -> DateTime<Utc> {
    "2026-11-24T05:50:00Z".parse().unwrap()
}

fn row() -> FeedRow {
    FeedRow {
        id: FeedId(1),
        url: "https://news.example/rss".to_owned(),
        current_url: "https://news.example/rss".to_owned(),
        name: None,
        title: None,
        tags: Vec::new(),
        status: FeedStatus::Active,
        last_polled_at: Some(now() - HOUR),
        last_ok_at: Some(now() - HOUR),
        next_poll_at: Some(now()),
        failures: 0,
        validators: Some(Validators {
            url: "https://news.example/rss".to_owned(),
            etag: Some(b"\"1\"".to_vec()),
            last_modified: None,
        }),
        memory: FeedMemory {
            interval_seconds: 3600,
            ..FeedMemory::default()
        },
    }
}

fn success() -> PollResult<'static> {
    PollResult {
        outcome: Outcome::Ok,
        failure: None,
        cache: CacheHints::default(),
        feed: None,
        n_new: 1,
        n_known: 20,
        has_validators: true,
        is_local_outage: false,
        is_quarantined: false,
    }
}

fn plain(row: &FeedRow, result: &PollResult<'_>) -> NextPoll {
    plan(row, result, &Settings::default(), 0.0, now())
}

/// Checks the wait, and that the bound of this origin is the one that set it.
#[track_caller]
fn check(next: &NextPoll, wait: Duration, origin: &str) {
    assert_eq!(
        next.at - now(),
        TimeDelta::from_std(wait).unwrap(),
        "{next:#?}"
    );
    let bound = next
        .memory
        .bounds
        .iter()
        .find(|bound| bound.origin == origin);
    let bound = bound.unwrap_or_else(|| panic!("no bound `{origin}`: {next:#?}"));
    assert_eq!(bound.not_before, next.at, "{next:#?}");
    assert!(!bound.detail.is_empty());
}

fn cached(max_age: Option<u64>, age: Option<u64>, expires_in: Option<u64>) -> PollResult<'static> {
    PollResult {
        cache: CacheHints {
            max_age: max_age.map(Duration::from_secs),
            age: age.map(Duration::from_secs),
            expires_in: expires_in.map(Duration::from_secs),
            retry_after: None,
        },
        ..success()
    }
}

#[test]
fn freshness_by_headers_is_a_lower_bound() {
    check(
        &plain(&row(), &cached(Some(43_200), None, None)),
        12 * HOUR,
        "max-age",
    );
    check(
        &plain(&row(), &cached(Some(43_200), Some(3600), None)),
        11 * HOUR,
        "max-age",
    );
    check(
        &plain(&row(), &cached(None, None, Some(7200))),
        2 * HOUR,
        "expires",
    );
    check(
        &plain(&row(), &cached(Some(7200), None, Some(72_000))),
        2 * HOUR,
        "max-age",
    );
    let not_modified = PollResult {
        outcome: Outcome::NotModified,
        ..cached(Some(43_200), None, None)
    };
    check(&plain(&row(), &not_modified), 12 * HOUR, "max-age");
}

#[test]
fn headers_that_ask_for_more_polls_change_nothing() {
    check(
        &plain(&row(), &cached(Some(0), None, Some(0))),
        HOUR,
        "interval",
    );
}

#[test]
fn every_hint_is_capped() {
    check(
        &plain(&row(), &cached(Some(315_360_000), None, None)),
        DAY,
        "max-age",
    );
    check(
        &plain(&row(), &cached(Some(u64::MAX), None, None)),
        DAY,
        "max-age",
    );
    let result = PollResult {
        feed: Some(FeedHints {
            ttl: Some(400 * DAY),
            ..FeedHints::default()
        }),
        ..success()
    };
    check(&plain(&row(), &result), DAY, "ttl");
    let result = PollResult {
        cache: CacheHints {
            retry_after: Some(Duration::MAX),
            ..CacheHints::default()
        },
        ..success()
    };
    check(&plain(&row(), &result), DAY, "retry-after");
}

#[test]
fn ttl_counts_from_the_last_success_and_is_remembered() {
    let result = PollResult {
        feed: Some(FeedHints {
            ttl: Some(3 * HOUR),
            ..FeedHints::default()
        }),
        ..success()
    };
    let next = plain(&row(), &result);
    check(&next, 3 * HOUR, "ttl");
    let row = FeedRow {
        memory: next.memory,
        ..row()
    };
    let not_modified = PollResult {
        outcome: Outcome::NotModified,
        n_new: 0,
        ..success()
    };
    check(&plain(&row, &not_modified), 3 * HOUR, "ttl");
}

#[test]
fn a_poll_in_skipped_hours_moves() {
    let result = PollResult {
        feed: Some(FeedHints {
            ttl: None,
            skip_hours: vec![6, 7, 8],
            skip_days: vec![Weekday::Sun],
        }),
        ..success()
    };
    check(
        &plain(&row(), &result),
        Duration::from_mins(190),
        "skip-hours",
    );
}

#[test]
fn hints_combine_as_a_maximum() {
    let result = PollResult {
        feed: Some(FeedHints {
            ttl: Some(2 * HOUR),
            ..FeedHints::default()
        }),
        ..cached(Some(3 * 3600), None, None)
    };
    let next = plain(&row(), &result);
    check(&next, 3 * HOUR, "max-age");
    let origins: Vec<_> = next
        .memory
        .bounds
        .iter()
        .map(|bound| bound.origin.as_str())
        .collect();
    assert_eq!(origins, ["interval", "min_interval", "max-age", "ttl"]);
}

fn with_interval(seconds: u64) -> FeedRow {
    let mut row = row();
    row.memory.interval_seconds = seconds;
    row
}

#[test]
fn the_interval_follows_the_news() {
    let quiet = PollResult {
        n_new: 0,
        ..success()
    };
    let burst = PollResult {
        n_new: 10,
        n_known: 10,
        ..success()
    };
    let flood = PollResult {
        n_new: 20,
        n_known: 0,
        ..success()
    };
    check(
        &plain(&row(), &quiet),
        Duration::from_mins(67) + Duration::from_secs(30),
        "interval",
    );
    check(&plain(&with_interval(80_000), &quiet), DAY, "interval");
    check(&plain(&with_interval(86_400), &success()), HOUR, "interval");
    check(&plain(&row(), &burst), Duration::from_mins(40), "interval");
    check(&plain(&row(), &flood), Duration::from_mins(30), "interval");
    check(
        &plain(&with_interval(301), &flood),
        Duration::from_mins(5),
        "min_interval",
    );
}

#[test]
fn without_validators_nothing_is_faster_than_the_start() {
    let flood = PollResult {
        n_new: 20,
        n_known: 0,
        has_validators: false,
        ..success()
    };
    check(&plain(&row(), &flood), HOUR, "interval");
}

#[test]
fn the_first_poll_starts_at_every() {
    let first = FeedRow {
        last_ok_at: None,
        last_polled_at: None,
        memory: FeedMemory::default(),
        ..row()
    };
    let result = PollResult {
        n_new: 20,
        n_known: 0,
        ..success()
    };
    check(&plain(&first, &result), HOUR, "interval");
}

fn failed(class: ErrorClass) -> Failure {
    Failure::new(class, "it failed")
}

#[test]
fn failures_double_the_wait_up_to_a_day() {
    let failure = failed(ErrorClass::HttpStatus);
    let after = |failures| {
        let row = FeedRow { failures, ..row() };
        let next = plain(&row, &PollResult::failed(&failure));
        assert_eq!(next.failures, failures + 1);
        assert_eq!(next.memory.interval_seconds, 3600, "the interval stays");
        next
    };
    check(&after(0), 2 * HOUR, "backoff");
    check(&after(2), 8 * HOUR, "backoff");
    check(&after(9), DAY, "backoff");
    check(&after(1_000_000), DAY, "backoff");
}

#[test]
fn one_success_resets() {
    let row = FeedRow {
        failures: 9,
        ..row()
    };
    let next = plain(&row, &success());
    check(&next, HOUR, "interval");
    assert_eq!(next.failures, 0);
}

#[test]
fn retry_after_is_obeyed_within_its_bounds() {
    let wait = |seconds| {
        let failure = Failure {
            retry_after: Some(Duration::from_secs(seconds)),
            ..failed(ErrorClass::RateLimited)
        };
        plain(&row(), &PollResult::failed(&failure))
    };
    check(&wait(20_000), Duration::from_secs(20_000), "retry-after");
    check(&wait(100 * 86_400), DAY, "retry-after");
    let next = wait(1);
    check(&next, 2 * HOUR, "backoff");
    assert_eq!(
        next.memory.retry_after_until,
        Some(now() + Duration::from_mins(1))
    );
    let later = FeedRow {
        memory: next.memory,
        ..row()
    };
    assert_eq!(plain(&later, &success()).memory.retry_after_until, None);
}

#[test]
fn who_says_later_is_left_alone_for_a_minute_and_twice_as_long_each_time() {
    const S: fn(u64) -> Duration = Duration::from_secs;
    let mut settings = Settings {
        plan: Plan::Every(S(10)),
        ..Settings::default()
    };
    settings.limits.min_interval = S(10);
    let wait = |class, status, failures| {
        let row = FeedRow {
            failures,
            ..with_interval(10)
        };
        let failure = failed(class).with_status(status);
        plan(&row, &PollResult::failed(&failure), &settings, 0.0, now())
    };
    for (class, status) in [
        (ErrorClass::RateLimited, 429),
        (ErrorClass::RateLimited, 503),
        (ErrorClass::HttpStatus, 503),
        (ErrorClass::Blocked, 429),
    ] {
        for (failures, seconds) in [(0, 60), (1, 120), (2, 240), (5, 1920), (30, 86_400)] {
            check(&wait(class, status, failures), S(seconds), "backoff");
        }
        let first = wait(class, status, 0);
        check(&first, S(60), "rate-limited");
    }
    // Other failures double from the interval, and one success ends it all.
    check(&wait(ErrorClass::HttpStatus, 500, 0), S(20), "backoff");
    let row = FeedRow {
        failures: 5,
        ..with_interval(10)
    };
    check(
        &plan(&row, &success(), &settings, 0.0, now()),
        S(10),
        "interval",
    );
}

#[test]
fn a_local_outage_counts_against_no_feed() {
    let failure = failed(ErrorClass::Dns);
    let row = FeedRow {
        failures: 3,
        ..row()
    };
    let result = PollResult {
        is_local_outage: true,
        ..PollResult::failed(&failure)
    };
    let next = plain(&row, &result);
    check(&next, Duration::from_mins(2), "local-outage");
    assert_eq!(next.failures, 3);
}

#[test]
fn what_was_held_back_counts_against_no_feed() {
    let failure = Failure {
        retry_after: Some(Duration::from_mins(30)),
        ..failed(ErrorClass::RateLimited)
    };
    let result = PollResult {
        outcome: Outcome::Refused,
        ..PollResult::failed(&failure)
    };
    let next = plain(&row(), &result);
    check(&next, Duration::from_mins(30), "retry-after");
    assert_eq!(next.failures, 0);
}

#[test]
fn gone_is_confirmed_after_a_day_and_then_asked_monthly() {
    let failure = failed(ErrorClass::Gone);
    let mut row = row();
    let mut at = now();
    let mut days = Vec::new();
    while at - now() < TimeDelta::days(90) {
        days.push((at - now()).num_days());
        let next = plan(
            &row,
            &PollResult::failed(&failure),
            &Settings::default(),
            0.0,
            at,
        );
        assert_eq!(next.status, Some(FeedStatus::Gone));
        row.status = FeedStatus::Gone;
        row.failures = next.failures;
        row.memory = next.memory;
        row.next_poll_at = Some(next.at);
        at = next.at;
    }
    assert_eq!(days, [0, 1, 31, 61]);
    let held = may_poll(&row, &Limits::default(), Manner::Manual, at - HOUR).unwrap_err();
    assert_eq!(held.origin, "gone");
    let back = plan(&row, &success(), &Settings::default(), 0.0, at);
    assert_eq!(back.status, Some(FeedStatus::Active));
    assert_eq!((back.memory.gone_since, back.failures), (None, 0));
    assert_eq!(back.at - at, TimeDelta::hours(1));
}

#[test]
fn a_gone_feed_that_fails_otherwise_is_not_asked_more_often() {
    let mut row = row();
    row.status = FeedStatus::Gone;
    row.memory.gone_since = Some(now() - 40 * DAY);
    row.memory.gone_confirmed_at = Some(now() - 30 * DAY);
    let failure = failed(ErrorClass::Dns);
    let next = plain(&row, &PollResult::failed(&failure));
    check(&next, 30 * DAY, "gone");
    assert_eq!(next.status, None);
}

fn cron(expression: &str) -> Settings {
    Settings {
        plan: Plan::from_cron(expression, None).unwrap(),
        limits: Limits::default(),
    }
}

#[test]
fn cron_waits_for_the_first_time_that_keeps_the_other_bounds() {
    let at = |settings, result: &PollResult<'_>| plan(&row(), result, &settings, 0.9, now());
    check(
        &at(cron("*/15 * * * *"), &success()),
        Duration::from_mins(10),
        "cron",
    );
    check(
        &at(cron("0 6 * * *"), &success()),
        Duration::from_mins(10),
        "cron",
    );
    check(
        &at(cron("*/15 * * * *"), &cached(Some(3600), None, None)),
        Duration::from_mins(70),
        "cron",
    );
    let failure = failed(ErrorClass::Timeout);
    check(
        &at(cron("0 6 * * *"), &PollResult::failed(&failure)),
        Duration::from_mins(10),
        "cron",
    );
}

#[test]
fn cron_at_the_floor_leaves_no_time_out() {
    let end_of_poll = now() + Duration::from_secs(31);
    let next = plan(&row(), &success(), &cron("*/5 * * * *"), 0.9, end_of_poll);
    assert_eq!(next.at - now(), TimeDelta::minutes(5));
}

#[test]
fn every_by_macro_is_an_interval() {
    let settings = cron("@every 90m");
    assert_eq!(settings.plan, Plan::Every(Duration::from_mins(90)));
}

#[test]
fn by_hand_the_wishes_of_the_server_count_and_the_interval_does_not() {
    let limits = Limits::default();
    let mut row = row();
    row.next_poll_at = Some(now() + HOUR);
    row.failures = 5;
    assert_eq!(may_poll(&row, &limits, Manner::Manual, now()), Ok(()));
    row.memory.fresh_until = Some(now() + HOUR);
    let held = may_poll(&row, &limits, Manner::Manual, now()).unwrap_err();
    assert_eq!(
        (held.origin.as_str(), held.not_before),
        ("max-age", now() + HOUR)
    );
    row.memory.retry_after_until = Some(now() + 2 * HOUR);
    let held = may_poll(&row, &limits, Manner::Manual, now()).unwrap_err();
    assert_eq!(held.origin, "retry-after");
    assert_eq!(may_poll(&row, &limits, Manner::Force, now()), Ok(()));
    let years_ago = now() - 3000 * DAY;
    assert_eq!(
        may_poll(&row, &limits, Manner::Manual, years_ago),
        Ok(()),
        "a clock that jumped"
    );
}

#[test]
fn the_whole_document_is_asked_for_every_month() {
    let limits = Limits::default();
    let at = |days: i64| {
        let mut row = row();
        row.memory.last_full_at = Some(now() - TimeDelta::days(days));
        full_poll_due(&row, &limits, now())
    };
    assert!(!at(0) && !at(29) && at(30) && at(31));
    assert!(!at(-1) && at(-700), "a clock that was ahead");
}

fn outcome() -> impl Strategy<Value = (Outcome, Option<ErrorClass>)> {
    let class = (0..ErrorClass::ALL.len()).prop_map(|at| ErrorClass::ALL[at]);
    prop_oneof![
        3 => Just((Outcome::Ok, None)),
        2 => Just((Outcome::NotModified, None)),
        4 => class.clone().prop_map(|class| (Outcome::Failed, Some(class))),
        1 => class.prop_map(|class| (Outcome::Refused, Some(class))),
    ]
}

fn span() -> impl Strategy<Value = Option<Duration>> {
    prop_oneof![
        Just(None),
        (0..200_000_u64).prop_map(|seconds| Some(Duration::from_secs(seconds))),
        Just(Some(Duration::MAX)),
    ]
}

fn any_plan() -> impl Strategy<Value = Plan> {
    prop_oneof![
        (1..200_000_u64).prop_map(|seconds| Plan::Every(Duration::from_secs(seconds))),
        Just(Plan::from_cron("*/7 * * * *", Some("Europe/Berlin")).unwrap()),
        Just(Plan::from_cron("30 2 * * MON", Some("America/New_York")).unwrap()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_before_a_bound_and_never_past_the_caps(
        (outcome, class) in outcome(),
        (max_age, age, expires_in, retry_after, ttl) in (span(), span(), span(), span(), span()),
        (skip_hours, n_new, n_known) in (proptest::collection::vec(0..24_u8, 0..24), 0..50_u32, 0..50_u32),
        (failures, interval_seconds, jitter) in (0..70_u32, 0..100_000_u64, 0.0..1.0_f64),
        (plan_kind, has_validators, is_local_outage) in (any_plan(), any::<bool>(), any::<bool>()),
    ) {
        let failure = class.map(|class| Failure { retry_after, ..failed(class) });
        let result = PollResult {
            outcome,
            failure: failure.as_ref(),
            cache: CacheHints { max_age, age, expires_in, retry_after: None },
            feed: Some(FeedHints { ttl, skip_hours, skip_days: Vec::new() }),
            n_new,
            n_known,
            has_validators,
            is_local_outage,
            is_quarantined: false,
        };
        let row = FeedRow {
            failures,
            memory: FeedMemory { interval_seconds, ..FeedMemory::default() },
            ..row()
        };
        let settings = Settings { plan: plan_kind.clone(), limits: Limits::default() };
        let early = plan(&row, &result, &settings, 0.0, now());
        let late = plan(&row, &result, &settings, jitter, now());

        prop_assert!(early.at > now());
        prop_assert!(late.at >= early.at, "jitter only delays");
        for bound in &late.memory.bounds {
            prop_assert!(bound.not_before <= late.at, "{bound:?}");
        }
        let longest = late.memory.bounds.iter().map(|bound| bound.not_before).max();
        prop_assert_eq!(longest, Some(late.at), "the time is one of its bounds");

        // Interval or hint, or what the plan itself wants, or 410; a tenth of it, 5 minutes at
        // most, for jitter; a day for skipped hours.
        let by_plan = match plan_kind {
            Plan::Every(start) => start.max(Duration::from_secs(interval_seconds)),
            Plan::Cron(_) => 8 * DAY,
        };
        let cap = by_plan.max(DAY) + DAY + Duration::from_mins(10);
        prop_assert!(late.at - now() <= TimeDelta::from_std(cap).unwrap(), "{late:#?}");
        if outcome == Outcome::Ok || outcome == Outcome::NotModified {
            prop_assert!(early.at - now() >= TimeDelta::minutes(4), "min_interval holds");
            prop_assert_eq!(late.failures, 0);
        }
    }
}
