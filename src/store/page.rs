//! Keeps a page fetch: its row, the article, the listings that waited, the queue.

use std::borrow::Cow;

use super::{
    dictionary,
    ledger::{self, HostUse},
    listing::{self, ListingRow},
    place::{Arrival, Placed, place},
    poll::count_placed,
    provenance::{self, FromPage, Made, Reason},
    recheck,
    record::{ArticleContent, PageRecord, PageWanted, RawPage, Stored},
    row::{Statements as _, bind, not_before_text},
    work::{Done, Work},
};
use crate::{
    model::{ArticleId, TextSource},
    packing,
};

/// The queue row a page was fetched for.
struct Waiting {
    id: i64,
    form: String,
    article: Option<i64>,
    listings: Vec<(i64, ListingRow)>,
    title: Option<String>,
}

/// Keeps a page fetch, whole.
///
/// A row that left the queue meanwhile (its article was forgotten) leaves its trace in the ledger
/// and nothing else.
pub(super) fn finish_page(work: &mut Work<'_>, record: &PageRecord) -> Done<Stored> {
    let mut stored = Stored::default();
    let (article, placed) = match record.wanted {
        PageWanted::Queue(queue) => finish_queued(work, record, queue.0, &mut stored)?,
        PageWanted::Recheck(article) => recheck::finish(work, record, article.0, &mut stored)?,
    };
    stored.article = article.map(ArticleId);
    let fetch = ledger::write_fetch(work, record, article)?;
    if let Some(article) = article {
        if let Some(raw) = &record.raw {
            keep_raw(work, record, article, raw)?;
        }
        if let (Some(placed), Some(content)) = (placed, &record.content) {
            keep_provenance(work, record, (placed, content), fetch)?;
        }
        let is_planned = match record.wanted {
            PageWanted::Recheck(_) => true,
            PageWanted::Queue(_) => {
                record.recheck.is_some() && recheck::is_own(work, article, &record.url)?
            }
        };
        if is_planned {
            recheck::plan(work, record.feed, article, record.recheck.as_ref())?;
        }
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
    Ok(stored)
}

/// The article of a page that stood in the queue, and where its text was placed.
fn finish_queued(
    work: &mut Work<'_>,
    record: &PageRecord,
    queue: i64,
    stored: &mut Stored,
) -> Done<(Option<i64>, Option<Placed>)> {
    let Some(waiting) = waiting(work, queue)? else {
        return Ok((None, None));
    };
    let placed = match &record.content {
        Some(content) => Some(place_page(work, record, &waiting, content, stored)?),
        None => None,
    };
    let article = placed.and_then(Placed::article).or(waiting.article);
    leave_or_wait(work, record, &waiting, article)?;
    Ok((article, placed))
}

fn keep_provenance(
    work: &Work<'_>,
    record: &PageRecord,
    (placed, content): (Placed, &ArticleContent),
    fetch: i64,
) -> Done<()> {
    let making = record.making.as_ref();
    let page = making
        .filter(|_| content.text_source == TextSource::Page)
        .map(|making| FromPage { fetch, making });
    let (article, reason) = match placed {
        Placed::New(article) => (article, Reason::First),
        Placed::Revised(article) if page.is_some() => (article, Reason::Page),
        Placed::Revised(article) => (article, Reason::Feed),
        Placed::Same(article) => {
            return match page {
                Some(page) => provenance::comes_from_page(work, article, page),
                None => Ok(()),
            };
        }
        Placed::Forgotten => return Ok(()),
    };
    let made = Made {
        article,
        reason,
        poll: None,
        page,
    };
    provenance::keep(work, &made)
}

fn waiting(work: &Work<'_>, queue: i64) -> Done<Option<Waiting>> {
    let row: Option<(String, Option<i64>)> = work.first(
        "SELECT match_url, article_id FROM queue WHERE id = ?1",
        &bind![queue],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((form, article)) = row else {
        return Ok(None);
    };
    let mut title = None;
    let listings = work.all(
        "SELECT feed_id, id, article_id, title FROM listings WHERE queue_id = ?1 ORDER BY id",
        &bind![queue],
        |row| {
            let first: Option<String> = row.get(3)?;
            if title.is_none() {
                title = first;
            }
            let listing = ListingRow {
                id: row.get(1)?,
                article: row.get(2)?,
                queue: Some(queue),
            };
            Ok((row.get(0)?, listing))
        },
    )?;
    let listed = listings.iter().find_map(|(_, listing)| listing.article);
    Ok(Some(Waiting {
        id: queue,
        form,
        article: article.or(listed),
        listings,
        title,
    }))
}

fn place_page(
    work: &mut Work<'_>,
    record: &PageRecord,
    waiting: &Waiting,
    content: &ArticleContent,
    stored: &mut Stored,
) -> Done<Placed> {
    let placed = place(
        work,
        &Arrival {
            feed: record.feed,
            listed: waiting.article,
            entry_title: waiting.title.as_deref(),
            listed_form: Some(&waiting.form),
            content,
        },
    )?;
    count_placed(stored, placed, waiting.article != placed.article());
    if let Some(article) = placed.article() {
        for &(feed, listing) in &waiting.listings {
            listing::point_to(work, feed, listing, article)?;
        }
    }
    Ok(placed)
}

fn leave_or_wait(
    work: &Work<'_>,
    record: &PageRecord,
    waiting: &Waiting,
    article: Option<i64>,
) -> Done<()> {
    if let Some(retry_at) = record.retry_at {
        work.run(
            "UPDATE queue SET attempts = attempts + 1, not_before = ?2, article_id = ?3,
               error_class = ?4 WHERE id = ?1",
            &bind![
                waiting.id,
                not_before_text(retry_at),
                article,
                record
                    .failure
                    .as_ref()
                    .map(|failure| failure.class.as_str()),
            ],
        )?;
        return Ok(());
    }
    work.run(
        "UPDATE listings SET queue_id = NULL WHERE queue_id = ?1",
        &bind![waiting.id],
    )?;
    work.run("DELETE FROM queue WHERE id = ?1", &bind![waiting.id])?;
    Ok(())
}

/// A revision keeps the page it was made of; the same text once more brings no other.
fn keep_raw(work: &Work<'_>, record: &PageRecord, article: i64, raw: &RawPage) -> Done<()> {
    let is_kept = work.number(
        "SELECT EXISTS (SELECT 1 FROM raw_pages r JOIN articles a ON a.id = r.article_id
           AND a.revision = r.revision WHERE a.id = ?1)",
        &bind![article],
    )?;
    if is_kept != 0 {
        return Ok(());
    }
    let mut zstd = Cow::Borrowed(raw.zstd.as_slice());
    let mut dictionary = None;
    if let Some(needed) = &raw.dictionary {
        if dictionary::keep(work, needed)? {
            dictionary = Some(needed.dictionary.id);
        } else if let Ok(alone) = packing::without(&zstd, &needed.dictionary) {
            zstd = Cow::Owned(alone);
        } else {
            return Ok(());
        }
    }
    work.run(
        "INSERT INTO raw_pages
           (article_id, revision, url, content_type, received_at, keep_until, zstd, dictionary)
         SELECT id, revision, ?2, ?3, ?4, ?5, ?6, ?7 FROM articles WHERE id = ?1",
        &bind![
            article,
            record.final_url.as_deref().unwrap_or(&record.url),
            raw.content_type.as_ref(),
            record.started_at,
            raw.keep_until.map(not_before_text),
            zstd.as_ref(),
            dictionary,
        ],
    )?;
    Ok(())
}
