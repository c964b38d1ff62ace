//! Finds the place of an arriving text: gathers what is known, asks the rule, writes the answer.

use chrono::TimeDelta;
use rusqlite::Row;
use sha2::{Digest as _, Sha256};

use super::{
    address::match_form,
    article,
    record::ArticleContent,
    row::{Statements as _, bind},
    tombstone,
    work::{Done, Work},
};
use crate::model::{ArticleId, Candidate, FeedId, Known, Matches, Placement, TextSource};

/// Fewest words with which a text is recognised wherever it stands (contract, "The same
/// article"); the index on match keys holds only these.
const MERGE_WORDS: u32 = 50;

/// How long a title stands for its article within a feed (contract; users-ask.md, 7).
const TITLE_DAYS: i64 = 7;

/// A text that arrives, with where it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival<'a> {
    pub(super) feed: FeedId,
    /// Article this listing or queue row stands for already.
    pub(super) listed: Option<i64>,
    /// Title of the entry; the page may give another.
    pub(super) entry_title: Option<&'a str>,
    /// Match form of the address that was listed.
    pub(super) listed_form: Option<&'a str>,
    pub(super) content: &'a ArticleContent,
}

/// Where it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    New(i64),
    Revised(i64),
    Same(i64),
    /// It was forgotten on purpose and stays out.
    Forgotten,
}

impl Placed {
    /// The article, if there is one.
    pub(super) fn article(self) -> Option<i64> {
        match self {
            Self::New(article) | Self::Revised(article) | Self::Same(article) => Some(article),
            Self::Forgotten => None,
        }
    }
}

/// Places a text: a new article, a revision, or nothing but what was missing of the known one.
pub(super) fn place(work: &mut Work<'_>, arrival: &Arrival<'_>) -> Done<Placed> {
    let content = arrival.content;
    let canonical_form = match_form(&content.canonical_url);
    if is_forgotten(work, arrival, canonical_form.as_deref())? {
        return Ok(Placed::Forgotten);
    }
    let matches = matches(work, arrival, canonical_form.as_deref())?;
    let candidate = Candidate {
        feed: arrival.feed,
        title: content.title.as_deref(),
        canonical_url: Some(content.canonical_url.as_str()).filter(|url| !url.is_empty()),
        fingerprint: &content.fingerprint,
        is_fallback: content.page_error.is_some(),
    };
    let placed = match (work.rules.place)(&candidate, &matches) {
        Placement::New => Placed::New(article::insert(work, arrival)?),
        Placement::Same(known) => article::fill(work, known.0, content)?,
        Placement::Revise(known) => article::revise(work, known.0, content)?,
    };
    if let Some(article) = placed.article() {
        remember_address(work, canonical_form.as_deref(), article)?;
        remember_address(work, arrival.listed_form, article)?;
    }
    Ok(placed)
}

fn is_forgotten(
    work: &Work<'_>,
    arrival: &Arrival<'_>,
    canonical_form: Option<&str>,
) -> Done<bool> {
    if tombstone::is_empty(work)? {
        return Ok(false);
    }
    for form in [canonical_form, arrival.listed_form].into_iter().flatten() {
        if tombstone::has_address(work, form)? {
            return Ok(true);
        }
    }
    let fingerprint = &arrival.content.fingerprint;
    Ok(fingerprint.n_words >= MERGE_WORDS && tombstone::has(work, &fingerprint.match_key)?)
}

const KNOWN: &str = "SELECT a.id, a.title, a.content_hash, a.match_key, a.word_count,
    a.text_source, a.page_error IS NOT NULL FROM articles a";

fn read_known(row: &Row<'_>) -> rusqlite::Result<Known> {
    let text_source: String = row.get(5)?;
    Ok(Known {
        article: ArticleId(row.get(0)?),
        title: row.get(1)?,
        content_hash: row.get(2)?,
        match_key: row.get(3)?,
        n_words: u32::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
        is_from_page: text_source == TextSource::Page.as_str(),
        lacks_page: row.get(6)?,
    })
}

fn matches(work: &Work<'_>, arrival: &Arrival<'_>, canonical_form: Option<&str>) -> Done<Matches> {
    let by_id = format!("{KNOWN} WHERE a.id = ?1");
    let listed = match arrival.listed {
        Some(article) => work.first(&by_id, &bind![article], read_known)?,
        None => None,
    };
    let mut same_url = None;
    for form in [canonical_form, arrival.listed_form].into_iter().flatten() {
        if same_url.is_none()
            && let Some(article) = article_at(work, form)?
        {
            same_url = work.first(&by_id, &bind![article], read_known)?;
        }
    }
    Ok(Matches {
        listed,
        same_url,
        same_key: same_key(work, arrival.content)?,
        same_title: same_title(work, arrival)?,
    })
}

/// The article an address leads to.
pub(super) fn article_at(work: &Work<'_>, form: &str) -> Done<Option<i64>> {
    Ok(work.first(
        "SELECT article_id FROM addresses WHERE match_url = ?1",
        &bind![form],
        |row| row.get(0),
    )?)
}

fn same_key(work: &Work<'_>, content: &ArticleContent) -> Done<Option<Known>> {
    if content.fingerprint.n_words < MERGE_WORDS {
        return Ok(None);
    }
    Ok(work.first(
        &format!("{KNOWN} WHERE a.match_key = ?1 AND a.word_count >= 50 ORDER BY a.id LIMIT 1"),
        &bind![&content.fingerprint.match_key],
        read_known,
    )?)
}

fn same_title(work: &Work<'_>, arrival: &Arrival<'_>) -> Done<Option<Known>> {
    let entry_key = title_key(arrival.entry_title);
    let page_key = title_key(arrival.content.title.as_deref());
    let Some(first) = entry_key.or(page_key) else {
        return Ok(None);
    };
    let since = work
        .now
        .checked_sub_signed(TimeDelta::days(TITLE_DAYS))
        .unwrap_or(work.now);
    Ok(work.first(
        &format!(
            "{KNOWN} JOIN listings l ON l.article_id = a.id
             WHERE l.feed_id = ?1 AND l.title_key IN (?2, ?3) AND l.listed_at >= ?4
             ORDER BY l.listed_at DESC, l.id DESC LIMIT 1"
        ),
        &bind![arrival.feed.0, first, page_key.unwrap_or(first), since],
        read_known,
    )?)
}

/// A title as a number for an index: hash of the title in lower case.
pub(super) fn title_key(title: Option<&str>) -> Option<i64> {
    let title = title?.trim().to_lowercase();
    if title.is_empty() {
        return None;
    }
    let hash = Sha256::digest(title.as_bytes());
    let head = hash.first_chunk::<8>()?;
    Some(i64::from_be_bytes(*head))
}

fn remember_address(work: &Work<'_>, form: Option<&str>, article: i64) -> Done<()> {
    if let Some(form) = form {
        work.run(
            "INSERT INTO addresses (match_url, article_id) VALUES (?1, ?2)
             ON CONFLICT (match_url) DO NOTHING",
            &bind![form, article],
        )?;
    }
    Ok(())
}
