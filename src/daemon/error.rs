//! What stops the daemon.

use std::path::PathBuf;

use crate::ingest::IngestError;

/// The daemon cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonError {
    /// The pipeline could not be set up.
    #[error("cannot set up the pipeline")]
    Ingest {
        /// The pipeline's own account.
        #[source]
        source: IngestError,
    },
    /// The feeds could not be read from or written to the database.
    #[error("cannot bring the feeds of the configuration into the database")]
    Feeds {
        /// The store's own account.
        #[source]
        source: crate::store::StoreError,
    },
    /// Signal handlers could not be installed.
    #[error("cannot install signal handlers")]
    Signals {
        /// The system's account.
        #[source]
        source: std::io::Error,
    },
    /// The control socket could not be made.
    #[error("cannot listen on control socket `{}`", path.display())]
    Control {
        /// Where.
        path: PathBuf,
        /// The system's account.
        #[source]
        source: std::io::Error,
    },
    /// The status page could not be served.
    #[error("cannot listen on `{address}` for the status page")]
    Web {
        /// `web.listen`.
        address: String,
        /// The system's account.
        #[source]
        source: std::io::Error,
    },
}

impl DaemonError {
    /// The store's fault, when it was one.
    pub(crate) fn store_error(&self) -> Option<&crate::store::StoreError> {
        match self {
            Self::Ingest { source } => source.store_error(),
            Self::Feeds { source } => Some(source),
            Self::Signals { .. } | Self::Control { .. } | Self::Web { .. } => None,
        }
    }
}
