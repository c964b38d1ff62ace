//! Feeds' rows: what the configuration names, what a person did, what is read back.

use std::collections::HashSet;

use rusqlite::Row;

use super::{
    error::Fault,
    record::{ConfiguredFeed, Excuse},
    row::{Statements, bind, list_of, list_text, not_before_text, opt_time, small_count},
    work::{Done, Work},
};
use crate::model::{ErrorClass, FeedId, FeedMemory, FeedRow, FeedStatus, UsualPages, Validators};

const COLUMNS: &str = "SELECT id, url, current_url, name, title, tags, status, last_polled_at,
    last_ok_at, next_poll_at, failures, validators_url, etag, last_modified, memory FROM feeds";

/// Brings the rows in line with the configuration: new feeds come, feeds no longer named become
/// `removed` (those fetched by hand stay as they are), names, tags and pauses follow. The rows of
/// the configured feeds, in the order given.
pub(super) fn sync(work: &Work<'_>, configured: &[ConfiguredFeed]) -> Done<Vec<FeedRow>> {
    let urls: HashSet<&str> = configured.iter().map(|feed| feed.url.as_str()).collect();
    let present: Vec<(i64, String)> = work.all(
        "SELECT id, url FROM feeds WHERE status NOT IN ('removed', 'adhoc')",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (id, _) in present
        .iter()
        .filter(|(_, url)| !urls.contains(url.as_str()))
    {
        set_status(work, FeedId(*id), FeedStatus::Removed)?;
    }
    for feed in configured {
        put(work, feed)?;
    }
    lift_refusals(work, configured)?;
    hand_over_queue(work)?;
    configured
        .iter()
        .map(|feed| by_url(work, &feed.url)?.ok_or_else(|| unknown(&feed.url)))
        .collect()
}

fn put(work: &Work<'_>, feed: &ConfiguredFeed) -> Done<()> {
    let binds = bind![
        &feed.url,
        feed.name.as_ref(),
        list_text(feed.tags.iter().map(String::as_str)),
        feed.is_paused,
        feed.is_tls_unverified,
        work.now
    ];
    // Written only where something changes: 10,000 feeds are synchronised at each start.
    work.run(
        "INSERT INTO feeds (url, current_url, name, tags, status, is_tls_unverified, added_at)
         VALUES (?1, ?1, ?2, ?3, CASE WHEN ?4 THEN 'paused' ELSE 'active' END, ?5, ?6)
         ON CONFLICT (url) DO UPDATE SET name = excluded.name, tags = excluded.tags,
           is_tls_unverified = excluded.is_tls_unverified,
           memory = CASE WHEN ?4 AND flags LIKE '%layout_changed%'
             THEN json_remove(memory, '$.usual') ELSE memory END,
           flags = CASE WHEN ?4 THEN '[]' ELSE flags END,
           status = CASE WHEN ?4 THEN 'paused'
             WHEN status IN ('gone', 'quarantined') THEN status ELSE 'active' END
         WHERE name IS NOT excluded.name OR tags <> excluded.tags
           OR is_tls_unverified <> excluded.is_tls_unverified
           OR (?4 AND status <> 'paused')
           OR (NOT ?4 AND status NOT IN ('active', 'gone', 'quarantined'))",
        &binds,
    )?;
    Ok(())
}

/// A feed that was refused for its address is due again once the list of allowed addresses is another one: the
/// configuration refused it, not the server, so no backoff stands against it either.
fn lift_refusals(work: &Work<'_>, configured: &[ConfiguredFeed]) -> Done<()> {
    let refused: HashSet<String> = work
        .all(
            "SELECT url FROM feeds WHERE error_class = ?1",
            &bind![ErrorClass::AddressRefused.as_str()],
            |row| row.get(0),
        )?
        .into_iter()
        .collect();
    for feed in configured.iter().filter(|feed| refused.contains(&feed.url)) {
        work.run(
            "UPDATE feeds SET next_poll_at = ?3, failures = 0, memory = json_set(memory, '$.refused_under', ?2)
             WHERE url = ?1 AND json_extract(memory, '$.refused_under') IS NOT ?2",
            &bind![&feed.url, &feed.allowed, work.now],
        )?;
    }
    Ok(())
}

/// The row of a feed fetched by hand, made as `adhoc` when the address is new.
pub(super) fn adhoc(work: &Work<'_>, url: &str) -> Done<FeedRow> {
    work.run(
        "INSERT INTO feeds (url, current_url, tags, status, added_at)
         VALUES (?1, ?1, '[]', 'adhoc', ?2)
         ON CONFLICT (url) DO UPDATE SET status = 'adhoc' WHERE status = 'removed'",
        &bind![url, work.now],
    )?;
    by_url(work, url)?.ok_or_else(|| unknown(url))
}

/// The mark of a feed that has become another one (R23). Pausing a feed takes its marks away.
pub(super) const IDENTITY_CHANGED: &str = "identity_changed";

/// The mark of a feed whose pages are no longer read as they used to be.
pub(super) const LAYOUT_CHANGED: &str = "layout_changed";

/// Gives a feed a mark or takes it away; other marks stay.
pub(super) fn mark(work: &Work<'_>, feed: FeedId, mark: &str, is_marked: bool) -> Done<()> {
    let mut marks = marks(work, feed)?;
    if marks.iter().any(|other| other == mark) == is_marked {
        return Ok(());
    }
    marks.retain(|other| other != mark);
    if is_marked {
        marks.push(mark.to_owned());
    }
    work.run(
        "UPDATE feeds SET flags = ?2 WHERE id = ?1",
        &bind![feed.0, list_text(marks.iter().map(String::as_str))],
    )?;
    Ok(())
}

fn marks(work: &Work<'_>, feed: FeedId) -> Done<Vec<String>> {
    let marks: Option<String> = work.first(
        "SELECT flags FROM feeds WHERE id = ?1",
        &bind![feed.0],
        |row| row.get(0),
    )?;
    Ok(marks.map(|marks| list_of(&marks)).unwrap_or_default())
}

/// Whether a feed has become another one.
pub(super) fn is_another(work: &Work<'_>, feed: FeedId) -> Done<bool> {
    Ok(marks(work, feed)?
        .iter()
        .any(|mark| mark == IDENTITY_CHANGED))
}

/// Sets where a feed stands, and finds others for the pages it leaves waiting.
pub(super) fn set_status(work: &Work<'_>, feed: FeedId, status: FeedStatus) -> Done<()> {
    let changed = work.run(
        "UPDATE feeds SET status = ?2 WHERE id = ?1",
        &bind![feed.0, status.as_str()],
    )?;
    if changed == 0 {
        return Err(unknown(&feed.to_string()));
    }
    Ok(())
}

/// A page that waits under a feed that is no longer polled goes to another feed that lists it.
pub(super) fn hand_over_queue(work: &Work<'_>) -> Done<()> {
    work.run(
        "UPDATE queue SET feed_id = (
           SELECT l.feed_id FROM listings l JOIN feeds f ON f.id = l.feed_id
           WHERE l.queue_id = queue.id AND f.status IN ('active', 'adhoc') ORDER BY l.id LIMIT 1)
         WHERE (SELECT status FROM feeds WHERE id = queue.feed_id) NOT IN ('active', 'adhoc')
           AND EXISTS (SELECT 1 FROM listings l JOIN feeds f ON f.id = l.feed_id
             WHERE l.queue_id = queue.id AND f.status IN ('active', 'adhoc'))",
        &[],
    )?;
    Ok(())
}

/// Gives a feed another address; its history stays. Validators belong to the old address.
pub(super) fn rename(work: &Work<'_>, from: &str, to: &str) -> Done<FeedRow> {
    let feed = by_url(work, from)?.ok_or_else(|| unknown(from))?;
    if from == to {
        return Ok(feed);
    }
    if by_url(work, to)?.is_some() {
        return Err(Fault::Request(format!("feed `{to}` exists already")));
    }
    work.run(
        "UPDATE feeds SET url = ?2, current_url = ?2, validators_url = NULL, etag = NULL,
           last_modified = NULL WHERE id = ?1",
        &bind![feed.id.0, to],
    )?;
    by_url(work, to)?.ok_or_else(|| unknown(to))
}

/// Remembers whether a feed's own text proved to be the whole article: `n_checked` more entries
/// were compared; `streak` of them in a row at the end were whole, which goes on from the streak
/// before unless one of them broke it.
pub(super) fn learn_full_text(work: &Work<'_>, learned: &FullTextLearned) -> Done<()> {
    let Some(row) = by_id(work, learned.feed)? else {
        return Err(unknown(&learned.feed.to_string()));
    };
    let mut memory = row.memory;
    memory.full_text_checked = memory.full_text_checked.saturating_add(learned.n_checked);
    memory.full_text_streak = if learned.is_broken {
        learned.streak
    } else {
        memory.full_text_streak.saturating_add(learned.streak)
    };
    set_memory(work, learned.feed, &memory)
}

/// Remembers what a feed's pages are usually like.
pub(super) fn set_usual(work: &Work<'_>, feed: FeedId, usual: &UsualPages) -> Done<()> {
    let Some(row) = by_id(work, feed)? else {
        return Err(unknown(&feed.to_string()));
    };
    let memory = FeedMemory {
        usual: usual.clone(),
        ..row.memory
    };
    set_memory(work, feed, &memory)
}

fn set_memory(work: &Work<'_>, feed: FeedId, memory: &FeedMemory) -> Done<()> {
    let memory = serde_json::to_string(memory).unwrap_or_else(|_| "{}".to_owned());
    work.run(
        "UPDATE feeds SET memory = ?2 WHERE id = ?1",
        &bind![feed.0, memory],
    )?;
    Ok(())
}

/// Takes failures back; a feed that is there no more needs none.
pub(super) fn excuse(work: &Work<'_>, excuses: &[Excuse]) -> Done<()> {
    for excuse in excuses {
        let Some(row) = by_id(work, excuse.feed)? else {
            continue;
        };
        let memory = FeedMemory {
            bounds: excuse.bounds.clone(),
            ..row.memory
        };
        let memory = serde_json::to_string(&memory).unwrap_or_else(|_| "{}".to_owned());
        work.run(
            "UPDATE feeds SET failures = ?2, next_poll_at = ?3, memory = ?4 WHERE id = ?1",
            &bind![
                excuse.feed.0,
                excuse.failures,
                not_before_text(excuse.next_poll_at),
                memory
            ],
        )?;
    }
    Ok(())
}

/// See [`learn_full_text`].
#[derive(Debug, Clone, Copy)]
pub(super) struct FullTextLearned {
    pub(super) feed: FeedId,
    pub(super) n_checked: u32,
    pub(super) streak: u32,
    pub(super) is_broken: bool,
}

fn unknown(feed: &str) -> Fault {
    Fault::Request(format!("there is no feed `{feed}`"))
}

/// All feeds in the order of their rows.
pub(super) fn all(on: &impl Statements) -> Done<Vec<FeedRow>> {
    Ok(on.all(&format!("{COLUMNS} ORDER BY id"), &[], read)?)
}

/// One feed.
pub(super) fn by_id(on: &impl Statements, feed: FeedId) -> Done<Option<FeedRow>> {
    Ok(on.first(&format!("{COLUMNS} WHERE id = ?1"), &bind![feed.0], read)?)
}

/// The feed configured under an address.
pub(super) fn by_url(on: &impl Statements, url: &str) -> Done<Option<FeedRow>> {
    Ok(on.first(&format!("{COLUMNS} WHERE url = ?1"), &bind![url], read)?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<FeedRow> {
    let tags: String = row.get("tags")?;
    let status: String = row.get("status")?;
    let memory: String = row.get("memory")?;
    Ok(FeedRow {
        id: FeedId(row.get("id")?),
        url: row.get("url")?,
        current_url: row.get("current_url")?,
        name: row.get("name")?,
        title: row.get("title")?,
        tags: list_of(&tags),
        // A status of a newer feedmill is left alone.
        status: FeedStatus::from_name(&status).unwrap_or(FeedStatus::Paused),
        last_polled_at: opt_time(row, "last_polled_at")?,
        last_ok_at: opt_time(row, "last_ok_at")?,
        next_poll_at: opt_time(row, "next_poll_at")?,
        failures: small_count(row, "failures")?,
        validators: read_validators(row)?,
        // Every field has a default, so what cannot be read costs a poll or two, not the feed.
        memory: serde_json::from_str::<FeedMemory>(&memory).unwrap_or_default(),
    })
}

fn read_validators(row: &Row<'_>) -> rusqlite::Result<Option<Validators>> {
    let url: Option<String> = row.get("validators_url")?;
    let Some(url) = url else {
        return Ok(None);
    };
    Ok(Some(Validators {
        url,
        etag: row.get("etag")?,
        last_modified: row.get("last_modified")?,
    }))
}
