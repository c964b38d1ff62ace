//! robots.txt for article pages: asked once a day and host, kept in the store (RFC 9309).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{IngestError, pipeline::Inner};
use crate::{
    config::FeedConfig,
    http::{Admitting, OriginGate, OriginRules, Request, RequestKind, Robots},
    model::{ErrorClass, Failure, Validators},
    store::{RobotsCost, RobotsRow, RobotsState},
    url,
};

/// A copy is used for a day (RFC 9309, 2.4).
const FRESH_HOURS: i64 = 24;

/// A failed answer is asked again after an hour: a page must not wait a day for a hiccup.
const RETRY_HOURS: i64 = 1;

/// A good copy stands in for an unreachable file this long (RFC 9309, 2.3.1.4).
const STALE_DAYS: i64 = 30;

/// What is kept and read of a file (RFC 9309, 2.5).
const KEPT_BYTES: usize = 500 << 10;

/// Hosts whose rules are kept in memory; the store has all of them.
const HOSTS_IN_MEMORY: usize = 4096;

/// Rules read in this process, by origin; an entry has its own lock, so that pages of one host
/// wait for one request instead of making several.
#[derive(Debug, Default)]
pub(super) struct RobotsMemory {
    origins: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Option<Remembered>>>>>,
}

#[derive(Debug, Clone)]
struct Remembered {
    rules: Rules,
    good_until: DateTime<Utc>,
}

#[derive(Debug, Clone)]
enum Rules {
    AllowAll,
    RefuseAll,
    File(Arc<Robots>),
}

impl RobotsMemory {
    fn slot(&self, origin: &str) -> Arc<tokio::sync::Mutex<Option<Remembered>>> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.len() >= HOSTS_IN_MEMORY && !origins.contains_key(origin) {
            origins.clear();
        }
        Arc::clone(origins.entry(origin.to_owned()).or_default())
    }
}

impl Inner {
    /// What robots.txt of the page's origin asks of us, or why the page must not be asked for. The origin is
    /// asked when the copy at hand is too old.
    pub(super) async fn robots_permission(
        &self,
        page: &::url::Url,
        feed: &FeedConfig,
    ) -> Result<Result<OriginRules, Failure>, IngestError> {
        let origin = url::origin(page);
        let slot = self.robots.slot(&origin);
        let mut slot = slot.lock().await;
        let now = self.clock.now().wall;
        let remembered = match slot.take().filter(|known| now < known.good_until) {
            Some(known) => known,
            None => self.robots_rules(&origin, feed, now).await?,
        };
        let permission = permission(&remembered.rules, page);
        *slot = Some(remembered);
        Ok(permission)
    }

    /// The gate that asks for a feed's pages.
    pub(super) fn robots_gate(self: &Arc<Self>, feed: &FeedConfig) -> Arc<dyn OriginGate> {
        Arc::new(RobotsGate {
            inner: Arc::clone(self),
            feed: feed.clone(),
        })
    }

    async fn robots_rules(
        &self,
        origin: &str,
        feed: &FeedConfig,
        now: DateTime<Utc>,
    ) -> Result<Remembered, IngestError> {
        let stored = self
            .store
            .robots(origin)
            .await
            .map_err(IngestError::store(format!(
                "read the robots.txt kept for {origin}"
            )))?;
        if let Some(row) = &stored {
            let good_until = good_until(row);
            // A clock set back must not keep a copy for years.
            if now < good_until && row.fetched_at <= now + TimeDelta::hours(FRESH_HOURS) {
                return Ok(remember(row, now, good_until));
            }
        }
        let row = self.ask_robots(origin, feed, stored, now).await;
        self.store
            .save_robots(row.clone())
            .await
            .map_err(IngestError::store(format!(
                "keep the robots.txt of {origin}"
            )))?;
        Ok(remember(&row, now, good_until(&row)))
    }

    async fn ask_robots(
        &self,
        origin: &str,
        feed: &FeedConfig,
        stored: Option<RobotsRow>,
        now: DateTime<Utc>,
    ) -> RobotsRow {
        let mut row = stored.unwrap_or_else(|| RobotsRow {
            origin: origin.to_owned(),
            fetched_at: now,
            state: RobotsState::Unreachable,
            body: None,
            body_at: None,
            etag: None,
            last_modified: None,
            cost: RobotsCost::default(),
            holds: Vec::new(),
        });
        row.fetched_at = now;
        let Ok(address) = ::url::Url::parse(&format!("{origin}/robots.txt")) else {
            row.state = RobotsState::Unreachable;
            return row;
        };
        let mut request = Request::new(address.clone(), RequestKind::Robots);
        // As the pages are asked for, or their rules could not be had.
        request.proxy.clone_from(&feed.proxy);
        request.is_tls_unverified = !feed.is_tls_verified;
        if row.body.is_some() {
            request.validators = Some(Validators {
                url: address.into(),
                etag: row.etag.clone(),
                last_modified: row.last_modified.clone(),
            });
        }
        let fetched = self.client.fetch(&request).await;
        row.holds = self.holds(&fetched, now);
        let (n_requests, other_hosts) = fetched.requests_by_host(&url::host_key(&request.url));
        row.cost = RobotsCost {
            n_requests,
            other_hosts,
            bytes_wire: fetched.bytes_wire,
            bytes_body: fetched.bytes_body,
            is_not_modified: fetched
                .result
                .as_ref()
                .is_ok_and(|response| response.status == 304),
        };
        match fetched.result {
            Ok(response) if response.status == 304 => {
                row.state = RobotsState::Found;
                row.body_at = Some(now);
            }
            Ok(response) => {
                let validators = response.validators(&fetched.final_url);
                row.etag = validators.as_ref().and_then(|v| v.etag.clone());
                row.last_modified = validators.and_then(|v| v.last_modified);
                let body = response.body;
                row.body = Some(body.slice(..body.len().min(KEPT_BYTES)).to_vec());
                row.body_at = Some(now);
                row.state = RobotsState::Found;
            }
            Err(failure) if is_unavailable(&failure) => {
                row.state = RobotsState::Missing;
                row.body = None;
                row.body_at = None;
            }
            Err(_) => row.state = RobotsState::Unreachable,
        }
        row
    }
}

/// "There is none" (RFC 9309, 2.3.1.3): 4xx, but 429 counts as an error of the server (C50); and redirects
/// without end (2.3.1.2).
fn is_unavailable(failure: &Failure) -> bool {
    let is_endless = matches!(
        failure.class,
        ErrorClass::TooManyRedirects | ErrorClass::RedirectLoop
    );
    let status = failure.http_status.unwrap_or_default();
    is_endless || ((400..500).contains(&status) && status != 429)
}

fn good_until(row: &RobotsRow) -> DateTime<Utc> {
    let hours = match row.state {
        RobotsState::Found | RobotsState::Missing => FRESH_HOURS,
        RobotsState::Unreachable => RETRY_HOURS,
    };
    row.fetched_at + TimeDelta::hours(hours)
}

fn remember(row: &RobotsRow, now: DateTime<Utc>, good_until: DateTime<Utc>) -> Remembered {
    let file = || {
        row.body
            .as_deref()
            .map(|body| Rules::File(Arc::new(Robots::parse(body))))
    };
    let is_recent = row
        .body_at
        .is_some_and(|at| now - at < TimeDelta::days(STALE_DAYS));
    let rules = match row.state {
        RobotsState::Missing => Rules::AllowAll,
        RobotsState::Found => file().unwrap_or(Rules::AllowAll),
        RobotsState::Unreachable => file().filter(|_| is_recent).unwrap_or(Rules::RefuseAll),
    };
    Remembered { rules, good_until }
}

/// The failure has a time of its own where it may be another answer that is to come.
fn permission(rules: &Rules, page: &::url::Url) -> Result<OriginRules, Failure> {
    match rules {
        Rules::AllowAll => Ok(OriginRules::default()),
        Rules::RefuseAll => Err(Failure {
            retry_after: Some(Duration::from_hours(RETRY_HOURS.unsigned_abs())),
            ..Failure::new(
                ErrorClass::Robots,
                "robots.txt of its host cannot be had, so nothing is allowed for now",
            )
        }),
        Rules::File(robots) if robots.allows(Robots::AGENT, page) => Ok(OriginRules {
            crawl_delay: robots.crawl_delay(Robots::AGENT),
            robots: Some(Arc::clone(robots)),
        }),
        Rules::File(_) => Err(Failure::new(
            ErrorClass::Robots,
            "robots.txt does not allow it",
        )),
    }
}

/// The rules of the origins that a page's redirects lead to.
#[derive(Debug)]
struct RobotsGate {
    inner: Arc<Inner>,
    feed: FeedConfig,
}

impl OriginGate for RobotsGate {
    fn admit(&self, url: ::url::Url) -> Admitting {
        let (inner, feed) = (Arc::clone(&self.inner), self.feed.clone());
        Box::pin(async move {
            match inner.robots_permission(&url, &feed).await {
                Ok(permission) => permission,
                // The page's own record will meet the same trouble, and say so.
                Err(error) => Err(Failure::new(ErrorClass::Internal, error.to_string())),
            }
        })
    }
}
