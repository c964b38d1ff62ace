//! Threads that read untrusted documents.
//!
//! Their own threads, not the runtime's: a page costs milliseconds of CPU, and a deep tree needs
//! more stack than a runtime worker has. The queue is bounded, so fetching waits for reading.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tokio::sync::{mpsc, oneshot};

use super::{
    IngestError,
    in_flight::{Document, InFlight},
};

/// Stack of a reading thread: html5ever's tree at the depth limit, with room to spare.
const STACK_BYTES: usize = 8 << 20;

/// Documents that wait per thread; bodies in flight have their own budget.
const QUEUED_PER_THREAD: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

/// A document was not read; the thread goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Crashed {
    /// It made its reader panic.
    #[error("the reader gave up: {message}")]
    Panic {
        /// What the panic said.
        message: String,
    },
    /// It ended a process twice.
    #[error(
        "these bytes ended the process that read them twice; they are left out until they change"
    )]
    Quarantined,
}

impl Crashed {
    fn panic(message: impl Into<String>) -> Self {
        Self::Panic {
            message: message.into(),
        }
    }
}

/// A bounded set of reading threads; clones share it.
#[derive(Debug, Clone)]
pub struct Pool {
    jobs: mpsc::Sender<Job>,
    in_flight: Option<InFlight>,
}

impl Pool {
    /// Starts `n_threads` threads (at least one). They end when the last clone is dropped.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(n_threads: usize) -> Result<Self, IngestError> {
        let n_threads = n_threads.max(1);
        let (jobs, queue) = mpsc::channel::<Job>(n_threads * QUEUED_PER_THREAD);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..n_threads {
            let queue = Arc::clone(&queue);
            thread::Builder::new()
                .name(format!("reader-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || work(&queue))
                .map_err(|source| IngestError::Pool { number, source })?;
        }
        Ok(Self {
            jobs,
            in_flight: None,
        })
    }

    /// As many threads as the machine has cores, less one for the network and the writer.
    ///
    /// # Errors
    ///
    /// As for [`start`](Self::start).
    pub fn for_this_machine() -> Result<Self, IngestError> {
        let n_cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::start(n_cores.saturating_sub(1))
    }

    /// The same threads, with an account of the documents in flight.
    #[must_use]
    pub fn watched_by(mut self, in_flight: InFlight) -> Self {
        self.in_flight = Some(in_flight);
        self
    }

    /// Says that the process ends in order: a document that is still being read does not end it.
    pub fn end_in_order(&self) {
        if let Some(in_flight) = &self.in_flight {
            in_flight.forgive_all();
        }
    }

    /// Runs `read`, which reads this document and is given the hash of its bytes, on a reading thread. A
    /// document that ended a process before is tried first, and left out if it does so again.
    ///
    /// # Errors
    ///
    /// `read` panicked, or the document is quarantined.
    pub async fn read<T: Send + 'static>(
        &self,
        document: Document,
        read: impl FnOnce(&str) -> T + Send + 'static,
    ) -> Result<T, Crashed> {
        let Some(in_flight) = &self.in_flight else {
            return self.run(move || read(&document.hash())).await;
        };
        let Some(mut mark) = in_flight.admit(&document).await else {
            return Err(Crashed::Quarantined);
        };
        self.run(move || {
            let hash = mark.set(&document);
            let value = read(&hash);
            mark.acquit();
            value
        })
        .await
    }

    /// Runs `read` on a reading thread and gives its value, or what its panic said.
    ///
    /// # Errors
    ///
    /// `read` panicked; the thread lives on.
    pub async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Crashed> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || {
            let result = catch_unwind(AssertUnwindSafe(read))
                .map_err(|panic| Crashed::panic(panic_message(&*panic)));
            // Nobody waits when the fetch was cancelled meanwhile; the value is dropped.
            drop(answer.send(result));
        });
        if self.jobs.send(job).await.is_err() {
            return Err(Crashed::panic("the reading threads have ended"));
        }
        answered
            .await
            .unwrap_or_else(|_| Err(Crashed::panic("the reading thread ended")))
    }
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        // The lock is held while waiting: the next idle thread waits for the lock instead.
        let job = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        match job {
            Some(job) => job(),
            None => return,
        }
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_document() {
        let pool = Pool::start(1).unwrap();
        let crashed = pool.run(|| -> u32 { panic!("deep trouble") }).await;
        assert_eq!(crashed, Err(Crashed::panic("deep trouble")));
        assert_eq!(pool.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn many_jobs_go_through_a_short_queue() {
        let pool = Pool::start(2).unwrap();
        let mut sum = 0;
        for n in 0..100u32 {
            sum += pool.run(move || n).await.unwrap();
        }
        assert_eq!(sum, 4950);
    }
}
