//! The parts every poll shares.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    IngestError, Pool, compose::Caps, large_documents::LargeDocuments, outage::Outage,
    robots::RobotsMemory, sites::Sites,
};
use crate::{
    clock::Clock,
    config::Config,
    extract::ExtractLimits,
    feed::FeedLimits,
    http::{Client, Fetched},
    schedule,
    store::{HostHold, Store},
};

/// What two clocks may differ by that are both right.
const CLOCK_SLACK: Duration = Duration::from_mins(5);

/// What a pipeline is made of.
#[derive(Debug, Clone)]
pub struct PipelineParts {
    /// The configuration in force.
    pub config: Arc<Config>,
    /// The open database.
    pub store: Store,
    /// The reading threads.
    pub pool: Pool,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// One way from a due feed to committed rows; clones share everything.
#[derive(Debug, Clone)]
pub struct Pipeline {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) config: Arc<Config>,
    pub(super) store: Store,
    pub(super) pool: Pool,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) client: Client,
    pub(super) feed_limits: FeedLimits,
    pub(super) extract_limits: ExtractLimits,
    pub(super) schedule_limits: schedule::Limits,
    pub(super) caps: Caps,
    pub(super) robots: RobotsMemory,
    pub(super) outage: Mutex<Outage>,
    pub(super) large_documents: LargeDocuments,
    pub(super) sites: Sites,
}

impl Pipeline {
    /// A pipeline with an HTTP client of its own, made from the configuration.
    ///
    /// # Errors
    ///
    /// The HTTP client cannot be made: no TLS roots, a proxy address that is none.
    pub fn new(parts: PipelineParts) -> Result<Self, IngestError> {
        let client = Client::new(parts.config.client_options(), Arc::clone(&parts.clock))
            .map_err(|source| IngestError::Client { source })?;
        Ok(Self::with_client(parts, client))
    }

    /// A pipeline by another configuration, which knows what this one knows of hosts: when each was asked
    /// last, and which are to be left alone.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn renewed(&self, config: Arc<Config>) -> Result<Self, IngestError> {
        let client = self.inner.client.with_options(config.client_options());
        let parts = PipelineParts {
            config,
            store: self.inner.store.clone(),
            pool: self.inner.pool.clone(),
            clock: Arc::clone(&self.inner.clock),
        };
        let client = client.map_err(|source| IngestError::Client { source })?;
        Ok(Self::with_client(parts, client))
    }

    /// Takes over which hosts asked an earlier process, or another, to be left alone.
    ///
    /// # Errors
    ///
    /// The database cannot be read.
    pub async fn recall_hosts(&self) -> Result<(), IngestError> {
        let now = self.inner.clock.now().wall;
        let holds = self.inner.store.host_holds(now).await;
        let holds = holds.map_err(IngestError::store(
            "read which hosts are left alone".to_owned(),
        ))?;
        let most = self.inner.config.limits.retry_after_max;
        for hold in holds {
            let wait = (hold.until - now).to_std().unwrap_or_default();
            // What is longer was written by a clock that was wrong (R39).
            if wait <= most.saturating_add(CLOCK_SLACK) {
                self.inner.client.hold_back(&hold.host, wait);
            }
        }
        Ok(())
    }

    fn with_client(parts: PipelineParts, client: Client) -> Self {
        let PipelineParts {
            config,
            store,
            pool,
            clock,
        } = parts;
        let extract_limits = config.extract_limits();
        let caps = Caps::of(&extract_limits);
        Self {
            inner: Arc::new(Inner {
                feed_limits: config.feed_limits(),
                schedule_limits: config.schedule_limits(),
                extract_limits,
                caps,
                client,
                config,
                store,
                pool,
                clock,
                robots: RobotsMemory::default(),
                outage: Mutex::new(Outage::default()),
                large_documents: LargeDocuments::default(),
                sites: Sites::default(),
            }),
        }
    }

    /// The configuration in force.
    pub fn config(&self) -> &Arc<Config> {
        &self.inner.config
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }
}

impl Inner {
    /// The hosts that a fetch says are to be left alone, for other processes and the next start.
    pub(super) fn holds(&self, fetched: &Fetched, now: DateTime<Utc>) -> Vec<HostHold> {
        let most = self.config.limits.retry_after_max;
        let hold = |(host, wait): &(String, Duration)| {
            let wait = TimeDelta::from_std((*wait).min(most)).ok()?;
            Some(HostHold {
                host: host.clone(),
                until: now.checked_add_signed(wait)?,
            })
        };
        fetched.holds.iter().filter_map(hold).collect()
    }
}
