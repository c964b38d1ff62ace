//! Values on their way into rows and out of them.
//!
//! **Invariant:** every TEXT that is stored passes [`Bind::Text`], which leaves out what no TEXT
//! may hold (R27); statements of this room take nothing but [`Bind`]s.

use chrono::{DateTime, Datelike as _, SecondsFormat, TimeDelta, Timelike as _, Utc};
use rusqlite::{
    Connection, OptionalExtension as _, Row, ToSql, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use crate::text::storable;

/// A value to be bound.
#[derive(Debug, Clone)]
pub(super) enum Bind<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    /// A text made here: a list, a time.
    Made(String),
    Blob(&'a [u8]),
}

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(n) => ToSqlOutput::Borrowed(ValueRef::Integer(*n)),
            Self::Real(x) => ToSqlOutput::Borrowed(ValueRef::Real(*x)),
            Self::Text(text) => bound_text(text),
            Self::Made(text) => bound_text(text),
            Self::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

fn bound_text(text: &str) -> ToSqlOutput<'_> {
    match storable(text) {
        std::borrow::Cow::Borrowed(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        std::borrow::Cow::Owned(text) => ToSqlOutput::from(text),
    }
}

impl<'a> From<&'a str> for Bind<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Bind<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<String> for Bind<'_> {
    fn from(text: String) -> Self {
        Self::Made(text)
    }
}

impl From<i64> for Bind<'_> {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<u32> for Bind<'_> {
    fn from(n: u32) -> Self {
        Self::Int(i64::from(n))
    }
}

impl From<u64> for Bind<'_> {
    fn from(n: u64) -> Self {
        Self::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl From<u16> for Bind<'_> {
    fn from(n: u16) -> Self {
        Self::Int(i64::from(n))
    }
}

impl From<bool> for Bind<'_> {
    fn from(is: bool) -> Self {
        Self::Int(i64::from(is))
    }
}

impl From<f64> for Bind<'_> {
    fn from(x: f64) -> Self {
        // NaN would be stored as NULL and infinity breaks readers; no estimate is either.
        Self::Real(if x.is_finite() { x } else { 0.0 })
    }
}

impl<'a> From<&'a [u8]> for Bind<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a> From<&'a [u8; 32]> for Bind<'a> {
    fn from(bytes: &'a [u8; 32]) -> Self {
        Self::Blob(bytes)
    }
}

impl From<DateTime<Utc>> for Bind<'_> {
    fn from(at: DateTime<Utc>) -> Self {
        Self::Made(time_text(at))
    }
}

impl<'a, T: Into<Bind<'a>>> From<Option<T>> for Bind<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Values for one statement, in the order of its parameters.
macro_rules! bind {
    ($($value:expr),* $(,)?) => {
        [$($crate::store::row::Bind::from($value)),*]
    };
}
pub(super) use bind;

/// A time as it is stored: RFC 3339, UTC, whole seconds, years 0000 to 9999 (four digits keep the
/// order as text).
pub(super) fn time_text(at: DateTime<Utc>) -> String {
    let at = match at.year() {
        0..=9999 => at,
        year if year < 0 => DateTime::UNIX_EPOCH,
        _ => DateTime::from_timestamp(253_402_300_799, 0).unwrap_or(DateTime::UNIX_EPOCH),
    };
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A time before which something must not happen: the fraction counts upwards.
pub(super) fn not_before_text(at: DateTime<Utc>) -> String {
    let up = if at.nanosecond() > 0 {
        at.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(at)
    } else {
        at
    };
    time_text(up)
}

/// The time of a stored text; `None` when it is none.
pub(super) fn time_of(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|at| at.to_utc())
}

/// A list as it is stored, each item storable in itself (JSON would hide a control character
/// behind an escape).
pub(super) fn list_text<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<_> = items.into_iter().map(storable).collect();
    serde_json::to_string(&items).unwrap_or_else(|_| "[]".to_owned())
}

/// The items of a stored list.
pub(super) fn list_of(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Reads a column that holds a time or null.
pub(super) fn opt_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.as_deref().and_then(time_of))
}

/// A count, which is never negative in a file of ours.
pub(super) fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    let n: i64 = row.get(column)?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// A count that fits 32 bits in a file of ours.
pub(super) fn small_count(row: &Row<'_>, column: &str) -> rusqlite::Result<u32> {
    let n: i64 = row.get(column)?;
    Ok(u32::try_from(n).unwrap_or(0))
}

/// Statements over [`Bind`]s, each prepared once.
pub(super) trait Statements {
    fn connection(&self) -> &Connection;

    /// Runs a statement; how many rows it changed.
    fn run(&self, sql: &str, binds: &[Bind<'_>]) -> rusqlite::Result<usize> {
        self.connection()
            .prepare_cached(sql)?
            .execute(params_from_iter(binds))
    }

    /// The first row, if there is one.
    fn first<T>(
        &self,
        sql: &str,
        binds: &[Bind<'_>],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        self.connection()
            .prepare_cached(sql)?
            .query_row(params_from_iter(binds), read)
            .optional()
    }

    /// All rows.
    fn all<T>(
        &self,
        sql: &str,
        binds: &[Bind<'_>],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.connection()
            .prepare_cached(sql)?
            .query_map(params_from_iter(binds), read)?
            .collect()
    }

    /// One number, zero when there is no row or it is null.
    fn number(&self, sql: &str, binds: &[Bind<'_>]) -> rusqlite::Result<i64> {
        let n = self.first(sql, binds, |row| row.get::<_, Option<i64>>(0))?;
        Ok(n.flatten().unwrap_or(0))
    }
}

impl Statements for Connection {
    fn connection(&self) -> &Connection {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds_and_keep_their_order() {
        let at = DateTime::from_timestamp(1_700_000_000, 900_000_000).unwrap();
        assert_eq!(time_text(at), "2023-11-14T22:13:20Z");
        assert_eq!(not_before_text(at), "2023-11-14T22:13:21Z");
        assert_eq!(time_of(&time_text(at)).unwrap().timestamp(), at.timestamp());
    }

    #[test]
    fn years_beyond_four_digits_are_clamped() {
        assert_eq!(time_text(DateTime::<Utc>::MAX_UTC), "9999-12-31T23:59:59Z");
        assert_eq!(time_text(DateTime::<Utc>::MIN_UTC), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn an_estimate_is_a_number() {
        assert!(matches!(Bind::from(f64::NAN), Bind::Real(x) if x.abs() < f64::EPSILON));
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back_storable(text: String) {
            let connection = Connection::open_in_memory().unwrap();
            for bind in [Bind::from(text.as_str()), Bind::from(text.clone())] {
                let back: String = connection
                    .first("SELECT ?1", &[bind], |row| row.get(0))
                    .unwrap()
                    .unwrap();
                proptest::prop_assert_eq!(storable(&back), back.as_str());
                proptest::prop_assert!(!back.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            }
            let list = list_of(&list_text([text.as_str()]));
            let want = storable(&text);
            proptest::prop_assert_eq!(list.first().map(String::as_str), Some(&*want));
        }
    }
}
