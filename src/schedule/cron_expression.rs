//! A cron expression as people write it for Unix cron.

use std::time::Duration;

use super::{
    CronError,
    cron_field::{DAY_OF_MONTH, DAY_OF_WEEK, Field, FieldKind, HOUR, MINUTE, MONTH},
};

/// What an expression means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// `@every`.
    Every(Duration),
    /// Five fields.
    Fields(Box<Fields>),
}

/// The five fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) minute: Field,
    pub(super) hour: Field,
    pub(super) day_of_month: Field,
    pub(super) month: Field,
    pub(super) day_of_week: Field,
}

/// Macros and the fields they stand for, as in Vixie cron.
const MACROS: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// Reads an expression: five fields, a macro in any case, or `@every` with a duration.
pub(super) fn read(expression: &str) -> Result<Expression, CronError> {
    let lower = expression.trim().to_ascii_lowercase();
    if let Some(value) = lower.strip_prefix("@every") {
        return read_every(expression, value.trim()).map(Expression::Every);
    }
    let fields = if lower.starts_with('@') {
        MACROS
            .iter()
            .find(|(name, _)| *name == lower)
            .map(|(_, fields)| *fields)
            .ok_or_else(|| CronError::Macro {
                expression: expression.to_owned(),
            })?
    } else {
        expression
    };
    read_fields(expression, fields).map(|fields| Expression::Fields(Box::new(fields)))
}

fn read_fields(expression: &str, fields: &str) -> Result<Fields, CronError> {
    let parts: Vec<_> = fields.split_ascii_whitespace().collect();
    let [minute, hour, day_of_month, month, day_of_week] = parts.as_slice() else {
        return Err(CronError::FieldCount {
            expression: expression.to_owned(),
            n_fields: parts.len(),
        });
    };
    let read = |kind: FieldKind, written: &str| {
        kind.read(written)
            .map_err(|(value, reason)| CronError::Field {
                expression: expression.to_owned(),
                field: kind.name,
                value,
                reason,
            })
    };
    Ok(Fields {
        minute: read(MINUTE, minute)?,
        hour: read(HOUR, hour)?,
        day_of_month: read(DAY_OF_MONTH, day_of_month)?,
        month: read(MONTH, month)?,
        day_of_week: read(DAY_OF_WEEK, day_of_week)?,
    })
}

/// A duration as in the configuration: an integer and a unit; several add up (`1h30m`).
fn read_every(expression: &str, written: &str) -> Result<Duration, CronError> {
    let duration = sum_of_spans(written).filter(|duration| !duration.is_zero());
    duration.ok_or_else(|| CronError::Every {
        expression: expression.to_owned(),
        value: written.to_owned(),
    })
}

fn sum_of_spans(written: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = written;
    while !rest.is_empty() {
        let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(n_digits)?;
        let n_letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at_checked(n_letters)?;
        let number: u64 = number.parse().ok()?;
        let span = match unit {
            "ms" => Duration::from_millis(number),
            "s" => Duration::from_secs(number),
            "m" => Duration::from_secs(number.checked_mul(60)?),
            "h" => Duration::from_secs(number.checked_mul(3600)?),
            "d" => Duration::from_secs(number.checked_mul(86_400)?),
            _ => return None,
        };
        total = total.checked_add(span)?;
        rest = after.trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn every(expression: &str, want_seconds: u64) {
        let want = Expression::Every(Duration::from_secs(want_seconds));
        assert_eq!(read(expression), Ok(want));
    }

    #[track_caller]
    fn refused(expression: &str, want: &str) {
        let error = read(expression).unwrap_err();
        assert!(error.to_string().contains(want), "{error}");
        assert!(error.hint().is_some());
    }

    #[test]
    fn macros_in_any_case() {
        assert_eq!(read("@Hourly"), read("0 * * * *"));
        assert_eq!(read(" @weekly "), read("0 0 * * SUN"));
        every("@every 15m", 900);
        every("@EVERY 1h30m", 5400);
    }

    #[test]
    fn faults_name_the_field() {
        refused("*/15 25 * * *", "hour `25`: values are 0 to 23");
        refused("0 0 * * FOO", "day of week `FOO`");
        refused("0 */15 * * * *", "6 fields");
        refused("", "0 fields");
        refused("@reboot", "unknown macro");
        refused("@every", "no duration");
        refused("@every 0s", "no duration");
        refused("@every 5", "no duration");
        refused("@every 99999999999999999999d", "no duration");
    }
}
