//! What the status page and the metrics show, gathered by the loop.

use std::sync::Arc;

use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::DaemonError;
use crate::{
    clock::{Clock, Now},
    config::Config,
    ingest::PollReport,
    model::{Status, TransactionTimes},
    store::Store,
    web,
};

/// Counters since the start, and the page that shows them when the configuration wants one.
#[derive(Debug)]
pub(super) struct Snapshot {
    status: Status,
    published: Option<watch::Sender<Arc<Status>>>,
    /// Ends the server with the daemon.
    _stop: tokio_util::sync::DropGuard,
}

impl Snapshot {
    /// Begins counting; serves the status page where `web.listen` is set.
    pub(super) async fn start(
        config: &Config,
        clock: &dyn Clock,
        side: &mut JoinSet<()>,
    ) -> Result<Self, DaemonError> {
        let now = clock.now().wall;
        let status = Status {
            version: env!("CARGO_PKG_VERSION"),
            pid: std::process::id(),
            started_at: now,
            taken_at: now,
            database: config.database.clone(),
            n_articles: 0,
            n_waiting: 0,
            n_in_flight: 0,
            last_poll_at: None,
            polls: std::collections::BTreeMap::new(),
            pages: std::collections::BTreeMap::new(),
            errors: std::collections::BTreeMap::new(),
            n_new: 0,
            n_revised: 0,
            transactions: TransactionTimes::default(),
            paused: None,
            feeds: Vec::new(),
        };
        let stop = CancellationToken::new();
        let published = match &config.web {
            None => None,
            Some(web) => {
                let listener =
                    TcpListener::bind(web.listen)
                        .await
                        .map_err(|source| DaemonError::Web {
                            address: web.listen.to_string(),
                            source,
                        })?;
                let (sender, receiver) = watch::channel(Arc::new(status.clone()));
                let stopped = stop.clone();
                side.spawn(async move {
                    if let Err(error) = web::serve(listener, receiver, stopped).await {
                        tracing::error!("the status page ended: {error}");
                    }
                });
                Some(sender)
            }
        };
        Ok(Self {
            status,
            published,
            _stop: stop.drop_guard(),
        })
    }

    /// Adds one poll with its pages.
    pub(super) fn count(&mut self, report: &PollReport) {
        let status = &mut self.status;
        *status.polls.entry(report.outcome.clone()).or_default() += 1;
        if let Some(class) = &report.error_class {
            *status.errors.entry(class.clone()).or_default() += 1;
        }
        for (outcome, count) in [
            ("ok", report.pages.ok),
            ("failed", report.pages.failed),
            ("refused", report.pages.refused),
        ] {
            if count > 0 {
                *status.pages.entry(outcome.to_owned()).or_default() += u64::from(count);
            }
        }
        status.n_new += u64::from(report.new);
        status.n_revised += u64::from(report.revised);
    }

    /// Takes a new snapshot; asks the store only when somebody can look at it.
    pub(super) async fn refresh(
        &mut self,
        store: &Store,
        now: Now,
        n_in_flight: usize,
        paused: Option<&str>,
    ) {
        let Some(published) = &self.published else {
            return;
        };
        self.status.taken_at = now.wall;
        self.status.n_in_flight = u64::try_from(n_in_flight).unwrap_or(u64::MAX);
        self.status.paused = paused.map(ToOwned::to_owned);
        self.status.transactions = store.transaction_times();
        match store.health().await {
            Ok(health) => {
                self.status.n_articles = health.n_articles;
                self.status.n_waiting = health.n_waiting;
                self.status.last_poll_at = health.last_poll_at;
                self.status.feeds = health.feeds;
            }
            Err(error) => tracing::warn!("the status page is out of date: {error}"),
        }
        published.send_replace(Arc::new(self.status.clone()));
    }

    /// The sums in a few words.
    pub(super) fn line(&self) -> String {
        let n_polls: u64 = self.status.polls.values().sum();
        format!(
            "{n_polls} polls, {} new articles, {} revised since the start",
            self.status.n_new, self.status.n_revised
        )
    }
}
