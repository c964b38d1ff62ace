//! When the write-ahead log goes into the file: by our own timer and counters, never as a side
//! effect of somebody's commit (R34).

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, MAIN_DB, wal::CheckpointMode};

use super::{
    error::FileName,
    file::{LOCK_SLICE, beside},
};

/// Pages in the log (of 4 KiB) from which a commit is followed by a checkpoint: 16 MiB.
const PAGES_AFTER_COMMIT: i64 = 4_096;

/// A page in the log, with its header (SQLite, "WAL-mode File Format").
const FRAME_BYTES: u64 = 4_096 + 24;

/// How often the timer looks. A log that a reader kept long is cut back within 10 s (R34).
pub(super) const TICK: Duration = Duration::from_secs(5);

/// How long the last checkpoint waits for readers.
const LAST_WAIT: Duration = Duration::from_millis(500);

/// How long the write-ahead log becomes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLimits {
    /// To this it is cut back (`limits.journal_size_limit`).
    pub kept_bytes: u64,
    /// Beyond this, when a reader keeps it from being cut back, nothing is written
    /// (`limits.journal_stop`).
    pub most_bytes: u64,
}

/// A reader that keeps the log from being cut back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPin {
    /// Since when, as far as it was noticed.
    pub since: DateTime<Utc>,
    /// Bytes of the log.
    pub bytes: u64,
}

/// Counts the pages of the log and says when it is time.
#[derive(Debug)]
pub(super) struct Checkpoints {
    pages: Arc<AtomicI64>,
    /// Pages in the log at the last attempt; 0 since the log began anew.
    attempted_at: i64,
    /// Something was committed since the last attempt that moved everything.
    is_dirty: bool,
    log: PathBuf,
    limits: LogLimits,
    pin: Arc<Mutex<Option<LogPin>>>,
    /// Ticks since the log was pinned, and checkpoints that failed in a row: told now and then (R28).
    n_pinned: u64,
    n_failed: u64,
}

impl Checkpoints {
    pub(super) fn new(
        pages: Arc<AtomicI64>,
        file: &FileName,
        limits: LogLimits,
        pin: Arc<Mutex<Option<LogPin>>>,
    ) -> Self {
        Self {
            pages,
            attempted_at: 0,
            is_dirty: true,
            log: beside(&file.path, "-wal"),
            limits,
            pin,
            n_pinned: 0,
            n_failed: 0,
        }
    }

    /// The reader that keeps the log, if there is one.
    #[cfg(test)]
    pub(super) fn pin(&self) -> Option<LogPin> {
        *self.pin.lock().unwrap_or_else(PoisonError::into_inner)
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
    pub(super) fn on_tick(&mut self, connection: &Connection, now: DateTime<Utc>) {
        if self.is_dirty {
            let done = self.now(connection);
            self.log_fault(done);
        }
        if self.log_bytes() > self.limits.kept_bytes && !self.is_dirty {
            let done = truncate(connection, Duration::ZERO);
            self.log_fault(done);
        }
        self.look_for_pin(now);
    }

    /// Whether the log may not grow further, after a last try to move it into the file.
    pub(super) fn is_at_its_end(&mut self, connection: &Connection, now: DateTime<Utc>) -> bool {
        if !self.is_beyond_most() {
            return false;
        }
        self.on_tick(connection, now);
        self.is_dirty && self.is_beyond_most()
    }

    /// Moves what readers allow to be moved.
    pub(super) fn now(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let (n_log, n_moved) =
            connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE)?;
        self.attempted_at = i64::from(n_log);
        self.is_dirty = n_moved < n_log;
        Ok(())
    }

    /// Notes whether a reader keeps the log; tells it at the first tick, the second, the fourth and so on.
    fn look_for_pin(&mut self, now: DateTime<Utc>) {
        let bytes = self.log_bytes();
        let is_pinned = self.is_dirty && bytes > self.limits.kept_bytes;
        let mut pin = self.pin.lock().unwrap_or_else(PoisonError::into_inner);
        let since = pin.map_or(now, |pin| pin.since);
        let age = (now - since).num_seconds();
        let log = self.log.display();
        if !is_pinned {
            if pin.take().is_some() {
                self.n_pinned = 0;
                tracing::info!("the reader that kept {log} for {age} s is gone");
            }
            return;
        }
        *pin = Some(LogPin { since, bytes });
        self.n_pinned += 1;
        if self.n_pinned.is_power_of_two() {
            tracing::warn!(
                db.log = %log,
                size_bytes = bytes,
                age_s = age,
                "a reader has kept {log} from being cut back for {age} s: it has {bytes} bytes, and polling pauses at {}",
                self.limits.most_bytes
            );
        }
    }

    fn is_beyond_most(&self) -> bool {
        // What is in use of it; the file itself may be longer.
        let pages = u64::try_from(self.pages.load(Ordering::Relaxed)).unwrap_or(0);
        pages.saturating_mul(FRAME_BYTES) > self.limits.most_bytes
    }

    fn log_bytes(&self) -> u64 {
        std::fs::metadata(&self.log).map_or(0, |log| log.len())
    }

    fn log_fault(&mut self, done: rusqlite::Result<()>) {
        let Err(error) = done else {
            self.n_failed = 0;
            return;
        };
        self.n_failed += 1;
        if self.n_failed.is_power_of_two() {
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
