//! Our cron times against croner's, an implementation of its own.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;
use feedmill::schedule::CronSchedule;
use proptest::prelude::*;

const TIMES: usize = 6;

fn ours(expression: &str, zone: Tz, from: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let schedule = CronSchedule::parse(expression, Some(zone.name())).unwrap();
    let mut times = Vec::new();
    let mut at = from;
    for _ in 0..TIMES {
        let next = schedule.next_after(at).unwrap();
        assert!(
            next > at,
            "`{expression}` in {zone}: {next} is not after {at}"
        );
        at = next;
        times.push(at);
    }
    times
}

fn croners(expression: &str, zone: Tz, from: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let cron: Cron = expression.parse().unwrap();
    let mut times = Vec::new();
    let mut at = zone.from_utc_datetime(&from.naive_utc());
    for _ in 0..TIMES {
        at = cron.find_next_occurrence(&at, false).unwrap();
        times.push(at.to_utc());
    }
    times
}

/// One part of a field with values `min..=max`, written in a way both read alike.
fn item(min: u32, max: u32) -> impl Strategy<Value = String> {
    let value = min..=max;
    prop_oneof![
        value.clone().prop_map(|value| value.to_string()),
        (value.clone(), value.clone()).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        (value.clone(), value, 1..=max / 2).prop_map(|(a, b, step)| format!(
            "{}-{}/{step}",
            a.min(b),
            a.max(b)
        )),
        (1..=max / 2).prop_map(|step| format!("*/{step}")),
    ]
}

fn field(min: u32, max: u32) -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just("*".to_owned()),
        3 => proptest::collection::vec(item(min, max), 1..3).prop_map(|items| items.join(",")),
    ]
}

/// Any expression; days end at 28 so that a date comes within a year.
fn expression() -> impl Strategy<Value = String> {
    (
        field(0, 59),
        field(0, 23),
        field(1, 28),
        field(1, 12),
        field(0, 6),
    )
        .prop_map(|(minute, hour, day, month, weekday)| {
            format!("{minute} {hour} {day} {month} {weekday}")
        })
}

/// Expressions that both take for fixed times, or both for such as follow the clock. They differ
/// on lists in between: for us `0,30 2 * * *` names times and is made up for in spring and runs
/// once in autumn; croner skips and repeats it.
fn clear_expression() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..60_u32, 0..24_u32).prop_map(|(minute, hour)| format!("{minute} {hour} * * *")),
        (0..60_u32, 0..5_u32).prop_map(|(minute, hour)| format!("{minute} {hour} * * *")),
        (1..30_u32).prop_map(|step| format!("*/{step} * * * *")),
        (0..60_u32).prop_map(|minute| format!("{minute} * * * *")),
        (1..30_u32, 2..6_u32).prop_map(|(step, hours)| format!("*/{step} */{hours} * * *")),
    ]
}

/// Instants within two days of a change of the clock, and the zones.
fn around_a_change() -> impl Strategy<Value = (Tz, DateTime<Utc>)> {
    let changes = prop_oneof![
        Just((Tz::Europe__Berlin, "2026-03-29T01:00:00Z")),
        Just((Tz::Europe__Berlin, "2026-10-25T01:00:00Z")),
        Just((Tz::America__New_York, "2026-03-08T07:00:00Z")),
        Just((Tz::America__New_York, "2026-11-01T06:00:00Z")),
        Just((Tz::Australia__Lord_Howe, "2026-04-04T15:00:00Z")),
        Just((Tz::Australia__Lord_Howe, "2026-10-03T15:30:00Z")),
        Just((Tz::America__Santiago, "2026-04-05T03:00:00Z")),
        Just((Tz::America__Santiago, "2026-09-06T04:00:00Z")),
    ];
    (changes, prop_oneof![-172_800..172_800_i64, -7200..7200_i64]).prop_map(
        |((zone, change), seconds)| {
            let change: DateTime<Utc> = change.parse().unwrap();
            (zone, change + TimeDelta::seconds(seconds))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_expression_in_utc(expression in expression(), seconds in 1_577_836_800..2_051_222_400_i64) {
        let from = DateTime::from_timestamp(seconds, 0).unwrap();
        prop_assert_eq!(ours(&expression, Tz::UTC, from), croners(&expression, Tz::UTC, from));
    }

    #[test]
    fn where_the_clock_changes(expression in clear_expression(), (zone, from) in around_a_change()) {
        prop_assert_eq!(ours(&expression, zone, from), croners(&expression, zone, from));
    }

    #[test]
    fn always_later_and_in_order(expression in expression(), (zone, from) in around_a_change()) {
        ours(&expression, zone, from);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~é]{0,30}", fields in "([*0-9A-Z,/-]{1,5} ){4}[*0-9A-Z,/-]{1,5}") {
        for expression in [text, fields] {
            if let Err(error) = CronSchedule::parse(&expression, None) {
                prop_assert!(error.hint().is_some());
            }
        }
    }
}

#[test]
fn names_wraps_and_macros_mean_the_same_as_plain_lists() {
    let from = "2026-11-24T05:50:00Z".parse().unwrap();
    for (written, plain) in [
        ("0 0 * * FRI-MON", "0 0 * * 5,6,0,1"),
        ("0 0 * * 5-7", "0 0 * * 5,6,0"),
        ("0 22-2 * * *", "0 22,23,0,1,2 * * *"),
        ("0 0 1 nov-feb ?", "0 0 1 11,12,1,2 *"),
        ("0 0 * * Sunday", "0 0 * * 0"),
        ("@weekly", "0 0 * * 0"),
    ] {
        assert_eq!(
            ours(written, Tz::Europe__Berlin, from),
            croners(plain, Tz::Europe__Berlin, from),
            "`{written}`"
        );
    }
}
