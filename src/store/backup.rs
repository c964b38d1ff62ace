//! A copy of the database while it is in use.

use std::path::{Path, PathBuf};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{
    error::{FileName, StoreError},
    file,
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
    let done = copy_to(from, file, &part).and_then(|()| {
        std::fs::rename(&part.path, &copy.path).map_err(|error| copy.io_error("write", &error))
    });
    if done.is_err() {
        remove_if_there(&part.path);
    }
    done
}

fn copy_to(from: &Connection, file: &FileName, part: &FileName) -> Result<(), StoreError> {
    remove_if_there(&part.path);
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
    let findings: Vec<String> = to
        .all("PRAGMA quick_check(1)", &[], |row| row.get(0))
        .map_err(|error| file.sql_error("back up", error))?;
    if let Some(finding) = findings.into_iter().find(|finding| finding != "ok") {
        return Err(StoreError::Corrupt {
            path: file.path.clone(),
            why: finding.replace('\n', "; "),
        });
    }
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
