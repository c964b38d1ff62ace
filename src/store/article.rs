//! An article's row: made, revised, filled in.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};

use super::{
    feeds,
    fulltext::{self, Indexed, has_unspaced_script},
    place::{Arrival, Placed},
    record::ArticleContent,
    row::{Bind, Statements as _, bind, list_text},
    site,
    story::{self, Nearest},
    work::{Done, Work},
};
use crate::{
    model::{ChangeKind, ErrorClass, Flag, TextSource},
    text::storable,
};

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

/// A new article; its row.
pub(super) fn insert(work: &mut Work<'_>, arrival: &Arrival<'_>) -> Done<i64> {
    let content = arrival.content;
    let fingerprint = &content.fingerprint;
    let last = work.number(
        "SELECT seq FROM sqlite_sequence WHERE name = 'articles'",
        &[],
    )?;
    let article = last + 1;
    let nearest = story::nearest(work, article, content)?;
    let cursor = work.change(article, 1, ChangeKind::New)?;
    let mut flags = content.flags.clone();
    if feeds::is_another(work, arrival.feed)? {
        flags.push(Flag::FeedChanged);
    }
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
            nearest.map_or(article, |nearest| nearest.story),
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
            flag_names(&flags),
            list_text(content.authors.iter().map(String::as_str)),
            list_text(content.tags.iter().map(String::as_str)),
            content.site_name.as_deref(),
            content.description.as_deref(),
            content.image_url.as_deref(),
            content.text.as_str(),
        ],
    )?;
    keep_reservations(work, article, content)?;
    site::keep_left_out(work, article, 1, &content.left_out)?;
    work.outdated.note(article, None);
    work.relabelled.note(article);
    story::remember(work, article, &fingerprint.samples)?;
    let agency = (work.rules.agency)(content.text.as_str(), &content.authors);
    // A new article has no facts that could be out of date, and most never have any.
    if nearest.is_some() || agency.is_some() {
        story::keep_facts(work, article, nearest.as_ref(), agency.as_ref())?;
    }
    Ok(article)
}

/// Keeps what is asked and said now; silence changes nothing.
fn keep_reservations(work: &Work<'_>, article: i64, content: &ArticleContent) -> Done<()> {
    if content.reservations.is_empty() {
        return Ok(());
    }
    let said = list_text(content.reservations.iter().map(String::as_str));
    work.run(
        "INSERT INTO reservations (article_id, said) VALUES (?1, ?2)
         ON CONFLICT (article_id) DO UPDATE SET said = excluded.said WHERE said <> excluded.said",
        &bind![article, said],
    )?;
    Ok(())
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

/// A revision, unless text and title are what they are but for counters and stamps.
pub(super) fn revise(work: &mut Work<'_>, article: i64, content: &ArticleContent) -> Done<Placed> {
    revise_as(work, article, content, ChangeKind::Revised)
}

/// The same by today's extractor, which read the same page: whatever it makes otherwise counts.
pub(super) fn reextract(
    work: &mut Work<'_>,
    article: i64,
    content: &ArticleContent,
) -> Done<Placed> {
    revise_as(work, article, content, ChangeKind::Reextracted)
}

fn revise_as(
    work: &mut Work<'_>,
    article: i64,
    content: &ArticleContent,
    kind: ChangeKind,
) -> Done<Placed> {
    let Some(old) = current(work, article)? else {
        return Ok(Placed::Forgotten);
    };
    let has_same_text = old.content_hash == content.fingerprint.content_hash
        || (kind == ChangeKind::Revised
            && (work.rules.churn)(&old.indexed.text, content.text.as_str()));
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
    let cursor = work.change(article, revision, kind)?;
    write_revision(work, article, (revision, cursor), content)?;
    keep_reservations(work, article, content)?;
    site::keep_left_out(work, article, revision, &content.left_out)?;
    work.outdated.note(article, Some(old.indexed));
    if !has_same_text {
        story::forget(work, article)?;
        story::remember(work, article, &content.fingerprint.samples)?;
        let nearest = regroup(work, article, revision, content)?;
        let agency = (work.rules.agency)(content.text.as_str(), &content.authors);
        story::keep_facts(work, article, nearest.as_ref(), agency.as_ref())?;
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
    work.relabelled.note(article);
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
fn regroup(
    work: &Work<'_>,
    article: i64,
    revision: i64,
    content: &ArticleContent,
) -> Done<Option<Nearest>> {
    let others = work.number(
        "SELECT count(*) FROM articles WHERE story_id = (SELECT story_id FROM articles WHERE id = ?1)
         AND id <> ?1",
        &bind![article],
    )?;
    if others > 0 {
        return Ok(None);
    }
    let Some(nearest) = story::nearest(work, article, content)? else {
        return Ok(None);
    };
    let cursor = work.change(article, revision, ChangeKind::Regrouped)?;
    work.run(
        "UPDATE articles SET story_id = ?2, cursor = ?3, changed_at = ?4 WHERE id = ?1",
        &bind![article, nearest.story, cursor, work.now],
    )?;
    Ok(Some(nearest))
}

/// Fills what is missing in the known article. No revision and no change: the text is the same,
/// and nothing that was there becomes something else.
pub(super) fn fill(work: &mut Work<'_>, article: i64, content: &ArticleContent) -> Done<Placed> {
    let fills_page = content.page_error.is_none() && content.text_source == TextSource::Page;
    if fills_page {
        keep_reservations(work, article, content)?;
    }
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
    let n_filled = work.run(
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
    if n_filled > 0 {
        work.relabelled.note(article);
    }
    Ok(Placed::Same(article))
}

/// The full-text state of an article before it goes.
pub(super) fn note_removal(work: &mut Work<'_>, article: i64) -> Done<()> {
    let indexed = fulltext::indexed_now(work, article)?;
    work.outdated.note(article, indexed);
    Ok(())
}
