//! How each revision was made: by which poll or fetch, from which bytes, by which extractor.

use super::{
    record::PageMaking,
    row::{Statements as _, bind},
    work::{Done, Work},
};
use crate::text::NORMALISATION;

/// Why there is a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The article is new.
    First,
    /// The feed gave another text.
    Feed,
    /// The page gave another text.
    Page,
    /// Today's extractor made another text of the same page.
    Extractor,
}

impl Reason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Feed => "feed",
            Self::Page => "page",
            Self::Extractor => "extractor",
        }
    }
}

/// The page a text was made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct FromPage<'a> {
    pub(super) fetch: i64,
    pub(super) making: &'a PageMaking,
}

/// A revision and what it was made of; neither poll nor page when the feed's text stands in for a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made<'a> {
    pub(super) article: i64,
    pub(super) reason: Reason,
    pub(super) poll: Option<i64>,
    pub(super) page: Option<FromPage<'a>>,
}

/// Keeps how the article's current revision was made.
pub(super) fn keep(work: &Work<'_>, made: &Made<'_>) -> Done<()> {
    let making = made.page.map(|page| page.making);
    work.run(
        "INSERT INTO provenance (article_id, revision, reason, poll_id, fetch_id, raw_hash, extractor,
           normalisation)
         SELECT id, revision, ?2, ?3, ?4, ?5, ?6, ?7 FROM articles WHERE id = ?1
         ON CONFLICT (article_id, revision) DO NOTHING",
        &bind![
            made.article,
            made.reason.as_str(),
            made.poll,
            made.page.map(|page| page.fetch),
            making.and_then(|making| making.raw_hash.as_ref()),
            making.map(|making| making.extractor),
            NORMALISATION,
        ],
    )?;
    Ok(())
}

/// The page, had at last, has the very text that was taken from the feed: now it is the page's.
pub(super) fn comes_from_page(work: &Work<'_>, article: i64, page: FromPage<'_>) -> Done<()> {
    work.run(
        "UPDATE provenance SET poll_id = NULL, fetch_id = ?2, raw_hash = ?3, extractor = ?4
         WHERE article_id = ?1 AND fetch_id IS NULL
           AND revision = (SELECT revision FROM articles WHERE id = ?1 AND text_source = 'page')",
        &bind![
            article,
            page.fetch,
            page.making.raw_hash.as_ref(),
            page.making.extractor,
        ],
    )?;
    Ok(())
}

/// Another extractor made the same text of the same page.
pub(super) fn confirm(work: &Work<'_>, article: i64, extractor: u32) -> Done<()> {
    work.run(
        "UPDATE provenance SET extractor = ?2 WHERE article_id = ?1 AND extractor <> ?2
           AND revision = (SELECT revision FROM articles WHERE id = ?1)",
        &bind![article, extractor],
    )?;
    Ok(())
}

/// Today's extractor made another text: a revision with the fetch and the bytes of the one before it.
pub(super) fn reextracted(
    work: &Work<'_>,
    article: i64,
    revision: i64,
    extractor: u32,
) -> Done<()> {
    work.run(
        "INSERT INTO provenance (article_id, revision, reason, fetch_id, raw_hash, extractor,
           normalisation)
         SELECT a.id, a.revision, ?3, p.fetch_id, p.raw_hash, ?4, ?5 FROM articles a
         LEFT JOIN provenance p ON p.article_id = a.id AND p.revision = ?2
         WHERE a.id = ?1",
        &bind![
            article,
            revision,
            Reason::Extractor.as_str(),
            extractor,
            NORMALISATION,
        ],
    )?;
    Ok(())
}
