//! Full-text search.

use rusqlite::Connection;

use super::{
    filter::Condition,
    query::{self, Query},
    row::{Bind, Statements as _, bind},
    rows::{FromView as _, SearchHit},
    work::Done,
};

/// Hits when no limit is given.
const LIMIT: u32 = 100;

/// Matches that are ranked when nothing but the query chooses: of more than these, the newest.
/// Ranking costs about a microsecond a match, and the best of a hundred thousand texts with a word
/// that everybody uses are no better than the best of the newest.
const RANKED: i64 = 10_000;

/// Words of a snippet around a hit; a trigram table counts characters.
const SNIPPET_WORDS: i64 = 24;
const SNIPPET_TRIGRAMS: i64 = 48;

const COLUMNS: &str = "a.id, a.cursor, a.url, a.feed_id,
    (SELECT coalesce(f.name, f.url) FROM feeds f WHERE f.id = a.feed_id) AS feed, a.title,
    a.published_at, a.first_seen_at, a.language, a.word_count, a.story_id";

/// The best hits of a query among the articles of the condition.
pub(super) fn search(
    connection: &Connection,
    typed: &str,
    condition: Condition,
    limit: Option<u32>,
) -> Done<Vec<SearchHit>> {
    let limit = limit.unwrap_or(LIMIT);
    match query::read(typed) {
        Query::Nothing => Ok(Vec::new()),
        Query::Words(matching) => matched(
            connection,
            ("articles_fts", SNIPPET_WORDS),
            matching,
            condition,
            limit,
        ),
        Query::Trigrams {
            matching: Some(matching),
            parts,
        } => {
            let table = ("articles_fts_cjk", SNIPPET_TRIGRAMS);
            let condition = with_parts(condition, &parts);
            matched(connection, table, matching, condition, limit)
        }
        Query::Trigrams {
            matching: None,
            parts,
        } => scanned(connection, &parts, condition, limit),
    }
}

fn with_parts(mut condition: Condition, parts: &[String]) -> Condition {
    for part in parts {
        condition.and(
            "(instr(a.text, ?) > 0 OR instr(coalesce(a.title, ''), ?) > 0)",
            part.clone(),
        );
    }
    condition
}

/// FTS5 gives its hits in the order of their rank, so only those shown are looked at closer.
fn matched(
    connection: &Connection,
    (table, n_tokens): (&str, i64),
    matching: String,
    mut condition: Condition,
    limit: u32,
) -> Done<Vec<SearchHit>> {
    let floor = if condition.is_empty() {
        oldest_ranked(connection, table, &matching)?
    } else {
        None
    };
    condition.and(&format!("{table} MATCH ?"), matching);
    if let Some(floor) = floor {
        condition.and(&format!("{table}.rowid >= ?"), floor);
    }
    let sql = format!(
        "SELECT {table}.rank AS rank, snippet({table}, 1, '[', ']', '…', {n_tokens}) AS snippet,
           {COLUMNS}
         FROM {table} CROSS JOIN articles a ON a.id = {table}.rowid
         WHERE {} ORDER BY {table}.rank LIMIT {limit}",
        condition.sql()
    );
    Ok(connection.all(&sql, condition.binds(), SearchHit::from_view)?)
}

/// The oldest match to be ranked; `None` when all are.
fn oldest_ranked(connection: &Connection, table: &str, matching: &str) -> Done<Option<i64>> {
    Ok(connection.first(
        &format!(
            "SELECT rowid FROM {table} WHERE {table} MATCH ?1 ORDER BY rowid DESC
             LIMIT 1 OFFSET {}",
            RANKED - 1
        ),
        &bind![matching],
        |row| row.get(0),
    )?)
}

/// Terms of one or two characters are in no trigram: the latest articles are read until there are
/// enough hits.
fn scanned(
    connection: &Connection,
    parts: &[String],
    condition: Condition,
    limit: u32,
) -> Done<Vec<SearchHit>> {
    let mut condition = with_parts(condition, parts);
    let shown: Bind<'static> = parts.first().cloned().unwrap_or_default().into();
    condition.and("? <> ''", shown);
    let place = condition.binds().len();
    let sql = format!(
        "SELECT 0.0 AS rank, replace(substr(a.text, max(1, instr(a.text, ?{place}) - 24), 72),
             ?{place}, '[' || ?{place} || ']') AS snippet,
           {COLUMNS}
         FROM articles a WHERE a.is_unspaced = 1 AND {} ORDER BY a.id DESC LIMIT {limit}",
        condition.sql()
    );
    Ok(connection.all(&sql, condition.binds(), SearchHit::from_view)?)
}
