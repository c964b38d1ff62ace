//! The site as a whole: started, asked what it has, moved to its second edition, stopped.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU8, Ordering},
};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    error::DemoError,
    expected::{Expected, expected},
    outlet::{Fault, FeedFormat, FeedPlan, OUTLETS},
    server::{Served, Shared, serve},
    town::Town,
};
use crate::clock::Clock;

/// A news site on loopback; stops when dropped.
#[derive(Debug)]
pub struct Site {
    shared: Arc<Shared>,
    stop: CancellationToken,
    servers: TaskTracker,
}

/// One of its feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFeed {
    /// Unique name, fit for a configuration.
    pub name: String,
    /// Address of the feed.
    pub url: String,
    /// Format and condition in a few words, for people.
    pub about: &'static str,
}

impl Site {
    /// Serves the first edition, each outlet on a port of its own on 127.0.0.1.
    ///
    /// Stories are dated back from `clock`'s time. Must be called within a tokio runtime, which
    /// runs the servers.
    ///
    /// # Errors
    /// [`DemoError::Bind`] when a port cannot be had.
    pub async fn start(clock: Arc<dyn Clock>) -> Result<Self, DemoError> {
        let mut listeners = Vec::new();
        let mut origins = Vec::new();
        for _ in OUTLETS {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await;
            let bound = listener.and_then(|it| Ok((it.local_addr()?, it)));
            let (address, listener) = bound.map_err(|source| DemoError::Bind { source })?;
            origins.push(format!("http://{address}"));
            listeners.push(listener);
        }
        let shared = Arc::new(Shared {
            town: Town::new(&origins, clock.now().wall)?,
            edition: AtomicU8::new(1),
            served: Mutex::default(),
            clock,
        });
        let stop = CancellationToken::new();
        let servers = TaskTracker::new();
        for (place, listener) in listeners.into_iter().enumerate() {
            servers.spawn(serve(listener, place, Arc::clone(&shared), stop.clone()));
        }
        servers.close();
        Ok(Self {
            shared,
            stop,
            servers,
        })
    }

    /// Every feed of every outlet.
    pub fn feeds(&self) -> Vec<SiteFeed> {
        self.shared
            .town
            .places
            .iter()
            .flat_map(|place| {
                place.outlet.feeds.iter().map(|feed| SiteFeed {
                    name: format!("{}-{}", place.outlet.key, feed.key),
                    url: format!("{}{}", place.origin, feed.path),
                    about: about(feed),
                })
            })
            .collect()
    }

    /// Moves the site to its second edition: an article is edited, new ones appear, the feed whose
    /// connection broke comes whole. There is no third.
    pub fn advance(&self) {
        self.shared.edition.store(2, Ordering::SeqCst);
    }

    /// What a good reader has after reading every feed and page of the current edition.
    pub fn expected(&self) -> Vec<Expected> {
        expected(
            &self.shared.town,
            self.shared.edition.load(Ordering::SeqCst),
        )
    }

    /// Every request answered so far, in order.
    pub fn served(&self) -> Vec<Served> {
        self.shared
            .served
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Closes every connection and waits until the ports are free.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.servers.wait().await;
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn about(feed: &FeedPlan) -> &'static str {
    match (feed.fault, feed.is_full_text, feed.format) {
        (Fault::StrayAmpersand, _, _) => "RSS 2.0 with ampersands that are not escaped",
        (Fault::CutOff, _, _) => "RSS 2.0 that ends in the middle of an entry",
        (Fault::BreaksOff, _, _) => "Atom, first over a connection that breaks",
        (Fault::Nothing, true, _) => "JSON Feed with whole texts",
        (Fault::Nothing, false, FeedFormat::Rss) => "RSS 2.0",
        (Fault::Nothing, false, FeedFormat::Atom) => "Atom",
        (Fault::Nothing, false, FeedFormat::Rdf) => "RSS 1.0 (RDF) in windows-1252",
        (Fault::Nothing, false, FeedFormat::Json) => "JSON Feed",
    }
}
