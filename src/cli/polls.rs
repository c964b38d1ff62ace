//! A round of polls that a signal may end early: what `fetch` does.

use tokio::time::{Duration, Instant, timeout_at};

use super::output;
use crate::{
    daemon::{Signal, Signals},
    ingest::{IngestError, PollReport, Round, RoundSummary},
};

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

/// Polls, and tells `on_report` each report as it comes in. After a signal no poll begins, and those
/// under way have `allowed` less the time to close; a second signal ends them at once.
pub(super) async fn run(
    mut round: Round,
    allowed: Duration,
    signals: &mut Signals,
    mut on_report: impl FnMut(&PollReport),
) -> Result<Done, IngestError> {
    loop {
        tokio::select! {
            report = round.next() => match report? {
                Some(report) => on_report(&report),
                None => return Ok(Done { summary: round.break_off().await, left: None }),
            },
            () = asked_to_stop(signals) => break,
        }
    }
    let unstarted = round.stop();
    let deadline = Instant::now() + allowed.saturating_sub(CLOSING);
    output::note(format!(
        "stopping: {} under way, {unstarted} not begun; a second signal ends them at once",
        output::count(round.n_running(), "poll", "polls")
    ));
    loop {
        tokio::select! {
            next = timeout_at(deadline, round.next()) => match next {
                Ok(report) => match report? {
                    Some(report) => on_report(&report),
                    None => break,
                },
                Err(_) => break,
            },
            () = asked_to_stop(signals) => break,
        }
    }
    let left = Left {
        unstarted,
        broken_off: round.n_running(),
    };
    let is_all_done = left.unstarted == 0 && left.broken_off == 0;
    Ok(Done {
        summary: round.break_off().await,
        left: (!is_all_done).then_some(left),
    })
}

/// TERM, INT, or the terminal is gone.
async fn asked_to_stop(signals: &mut Signals) {
    while signals.next().await == Signal::PollAll {}
}
