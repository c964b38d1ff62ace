//! What a command ends with: contract.md's exit statuses.

use std::{fmt, process::ExitCode};

use crate::store::StoreErrorKind;

/// Exit status of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// All well.
    Ok,
    /// Some feed or page failed; the rest is stored.
    Partial,
    /// The command line makes no sense.
    Usage,
    /// The input cannot be used.
    Unusable,
    /// Nothing could be reached.
    Unavailable,
    /// Reading or writing failed.
    Io,
    /// The database is locked or owned by another.
    Busy,
    /// Configuration or database cannot be used.
    Config,
}

impl Status {
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Partial => 1,
            Self::Usage => 2,
            Self::Unusable => 65,
            Self::Unavailable => 69,
            Self::Io => 74,
            Self::Busy => 75,
            Self::Config => 78,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}

/// A command that could not do its work: what is printed, and the status it ends with.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) status: Status,
    pub(super) error: anyhow::Error,
    pub(super) hint: Option<String>,
}

impl Failed {
    pub(super) fn new(status: Status, error: impl Into<anyhow::Error>) -> Self {
        Self {
            status,
            error: error.into(),
            hint: None,
        }
    }

    pub(super) fn message(status: Status, message: impl Into<String>) -> Self {
        Self::new(status, anyhow::Error::msg(message.into()))
    }

    pub(super) fn with_hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {:#}", self.error)?;
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl From<crate::store::StoreError> for Failed {
    fn from(error: crate::store::StoreError) -> Self {
        let status = status_of(error.kind());
        let hint = error.hint();
        Self::new(status, error).with_hint(hint)
    }
}

fn status_of(kind: StoreErrorKind) -> Status {
    match kind {
        StoreErrorKind::Io | StoreErrorKind::Full | StoreErrorKind::Internal => Status::Io,
        StoreErrorKind::Locked => Status::Busy,
        StoreErrorKind::Foreign
        | StoreErrorKind::Newer
        | StoreErrorKind::Older
        | StoreErrorKind::Corrupt => Status::Config,
        StoreErrorKind::Missing => Status::Unusable,
    }
}

impl From<crate::config::ConfigErrors> for Failed {
    fn from(error: crate::config::ConfigErrors) -> Self {
        Self::new(Status::Config, error)
    }
}

impl From<crate::ingest::IngestError> for Failed {
    fn from(error: crate::ingest::IngestError) -> Self {
        let hint = error.store_error().and_then(crate::store::StoreError::hint);
        let kind = error.store_error().map(crate::store::StoreError::kind);
        let status = kind.map_or(Status::Io, status_of);
        Self::new(status, error).with_hint(hint)
    }
}

impl From<crate::ingest::ChooseError> for Failed {
    fn from(error: crate::ingest::ChooseError) -> Self {
        let hint = error.hint();
        match error {
            crate::ingest::ChooseError::Store { source } => source.into(),
            unknown @ crate::ingest::ChooseError::Unknown { .. } => {
                Self::new(Status::Usage, unknown).with_hint(hint)
            }
        }
    }
}

impl From<crate::daemon::LockError> for Failed {
    fn from(error: crate::daemon::LockError) -> Self {
        let status = match &error {
            crate::daemon::LockError::Owned { .. } => Status::Busy,
            crate::daemon::LockError::Io { .. } => Status::Io,
        };
        let hint = error.hint();
        Self::new(status, error).with_hint(hint)
    }
}

impl From<crate::daemon::DaemonError> for Failed {
    fn from(error: crate::daemon::DaemonError) -> Self {
        let store = error.store_error();
        let hint = store.and_then(crate::store::StoreError::hint);
        let status = store.map_or(Status::Io, |store| status_of(store.kind()));
        Self::new(status, error).with_hint(hint)
    }
}
