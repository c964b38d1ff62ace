//! What is kept no longer: articles, raw pages, the ledger's old rows; and the file put in order.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::{
    dictionary,
    filter::Condition,
    label,
    record::{FileUse, Pruning, Step},
    row::{Statements as _, bind, time_text},
    upkeep::forget_article,
    work::{Done, Work},
};
use crate::model::FeedId;

/// Pages given back to the file system at once: the lock is held meanwhile.
const FREED_PAGES: i64 = 2_000;

/// Pages of the full-text index that one step merges.
const MERGED_PAGES: i64 = 400;

/// A merge that changed fewer rows than this had nothing to do (SQLite, FTS5, "The 'merge' Command").
const IDLE_CHANGES: u64 = 2;

/// Rows that one step takes out: the lock is held meanwhile (R33).
const ARTICLES_AT_ONCE: u32 = 20;
const RAW_AT_ONCE: u32 = 100;
const LEDGER_AT_ONCE: u32 = 500;

/// How often so many are looked at in vain before the next hour goes on.
const LOOKS_AT_ONCE: u32 = 20;

/// Does one step; 0: there was nothing left to do.
pub(super) fn step(work: &mut Work<'_>, step: &Step) -> Done<usize> {
    match step {
        Step::Articles(pruning) => prune_articles(work, pruning),
        Step::ExpiredRaw(now) => prune_raw(work, *now),
        Step::OldestRaw => drop_oldest_raw(work),
        Step::Ledger(before) => roll_ledger(work, *before),
        Step::Days(before) => prune_days(work, *before),
        Step::MergeWords { is_first } => {
            Ok(usize::from(merge_index(work, "articles_fts", *is_first)?))
        }
        Step::MergeTrigrams { is_first } => Ok(usize::from(merge_index(
            work,
            "articles_fts_cjk",
            *is_first,
        )?)),
        Step::Analyze => {
            analyze(work)?;
            Ok(0)
        }
        Step::FreePages => Ok(usize::from(free_pages(work)?)),
    }
}

/// Takes out some articles, the oldest first; how many went. They stay out, as forgotten ones do.
fn prune_articles(work: &mut Work<'_>, pruning: &Pruning) -> Done<usize> {
    let articles = to_prune(work.connection, pruning, ARTICLES_AT_ONCE)?;
    for &article in &articles {
        forget_article(work, article)?;
    }
    Ok(articles.len())
}

/// How many articles would go.
pub(super) fn count_to_prune(connection: &Connection, pruning: &Pruning) -> Done<usize> {
    Ok(to_prune(connection, pruning, u32::MAX)?.len())
}

/// Articles of a feed are those that no other feed lists.
fn to_prune(connection: &Connection, pruning: &Pruning, limit: u32) -> Done<Vec<i64>> {
    let mut condition = Condition::default();
    if let Some(before) = pruning.before {
        condition.and("a.first_seen_at < ?", time_text(before));
    }
    if let Some(FeedId(feed)) = pruning.feed {
        condition.and(
            "EXISTS (SELECT 1 FROM listings l WHERE l.article_id = a.id AND l.feed_id = ?)
             AND NOT EXISTS (SELECT 1 FROM listings l WHERE l.article_id = a.id AND l.feed_id <> ?)",
            feed,
        );
        condition.and(
            "a.id IN (SELECT rowid FROM article_labels WHERE article_labels MATCH ?)",
            label::of_feed(feed),
        );
    }
    let sql = format!(
        "SELECT a.id FROM articles a WHERE {} ORDER BY a.first_seen_at, a.id LIMIT {limit}",
        condition.sql()
    );
    Ok(connection.all(&sql, condition.binds(), |row| row.get(0))?)
}

/// Takes out raw pages that have run out; how many went.
fn prune_raw(work: &Work<'_>, now: DateTime<Utc>) -> Done<usize> {
    dictionary::take_out_pages(
        work,
        "(article_id, revision) IN (
           SELECT article_id, revision FROM raw_pages
           WHERE keep_until IS NOT NULL AND keep_until <= ?1 LIMIT ?2)",
        &bind![now, RAW_AT_ONCE],
    )
}

/// Takes out the oldest raw pages, whatever they were to be kept for; how many went.
fn drop_oldest_raw(work: &Work<'_>) -> Done<usize> {
    dictionary::take_out_pages(
        work,
        "(article_id, revision) IN (
           SELECT article_id, revision FROM raw_pages ORDER BY article_id LIMIT ?1)",
        &bind![RAW_AT_ONCE],
    )
}

/// Sums up some of the ledger's rows that began before a time; how many went. What says how a text was
/// made stays, as do gaps and each feed's last good poll.
fn roll_ledger(work: &Work<'_>, before: DateTime<Utc>) -> Done<usize> {
    work.run(
        "UPDATE polls SET gap_after = (SELECT b.started_at FROM polls b
           WHERE b.feed_id = polls.feed_id AND b.id < polls.id AND b.outcome IN ('ok', 'not_modified')
           ORDER BY b.id DESC LIMIT 1)
         WHERE is_gap = 1 AND gap_after IS NULL",
        &[],
    )?;
    let polls: Vec<i64> = work.all(
        "SELECT p.id FROM polls p WHERE p.is_gap = 0 AND p.started_at < ?1
           AND p.id IS NOT (SELECT max(b.id) FROM polls b
             WHERE b.feed_id = p.feed_id AND b.outcome IN ('ok', 'not_modified'))
         ORDER BY p.id LIMIT ?2",
        &bind![before, LEDGER_AT_ONCE],
        |row| row.get(0),
    )?;
    let fetches = old_fetches(work, before)?;
    for poll in &polls {
        sum_up(work, "poll", "polls", "n_new, n_revised", *poll)?;
    }
    for fetch in &fetches {
        sum_up(work, "fetch", "fetches", "0, 0", *fetch)?;
    }
    Ok(polls.len() + fetches.len())
}

/// Some fetches that began before a time and made no text that is kept.
///
/// Most fetches did make one and stay with their article, a row for each article of the store; so it is kept up to
/// which one they were looked at, and none is looked at again.
fn old_fetches(work: &Work<'_>, before: DateTime<Utc>) -> Done<Vec<i64>> {
    let mut found = Vec::new();
    for _ in 0..LOOKS_AT_ONCE {
        let seen = work.number(
            "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE key = 'ledger_fetch'",
            &[],
        )?;
        let rows: Vec<(i64, bool, bool)> = work.all(
            "SELECT f.id, f.started_at >= ?2 AND f.started_at <= ?3,
               f.started_at < ?2 AND NOT EXISTS (SELECT 1 FROM provenance p
                 WHERE p.article_id = f.article_id AND p.fetch_id = f.id)
             FROM fetches f WHERE f.id > ?1 ORDER BY f.id LIMIT ?4",
            &bind![seen, before, work.now, LEDGER_AT_ONCE],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        // Later than now: a clock was set back since. It stands in nobody's way.
        let old = rows.iter().take_while(|(_, is_recent, _)| !is_recent);
        let Some((last, ..)) = old.clone().last() else {
            break;
        };
        work.run(
            "INSERT INTO meta (key, value) VALUES ('ledger_fetch', ?1)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            &bind![*last],
        )?;
        found.extend(old.filter(|(_, _, goes)| *goes).map(|(id, ..)| *id));
        if !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// Adds one row to its day and takes it out.
fn sum_up(work: &Work<'_>, kind: &str, table: &str, counts: &str, id: i64) -> Done<()> {
    work.run(
        &format!(
            "INSERT INTO ledger_days (feed_id, day, kind, outcome, error_class, requests, duration_ms,
               bytes_wire, bytes_body, n_new, n_revised)
             SELECT feed_id, substr(started_at, 1, 10), ?2, outcome, coalesce(error_class, ''), 1,
               duration_ms, bytes_wire, bytes_body, {counts} FROM {table} WHERE id = ?1
             ON CONFLICT (feed_id, day, kind, outcome, error_class) DO UPDATE SET
               requests = requests + 1, duration_ms = duration_ms + excluded.duration_ms,
               bytes_wire = bytes_wire + excluded.bytes_wire,
               bytes_body = bytes_body + excluded.bytes_body,
               n_new = n_new + excluded.n_new, n_revised = n_revised + excluded.n_revised"
        ),
        &bind![id, kind],
    )?;
    work.run(&format!("DELETE FROM {table} WHERE id = ?1"), &bind![id])?;
    Ok(())
}

/// Takes out days before a time; how many rows went.
fn prune_days(work: &Work<'_>, before: DateTime<Utc>) -> Done<usize> {
    let day: String = time_text(before).chars().take(10).collect();
    let ledger = work.run("DELETE FROM ledger_days WHERE day < ?1", &bind![&day])?;
    let hosts = work.run("DELETE FROM host_days WHERE day < ?1", &bind![&day])?;
    Ok(ledger + hosts)
}

/// Gives some free pages back to the file system; whether there are more.
fn free_pages(work: &Work<'_>) -> Done<bool> {
    work.connection
        .execute_batch(&format!("PRAGMA incremental_vacuum({FREED_PAGES})"))?;
    Ok(work.number("PRAGMA freelist_count", &[])? > 0)
}

/// Merges a piece of the full-text index; whether there is more to merge. `is_first` asks for a merge
/// of all segments into one, which the further steps go on with.
fn merge_index(work: &Work<'_>, table: &'static str, is_first: bool) -> Done<bool> {
    let before = work.connection.total_changes();
    let pages = if is_first {
        -MERGED_PAGES
    } else {
        MERGED_PAGES
    };
    work.run(
        &format!("INSERT INTO {table} ({table}, rank) VALUES ('merge', ?1)"),
        &bind![pages],
    )?;
    let n_changes = work.connection.total_changes() - before;
    Ok(n_changes >= IDLE_CHANGES)
}

/// Brings the planner's numbers up to date.
fn analyze(work: &Work<'_>) -> Done<()> {
    work.connection.execute_batch("PRAGMA optimize")?;
    Ok(())
}

/// How large the file is, and how much of it is free.
pub(super) fn file_use(connection: &Connection) -> Done<FileUse> {
    let number =
        |sql: &str| -> Done<u64> { Ok(u64::try_from(connection.number(sql, &[])?).unwrap_or(0)) };
    let page = number("PRAGMA page_size")?;
    Ok(FileUse {
        bytes: page * number("PRAGMA page_count")?,
        free_bytes: page * number("PRAGMA freelist_count")?,
    })
}
