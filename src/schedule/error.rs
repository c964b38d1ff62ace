//! What is wrong with a schedule.

/// A schedule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CronError {
    /// Not five fields.
    #[error("cannot read cron expression `{expression}`: it has {n_fields} fields, not 5")]
    FieldCount {
        /// As written.
        expression: String,
        /// How many fields it has.
        n_fields: usize,
    },
    /// A field that makes no sense.
    #[error("cannot read cron expression `{expression}`: {field} `{value}`: {reason}")]
    Field {
        /// As written.
        expression: String,
        /// Which field, by its name.
        field: &'static str,
        /// The part of the field.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A macro that is none of ours.
    #[error("cannot read cron expression `{expression}`: unknown macro")]
    Macro {
        /// As written.
        expression: String,
    },
    /// An interval that is none.
    #[error("cannot read cron expression `{expression}`: `{value}` is no duration above zero")]
    Every {
        /// As written.
        expression: String,
        /// The part after `@every`.
        value: String,
    },
    /// A date that never comes, such as 31 February.
    #[error("cannot use cron expression `{expression}`: no date ever matches it")]
    Never {
        /// As written.
        expression: String,
    },
    /// A time zone that does not exist.
    #[error("cannot use time zone `{timezone}`: it is not in the IANA database")]
    Timezone {
        /// As written.
        timezone: String,
    },
}

impl CronError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::FieldCount {
                n_fields: 6 | 7, ..
            } => {
                "seconds and years are not supported; write `minute hour day-of-month month \
                 day-of-week`"
            }
            Self::FieldCount { .. } => {
                "write `minute hour day-of-month month day-of-week`, for example \
                 `*/15 6-22 * * MON-FRI`"
            }
            Self::Field { .. } => {
                "a field is `*` or a list of values, ranges `a-b` and steps `*/n`; Sunday is 0 or 7"
            }
            Self::Macro { .. } => {
                "known are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually and \
                 @every with a duration, for example `@every 15m`"
            }
            Self::Every { .. } => "write an integer and ms, s, m, h or d, for example `@every 15m`",
            Self::Never { .. } => "check day and month: February has at most 29 days",
            Self::Timezone { .. } => "write a name such as `Europe/Berlin` or `UTC`",
        };
        Some(hint.to_owned())
    }
}
