//! Polls side by side until all are done or a signal says stop: what `fetch` does.

use std::vec;

use tokio::{
    task::{JoinError, JoinSet},
    time::{Duration, Instant, timeout_at},
};

use super::output;
use crate::{
    daemon::{Signal, Signals},
    ingest::{IngestError, Pick, Pipeline, PollReport, RoundSummary},
    schedule::Manner,
};

/// Polls under way per request slot: feeds of one host wait for each other, and while they do
/// others may go ahead.
const TASKS_PER_SLOT: usize = 4;

/// Part of `limits.shutdown` kept for closing the database.
const CLOSING: Duration = Duration::from_secs(1);

/// What a signal left undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    /// Feeds whose poll never began.
    pub(super) unstarted: usize,
    /// Polls that took too long to wait for.
    pub(super) broken_off: usize,
}

/// What the polls came to.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) summary: RoundSummary,
    /// `None`: all was done.
    pub(super) left: Option<Left>,
}

/// Polls to do and under way.
#[derive(Debug)]
pub(super) struct Polls {
    pipeline: Pipeline,
    manner: Manner,
    waiting: vec::IntoIter<Pick>,
    running: JoinSet<Result<PollReport, IngestError>>,
    summary: RoundSummary,
}

impl Polls {
    pub(super) fn new(pipeline: Pipeline, manner: Manner, picks: Vec<Pick>) -> Self {
        Self {
            pipeline,
            manner,
            waiting: picks.into_iter(),
            running: JoinSet::new(),
            summary: RoundSummary::default(),
        }
    }

    /// Polls, and tells `on_report` each report as it comes in. After a signal no poll begins, and
    /// those under way have `limits.shutdown`; a second signal ends them at once.
    pub(super) async fn run(
        mut self,
        signals: &mut Signals,
        mut on_report: impl FnMut(&PollReport),
    ) -> Result<Done, IngestError> {
        loop {
            self.start_more();
            tokio::select! {
                joined = self.running.join_next() => match joined {
                    Some(joined) => self.take(joined, &mut on_report)?,
                    None => return Ok(Done { summary: self.summary, left: None }),
                },
                () = asked_to_stop(signals) => return self.drain(signals, &mut on_report).await,
            }
        }
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

    fn take(
        &mut self,
        joined: Result<Result<PollReport, IngestError>, JoinError>,
        on_report: &mut impl FnMut(&PollReport),
    ) -> Result<(), IngestError> {
        match joined {
            Ok(report) => {
                let report = report?;
                self.summary.add(&report);
                on_report(&report);
            }
            Err(join) => {
                tracing::error!("a poll ended without a result: {join}");
                self.summary.feeds += 1;
                self.summary.failed += 1;
            }
        }
        Ok(())
    }

    async fn drain(
        mut self,
        signals: &mut Signals,
        on_report: &mut impl FnMut(&PollReport),
    ) -> Result<Done, IngestError> {
        let unstarted = self.waiting.len();
        let allowed = self.pipeline.config().limits.shutdown;
        let deadline = Instant::now() + allowed.saturating_sub(CLOSING);
        output::note(format!(
            "stopping: {} under way, {unstarted} not begun; a second signal ends them at once",
            output::count(self.running.len(), "poll", "polls")
        ));
        loop {
            tokio::select! {
                joined = timeout_at(deadline, self.running.join_next()) => match joined {
                    Ok(Some(joined)) => self.take(joined, on_report)?,
                    Ok(None) | Err(_) => break,
                },
                () = asked_to_stop(signals) => break,
            }
        }
        let left = Left {
            unstarted,
            broken_off: self.running.len(),
        };
        self.running.shutdown().await;
        let is_all_done = left.unstarted == 0 && left.broken_off == 0;
        Ok(Done {
            summary: self.summary,
            left: (!is_all_done).then_some(left),
        })
    }
}

/// TERM, INT, or the terminal is gone.
async fn asked_to_stop(signals: &mut Signals) {
    while signals.next().await == Signal::PollAll {}
}
