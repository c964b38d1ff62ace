//! Failures that were counted against feeds before it was clear that our own line was down (R18).

use std::{sync::PoisonError, time::Duration};

use chrono::{DateTime, Utc};

use super::{IngestError, PollReport, pipeline::Inner};
use crate::{
    config::FeedConfig,
    model::{FeedId, FeedRow, Outcome},
    schedule::{self, PollResult},
    store::Excuse,
};

impl Inner {
    /// What takes this failure back, should it prove to be ours; `None` when it cannot, or is known to be.
    pub(super) fn excuse(
        &self,
        feed: &FeedConfig,
        row: &FeedRow,
        result: &PollResult<'_>,
        now: DateTime<Utc>,
    ) -> Option<Excuse> {
        let may_be_ours = result.outcome == Outcome::Failed
            && !result.is_local_outage
            && result
                .failure
                .is_some_and(|failure| schedule::is_outage_class(failure.class));
        if !may_be_ours {
            return None;
        }
        let ours = PollResult {
            is_local_outage: true,
            ..result.clone()
        };
        let next = self.next_poll(feed, row, &ours, now);
        Some(Excuse {
            feed: row.id,
            failures: next.failures,
            next_poll_at: next.at,
            bounds: next.memory.bounds,
        })
    }

    /// When the feed is due as it is stored now.
    pub(super) async fn planned(
        &self,
        row: &FeedRow,
    ) -> Result<Option<DateTime<Utc>>, IngestError> {
        let what = format!("read the row of feed `{}`", row.url);
        let stored = self.store.feed(row.id).await;
        let stored = stored.map_err(IngestError::store(what))?;
        Ok(stored.and_then(|row| row.next_poll_at))
    }

    /// Takes back what has proved to be ours, this poll's failure and others'. To be called once the poll is
    /// kept: what is taken back must not be written again.
    pub(super) async fn settle_blame(
        &self,
        feed: FeedId,
        excuse: Option<Excuse>,
        mono: Duration,
        report: &mut PollReport,
    ) -> Result<(), IngestError> {
        let excused = self
            .outage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .settle(feed, excuse, mono);
        if excused.is_empty() {
            return Ok(());
        }
        let mut sooner: Vec<_> = excused
            .iter()
            .map(|excuse| (excuse.feed, excuse.next_poll_at))
            .collect();
        if let Some((_, at)) = sooner.iter().find(|(excused, _)| *excused == feed) {
            report.next_poll_at = Some(*at);
        }
        sooner.retain(|(excused, _)| *excused != feed);
        report.sooner = sooner;
        self.store.excuse(excused).await.map_err(IngestError::store(
            "take back failures that were our own line's".to_owned(),
        ))
    }
}
