//! Names to addresses, as the machine knows them.

use std::{
    fmt, io,
    net::{SocketAddr, ToSocketAddrs as _},
    pin::Pin,
};

use tokio::sync::Semaphore;

/// Lookups under way at most, given-up ones included. A lookup cannot be called off: one that hangs
/// keeps its thread until the system's resolver loses patience (half a minute by default), and must
/// not keep all of them.
pub const LOOKUPS_MAX: usize = 64;

/// Threads are the process's, and so is the count of those that are taken.
static PLACES: Semaphore = Semaphore::const_new(LOOKUPS_MAX);

/// What a lookup comes to, later.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Asks for the addresses of a name. What it gives is judged by the guard before anything is
/// connected to, so it need not be trusted.
pub trait Lookup: fmt::Debug + Send + Sync {
    /// All addresses of a name; their port does not matter.
    fn look_up(&self, name: String) -> LookingUp;
}

/// The machine's own resolver (`getaddrinfo`): hosts file, search domains and all.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn look_up(&self, name: String) -> LookingUp {
        Box::pin(async move {
            let place = PLACES.acquire().await.map_err(io::Error::other)?;
            let looking = tokio::task::spawn_blocking(move || {
                let found = (name.as_str(), 0).to_socket_addrs();
                drop(place);
                found.map(Iterator::collect)
            });
            looking.await.map_err(io::Error::other)?
        })
    }
}
