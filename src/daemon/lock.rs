//! One daemon per database: a lock file beside it that names its owner (R36).

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::store::beside;

/// Who holds the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The process, when the file names one.
    pub pid: Option<u32>,
    /// Its control socket.
    pub socket: Option<PathBuf>,
}

/// The lock could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error(
        "database `{}` is owned by another feedmill{}",
        database.display(),
        owner.pid.map(|pid| format!(" with pid {pid}")).unwrap_or_default()
    )]
    Owned {
        /// The database.
        database: PathBuf,
        /// Who has it.
        owner: Owner,
    },
    /// The lock file could not be made, read or written.
    #[error("cannot use lock file `{}`", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// The system's account.
        #[source]
        source: std::io::Error,
    },
}

impl LockError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::Owned { .. } => "stop the other one first, or use another `--db`; \
                `feedmill fetch` hands its request to a running daemon by itself"
                .to_owned(),
            Self::Io { path, .. } => format!(
                "the folder of the database must be writable for this user: check `{}`",
                path.parent().unwrap_or(path).display()
            ),
        }
    }
}

/// The lock, held until it is dropped or the process ends in whatever way.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// The lock file of a database.
    pub fn path_for(database: &Path) -> PathBuf {
        beside(database, ".lock")
    }

    /// Takes the lock or says who has it. `socket` is written into the file for others to find.
    ///
    /// # Errors
    ///
    /// [`LockError::Owned`] when another process has it, [`LockError::Io`] when the file cannot be
    /// opened, locked or written.
    pub fn take(database: &Path, socket: Option<&Path>) -> Result<Self, LockError> {
        let path = Self::path_for(database);
        let io = |source| LockError::Io {
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(LockError::Owned {
                    database: database.to_owned(),
                    owner: read_owner(&mut file),
                });
            }
            Err(std::fs::TryLockError::Error(source)) => return Err(io(source)),
        }
        let mut content = format!("{}\n", std::process::id());
        if let Some(socket) = socket {
            content.push_str(&socket.display().to_string());
            content.push('\n');
        }
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(content.as_bytes()))
            .map_err(io)?;
        Ok(Self { file })
    }

    /// Who owns the database now; `None` when nobody does.
    pub fn owner(database: &Path) -> Option<Owner> {
        let mut file = File::open(Self::path_for(database)).ok()?;
        match file.try_lock_shared() {
            Err(std::fs::TryLockError::WouldBlock) => Some(read_owner(&mut file)),
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => None,
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The system lets go of the lock with the file; an empty file names no stale pid.
        drop(self.file.set_len(0));
    }
}

fn read_owner(file: &mut File) -> Owner {
    let mut content = String::new();
    // An unreadable file is an owner without a name.
    drop(file.read_to_string(&mut content));
    let mut lines = content.lines();
    Owner {
        pid: lines.next().and_then(|line| line.trim().parse().ok()),
        socket: lines
            .next()
            .filter(|line| !line.is_empty())
            .map(PathBuf::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("a.db");
        let socket = folder.path().join("a.sock");
        let first = Lock::take(&database, Some(&socket)).unwrap();
        let owner = match Lock::take(&database, None) {
            Err(LockError::Owned { owner, .. }) => owner,
            other => panic!("{other:?}"),
        };
        assert_eq!(owner.pid, Some(std::process::id()));
        assert_eq!(owner.socket.as_deref(), Some(socket.as_path()));
        assert_eq!(Lock::owner(&database), Some(owner));
        drop(first);
        assert_eq!(Lock::owner(&database), None);
        Lock::take(&database, None).unwrap();
    }
}
