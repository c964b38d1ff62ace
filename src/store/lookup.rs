//! What the pipeline asks before it plans: known listings, due pages, robots.txt.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row};

use super::{
    record::{
        DuePage, HostHold, KnownListing, PageWanted, QueuedPage, RobotsCost, RobotsRow, RobotsState,
    },
    row::{Statements as _, bind, opt_time, small_count, time_text},
    tombstone,
    work::Done,
};
use crate::model::{ArticleId, Entry, FeedId, LONGEST_WAIT, QueueId};

const KNOWN: &str = "SELECT guid, canonical_url, entry_hash, article_id IS NOT NULL FROM listings";

/// What is known of entries by their keys. An entry that was forgotten on purpose counts as known
/// with an article, so that its page is not asked for.
pub(super) fn known_listings(
    connection: &Connection,
    feed: FeedId,
    guids: &[String],
) -> Done<Vec<KnownListing>> {
    let has_tombstones = !tombstone::is_empty(connection)?;
    let by_key = format!("{KNOWN} WHERE feed_id = ?1 AND guid = ?2");
    let mut known = Vec::new();
    for guid in guids {
        let found = connection.first(&by_key, &bind![feed.0, guid], read_known)?;
        if let Some(found) = found {
            known.push(found);
        } else if has_tombstones {
            known.extend(forgotten(connection, feed, guid)?);
        }
    }
    Ok(known)
}

fn forgotten(connection: &Connection, feed: FeedId, guid: &str) -> Done<Option<KnownListing>> {
    let key = tombstone::of_listing(feed.0, guid);
    let entry_hash: Option<Option<[u8; 32]>> = connection.first(
        "SELECT entry_hash FROM tombstones WHERE key = ?1",
        &bind![&key],
        |row| row.get(0),
    )?;
    Ok(entry_hash.map(|entry_hash| KnownListing {
        guid: guid.to_owned(),
        canonical_url: None,
        entry_hash: entry_hash.unwrap_or_default(),
        has_article: true,
    }))
}

/// What is known of a feed's entries by the match forms of their canonical addresses: each form
/// that is known, with the listing of this feed that has it.
pub(super) fn known_by_url(
    connection: &Connection,
    feed: FeedId,
    forms: &[String],
) -> Done<Vec<(String, KnownListing)>> {
    let stored = format!(
        "{KNOWN} WHERE feed_id = ?1
         AND article_id = (SELECT article_id FROM addresses WHERE match_url = ?2) LIMIT 1"
    );
    let waiting = format!(
        "{KNOWN} WHERE feed_id = ?1
         AND queue_id = (SELECT id FROM queue WHERE match_url = ?2) LIMIT 1"
    );
    let mut known = Vec::new();
    for form in forms {
        let binds = bind![feed.0, form];
        let mut found = connection.first(&stored, &binds, read_known)?;
        if found.is_none() {
            found = connection.first(&waiting, &binds, read_known)?;
        }
        known.extend(found.map(|found| (form.clone(), found)));
    }
    Ok(known)
}

fn read_known(row: &Row<'_>) -> rusqlite::Result<KnownListing> {
    Ok(KnownListing {
        guid: row.get(0)?,
        canonical_url: row.get(1)?,
        entry_hash: row.get(2)?,
        has_article: row.get(3)?,
    })
}

/// Pages of a feed whose turn has come, the longest due first. One that waits since a time to come was queued
/// before the clock was put back: it is due (R39).
pub(super) fn due_pages(
    connection: &Connection,
    feed: FeedId,
    limit: usize,
    now: DateTime<Utc>,
) -> Done<Vec<DuePage>> {
    Ok(connection.all(
        "SELECT id, feed_id, url, canonical_url, is_refresh, attempts, article_id, entry
         FROM queue WHERE feed_id = ?1 AND (not_before <= ?2 OR not_before > ?4 OR since > ?2)
         ORDER BY not_before, id LIMIT ?3",
        &bind![
            feed.0,
            time_text(now),
            i64::try_from(limit).unwrap_or(i64::MAX),
            time_text(now + LONGEST_WAIT),
        ],
        read_due,
    )?)
}

fn read_due(row: &Row<'_>) -> rusqlite::Result<DuePage> {
    let entry: String = row.get("entry")?;
    let url: String = row.get("url")?;
    Ok(DuePage {
        wanted: PageWanted::Queue(QueueId(row.get("id")?)),
        feed: FeedId(row.get("feed_id")?),
        page: QueuedPage {
            entry: serde_json::from_str(&entry).unwrap_or_else(|_| bare_entry(&url)),
            canonical_url: row.get("canonical_url")?,
            is_refresh: row.get("is_refresh")?,
            url,
        },
        attempts: small_count(row, "attempts")?,
        article: row.get::<_, Option<i64>>("article_id")?.map(ArticleId),
        known: None,
    })
}

/// Stands for an entry that another version wrote in a way we cannot read: the page can still be
/// fetched.
fn bare_entry(url: &str) -> Entry {
    Entry {
        guid: url.to_owned(),
        url: Some(url.to_owned()),
        ..Entry::default()
    }
}

/// Pages of a feed that wait, due or not.
pub(super) fn waiting(connection: &Connection, feed: FeedId) -> Done<u64> {
    let n = connection.number(
        "SELECT count(*) FROM queue WHERE feed_id = ?1",
        &bind![feed.0],
    )?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// Hosts that are to be left alone after `now`.
pub(super) fn host_holds(connection: &Connection, now: DateTime<Utc>) -> Done<Vec<HostHold>> {
    Ok(connection.all(
        "SELECT host, until FROM host_holds WHERE until > ?1",
        &bind![now],
        |row| {
            Ok(HostHold {
                host: row.get("host")?,
                until: opt_time(row, "until")?.unwrap_or(now),
            })
        },
    )?)
}

/// Feeds on whose behalf pages wait.
pub(super) fn feeds_with_backlog(connection: &Connection) -> Done<Vec<FeedId>> {
    Ok(
        connection.all("SELECT DISTINCT feed_id FROM queue", &bind![], |row| {
            Ok(FeedId(row.get(0)?))
        })?,
    )
}

/// The robots.txt last had of an origin.
pub(super) fn robots(connection: &Connection, origin: &str) -> Done<Option<RobotsRow>> {
    Ok(connection.first(
        "SELECT origin, fetched_at, state, body, body_at, etag, last_modified FROM robots
         WHERE origin = ?1",
        &bind![origin],
        |row| {
            let state: String = row.get("state")?;
            Ok(RobotsRow {
                holds: Vec::new(),
                origin: row.get("origin")?,
                fetched_at: opt_time(row, "fetched_at")?.unwrap_or(DateTime::UNIX_EPOCH),
                state: state_of(&state),
                body: row.get("body")?,
                body_at: opt_time(row, "body_at")?,
                etag: row.get("etag")?,
                last_modified: row.get("last_modified")?,
                cost: RobotsCost::default(),
            })
        },
    )?)
}

/// The name of an answer in `v1_hosts.robots`.
pub(super) const fn state_name(state: RobotsState) -> &'static str {
    match state {
        RobotsState::Found => "found",
        RobotsState::Missing => "missing",
        RobotsState::Unreachable => "unreachable",
    }
}

fn state_of(name: &str) -> RobotsState {
    [RobotsState::Found, RobotsState::Missing]
        .into_iter()
        .find(|&state| state_name(state) == name)
        // The careful reading of a name of another version: nothing is allowed.
        .unwrap_or(RobotsState::Unreachable)
}
