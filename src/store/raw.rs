//! Raw pages: read once more, by today's extractor.

use rusqlite::{Connection, Row};

use super::{
    article,
    filter::Condition,
    place::Placed,
    provenance,
    recheck::page_of,
    record::{RawArticle, RawPick, Reextraction},
    row::{Statements as _, bind, time_text},
    work::{Done, Work},
};
use crate::model::{ArticleId, FeedId};

/// What is read of a revision with its raw page.
const RAW: &str =
    "SELECT a.id AS article_id, r.revision, a.feed_id, r.url AS address, r.content_type,
      r.zstd, d.zstd AS dictionary, p.extractor, CASE WHEN v.revision IS NULL THEN a.title ELSE v.title END AS now_title,
      coalesce(v.text, a.text) AS now_text, a.text_source,
      coalesce(l.url, a.url, r.url) AS url, coalesce(a.canonical_url, r.url) AS canonical_url,
      coalesce(l.title, a.title) AS title, l.summary, a.published_at, a.published_raw, a.updated_at,
      CASE WHEN a.text_source = 'feed' THEN a.text END AS own
    FROM raw_pages r JOIN articles a ON a.id = r.article_id
    LEFT JOIN revisions v ON v.article_id = r.article_id AND v.revision = r.revision
    LEFT JOIN dictionaries d ON d.id = r.dictionary
    LEFT JOIN provenance p ON p.article_id = a.id AND p.revision = r.revision
    LEFT JOIN listings l ON l.id = (SELECT min(x.id) FROM listings x WHERE x.article_id = a.id)";

/// Articles behind `after` with their raw pages, in the order of their ids, at most `limit`. The page must be the one
/// that the current text was made of: a text that the feed gave since is newer.
pub(super) fn after(
    connection: &Connection,
    pick: &RawPick,
    after: i64,
    limit: u32,
) -> Done<Vec<RawArticle>> {
    let mut condition = Condition::default();
    if let Some(FeedId(feed)) = pick.feed {
        condition.and(
            "EXISTS (SELECT 1 FROM listings x WHERE x.article_id = a.id AND x.feed_id = ?)",
            feed,
        );
    }
    if let Some(since) = pick.since {
        condition.and("a.first_seen_at >= ?", time_text(since));
    }
    if let Some(until) = pick.until {
        condition.and("a.first_seen_at < ?", time_text(until));
    }
    condition.and("r.article_id > ? AND r.revision = a.revision", after);
    let sql = format!(
        "{RAW} WHERE {} ORDER BY r.article_id LIMIT {limit}",
        condition.sql()
    );
    Ok(connection.all(&sql, condition.binds(), read_raw)?)
}

/// The page that a fetch brought, if it is still kept.
pub(super) fn of_fetch(connection: &Connection, fetch: i64) -> Done<Option<RawArticle>> {
    Ok(connection.first(
        &format!(
            "{RAW} WHERE (a.id, r.received_at) =
               (SELECT f.article_id, f.started_at FROM fetches f WHERE f.id = ?1)"
        ),
        &bind![fetch],
        read_raw,
    )?)
}

fn read_raw(row: &Row<'_>) -> rusqlite::Result<RawArticle> {
    Ok(RawArticle {
        article: ArticleId(row.get("article_id")?),
        revision: row.get("revision")?,
        feed: FeedId(row.get("feed_id")?),
        page: page_of(row)?,
        address: row.get("address")?,
        content_type: row.get("content_type")?,
        zstd: row.get("zstd")?,
        dictionary: row.get("dictionary")?,
        extractor: row
            .get::<_, Option<i64>>("extractor")?
            .and_then(|version| u32::try_from(version).ok()),
        title: row.get("now_title")?,
        text: row.get("now_text")?,
    })
}

/// Keeps what today's extractor makes of a raw page; whether it is a revision. Nothing is kept when the
/// article has changed since the page was read.
pub(super) fn keep_reextracted(work: &mut Work<'_>, made: &Reextraction) -> Done<bool> {
    let article = made.article.0;
    let is_current = work.number(
        "SELECT EXISTS (SELECT 1 FROM articles a JOIN raw_pages r
           ON r.article_id = a.id AND r.revision = a.revision WHERE a.id = ?1 AND a.revision = ?2)",
        &bind![article, made.revision],
    )?;
    if is_current == 0 {
        return Ok(false);
    }
    let placed = article::reextract(work, article, &made.content)?;
    let Placed::Revised(_) = placed else {
        provenance::confirm(work, article, made.extractor)?;
        return Ok(false);
    };
    work.run(
        "UPDATE raw_pages SET revision = revision + 1 WHERE article_id = ?1 AND revision = ?2",
        &bind![article, made.revision],
    )?;
    provenance::reextracted(work, article, made.revision, made.extractor)?;
    Ok(true)
}

/// How far a re-extraction has come, for the next one to go on from; `None`: it is done.
pub(super) fn keep_mark(work: &Work<'_>, mark: Option<&str>) -> Done<()> {
    match mark {
        Some(mark) => work.run(
            "INSERT INTO meta (key, value) VALUES ('reextract', ?1)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            &bind![mark],
        )?,
        None => work.run("DELETE FROM meta WHERE key = 'reextract'", &[])?,
    };
    Ok(())
}

/// Where the last re-extraction was left.
pub(super) fn mark(connection: &Connection) -> Done<Option<String>> {
    Ok(connection.first(
        "SELECT CAST(value AS TEXT) FROM meta WHERE key = 'reextract'",
        &[],
        |row| row.get(0),
    )?)
}
