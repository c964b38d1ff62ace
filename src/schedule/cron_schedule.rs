//! Times of a cron expression in a time zone.

use std::{collections::BTreeSet, str::FromStr, sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{
    CronError,
    cron_expression::{self, Expression, Fields},
    span,
    zone::{self, Shown},
};

/// Times looked at before giving up: the most that can fall into one repeated or missing day.
const MOST_TRIES: usize = 3000;

/// A cron expression in a time zone.
///
/// Unix rules: five fields, Sunday is 0 and 7, and when day of month and day of week are both
/// restricted a day needs to match one of them. In a zone with summer time: a time that the clock
/// jumps over is made up for at the first instant after the jump; a time that is shown twice
/// counts once. Expressions that follow the clock (hour or minute begin with `*`, as in Vixie
/// cron) run in both passes of a repeated hour, and with `*` for the hour nothing is made up for,
/// since the next run is near.
///
/// The `cron` crate computes the times, but on bare wall time: in a zone it returns times in the
/// past in the repeated hour (cron 0.17).
#[derive(Debug, Clone)]
pub struct CronSchedule {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    expression: String,
    zone: Tz,
    times: Times,
}

#[derive(Debug)]
enum Times {
    Every(Duration),
    /// Evaluated on wall time; a run comes when any of them says so.
    Wall {
        schedules: Vec<cron::Schedule>,
        is_hour_star: bool,
        is_minute_star: bool,
    },
}

impl PartialEq for CronSchedule {
    fn eq(&self, other: &Self) -> bool {
        self.inner.expression == other.inner.expression && self.inner.zone == other.inner.zone
    }
}

impl Eq for CronSchedule {}

impl std::fmt::Display for CronSchedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.inner.expression, self.inner.zone)
    }
}

impl CronSchedule {
    /// Reads an expression: five fields, a macro such as `@hourly`, or `@every 15m`.
    ///
    /// `timezone` is an IANA name; UTC when there is none.
    ///
    /// # Errors
    /// When the expression or the zone cannot be read, or when no date ever matches.
    pub fn parse(expression: &str, timezone: Option<&str>) -> Result<Self, CronError> {
        let zone = match timezone {
            None => Tz::UTC,
            Some(name) => name.trim().parse::<Tz>().map_err(|_| CronError::Timezone {
                timezone: name.to_owned(),
            })?,
        };
        let times = match cron_expression::read(expression)? {
            Expression::Every(interval) => Times::Every(interval),
            Expression::Fields(fields) => wall_times(expression, &fields)?,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                expression: expression.trim().to_owned(),
                zone,
                times,
            }),
        })
    }

    /// The interval, when the expression is `@every`.
    pub fn every(&self) -> Option<Duration> {
        match &self.inner.times {
            Times::Every(interval) => Some(*interval),
            Times::Wall { .. } => None,
        }
    }

    /// The first time after `wall`, always later than it. `None` past the year 2100.
    pub fn next_after(&self, wall: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.inner.times {
            Times::Every(interval) => Some(span::after(wall, *interval)),
            Times::Wall {
                schedules,
                is_hour_star,
                is_minute_star,
            } => WallTimes {
                zone: self.inner.zone,
                schedules,
                makes_up: !is_hour_star,
                runs_twice: *is_hour_star || *is_minute_star,
            }
            .next_after(wall),
        }
    }
}

struct WallTimes<'a> {
    zone: Tz,
    schedules: &'a [cron::Schedule],
    makes_up: bool,
    runs_twice: bool,
}

impl WallTimes<'_> {
    fn next_after(&self, wall: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = zone::wall_time(self.zone, wall);
        let on_the_wall = self.first_on_the_wall(now, wall);
        let again = self.first_shown_again(now, wall);
        match (on_the_wall, again) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// The first run whose time on the wall is later than `now`.
    fn first_on_the_wall(&self, now: NaiveDateTime, wall: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut time = now;
        for _ in 0..MOST_TRIES {
            time = self.next_time(time)?;
            let at = match zone::shown(self.zone, time) {
                Shown::Once(at) => Some(at),
                Shown::Twice(_, second) if self.runs_twice && is_past_first(self, time, wall) => {
                    Some(second)
                }
                Shown::Twice(first, _) => Some(first),
                Shown::Never(after) => self.makes_up.then_some(after),
            };
            if let Some(at) = at.filter(|at| *at > wall) {
                return Some(at);
            }
        }
        None
    }

    /// In the first pass of a repeated hour: the first run of the second pass that the wall shows
    /// at or before `now`.
    fn first_shown_again(&self, now: NaiveDateTime, wall: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Shown::Twice(first, second) = zone::shown(self.zone, now) else {
            return None;
        };
        // Between whole seconds `now` is the same time as `wall`.
        if !self.runs_twice || wall >= second {
            return None;
        }
        let mut time = now - (second - first);
        for _ in 0..MOST_TRIES {
            time = self.next_time(time).filter(|time| *time <= now)?;
            if let Shown::Twice(_, second) = zone::shown(self.zone, time) {
                return Some(second).filter(|at| *at > wall);
            }
        }
        None
    }

    fn next_time(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let after = after.and_utc();
        self.schedules
            .iter()
            .filter_map(|schedule| schedule.after(&after).next())
            .min()
            .map(|time| time.naive_utc())
    }
}

/// `wall` has passed the first of the two instants that show `time`.
fn is_past_first(times: &WallTimes<'_>, time: NaiveDateTime, wall: DateTime<Utc>) -> bool {
    matches!(zone::shown(times.zone, time), Shown::Twice(first, _) if first <= wall)
}

/// The `cron` crate's schedules of the fields: one, or two when both day fields are restricted,
/// since it wants a day to match both and Unix wants one of them.
fn wall_times(expression: &str, fields: &Fields) -> Result<Times, CronError> {
    let all_days: BTreeSet<u32> = (1..=31).collect();
    let all_weekdays: BTreeSet<u32> = (0..=6).collect();
    let (days, weekdays) = (&fields.day_of_month, &fields.day_of_week);
    let pairs = if days.is_any || weekdays.is_any {
        vec![(&days.values, &weekdays.values)]
    } else {
        vec![(&days.values, &all_weekdays), (&all_days, &weekdays.values)]
    };
    let mut schedules = Vec::new();
    for (days, weekdays) in pairs {
        let written = cron_crate_expression(fields, days, weekdays);
        let schedule = cron::Schedule::from_str(&written).map_err(|error| CronError::Field {
            expression: expression.to_owned(),
            field: "expression",
            value: written,
            reason: error.to_string(),
        })?;
        schedules.push(schedule);
    }
    // 31 February parses and never comes; the 29th does within eight years.
    let some_day = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    schedules.retain(|schedule| schedule.after(&some_day).next().is_some());
    if schedules.is_empty() {
        return Err(CronError::Never {
            expression: expression.to_owned(),
        });
    }
    Ok(Times::Wall {
        schedules,
        is_hour_star: fields.hour.is_star,
        is_minute_star: fields.minute.is_star,
    })
}

/// The fields as the `cron` crate wants them: seconds first, Sunday is 1, every value by itself.
fn cron_crate_expression(
    fields: &Fields,
    days: &BTreeSet<u32>,
    weekdays: &BTreeSet<u32>,
) -> String {
    let list = |values: &BTreeSet<u32>, shift: u32| {
        let values: Vec<_> = values
            .iter()
            .map(|value| (value + shift).to_string())
            .collect();
        values.join(",")
    };
    let weekdays = if weekdays.len() == 7 {
        "*".to_owned()
    } else {
        list(weekdays, 1)
    };
    format!(
        "0 {} {} {} {} {weekdays}",
        list(&fields.minute.values, 0),
        list(&fields.hour.values, 0),
        list(days, 0),
        list(&fields.month.values, 0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, zone: &str, from: &str, want: &[&str]) {
        let schedule = CronSchedule::parse(expression, Some(zone)).unwrap();
        let mut at: DateTime<Utc> = from.parse().unwrap();
        for want in want {
            at = schedule.next_after(at).unwrap();
            let got = at.format("%Y-%m-%dT%H:%MZ").to_string();
            assert_eq!(got, *want, "`{expression}` in {zone} from {from}");
        }
    }

    const BERLIN: &str = "Europe/Berlin";

    #[test]
    fn ordinary_times() {
        let from = "2026-11-24T05:50:00Z";
        check(
            "*/15 * * * *",
            "UTC",
            from,
            &["2026-11-24T06:00Z", "2026-11-24T06:15Z"],
        );
        check("30 6 * * MON-FRI", BERLIN, from, &["2026-11-25T05:30Z"]);
        check(
            "0 0 13 * FRI",
            "UTC",
            from,
            &["2026-11-27T00:00Z", "2026-12-04T00:00Z"],
        );
        check("0 12 29 2 *", "UTC", from, &["2028-02-29T12:00Z"]);
        check("@every 90m", "UTC", from, &["2026-11-24T07:20Z"]);
    }

    #[test]
    fn fixed_hours_run_once_in_the_repeated_hour() {
        let once = ["2026-10-25T00:30Z", "2026-10-26T01:30Z"];
        check("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", &once);
        // From within the second pass, where the crate returns times in the past.
        check("30 2 * * *", BERLIN, "2026-10-25T01:10:00Z", &once[1..]);
    }

    #[test]
    fn what_follows_the_clock_runs_in_both_passes() {
        let both = [
            "2026-10-25T00:00Z",
            "2026-10-25T00:30Z",
            "2026-10-25T01:00Z",
            "2026-10-25T01:30Z",
            "2026-10-25T02:00Z",
        ];
        check("*/30 * * * *", BERLIN, "2026-10-24T23:59:00Z", &both);
        check(
            "15 * * * *",
            BERLIN,
            "2026-10-25T00:20:00Z",
            &["2026-10-25T01:15Z"],
        );
    }

    #[test]
    fn a_missing_time_is_made_up_for() {
        let made_up = ["2026-03-29T01:00Z", "2026-03-30T00:30Z"];
        check("30 2 * * *", BERLIN, "2026-03-29T00:00:00Z", &made_up);
        check(
            "0,30 2 * * *",
            BERLIN,
            "2026-03-29T00:00:00Z",
            &["2026-03-29T01:00Z", "2026-03-30T00:00Z"],
        );
        check(
            "30 * * * *",
            BERLIN,
            "2026-03-29T00:45:00Z",
            &["2026-03-29T01:30Z"],
        );
    }

    #[test]
    fn dates_that_never_come_are_refused() {
        for expression in ["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6 *"] {
            let error = CronSchedule::parse(expression, None).unwrap_err();
            assert!(matches!(error, CronError::Never { .. }), "{error}");
        }
        assert!(CronSchedule::parse("0 0 31 2 MON", None).is_ok());
    }

    #[test]
    fn zones_are_checked() {
        assert!(CronSchedule::parse("@daily", Some(" Europe/Berlin ")).is_ok());
        let error = CronSchedule::parse("@daily", Some("Mars/Base")).unwrap_err();
        assert!(error.to_string().contains("`Mars/Base`"));
    }
}
