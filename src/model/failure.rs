//! Why a fetch gave nothing.

use std::time::Duration;

use super::ErrorClass;

/// A poll or page fetch that gave nothing, as it is stored and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The class from the closed list.
    pub class: ErrorClass,
    /// What failed, which and why, in one line without credentials.
    pub message: String,
    /// Status of the last response, when there was one.
    pub http_status: Option<u16>,
    /// `Retry-After` of the response, as a wait from now; not yet capped.
    pub retry_after: Option<Duration>,
    /// Feeds that a page advertises which was fetched where a feed was expected.
    pub discovered: Vec<String>,
    /// It looks like a fault of this machine's own network: no route, no resolver that answers.
    pub is_ours: bool,
}

impl Failure {
    /// A failure without a response.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            http_status: None,
            retry_after: None,
            discovered: Vec::new(),
            is_ours: false,
        }
    }

    /// The same with the status of the response it came from.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.http_status = Some(status);
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}
