//! A few connections that read, shared by the pipeline's tasks.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{
    error::{Fault, FileName, StoreError},
    file,
    work::Done,
};

/// Reading connections at most; each has its own cache.
const CONNECTIONS: usize = 3;

/// Reading connections, opened when first needed.
#[derive(Debug)]
pub(super) struct Pool {
    file: FileName,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Pool {
    pub(super) fn new(file: FileName) -> Arc<Self> {
        Arc::new(Self {
            file,
            idle: Mutex::new(Vec::new()),
            permits: Semaphore::new(CONNECTIONS),
        })
    }

    /// Runs a reading function on a thread that may block. Each call sees one state of the
    /// database a statement, never an uncommitted one.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        action: &'static str,
        read: impl Fn(&Connection) -> Done<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = self.permits.acquire().await;
        if permit.is_err() {
            return Err(self.file.closed(action));
        }
        let pool = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || pool.read_here(action, read));
        let done = reading.await;
        drop(permit);
        done.unwrap_or_else(|_| Err(self.file.closed(action)))
    }

    fn read_here<T>(
        &self,
        action: &'static str,
        read: impl Fn(&Connection) -> Done<T>,
    ) -> Result<T, StoreError> {
        let idle = self.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => file::open_read_only(&self.file)?,
        };
        let mut done = read(&connection);
        // What a disk could not read for a moment looks like damage; damage is there the next time too.
        if done.as_ref().is_err_and(Fault::is_damage) {
            done = read(&connection);
        }
        self.lock().push(connection);
        done.map_err(|fault| self.file.explain(self.file.error(action, fault)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the connections that are idle.
    pub(super) fn close(&self) {
        self.permits.close();
        self.lock().clear();
    }
}
