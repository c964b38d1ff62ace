//! Many feeds at once: what `fetch` does, and the demo.

use std::vec;

use tokio::task::JoinSet;

use super::{IngestError, Pipeline, PollReport};
use crate::{
    config::{Config, FeedConfig},
    model::{FeedRow, FeedStatus},
    schedule::Manner,
};

/// Polls under way per request slot: feeds of one host wait for each other, and while they do
/// others may go ahead.
const TASKS_PER_SLOT: usize = 4;

/// A feed to poll, as configured and as stored.
#[derive(Debug, Clone)]
pub struct Pick {
    /// As configured, or the defaults for a feed that is not.
    pub feed: FeedConfig,
    /// As stored.
    pub row: FeedRow,
}

impl Pick {
    /// Every row that is polled at all, with its configuration; rows no longer configured are
    /// left out.
    pub fn all(config: &Config, rows: Vec<FeedRow>) -> Vec<Self> {
        let by_url: std::collections::HashMap<&str, &FeedConfig> = config
            .feeds
            .iter()
            .map(|feed| (feed.url.as_str(), feed))
            .collect();
        rows.into_iter()
            .filter(|row| is_polled(row.status))
            .filter_map(|row| {
                let feed = (*by_url.get(row.url.as_str())?).clone();
                Some(Self { feed, row })
            })
            .collect()
    }
}

fn is_polled(status: FeedStatus) -> bool {
    match status {
        // A quarantined feed is asked on: its document may change.
        FeedStatus::Active | FeedStatus::Gone | FeedStatus::Quarantined => true,
        FeedStatus::Paused | FeedStatus::Removed | FeedStatus::Adhoc => false,
    }
}

/// What a round came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct RoundSummary {
    /// Feeds that were to be polled.
    pub feeds: u32,
    /// Polls that brought a document.
    pub ok: u32,
    /// Polls that brought nothing new by 304.
    pub not_modified: u32,
    /// Polls that failed or were refused.
    pub failed: u32,
    /// Feeds left alone because the server or the schedule asked to wait.
    pub held_back: u32,
    /// New articles.
    pub new: u32,
    /// Articles with a new revision.
    pub revised: u32,
    /// Listings of articles known already.
    pub linked: u32,
    /// Pages read.
    pub pages: u32,
    /// Pages that could not be had.
    pub pages_failed: u32,
    /// Pages refused by robots.txt or the address guard.
    pub pages_refused: u32,
    /// Pages that wait.
    pub waiting: u64,
}

impl RoundSummary {
    /// Adds one poll.
    pub fn add(&mut self, report: &PollReport) {
        self.feeds += 1;
        match (report.outcome.as_str(), &report.error_class) {
            ("ok", _) => self.ok += 1,
            ("not_modified", _) => self.not_modified += 1,
            ("refused", None) => self.held_back += 1,
            _ => self.failed += 1,
        }
        self.new += report.new;
        self.revised += report.revised;
        self.linked += report.linked;
        self.pages += report.pages.ok;
        self.pages_failed += report.pages.failed;
        self.pages_refused += report.pages.refused;
        self.waiting += report.pages.waiting;
    }
}

/// Polls feeds side by side.
#[derive(Debug)]
pub struct Round {
    pipeline: Pipeline,
    manner: Manner,
    waiting: vec::IntoIter<Pick>,
    running: JoinSet<Result<PollReport, IngestError>>,
    summary: RoundSummary,
}

impl Round {
    /// A round over `picks`; nothing is polled before the first [`next`](Self::next).
    pub fn new(pipeline: Pipeline, manner: Manner, picks: Vec<Pick>) -> Self {
        Self {
            pipeline,
            manner,
            waiting: picks.into_iter(),
            running: JoinSet::new(),
            summary: RoundSummary::default(),
        }
    }

    /// Polls on until the next report comes in; `None` when all is done. To drop the future loses
    /// nothing.
    ///
    /// # Errors
    ///
    /// A result cannot be stored; what was committed so far is kept.
    pub async fn next(&mut self) -> Result<Option<PollReport>, IngestError> {
        loop {
            self.start_more();
            match self.running.join_next().await {
                None => return Ok(None),
                Some(Ok(report)) => {
                    let report = report?;
                    self.summary.add(&report);
                    return Ok(Some(report));
                }
                Some(Err(join)) => {
                    tracing::error!("a poll ended without a result: {join}");
                    self.summary.feeds += 1;
                    self.summary.failed += 1;
                }
            }
        }
    }

    /// Polls all, tells `on_report` each report as it comes in, and sums up.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next): ends early.
    pub async fn run(
        mut self,
        mut on_report: impl FnMut(&PollReport),
    ) -> Result<RoundSummary, IngestError> {
        while let Some(report) = self.next().await? {
            on_report(&report);
        }
        Ok(self.summary)
    }

    /// Begins no more polls; how many were not begun.
    pub fn stop(&mut self) -> usize {
        std::mem::take(&mut self.waiting).len()
    }

    /// Polls under way.
    pub fn n_running(&self) -> usize {
        self.running.len()
    }

    /// Ends what is under way, and sums up.
    pub async fn break_off(mut self) -> RoundSummary {
        self.running.shutdown().await;
        self.summary
    }

    fn start_more(&mut self) {
        let n_tasks = self.pipeline.config().limits.concurrency.max(1) * TASKS_PER_SLOT;
        while self.running.len() < n_tasks {
            let Some(pick) = self.waiting.next() else {
                return;
            };
            let pipeline = self.pipeline.clone();
            let manner = self.manner;
            self.running
                .spawn(async move { pipeline.poll(&pick.feed, &pick.row, manner).await });
        }
    }
}
