//! Why no client could be made.

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The extra roots are no certificates.
    #[error("cannot read `ca_file`: {why}")]
    CaFile {
        /// What the reader said.
        why: String,
    },
    /// The name we give ourselves cannot stand in a header.
    #[error("cannot use `user_agent` `{user_agent}`: not a header value")]
    UserAgent {
        /// As configured, without control characters.
        user_agent: String,
    },
    /// The proxy's address is none.
    #[error("cannot use proxy `{proxy}`: {why}")]
    Proxy {
        /// As configured, without credentials.
        proxy: String,
        /// What is wrong with it.
        why: String,
    },
    /// The HTTP library would not start.
    #[error("cannot set up the HTTP client: {why}")]
    Setup {
        /// What it said.
        why: String,
    },
}

impl HttpError {
    /// What to do about it, when there is something to do.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::CaFile { .. } => {
                "`ca_file` holds PEM blocks that begin `-----BEGIN CERTIFICATE-----`"
            }
            Self::UserAgent { .. } => "use printable ASCII characters in `user_agent`",
            Self::Proxy { .. } => "a proxy is written `http://host:port`",
            Self::Setup { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
