//! Times as people type them, and as they are printed.

use chrono::{DateTime, SecondsFormat, Utc};

use super::exit::{Failed, Status};
use crate::store::{TIME_FORMS, typed_time};

/// The time that `--since` or `--until` means.
pub(super) fn parse(
    option: &str,
    raw: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Failed> {
    let Some(raw) = raw else { return Ok(None) };
    match typed_time(raw, now) {
        Some(time) => Ok(Some(time)),
        None => Err(
            Failed::message(Status::Usage, format!("`{option} {raw}` is no time"))
                .with_hint(format!("write {TIME_FORMS}")),
        ),
    }
}

/// RFC 3339 in UTC, to the second.
pub(super) fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A stored time as a person reads it in a table: to the minute.
pub(super) fn short(stored: Option<&str>) -> String {
    stored
        .and_then(|time| time.get(..16))
        .map(|minute| minute.replace('T', " "))
        .unwrap_or_default()
}
