//! What the system says of files that SQLite could not open or found damaged.
//!
//! SQLite takes what a disk cannot read for damage to the file, and tells of a file that it may not write in
//! words that name no cause. **Invariant:** only asked when opening has failed: closing a handle of our own
//! drops the locks of this process (SQLite, "How To Corrupt", 2.2).

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

use super::{
    error::{FileName, StoreError},
    file::{beside, quick_check},
};

/// What the file was to be opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
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
        Err(StoreError::Corrupt { .. }) => {
            read_through(file)?;
            // Damage is there at a second look as well.
            quick_check(file)?;
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

fn read_through(file: &FileName) -> Result<(), StoreError> {
    for path in [file.path.clone(), beside(&file.path, "-wal")] {
        let read = File::open(path).and_then(|mut bytes| io::copy(&mut bytes, &mut io::sink()));
        match read {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(file.io_error("read", &error));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
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
