//! Long work on the database beside polling: one piece at a time, asked for by a command or by the
//! configuration's retention.

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinSet};

use super::{ControlReply, run::chain};
use crate::{
    clock::{Clock, Now},
    config::Config,
    ingest::{Chore, ChoreSummary, Pool, PruneOrder, Rereader, run_chore},
    store::Store,
};

/// What the configuration says is kept no longer is taken out this often.
const RETENTION_EVERY: Duration = Duration::from_hours(1);

/// And for the first time so long after the start: polls come first.
const RETENTION_FIRST: Duration = Duration::from_mins(5);

/// Changed texts that wait for a slow reader.
const TOLD: usize = 16;

/// What a chore works with.
#[derive(Debug, Clone)]
pub(super) struct Tools {
    pub(super) store: Store,
    pub(super) rereader: Rereader,
    pub(super) clock: Arc<dyn Clock>,
}

impl Tools {
    pub(super) fn new(config: &Config, store: &Store, pool: &Pool, clock: &Arc<dyn Clock>) -> Self {
        Self {
            store: store.clone(),
            rereader: Rereader::new(config, pool.clone(), Arc::clone(clock)),
            clock: Arc::clone(clock),
        }
    }
}

/// The work under way, and what waits for it.
#[derive(Debug)]
pub(super) struct Chores {
    running: JoinSet<()>,
    turn: Arc<tokio::sync::Mutex<()>>,
    retention_due: Duration,
}

impl Chores {
    pub(super) fn new(now: Now) -> Self {
        Self {
            running: JoinSet::new(),
            turn: Arc::default(),
            retention_due: now.mono + RETENTION_FIRST,
        }
    }

    /// Does what a command asks for, after what was asked before, and answers.
    pub(super) fn start(
        &mut self,
        tools: Tools,
        chore: Chore,
        replies: mpsc::Sender<ControlReply>,
    ) {
        let turn = Arc::clone(&self.turn);
        self.running.spawn(async move {
            let _turn = turn.lock().await;
            let (tell, mut told) = mpsc::channel(TOLD);
            let passing_on = async {
                while let Some(changed) = told.recv().await {
                    let reply = ControlReply::Changed(Box::new(changed));
                    if replies.send(reply).await.is_err() {
                        // Who asked has gone: what is left can be asked for again.
                        return;
                    }
                }
            };
            let now = tools.clock.now().wall;
            let working = run_chore(&chore, &tools.store, &tools.rereader, now, tell);
            let (done, ()) = tokio::join!(working, passing_on);
            let reply = match done {
                Ok(summary) => ControlReply::ChoreDone { summary },
                Err(error) => ControlReply::Failed {
                    hint: error.store_error().and_then(crate::store::StoreError::hint),
                    error: chain(&error),
                },
            };
            drop(replies.send(reply).await);
        });
    }

    /// Takes out what the configuration says is kept no longer, when it is time.
    pub(super) fn keep_retention(
        &mut self,
        tools: impl FnOnce() -> Tools,
        config: &Config,
        now: Now,
    ) {
        if now.mono < self.retention_due {
            return;
        }
        self.retention_due = now.mono + RETENTION_EVERY;
        let (tools, turn) = (tools(), Arc::clone(&self.turn));
        let chore = Chore::Prune(PruneOrder::of(&config.retention, now.wall));
        self.running.spawn(async move {
            let _turn = turn.lock().await;
            let (tell, _told) = mpsc::channel(1);
            match run_chore(&chore, &tools.store, &tools.rereader, now.wall, tell).await {
                Ok(ChoreSummary::Prune(pruned)) if pruned.articles > 0 => tracing::info!(
                    articles = pruned.articles,
                    raw_pages = pruned.raw_pages,
                    "retention: {} articles and {} raw pages were taken out",
                    pruned.articles,
                    pruned.raw_pages
                ),
                Ok(_) => {}
                Err(error) => {
                    let why = chain(&error);
                    tracing::warn!("retention: {why}; it is tried again in an hour");
                }
            }
        });
    }

    /// Waits for the end of a piece of work; for ever when there is none.
    pub(super) async fn next(&mut self) {
        if self.running.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Breaks off what is under way: each step that was done stays done.
    pub(super) async fn abort(&mut self) {
        self.running.shutdown().await;
    }
}
