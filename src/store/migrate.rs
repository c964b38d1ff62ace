//! Brings a file to the newest schema.

use rusqlite::Connection;

use super::{
    error::{FileName, StoreError},
    file::refuse_foreign,
};

/// `FMIL`: marks a file as ours (SQLite's `application_id`).
pub(super) const APPLICATION_ID: i64 = 0x464d_494c;

/// Each step once released is never edited; its place in the list is its number.
const MIGRATIONS: &[&str] = &[
    include_str!("sql/0001_init.sql"),
    include_str!("sql/0002_hosts.sql"),
    include_str!("sql/0003_reservations.sql"),
    include_str!("sql/0004_provenance.sql"),
    include_str!("sql/0005_labels.sql"),
    include_str!("sql/0006_dictionaries.sql"),
];

/// Number of the newest schema, in the file as `user_version`.
#[expect(
    clippy::cast_possible_wrap,
    reason = "a list of our own, a few entries long"
)]
pub(super) const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// Runs the steps that are missing, all in one transaction: another process sees the old schema
/// or the new one.
pub(super) fn migrate(file: &FileName, connection: &Connection) -> Result<(), StoreError> {
    if refuse_foreign(file, connection)? == SCHEMA {
        return Ok(());
    }
    let sql_error = |error| file.sql_error("set up", error);
    connection
        .execute_batch("BEGIN IMMEDIATE")
        .map_err(sql_error)?;
    let done = run_missing(file, connection);
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = connection.execute_batch(end).map_err(sql_error);
    done.and(ended)
}

fn run_missing(file: &FileName, connection: &Connection) -> Result<(), StoreError> {
    // Asked again under the lock: another process may have been faster.
    let version = refuse_foreign(file, connection)?;
    let missing = usize::try_from(version).unwrap_or(0);
    for step in MIGRATIONS.iter().skip(missing) {
        connection
            .execute_batch(step)
            .map_err(|error| file.sql_error("set up", error))?;
    }
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .and_then(|()| connection.pragma_update(None, "user_version", SCHEMA))
        .map_err(|error| file.sql_error("set up", error))
}
