//! What is known of sites: the paragraphs that they repeat, and what was left out of texts for it.

use rusqlite::Connection;

use super::{
    dictionary::{self, PageDictionary},
    feeds,
    row::{Statements, bind},
    work::{Done, Work},
};
use crate::{
    model::{FeedId, UsualPages},
    text::cap,
};

/// Bytes that are kept of a paragraph: what is longer is known by its hash all the same.
const PASSAGE_BYTES: usize = 4_000;

/// Paragraphs kept of one site, those seen last. A site that changes its boxes has the old ones for
/// a while.
const PASSAGES_PER_SITE: i64 = 400;

/// Of these, those that are read when work on the site begins; fewer than a memory can hold, so
/// that it can go on learning.
const KNOWN_PASSAGES: i64 = 200;

/// Listings that are looked through for a feed's latest articles: bounds the time it takes, about a
/// millisecond, however large the store.
const LOOKED_THROUGH: i64 = 10_000;

/// A paragraph that a site repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePassage {
    /// As `url::site_key` gives it.
    pub site: String,
    /// What it is known by.
    pub hash: u64,
    /// Articles it was seen in.
    pub n_articles: u32,
    /// As it stood in the last of them.
    pub passage: String,
}

/// What is known of a site when work on it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteKnowledge {
    /// Hashes of the paragraphs it repeats, with the number of articles.
    pub known: Vec<(u64, u32)>,
    /// Latest articles of the feed from their pages, the oldest first; not all may be of the site.
    pub latest: Vec<PastText>,
    /// The page that its pages were last made small with.
    pub dictionary: Option<PageDictionary>,
}

/// An article's text as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastText {
    /// Its address.
    pub canonical_url: Option<String>,
    /// One plain line.
    pub title: Option<String>,
    /// The text.
    pub text: String,
    /// What was left out of it.
    pub left_out: Vec<String>,
}

/// Keeps what was learned of sites.
pub(super) fn learn(work: &Work<'_>, passages: &[SitePassage]) -> Done<()> {
    for passage in passages {
        work.run(
            "INSERT INTO site_passages (site, hash, n_articles, first_seen_at, last_seen_at, passage)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5)
             ON CONFLICT (site, hash) DO UPDATE SET
               n_articles = max(n_articles, excluded.n_articles),
               last_seen_at = excluded.last_seen_at",
            &bind![
                &passage.site,
                passage.hash.cast_signed(),
                passage.n_articles,
                work.now,
                cap(&passage.passage, PASSAGE_BYTES).0,
            ],
        )?;
        work.run(
            "DELETE FROM site_passages WHERE site = ?1 AND hash NOT IN
               (SELECT hash FROM site_passages WHERE site = ?1
                ORDER BY last_seen_at DESC, n_articles DESC LIMIT ?2)",
            &bind![&passage.site, PASSAGES_PER_SITE],
        )?;
    }
    Ok(())
}

/// What is known of a site, and the latest `n_latest` articles of a feed that leads to it.
pub(super) fn knowledge(
    connection: &Connection,
    site: &str,
    feed: FeedId,
    n_latest: u32,
) -> Done<SiteKnowledge> {
    let known = connection.all(
        "SELECT hash, n_articles FROM site_passages WHERE site = ?1
         ORDER BY last_seen_at DESC, n_articles DESC LIMIT ?2",
        &bind![site, KNOWN_PASSAGES],
        |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?)),
    )?;
    let last = connection.number("SELECT max(id) FROM articles", &[])?;
    let articles: Vec<i64> = connection.all(
        "SELECT DISTINCT article_id FROM listings INDEXED BY listings_article
         WHERE article_id > ?1 AND feed_id = ?2 ORDER BY article_id DESC LIMIT ?3",
        &bind![last.saturating_sub(LOOKED_THROUGH), feed.0, n_latest],
        |row| row.get(0),
    )?;
    let mut latest = Vec::new();
    for article in articles.into_iter().rev() {
        latest.extend(past_text(connection, article)?);
    }
    Ok(SiteKnowledge {
        known,
        latest,
        dictionary: dictionary::latest(connection, site)?,
    })
}

fn past_text(connection: &Connection, article: i64) -> Done<Option<PastText>> {
    let found: Option<(i64, PastText)> = connection.first(
        "SELECT revision, canonical_url, title, text FROM articles
         WHERE id = ?1 AND text_source = 'page'",
        &bind![article],
        |row| {
            let text = PastText {
                canonical_url: row.get(1)?,
                title: row.get(2)?,
                text: row.get(3)?,
                left_out: Vec::new(),
            };
            Ok((row.get(0)?, text))
        },
    )?;
    let Some((revision, mut text)) = found else {
        return Ok(None);
    };
    text.left_out = left_out(connection, article, revision)?;
    Ok(Some(text))
}

/// Keeps what was left out of a revision's text.
pub(super) fn keep_left_out(
    work: &Work<'_>,
    article: i64,
    revision: i64,
    passages: &[String],
) -> Done<()> {
    for (place, passage) in (1_i64..).zip(passages) {
        work.run(
            "INSERT INTO left_out (article_id, revision, place, passage) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (article_id, revision, place) DO UPDATE SET passage = excluded.passage",
            &bind![article, revision, place, passage],
        )?;
    }
    Ok(())
}

/// What was left out of a revision's text, in the order of the page.
pub(super) fn left_out(on: &impl Statements, article: i64, revision: i64) -> Done<Vec<String>> {
    Ok(on.all(
        "SELECT passage FROM left_out WHERE article_id = ?1 AND revision = ?2 ORDER BY place",
        &bind![article, revision],
        |row| row.get(0),
    )?)
}

/// Keeps what a feed's pages are usually like, and marks the feed while they are not.
pub(super) fn keep_usual(work: &Work<'_>, feed: FeedId, usual: &UsualPages) -> Done<()> {
    feeds::set_usual(work, feed, usual)?;
    feeds::mark(work, feed, feeds::LAYOUT_CHANGED, usual.is_layout_changed)
}
