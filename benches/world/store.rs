//! A store that a measurement fills itself, without feeds or pages: how it is opened, and the records
//! that the pipeline would hand to it.

use std::{fs, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use feedmill::{
    clock::Clock,
    dedup,
    model::{FeedId, FeedMemory, Outcome, TextSource},
    store::{
        ArticleContent, EntryAction, EntryRecord, FeedUpdate, Listing, LogLimits, OpenOptions,
        PollRecord, Store, ValidatorsUpdate,
    },
    text::CleanText,
};

/// Opens a store as the daemon does, but for its clock.
pub(crate) fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Store> {
    Ok(Store::open(OpenOptions {
        path: path.to_owned(),
        busy_timeout: Duration::from_secs(1),
        log_limits: LogLimits {
            kept_bytes: 64 << 20,
            most_bytes: 1 << 30,
        },
        clock,
        rules: feedmill::ingest::store_rules(),
    })?)
}

/// An entry that carries its whole text, as a measurement makes it up.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) summary: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) published_at: Option<DateTime<Utc>>,
}

/// The entry as the pipeline hands it on: cleaned, with its marks.
pub(crate) fn entry(draft: Draft) -> EntryRecord {
    let text = CleanText::from_raw(&draft.text);
    let fingerprint = dedup::fingerprint(&text);
    let listing = Listing {
        guid: draft.url.clone(),
        url: Some(draft.url.clone()),
        canonical_url: Some(draft.url.clone()),
        title: Some(draft.title.clone()),
        summary: draft.summary,
        entry_hash: fingerprint.match_key,
    };
    EntryRecord {
        listing,
        action: EntryAction::Keep(Box::new(ArticleContent {
            canonical_url: draft.url.clone(),
            url: draft.url,
            title: Some(draft.title),
            authors: Vec::new(),
            published_at: draft.published_at,
            published_raw: None,
            updated_at: None,
            language: draft.language,
            site_name: None,
            description: None,
            image_url: None,
            reservations: Vec::new(),
            left_out: Vec::new(),
            tags: draft.tags,
            fingerprint,
            text,
            text_source: TextSource::Feed,
            quality: 0.9,
            page_error: None,
            flags: Vec::new(),
        })),
    }
}

/// A poll that went well.
pub(crate) fn poll(feed: FeedId, now: DateTime<Utc>, entries: Vec<EntryRecord>) -> PollRecord {
    PollRecord {
        feed,
        started_at: now,
        duration: Duration::from_millis(1),
        outcome: Outcome::Ok,
        failure: None,
        http_status: Some(200),
        host: "news.example".to_owned(),
        n_requests: 1,
        other_hosts: Vec::new(),
        bytes_wire: 1_000,
        bytes_body: 1_000,
        n_entries: u32::try_from(entries.len()).unwrap_or(0),
        is_gap: false,
        is_identity_changed: false,
        holds: Vec::new(),
        feed_update: FeedUpdate {
            title: None,
            current_url: None,
            status: None,
            validators: ValidatorsUpdate::Keep,
            next_poll_at: now + TimeDelta::hours(20),
            failures: 0,
            memory: FeedMemory::default(),
        },
        entries,
    }
}

/// CPU time of the thread that writes the store, in seconds (`schedstat`, nanoseconds).
pub(crate) fn writer_cpu() -> Result<f64> {
    for task in fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        if fs::read_to_string(task.join("comm"))?.trim() == "feedmill-writer" {
            let stat = fs::read_to_string(task.join("schedstat"))?;
            let nanoseconds = stat.split_whitespace().next().context("odd schedstat")?;
            return Ok(nanoseconds.parse::<f64>()? / 1e9);
        }
    }
    anyhow::bail!("no thread writes")
}
