//! What can be wrong with an allow list.

/// An entry of `network.allow` that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllowError {
    /// Neither an address nor a block of addresses.
    #[error("cannot read allowed address: `{entry}`: not an IP address or CIDR block")]
    Address {
        /// The entry as written.
        entry: String,
    },
    /// The part behind the last colon is no port.
    #[error("cannot read allowed address: `{entry}`: `{port}` is not a port (1 to 65535)")]
    Port {
        /// The entry as written.
        entry: String,
        /// The part that should be a port.
        port: String,
    },
}

impl AllowError {
    /// The way out.
    pub fn hint(&self) -> Option<String> {
        Some(
            "write `10.1.0.0/16`, `127.0.0.1:8080`, `10.0.0.0/8:80`, `fd00::/8` or `[fd00::]/8:443`; \
             names are not accepted, because a name can come to mean another address"
                .to_owned(),
        )
    }

    /// The entry as written.
    pub fn entry(&self) -> &str {
        match self {
            Self::Address { entry } | Self::Port { entry, .. } => entry,
        }
    }
}
