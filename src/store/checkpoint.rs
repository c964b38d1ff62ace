//! When the write-ahead log goes into the file: by our own timer and counters, never as a side
//! effect of somebody's commit (R34).

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, MAIN_DB, wal::CheckpointMode};

use super::{
    error::FileName,
    file::{LOCK_SLICE, beside},
};

/// Pages in the log (of 4 KiB) from which a commit is followed by a checkpoint: 16 MiB.
const PAGES_AFTER_COMMIT: i64 = 4_096;

/// How often the timer looks. A log that a reader kept long is cut back within 10 s (R34).
pub(super) const TICK: Duration = Duration::from_secs(5);

/// How long the last checkpoint waits for readers.
const LAST_WAIT: Duration = Duration::from_millis(500);

/// Counts the pages of the log and says when it is time.
#[derive(Debug)]
pub(super) struct Checkpoints {
    pages: Arc<AtomicI64>,
    /// Pages in the log at the last attempt; 0 since the log began anew.
    attempted_at: i64,
    /// Something was committed since the last attempt that moved everything.
    is_dirty: bool,
    log: PathBuf,
    limit_bytes: u64,
}

impl Checkpoints {
    pub(super) fn new(pages: Arc<AtomicI64>, file: &FileName, limit_bytes: u64) -> Self {
        Self {
            pages,
            attempted_at: 0,
            is_dirty: true,
            log: beside(&file.path, "-wal"),
            limit_bytes,
        }
    }

    /// After a commit: only when the log has grown by a good piece since the last attempt.
    pub(super) fn after_commit(&mut self, connection: &Connection) {
        self.is_dirty = true;
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.attempted_at {
            self.attempted_at = 0;
        }
        if pages >= self.attempted_at + PAGES_AFTER_COMMIT {
            let done = self.now(connection);
            self.log_fault(done);
        }
    }

    /// By the timer.
    pub(super) fn on_tick(&mut self, connection: &Connection) {
        if self.is_dirty {
            let done = self.now(connection);
            self.log_fault(done);
        }
        if !self.is_log_too_long() {
            return;
        }
        if self.is_dirty {
            tracing::warn!(
                db.log = %self.log.display(),
                "a reader keeps {} from being cut back",
                self.log.display()
            );
        } else {
            self.log_fault(truncate(connection, Duration::ZERO));
        }
    }

    /// Moves what readers allow to be moved.
    pub(super) fn now(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let (n_log, n_moved) =
            connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE)?;
        self.attempted_at = i64::from(n_log);
        self.is_dirty = n_moved < n_log;
        Ok(())
    }

    fn is_log_too_long(&self) -> bool {
        std::fs::metadata(&self.log).is_ok_and(|log| log.len() > self.limit_bytes)
    }

    fn log_fault(&self, done: rusqlite::Result<()>) {
        if let Err(error) = done {
            tracing::warn!(
                db.log = %self.log.display(),
                %error,
                "cannot checkpoint {}: {error}",
                self.log.display()
            );
        }
    }
}

/// At the end: everything into the file, the log cut to nothing. A reader in the way is no fault;
/// the log then stays, whole.
pub(super) fn last(connection: &Connection) -> rusqlite::Result<()> {
    truncate(connection, LAST_WAIT)
}

fn truncate(connection: &Connection, wait: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(wait)?;
    let done = connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::TRUNCATE);
    connection.busy_timeout(LOCK_SLICE)?;
    match done {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        done => done.map(drop),
    }
}
