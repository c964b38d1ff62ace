//! The generated world on loopback, in a process of its own so that its work is not counted.

use std::{
    collections::HashMap,
    io::{Read, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;

use crate::{page::World, plan::Plan};

/// The world and what was asked of it.
#[derive(Debug)]
struct Server {
    world: World,
    port: u16,
    tick: AtomicU64,
    broken: Mutex<HashMap<u64, String>>,
    n_feeds: AtomicU64,
    n_unchanged: AtomicU64,
    n_other: AtomicU64,
    /// Requests of each page version.
    pages: Mutex<HashMap<(u64, u64, u64), u64>>,
}

/// Serves until standard input ends, which it does when the parent does; prints the port first.
pub(crate) fn serve(plan: Plan) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (port, listeners) = bind(plan.hosts).await?;
        let server = Arc::new(Server {
            world: World::new(plan),
            port,
            tick: AtomicU64::new(0),
            broken: Mutex::default(),
            n_feeds: AtomicU64::new(0),
            n_unchanged: AtomicU64::new(0),
            n_other: AtomicU64::new(0),
            pages: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(server);
        let mut servers = tokio::task::JoinSet::new();
        for listener in listeners {
            let router = router.clone();
            servers.spawn(async move { axum::serve(listener, router).await });
        }
        println!("{port}");
        std::io::stdout().flush()?;
        let parent = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        parent.await??;
        servers.abort_all();
        anyhow::Ok(())
    })?;
    runtime.shutdown_background();
    Ok(())
}

/// One port that is free on 127.0.0.1 and on every host's address.
async fn bind(hosts: u64) -> Result<(u16, Vec<TcpListener>)> {
    for _ in 0..50 {
        let first = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = first.local_addr()?.port();
        let mut listeners = vec![first];
        for host in 0..hosts {
            match TcpListener::bind((format!("127.0.0.{}", 2 + host).as_str(), port)).await {
                Ok(listener) => listeners.push(listener),
                Err(_) => break,
            }
        }
        if u64::try_from(listeners.len())? == hosts + 1 {
            return Ok((port, listeners));
        }
    }
    anyhow::bail!("cannot serve the world: no port is free on {hosts} loopback addresses")
}

async fn answer(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap) -> Response {
    let parts: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["feed", feed] => {
            server
                .feed(feed.parse().unwrap_or(u64::MAX), &headers)
                .await
        }
        ["news", feed, entry] => match (feed.parse(), entry.parse()) {
            (Ok(feed), Ok(entry)) => server.page(feed, entry),
            _ => StatusCode::NOT_FOUND.into_response(),
        },
        ["-", command @ ..] => server.control(command),
        _ => {
            server.n_other.fetch_add(1, Ordering::Relaxed);
            StatusCode::NOT_FOUND.into_response()
        }
    }
}

impl Server {
    async fn feed(&self, feed: u64, headers: &HeaderMap) -> Response {
        self.n_feeds.fetch_add(1, Ordering::Relaxed);
        if feed >= self.world.plan.feeds {
            return StatusCode::NOT_FOUND.into_response();
        }
        let how = lock(&self.broken).get(&feed).cloned();
        if let Some(how) = how {
            return broken(&how).await;
        }
        let tick = self.tick.load(Ordering::SeqCst);
        let tag = format!("\"{feed}-{tick}\"");
        let modified =
            chrono::DateTime::from_timestamp(1_770_000_000 + i64::try_from(tick).unwrap_or(0), 0)
                .map(|date| date.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
                .unwrap_or_default();
        let validators = [
            (header::ETAG, tag.clone()),
            (header::LAST_MODIFIED, modified),
        ];
        let known = headers.get(header::IF_NONE_MATCH);
        if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            self.n_unchanged.fetch_add(1, Ordering::Relaxed);
            return (StatusCode::NOT_MODIFIED, validators).into_response();
        }
        let kind = if feed.is_multiple_of(2) {
            "application/rss+xml"
        } else {
            "application/atom+xml"
        };
        let body = self.world.feed(feed, tick, self.port);
        (validators, [(header::CONTENT_TYPE, kind)], body).into_response()
    }

    fn page(&self, feed: u64, entry: u64) -> Response {
        let tick = self.tick.load(Ordering::SeqCst);
        let version = self.world.plan.version(feed, entry, tick);
        *lock(&self.pages).entry((feed, entry, version)).or_default() += 1;
        let item = self.world.item(feed, entry, version);
        let body = self.world.page(&item, self.port);
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
    }

    /// `tick/N`: the world moves on; `break/FEED/HOW`, `mend/FEED`; `stats`.
    fn control(&self, command: &[&str]) -> Response {
        match command {
            ["tick", n] => {
                let n = n.parse().unwrap_or(1);
                let tick = self.tick.fetch_add(n, Ordering::SeqCst) + n;
                tick.to_string().into_response()
            }
            ["break", feed, how] => {
                let feed = feed.parse().unwrap_or(0);
                lock(&self.broken).insert(feed, (*how).to_owned());
                "ok".into_response()
            }
            ["mend", feed] => {
                lock(&self.broken).remove(&feed.parse().unwrap_or(0));
                "ok".into_response()
            }
            _ => self.stats().into_response(),
        }
    }

    fn stats(&self) -> String {
        let pages = lock(&self.pages);
        serde_json::json!({
            "feeds": self.n_feeds.load(Ordering::Relaxed),
            "unchanged": self.n_unchanged.load(Ordering::Relaxed),
            "other": self.n_other.load(Ordering::Relaxed),
            "pages": pages.values().sum::<u64>(),
            "different_pages": pages.len(),
            "most_often": pages.values().max().copied().unwrap_or(0),
            "tick": self.tick.load(Ordering::SeqCst),
        })
        .to_string()
    }
}

async fn broken(how: &str) -> Response {
    match how {
        "garbage" => vec![0xfe_u8; 5000].into_response(),
        "html" => (
            [(header::CONTENT_TYPE, "text/html")],
            "<!DOCTYPE html><title>Sorry</title><p>Down.",
        )
            .into_response(),
        "empty" => "".into_response(),
        "hang" => {
            tokio::time::sleep(Duration::from_hours(1)).await;
            StatusCode::OK.into_response()
        }
        status => {
            let status = status
                .parse()
                .ok()
                .and_then(|it| StatusCode::from_u16(it).ok());
            status
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response()
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
