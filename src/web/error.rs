//! Why the status page ended.

/// The status page cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// The listener does not tell its address.
    #[error("cannot serve the status page: the listener has no address")]
    NoAddress(#[source] std::io::Error),
    /// The server stopped by itself.
    #[error("cannot go on serving the status page on `{address}`")]
    Stopped {
        /// Where it listened.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl WebError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some("look at `web.listen` in the configuration; without it nothing is served".to_owned())
    }
}
