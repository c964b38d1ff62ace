//! One page: from the queue row to the record that is committed.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Document, IngestError, Kind, compose,
    judge::was_held_back,
    lessons::Lesson,
    pipeline::Inner,
    reading::{PageBytes, ReadPage, Reading},
    recheck::{self, Said},
};
use crate::{
    config::{ContentMode, FeedConfig, KeepRaw},
    http::{Fetched, OriginRules, Request, RequestKind, Response},
    model::{ErrorClass, Failure, FeedId, Outcome, TextSource},
    store::{ArticleContent, DuePage, PageRecord, PageWanted, QueuedPage, RawPage},
    text, url,
};

/// Waits before the second and third try of a page: three tries over five days, so that a
/// site's bad day or an embargo does not cost the article.
const RETRY_AFTER: [Duration; 2] = [Duration::from_hours(24), Duration::from_hours(4 * 24)];

/// A page that no reader came to the end of is asked for on, as rarely as a feed that is gone: its bytes may
/// change, and only those that are the same are left out (R02). A year of it is enough.
const CRASHED_RETRY_AFTER: Duration = Duration::from_hours(30 * 24);
const CRASHED_TRIES: u32 = 14;

/// While the machine itself is offline, pages are asked for again this soon.
const OUTAGE_RETRY: TimeDelta = TimeDelta::minutes(10);

/// What became of a page that was due.
#[derive(Debug)]
pub(super) enum PageStep {
    /// It was tried; this is to be committed.
    Done {
        record: Box<PageRecord>,
        lesson: Lesson,
    },
    /// Its host wants no requests now, or this machine is offline; it stays in the queue as it is.
    HostWaits,
}

impl PageStep {
    fn tried(record: PageRecord, lesson: Lesson) -> Self {
        Self::Done {
            record: Box::new(record),
            lesson,
        }
    }
}

impl Inner {
    /// Fetches and reads one page that is due.
    pub(super) async fn page_step(
        self: &Arc<Self>,
        feed: &FeedConfig,
        due: DuePage,
    ) -> Result<PageStep, IngestError> {
        let started_at = self.clock.now().wall;
        let page = Arc::new(due.page.clone());
        let Some(address) = url::resolve(&page.url, None) else {
            let failure = Failure::new(
                ErrorClass::SchemeRefused,
                format!(
                    "cannot fetch page `{}`: not an http or https address",
                    page.url
                ),
            );
            return Ok(self.unasked(feed, &due, started_at, (failure, None)));
        };
        let (mut rules, mut gate) = (OriginRules::default(), None);
        if feed.obeys_robots {
            // A refused address must not be asked for its robots.txt either.
            if let Some(reason) = url::refuses(&address, &self.config.network.allow) {
                let failure = Failure::new(
                    ErrorClass::AddressRefused,
                    format!("cannot fetch page `{address}`: {reason}"),
                );
                let retry = retry_at(&failure, due.attempts, started_at);
                return Ok(self.unasked(feed, &due, started_at, (failure, retry)));
            }
            let permission = self.robots_permission(&address, feed).await?;
            rules = match permission {
                Ok(rules) => rules,
                Err(mut failure) => {
                    failure.message =
                        format!("page `{address}` was not asked for: {}", failure.message);
                    let retry = retry_at(&failure, due.attempts, started_at);
                    return Ok(self.unasked(feed, &due, started_at, (failure, retry)));
                }
            };
            gate = Some(self.robots_gate(feed));
        }
        let mut request = Request::new(address, RequestKind::Page);
        request.validators = due
            .known
            .as_ref()
            .and_then(|known| known.validators.clone());
        request.rules = rules;
        request.gate = gate;
        request.proxy.clone_from(&feed.proxy);
        request.is_tls_unverified = !feed.is_tls_verified;
        let fetched = self.client.fetch(&request).await;
        self.read_fetched(feed, due, page, fetched).await
    }

    async fn read_fetched(
        &self,
        feed: &FeedConfig,
        due: DuePage,
        page: Arc<QueuedPage>,
        fetched: Fetched,
    ) -> Result<PageStep, IngestError> {
        let now = self.clock.now();
        let failure = fetched.result.as_ref().err();
        if failure.is_some_and(|failure| was_held_back(&fetched, failure)) {
            return Ok(PageStep::HostWaits);
        }
        let mut record = self.answered(&due, &fetched, now.wall);
        let is_outage = self.observe_host(&record.host, failure, now.mono);
        if is_outage && fetched.n_requests == 0 && failure.is_some_and(is_network) {
            return Ok(PageStep::HostWaits);
        }
        let final_url = fetched.final_url;
        let mut said = Said {
            url: final_url.to_string(),
            is_page: false,
            validators: None,
        };
        let failure = match fetched.result {
            Ok(response) if response.is_not_modified() => {
                record.http_status = Some(response.status);
                record.outcome = Outcome::NotModified;
                record.recheck = recheck::next(&feed.recheck, &due, said, now.wall);
                return Ok(PageStep::tried(record, Lesson::default()));
            }
            Ok(response) => {
                record.http_status = Some(response.status);
                said.is_page = true;
                said.validators = response.validators(&final_url);
                let content_type = response.content_type().map(ToOwned::to_owned);
                let asked = compose::asked_by(&response.headers, self.caps);
                let read = self
                    .read_page(feed, (due.feed, &page), response, final_url)
                    .await?;
                record.raw = read.raw.map(|raw| RawPage {
                    zstd: raw.zstd,
                    dictionary: raw.dictionary,
                    content_type,
                    keep_until: keep_until(feed.keep_raw, now.wall),
                });
                record.making = read.making;
                match read.content {
                    Ok(mut content) => {
                        content.reservations.splice(0..0, asked);
                        if content.text_source == TextSource::Page {
                            record.recheck = recheck::next(&feed.recheck, &due, said, now.wall);
                        }
                        record.content = Some(content);
                        let mut lesson = read.lesson;
                        // A recheck knows the entry's words no more: they are kept until the page is had.
                        lesson.was_whole = lesson.was_whole.filter(|_| due.known.is_none());
                        return Ok(PageStep::tried(record, lesson));
                    }
                    Err(failure) => failure,
                }
            }
            Err(failure) => failure,
        };
        record.http_status = failure.http_status.or(record.http_status);
        record.outcome = if is_refusal(failure.class) {
            Outcome::Refused
        } else {
            Outcome::Failed
        };
        if let PageWanted::Recheck(_) = due.wanted {
            let next = recheck::next(&feed.recheck, &due, said, now.wall);
            record.recheck = next.filter(|_| !record.is_page_gone());
        } else if is_outage && is_network(&failure) {
            record.retry_at = Some(now.wall + OUTAGE_RETRY);
        } else {
            record.content = self.fallback(&due, failure.class);
            record.retry_at = retry_at(&failure, due.attempts, now.wall);
        }
        record.failure = Some(failure);
        Ok(PageStep::tried(record, Lesson::default()))
    }

    /// The record of a page that was asked for, before it is known what came of it.
    fn answered(&self, due: &DuePage, fetched: &Fetched, now: DateTime<Utc>) -> PageRecord {
        let host = url::host_key(&fetched.final_url);
        let (n_requests, other_hosts) = fetched.requests_by_host(&host);
        let final_url = text::cap(fetched.final_url.as_str(), self.caps.link_bytes).0;
        PageRecord {
            wanted: due.wanted,
            feed: due.feed,
            started_at: now - TimeDelta::from_std(fetched.took).unwrap_or_default(),
            duration: fetched.took,
            outcome: Outcome::Ok,
            failure: None,
            url: due.page.url.clone(),
            final_url: Some(final_url.to_owned()),
            http_status: None,
            host,
            n_requests,
            other_hosts,
            bytes_wire: fetched.bytes_wire,
            bytes_body: fetched.bytes_body,
            content: None,
            retry_at: None,
            raw: None,
            making: None,
            recheck: None,
            holds: self.holds(fetched, now),
        }
    }

    /// The record of a page that was not asked for, with when to try again.
    fn unasked(
        &self,
        feed: &FeedConfig,
        due: &DuePage,
        started_at: DateTime<Utc>,
        (failure, retry_at): (Failure, Option<DateTime<Utc>>),
    ) -> PageStep {
        let said = Said {
            url: due.page.url.clone(),
            is_page: false,
            validators: None,
        };
        let record = PageRecord {
            wanted: due.wanted,
            feed: due.feed,
            started_at,
            duration: Duration::ZERO,
            outcome: Outcome::Refused,
            url: due.page.url.clone(),
            final_url: None,
            http_status: None,
            host: ::url::Url::parse(&due.page.url)
                .map(|url| url::host_key(&url))
                .unwrap_or_default(),
            n_requests: 0,
            other_hosts: Vec::new(),
            bytes_wire: 0,
            bytes_body: 0,
            content: self.fallback(due, failure.class),
            failure: Some(failure),
            retry_at,
            raw: None,
            making: None,
            recheck: match due.wanted {
                PageWanted::Queue(_) => None,
                PageWanted::Recheck(_) => recheck::next(&feed.recheck, due, said, started_at),
            },
            holds: Vec::new(),
        };
        PageStep::tried(record, Lesson::default())
    }

    /// The feed's own text, when nothing of this article is stored yet.
    fn fallback(&self, due: &DuePage, class: ErrorClass) -> Option<Box<ArticleContent>> {
        due.article.is_none().then(|| {
            let now = self.clock.now().wall;
            Box::new(compose::from_feed(&due.page, Some(class), now, self.caps))
        })
    }

    async fn read_page(
        &self,
        feed: &FeedConfig,
        (id, page): (FeedId, &Arc<QueuedPage>),
        response: Response,
        final_url: ::url::Url,
    ) -> Result<ReadPage, IngestError> {
        let page = Arc::clone(page);
        let reading = Reading {
            limits: self.extract_limits,
            caps: self.caps,
            now: self.clock.now().wall,
            compares_feed: feed.content == ContentMode::Auto,
            keeps_raw: !matches!(feed.keep_raw, KeepRaw::None),
            site: self.site(id, &final_url).await?,
            learns: true,
        };
        let address = final_url.clone();
        let document = Document {
            kind: Kind::Page,
            body: response.body.clone(),
            hash: None,
            content_type: response.content_type().map(ToOwned::to_owned),
            address: final_url.to_string(),
        };
        let read = self
            .pool
            .read(document, move |hash| {
                let bytes = PageBytes {
                    body: &response.body,
                    content_type: response.content_type(),
                    hash,
                };
                reading.read(&page, bytes, &final_url)
            })
            .await;
        Ok(read.unwrap_or_else(|crashed| ReadPage {
            content: Err(Failure::new(
                ErrorClass::Crashed,
                format!("cannot read page `{address}`: {crashed}"),
            )),
            raw: None,
            making: None,
            lesson: Lesson::default(),
        }))
    }

    /// Notes how a host answered; tells whether the machine itself seems to be offline. Then no host
    /// is to blame, and the next try must not be held back for one.
    pub(super) fn observe_host(
        &self,
        host: &str,
        failure: Option<&Failure>,
        mono: Duration,
    ) -> bool {
        let mut outage = self
            .outage
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_outage = outage.observe(host, failure, mono);
        let turn = outage.turn(is_outage, failure.is_none());
        drop(outage);
        match turn {
            Some(true) => tracing::warn!(
                "this machine seems to be without network: no feed is blamed, polls are tried again soon"
            ),
            Some(false) => tracing::info!("the network is back"),
            None => {}
        }
        if is_outage {
            self.client.forget_down_hosts();
        }
        is_outage
    }
}

fn keep_until(keep: KeepRaw, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match keep {
        KeepRaw::None => Some(now),
        KeepRaw::For(span) => TimeDelta::from_std(span)
            .ok()
            .and_then(|span| now.checked_add_signed(span)),
        KeepRaw::Forever => None,
    }
}

/// When a page that failed is asked for again after so many `attempts` before; `None`: never.
fn retry_at(failure: &Failure, attempts: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if !may_recover(failure) {
        return None;
    }
    let is_crashed = failure.class == ErrorClass::Crashed;
    let rarely = (is_crashed && attempts + 1 < CRASHED_TRIES).then_some(CRASHED_RETRY_AFTER);
    let step = RETRY_AFTER.get(usize::try_from(attempts).ok()?).copied();
    Some(now + TimeDelta::from_std(step.or(rarely)?).ok()?)
}

/// Our own guard said no, not the server.
pub(super) fn is_refusal(class: ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::SchemeRefused
            | ErrorClass::AddressRefused
            | ErrorClass::DowngradeRefused
            | ErrorClass::Robots
    )
}

fn is_network(failure: &Failure) -> bool {
    matches!(
        failure.class,
        ErrorClass::Dns
            | ErrorClass::Connect
            | ErrorClass::ConnectionRefused
            | ErrorClass::ConnectTimeout
            | ErrorClass::Connection
    )
}

/// Another try some day may well succeed.
fn may_recover(failure: &Failure) -> bool {
    is_network(failure)
        || matches!(
            failure.class,
            ErrorClass::Tls
                | ErrorClass::Timeout
                | ErrorClass::Protocol
                | ErrorClass::BadEncoding
                | ErrorClass::Truncated
                | ErrorClass::RateLimited
                | ErrorClass::Auth
                | ErrorClass::Blocked
                | ErrorClass::Empty
                | ErrorClass::Crashed
                // Names are answered wrongly for a while, and lists of allowed addresses get longer.
                | ErrorClass::AddressRefused
        )
        || (failure.class == ErrorClass::HttpStatus
            && failure.http_status.is_some_and(|status| status >= 500))
        // Rules that could not be had.
        || (failure.class == ErrorClass::Robots && failure.retry_after.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_tried_three_times_over_five_days() {
        let now = DateTime::UNIX_EPOCH;
        let late = Failure::new(ErrorClass::Timeout, "");
        assert_eq!(retry_at(&late, 0, now), Some(now + TimeDelta::days(1)));
        assert_eq!(retry_at(&late, 1, now), Some(now + TimeDelta::days(4)));
        assert_eq!(retry_at(&late, 2, now), None);
    }

    #[test]
    fn a_page_that_crashed_is_asked_for_rarely_and_not_for_ever() {
        let now = DateTime::UNIX_EPOCH;
        let crashed = Failure::new(ErrorClass::Crashed, "");
        let waits = (0..20).map_while(|attempts| retry_at(&crashed, attempts, now));
        let days: Vec<i64> = waits.map(|at| (at - now).num_days()).collect();
        assert_eq!(days, [1, 4, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30]);
    }

    #[test]
    fn a_missing_page_is_not_asked_for_again() {
        let missing = Failure::new(ErrorClass::HttpStatus, "").with_status(404);
        assert!(!may_recover(&missing));
        let broken = Failure::new(ErrorClass::HttpStatus, "").with_status(502);
        assert!(may_recover(&broken));
    }

    #[test]
    fn an_address_that_was_refused_may_be_allowed_some_day_a_scheme_is_not() {
        assert!(may_recover(&Failure::new(ErrorClass::AddressRefused, "")));
        assert!(!may_recover(&Failure::new(ErrorClass::SchemeRefused, "")));
    }
}
