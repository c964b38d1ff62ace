//! Which documents are being read, told to a file that outlives the process.
//!
//! A panic costs a document only. What ends the process (a fault, an abort, the kernel's hand when memory
//! is out) would end it again after each restart. So each document is marked while it is read. A mark
//! that is found at the start makes its document a suspect: when the same bytes come again they are
//! first read by a process of their own ([`super::trial`]), and if that dies too, they are quarantined
//! until they change. A daemon that is killed meanwhile proves nothing, so nobody who kills it a hundred
//! times convicts a document.
//!
//! The marks are written, not synced: they survive the end of the process, and after a power cut there
//! is nobody to suspect.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    feed_step::hex,
    trial::{self, Program},
};
use crate::{store::beside, whole_file};

/// Bytes of a mark: a hash in hexadecimal, a space, as much of the address as fits, a line end.
const MARK_BYTES: usize = 256;
/// Documents that can be marked at once: there are fewer reading threads.
const MARKS: u64 = 256;
/// So many ends of the process with the same bytes in flight, without one time that they were read to
/// their end, need no trial. A trial can be wrong (it has other memory); by chance, with somebody who
/// kills the process again and again, this does not happen.
const DEATHS: u32 = 10;
/// Most cases remembered; beyond, suspects are forgotten first.
const MAX_CASES: usize = 1_000;

/// A document about to be read.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is to be read as.
    pub kind: Kind,
    /// The body, decompressed.
    pub body: Bytes,
    /// The body's SHA-256 in hexadecimal, where it is known already.
    pub hash: Option<String>,
    /// `Content-Type` of the response.
    pub content_type: Option<String>,
    /// Where it came from.
    pub address: String,
}

/// What a document is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A feed.
    Feed,
    /// An article's page.
    Page,
}

/// What is known of a document's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Case {
    address: String,
    /// Ends of the process while these bytes were read.
    deaths: u32,
    is_quarantined: bool,
}

/// Cases by the hash of their bytes.
type Cases = BTreeMap<String, Case>;

/// How a document is to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Free,
    Suspect,
    Quarantined,
}

/// The documents in flight; clones share them.
#[derive(Debug, Clone)]
pub struct InFlight {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    marks: File,
    /// The process ends in order: nothing is marked any more.
    is_over: AtomicBool,
    /// Places for marks that are not in use.
    free: Mutex<Vec<u64>>,
    cases: Mutex<Cases>,
    cases_path: PathBuf,
    /// One trial at a time.
    bench: tokio::sync::Mutex<()>,
    program: Program,
}

/// The document may be read; the mark stands until this is dropped.
#[derive(Debug)]
pub(super) struct Mark {
    inner: Arc<Inner>,
    place: Option<u64>,
    hash: String,
}

impl InFlight {
    /// The documents in flight of a database: the files `NAME-reading` and `NAME-suspects` beside it.
    /// `config` is the configuration file, for the process that tries a suspect.
    ///
    /// # Errors
    ///
    /// The files cannot be read or written.
    pub fn beside(database: &Path, config: Option<&Path>) -> io::Result<Self> {
        // The path of a program that was replaced by an update leads nowhere; this one still does.
        let program = Program {
            path: PathBuf::from("/proc/self/exe"),
            config: config.map(Path::to_owned),
        };
        Self::open(database, program)
    }

    fn open(database: &Path, program: Program) -> io::Result<Self> {
        let cases_path = beside(database, "-suspects");
        let mut marks = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(database, "-reading"))?;
        let mut left = Vec::new();
        (&mut marks)
            .take(MARKS * MARK_BYTES as u64)
            .read_to_end(&mut left)?;
        let mut cases = read_cases(&cases_path);
        let mut is_changed = false;
        for (hash, address) in left.chunks(MARK_BYTES).filter_map(read_mark) {
            note_death(&mut cases, hash, address);
            is_changed = true;
        }
        let inner = Inner {
            marks,
            is_over: AtomicBool::new(false),
            free: Mutex::new((0..MARKS).rev().collect()),
            cases: Mutex::new(cases),
            cases_path,
            bench: tokio::sync::Mutex::default(),
            program,
        };
        if is_changed {
            inner.write_cases(&inner.cases())?;
        }
        inner.marks.set_len(0)?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The process ends in order: what is being read still is no suspect at the next start.
    pub(super) fn forgive_all(&self) {
        self.inner.is_over.store(true, Ordering::SeqCst);
        if let Err(error) = self.inner.marks.set_len(0) {
            tracing::debug!("cannot take the marks of documents back: {error}");
        }
    }

    /// Leave to read a document, after a trial if it is suspected; `None` when it is quarantined. The
    /// mark is to be set by [`Mark::set`] when reading begins.
    pub(super) async fn admit(&self, document: &Document) -> Option<Mark> {
        let free = Some(Mark {
            inner: Arc::clone(&self.inner),
            place: None,
            hash: String::new(),
        });
        // Nearly always nobody is suspected, and the reading thread makes the hash.
        if self.inner.cases().is_empty() {
            return free;
        }
        let hashing = document.clone();
        let hashed = tokio::task::spawn_blocking(move || hashing.hash()).await;
        let Ok(hash) = hashed else {
            return free;
        };
        match self.inner.standing(&hash) {
            Standing::Free => {}
            Standing::Quarantined => return None,
            Standing::Suspect => {
                let _alone = self.inner.bench.lock().await;
                let survived = trial::survives(&self.inner.program, document).await;
                if !survived {
                    self.inner.quarantine(&hash);
                    tracing::error!(
                        url = %document.address,
                        "the document at {} ended a process for the second time; these bytes are left out until they change",
                        document.address
                    );
                    return None;
                }
            }
        }
        free
    }
}

impl Document {
    /// SHA-256 of its bytes, in hexadecimal.
    pub(super) fn hash(&self) -> String {
        let hash = || hex(&Sha256::digest(&self.body));
        self.hash.clone().unwrap_or_else(hash)
    }
}

impl Mark {
    /// Says that reading begins; the hash of what is read.
    pub(super) fn set(&mut self, document: &Document) -> String {
        self.hash = document.hash();
        self.stand(document);
        self.hash.clone()
    }

    fn stand(&mut self, document: &Document) {
        let place = lock(&self.inner.free).pop();
        let Some(place) = place else { return };
        self.place = Some(place);
        let mut line = [b' '; MARK_BYTES];
        let text = self
            .hash
            .bytes()
            .chain([b' '])
            .chain(document.address.bytes());
        let room = line.iter_mut().take(MARK_BYTES - 1);
        room.zip(text).for_each(|(slot, byte)| *slot = byte);
        if let Some(last) = line.last_mut() {
            *last = b'\n';
        }
        self.inner.write_mark(&line, place);
    }

    /// Says that the document was read to its end: it is no suspect any more.
    pub(super) fn acquit(&self) {
        let mut cases = self.inner.cases();
        if cases.remove(&self.hash).is_some()
            && let Err(error) = self.inner.write_cases(&cases)
        {
            self.inner.complain(&error);
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.inner.write_mark(&[b' '; MARK_BYTES], place);
            lock(&self.inner.free).push(place);
        }
    }
}

impl Inner {
    fn cases(&self) -> MutexGuard<'_, Cases> {
        lock(&self.cases)
    }

    fn standing(&self, hash: &str) -> Standing {
        match self.cases().get(hash) {
            None => Standing::Free,
            Some(case) if case.is_quarantined => Standing::Quarantined,
            Some(_) => Standing::Suspect,
        }
    }

    fn quarantine(&self, hash: &str) {
        let mut cases = self.cases();
        if let Some(case) = cases.get_mut(hash) {
            case.deaths += 1;
            case.is_quarantined = true;
        }
        if let Err(error) = self.write_cases(&cases) {
            self.complain(&error);
        }
    }

    /// A mark that cannot be written protects from nothing and costs nothing.
    fn write_mark(&self, line: &[u8; MARK_BYTES], place: u64) {
        if self.is_over.load(Ordering::SeqCst) {
            return;
        }
        if let Err(error) = self.marks.write_all_at(line, place * MARK_BYTES as u64) {
            tracing::debug!("cannot mark a document as being read: {error}");
        }
    }

    fn write_cases(&self, cases: &Cases) -> io::Result<()> {
        if cases.is_empty() {
            return match fs::remove_file(&self.cases_path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                Ok(()) | Err(_) => Ok(()),
            };
        }
        whole_file::replace(&self.cases_path, &serde_json::to_vec_pretty(cases)?)
    }

    fn complain(&self, error: &io::Error) {
        tracing::warn!(
            "cannot write {}: {error}; what is known of documents that ended the process may be lost",
            self.cases_path.display()
        );
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cases of the last run; a file that cannot be understood says nothing.
fn read_cases(path: &Path) -> Cases {
    fs::read(path)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .unwrap_or_default()
}

/// Hash and address of a mark; `None` for an empty one.
fn read_mark(line: &[u8]) -> Option<(String, String)> {
    let (hash, rest) = line.split_at_checked(64)?;
    let is_hash = hash.iter().all(u8::is_ascii_hexdigit);
    is_hash.then(|| {
        let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
        (text(hash), text(rest))
    })
}

fn note_death(cases: &mut Cases, hash: String, address: String) {
    if cases.len() >= MAX_CASES {
        cases.retain(|_, case| case.is_quarantined);
    }
    let case = cases.entry(hash).or_insert(Case {
        address,
        deaths: 0,
        is_quarantined: false,
    });
    case.deaths = case.deaths.saturating_add(1);
    case.is_quarantined |= case.deaths >= DEATHS;
    tracing::warn!(
        url = %case.address,
        "the last run ended while the document at {} was read; {}",
        case.address,
        if case.is_quarantined {
            "these bytes are left out until they change"
        } else {
            "when these bytes come again a process of their own reads them first"
        }
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLY: &str = "/bin/false-is-not-there";

    fn document(text: &'static str) -> Document {
        Document {
            kind: Kind::Feed,
            body: Bytes::from_static(text.as_bytes()),
            hash: None,
            content_type: None,
            address: "https://a.example/feed".to_owned(),
        }
    }

    /// Opens, as after a restart, with a program that tries documents.
    fn open(folder: &tempfile::TempDir, program: &str) -> InFlight {
        let program = Program {
            path: PathBuf::from(program),
            config: None,
        };
        InFlight::open(&folder.path().join("a.db"), program).unwrap()
    }

    /// A shell script as the program.
    fn script(folder: &tempfile::TempDir, name: &str, body: &str) -> String {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    /// The process ends while the document is read.
    async fn die_reading(in_flight: InFlight, text: &'static str) {
        let document = document(text);
        let mut mark = in_flight.admit(&document).await.unwrap();
        mark.set(&document);
        std::mem::forget(mark);
    }

    #[tokio::test]
    async fn bytes_that_end_a_process_twice_are_left_out_until_they_change() {
        let folder = tempfile::tempdir().unwrap();
        let dies = script(&folder, "dies", "cat >/dev/null; kill -ABRT $$");
        die_reading(open(&folder, &dies), "bad").await;
        let in_flight = open(&folder, &dies);
        assert!(in_flight.admit(&document("good")).await.is_some());
        assert!(in_flight.admit(&document("bad")).await.is_none());
        let in_flight = open(&folder, &dies);
        assert!(in_flight.admit(&document("bad")).await.is_none());
        assert!(in_flight.admit(&document("bad, mended")).await.is_some());
    }

    #[tokio::test]
    async fn a_hundred_kills_convict_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let lives = script(&folder, "lives", "cat >/dev/null; exit 65");
        for _ in 0..100 {
            die_reading(open(&folder, &lives), "innocent").await;
            let in_flight = open(&folder, &lives);
            let mut mark = in_flight.admit(&document("innocent")).await.unwrap();
            mark.set(&document("innocent"));
            mark.acquit();
        }
        assert!(!folder.path().join("a.db-suspects").exists());
    }

    #[tokio::test]
    async fn bytes_never_read_to_their_end_are_out_without_a_trial() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..DEATHS {
            // There is no program to try it with.
            die_reading(open(&folder, DEADLY), "bad").await;
        }
        assert!(
            open(&folder, DEADLY)
                .admit(&document("bad"))
                .await
                .is_none()
        );
    }

    #[tokio::test]
    async fn a_document_that_is_read_when_the_process_ends_in_order_is_no_suspect() {
        let folder = tempfile::tempdir().unwrap();
        let in_flight = open(&folder, DEADLY);
        let mut read = in_flight.admit(&document("read")).await.unwrap();
        read.set(&document("read"));
        in_flight.forgive_all();
        let mut queued = in_flight.admit(&document("queued")).await.unwrap();
        queued.set(&document("queued"));
        std::mem::forget((read, queued));
        assert_eq!(open(&folder, DEADLY).inner.cases().len(), 0);
    }

    #[tokio::test]
    async fn a_mark_stands_only_while_its_document_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let in_flight = open(&folder, DEADLY);
        let mut mark = in_flight.admit(&document("fine")).await.unwrap();
        mark.set(&document("fine"));
        drop(mark);
        drop(in_flight);
        let in_flight = open(&folder, DEADLY);
        assert_eq!(in_flight.inner.cases().len(), 0);
    }
}
