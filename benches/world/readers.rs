//! Other programs that read the store while the daemon writes.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{JoinHandle, sleep},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use rusqlite::{Connection, OpenFlags};

use crate::{bench::Site, words::Rng};

/// How long a reader rests between two looks; a hundred without a rest would measure the machine.
const REST: Duration = Duration::from_millis(200);

/// One of this many opens the file anew for each look, and one stays in a transaction.
const ODD_ONES: u64 = 10;

/// How long the latter stays there at most: it keeps the log from being cut back.
const LONG_READ: Duration = Duration::from_secs(8);

/// What readers ask for, as docs/schema.md and docs/consumers.md show it.
const QUERIES: [&str; 4] = [
    "SELECT a.id, a.title, a.text FROM v1_articles a ORDER BY a.id DESC LIMIT 50",
    "SELECT count(*), sum(status = 'ok') FROM v1_feeds",
    "SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'title' ORDER BY rowid DESC LIMIT 20",
    "SELECT p.outcome, count(*) FROM v1_polls p WHERE p.id > (SELECT max(id) - 500 FROM polls) GROUP BY 1",
];

/// Readers at work.
pub(crate) struct Readers {
    threads: Vec<JoinHandle<Result<()>>>,
    shared: Arc<Shared>,
    log: PathBuf,
    most_log_bytes: u64,
}

#[derive(Default)]
struct Shared {
    is_over: AtomicBool,
    n_reads: AtomicU64,
    n_changes: AtomicU64,
}

impl Readers {
    /// Starts so many, each with a connection of its own.
    pub(crate) fn start(site: &Site, n_readers: u64) -> Self {
        let shared = Arc::new(Shared::default());
        let threads = (0..n_readers).map(|n| {
            let (path, shared) = (site.database(), Arc::clone(&shared));
            std::thread::spawn(move || read(n, &path, &shared))
        });
        Self {
            threads: threads.collect(),
            shared,
            log: with_suffix(&site.database(), "-wal"),
            most_log_bytes: 0,
        }
    }

    /// Notes how long the log is.
    pub(crate) fn look(&mut self) {
        self.most_log_bytes = self.most_log_bytes.max(size(&self.log));
    }

    /// Lets them end; none of them may have been refused anything.
    pub(crate) fn finish(self) -> Result<()> {
        self.shared.is_over.store(true, Ordering::Relaxed);
        let n_readers = self.threads.len();
        for thread in self.threads {
            let ended = thread.join();
            ensure!(ended.is_ok(), "a reader panicked");
            ended.unwrap_or(Ok(()))?;
        }
        // A log that no one reads any more is cut back within ten seconds.
        let start = Instant::now();
        while size(&self.log) > 64 << 20 && start.elapsed() < Duration::from_secs(10) {
            sleep(Duration::from_millis(100));
        }
        println!(
            "  {n_readers} readers: {} reads without an error, {} changes seen, each once; log {} MB at most, {} MB {:.0} s after",
            self.shared.n_reads.load(Ordering::Relaxed),
            self.shared.n_changes.load(Ordering::Relaxed),
            self.most_log_bytes >> 20,
            size(&self.log) >> 20,
            start.elapsed().as_secs_f64(),
        );
        ensure!(
            size(&self.log) <= 64 << 20,
            "the log is still {} bytes long",
            size(&self.log)
        );
        Ok(())
    }
}

/// Reads until it is over.
fn read(n: u64, path: &Path, shared: &Shared) -> Result<()> {
    while !path.exists() && !shared.is_over.load(Ordering::Relaxed) {
        sleep(REST);
    }
    let mut rng = Rng::of(3, &[n]);
    let mut connection = open(path)?;
    let mut followed = Followed::default();
    while !shared.is_over.load(Ordering::Relaxed) {
        match n % ODD_ONES {
            0 => connection = open(path)?,
            1 => {
                let hold = Duration::from_millis(u64::try_from(rng.below(8_000))?);
                stay(&connection, hold.min(LONG_READ))?;
            }
            _ => {}
        }
        follow(&connection, &mut followed)?;
        let query = QUERIES.get(rng.below(QUERIES.len())).copied();
        drain(&connection, query.unwrap_or("SELECT 1"))?;
        shared.n_reads.fetch_add(2, Ordering::Relaxed);
        sleep(REST);
    }
    shared
        .n_changes
        .fetch_add(u64::try_from(followed.n_changes)?, Ordering::Relaxed);
    Ok(())
}

/// A connection as docs/schema.md says it: without a timeout, so that any wait at all is an error.
fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// What a reader has followed so far.
#[derive(Default)]
struct Followed {
    cursor: i64,
    n_changes: i64,
}

/// The changes since the last look. Each is seen once and none is missed: their number is that of all.
fn follow(connection: &Connection, followed: &mut Followed) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    let (newest, n_new): (Option<i64>, i64) = transaction.query_row(
        "SELECT max(cursor), count(*) FROM v1_changes WHERE cursor > ?1",
        [followed.cursor],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    followed.cursor = newest.unwrap_or(followed.cursor);
    followed.n_changes += n_new;
    let n_all: i64 =
        transaction.query_row("SELECT count(*) FROM v1_changes", [], |row| row.get(0))?;
    ensure!(
        followed.n_changes == n_all,
        "followed {} changes, there are {n_all}",
        followed.n_changes
    );
    Ok(())
}

/// Stays in a transaction, where nothing may change.
fn stay(connection: &Connection, how_long: Duration) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    let count = || -> Result<i64> {
        Ok(transaction.query_row("SELECT count(*) FROM v1_changes", [], |row| row.get(0))?)
    };
    let before = count()?;
    sleep(how_long);
    ensure!(count()? == before, "a transaction saw two states");
    Ok(())
}

fn drain(connection: &Connection, sql: &str) -> Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}
