//! How store and feeds are, at a glance.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row};

use super::{
    row::{Statements as _, count, time_of},
    work::Done,
};
use crate::model::FeedHealth;

/// How store and feeds are.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// Articles in the store.
    pub n_articles: u64,
    /// Pages that wait in the queue.
    pub n_waiting: u64,
    /// Start of the last poll, by any feed.
    pub last_poll_at: Option<DateTime<Utc>>,
    /// Every feed that is not removed, in the order of the rows.
    pub feeds: Vec<FeedHealth>,
}

pub(super) fn read(connection: &Connection) -> Done<Health> {
    let counted =
        |sql: &str| -> Done<u64> { Ok(u64::try_from(connection.number(sql, &[])?).unwrap_or(0)) };
    let last_poll_at: Option<String> = connection.first(
        "SELECT started_at FROM polls ORDER BY id DESC LIMIT 1",
        &[],
        |row| row.get(0),
    )?;
    Ok(Health {
        n_articles: counted("SELECT count(*) FROM articles")?,
        n_waiting: counted("SELECT count(*) FROM queue")?,
        last_poll_at: last_poll_at.as_deref().and_then(time_of),
        feeds: connection.all(
            "SELECT id, coalesce(name, title, url) AS label, url, status, last_ok_at, next_poll_at,
               failures, error_class, error, n_articles
             FROM feeds WHERE status <> 'removed' ORDER BY id",
            &[],
            read_feed,
        )?,
    })
}

fn read_feed(row: &Row<'_>) -> rusqlite::Result<FeedHealth> {
    Ok(FeedHealth {
        id: row.get("id")?,
        label: row.get("label")?,
        url: row.get("url")?,
        status: row.get("status")?,
        last_ok_at: row.get("last_ok_at")?,
        next_poll_at: row.get("next_poll_at")?,
        failures: count(row, "failures")?,
        error_class: row.get("error_class")?,
        error: row.get("error")?,
        articles: count(row, "n_articles")?,
    })
}
