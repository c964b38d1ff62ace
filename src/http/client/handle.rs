//! The client as others hold it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{
    budget::BodyBudget, connections::Connections, journey::Journey, lanes::Lanes, turns::Memory,
    turns::Turns,
};
use crate::{
    clock::Clock,
    http::{
        ClientOptions, Fetched, HeaderValue, HttpError, Manners, Request,
        message::{plain, shown},
    },
};

/// Fetches feeds, pages and robots.txt. Cheap to clone; all clones share connections, turns and
/// the byte budget.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

/// What all clones share.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) options: Arc<ClientOptions>,
    pub(super) user_agent: HeaderValue,
    pub(super) connections: Connections,
    pub(super) lanes: Arc<Lanes>,
    pub(super) turns: Arc<Turns>,
    pub(super) budget: BodyBudget,
    pub(super) clock: Arc<dyn Clock>,
}

impl Client {
    /// A client; opens nothing yet. Times that decide come from `clock`; sleeping and deadlines
    /// are the runtime's.
    ///
    /// # Errors
    /// When the options hold something unusable: a user agent, extra roots.
    pub fn new(options: ClientOptions, clock: Arc<dyn Clock>) -> Result<Self, HttpError> {
        Self::make(options, clock, Arc::default(), Arc::default())
    }

    /// A client with other options that knows all this one remembers of hosts: who must not be
    /// asked now, who was asked last when. Fetches of this one go on undisturbed.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_options(&self, options: ClientOptions) -> Result<Self, HttpError> {
        let clock = Arc::clone(&self.inner.clock);
        let lanes = Arc::clone(&self.inner.lanes);
        Self::make(options, clock, self.inner.turns.memory(), lanes)
    }

    /// Fetches one thing. Never fails as a whole: what went wrong stands in
    /// [`Fetched::result`].
    ///
    /// Waits for the host's turn first (at most 10 minutes per hop, not part of the deadline);
    /// then one deadline binds DNS, connections, redirects and the body. No status and no error
    /// is retried. Dropping the future gives everything up at once.
    pub async fn fetch(&self, request: &Request) -> Fetched {
        if request.is_tls_unverified {
            let url = shown(&request.url);
            tracing::warn!(feed.url = %url, "TLS certificates are not verified for {url}");
        }
        Journey::new(&self.inner, request).run().await
    }

    /// Leaves a host alone for a while: it asked for it before this client was made.
    pub fn hold_back(&self, host: &str, wait: Duration) {
        self.inner.turns.hold_back(host, wait);
    }

    /// Forgets which hosts could not be reached: to be called when it was our own line that was
    /// down (R18).
    pub fn forget_down_hosts(&self) {
        self.inner.turns.forget_down();
    }

    /// The options it was made with.
    pub fn options(&self) -> &ClientOptions {
        &self.inner.options
    }

    fn make(
        options: ClientOptions,
        clock: Arc<dyn Clock>,
        memory: Arc<Mutex<Memory>>,
        lanes: Arc<Lanes>,
    ) -> Result<Self, HttpError> {
        let user_agent = HeaderValue::from_str(&options.user_agent).map_err(|_| {
            let user_agent = plain(&options.user_agent);
            HttpError::UserAgent { user_agent }
        })?;
        let limits = options.limits;
        let manners = Manners {
            host_delay: options.host_delay,
            per_host: u32::try_from(options.per_host.max(1)).unwrap_or(u32::MAX),
            retry_after_max: limits.retry_after_max,
            host_down: limits.host_down,
        };
        let turns = Turns::new(manners, options.concurrency, Arc::clone(&clock), memory);
        let options = Arc::new(options);
        let inner = Inner {
            user_agent,
            connections: Connections::new(Arc::clone(&options))?,
            lanes,
            turns: Arc::new(turns),
            budget: BodyBudget::new(limits.body_budget, limits.feed_bytes.max(limits.page_bytes)),
            clock,
            options,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }
}
