//! The loop.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout_at},
};

use super::{
    ControlServer, DaemonError, Signal, Signals,
    callers::Callers,
    chores::{Chores, Tools},
    control::CALLS_QUEUED,
    notify::Notify,
    pause::{Pause, Trial},
    reload,
    schedule::{Schedule, Work},
    snapshot::Snapshot,
    under_way::{Ended, UnderWay},
    work::work_on,
};
use crate::{
    clock::{Clock, Now},
    config::{Config, LoadOptions},
    ingest::{IngestError, Pipeline, PipelineParts, PollReport, Pool},
    model::FeedId,
    schedule::Manner,
    store::Store,
};

/// Polls under way per request slot: feeds of one host wait for each other meanwhile.
const TASKS_PER_SLOT: usize = 4;

/// Polls under way per request that a host takes at once: one is asked, the next stands ready.
const TASKS_PER_HOST_SLOT: usize = 2;

/// The loop looks up at least this often, so that a suspended machine or a moved clock is seen.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// Status line, snapshot for the status page, expiry of raw pages.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(5);

/// A feed whose result could not be stored is asked again after this.
const POSTPONE: Duration = Duration::from_secs(15);

/// Part of `limits.shutdown` kept for closing the database.
const CLOSING: Duration = Duration::from_secs(2);

/// What a daemon is made of.
#[derive(Debug)]
pub struct DaemonParts {
    /// How the configuration was found, for reading it again.
    pub load: LoadOptions,
    /// The configuration in force.
    pub config: Arc<Config>,
    /// The open database.
    pub store: Store,
    /// The reading threads.
    pub pool: Pool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Installed signal handlers.
    pub signals: Signals,
    /// The control socket.
    pub control: Option<ControlServer>,
}

/// Runs until a signal says stop, then drains within `limits.shutdown`.
///
/// The caller closes the store afterwards: a checkpoint belongs to whoever opened it.
///
/// # Errors
///
/// The start failed: the status page's address is taken, the feeds cannot be read, no HTTP client
/// can be made. Once it runs, nothing but a signal ends it.
pub async fn run(parts: DaemonParts) -> Result<(), DaemonError> {
    let DaemonParts {
        load,
        config,
        store,
        pool,
        clock,
        mut signals,
        control,
    } = parts;
    let base = Base {
        load,
        store,
        pool,
        clock,
    };
    let (call_sender, mut calls) = mpsc::channel(CALLS_QUEUED);
    let mut side = JoinSet::new();
    if let Some(server) = control {
        side.spawn(server.serve(call_sender.clone()));
    }
    let snapshot = Snapshot::start(&config, base.clock.as_ref(), &mut side).await?;
    let mut daemon = Daemon::start(base, &config, snapshot).await?;
    let mut housekeeping = interval(HOUSEKEEPING_EVERY);
    housekeeping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watchdog_every = Notify::watchdog_every();
    let mut watchdog = interval(watchdog_every.unwrap_or(LONGEST_SLEEP));
    watchdog.set_missed_tick_behavior(MissedTickBehavior::Delay);
    daemon.notify.ready(&daemon.status_line());
    tracing::info!(
        feeds = daemon.schedule.n_feeds(),
        pid = std::process::id(),
        "ready: {} scheduled",
        n_of(daemon.schedule.n_feeds(), "feed")
    );
    loop {
        daemon.start_due();
        let pause = daemon.sleep_for();
        tokio::select! {
            signal = signals.next() => match signal {
                Signal::Stop => break,
                Signal::Reload => {
                    // What came of it is logged and stands in the status line.
                    if !unless_stopped(&mut signals, daemon.reload()).await {
                        break;
                    }
                }
                Signal::PollAll => daemon.poll_all(),
            },
            Some(call) = calls.recv() => {
                if !unless_stopped(&mut signals, daemon.take_call(call)).await {
                    break;
                }
            }
            Some(ended) = daemon.under_way.next() => daemon.finish(ended),
            () = daemon.chores.next() => {}
            Some(trial) = daemon.pause.next_trial() => daemon.go_on_after(&trial),
            () = sleep(pause) => {}
            _ = watchdog.tick(), if watchdog_every.is_some() => {
                let store = daemon.store.clone();
                side.spawn(async move {
                    // Only a writer that answers counts as alive.
                    if store.ping().await.is_ok() {
                        Notify::alive();
                    }
                });
            }
            _ = housekeeping.tick() => {
                if !unless_stopped(&mut signals, daemon.keep_house()).await {
                    break;
                }
            }
            Some(_) = side.join_next() => {}
        }
    }
    Notify::stopping();
    daemon.drain(&mut signals).await;
    drop(calls);
    side.abort_all();
    Ok(())
}

/// Does some work that may wait for the database; `false`: a signal says stop, and it was left.
async fn unless_stopped<T>(signals: &mut Signals, work: impl Future<Output = T>) -> bool {
    tokio::select! {
        _ = work => true,
        () = signals.stop() => false,
    }
}

/// What stays as it is when the configuration is read again.
struct Base {
    load: LoadOptions,
    store: Store,
    pool: Pool,
    clock: Arc<dyn Clock>,
}

/// The loop's own state.
pub(super) struct Daemon {
    pub(super) load: LoadOptions,
    pub(super) pipeline: Pipeline,
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) schedule: Schedule,
    pub(super) under_way: UnderWay,
    pub(super) callers: Callers,
    pub(super) pause: Pause,
    pub(super) notify: Notify,
    pub(super) snapshot: Snapshot,
    pub(super) pool: Pool,
    pub(super) chores: Chores,
}

impl Daemon {
    async fn start(
        base: Base,
        config: &Arc<Config>,
        snapshot: Snapshot,
    ) -> Result<Self, DaemonError> {
        let Base {
            load,
            store,
            pool,
            clock,
        } = base;
        let ingest = |source| DaemonError::Ingest { source };
        let pipeline = Pipeline::new(PipelineParts {
            config: Arc::clone(config),
            store: store.clone(),
            pool: pool.clone(),
            clock: Arc::clone(&clock),
        })
        .map_err(ingest)?;
        pipeline.recall_hosts().await.map_err(ingest)?;
        let schedule = reload::schedule(&pipeline).await?;
        let now = clock.now();
        Ok(Self {
            load,
            pipeline,
            store,
            clock,
            schedule,
            under_way: UnderWay::default(),
            callers: Callers::default(),
            pause: Pause::default(),
            notify: Notify::default(),
            snapshot,
            pool,
            chores: Chores::new(now),
        })
    }

    fn n_tasks_max(&self) -> usize {
        self.pipeline.config().limits.concurrency.max(1) * TASKS_PER_SLOT
    }

    fn n_host_tasks_max(&self) -> usize {
        self.pipeline.config().limits.per_host.max(1) * TASKS_PER_HOST_SLOT
    }

    /// Starts what is due, as far as there is room.
    fn start_due(&mut self) {
        let now = self.clock.now();
        while !self.pause.is_on() && self.under_way.len() < self.n_tasks_max() {
            let Some((id, work)) = self.schedule.pop(now) else {
                return;
            };
            if let Some(callers) = self.under_way.callers_of(id) {
                // It is under way already; those who wait for it get that report.
                callers.extend(self.callers.of(id));
                continue;
            }
            let Some(feed) = self.schedule.feed(id) else {
                continue;
            };
            let host = crate::url::host_key(&feed.url);
            let most = self.n_host_tasks_max();
            if !self.under_way.take_place(id, work, &host, most) {
                continue;
            }
            let callers = match work {
                Work::Poll(_) => self.callers.of(id),
                Work::Pages => Vec::new(),
            };
            let pipeline = self.pipeline.clone();
            self.under_way.start(id, callers, async move {
                (work, work_on(&pipeline, &feed, id, work).await)
            });
        }
    }

    fn sleep_for(&self) -> Duration {
        let is_full = self.under_way.len() >= self.n_tasks_max();
        if self.pause.is_on() || is_full {
            return LONGEST_SLEEP;
        }
        self.schedule
            .idle_for(self.clock.now())
            .unwrap_or(LONGEST_SLEEP)
            .min(LONGEST_SLEEP)
    }

    fn finish(&mut self, ended: Ended) {
        let now = self.clock.now();
        let Ended {
            id, callers, next, ..
        } = ended;
        if let Some((next, work)) = next {
            self.schedule.push_next(next, work);
        }
        match ended.done {
            Ok((work, Ok(report))) => {
                self.snapshot.count(&report);
                for (feed, at) in &report.sooner {
                    self.schedule.plan(*feed, *at, false, now);
                }
                let has_backlog = report.pages.waiting > 0;
                if let Work::Poll(_) = work {
                    let at = report.next_poll_at.unwrap_or(now.wall);
                    self.schedule.plan(id, at, has_backlog, now);
                } else if has_backlog {
                    self.schedule.plan_pages(id, now);
                }
                self.callers.answer(&callers, &report);
            }
            Ok((_, Err(error))) => {
                self.pause(&error);
                self.schedule.postpone(id, POSTPONE, now);
                self.answer_failed(id, &callers, chain(&error));
            }
            Err(join) => {
                let wait = self.pipeline.config().limits.min_interval.max(POSTPONE);
                self.schedule.postpone(id, wait, now);
                let error = format!("the poll ended without a result: {join}");
                tracing::error!(feed.id = id.0, "feed {id}: {error}; please report it");
                self.answer_failed(id, &callers, error);
            }
        }
    }

    pub(super) fn answer_failed(&mut self, id: FeedId, callers: &[u64], error: String) {
        let feed = self.schedule.feed(id);
        let url = feed.as_ref().map(|feed| feed.url.to_string());
        let report = PollReport {
            feed_id: id.0,
            url: url.unwrap_or_default(),
            name: feed.and_then(|feed| feed.name.clone()),
            outcome: "failed".to_owned(),
            error_class: Some("internal".to_owned()),
            error: Some(error),
            ..PollReport::default()
        };
        self.callers.answer(callers, &report);
    }

    /// No fetch whose result cannot be stored: polling waits until the database takes rows
    /// again (R35).
    fn pause(&mut self, error: &IngestError) {
        if !self.pause.is_on() {
            let why = chain(error);
            tracing::error!("polling pauses until the database can be used again: {why}");
            self.callers.turn_away(&why);
            self.pause.begin(why, self.clock.now());
        }
    }

    fn go_on_after(&mut self, trial: &Trial) {
        if self.pause.is_over(trial, self.clock.now()) {
            tracing::info!("the database can be used again: polling goes on");
        }
    }

    pub(super) fn tools(&self) -> Tools {
        Tools::new(self.pipeline.config(), &self.store, &self.pool, &self.clock)
    }

    fn poll_all(&mut self) {
        let ids = self.schedule.ids();
        tracing::info!("signal: polling all {} feeds now", ids.len());
        for id in ids {
            self.schedule.push_ready(id, Work::Poll(Manner::Manual));
        }
    }

    async fn keep_house(&mut self) {
        let now = self.clock.now();
        self.pause.probe_when_due(&self.store, now);
        self.start_rechecks(now).await;
        if !self.pause.is_on() {
            let config = Arc::clone(self.pipeline.config());
            let (store, pool, clock) = (&self.store, &self.pool, &self.clock);
            let tools = || Tools::new(&config, store, pool, clock);
            self.chores.keep_retention(tools, &config, now);
        }
        let line = self.status_line();
        self.notify.status(&line);
        self.snapshot
            .refresh(&self.store, now, self.under_way.len(), self.pause.why())
            .await;
    }

    /// Pages whose time to be looked at again has come do not wait for their feed's next poll.
    async fn start_rechecks(&mut self, now: Now) {
        let config = self.pipeline.config();
        let is_wanted = config.feeds.iter().any(|feed| !feed.recheck.is_empty());
        if self.pause.is_on() || !is_wanted {
            return;
        }
        match self.store.feeds_with_rechecks(now.wall).await {
            Ok(feeds) => {
                for id in feeds {
                    self.schedule.plan_pages_now(id);
                }
            }
            Err(error) => tracing::warn!("pages are not looked at again now: {error}"),
        }
    }

    pub(super) fn status_line(&self) -> String {
        match self.pause.why() {
            Some(why) => format!("paused: {why}"),
            None => format!(
                "{}, {} under way, {}{}",
                n_of(self.schedule.n_feeds(), "feed"),
                self.under_way.len(),
                self.snapshot.line(),
                self.pin_line()
            ),
        }
    }

    /// A reader that keeps the log (R34).
    fn pin_line(&self) -> String {
        let Some(pin) = self.store.log_pin() else {
            return String::new();
        };
        let age = (self.clock.now().wall - pin.since).num_seconds().max(0);
        format!(
            "; a reader has kept the write-ahead log from being cut back for {age} s: {} KiB",
            pin.bytes / 1024
        )
    }

    /// Lets polls under way end, as long as there is time; a second signal ends them at once.
    async fn drain(&mut self, signals: &mut Signals) {
        let allowed = self
            .pipeline
            .config()
            .limits
            .shutdown
            .saturating_sub(CLOSING);
        let deadline = Instant::now() + allowed;
        tracing::info!("stopping: {} under way", n_of(self.under_way.len(), "poll"));
        loop {
            tokio::select! {
                ended = timeout_at(deadline, self.under_way.next()) => match ended {
                    Ok(Some(ended)) => self.finish(ended),
                    Ok(None) => break,
                    Err(_) => {
                        tracing::info!(
                            "stopping: {} polls broken off; their feeds are due at the next start",
                            self.under_way.len()
                        );
                        break;
                    }
                },
                signal = signals.next() => if signal == Signal::Stop { break },
            }
        }
        self.under_way.abort().await;
        self.chores.abort().await;
    }
}

/// `1 feed`, `2 feeds`.
fn n_of(n: usize, what: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{n} {what}{ending}")
}

/// An error with its causes, in one line.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
