//! One poll of one feed, start to end.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    IngestError, PageCounts, Pipeline, PollReport,
    feed_step::{self, FeedPlan, KeyedEntry, KnownEntries, PlanContext, ReadFeed},
    judge::{Verdict, permanent_target, remember_reading},
    log::log_poll,
    pipeline::Inner,
};
use crate::{
    config::FeedConfig,
    http::{Fetched, Request, RequestKind},
    model::{ErrorClass, Failure, FeedMemory, FeedRow, Outcome, ParsedFeed},
    schedule::{self, CacheHints, FeedHints, Manner, NextPoll, PollResult},
    store::{FeedUpdate, PollRecord, Stored, ValidatorsUpdate},
    url,
};

impl Pipeline {
    /// Polls `feed` and then fetches up to `pages_per_poll` of its waiting pages.
    ///
    /// # Errors
    ///
    /// The result could not be stored. A poll that fails is a report and a row, not an error.
    pub async fn poll(
        &self,
        feed: &FeedConfig,
        row: &FeedRow,
        manner: Manner,
    ) -> Result<PollReport, IngestError> {
        let started = self.inner.clock.now();
        let mut report = PollReport {
            feed_id: row.id.0,
            url: row.url.clone(),
            name: row.name.clone(),
            title: row.title.clone(),
            ..PollReport::default()
        };
        if let Err(bound) =
            schedule::may_poll(row, &self.inner.schedule_limits, manner, started.wall)
        {
            Outcome::Refused.as_str().clone_into(&mut report.outcome);
            report.error = Some(format!(
                "held back until {} by {} ({}); `--force` overrides it",
                bound.not_before.format("%Y-%m-%d %H:%M:%S UTC"),
                bound.origin,
                bound.detail
            ));
            report.next_poll_at = Some(bound.not_before);
            return Ok(report);
        }
        let n_waiting = self.inner.poll_feed(feed, row, manner, &mut report).await?;
        if n_waiting > 0 {
            let limit = self.inner.config.limits.pages_per_poll;
            self.add_pages(feed, row, limit, &mut report).await?;
            if !report.is_poll_well() {
                // Meanwhile the failure may have proved to be our own line's.
                report.next_poll_at = self.inner.planned(row).await?.or(report.next_poll_at);
            }
        }
        report.duration_ms = millis(self.inner.clock.now().mono.saturating_sub(started.mono));
        log_poll(&report);
        Ok(report)
    }

    /// Fetches waiting pages of a feed without polling it.
    ///
    /// # Errors
    ///
    /// The queue could not be read or a result not be stored.
    pub async fn work_off(
        &self,
        feed: &FeedConfig,
        row: &FeedRow,
    ) -> Result<PageCounts, IngestError> {
        let limit = self.inner.config.limits.pages_per_poll;
        Ok(self.inner.run_pages(feed, row.id, limit).await?.counts)
    }

    async fn add_pages(
        &self,
        feed: &FeedConfig,
        row: &FeedRow,
        limit: usize,
        report: &mut PollReport,
    ) -> Result<(), IngestError> {
        let run = self.inner.run_pages(feed, row.id, limit).await?;
        report.pages = run.counts;
        add_stored(report, &run.stored);
        Ok(())
    }
}

impl Inner {
    /// Polls a feed and keeps what came of it; the number of pages that wait for it then.
    async fn poll_feed(
        &self,
        feed: &FeedConfig,
        row: &FeedRow,
        manner: Manner,
        report: &mut PollReport,
    ) -> Result<u64, IngestError> {
        let started_at = self.clock.now().wall;
        let is_full = schedule::full_poll_due(row, &self.schedule_limits, started_at);
        let request = feed_request(feed, row, is_full, manner);
        let (mut fetched, address) = match request {
            Ok(request) => (self.client.fetch(&request).await, request.url),
            Err(failure) => return self.refuse(feed, row, failure, report).await,
        };
        let full_at = (is_full || row.validators.is_none()).then_some(started_at);
        // A large document is read and kept before the next one is (R03).
        let _alone = self.large_documents.turn(&fetched).await;
        let verdict = self.judge(row, &fetched).await;
        fetched.let_go_of_body();
        let now = self.clock.now();
        let host = url::host_key(&fetched.final_url);
        let is_local_outage = self.is_outage(&host, verdict.failure.as_ref(), now.mono);

        let Verdict {
            outcome,
            failure,
            http_status,
            validators,
            body_hash,
            read,
            is_quarantined,
        } = verdict;
        let mut known = row.clone();
        let (feed_facts, entries) = take_reading(&mut known.memory, read);
        report.entries = n_entries(&known.memory, outcome);
        let plan = self.plan_entries(feed, row, entries, now.wall).await?;
        let result = PollResult {
            outcome,
            failure: failure.as_ref(),
            cache: cache_hints(&fetched, now.wall),
            feed: feed_facts.as_ref().map(FeedHints::of),
            n_new: plan.n_fresh,
            n_known: plan.n_known,
            has_validators: has_validators(row, &validators),
            is_local_outage,
            is_quarantined,
        };
        let excuse = self.excuse(feed, &known, &result, now.wall);
        let mut next = self.next_poll(feed, &known, &result, now.wall);
        let moved = schedule::adopt_move(
            &mut next.memory,
            &permanent_target(&fetched, &address, outcome),
            now.wall,
        );
        remember_body(&mut next.memory, body_hash, full_at);
        report_poll(report, outcome, failure.as_ref(), feed_facts.as_ref());
        report_next(report, &next, is_local_outage, http_status);
        let is_gap = is_gap(row, &plan);
        let is_identity_changed = is_gap && notice_another(row, feed_facts.as_ref());
        let (n_requests, other_hosts) = fetched.requests_by_host(&host);
        let record = PollRecord {
            feed: row.id,
            started_at,
            duration: fetched.took,
            outcome,
            failure,
            http_status,
            host,
            n_requests,
            other_hosts,
            bytes_wire: fetched.bytes_wire,
            bytes_body: fetched.bytes_body,
            n_entries: report.entries,
            is_gap,
            is_identity_changed,
            holds: self.holds(&fetched, now.wall),
            feed_update: FeedUpdate {
                title: feed_facts.and_then(|facts| facts.title),
                current_url: moved,
                ..feed_update(next, validators)
            },
            entries: plan.records,
        };
        let n_waiting = self.keep_poll(row, record, report).await?;
        self.settle_blame(row.id, excuse, now.mono, report).await?;
        Ok(n_waiting)
    }

    /// Notes how a feed's host answered; whether the feed failed because our own line is down.
    fn is_outage(&self, host: &str, failure: Option<&Failure>, mono: Duration) -> bool {
        self.observe_host(host, failure, mono)
            && failure.is_some_and(|failure| schedule::is_outage_class(failure.class))
    }

    /// A poll that was not made, because the address itself is refused.
    async fn refuse(
        &self,
        feed: &FeedConfig,
        row: &FeedRow,
        failure: Failure,
        report: &mut PollReport,
    ) -> Result<u64, IngestError> {
        let now = self.clock.now().wall;
        let result = PollResult::failed(&failure);
        let next = self.next_poll(feed, row, &result, now);
        report_poll(report, Outcome::Refused, Some(&failure), None);
        report.next_poll_at = Some(next.at);
        let record = PollRecord {
            feed: row.id,
            started_at: now,
            duration: Duration::ZERO,
            outcome: Outcome::Refused,
            failure: Some(failure),
            http_status: None,
            host: String::new(),
            n_requests: 0,
            other_hosts: Vec::new(),
            bytes_wire: 0,
            bytes_body: 0,
            n_entries: 0,
            is_gap: false,
            is_identity_changed: false,
            holds: Vec::new(),
            feed_update: feed_update(next, ValidatorsUpdate::Keep),
            entries: Vec::new(),
        };
        self.keep_poll(row, record, report).await
    }

    /// When the feed is polled next, and what is remembered until then.
    pub(super) fn next_poll(
        &self,
        feed: &FeedConfig,
        row: &FeedRow,
        result: &PollResult<'_>,
        now: DateTime<Utc>,
    ) -> NextPoll {
        let settings = schedule::Settings {
            plan: feed.plan.clone(),
            limits: self.schedule_limits,
        };
        let mut next = schedule::plan(row, result, &settings, jitter(row, now), now);
        next.memory.refused_under = result
            .failure
            .filter(|failure| failure.class == ErrorClass::AddressRefused)
            .map(|_| self.config.network.allow.to_string());
        next
    }

    async fn keep_poll(
        &self,
        row: &FeedRow,
        record: PollRecord,
        report: &mut PollReport,
    ) -> Result<u64, IngestError> {
        let stored = self
            .store
            .finish_poll(record)
            .await
            .map_err(IngestError::store(format!(
                "keep the poll of feed `{}`",
                row.url
            )))?;
        add_stored(report, &stored);
        Ok(stored.n_waiting)
    }

    async fn plan_entries(
        &self,
        feed: &FeedConfig,
        row: &FeedRow,
        entries: Vec<KeyedEntry>,
        now: DateTime<Utc>,
    ) -> Result<FeedPlan, IngestError> {
        if entries.is_empty() {
            return Ok(FeedPlan::default());
        }
        let known = self.known_entries(row, &entries).await?;
        let context = PlanContext {
            feed,
            memory: &row.memory,
            caps: self.caps,
            now,
        };
        // Entries with their own text are cleaned here: on a reading thread, like all markup.
        let feed = feed.clone();
        let memory = row.memory.clone();
        let caps = context.caps;
        let planned = self
            .pool
            .run(move || {
                let context = PlanContext {
                    feed: &feed,
                    memory: &memory,
                    caps,
                    now,
                };
                feed_step::plan_entries(entries, &known, context)
            })
            .await;
        Ok(planned.unwrap_or_else(|crashed| {
            tracing::error!(feed.url = %row.url, "cannot plan the entries of {}: {crashed}", row.url);
            FeedPlan::default()
        }))
    }

    async fn known_entries(
        &self,
        row: &FeedRow,
        entries: &[KeyedEntry],
    ) -> Result<KnownEntries, IngestError> {
        let guids: Vec<String> = entries.iter().map(|e| e.listing.guid.clone()).collect();
        let forms: Vec<String> = entries
            .iter()
            .filter_map(|e| e.listing.canonical_url.as_deref())
            .filter_map(|canonical| ::url::Url::parse(canonical).ok())
            .map(|canonical| url::match_form(&canonical))
            .collect();
        let what = || format!("read what is known of feed `{}`", row.url);
        let by_guid = self
            .store
            .known_listings(row.id, guids)
            .await
            .map_err(IngestError::store(what()))?;
        let by_url = self
            .store
            .known_by_url(row.id, forms)
            .await
            .map_err(IngestError::store(what()))?;
        Ok(KnownEntries {
            by_guid: by_guid
                .into_iter()
                .map(|known| (known.guid.clone(), known))
                .collect(),
            by_url: by_url.into_iter().collect(),
        })
    }
}

fn feed_request(
    feed: &FeedConfig,
    row: &FeedRow,
    is_full: bool,
    manner: Manner,
) -> Result<Request, Failure> {
    let address = ::url::Url::parse(&row.current_url).map_err(|error| {
        Failure::new(
            ErrorClass::SchemeRefused,
            format!("cannot poll feed `{}`: {error}", row.current_url),
        )
    })?;
    let mut request = Request::new(address, RequestKind::Feed);
    request.validators = row.validators.clone().filter(|_| !is_full);
    request.headers.clone_from(&feed.headers);
    request.credentials.clone_from(&feed.credentials);
    request.private_origin = Some(feed.url.clone());
    request.proxy.clone_from(&feed.proxy);
    request.is_tls_unverified = !feed.is_tls_verified;
    request.ignore_host_wait = manner == Manner::Force;
    Ok(request)
}

/// What a reading gives, once the feed's memory has what it says about the next one.
fn take_reading(
    memory: &mut FeedMemory,
    read: Option<ReadFeed>,
) -> (Option<ParsedFeed>, Vec<KeyedEntry>) {
    match read {
        Some(read) => {
            remember_reading(memory, &read);
            memory.n_entries = u32::try_from(read.entries.len()).unwrap_or(u32::MAX);
            (Some(read.feed), read.entries)
        }
        None => (None, Vec::new()),
    }
}

/// Entries of the document that came: one with the same bytes as the last is not read again.
fn n_entries(memory: &FeedMemory, outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Ok => memory.n_entries,
        Outcome::NotModified | Outcome::Failed | Outcome::Refused => 0,
    }
}

/// Keeps which body was stored last; `full_at`: it was asked for without validators then.
fn remember_body(
    memory: &mut FeedMemory,
    body_hash: Option<String>,
    full_at: Option<DateTime<Utc>>,
) {
    if body_hash.is_some() {
        memory.body_hash = body_hash;
        memory.last_full_at = full_at.or(memory.last_full_at);
    }
}

/// The poll shares nothing with the one before: entries may have come and gone between them. The rest of a
/// document that was too long is no gap, nor are the first entries of a feed that had none.
fn is_gap(row: &FeedRow, plan: &FeedPlan) -> bool {
    let is_rest = row.memory.entries_taken > 0;
    let had_entries = row.last_ok_at.is_some() && !row.memory.was_empty;
    plan.n_known == 0 && plan.n_fresh > 0 && had_entries && !is_rest
}

/// Neither title nor site are what the feed said before; a first title or site is none that changed. Says so.
fn notice_another(row: &FeedRow, facts: Option<&ParsedFeed>) -> bool {
    let differs = |old: Option<&String>, new: Option<&String>| {
        old.is_some_and(|old| new.is_some_and(|new| old != new))
    };
    let is_another = facts.is_some_and(|facts| {
        differs(row.title.as_ref(), facts.title.as_ref())
            && differs(row.memory.site.as_ref(), facts.link.as_ref())
    });
    if is_another {
        tracing::warn!(
            feed.url = %row.url,
            "feed {} has another title, another site and nothing but new entries: is it still the same? its new articles are marked `feed_changed` until it was paused once",
            row.url
        );
    }
    is_another
}

/// What the schedule says of the feed's row.
fn feed_update(next: NextPoll, validators: ValidatorsUpdate) -> FeedUpdate {
    FeedUpdate {
        title: None,
        current_url: None,
        status: next.status,
        validators,
        next_poll_at: next.at,
        failures: next.failures,
        memory: next.memory,
    }
}

/// The feed has validators once this poll is kept.
fn has_validators(row: &FeedRow, update: &ValidatorsUpdate) -> bool {
    match update {
        ValidatorsUpdate::Keep => row.validators.is_some(),
        ValidatorsUpdate::Set(validators) => validators.is_some(),
    }
}

/// What the last response says, and the longest wait that any on the way asked for.
fn cache_hints(fetched: &Fetched, now: DateTime<Utc>) -> CacheHints {
    let lines = |name: &'static str| {
        let all = fetched.headers.get_all(name).iter();
        all.filter_map(|value| value.to_str().ok())
    };
    CacheHints {
        retry_after: fetched.retry_after,
        ..CacheHints::from_headers(lines, now)
    }
}

/// A number in 0..1 that differs between feeds and polls but not between two runs of the same
/// poll: jitter needs spreading, not secrecy.
fn jitter(row: &FeedRow, now: DateTime<Utc>) -> f64 {
    let digest = Sha256::digest(format!("{} {}", row.id, now.timestamp()));
    let number = digest
        .iter()
        .take(4)
        .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    f64::from(number) / (f64::from(u32::MAX) + 1.0)
}

fn report_poll(
    report: &mut PollReport,
    outcome: Outcome,
    failure: Option<&Failure>,
    facts: Option<&ParsedFeed>,
) {
    outcome.as_str().clone_into(&mut report.outcome);
    if let Some(failure) = failure {
        report.error_class = Some(failure.class.as_str().to_owned());
        report.error = Some(failure.message.clone());
        report.discovered.clone_from(&failure.discovered);
    }
    if let Some(facts) = facts {
        report.title = facts.title.clone().or_else(|| report.title.take());
        report.warnings.clone_from(&facts.warnings);
    }
}

fn add_stored(report: &mut PollReport, stored: &Stored) {
    report.new += stored.n_new;
    report.revised += stored.n_revised;
    report.linked += stored.n_linked;
}

/// Failures in a row are told at the first, second, fourth, eighth …; a poll that was held back is none.
fn report_next(
    report: &mut PollReport,
    next: &NextPoll,
    is_local_outage: bool,
    http_status: Option<u16>,
) {
    report.http_status = http_status;
    report.next_poll_at = Some(next.at);
    report.is_repetition = is_local_outage || !next.failures.is_power_of_two();
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
