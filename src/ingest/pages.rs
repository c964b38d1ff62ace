//! The pages a feed waits for, up to a limit.

use std::sync::Arc;

use super::{
    IngestError, PageCounts, article_step::PageStep, lessons::Lessons, log::log_page,
    pipeline::Inner,
};
use crate::{
    config::FeedConfig,
    model::{FeedId, Outcome},
    store::{DuePage, Stored},
};

/// What a run over a feed's pages came to.
#[derive(Debug, Default)]
pub(super) struct PagesRun {
    pub(super) counts: PageCounts,
    pub(super) stored: Stored,
}

impl Inner {
    /// Fetches up to `limit` pages that are due for `feed`, one after the other: they mostly
    /// stand on one host, which takes one request at a time.
    pub(super) async fn run_pages(
        self: &Arc<Self>,
        feed: &FeedConfig,
        id: FeedId,
        limit: usize,
    ) -> Result<PagesRun, IngestError> {
        let mut run = PagesRun::default();
        let now = self.clock.now().wall;
        let due = self
            .store
            .due_pages(id, limit, now)
            .await
            .map_err(IngestError::store(format!(
                "read the pages that wait for feed `{}`",
                feed.url
            )))?;
        let due = self.with_rechecks(feed, id, due, limit).await?;
        let (mut n_checked, mut streak) = (0_u32, 0_u32);
        let mut is_broken = false;
        let mut lessons = Lessons::default();
        for page in due {
            let address = page.page.url.clone();
            let step = match self.page_step(feed, page).await? {
                PageStep::HostWaits => break,
                PageStep::Done { record, lesson } => {
                    if let Some(was_whole) = lesson.was_whole {
                        n_checked += 1;
                        is_broken |= !was_whole;
                        streak = if was_whole { streak + 1 } else { 0 };
                    }
                    lessons.add(&record, lesson);
                    record
                }
            };
            count(&mut run.counts, step.outcome);
            log_page(feed, &step);
            let stored = self
                .store
                .finish_page(*step)
                .await
                .map_err(IngestError::store(format!("keep page `{address}`")))?;
            run.stored.n_new += stored.n_new;
            run.stored.n_revised += stored.n_revised;
            run.stored.n_linked += stored.n_linked;
        }
        self.keep_lessons(feed, id, lessons).await?;
        if n_checked > 0 {
            self.store
                .learn_full_text(id, n_checked, streak, is_broken)
                .await
                .map_err(IngestError::store(format!(
                    "keep what was learned of feed `{}`",
                    feed.url
                )))?;
        }
        run.counts.waiting = self
            .store
            .waiting(id)
            .await
            .map_err(IngestError::store(format!(
                "count the pages that wait for feed `{}`",
                feed.url
            )))?;
        Ok(run)
    }
}

impl Inner {
    /// The pages that wait, and those whose time to be looked at again has come.
    async fn with_rechecks(
        &self,
        feed: &FeedConfig,
        id: FeedId,
        mut due: Vec<DuePage>,
        limit: usize,
    ) -> Result<Vec<DuePage>, IngestError> {
        if !feed.recheck.is_empty() && due.len() < limit {
            let now = self.clock.now().wall;
            let rechecks = self.store.due_rechecks(id, limit - due.len(), now).await;
            due.extend(rechecks.map_err(IngestError::store(format!(
                "read the pages of feed `{}` that are to be looked at again",
                feed.url
            )))?);
        }
        Ok(due)
    }
}

fn count(counts: &mut PageCounts, outcome: Outcome) {
    match outcome {
        Outcome::Ok | Outcome::NotModified => counts.ok += 1,
        Outcome::Failed => counts.failed += 1,
        Outcome::Refused => counts.refused += 1,
    }
}
