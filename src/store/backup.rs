//! A copy of the database while it is in use.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{
    error::{FileName, StoreError},
    file::{self, Depth},
    row::{Statements as _, bind},
};

/// How far ahead of its origin a copy counts. Cursors given out since the copy was made stay
/// below it, so that a restored copy repeats none of them.
const CURSOR_STEP: i64 = 1 << 32;

/// Copies the database to a file that does not exist.
pub(super) fn backup(from: &Connection, file: &FileName, to: &Path) -> Result<(), StoreError> {
    let copy = FileName::new(to.to_owned(), file.busy_timeout);
    if to.exists() {
        return Err(StoreError::Request {
            action: "back up",
            why: format!("`{}` exists already", to.display()),
        });
    }
    // Under another name until it is whole: a copy that stands there is a good one.
    let part = FileName::new(with_ending(to, ".part"), file.busy_timeout);
    // Closed only when SQLite has closed it: that would drop SQLite's locks.
    let _claim = claim(&part, to)?;
    let done = copy_to(from, file, &part).and_then(|()| {
        std::fs::rename(&part.path, &copy.path).map_err(|error| copy.io_error("write", &error))
    });
    if done.is_err() {
        remove_if_there(&part.path);
    }
    done
}

/// Takes the file that the copy is written to, empty, for this process alone. One that a killed process left behind
/// is taken over.
fn claim(part: &FileName, to: &Path) -> Result<File, StoreError> {
    let refused = || StoreError::Request {
        action: "back up",
        why: format!("another backup to `{}` is under way", to.display()),
    };
    let failed = |error| part.io_error("write", &error);
    let mut options = OpenOptions::new();
    let claimed = options.write(true).create(true).truncate(false);
    let claimed = claimed.open(&part.path).map_err(failed)?;
    match claimed.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(refused()),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // It may have become the whole copy since it was opened.
    let id = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    let held = claimed.metadata().map(id).map_err(failed)?;
    if std::fs::metadata(&part.path).map(id).ok() != Some(held) {
        return Err(refused());
    }
    claimed.set_len(0).map_err(failed)?;
    Ok(claimed)
}

fn copy_to(from: &Connection, file: &FileName, part: &FileName) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let write = |error| part.sql_error("write", error);
    let mut to = Connection::open_with_flags(&part.path, flags).map_err(write)?;
    {
        let backup = Backup::new(from, &mut to).map_err(write)?;
        // In one step: one state of the database, and no restart because the daemon writes on.
        let step = backup
            .step(-1)
            .map_err(|error| file.sql_error("back up", error))?;
        if step != StepResult::Done {
            return Err(StoreError::Locked {
                path: file.path.clone(),
                action: "back up",
                waited: file.busy_timeout,
            });
        }
    }
    // One file, which a reader can open where it may not write.
    let mode: String = to
        .pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))
        .map_err(write)?;
    tracing::debug!(journal.mode = %mode, "the copy is one file, journal mode {mode}");
    to.run(
        "UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'changes'",
        &bind![CURSOR_STEP],
    )
    .map_err(write)?;
    file::mark_closed(&to).map_err(write)?;
    // Damage is copied like everything else; a copy that stands there is to be a good one.
    file::check_over(&to, file, ("back up", Depth::Quick))?;
    to.close().map_err(|(_, error)| write(error))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

fn remove_if_there(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "cannot remove {}: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn of_two_backups_to_one_file_the_second_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let [from, to] = ["from.db", "to.db"].map(|name| folder.path().join(name));
        let file = FileName::new(from.clone(), Duration::from_secs(1));
        let connection = Connection::open(&from).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE changes (id INTEGER PRIMARY KEY AUTOINCREMENT);
                 CREATE TABLE meta (key TEXT PRIMARY KEY, value);",
            )
            .unwrap();
        let part = FileName::new(with_ending(&to, ".part"), Duration::from_secs(1));
        // What a killed process left behind is in nobody's way.
        std::fs::write(&part.path, "half a copy").unwrap();
        let first = claim(&part, &to).unwrap();
        let error = backup(&connection, &file, &to).unwrap_err();
        assert!(error.to_string().contains("under way"), "{error}");
        assert!(part.path.exists());
        drop(first);
        backup(&connection, &file, &to).unwrap();
        assert!(!part.path.exists());
        let copied = Connection::open(&to).unwrap();
        copied
            .query_row("SELECT count(*) FROM changes", [], |_| Ok(()))
            .unwrap();
    }
}
