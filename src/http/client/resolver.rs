//! Names to addresses, less those we do not connect to.
//!
//! The HTTP library dials exactly what it is given here and looks nothing up again, so a name that
//! answers differently the second time gains nothing (DNS rebinding). It never asks for addresses
//! that are written in the URL: those are checked before the request is made.

use std::{net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{
    http::Lookup,
    url::{AllowList, is_public},
};

/// A resolver for connections to one port.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    lookup: Arc<dyn Lookup>,
    allow: AllowList,
    port: u16,
}

impl GuardedResolver {
    /// `port` is that of the URLs it is asked for: exceptions may be for one port only.
    pub(super) fn new(lookup: Arc<dyn Lookup>, allow: AllowList, port: u16) -> Self {
        Self {
            lookup,
            allow,
            port,
        }
    }
}

/// Whether a connection to this address is allowed.
pub(super) fn is_allowed(address: SocketAddr, port: u16, allow: &AllowList) -> bool {
    is_public(address.ip()) || allow.allows(address.ip(), port)
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (allow, port) = (self.allow.clone(), self.port);
        let lookup = Arc::clone(&self.lookup);
        Box::pin(async move {
            let addresses = addresses_of(lookup.as_ref(), name.as_str()).await?;
            let n_found = addresses.len();
            let first = addresses.first().copied();
            let addresses: Vec<SocketAddr> = addresses
                .into_iter()
                .filter(|address| is_allowed(*address, port, &allow))
                .collect();
            match first {
                Some(first) if addresses.is_empty() => {
                    let (name, address) = (name.as_str().to_owned(), first.ip().to_string());
                    Err(ResolveError::Refused {
                        name,
                        address,
                        n_found,
                    }
                    .into())
                }
                Some(_) | None => Ok(Box::new(addresses.into_iter()) as Addrs),
            }
        })
    }
}

/// A resolver for the way to a proxy, which the operator chose and which may be anywhere.
#[derive(Debug)]
pub(super) struct PlainResolver {
    pub(super) lookup: Arc<dyn Lookup>,
}

impl Resolve for PlainResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = Arc::clone(&self.lookup);
        Box::pin(async move {
            let addresses = addresses_of(lookup.as_ref(), name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

async fn addresses_of(lookup: &dyn Lookup, name: &str) -> Result<Vec<SocketAddr>, ResolveError> {
    let failed = |why: String| ResolveError::Failed {
        name: name.to_owned(),
        why,
    };
    let found = lookup.look_up(name.to_owned()).await;
    let addresses = found.map_err(|error| failed(error.to_string()))?;
    if addresses.is_empty() {
        return Err(failed("it has no address".to_owned()));
    }
    Ok(addresses)
}

/// Why a name gave no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    /// It did not resolve.
    #[error("cannot resolve `{name}`: {why}")]
    Failed {
        /// The name.
        name: String,
        /// What the resolver said.
        why: String,
    },
    /// All of its addresses are refused.
    #[error(
        "`{name}` leads to `{address}`, which is not public and not on the allow list \
         ({n_found} addresses)"
    )]
    Refused {
        /// The name.
        name: String,
        /// The first of them.
        address: String,
        /// How many there are.
        n_found: usize,
    },
}
