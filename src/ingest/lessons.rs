//! What a run over a feed's pages taught, kept at its end: a write for each page would cost more
//! than the page's own.

use super::{
    IngestError,
    pipeline::Inner,
    usual::{self, Turn},
};
use crate::{
    config::FeedConfig,
    extract,
    model::{ErrorClass, FeedId, PageMeasure},
    store::{PageRecord, SitePassage},
};

/// What the reading of one page taught.
#[derive(Debug, Default)]
pub(super) struct Lesson {
    /// The feed's own text was compared with the page's: was it whole?
    pub(super) was_whole: Option<bool>,
    /// How much text it gave, when it could be read.
    pub(super) measure: Option<PageMeasure>,
    /// Paragraphs that are now known as the site's.
    pub(super) passages: Vec<SitePassage>,
}

/// What the pages of a run taught.
#[derive(Debug, Default)]
pub(super) struct Lessons {
    measures: Vec<PageMeasure>,
    passages: Vec<SitePassage>,
}

impl Lessons {
    /// Takes in what a page taught, whatever came of it.
    pub(super) fn add(&mut self, record: &PageRecord, lesson: Lesson) {
        let is_unreadable = record
            .failure
            .as_ref()
            .is_some_and(|failure| is_unreadable(failure.class));
        let nothing = is_unreadable.then(PageMeasure::default);
        self.measures.extend(lesson.measure.or(nothing));
        self.passages.extend(lesson.passages);
    }
}

/// The page came, but no article was found in it. What kept it from coming says nothing of its
/// layout.
fn is_unreadable(class: ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::Extract | ErrorClass::NotHtml | ErrorClass::JsRequired | ErrorClass::Empty
    )
}

/// How much text a page gave.
pub(super) fn measure(article: &extract::Article) -> PageMeasure {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100"
    )]
    let quality = (article.quality.clamp(0.0, 1.0) * 100.0).round() as u32;
    PageMeasure {
        words: article.text.n_words(),
        quality,
    }
}

impl Inner {
    /// Keeps what a run taught; says when a site's layout seems to have changed.
    pub(super) async fn keep_lessons(
        &self,
        feed: &FeedConfig,
        id: FeedId,
        lessons: Lessons,
    ) -> Result<(), IngestError> {
        let what = || format!("keep what was learned of feed `{}`", feed.url);
        if !lessons.passages.is_empty() {
            let kept = self.store.learn_passages(lessons.passages).await;
            kept.map_err(IngestError::store(what()))?;
        }
        if lessons.measures.is_empty() {
            return Ok(());
        }
        let row = self.store.feed(id).await;
        let Some(row) = row.map_err(IngestError::store(what()))? else {
            return Ok(());
        };
        let mut usual = row.memory.usual;
        for measure in lessons.measures {
            match usual::observe(&mut usual, measure) {
                Some(Turn::Changed) => tracing::warn!(
                    feed.id = id.0,
                    feed.url = %feed.url,
                    "pages of feed {} give far less text than usual: has its site another layout? `feedmill status` says what to do",
                    feed.url
                ),
                Some(Turn::AsBefore) => tracing::info!(
                    feed.id = id.0,
                    feed.url = %feed.url,
                    "pages of feed {} give as much text as usual again",
                    feed.url
                ),
                None => {}
            }
        }
        let kept = self.store.keep_usual(id, usual).await;
        kept.map_err(IngestError::store(what()))
    }
}
