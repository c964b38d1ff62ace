//! What can go wrong with the database file.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::second_look::Doubt;

/// What kind of fault it is; the command line maps it to an exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The file or its directory cannot be read or written.
    Io,
    /// The disk is full.
    Full,
    /// Another process held the lock longer than we wait.
    Locked,
    /// The file belongs to another application.
    Foreign,
    /// The file was written by a newer feedmill.
    Newer,
    /// The file was written by an older feedmill.
    Older,
    /// The file is no database, or a damaged one.
    Corrupt,
    /// There is no such file, feed or article, or a name is taken.
    Missing,
    /// A fault of our own, or a store used after it was closed.
    Internal,
}

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file or its directory cannot be read or written.
    #[error("cannot {action} database `{}`: {why}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        action: &'static str,
        /// What the system said.
        why: String,
    },
    /// The disk does not give back what the file holds.
    #[error("cannot read database `{}`: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The disk is full.
    #[error("cannot {action} database `{}`: the disk is full", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        action: &'static str,
    },
    /// A reader keeps the write-ahead log from being cut back, and it may not grow further.
    #[error("cannot {action} database `{}`: a reader keeps its -wal from being cut back, which is as long as `limits.journal_stop` allows", path.display())]
    LogFull {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        action: &'static str,
    },
    /// Another process held the lock longer than we wait.
    #[error("cannot {action} database `{}`: locked by another process for more than {} ms", path.display(), waited.as_millis())]
    Locked {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        action: &'static str,
        /// How long we waited.
        waited: Duration,
    },
    /// The file belongs to another application.
    #[error("cannot open database `{}`: it belongs to another application ({found})", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// How it was recognised.
        found: String,
    },
    /// The file was written by a newer feedmill.
    #[error("cannot open database `{}`: its schema is {found}, this feedmill knows {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Schema number of the file.
        found: i64,
        /// Newest schema number known here.
        known: i64,
    },
    /// The file was written by an older feedmill, and only a writer brings it up to date.
    #[error("cannot read database `{}`: its schema is {found}, this feedmill reads {known}", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Schema number of the file.
        found: i64,
        /// Newest schema number known here.
        known: i64,
    },
    /// The file is no database, or a damaged one.
    #[error("cannot use database `{}`: {why}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// There is no such file.
    #[error("cannot open database `{}`: there is no such file", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A feed, article or file name that cannot be served.
    #[error("cannot {action}: {why}")]
    Request {
        /// What was to be done.
        action: &'static str,
        /// Which, and why not.
        why: String,
    },
    /// The store was closed, or its writer has ended.
    #[error("cannot {action} database `{}`: it was closed", path.display())]
    Closed {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        action: &'static str,
    },
    /// A fault of our own.
    #[error("cannot {action} database `{}`", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        action: &'static str,
        /// What SQLite said.
        #[source]
        source: Arc<rusqlite::Error>,
    },
}

impl StoreError {
    /// What kind of fault it is.
    pub fn kind(&self) -> StoreErrorKind {
        match self {
            Self::Io { .. } | Self::Unreadable { .. } => StoreErrorKind::Io,
            Self::Full { .. } | Self::LogFull { .. } => StoreErrorKind::Full,
            Self::Locked { .. } => StoreErrorKind::Locked,
            Self::Foreign { .. } => StoreErrorKind::Foreign,
            Self::Newer { .. } => StoreErrorKind::Newer,
            Self::Older { .. } => StoreErrorKind::Older,
            Self::Corrupt { .. } => StoreErrorKind::Corrupt,
            Self::Missing { .. } | Self::Request { .. } => StoreErrorKind::Missing,
            Self::Closed { .. } | Self::Sql { .. } => StoreErrorKind::Internal,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Io { path, .. } => format!(
                "check that the directory of `{}` exists and that this user may write there and to the file with its -wal and -shm",
                path.display()
            ),
            Self::Unreadable { .. } => {
                "look at the disk and what the kernel says of it (`dmesg`); the file was left as it is, and a daemon goes on by itself when it can be read again"
                    .to_owned()
            }
            Self::Full { .. } => {
                "make room on the file system; the daemon goes on by itself".to_owned()
            }
            Self::LogFull { .. } => {
                "end the reader that has kept a transaction open (`fuser` names those that have the file open); the daemon goes on by itself"
                    .to_owned()
            }
            Self::Locked { .. } => {
                "find the process that holds it (`fuser` names it), or raise `limits.busy_timeout`"
                    .to_owned()
            }
            Self::Foreign { .. } => {
                "name another file with `--db` or `database`; this one was left as it is".to_owned()
            }
            Self::Newer { .. } => {
                "use the newer feedmill, or restore a backup made before the upgrade".to_owned()
            }
            Self::Older { .. } => {
                "`feedmill run` and `feedmill fetch` bring it up to date; make a copy before if an older feedmill is to read it again"
                    .to_owned()
            }
            Self::Corrupt { path, .. } => format!(
                "the file was left as it is: put a copy made by `feedmill db backup` in its place, or save what can be read with `sqlite3 {} .recover` and begin a new file",
                path.display()
            ),
            Self::Missing { .. } => {
                "`feedmill fetch` or `feedmill run` makes it; `--db` or FEEDMILL_DB names another"
                    .to_owned()
            }
            Self::Request { .. } | Self::Closed { .. } | Self::Sql { .. } => return None,
        };
        Some(hint)
    }
}

/// A fault inside the room, before the file and the action are named.
#[derive(Debug)]
pub(super) enum Fault {
    /// SQLite said no.
    Sql(rusqlite::Error),
    /// Which, and why not.
    Request(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl Fault {
    /// Whether the transaction as a whole is lost, not the one job.
    pub(super) fn is_of_the_file(&self) -> bool {
        match self {
            Self::Sql(error) => !matches!(
                error.sqlite_error_code(),
                None | Some(
                    rusqlite::ErrorCode::ConstraintViolation
                        | rusqlite::ErrorCode::TooBig
                        | rusqlite::ErrorCode::TypeMismatch
                        | rusqlite::ErrorCode::Unknown
                )
            ),
            Self::Request(_) => false,
        }
    }

    /// Whether the file seems damaged.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Sql(error) => {
                error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt)
            }
            Self::Request(_) => false,
        }
    }

    /// Whether another process holds the lock.
    pub(super) fn is_busy(&self) -> bool {
        match self {
            Self::Sql(error) => is_busy(error),
            Self::Request(_) => false,
        }
    }
}

/// Whether another process holds the lock.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

/// The file and how long its lock is waited for: what an error must name.
#[derive(Debug, Clone)]
pub(super) struct FileName {
    pub(super) path: PathBuf,
    pub(super) busy_timeout: Duration,
    /// What is thought of the file since SQLite called it damaged.
    pub(super) doubt: Arc<Doubt>,
}

impl FileName {
    pub(super) fn new(path: PathBuf, busy_timeout: Duration) -> Self {
        Self {
            path,
            busy_timeout,
            doubt: Arc::default(),
        }
    }

    /// The public error of an inner fault. What SQLite calls damage may be the disk's fault:
    /// [`explain`](Self::explain) tells them apart.
    pub(super) fn error(&self, action: &'static str, fault: Fault) -> StoreError {
        match fault {
            Fault::Sql(error) => self.sql_error(action, error),
            Fault::Request(why) => StoreError::Request { action, why },
        }
    }

    /// The public error of what SQLite said.
    pub(super) fn sql_error(&self, action: &'static str, error: rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode as Code;
        let path = self.path.clone();
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed) => {
                self.locked(action)
            }
            Some(Code::DiskFull) => StoreError::Full { path, action },
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => StoreError::Corrupt {
                path,
                why: plain(&error),
            },
            Some(
                Code::SystemIoFailure
                | Code::CannotOpen
                | Code::ReadOnly
                | Code::PermissionDenied
                | Code::NoLargeFileSupport,
            ) => StoreError::Io {
                path,
                action,
                why: plain(&error),
            },
            _ => StoreError::Sql {
                path,
                action,
                source: Arc::new(error),
            },
        }
    }

    pub(super) fn io_error(&self, action: &'static str, error: &std::io::Error) -> StoreError {
        let path = self.path.clone();
        if error.kind() == std::io::ErrorKind::StorageFull {
            return StoreError::Full { path, action };
        }
        StoreError::Io {
            path,
            action,
            why: error.to_string(),
        }
    }

    pub(super) fn log_full(&self, action: &'static str) -> StoreError {
        StoreError::LogFull {
            path: self.path.clone(),
            action,
        }
    }

    pub(super) fn locked(&self, action: &'static str) -> StoreError {
        StoreError::Locked {
            path: self.path.clone(),
            action,
            waited: self.busy_timeout,
        }
    }

    pub(super) fn closed(&self, action: &'static str) -> StoreError {
        StoreError::Closed {
            path: self.path.clone(),
            action,
        }
    }
}

/// SQLite's own words without our layers around them.
pub(super) fn plain(error: &rusqlite::Error) -> String {
    if let rusqlite::Error::SqliteFailure(_, Some(message)) = error {
        return message.clone();
    }
    error.to_string()
}
