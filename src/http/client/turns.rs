//! Waiting for a host's turn.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use crate::{
    clock::Clock,
    http::{Ask, Hosts, Manners, Report, Turn, message::span},
    model::{ErrorClass, Failure},
};

/// Longest wait for a turn: many pages of one host wait for each other, and a `Crawl-delay` may
/// be two minutes. It is not part of the fetch's deadline, so it needs an end of its own.
const WAIT_MAX: Duration = Duration::from_mins(10);

/// Who may send a request now.
#[derive(Debug)]
pub(super) struct Turns {
    memory: Arc<Mutex<Memory>>,
    total: Arc<Semaphore>,
    manners: Manners,
    clock: Arc<dyn Clock>,
}

/// What is remembered of hosts; outlives a change of the options.
#[derive(Debug, Default)]
pub(super) struct Memory {
    hosts: Hosts,
    /// One for each host that is being asked or waited for.
    gates: HashMap<String, Arc<Semaphore>>,
}

impl Turns {
    pub(super) fn new(
        manners: Manners,
        concurrency: usize,
        clock: Arc<dyn Clock>,
        memory: Arc<Mutex<Memory>>,
    ) -> Self {
        let n_total = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            memory,
            total: Arc::new(Semaphore::new(n_total)),
            manners,
            clock,
        }
    }

    /// The memory, for a client with other options.
    pub(super) fn memory(&self) -> Arc<Mutex<Memory>> {
        Arc::clone(&self.memory)
    }

    /// See [`Hosts::hold_back`].
    pub(super) fn hold_back(&self, host: &str, wait: Duration) {
        let now = self.clock.now().mono;
        self.lock().hosts.hold_back(host, wait, &self.manners, now);
    }

    /// See [`Hosts::forget_down`].
    pub(super) fn forget_down(&self) {
        self.lock().hosts.forget_down();
    }

    /// Waits for the turn; fails at once when the host must not be asked now.
    pub(super) async fn take(self: &Arc<Self>, ask: &Ask<'_>) -> Result<TurnGuard, Failure> {
        if let Some(failure) = self.lock().hosts.hold(ask, self.clock.now().mono) {
            return Err(failure);
        }
        match tokio::time::timeout(WAIT_MAX, self.wait(ask)).await {
            Ok(turn) => turn,
            Err(_) => Err(Failure {
                retry_after: Some(WAIT_MAX),
                ..Failure::new(
                    ErrorClass::RateLimited,
                    format!(
                        "not asked: {} went by before host `{}` had time for it",
                        span(WAIT_MAX),
                        ask.host
                    ),
                )
            }),
        }
    }

    async fn wait(self: &Arc<Self>, ask: &Ask<'_>) -> Result<TurnGuard, Failure> {
        let mut guard = TurnGuard {
            turns: Arc::clone(self),
            host: ask.host.to_owned(),
            url: ask.url.to_owned(),
            started: None,
            report: None,
            gate: None,
            total: None,
        };
        let gate = self.gate(ask.host);
        guard.gate = gate.acquire_owned().await.ok();
        // A clock that stands still must not keep us here: what was slept for has come.
        let mut reached = Duration::ZERO;
        loop {
            let now = self.clock.now().mono.max(reached);
            let turn = self.lock().hosts.look(ask, &self.manners, now);
            let turn = match turn {
                Turn::Go => {
                    guard.total = Arc::clone(&self.total).acquire_owned().await.ok();
                    let now = self.clock.now().mono.max(reached);
                    self.lock().hosts.ask(ask, &self.manners, now)
                }
                turn @ (Turn::At(_) | Turn::Held(_)) => turn,
            };
            match turn {
                Turn::Go => {
                    guard.started = Some(Instant::now());
                    return Ok(guard);
                }
                Turn::Held(failure) => return Err(failure),
                Turn::At(at) => {
                    guard.total = None;
                    tokio::time::sleep(at.saturating_sub(now)).await;
                    reached = at;
                }
            }
        }
    }

    fn gate(&self, host: &str) -> Arc<Semaphore> {
        let mut memory = self.lock();
        if let Some(gate) = memory.gates.get(host) {
            return Arc::clone(gate);
        }
        let n_permits = usize::try_from(self.manners.per_host).unwrap_or(1).max(1);
        let gate = Arc::new(Semaphore::new(n_permits));
        memory.gates.insert(host.to_owned(), Arc::clone(&gate));
        gate
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn that was given, or is waited for; ends when it is dropped.
#[derive(Debug)]
pub(super) struct TurnGuard {
    turns: Arc<Turns>,
    host: String,
    url: String,
    started: Option<Instant>,
    report: Option<Report>,
    gate: Option<OwnedSemaphorePermit>,
    total: Option<OwnedSemaphorePermit>,
}

impl TurnGuard {
    /// Since the turn was given.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.map(|at| at.elapsed()).unwrap_or_default()
    }

    /// Ends the turn with what became of it.
    pub(super) fn end(mut self, report: Report) {
        self.report = Some(report);
    }
}

impl Drop for TurnGuard {
    fn drop(&mut self) {
        self.total = None;
        let took = self.elapsed();
        let report = self.report.take().unwrap_or(Report::Broken { took });
        let now = self.turns.clock.now().mono;
        let mut memory = self.turns.lock();
        if self.started.is_some() {
            let ask = Ask {
                host: &self.host,
                url: &self.url,
                crawl_delay: None,
                ignores_holds: false,
            };
            memory.hosts.end(&ask, report, &self.turns.manners, now);
        }
        // The permit holds the gate as well; it goes before the count is looked at.
        self.gate = None;
        let is_last = |gate: &Arc<Semaphore>| Arc::strong_count(gate) == 1;
        if memory.gates.get(&self.host).is_some_and(is_last) {
            memory.gates.remove(&self.host);
        }
    }
}
