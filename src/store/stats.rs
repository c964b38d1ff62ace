//! Rows and sizes.

use rusqlite::Connection;
use serde::Serialize;

use super::{error::FileName, file::beside, row::Statements as _, work::Done};

/// The store in a few numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Articles.
    pub articles: u64,
    /// Pages that wait.
    pub waiting: u64,
    /// Cursor of the latest change.
    pub last_cursor: i64,
    /// Bytes of the file and its log.
    pub bytes: u64,
}

/// Rows and sizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoreStats {
    /// The file.
    pub path: String,
    /// Number of the schema.
    pub schema: i64,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of the write-ahead log.
    pub log_bytes: u64,
    /// Bytes of the file that hold nothing.
    pub free_bytes: u64,
    /// Feeds, removed ones too.
    pub feeds: u64,
    /// Articles.
    pub articles: u64,
    /// Articles that stand for a story with others in it.
    pub stories_shared: u64,
    /// Revisions, the current ones too.
    pub revisions: u64,
    /// Places that list an article.
    pub listings: u64,
    /// Changes.
    pub changes: u64,
    /// Cursor of the latest change.
    pub last_cursor: i64,
    /// Pages that wait.
    pub queue: u64,
    /// Polls.
    pub polls: u64,
    /// Page fetches.
    pub fetches: u64,
    /// Raw pages kept.
    pub raw_pages: u64,
    /// Bytes of raw pages, compressed.
    pub raw_bytes: u64,
    /// Tombstones.
    pub tombstones: u64,
}

pub(super) fn totals(connection: &Connection, file: &FileName) -> Done<Totals> {
    Ok(Totals {
        articles: number(connection, "SELECT count(*) FROM articles")?,
        waiting: number(connection, "SELECT count(*) FROM queue")?,
        last_cursor: last_cursor(connection)?,
        bytes: size_of(file, "") + size_of(file, "-wal"),
    })
}

pub(super) fn stats(connection: &Connection, file: &FileName) -> Done<StoreStats> {
    let page_size = number(connection, "PRAGMA page_size")?;
    let count = |sql: &str| number(connection, sql);
    Ok(StoreStats {
        path: file.path.display().to_string(),
        schema: connection.number("PRAGMA user_version", &[])?,
        file_bytes: size_of(file, ""),
        log_bytes: size_of(file, "-wal"),
        free_bytes: count("PRAGMA freelist_count")? * page_size,
        feeds: count("SELECT count(*) FROM feeds")?,
        articles: count("SELECT count(*) FROM articles")?,
        stories_shared: count(
            "SELECT count(*) FROM (SELECT 1 FROM articles GROUP BY story_id HAVING count(*) > 1)",
        )?,
        revisions: count(
            "SELECT (SELECT count(*) FROM revisions) + (SELECT count(*) FROM articles)",
        )?,
        listings: count("SELECT count(*) FROM listings WHERE article_id IS NOT NULL")?,
        changes: count("SELECT count(*) FROM changes")?,
        last_cursor: last_cursor(connection)?,
        queue: count("SELECT count(*) FROM queue")?,
        polls: count("SELECT count(*) FROM polls")?,
        fetches: count("SELECT count(*) FROM fetches")?,
        raw_pages: count("SELECT count(*) FROM raw_pages")?,
        raw_bytes: count(
            "SELECT sum(bytes) FROM (SELECT length(zstd) AS bytes FROM raw_pages
               UNION ALL SELECT length(zstd) FROM dictionaries)",
        )?,
        tombstones: count("SELECT count(*) FROM tombstones")?,
    })
}

fn last_cursor(connection: &Connection) -> Done<i64> {
    Ok(connection.number("SELECT max(cursor) FROM changes", &[])?)
}

fn number(connection: &Connection, sql: &str) -> Done<u64> {
    Ok(u64::try_from(connection.number(sql, &[])?).unwrap_or(0))
}

/// Bytes of the file with this ending; 0 when there is none.
fn size_of(file: &FileName, ending: &str) -> u64 {
    std::fs::metadata(beside(&file.path, ending)).map_or(0, |metadata| metadata.len())
}
