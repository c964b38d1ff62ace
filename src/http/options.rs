//! What the client is told once, at its making.

use std::{sync::Arc, time::Duration};

use super::{Lookup, SystemLookup};
use crate::url::AllowList;

/// What the client is told once, at its making.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Sent with every request, for example `feedmill/0.1.0 (+https://example.org/bot)`.
    pub user_agent: String,
    /// Exceptions to the ban on addresses that are not public.
    pub allow: AllowList,
    /// Further roots, PEM blocks; they join the system's.
    pub ca_file_pem: Option<Vec<u8>>,
    /// Sizes and times.
    pub limits: HttpLimits,
    /// Requests in flight per host; zero counts as one.
    pub per_host: usize,
    /// Least time between the starts of two requests to one host; zero: none, and no growth.
    pub host_delay: Duration,
    /// Requests in flight over all hosts; zero counts as one.
    pub concurrency: usize,
    /// Whom a `Retry-After` binds.
    pub retry_after_scope: RetryAfterScope,
    /// Who knows the addresses of names.
    pub lookup: Arc<dyn Lookup>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            user_agent: concat!("feedmill/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow: AllowList::default(),
            ca_file_pem: None,
            limits: HttpLimits::default(),
            per_host: 1,
            host_delay: Duration::from_secs(1),
            concurrency: 16,
            retry_after_scope: RetryAfterScope::PublicHosts,
            lookup: Arc::new(SystemLookup),
        }
    }
}

/// Whom a `Retry-After` binds besides the URL that was asked, which its own schedule minds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetryAfterScope {
    /// Every URL of the host when its address is public: a private address is often a bridge
    /// that speaks for many unrelated sites.
    #[default]
    PublicHosts,
    /// Every URL of the host, public or not.
    AllHosts,
    /// Nobody else.
    Url,
}

/// Sizes and times of one fetch; the keys of `[limits]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// For DNS, TCP and TLS together, per connection.
    pub connect_timeout: Duration,
    /// For a whole feed fetch, redirects included; waiting for the host's turn is not counted.
    pub feed_deadline: Duration,
    /// The same for pages and robots.txt.
    pub page_deadline: Duration,
    /// Between two pieces of a body.
    pub idle_timeout: Duration,
    /// Bytes per second that a body must come at on average, once `rate_grace` is over.
    pub min_rate: u64,
    /// How long a body may take before `min_rate` is asked of it.
    pub rate_grace: Duration,
    /// Bytes of a feed on the wire.
    pub feed_wire_bytes: u64,
    /// Bytes of a feed once decoded.
    pub feed_bytes: u64,
    /// Bytes of a page, on the wire and once decoded.
    pub page_bytes: u64,
    /// Bytes of all bodies in flight.
    pub body_budget: u64,
    /// Hops that are followed.
    pub redirects: usize,
    /// Header fields of a response.
    pub headers: usize,
    /// Bytes of a response's header fields, names and values.
    pub header_bytes: u64,
    /// The longest a host is left alone because of a `Retry-After`.
    pub retry_after_max: Duration,
    /// How long a host is left alone after a connection to it failed.
    pub host_down: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            feed_deadline: Duration::from_secs(30),
            page_deadline: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(10),
            min_rate: 1000,
            rate_grace: Duration::from_secs(10),
            feed_wire_bytes: 10_000_000,
            feed_bytes: 20_000_000,
            page_bytes: 5_000_000,
            body_budget: 64 << 20,
            redirects: 5,
            headers: 100,
            header_bytes: 256_000,
            retry_after_max: Duration::from_hours(24),
            host_down: Duration::from_mins(10),
        }
    }
}
