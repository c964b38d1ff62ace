//! Pages that are asked for again: when, with which validators, and what became of them.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row};

use super::{
    address::typed_match_form,
    place::{Arrival, Placed, place},
    poll::count_placed,
    record::{
        ArticleContent, DuePage, KnownPage, PageRecord, PageWanted, QueuedPage, Recheck, Stored,
    },
    row::{Statements as _, bind, not_before_text, opt_time, small_count},
    work::{Done, Work},
};
use crate::model::{ArticleId, ChangeKind, Entry, FeedId, Flag, Validators};

/// Places what a recheck brought; the article, if it is still there, and where it was placed.
pub(super) fn finish(
    work: &mut Work<'_>,
    record: &PageRecord,
    article: i64,
    stored: &mut Stored,
) -> Done<(Option<i64>, Option<Placed>)> {
    if !is_stored(work, article)? {
        return Ok((None, None));
    }
    if record.is_page_gone() {
        retract(work, article)?;
    }
    let Some(content) = &record.content else {
        return Ok((Some(article), None));
    };
    if is_elsewhere(work, record, article, content)? {
        return Ok((Some(article), None));
    }
    let placed = place(
        work,
        &Arrival {
            feed: record.feed,
            listed: Some(article),
            entry_title: None,
            listed_form: None,
            content,
        },
    )?;
    count_placed(stored, placed, false);
    Ok((placed.article(), Some(placed)))
}

/// The address leads to another page by now: the front page, a notice that the article is no longer to be had.
fn is_elsewhere(
    work: &Work<'_>,
    record: &PageRecord,
    article: i64,
    content: &ArticleContent,
) -> Done<bool> {
    let known: Option<(String, u32)> = work.first(
        "SELECT text, word_count FROM articles WHERE id = ?1",
        &bind![article],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((text, n_words)) = known else {
        return Ok(false);
    };
    let form = record.final_url.as_deref().and_then(typed_match_form);
    let is_known_address = work.number(
        "SELECT EXISTS (SELECT 1 FROM addresses WHERE match_url = ?1 AND article_id = ?2)",
        &bind![form.as_deref(), article],
    )? > 0;
    let is_far_less = content.fingerprint.n_words.saturating_mul(2) < n_words;
    Ok((!is_known_address || is_far_less) && (work.rules.unlike)(&text, content.text.as_str()))
}

/// Whether the article's page is to be asked for again where this page was: it is at the article's own address, or no
/// other is known.
pub(super) fn is_own(work: &Work<'_>, article: i64, url: &str) -> Done<bool> {
    let planned = work.number(
        "SELECT EXISTS (SELECT 1 FROM rechecks WHERE article_id = ?1)",
        &bind![article],
    )?;
    let own: Option<Option<String>> = work.first(
        "SELECT url FROM articles WHERE id = ?1",
        &bind![article],
        |row| row.get(0),
    )?;
    let own = own.flatten().as_deref().and_then(typed_match_form);
    Ok(planned == 0 || own == typed_match_form(url))
}

fn is_stored(work: &Work<'_>, article: i64) -> Done<bool> {
    let n = work.number(
        "SELECT EXISTS (SELECT 1 FROM articles WHERE id = ?1)",
        &bind![article],
    )?;
    Ok(n > 0)
}

/// The page is gone: the text stays, and the change feed says so, once.
fn retract(work: &Work<'_>, article: i64) -> Done<()> {
    let flag = Flag::Retracted.as_str();
    let revision: Option<i64> = work.first(
        "SELECT revision FROM articles WHERE id = ?1
           AND NOT EXISTS (SELECT 1 FROM json_each(flags) WHERE value = ?2)",
        &bind![article, flag],
        |row| row.get(0),
    )?;
    let Some(revision) = revision else {
        return Ok(());
    };
    let cursor = work.change(article, revision, ChangeKind::Retracted)?;
    work.run(
        "UPDATE articles SET cursor = ?2, changed_at = ?3, flags = json_insert(flags, '$[#]', ?4)
         WHERE id = ?1",
        &bind![article, cursor, work.now, flag],
    )?;
    Ok(())
}

/// Keeps when the article's page is asked for next; without a time it is not.
pub(super) fn plan(
    work: &Work<'_>,
    feed: FeedId,
    article: i64,
    recheck: Option<&Recheck>,
) -> Done<()> {
    let Some(recheck) = recheck else {
        work.run(
            "DELETE FROM rechecks WHERE article_id = ?1",
            &bind![article],
        )?;
        return Ok(());
    };
    let validators = recheck.validators.as_ref();
    work.run(
        "INSERT INTO rechecks (article_id, feed_id, due_at, n_done, url, etag, last_modified)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (article_id) DO UPDATE SET feed_id = excluded.feed_id, due_at = excluded.due_at,
           n_done = excluded.n_done, url = excluded.url, etag = excluded.etag,
           last_modified = excluded.last_modified",
        &bind![
            article,
            feed.0,
            not_before_text(recheck.due_at),
            recheck.n_done,
            &recheck.url,
            validators.and_then(|validators| validators.etag.as_deref()),
            validators.and_then(|validators| validators.last_modified.as_deref()),
        ],
    )?;
    Ok(())
}

/// Pages of a feed whose time to be looked at again has come, the longest due first.
pub(super) fn due(
    connection: &Connection,
    feed: FeedId,
    limit: usize,
    now: DateTime<Utc>,
) -> Done<Vec<DuePage>> {
    Ok(connection.all(
        "SELECT r.article_id, r.feed_id, r.n_done, r.url AS answered, r.etag, r.last_modified,
           coalesce(l.url, a.url, r.url) AS url,
           coalesce(a.canonical_url, r.url) AS canonical_url,
           coalesce(l.title, a.title) AS title, l.summary, a.published_at, a.published_raw, a.updated_at,
           CASE WHEN a.text_source = 'feed' THEN a.text END AS own
         FROM rechecks r JOIN articles a ON a.id = r.article_id
         LEFT JOIN listings l ON l.id =
           (SELECT min(x.id) FROM listings x WHERE x.article_id = a.id AND x.feed_id = r.feed_id)
         WHERE r.feed_id = ?1 AND r.due_at <= ?2 ORDER BY r.due_at LIMIT ?3",
        &bind![feed.0, now, i64::try_from(limit).unwrap_or(i64::MAX)],
        read_due,
    )?)
}

fn read_due(row: &Row<'_>) -> rusqlite::Result<DuePage> {
    let article = ArticleId(row.get("article_id")?);
    let answered: String = row.get("answered")?;
    let (etag, last_modified): (Option<Vec<u8>>, Option<Vec<u8>>) =
        (row.get("etag")?, row.get("last_modified")?);
    let has_validators = etag.is_some() || last_modified.is_some();
    Ok(DuePage {
        wanted: PageWanted::Recheck(article),
        feed: FeedId(row.get("feed_id")?),
        page: page_of(row)?,
        attempts: 0,
        article: Some(article),
        known: Some(KnownPage {
            n_done: small_count(row, "n_done")?,
            validators: has_validators.then_some(Validators {
                url: answered,
                etag,
                last_modified,
            }),
        }),
    })
}

/// The page with what is known of its entry: that itself is kept only until the page is had.
pub(super) fn page_of(row: &Row<'_>) -> rusqlite::Result<QueuedPage> {
    let url: String = row.get("url")?;
    let plain = |text: Option<String>| text.map(|text| as_html(&text));
    Ok(QueuedPage {
        entry: Entry {
            guid: url.clone(),
            url: Some(url.clone()),
            title: row.get("title")?,
            published: opt_time(row, "published_at")?,
            published_raw: row.get("published_raw")?,
            updated: opt_time(row, "updated_at")?,
            summary_html: plain(row.get("summary")?),
            content_html: plain(row.get("own")?),
            ..Entry::default()
        },
        canonical_url: row.get("canonical_url")?,
        is_refresh: true,
        url,
    })
}

/// Plain text as HTML that reads as the same text.
fn as_html(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("<p>{}</p>", escaped.replace("\n\n", "</p><p>"))
}

/// Feeds of which a page's time to be looked at again has come.
pub(super) fn feeds_due(connection: &Connection, now: DateTime<Utc>) -> Done<Vec<FeedId>> {
    Ok(connection.all(
        "SELECT DISTINCT feed_id FROM rechecks WHERE due_at <= ?1",
        &bind![now],
        |row| Ok(FeedId(row.get(0)?)),
    )?)
}
