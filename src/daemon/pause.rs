//! No fetch whose result cannot be stored: polling waits until the database takes rows again (R35).

use std::time::Duration;

use tokio::task::{JoinError, JoinSet};

use crate::{
    clock::Now,
    store::{Store, StoreError},
};

/// While results cannot be stored, the database is tried this often.
const PROBE_EVERY: Duration = Duration::from_secs(10);

/// How a trial of the database ended.
#[derive(Debug)]
pub(super) struct Trial(Result<Result<(), StoreError>, JoinError>);

/// Whether polling pauses, and the trial that may end it.
#[derive(Debug, Default)]
pub(super) struct Pause {
    why: Option<String>,
    last_probe: Duration,
    /// Beside the loop: a large file that could not be read takes a while to be looked through.
    probing: JoinSet<Result<(), StoreError>>,
}

impl Pause {
    /// Why polling pauses; `None` when it does not.
    pub(super) fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// Whether polling pauses.
    pub(super) fn is_on(&self) -> bool {
        self.why.is_some()
    }

    /// Polling pauses from now on.
    pub(super) fn begin(&mut self, why: String, now: Now) {
        self.last_probe = now.mono;
        self.why = Some(why);
    }

    /// Tries the database when it is time; [`next_trial`](Self::next_trial) tells what came of it.
    pub(super) fn probe_when_due(&mut self, store: &Store, now: Now) {
        let is_due = now.mono.saturating_sub(self.last_probe) >= PROBE_EVERY;
        if self.is_on() && is_due && self.probing.is_empty() {
            let store = store.clone();
            self.probing.spawn(async move { store.probe().await });
        }
    }

    /// Waits for the end of a trial; `None` at once when there is none.
    pub(super) async fn next_trial(&mut self) -> Option<Trial> {
        self.probing.join_next().await.map(Trial)
    }

    /// Ends the pause if the trial went well; whether it did.
    pub(super) fn is_over(&mut self, trial: &Trial, now: Now) -> bool {
        self.last_probe = now.mono;
        let is_over = matches!(trial.0, Ok(Ok(())));
        if is_over {
            self.why = None;
        }
        is_over
    }
}
