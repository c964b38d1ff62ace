//! The parts every poll shares.

use std::sync::{Arc, Mutex};

use super::{IngestError, Pool, compose::Caps, outage::Outage, robots::RobotsMemory};
use crate::{
    clock::Clock, config::Config, extract::ExtractLimits, feed::FeedLimits, http::Client, schedule,
    store::Store,
};

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
}

impl Pipeline {
    /// A pipeline with an HTTP client of its own, made from the configuration.
    ///
    /// # Errors
    ///
    /// The HTTP client cannot be made: no TLS roots, a proxy address that is none.
    pub fn new(parts: PipelineParts) -> Result<Self, IngestError> {
        let PipelineParts {
            config,
            store,
            pool,
            clock,
        } = parts;
        let client = Client::new(config.client_options(), Arc::clone(&clock))
            .map_err(|source| IngestError::Client { source })?;
        let extract_limits = config.extract_limits();
        let caps = Caps {
            html: extract_limits.html,
            title_bytes: extract_limits.title_bytes,
            link_bytes: extract_limits.link_bytes,
            text_bytes: extract_limits.text_bytes,
        };
        Ok(Self {
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
            }),
        })
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
