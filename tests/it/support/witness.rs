//! A downstream reader: follows the change feed by its cursor and remembers what it saw.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};

/// A row of `v1_changes` with what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    article: i64,
    revision: i64,
    kind: String,
    url: String,
    content_hash: String,
}

/// Everything a reader has seen.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    /// By cursor; with how long the journal was at most when it was seen.
    seen: BTreeMap<i64, (Change, usize)>,
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

/// Changes after a cursor in one state of the database, and the journal's length when that was chosen.
fn read(
    path: &Path,
    after: i64,
    journal: Option<&Path>,
) -> rusqlite::Result<(Vec<(i64, Change)>, usize)> {
    let connection = open(path)?;
    connection.execute_batch("BEGIN")?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let length = journal.map_or(0, |journal| {
        std::fs::metadata(journal).map_or(0, |found| found.len())
    });
    let mut statement = connection.prepare(
        "SELECT c.cursor, c.article_id, c.revision, c.kind, a.canonical_url, r.content_hash, r.text
         FROM v1_changes c LEFT JOIN v1_articles a ON a.id = c.article_id
         LEFT JOIN v1_revisions r ON r.article_id = c.article_id AND r.revision = c.revision
         WHERE c.cursor > ?1 ORDER BY c.cursor",
    )?;
    let rows = statement.query_map([after], |row| {
        let text: String = row.get(6)?;
        let content_hash: String = row.get(5)?;
        let mut hash = String::new();
        for byte in Sha256::digest(text.as_bytes()) {
            write!(hash, "{byte:02x}").unwrap();
        }
        assert_eq!(hash, content_hash, "content_hash is not that of the text");
        let change = Change {
            article: row.get(1)?,
            revision: row.get(2)?,
            kind: row.get(3)?,
            url: row.get(4)?,
            content_hash,
        };
        Ok((row.get(0)?, change))
    })?;
    Ok((
        rows.collect::<Result<_, _>>()?,
        usize::try_from(length).unwrap(),
    ))
}

impl Witness {
    /// What is there now.
    #[track_caller]
    pub fn of(path: &Path) -> Self {
        let mut witness = Self::default();
        witness.look_if_made(path, None);
        witness
    }

    /// Looks; a database that is not there yet, or just being made, shows nothing.
    #[track_caller]
    fn look_if_made(&mut self, path: &Path, journal: Option<&Path>) {
        if let Err(error) = self.look(path, journal) {
            let error = error.to_string();
            let words = ["unable to open", "locked", "no such table", "readonly"];
            assert!(words.iter().any(|word| error.contains(word)), "{error}");
        }
    }

    fn look(&mut self, path: &Path, journal: Option<&Path>) -> rusqlite::Result<()> {
        let (changes, length) = read(path, self.cursor(), journal)?;
        self.seen.extend(
            changes
                .into_iter()
                .map(|(cursor, change)| (cursor, (change, length))),
        );
        Ok(())
    }

    /// The last cursor seen.
    pub fn cursor(&self) -> i64 {
        self.seen.last_key_value().map_or(0, |(cursor, _)| *cursor)
    }

    /// What had been seen for sure when the journal was so long.
    pub fn when_journal_was(&self, length: usize) -> Self {
        let seen = self
            .seen
            .iter()
            .filter(|(_, (_, before))| *before <= length);
        Self {
            seen: seen.map(|(cursor, seen)| (*cursor, seen.clone())).collect(),
        }
    }

    /// Asserts that the database is whole and holds all that was seen, that nothing appears behind the cursor,
    /// and that no article is there twice.
    #[track_caller]
    pub fn check(&self, path: &Path, context: &str) {
        if self.seen.is_empty() && !path.exists() {
            return;
        }
        let connection = open(path).unwrap();
        let verdict: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{context}: integrity_check: {error}"));
        assert_eq!(verdict, "ok", "{context}");
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'v1_changes'";
        let is_made: bool = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        if self.seen.is_empty() && !is_made {
            return;
        }
        let (found, _) = read(path, 0, None).unwrap_or_else(|error| panic!("{context}: {error}"));
        let n_found = found.len();
        let found: BTreeMap<i64, Change> = found.into_iter().collect();
        assert_eq!(
            found.len(),
            n_found,
            "{context}: a cursor stands there twice"
        );
        for (cursor, (change, _)) in &self.seen {
            assert_eq!(
                found.get(cursor),
                Some(change),
                "{context}: cursor {cursor}"
            );
        }
        let behind: Vec<_> = found
            .range(..=self.cursor())
            .filter(|(cursor, _)| !self.seen.contains_key(cursor))
            .collect();
        assert!(behind.is_empty(), "{context}: a reader missed {behind:?}");
        for column in ["canonical_url", "content_hash"] {
            let sql = format!("SELECT count(*) - count(DISTINCT {column}) FROM v1_articles");
            let n: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(n, 0, "{context}: articles with one {column}");
        }
    }
}

/// A witness at work in a thread of its own.
pub struct Watch {
    thread: Option<JoinHandle<Witness>>,
    is_over: Arc<AtomicBool>,
}

impl Watch {
    /// Looks again and again until it is called back; `journal` is that of the disk.
    pub fn start(path: PathBuf, journal: Option<PathBuf>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let thread = std::thread::spawn(move || {
            let mut witness = Witness::default();
            while !over.load(Ordering::SeqCst) {
                witness.look_if_made(&path, journal.as_deref());
                std::thread::sleep(Duration::from_millis(5));
            }
            witness
        });
        Self {
            thread: Some(thread),
            is_over,
        }
    }

    /// What it saw.
    #[track_caller]
    pub fn end(mut self) -> Witness {
        self.is_over.store(true, Ordering::SeqCst);
        self.thread
            .take()
            .unwrap()
            .join()
            .expect("the reader found a fault")
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
    }
}
