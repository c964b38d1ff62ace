//! Finds the place of an arriving text: gathers what is known, asks the rule, writes the answer.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use rusqlite::Row;
use sha2::{Digest as _, Sha256};

use super::{
    address::match_form,
    fulltext::{self, Indexed, has_unspaced_script},
    record::ArticleContent,
    row::{Bind, Statements as _, bind, list_text},
    story, tombstone,
    work::{ChangeKind, Done, Work},
};
use crate::{
    model::{
        ArticleId, Candidate, ErrorClass, FeedId, Flag, Known, Matches, Placement, TextSource,
    },
    text::storable,
};

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
        Placement::New => Placed::New(insert(work, arrival)?),
        Placement::Same(article) => fill(work, article.0, content)?,
        Placement::Revise(article) => revise(work, article.0, content)?,
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
        if tombstone::has(work, &tombstone::of_address(form))? {
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

/// A date inside 1990..now+48 h; others stand in the raw column only (R29).
fn usable(date: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let latest = now.checked_add_signed(TimeDelta::hours(48)).unwrap_or(now);
    date.filter(|date| date.year() >= 1990 && *date <= latest)
}

fn flag_names(flags: &[Flag]) -> String {
    list_text(flags.iter().map(|flag| flag.as_str()))
}

fn text_or_none(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn insert(work: &mut Work<'_>, arrival: &Arrival<'_>) -> Done<i64> {
    let content = arrival.content;
    let fingerprint = &content.fingerprint;
    let last = work.number(
        "SELECT seq FROM sqlite_sequence WHERE name = 'articles'",
        &[],
    )?;
    let article = last + 1;
    let story = story::story_of(work, article, content)?;
    let cursor = work.change(article, 1, ChangeKind::New)?;
    let now = work.now_text();
    work.run(
        "INSERT INTO articles (id, cursor, feed_id, story_id, revision, first_seen_at, changed_at,
           revised_at, url, canonical_url, title, published_at, published_raw, updated_at,
           language, text_source, word_count, quality, content_hash, match_key, is_unspaced,
           page_error, flags, authors, tags, site_name, description, image_url, text)
         VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
           ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)",
        &bind![
            article,
            cursor,
            arrival.feed.0,
            story.unwrap_or(article),
            now,
            text_or_none(&content.url),
            text_or_none(&content.canonical_url),
            content.title.as_deref(),
            usable(content.published_at, work.now),
            content.published_raw.as_deref(),
            usable(content.updated_at, work.now),
            content.language.as_deref(),
            content.text_source.as_str(),
            fingerprint.n_words,
            content.quality,
            fingerprint.content_hash.as_str(),
            &fingerprint.match_key,
            is_unspaced(content),
            content.page_error.map(ErrorClass::as_str),
            flag_names(&content.flags),
            list_text(content.authors.iter().map(String::as_str)),
            list_text(content.tags.iter().map(String::as_str)),
            content.site_name.as_deref(),
            content.description.as_deref(),
            content.image_url.as_deref(),
            content.text.as_str(),
        ],
    )?;
    work.outdated.note(article, None);
    story::remember(work, article, &fingerprint.samples)?;
    Ok(article)
}

fn is_unspaced(content: &ArticleContent) -> bool {
    has_unspaced_script(content.text.as_str())
        || content.title.as_deref().is_some_and(has_unspaced_script)
}

/// The row as it is before a revision.
struct Current {
    revision: i64,
    content_hash: String,
    revised_at: String,
    indexed: Indexed,
}

fn current(work: &Work<'_>, article: i64) -> Done<Option<Current>> {
    Ok(work.first(
        "SELECT revision, content_hash, revised_at, title, is_unspaced, text FROM articles
         WHERE id = ?1",
        &bind![article],
        |row| {
            Ok(Current {
                revision: row.get(0)?,
                content_hash: row.get(1)?,
                revised_at: row.get(2)?,
                indexed: Indexed {
                    title: row.get(3)?,
                    is_unspaced: row.get(4)?,
                    text: row.get(5)?,
                },
            })
        },
    )?)
}

fn revise(work: &mut Work<'_>, article: i64, content: &ArticleContent) -> Done<Placed> {
    let Some(old) = current(work, article)? else {
        return Ok(Placed::Forgotten);
    };
    let has_same_text = old.content_hash == content.fingerprint.content_hash;
    let new_title = content.title.as_deref().map(storable);
    if has_same_text
        && (new_title.is_none() || old.indexed.title.as_deref() == new_title.as_deref())
    {
        return fill(work, article, content);
    }
    work.run(
        "INSERT INTO revisions (article_id, revision, title, content_hash, seen_at, text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &bind![
            article,
            old.revision,
            old.indexed.title.as_ref(),
            &old.content_hash,
            &old.revised_at,
            &old.indexed.text
        ],
    )?;
    let revision = old.revision + 1;
    let cursor = work.change(article, revision, ChangeKind::Revised)?;
    write_revision(work, article, (revision, cursor), content)?;
    work.outdated.note(article, Some(old.indexed));
    if !has_same_text {
        story::forget(work, article)?;
        story::remember(work, article, &content.fingerprint.samples)?;
        regroup(work, article, revision, content)?;
    }
    Ok(Placed::Revised(article))
}

/// What a revision knows replaces what was known; what it does not know stays.
fn write_revision(
    work: &Work<'_>,
    article: i64,
    (revision, cursor): (i64, i64),
    content: &ArticleContent,
) -> Done<()> {
    let fingerprint = &content.fingerprint;
    work.run(
        "UPDATE articles SET cursor = ?2, revision = ?3, changed_at = ?4, revised_at = ?4,
           canonical_url = coalesce(?5, canonical_url), title = coalesce(?6, title),
           published_at = coalesce(?7, published_at),
           published_raw = coalesce(?8, published_raw), updated_at = coalesce(?9, updated_at),
           language = coalesce(?10, language), text_source = ?11, word_count = ?12, quality = ?13,
           content_hash = ?14, match_key = ?15, is_unspaced = ?16, page_error = ?17, flags = ?18,
           authors = CASE WHEN ?19 = '[]' THEN authors ELSE ?19 END,
           tags = CASE WHEN ?20 = '[]' THEN tags ELSE ?20 END,
           site_name = coalesce(?21, site_name), description = coalesce(?22, description),
           image_url = coalesce(?23, image_url), text = ?24
         WHERE id = ?1",
        &bind![
            article,
            cursor,
            revision,
            work.now,
            text_or_none(&content.canonical_url),
            content.title.as_deref(),
            usable(content.published_at, work.now),
            content.published_raw.as_deref(),
            usable(content.updated_at, work.now),
            content.language.as_deref(),
            content.text_source.as_str(),
            fingerprint.n_words,
            content.quality,
            fingerprint.content_hash.as_str(),
            &fingerprint.match_key,
            is_unspaced(content),
            content.page_error.map(ErrorClass::as_str),
            flag_names(&content.flags),
            list_text(content.authors.iter().map(String::as_str)),
            list_text(content.tags.iter().map(String::as_str)),
            content.site_name.as_deref(),
            content.description.as_deref(),
            content.image_url.as_deref(),
            content.text.as_str(),
        ],
    )?;
    Ok(())
}

/// A text that grew from a summary to the whole may turn out to be a near-duplicate. Only an
/// article that is alone in its story moves: a story with others in it keeps its number.
fn regroup(work: &Work<'_>, article: i64, revision: i64, content: &ArticleContent) -> Done<()> {
    let others = work.number(
        "SELECT count(*) FROM articles WHERE story_id = (SELECT story_id FROM articles WHERE id = ?1)
         AND id <> ?1",
        &bind![article],
    )?;
    if others > 0 {
        return Ok(());
    }
    let Some(story) = story::story_of(work, article, content)? else {
        return Ok(());
    };
    let cursor = work.change(article, revision, ChangeKind::Regrouped)?;
    work.run(
        "UPDATE articles SET story_id = ?2, cursor = ?3, changed_at = ?4 WHERE id = ?1",
        &bind![article, story, cursor, work.now],
    )?;
    Ok(())
}

/// Fills what is missing in the known article. No revision and no change: the text is the same,
/// and nothing that was there becomes something else.
fn fill(work: &mut Work<'_>, article: i64, content: &ArticleContent) -> Done<Placed> {
    let fills_page = content.page_error.is_none() && content.text_source == TextSource::Page;
    let binds: [Bind<'_>; 14] = bind![
        article,
        usable(content.published_at, work.now),
        content.published_raw.as_deref(),
        usable(content.updated_at, work.now),
        content.language.as_deref(),
        content.site_name.as_deref(),
        content.description.as_deref(),
        content.image_url.as_deref(),
        list_text(content.authors.iter().map(String::as_str)),
        list_text(content.tags.iter().map(String::as_str)),
        fills_page,
        content.quality,
        content.fingerprint.content_hash.as_str(),
        flag_names(&content.flags),
    ];
    // The page, had at last, has the very text that was taken from the feed: only where it came
    // from changes.
    work.run(
        "UPDATE articles SET published_at = coalesce(published_at, ?2),
           published_raw = coalesce(published_raw, ?3), updated_at = coalesce(updated_at, ?4),
           language = coalesce(language, ?5), site_name = coalesce(site_name, ?6),
           description = coalesce(description, ?7), image_url = coalesce(image_url, ?8),
           authors = CASE WHEN authors = '[]' THEN ?9 ELSE authors END,
           tags = CASE WHEN tags = '[]' THEN ?10 ELSE tags END,
           text_source = CASE WHEN ?11 AND content_hash = ?13 THEN 'page' ELSE text_source END,
           quality = CASE WHEN ?11 AND content_hash = ?13 THEN ?12 ELSE quality END,
           flags = CASE WHEN ?11 AND content_hash = ?13 AND page_error IS NOT NULL THEN ?14
             WHEN published_at IS NULL AND ?2 IS NOT NULL THEN
               (SELECT json_group_array(value) FROM json_each(flags) WHERE value <> 'undated')
             ELSE flags END,
           page_error = CASE WHEN ?11 THEN NULL ELSE page_error END
         WHERE id = ?1
           AND ((published_at IS NULL AND ?2 IS NOT NULL)
             OR (published_raw IS NULL AND ?3 IS NOT NULL)
             OR (updated_at IS NULL AND ?4 IS NOT NULL) OR (language IS NULL AND ?5 IS NOT NULL)
             OR (site_name IS NULL AND ?6 IS NOT NULL)
             OR (description IS NULL AND ?7 IS NOT NULL)
             OR (image_url IS NULL AND ?8 IS NOT NULL)
             OR (authors = '[]' AND ?9 <> '[]') OR (tags = '[]' AND ?10 <> '[]')
             OR (?11 AND (page_error IS NOT NULL OR text_source <> 'page')))",
        &binds,
    )?;
    Ok(Placed::Same(article))
}

/// The full-text state of an article before it goes.
pub(super) fn note_removal(work: &mut Work<'_>, article: i64) -> Done<()> {
    let indexed = fulltext::indexed_now(work, article)?;
    work.outdated.note(article, indexed);
    Ok(())
}
