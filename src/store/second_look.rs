//! What the system says of files that SQLite could not open or found damaged.
//!
//! SQLite takes what a disk cannot read for damage to the file (EIO becomes `SQLITE_CORRUPT` on its way out), and
//! tells of a file that it may not write in words that name no cause. **Invariant:** while a connection of ours is
//! open no other handle of the database is closed: that would drop the locks of this process (SQLite, "How To
//! Corrupt", 2.2). Its -wal carries no locks.

use std::{
    fs::{self, File, OpenOptions},
    io,
    mem::ManuallyDrop,
    os::unix::fs::FileExt as _,
    path::Path,
    sync::{Mutex, PoisonError},
};

use super::{
    error::{FileName, StoreError, StoreErrorKind},
    file::{Depth, beside, check},
};

/// Bytes read at a time from a file that is read through.
const PIECE: usize = 1024 * 1024;

/// What the file was to be opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// What is thought of a file that SQLite called damaged.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    /// The database, to be read by us. Never closed, see above.
    database: Option<ManuallyDrop<File>>,
    /// Found once, it is not looked for again by each who comes by the same place.
    verdict: Option<StoreError>,
    /// The file was in doubt before and seemed whole.
    was_cleared: bool,
}

impl FileName {
    /// Whether it is the file or the disk, where SQLite spoke of damage; every other error as it is.
    ///
    /// Reads the file from its begin to the first place that the disk cannot read: not for a thread that must not wait.
    pub(super) fn explain(&self, error: StoreError) -> StoreError {
        if error.kind() != StoreErrorKind::Corrupt {
            return error;
        }
        let mut found = self.found();
        if let Some(verdict) = &found.verdict {
            return verdict.clone();
        }
        let verdict = read_through(self, &mut found).err().unwrap_or(error);
        found.verdict.insert(verdict).clone()
    }

    /// Whether a file in doubt can be read again and is whole; at once where there is no doubt. The second time
    /// it is checked in full: there is damage that a quick check does not see and that work meets again and again.
    ///
    /// # Errors
    /// `Unreadable`, `Corrupt`, `Io`.
    pub(super) fn look_again(&self) -> Result<(), StoreError> {
        let mut found = self.found();
        if found.verdict.is_some() {
            read_through(self, &mut found)?;
            let depth = if found.was_cleared {
                Depth::Full
            } else {
                Depth::Quick
            };
            check(self, depth)?;
            found.was_cleared = depth == Depth::Quick;
            found.verdict = None;
        }
        Ok(())
    }

    /// Reads the file and its log from begin to end.
    ///
    /// # Errors
    /// `Unreadable`, `Io`.
    pub(super) fn read_through(&self) -> Result<(), StoreError> {
        read_through(self, &mut self.found())
    }

    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        let found = self.doubt.found.lock();
        found.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the file; where that fails, finds out why. What could not be read for a moment only is opened after all.
///
/// # Errors
/// What the system says, else what `open` says.
pub(super) fn open_or_explain<T>(
    file: &FileName,
    access: Access,
    open: impl Fn() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match open() {
        Err(error @ StoreError::Corrupt { .. }) => {
            let error = file.explain(error);
            if error.kind() != StoreErrorKind::Corrupt {
                return Err(error);
            }
            // Damage is there at a second look as well.
            file.look_again()?;
            let path = file.path.display();
            tracing::warn!(
                db.path = %path,
                "{path} could not be read for a moment, and seems whole; look at the disk"
            );
            open()
        }
        Err(error @ StoreError::Io { .. }) => {
            ask_for(file, access)?;
            Err(error)
        }
        opened => opened,
    }
}

/// Reads the database and its log from begin to end.
fn read_through(file: &FileName, found: &mut Found) -> Result<(), StoreError> {
    if found.database.is_none() {
        let opened = File::open(&file.path).map_err(|error| file.io_error("open", &error))?;
        found.database = Some(ManuallyDrop::new(opened));
    }
    let log = File::open(beside(&file.path, "-wal"));
    for bytes in [found.database.as_deref(), log.as_ref().ok()] {
        bytes
            .map_or(Ok(()), read_all)
            .map_err(|error| StoreError::Unreadable {
                path: file.path.clone(),
                why: error.to_string(),
            })?;
    }
    match log {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(file.io_error("open the -wal of", &error))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

fn read_all(bytes: &File) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    let mut offset = 0;
    loop {
        match bytes.read_at(&mut piece, offset) {
            Ok(0) => return Ok(()),
            Ok(n_read) => offset += n_read as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Opens each of the database's files as SQLite would have to.
fn ask_for(file: &FileName, access: Access) -> Result<(), StoreError> {
    for (ending, is_made) in [("", false), ("-wal", true), ("-shm", true)] {
        let path = beside(&file.path, ending);
        let asked = match access {
            Access::Read => File::open(&path).map(drop),
            Access::Write => ask_to_write(&path, is_made),
        };
        let (action, error) = match (access, asked) {
            (_, Ok(())) => continue,
            (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => continue,
            (Access::Read, Err(error)) => ("open", error),
            (Access::Write, Err(error)) => ("write", error),
        };
        let mut why = plain(&error);
        if is_made {
            why = format!("`{}`: {why}", path.display());
        }
        return Err(file.io_error(action, &io::Error::new(error.kind(), why)));
    }
    Ok(())
}

/// A file that SQLite makes where there is none is made, and goes again.
fn ask_to_write(path: &Path, is_made: bool) -> io::Result<()> {
    File::open(path)
        .and_then(|_| OpenOptions::new().write(true).open(path))
        .map(drop)
        .or_else(|error| {
            if !is_made || error.kind() != io::ErrorKind::NotFound {
                return Err(error);
            }
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path)
                .and_then(|_| fs::remove_file(path))
        })
}

/// The system's words; its two errors for what is not allowed (EACCES, EPERM) are called the same.
fn plain(error: &io::Error) -> String {
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::PermissionDenied, Some(number)) => {
            format!("permission denied (os error {number})")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rusqlite::Connection;

    use super::*;

    /// A file with a row that stands elsewhere in an index, which a quick check does not look for.
    fn with_a_lame_index(path: &Path) {
        let connection = Connection::open(path).unwrap();
        let steps = "CREATE TABLE t (a); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1);
            CREATE TEMP TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'i';
            PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'i'; PRAGMA writable_schema = RESET;
            UPDATE t SET a = 2;
            PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM kept;";
        connection.execute_batch(steps).unwrap();
    }

    fn doubted(file: &FileName) {
        let error = file.explain(StoreError::Corrupt {
            path: file.path.clone(),
            why: "database disk image is malformed".to_owned(),
        });
        assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    }

    #[test]
    fn damage_that_a_quick_check_does_not_see_is_found_the_second_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = FileName::new(folder.path().join("a.db"), Duration::from_secs(1));
        with_a_lame_index(&file.path);
        doubted(&file);
        file.look_again().unwrap();
        doubted(&file);
        let error = file.look_again().unwrap_err();
        assert!(error.to_string().contains("missing from index"), "{error}");
        file.look_again().unwrap_err();
    }

    #[test]
    fn a_whole_file_is_cleared_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = FileName::new(folder.path().join("a.db"), Duration::from_secs(1));
        let connection = Connection::open(&file.path).unwrap();
        connection.execute_batch("CREATE TABLE t (a)").unwrap();
        for _ in 0..3 {
            doubted(&file);
            file.look_again().unwrap();
        }
    }
}
