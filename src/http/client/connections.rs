//! The HTTP library's clients: one for each way to connect, with its pool of connections.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

use url::Url;

use super::resolver::{GuardedResolver, PlainResolver};
use crate::http::{ClientOptions, HttpError, Request, message::plain};

/// Connections are kept this long for the next request. Servers close theirs after 5 s (Apache,
/// Node) or more; a request that meets such a close fails, so ours goes first.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);
/// Ways to connect that are kept; strangers' redirects choose the ports, so there is an end.
const KEPT_MAX: usize = 32;

/// What makes two requests unable to share a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Way {
    is_tls: bool,
    /// Exceptions of the allow list may be for one port; without a list all ports are alike.
    port: u16,
    proxy: Option<String>,
    is_unverified: bool,
}

/// The clients made so far.
#[derive(Debug)]
pub(super) struct Connections {
    options: Arc<ClientOptions>,
    roots: Vec<reqwest::Certificate>,
    clients: Mutex<HashMap<Way, reqwest::Client>>,
}

impl Connections {
    /// Reads the extra roots; opens nothing.
    pub(super) fn new(options: Arc<ClientOptions>) -> Result<Self, HttpError> {
        install_provider();
        let roots = match options.ca_file_pem.as_deref() {
            None => Vec::new(),
            Some(pem) => read_roots(pem)?,
        };
        let made = Self {
            options,
            roots,
            clients: Mutex::default(),
        };
        made.try_roots()?;
        Ok(made)
    }

    /// Roots that are PEM but no certificates show only when a client is made of them.
    fn try_roots(&self) -> Result<(), HttpError> {
        if self.roots.is_empty() {
            return Ok(());
        }
        let way = Way {
            is_tls: true,
            port: 443,
            proxy: None,
            is_unverified: false,
        };
        let made = self.build(&way);
        made.map(|_| ()).map_err(|error| HttpError::CaFile {
            why: error.to_string(),
        })
    }

    /// The client for a request to `url`.
    pub(super) fn client(
        &self,
        url: &Url,
        request: &Request,
    ) -> Result<reqwest::Client, HttpError> {
        let port = url.port_or_known_default().unwrap_or(0);
        let is_port_free = self.options.allow.is_empty() || request.proxy.is_some();
        let way = Way {
            is_tls: url.scheme() == "https",
            port: if is_port_free { 0 } else { port },
            proxy: request.proxy.clone(),
            is_unverified: request.is_tls_unverified,
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let client = self.build(&way)?;
        if clients.len() >= KEPT_MAX {
            // Requests under way keep their client alive; the others connect anew.
            clients.clear();
        }
        clients.insert(way, client.clone());
        Ok(client)
    }

    fn build(&self, way: &Way) -> Result<reqwest::Client, HttpError> {
        let limits = &self.options.limits;
        let header_bytes = u32::try_from(limits.header_bytes).unwrap_or(u32::MAX);
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(limits.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION)
            .pool_max_idle_per_host(self.options.per_host.max(1))
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_max_headers(limits.headers.max(1))
            .http2_max_header_list_size(header_bytes)
            .tls_danger_accept_invalid_certs(way.is_unverified);
        builder = if way.is_tls {
            builder.tls_certs_merge(self.roots.iter().cloned())
        } else {
            // Loading the system's roots takes 25 ms that plain HTTP can do without.
            builder.tls_certs_only([])
        };
        let lookup = Arc::clone(&self.options.lookup);
        builder = if let Some(proxy) = &way.proxy {
            builder
                .proxy(read_proxy(proxy)?)
                .dns_resolver(PlainResolver { lookup })
        } else {
            let allow = self.options.allow.clone();
            builder.dns_resolver(GuardedResolver::new(lookup, allow, way.port))
        };
        builder.build().map_err(|error| HttpError::Setup {
            why: with_causes(&error),
        })
    }
}

/// Installs ring for rustls once; a provider that is there already stays.
fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let installed = rustls::crypto::ring::default_provider().install_default();
        if installed.is_err() {
            tracing::debug!("another TLS provider was installed before ours: it is used");
        }
    });
}

fn read_roots(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, HttpError> {
    let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| HttpError::CaFile {
        why: with_causes(&error),
    })?;
    if roots.is_empty() {
        return Err(HttpError::CaFile {
            why: "it holds no certificate".to_owned(),
        });
    }
    Ok(roots)
}

fn read_proxy(proxy: &str) -> Result<reqwest::Proxy, HttpError> {
    // What cannot be read as an address may still hold a password before the `@`.
    let shown = Url::parse(proxy).map_or_else(
        |_| plain(proxy.rsplit('@').next().unwrap_or_default()),
        |url| crate::url::without_credentials(&url).to_string(),
    );
    reqwest::Proxy::all(proxy).map_err(|error| HttpError::Proxy {
        proxy: shown,
        why: with_causes(&error),
    })
}

fn with_causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    plain(&text)
}
