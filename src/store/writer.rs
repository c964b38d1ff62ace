//! The one thread that writes.
//!
//! **Invariant:** a transaction spans neither network nor parsing; an answer is given only after
//! its commit has reached the disk. A job that fails costs itself alone.

use std::{
    cell::RefCell,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::{
    checkpoint::{self, Checkpoints},
    command::{self, Answer, Job, Write},
    error::{Fault, FileName, is_busy},
    file::{self, LOCK_SLICE},
    fulltext::{self, Outdated},
    label::{self, Relabelled},
    window::Window,
    work::{Done, Rules, Work},
};
use crate::{clock::Clock, model::TransactionTimes};

/// Most jobs of one transaction, and after how long it takes no further one: fsync is paid once for all of them,
/// and nobody waits long for the lock. The full-text index and the commit come on top; 99 of 100 may hold the
/// lock for 50 ms in all (R33).
const JOBS_AT_ONCE: usize = 100;
const BATCH_TIME: Duration = Duration::from_millis(30);

/// While jobs come from several sides at once, more of them are waited for: a commit writes each index
/// page it touches once and a segment of the full-text index, whether for one article or for thirty.
/// The wait is over when this many stand there, when none came for a slice (whoever polls waits here
/// for its answer), or after the longest time. A caller alone never waits.
const GATHERED: usize = 32;
const GATHER_SLICE: Duration = Duration::from_millis(20);
const GATHER_SLICES: u32 = 5;

/// How often in a slice it is looked whether enough stand there.
const GATHER_LOOKS: u32 = 10;

/// How often a foreign lock is waited for, [`LOCK_SLICE`] each time: a minute at work, half a
/// second once the store is being closed: what waits and the end itself must fit into `limits.shutdown`.
/// Whatever waits behind a lock that was not had has waited as long: it gets the same answer.
const LOCK_TRIES: u32 = 240;
const LOCK_TRIES_CLOSING: u32 = 2;

/// How long a foreign lock is waited for at work.
pub(super) const PATIENCE: Duration = LOCK_SLICE.saturating_mul(LOCK_TRIES);

/// The state of the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) file: FileName,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) rules: Rules,
    pub(super) window: RefCell<Window>,
    pub(super) jobs: mpsc::Receiver<Job>,
    pub(super) checkpoints: Checkpoints,
    pub(super) transactions: Arc<Mutex<TransactionTimes>>,
    /// The last transaction held more than one job.
    pub(super) is_busy: bool,
}

/// Pages in the log after the last commit, as SQLite tells its hook.
pub(super) fn watch_log(connection: &mut Connection) -> rusqlite::Result<Arc<AtomicI64>> {
    let pages = Arc::new(AtomicI64::new(0));
    let hook_pages = Arc::clone(&pages);
    connection.wal_hook(Some(
        move |_: &mut rusqlite::hooks::Wal, n_pages: std::ffi::c_int| {
            hook_pages.store(i64::from(n_pages), Ordering::Relaxed);
            Ok(())
        },
    ))?;
    Ok(pages)
}

impl Writer {
    /// Serves jobs until the last sender is gone, then closes the file.
    pub(super) fn run(mut self) {
        let mut aside: Option<Job> = None;
        while let Some(job) = aside.take().or_else(|| self.jobs.blocking_recv()) {
            match job {
                Job::Write(first) => aside = self.serve(first),
                Job::Tick => {
                    let now = self.clock.now().wall;
                    self.checkpoints.on_tick(&self.connection, now);
                }
                Job::Checkpoint(reply) => {
                    let done = self.checkpoints.now(&self.connection);
                    answer(
                        reply,
                        done.map_err(|e| self.file.sql_error("checkpoint", e)),
                    );
                }
                Job::Ping(reply) => answer(reply, Ok(())),
            }
        }
        if let Err(error) = self.end() {
            let path = self.file.path.display();
            tracing::warn!(
                db.path = %path,
                %error,
                "cannot close {path} in order: {error}; the next start will check it"
            );
        }
    }

    /// Serves the job and those queued behind it; a job that is no write comes back.
    fn serve(&mut self, first: Write) -> Option<Job> {
        if self.is_busy {
            self.gather();
        }
        let mut writes = VecDeque::from([first]);
        let mut aside = None;
        while writes.len() < JOBS_AT_ONCE && aside.is_none() {
            match self.jobs.try_recv() {
                Ok(Job::Write(write)) => writes.push_back(write),
                Ok(other) => aside = Some(other),
                Err(_) => break,
            }
        }
        self.is_busy = writes.len() > 1;
        let now = self.clock.now().wall;
        if self.checkpoints.is_at_its_end(&self.connection, now) {
            for write in writes {
                answer(write.reply, Err(self.file.log_full(write.action)));
            }
            return aside;
        }
        while !writes.is_empty() {
            self.serve_some(&mut writes);
        }
        self.checkpoints.after_commit(&self.connection);
        aside
    }

    /// Waits for more jobs while they keep coming.
    fn gather(&self) {
        let mut n_seen = self.jobs.len();
        for _ in 0..GATHER_SLICES {
            for _ in 0..GATHER_LOOKS {
                if self.jobs.len() >= GATHERED {
                    return;
                }
                std::thread::sleep(GATHER_SLICE / GATHER_LOOKS);
            }
            let n_waiting = self.jobs.len();
            if n_waiting == n_seen {
                return;
            }
            n_seen = n_waiting;
        }
    }

    /// One transaction over as many of the jobs as fit into its time.
    fn serve_some(&mut self, writes: &mut VecDeque<Write>) {
        match self.transact(writes.make_contiguous()) {
            Ok(answers) => {
                for (write, done) in writes.drain(..answers.len()).zip(answers) {
                    answer(
                        write.reply,
                        done.map_err(|f| self.file.error(write.action, f)),
                    );
                }
            }
            // One by one they would wait for the lock again, each in its turn.
            Err(fault) if fault.is_busy() => {
                for write in std::mem::take(writes) {
                    answer(write.reply, Err(self.file.locked(write.action)));
                }
            }
            // The whole transaction is lost: what can be kept by itself is.
            Err(_) if writes.len() > 1 => {
                for write in std::mem::take(writes) {
                    self.serve_alone(write);
                }
            }
            Err(fault) => {
                if let Some(write) = writes.pop_front() {
                    answer(write.reply, Err(self.file.error(write.action, fault)));
                }
            }
        }
    }

    fn serve_alone(&mut self, write: Write) {
        let mut alone = [write];
        let done = self.transact(&alone).and_then(|mut answers| {
            answers
                .pop()
                .unwrap_or_else(|| Err(Fault::Request("the job was not run".to_owned())))
        });
        let [write] = &mut alone;
        let (closed, _) = tokio::sync::oneshot::channel();
        let reply = std::mem::replace(&mut write.reply, closed);
        answer(reply, done.map_err(|f| self.file.error(write.action, f)));
    }

    /// Runs jobs in one transaction until its time is up; the answers of those that ran, in order.
    ///
    /// # Errors
    /// Nothing was kept: the lock was not had, or the file could not be written.
    fn transact(&mut self, writes: &[Write]) -> Done<Vec<Done<Answer>>> {
        match self.transact_once(writes) {
            // What a disk could not read for a moment looks like damage; damage is there the next time too.
            Err(fault) if fault.is_damage() => self.transact_once(writes),
            done => done,
        }
    }

    fn transact_once(&mut self, writes: &[Write]) -> Done<Vec<Done<Answer>>> {
        self.begin()?;
        let start = self.clock.now().mono;
        let done = self.run_and_commit(writes);
        if done.is_err() && !self.connection.is_autocommit() {
            // What is left of a failed transaction goes; SQLite may have rolled back itself.
            self.connection.execute_batch("ROLLBACK")?;
        }
        self.note_time(
            done.as_ref().map_or(0, Vec::len),
            self.clock.now().mono.saturating_sub(start),
        );
        done
    }

    fn note_time(&self, n_jobs: usize, took: Duration) {
        self.transactions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(took);
        let duration_us = took.as_micros();
        tracing::debug!(
            n_jobs,
            duration_us,
            "a transaction of {n_jobs} jobs held the database for {duration_us} µs"
        );
    }

    fn run_and_commit(&mut self, writes: &[Write]) -> Done<Vec<Done<Answer>>> {
        let start = self.clock.now();
        let mut work = Work {
            connection: &self.connection,
            now: start.wall,
            rules: self.rules,
            window: &self.window,
            outdated: Outdated::default(),
            relabelled: Relabelled::default(),
        };
        let mut answers = Vec::with_capacity(writes.len());
        for write in writes {
            let done = run_one(&mut work, write);
            match done {
                Err(fault) if fault.is_of_the_file() => return Err(fault),
                done => answers.push(done),
            }
            if self.clock.now().mono.saturating_sub(start.mono) >= BATCH_TIME {
                break;
            }
        }
        fulltext::bring_up_to_date(&mut work)?;
        label::bring_up_to_date(&work)?;
        self.connection.execute_batch("COMMIT")?;
        Ok(answers)
    }

    /// Takes the lock for writing. Another process that holds it for long costs nothing but time.
    fn begin(&self) -> rusqlite::Result<()> {
        let mut n_tries = 0;
        loop {
            match self.connection.execute_batch("BEGIN IMMEDIATE") {
                Ok(()) => return Ok(()),
                Err(error) => {
                    n_tries += 1;
                    let most = if self.jobs.is_closed() {
                        LOCK_TRIES_CLOSING
                    } else {
                        LOCK_TRIES
                    };
                    if !is_busy(&error) || n_tries >= most {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// The orderly end: the file says that it was closed, the log goes into the file.
    fn end(&self) -> rusqlite::Result<()> {
        self.begin()?;
        file::mark_closed(&self.connection)?;
        self.connection.execute_batch("COMMIT")?;
        checkpoint::last(&self.connection)
    }
}

/// One job inside its savepoint.
fn run_one(work: &mut Work<'_>, write: &Write) -> Done<Answer> {
    work.connection
        .prepare_cached("SAVEPOINT job")?
        .execute([])?;
    let mark = work.outdated.mark();
    let done = catch_unwind(AssertUnwindSafe(|| command::run(work, &write.command)))
        .unwrap_or_else(|_| Err(Fault::Request("the job crashed".to_owned())));
    if done.is_err() && !work.connection.is_autocommit() {
        work.connection.execute_batch("ROLLBACK TO job")?;
        work.outdated.rewind(mark);
    }
    if !work.connection.is_autocommit() {
        work.connection.prepare_cached("RELEASE job")?.execute([])?;
    }
    done
}

fn answer<T>(reply: tokio::sync::oneshot::Sender<T>, value: T) {
    if reply.send(value).is_err() {
        tracing::debug!("the store's answer came too late for its caller");
    }
}

/// How long a running writer waits for a foreign lock at a time.
pub(super) fn set_patience(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(LOCK_SLICE)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use tokio::sync::oneshot;

    use super::*;
    use crate::{
        clock::ManualClock,
        model::Placement,
        store::{LogLimits, RobotsCost, RobotsRow, RobotsState, StoreErrorKind, command::Command},
    };

    const LIMITS: LogLimits = LogLimits {
        kept_bytes: 1 << 20,
        most_bytes: 4 << 20,
    };

    fn writer(folder: &std::path::Path) -> (Writer, mpsc::Sender<Job>) {
        let file = FileName::new(folder.join("feedmill.db"), Duration::from_millis(100));
        let mut connection = file::open_writer(&file, 1 << 20).unwrap();
        let pages = watch_log(&mut connection).unwrap();
        let (sender, jobs) = mpsc::channel(8);
        let writer = Writer {
            connection,
            checkpoints: Checkpoints::new(pages, &file, LIMITS, Arc::default()),
            file,
            clock: Arc::new(ManualClock::at(DateTime::UNIX_EPOCH)),
            rules: Rules {
                place: |_, _| Placement::New,
                near: |_| None,
                churn: |_, _| false,
                unlike: |_, _| false,
                agency: |_, _| None,
            },
            window: RefCell::default(),
            jobs,
            transactions: Arc::default(),
            is_busy: false,
        };
        (writer, sender)
    }

    fn big_robots(
        n: usize,
    ) -> (
        Write,
        oneshot::Receiver<Result<Answer, crate::store::StoreError>>,
    ) {
        let (reply, done) = oneshot::channel();
        let command = Command::SaveRobots(Box::new(RobotsRow {
            holds: Vec::new(),
            origin: format!("https://{n}.example"),
            fetched_at: DateTime::UNIX_EPOCH,
            state: RobotsState::Found,
            body: Some(vec![7; 100_000]),
            body_at: None,
            etag: None,
            last_modified: None,
            cost: RobotsCost::default(),
        }));
        let write = Write {
            command,
            action: "keep robots.txt in",
            reply,
        };
        (write, done)
    }

    #[test]
    fn a_full_disk_fails_the_job_and_the_writer_goes_on_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, sender) = writer(folder.path());
        let pages: i64 = writer
            .connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap();
        // SQLite gives the same answer for its own limit as for a file system without room.
        writer
            .connection
            .pragma_update(None, "max_page_count", pages + 40)
            .unwrap();
        let (first, mut first_done) = big_robots(1);
        let (second, mut second_done) = big_robots(2);
        sender.try_send(Job::Write(second)).unwrap();
        assert!(writer.serve(first).is_none());
        assert!(
            first_done.try_recv().unwrap().is_ok(),
            "there was room for one"
        );
        let error = second_done.try_recv().unwrap().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");

        writer
            .connection
            .pragma_update(None, "max_page_count", pages + 400)
            .unwrap();
        let (third, mut third_done) = big_robots(3);
        writer.serve(third);
        assert!(third_done.try_recv().unwrap().is_ok());
    }

    #[test]
    fn a_reader_that_keeps_the_log_stops_the_writer_at_its_limit_and_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, _sender) = writer(folder.path());
        let reader = Connection::open(folder.path().join("feedmill.db")).unwrap();
        reader.execute_batch("BEGIN").unwrap();
        reader
            .query_row("SELECT count(*) FROM robots", [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap();
        let mut n_kept = 0;
        let refused = loop {
            let (write, mut done) = big_robots(n_kept);
            writer.serve(write);
            match done.try_recv().unwrap() {
                Ok(_) => n_kept += 1,
                Err(error) => break error,
            }
            assert!(n_kept < 1_000, "it was never stopped");
        };
        assert_eq!(refused.kind(), StoreErrorKind::Full);
        let is_pinned = |writer: &Writer| writer.checkpoints.pin().is_some();
        assert!(n_kept > 20 && is_pinned(&writer), "{n_kept}: {refused}");
        drop(reader);
        let (write, mut done) = big_robots(n_kept);
        writer.serve(write);
        assert!(done.try_recv().unwrap().is_ok());
        writer
            .checkpoints
            .on_tick(&writer.connection, DateTime::UNIX_EPOCH);
        assert!(!is_pinned(&writer));
        let log = std::fs::metadata(folder.path().join("feedmill.db-wal")).unwrap();
        assert!(log.len() <= LIMITS.kept_bytes, "{}", log.len());
    }

    #[test]
    fn a_job_that_fails_costs_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, sender) = writer(folder.path());
        let (good, mut good_done) = big_robots(1);
        let (bad, mut bad_done) = big_robots(2);
        let bad = Write {
            command: Command::SetStatus(crate::model::FeedId(9), crate::model::FeedStatus::Gone),
            ..bad
        };
        sender.try_send(Job::Write(good)).unwrap();
        writer.serve(bad);
        assert!(bad_done.try_recv().unwrap().is_err());
        assert!(good_done.try_recv().unwrap().is_ok());
    }
}
