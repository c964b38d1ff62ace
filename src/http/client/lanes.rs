//! Threads for connections to hosts that let a deadline pass without a response.
//!
//! The HTTP library reads what a server sends before its response (interim responses, frames of HTTP/2) as long as
//! it comes, tens of megabytes without looking up. On the common runtime fifteen servers that sent nothing but `103
//! Early Hints` stood in the way of every poll for as long as they were asked. Who did so once has a lane to itself
//! the next time: deadlines run elsewhere, and the system shares the cores out. Not everybody has one: memory of as
//! many threads took 50 MB more (R03; decision 0011).

use std::{
    collections::{HashSet, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll},
};

use tokio::runtime::{Builder, Handle, Runtime};

use super::lookup::LOOKUPS_MAX;

/// Twice as many as requests are under way at once by default. A lane comes back to the end of the row: a connection
/// that was given up there has had its time when its turn comes again. Idle it costs less than 100 KiB.
const LANES: usize = 32;
/// Hosts remembered; beyond, all are forgotten, and learned anew.
const SUSPECTS_MAX: usize = 10_000;

/// The lanes; each begins when it is first needed.
#[derive(Debug)]
pub(super) struct Lanes {
    runtimes: [OnceLock<Option<Lane>>; LANES],
    /// Numbers of those without a request, the longest idle first.
    idle: Mutex<VecDeque<usize>>,
    /// Hosts that let a deadline pass without a response the last time.
    suspects: Mutex<HashSet<String>>,
}

/// A runtime with one thread.
#[derive(Debug)]
struct Lane(Option<Runtime>);

/// A lane that a request has for itself; without one its connection is among all the others.
#[derive(Debug)]
pub(super) struct OwnLane {
    lanes: Arc<Lanes>,
    number: Option<usize>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            runtimes: [const { OnceLock::new() }; LANES],
            idle: Mutex::new((0..LANES).collect()),
            suspects: Mutex::default(),
        }
    }
}

impl Lanes {
    /// A lane for one request to the host, if it needs one and one is idle.
    pub(super) fn for_host(self: &Arc<Self>, host: &str) -> OwnLane {
        let is_suspect = lock(&self.suspects).contains(host);
        OwnLane {
            lanes: Arc::clone(self),
            number: is_suspect.then(|| lock(&self.idle).pop_front()).flatten(),
        }
    }

    /// Notes whether the host let a deadline pass without a response.
    pub(super) fn note(&self, host: &str, is_silent: bool) {
        let mut suspects = lock(&self.suspects);
        if !is_silent {
            suspects.remove(host);
        } else if !suspects.contains(host) {
            if suspects.len() >= SUSPECTS_MAX {
                suspects.clear();
            }
            suspects.insert(host.to_owned());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        let lane = self.lanes.runtimes.get(number)?;
        let lane = lane.get_or_init(|| Lane::start(number));
        let runtime = lane.as_ref()?.0.as_ref()?;
        Some(runtime.handle().clone())
    }
}

impl Drop for OwnLane {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            lock(&self.lanes.idle).push_back(number);
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
