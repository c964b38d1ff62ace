//! Is it alive, is it ready.

use crate::model::Status;

/// Why the daemon is not ready to take in articles; `None` when it is.
pub(super) fn not_ready(status: &Status) -> Option<String> {
    status
        .paused
        .as_ref()
        .map(|why| format!("polling pauses: {why}"))
}
