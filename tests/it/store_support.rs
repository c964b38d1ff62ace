//! A store in a folder of its own, and records as the pipeline makes them.

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use feedmill::{
    clock::{Clock as _, ManualClock},
    dedup,
    model::{
        Entry, ErrorClass, Failure, FeedId, FeedMemory, FeedRow, Outcome, TextSource, Validators,
    },
    store::{
        ArticleContent, ArticleFilter, ConfiguredFeed, EntryAction, EntryRecord, FeedUpdate,
        Listing, LogLimits, OpenOptions, PageRecord, PollRecord, QueuedPage, Reader, Search,
        SearchSort, Store, Stored, ValidatorsUpdate,
    },
    text::CleanText,
};
use tempfile::TempDir;

/// Where all tests begin.
pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap()
}

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Store,
}

pub(crate) fn options(path: PathBuf, clock: &Arc<ManualClock>) -> OpenOptions {
    let clock: Arc<ManualClock> = Arc::clone(clock);
    OpenOptions {
        path,
        busy_timeout: Duration::from_millis(300),
        log_limits: LogLimits {
            kept_bytes: 64 << 20,
            most_bytes: 1 << 30,
        },
        clock,
        rules: feedmill::ingest::store_rules(),
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(start()));
        let store = Store::open(options(folder.path().join("feedmill.db"), &clock)).unwrap();
        Self {
            folder,
            clock,
            store,
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("feedmill.db")
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(&self.path()).unwrap()
    }

    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }

    pub(crate) async fn feeds(&self, names: &[&str]) -> Vec<FeedRow> {
        let feeds = names.iter().map(|name| configured(name)).collect();
        self.store.sync_feeds(feeds).await.unwrap()
    }

    pub(crate) async fn feed(&self, name: &str) -> FeedId {
        self.feeds(&[name]).await[0].id
    }

    pub(crate) async fn poll(&self, feed: FeedId, entries: Vec<EntryRecord>) -> Stored {
        let record = self.poll_record(feed, entries);
        self.store.finish_poll(record).await.unwrap()
    }

    pub(crate) fn poll_record(&self, feed: FeedId, entries: Vec<EntryRecord>) -> PollRecord {
        let now = self.clock.now().wall;
        PollRecord {
            feed,
            started_at: now,
            duration: Duration::from_millis(120),
            outcome: Outcome::Ok,
            failure: None,
            http_status: Some(200),
            host: "news.example".to_owned(),
            n_requests: 1,
            other_hosts: Vec::new(),
            bytes_wire: 1_000,
            bytes_body: 4_000,
            n_entries: u32::try_from(entries.len()).unwrap(),
            is_gap: false,
            is_identity_changed: false,
            holds: Vec::new(),
            feed_update: FeedUpdate {
                title: Some("News".to_owned()),
                current_url: None,
                status: None,
                validators: ValidatorsUpdate::Set(Some(Validators {
                    url: "https://news.example/rss".to_owned(),
                    etag: Some(b"\"a\xff\x00b\"".to_vec()),
                    last_modified: None,
                })),
                next_poll_at: now + TimeDelta::hours(1),
                failures: 0,
                memory: FeedMemory::default(),
            },
            entries,
        }
    }

    pub(crate) async fn failed_poll(&self, feed: FeedId) -> Stored {
        let mut record = self.poll_record(feed, Vec::new());
        record.outcome = Outcome::Failed;
        record.failure = Some(Failure::new(ErrorClass::Dns, "no such host"));
        record.http_status = None;
        record.feed_update.failures = 1;
        record.feed_update.validators = ValidatorsUpdate::Keep;
        self.store.finish_poll(record).await.unwrap()
    }

    /// Fetches every page of a feed that is due; `page` makes what is stored of each.
    pub(crate) async fn pages(
        &self,
        feed: FeedId,
        page: impl Fn(&QueuedPage) -> Option<ArticleContent>,
    ) -> Vec<Stored> {
        let now = self.clock.now().wall;
        let due = self.store.due_pages(feed, 1_000, now).await.unwrap();
        let mut stored = Vec::new();
        for due in due {
            let content = page(&due.page);
            let record = self.page_record(feed, &due, content);
            stored.push(self.store.finish_page(record).await.unwrap());
        }
        stored
    }

    pub(crate) fn page_record(
        &self,
        feed: FeedId,
        due: &feedmill::store::DuePage,
        content: Option<ArticleContent>,
    ) -> PageRecord {
        let page_error = content.as_ref().and_then(|content| content.page_error);
        PageRecord {
            wanted: due.wanted,
            feed,
            started_at: self.clock.now().wall,
            duration: Duration::from_millis(80),
            outcome: if page_error.is_some() {
                Outcome::Failed
            } else {
                Outcome::Ok
            },
            failure: page_error.map(|class| Failure::new(class, "no page")),
            url: due.page.url.clone(),
            final_url: Some(due.page.url.clone()),
            http_status: Some(200),
            host: "news.example".to_owned(),
            n_requests: 1,
            other_hosts: Vec::new(),
            bytes_wire: 10_000,
            bytes_body: 50_000,
            content: content.map(Box::new),
            retry_at: page_error.map(|_| self.clock.now().wall + TimeDelta::hours(1)),
            raw: None,
            making: None,
            recheck: None,
            holds: Vec::new(),
        }
    }

    pub(crate) fn articles(&self) -> Vec<feedmill::store::ArticleRow> {
        self.reader().articles(&ArticleFilter::default()).unwrap()
    }

    /// The hits of a search, the best first.
    pub(crate) fn search(&self, typed: &str) -> Vec<feedmill::store::SearchHit> {
        let search = Search::read(typed, self.clock.now().wall).unwrap();
        let filter = ArticleFilter {
            search: Some(search),
            ..ArticleFilter::default()
        };
        let found = self.reader().search(&filter, SearchSort::Rank).unwrap();
        found.hits
    }

    /// The kinds of all changes in the order of their cursors.
    pub(crate) fn kinds(&self) -> Vec<String> {
        let changes = self.reader().changes(0, 10_000, None).unwrap();
        changes.into_iter().map(|change| change.kind).collect()
    }

    pub(crate) fn is_sound(&self) {
        assert_eq!(self.reader().verify().unwrap(), Vec::<String>::new());
    }
}

pub(crate) fn configured(name: &str) -> ConfiguredFeed {
    ConfiguredFeed {
        url: format!("https://{name}.example/rss"),
        name: Some(name.to_owned()),
        tags: vec!["world".to_owned()],
        is_paused: false,
        is_tls_unverified: false,
        allowed: String::new(),
    }
}

/// A text of as many words, different for each salt.
pub(crate) fn words(n: usize, salt: &str) -> String {
    let words: Vec<String> = (0..n).map(|n| format!("{salt}{n}")).collect();
    words.join(" ")
}

pub(crate) fn content(url: &str, title: &str, text: &str) -> ArticleContent {
    let text = CleanText::from_raw(text);
    ArticleContent {
        url: url.to_owned(),
        canonical_url: url.to_owned(),
        title: Some(title.to_owned()),
        authors: vec!["A. Writer".to_owned()],
        published_at: None,
        published_raw: None,
        updated_at: None,
        language: Some("en".to_owned()),
        site_name: None,
        description: None,
        image_url: None,
        reservations: Vec::new(),
        tags: Vec::new(),
        fingerprint: dedup::fingerprint(&text),
        text,
        text_source: TextSource::Page,
        quality: 0.9,
        page_error: None,
        flags: Vec::new(),
        left_out: Vec::new(),
    }
}

/// The feed's own text, because the page could not be had.
pub(crate) fn fallback(url: &str, title: &str, text: &str) -> ArticleContent {
    ArticleContent {
        text_source: TextSource::Summary,
        page_error: Some(ErrorClass::Timeout),
        quality: 0.2,
        ..content(url, title, text)
    }
}

pub(crate) fn listing(guid: &str, url: &str, title: &str) -> Listing {
    let mut entry_hash = [0; 32];
    for (place, byte) in entry_hash.iter_mut().zip(title.bytes()) {
        *place = byte;
    }
    Listing {
        guid: guid.to_owned(),
        url: Some(url.to_owned()),
        canonical_url: Some(url.to_owned()),
        title: Some(title.to_owned()),
        summary: Some(format!("Summary of {title}")),
        entry_hash,
    }
}

pub(crate) fn keep(guid: &str, url: &str, title: &str, text: &str) -> EntryRecord {
    EntryRecord {
        listing: listing(guid, url, title),
        action: EntryAction::Keep(Box::new(content(url, title, text))),
    }
}

pub(crate) fn queue(guid: &str, url: &str, title: &str) -> EntryRecord {
    queue_as(guid, url, title, false)
}

pub(crate) fn refresh(guid: &str, url: &str, title: &str) -> EntryRecord {
    queue_as(guid, url, title, true)
}

fn queue_as(guid: &str, url: &str, title: &str, is_refresh: bool) -> EntryRecord {
    EntryRecord {
        listing: listing(guid, url, title),
        action: EntryAction::Queue(Box::new(QueuedPage {
            url: url.to_owned(),
            canonical_url: url.to_owned(),
            entry: entry(guid, url, title),
            is_refresh,
        })),
    }
}

pub(crate) fn seen(guid: &str, url: &str, title: &str) -> EntryRecord {
    EntryRecord {
        listing: listing(guid, url, title),
        action: EntryAction::Seen,
    }
}

pub(crate) fn entry(guid: &str, url: &str, title: &str) -> Entry {
    Entry {
        guid: guid.to_owned(),
        url: Some(url.to_owned()),
        title: Some(title.to_owned()),
        authors: Vec::new(),
        published: Some(start()),
        published_raw: Some("today".to_owned()),
        updated: None,
        summary_html: Some("<p>Summary</p>".to_owned()),
        content_html: None,
        enclosures: Vec::new(),
        categories: vec!["a".to_owned()],
        language: None,
        image_url: None,
        rights: None,
    }
}
