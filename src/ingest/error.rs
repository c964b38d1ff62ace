//! What stops the pipeline itself. A feed or page that fails is no error here: it is a row.

use crate::{http::HttpError, store::StoreError};

/// The pipeline could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// The result of a poll or page could not be kept, or what is known could not be read.
    #[error("cannot {what}")]
    Store {
        /// What was to be kept or read, with its feed or URL.
        what: String,
        /// The store's own account.
        #[source]
        source: StoreError,
    },
    /// The HTTP client could not be made from the configuration.
    #[error("cannot set up the HTTP client")]
    Client {
        /// The client's own account.
        #[source]
        source: HttpError,
    },
    /// The reading threads could not be started.
    #[error("cannot start reading thread {number}")]
    Pool {
        /// Which of them.
        number: usize,
        /// The system's account.
        #[source]
        source: std::io::Error,
    },
}

impl IngestError {
    /// Names what was to be done when the store failed.
    pub(crate) fn store(what: impl Into<String>) -> impl FnOnce(StoreError) -> Self {
        let what = what.into();
        move |source| Self::Store { what, source }
    }

    /// The store's fault, when it was one.
    pub fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store { source, .. } => Some(source),
            Self::Client { .. } | Self::Pool { .. } => None,
        }
    }
}
