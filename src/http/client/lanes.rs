//! Threads that connections live on, apart from everything else.
//!
//! The HTTP library reads what a server sends before its response (interim responses, frames of HTTP/2) as long as
//! it comes, tens of megabytes without looking up. On the common runtime fifteen servers that sent nothing but `103
//! Early Hints` stood in the way of every poll, every deadline and the end of the process. Here each
//! request has a lane to itself, deadlines run elsewhere, and the system shares the cores out.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll},
};

use tokio::runtime::{Builder, Handle, Runtime};

use super::lookup::LOOKUPS_MAX;

/// Twice as many as requests are under way at once by default. A lane comes back to the end of the row: what was
/// begun there (a connection that was given up, one kept for the next request) has had its time when its turn comes
/// again. A thread that sleeps costs some ten KiB.
const LANES: usize = 32;

/// The lanes; each begins when it is first needed.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: [OnceLock<Option<Lane>>; LANES],
    /// Numbers of those without a request, the longest idle first.
    idle: Mutex<VecDeque<usize>>,
}

/// A runtime with one thread.
#[derive(Debug)]
struct Lane(Option<Runtime>);

/// A lane that a request has for itself; without one it goes with all the rest.
#[derive(Debug)]
pub(super) struct OwnLane {
    lanes: Arc<Lanes>,
    number: Option<usize>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            lanes: [const { OnceLock::new() }; LANES],
            idle: Mutex::new((0..LANES).collect()),
        }
    }
}

impl Lanes {
    /// A lane for one request; with more requests at once than there are lanes some go without.
    pub(super) fn take(self: &Arc<Self>) -> OwnLane {
        OwnLane {
            lanes: Arc::clone(self),
            number: self.idle().pop_front(),
        }
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<usize>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OwnLane {
    /// Does what opens or asks a connection: what it starts runs on the lane. Where the system gives no thread it is
    /// done like everything else.
    pub(super) async fn run<F: Future>(&self, work: F) -> F::Output {
        OnLane {
            lane: self.handle(),
            work: Box::pin(work),
        }
        .await
    }

    fn handle(&self) -> Option<Handle> {
        let number = self.number?;
        let lane = self.lanes.lanes.get(number)?;
        let lane = lane.get_or_init(|| Lane::start(number));
        let runtime = lane.as_ref()?.0.as_ref()?;
        Some(runtime.handle().clone())
    }
}

impl Drop for OwnLane {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.lanes.idle().push_back(number);
        }
    }
}

impl Lane {
    fn start(number: usize) -> Option<Self> {
        let built = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(LOOKUPS_MAX)
            .thread_name(format!("network-{number}"))
            .enable_all()
            .build();
        match built {
            Ok(runtime) => Some(Self(Some(runtime))),
            Err(error) => {
                tracing::debug!("connections get no thread of their own: {error}");
                None
            }
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        // Clients are dropped where nothing may wait.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Work that is polled inside a lane's runtime, by whoever waits for it.
struct OnLane<F> {
    lane: Option<Handle>,
    work: Pin<Box<F>>,
}

impl<F: Future> Future for OnLane<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let lane = self.lane.clone();
        let _inside = lane.as_ref().map(Handle::enter);
        self.work.as_mut().poll(context)
    }
}
