//! Listings: the places that list an article, or will when its page is had.

use super::{
    place::title_key,
    record::Listing,
    row::{Statements as _, bind},
    work::{Done, Work},
};

/// A listing as it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListingRow {
    pub(super) id: i64,
    pub(super) article: Option<i64>,
    pub(super) queue: Option<i64>,
}

/// What a listing points to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Target {
    /// `None` leaves the article it has.
    pub(super) article: Option<i64>,
    /// `None`: it waits for nothing.
    pub(super) queue: Option<i64>,
}

/// The listing of a feed with this key.
pub(super) fn find(work: &Work<'_>, feed: i64, guid: &str) -> Done<Option<ListingRow>> {
    Ok(work.first(
        "SELECT id, article_id, queue_id FROM listings WHERE feed_id = ?1 AND guid = ?2",
        &bind![feed, guid],
        |row| {
            Ok(ListingRow {
                id: row.get(0)?,
                article: row.get(1)?,
                queue: row.get(2)?,
            })
        },
    )?)
}

/// Writes what an entry says now and what it points to.
pub(super) fn put(
    work: &Work<'_>,
    feed: i64,
    known: Option<ListingRow>,
    listing: &Listing,
    target: Target,
) -> Done<()> {
    match known {
        None => insert(work, feed, listing, target)?,
        Some(known) => update(work, feed, known, listing, target)?,
    }
    if let Some(old) = known
        .and_then(|known| known.queue)
        .filter(|&old| Some(old) != target.queue)
    {
        drop_unwanted(work, old)?;
    }
    Ok(())
}

fn insert(work: &Work<'_>, feed: i64, listing: &Listing, target: Target) -> Done<()> {
    if let Some(article) = target.article {
        count_article(work, feed, article)?;
    }
    work.run(
        "INSERT INTO listings (feed_id, article_id, queue_id, title_key, entry_hash, listed_at,
           last_listed_at, guid, url, canonical_url, title, summary)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11)",
        &bind![
            feed,
            target.article,
            target.queue,
            title_key(listing.title.as_deref()),
            &listing.entry_hash,
            work.now,
            &listing.guid,
            listing.url.as_ref(),
            listing.canonical_url.as_ref(),
            listing.title.as_ref(),
            listing.summary.as_ref(),
        ],
    )?;
    Ok(())
}

fn update(
    work: &Work<'_>,
    feed: i64,
    known: ListingRow,
    listing: &Listing,
    target: Target,
) -> Done<()> {
    if let Some(article) = target.article {
        point_to(work, feed, known, article)?;
    }
    work.run(
        "UPDATE listings SET queue_id = ?2, title_key = ?3, entry_hash = ?4, last_listed_at = ?5,
           url = ?6, canonical_url = ?7, title = ?8, summary = ?9
         WHERE id = ?1",
        &bind![
            known.id,
            target.queue,
            title_key(listing.title.as_deref()),
            &listing.entry_hash,
            work.now,
            listing.url.as_ref(),
            listing.canonical_url.as_ref(),
            listing.title.as_ref(),
            listing.summary.as_ref(),
        ],
    )?;
    Ok(())
}

/// Lets a listing stand for an article, and keeps the feed's count of articles right.
pub(super) fn point_to(work: &Work<'_>, feed: i64, known: ListingRow, article: i64) -> Done<()> {
    if known.article == Some(article) {
        return Ok(());
    }
    count_article(work, feed, article)?;
    work.run(
        "UPDATE listings SET article_id = ?2 WHERE id = ?1",
        &bind![known.id, article],
    )?;
    if let Some(old) = known.article {
        uncount_article(work, feed, old)?;
    }
    Ok(())
}

/// Before a listing of the feed comes to point to the article.
fn count_article(work: &Work<'_>, feed: i64, article: i64) -> Done<()> {
    work.relabelled.note(article);
    work.run(
        "UPDATE feeds SET n_articles = n_articles + 1 WHERE id = ?1 AND NOT EXISTS
           (SELECT 1 FROM listings WHERE article_id = ?2 AND feed_id = ?1)",
        &bind![feed, article],
    )?;
    Ok(())
}

/// After a listing of the feed ceased to point to the article.
fn uncount_article(work: &Work<'_>, feed: i64, article: i64) -> Done<()> {
    work.run(
        "UPDATE feeds SET n_articles = n_articles - 1 WHERE id = ?1 AND NOT EXISTS
           (SELECT 1 FROM listings WHERE article_id = ?2 AND feed_id = ?1)",
        &bind![feed, article],
    )?;
    Ok(())
}

/// Moves the time an entry was last seen.
pub(super) fn seen(work: &Work<'_>, feed: i64, guid: &str) -> Done<()> {
    work.run(
        "UPDATE listings SET last_listed_at = ?3 WHERE feed_id = ?1 AND guid = ?2",
        &bind![feed, guid, work.now],
    )?;
    Ok(())
}

/// Takes a page out of the queue when no listing waits for it any more.
fn drop_unwanted(work: &Work<'_>, queue: i64) -> Done<()> {
    work.run(
        "DELETE FROM queue WHERE id = ?1
           AND NOT EXISTS (SELECT 1 FROM listings WHERE queue_id = ?1)",
        &bind![queue],
    )?;
    Ok(())
}
