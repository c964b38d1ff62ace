//! Large documents, one at a time.
//!
//! The body, the entries read from it and what is kept of them stand in memory beside each other. The
//! budget of bodies bounds the first only; that of the others is bounded here.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::http::Fetched;

/// From this size on a document waits for its turn.
const LARGE_BYTES: usize = 2 << 20;

/// The turn of large documents.
#[derive(Debug)]
pub(super) struct LargeDocuments {
    turn: Semaphore,
}

impl Default for LargeDocuments {
    fn default() -> Self {
        Self {
            turn: Semaphore::new(1),
        }
    }
}

impl LargeDocuments {
    /// Waits until this document may be read; small ones may at once. The turn is over when what is given
    /// is dropped.
    pub(super) async fn turn(&self, fetched: &Fetched) -> Option<SemaphorePermit<'_>> {
        let response = fetched.result.as_ref().ok()?;
        if response.body.len() < LARGE_BYTES {
            return None;
        }
        self.turn.acquire().await.ok()
    }
}
