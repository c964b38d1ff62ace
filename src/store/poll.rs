//! Keeps a poll: its row, its feed's row and what it listed, in one transaction.

use super::{
    address::match_form,
    feeds,
    ledger::{self, HostUse},
    listing::{self, ListingRow, Target},
    lookup,
    place::{self, Arrival, Placed, place},
    provenance::{self, Made, Reason},
    record::{
        ArticleContent, EntryAction, EntryRecord, Listing, PollRecord, QueuedPage, Stored,
        ValidatorsUpdate,
    },
    row::{Statements as _, bind, not_before_text},
    tombstone,
    work::{Done, Work},
};
use crate::model::{FeedId, FeedStatus, Outcome};

/// Keeps a poll, whole.
pub(super) fn finish_poll(work: &mut Work<'_>, record: &PollRecord) -> Done<Stored> {
    let mut stored = Stored::default();
    if record.is_identity_changed {
        feeds::mark(work, record.feed, feeds::IDENTITY_CHANGED, true)?;
    }
    let has_tombstones = !tombstone::is_empty(work)?;
    let mut made_here = Vec::new();
    for entry in &record.entries {
        if has_tombstones && is_forgotten(work, record.feed, &entry.listing)? {
            continue;
        }
        if let Some(made) = keep_entry(work, record.feed, entry, &mut stored)? {
            made_here.push(made);
        }
    }
    update_feed(work, record)?;
    let poll = ledger::write_poll(work, record, &stored)?;
    for (article, reason) in made_here {
        let made = Made {
            article,
            reason,
            poll: Some(poll),
            page: None,
        };
        provenance::keep(work, &made)?;
    }
    ledger::keep_holds(work, &record.holds)?;
    ledger::count_host(
        work,
        &HostUse {
            host: &record.host,
            n_requests: record.n_requests,
            is_not_modified: record.http_status == Some(304),
            outcome: record.outcome,
            bytes_wire: record.bytes_wire,
            bytes_body: record.bytes_body,
        },
    )?;
    ledger::count_redirects(work, &record.other_hosts)?;
    stored.n_waiting = lookup::waiting(work.connection, record.feed)?;
    Ok(stored)
}

fn is_forgotten(work: &Work<'_>, feed: FeedId, listing: &Listing) -> Done<bool> {
    if tombstone::has(work, &tombstone::of_listing(feed.0, &listing.guid))? {
        return Ok(true);
    }
    match listing.canonical_url.as_deref().and_then(match_form) {
        Some(form) => tombstone::has_address(work, &form),
        None => Ok(false),
    }
}

/// Keeps an entry; the article it made a revision of, and why.
fn keep_entry(
    work: &mut Work<'_>,
    feed: FeedId,
    entry: &EntryRecord,
    stored: &mut Stored,
) -> Done<Option<(i64, Reason)>> {
    match &entry.action {
        EntryAction::Seen => listing::seen(work, feed.0, &entry.listing.guid)?,
        EntryAction::Queue(page) => queue_entry(work, feed, &entry.listing, page, stored)?,
        EntryAction::Keep(content) => {
            return keep_text(work, feed, &entry.listing, content, stored);
        }
    }
    Ok(None)
}

fn queue_entry(
    work: &Work<'_>,
    feed: FeedId,
    listing: &Listing,
    page: &QueuedPage,
    stored: &mut Stored,
) -> Done<()> {
    let known = listing::find(work, feed.0, &listing.guid)?;
    let form = match_form(&page.canonical_url).unwrap_or_else(|| page.url.clone());
    let at_address = place::article_at(work, &form)?;
    let listed = known.and_then(|known| known.article);
    if let (Some(article), false) = (at_address, page.is_refresh) {
        if listed != Some(article) {
            stored.n_linked += 1;
        }
        let target = Target {
            article: Some(article),
            queue: None,
        };
        return listing::put(work, feed.0, known, listing, target);
    }
    let (queue, is_new) = join_queue(work, feed, &form, page, listed.or(at_address))?;
    stored.n_queued += u32::from(is_new);
    stored.n_linked += u32::from(listed.is_none() && at_address.is_some());
    let target = Target {
        article: listed.or(at_address),
        queue: Some(queue),
    };
    listing::put(work, feed.0, known, listing, target)
}

/// The queue row that waits for this address, made when there is none; whether it was made.
fn join_queue(
    work: &Work<'_>,
    feed: FeedId,
    form: &str,
    page: &QueuedPage,
    article: Option<i64>,
) -> Done<(i64, bool)> {
    let entry = entry_text(page);
    let waiting: Option<i64> = work.first(
        "SELECT id FROM queue WHERE match_url = ?1",
        &bind![form],
        |row| row.get(0),
    )?;
    let Some(queue) = waiting else {
        work.run(
            "INSERT INTO queue (match_url, feed_id, url, canonical_url, is_refresh, since,
               not_before, article_id, entry)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8)",
            &bind![
                form,
                feed.0,
                &page.url,
                &page.canonical_url,
                page.is_refresh,
                work.now,
                article,
                entry
            ],
        )?;
        return Ok((work.connection.last_insert_rowid(), true));
    };
    // The feed that asked first fetches, unless it is no longer polled.
    work.run(
        "UPDATE queue SET is_refresh = max(is_refresh, ?3), article_id = coalesce(article_id, ?4),
           entry = CASE WHEN feed_id = ?2 THEN ?5 ELSE entry END
         WHERE id = ?1",
        &bind![queue, feed.0, page.is_refresh, article, entry],
    )?;
    work.run(
        "UPDATE queue SET feed_id = ?2 WHERE id = ?1 AND feed_id <> ?2
           AND (SELECT status FROM feeds WHERE id = queue.feed_id) NOT IN ('active', 'adhoc')",
        &bind![queue, feed.0],
    )?;
    Ok((queue, false))
}

fn entry_text(page: &QueuedPage) -> String {
    // An entry is plain data; should it ever fail to be written, the page can still be fetched.
    serde_json::to_string(&page.entry).unwrap_or_else(|_| "null".to_owned())
}

fn keep_text(
    work: &mut Work<'_>,
    feed: FeedId,
    listing: &Listing,
    content: &ArticleContent,
    stored: &mut Stored,
) -> Done<Option<(i64, Reason)>> {
    let known: Option<ListingRow> = listing::find(work, feed.0, &listing.guid)?;
    let listed_form = listing.canonical_url.as_deref().and_then(match_form);
    let placed = place(
        work,
        &Arrival {
            feed,
            listed: known.and_then(|known| known.article),
            entry_title: listing.title.as_deref(),
            listed_form: listed_form.as_deref(),
            content,
        },
    )?;
    let Some(article) = placed.article() else {
        return Ok(None);
    };
    let is_linked = known.and_then(|known| known.article) != Some(article);
    count_placed(stored, placed, is_linked);
    let target = Target {
        article: Some(article),
        queue: None,
    };
    listing::put(work, feed.0, known, listing, target)?;
    Ok(match placed {
        Placed::New(article) => Some((article, Reason::First)),
        Placed::Revised(article) => Some((article, Reason::Feed)),
        Placed::Same(_) | Placed::Forgotten => None,
    })
}

/// Counts what a placement came to.
pub(super) fn count_placed(stored: &mut Stored, placed: Placed, is_linked: bool) {
    match placed {
        Placed::New(_) => stored.n_new += 1,
        Placed::Revised(_) => stored.n_revised += 1,
        Placed::Same(_) => stored.n_linked += u32::from(is_linked),
        Placed::Forgotten => {}
    }
}

fn update_feed(work: &Work<'_>, record: &PollRecord) -> Done<()> {
    let update = &record.feed_update;
    if let Some(current_url) = &update.current_url {
        work.run(
            "INSERT INTO moves (feed_id, at, from_url, to_url)
             SELECT id, ?2, current_url, ?3 FROM feeds WHERE id = ?1 AND current_url <> ?3",
            &bind![record.feed.0, work.now, current_url],
        )?;
    }
    let is_ok = matches!(record.outcome, Outcome::Ok | Outcome::NotModified);
    let memory = serde_json::to_string(&update.memory).unwrap_or_else(|_| "{}".to_owned());
    let changed = work.run(
        "UPDATE feeds SET last_polled_at = ?2, last_ok_at = CASE WHEN ?3 THEN ?2 ELSE last_ok_at END,
           next_poll_at = ?4, failures = ?5, error_class = ?6, error = ?7, memory = ?8,
           title = coalesce(?9, title), current_url = coalesce(?10, current_url),
           status = coalesce(?11, status)
         WHERE id = ?1",
        &bind![
            record.feed.0,
            record.started_at,
            is_ok,
            not_before_text(update.next_poll_at),
            update.failures,
            record.failure.as_ref().map(|failure| failure.class.as_str()),
            record.failure.as_ref().map(|failure| &failure.message),
            memory,
            update.title.as_ref(),
            update.current_url.as_ref(),
            update.status.map(FeedStatus::as_str),
        ],
    )?;
    if changed == 0 {
        return Err(super::error::Fault::Request(format!(
            "there is no feed {}",
            record.feed
        )));
    }
    update_validators(work, record)
}

fn update_validators(work: &Work<'_>, record: &PollRecord) -> Done<()> {
    let ValidatorsUpdate::Set(validators) = &record.feed_update.validators else {
        return Ok(());
    };
    let validators = validators.as_ref();
    work.run(
        "UPDATE feeds SET validators_url = ?2, etag = ?3, last_modified = ?4 WHERE id = ?1",
        &bind![
            record.feed.0,
            validators.map(|v| &v.url),
            validators.and_then(|v| v.etag.as_deref()),
            validators.and_then(|v| v.last_modified.as_deref()),
        ],
    )?;
    Ok(())
}
