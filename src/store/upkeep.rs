//! What is not ingest: robots.txt, forgetting, trying whether there is room.

use super::{
    address::typed_match_form,
    article, dictionary, label, ledger,
    lookup::state_name,
    place,
    record::{RobotsRow, RobotsState},
    row::{Statements as _, bind},
    story, tombstone,
    work::{Done, Work},
};
use crate::model::{ChangeKind, Outcome};

/// Keeps what a request for robots.txt came to.
pub(super) fn save_robots(work: &Work<'_>, row: &RobotsRow) -> Done<()> {
    let host = row
        .origin
        .split_once("://")
        .map_or(row.origin.as_str(), |(_, host)| host);
    work.run(
        "INSERT INTO robots (origin, host, fetched_at, state, body, body_at, etag, last_modified)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (origin) DO UPDATE SET fetched_at = excluded.fetched_at,
           state = excluded.state, body = excluded.body, body_at = excluded.body_at,
           etag = excluded.etag, last_modified = excluded.last_modified",
        &bind![
            &row.origin,
            host,
            row.fetched_at,
            state_name(row.state),
            row.body.as_deref(),
            row.body_at,
            row.etag.as_deref(),
            row.last_modified.as_deref(),
        ],
    )?;
    ledger::keep_holds(work, &row.holds)?;
    ledger::count_host(
        work,
        &ledger::HostUse {
            host,
            n_requests: row.cost.n_requests,
            is_not_modified: row.cost.is_not_modified,
            outcome: match row.state {
                RobotsState::Found | RobotsState::Missing => Outcome::Ok,
                RobotsState::Unreachable => Outcome::Failed,
            },
            bytes_wire: row.cost.bytes_wire,
            bytes_body: row.cost.bytes_body,
        },
    )?;
    ledger::count_redirects(work, &row.cost.other_hosts)
}

/// Takes articles out for good: text, revisions, raw page, listings, fetches; their place in the
/// change feed tells `pruned`. Tombstones (hashes of addresses, keys and text) keep them out.
/// An address that leads to no article gets its tombstone as well. How many articles went.
/// What is taken out is overwritten; its words stand in the full-text index until that is merged.
pub(super) fn forget(work: &mut Work<'_>, urls: &[String]) -> Done<usize> {
    work.connection.execute_batch("PRAGMA secure_delete = ON")?;
    let done = forget_each(work, urls);
    work.connection
        .execute_batch("PRAGMA secure_delete = OFF")?;
    done
}

fn forget_each(work: &mut Work<'_>, urls: &[String]) -> Done<usize> {
    let mut n_forgotten = 0;
    for url in urls {
        let Some(form) = typed_match_form(url) else {
            continue;
        };
        let mut forms = vec![form.clone()];
        if let Some(article) = place::article_at(work, &form)? {
            forms.extend(addresses_of(work, article)?);
            forget_article(work, article)?;
            n_forgotten += 1;
        }
        dictionary::forget(work, &forms)?;
        forget_waiting(work, &form)?;
        tombstone::set(work, &tombstone::of_address(&form), None)?;
    }
    Ok(n_forgotten)
}

fn addresses_of(work: &Work<'_>, article: i64) -> Done<Vec<String>> {
    Ok(work.all(
        "SELECT match_url FROM addresses WHERE article_id = ?1",
        &bind![article],
        |row| row.get(0),
    )?)
}

/// Takes an article out for good, with tombstones for all that could bring it back.
pub(super) fn forget_article(work: &mut Work<'_>, article: i64) -> Done<()> {
    let known: Option<(i64, Vec<u8>, i64)> = work.first(
        "SELECT revision, match_key, word_count FROM articles WHERE id = ?1",
        &bind![article],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let Some((revision, match_key, n_words)) = known else {
        return Ok(());
    };
    if let (Ok(key), true) = (<[u8; 32]>::try_from(match_key.as_slice()), n_words >= 50) {
        tombstone::set(work, &key, None)?;
    }
    label::note_removal(work, article)?;
    for form in addresses_of(work, article)? {
        tombstone::set(work, &tombstone::of_address(&form), None)?;
    }
    let waiting: Vec<String> = work.all(
        "SELECT match_url FROM queue WHERE article_id = ?1",
        &bind![article],
        |row| row.get(0),
    )?;
    forget_listings(work, "article_id", article)?;
    for form in waiting {
        forget_waiting(work, &form)?;
    }
    article::note_removal(work, article)?;
    story::forget(work, article)?;
    dictionary::take_out_pages(work, "article_id = ?1", &bind![article])?;
    for statement in [
        "DELETE FROM addresses WHERE article_id = ?1",
        "DELETE FROM reservations WHERE article_id = ?1",
        "DELETE FROM provenance WHERE article_id = ?1",
        "DELETE FROM rechecks WHERE article_id = ?1",
        "DELETE FROM left_out WHERE article_id = ?1",
        "DELETE FROM fetches WHERE article_id = ?1",
        "DELETE FROM revisions WHERE article_id = ?1",
        "DELETE FROM story_facts WHERE article_id = ?1",
        "DELETE FROM articles WHERE id = ?1",
    ] {
        work.run(statement, &bind![article])?;
    }
    work.change(article, revision, ChangeKind::Pruned)?;
    Ok(())
}

/// A page that waits under the address, and the entries that wait for it.
fn forget_waiting(work: &Work<'_>, form: &str) -> Done<()> {
    let queue: Option<i64> = work.first(
        "SELECT id FROM queue WHERE match_url = ?1",
        &bind![form],
        |row| row.get(0),
    )?;
    if let Some(queue) = queue {
        work.run(
            "UPDATE listings SET queue_id = NULL WHERE queue_id = ?1 AND article_id IS NOT NULL",
            &bind![queue],
        )?;
        forget_listings(work, "queue_id", queue)?;
        work.run("DELETE FROM queue WHERE id = ?1", &bind![queue])?;
    }
    Ok(())
}

fn forget_listings(work: &Work<'_>, column: &'static str, id: i64) -> Done<()> {
    let listings: Vec<(i64, i64, String, Vec<u8>)> = work.all(
        &format!("SELECT id, feed_id, guid, entry_hash FROM listings WHERE {column} = ?1"),
        &bind![id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    work.run(
        &format!(
            "UPDATE feeds SET n_articles = n_articles - 1 WHERE id IN
               (SELECT feed_id FROM listings WHERE {column} = ?1 AND article_id IS NOT NULL)"
        ),
        &bind![id],
    )?;
    for (listing, feed, guid, entry_hash) in listings {
        tombstone::set(work, &tombstone::of_listing(feed, &guid), Some(&entry_hash))?;
        work.run("DELETE FROM listings WHERE id = ?1", &bind![listing])?;
    }
    Ok(())
}

/// Room that a probe asks for: a poll with its pages writes about as much, and a full disk often
/// has a few KB left.
const PROBE_BYTES: i64 = 512 * 1024;

/// Writes a large value for the sake of writing; [`end_probe`] takes it out again.
pub(super) fn probe(work: &Work<'_>) -> Done<()> {
    work.run(
        "INSERT INTO meta (key, value) VALUES ('probe', randomblob(?1))
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        &bind![PROBE_BYTES],
    )?;
    Ok(())
}

/// Takes out what a probe wrote, in a transaction of its own: the pages must have reached the disk.
pub(super) fn end_probe(work: &Work<'_>) -> Done<()> {
    work.run("DELETE FROM meta WHERE key = 'probe'", &[])?;
    Ok(())
}
