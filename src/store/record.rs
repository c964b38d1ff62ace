//! What the pipeline hands to the writer, and what it gets back.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::dictionary::PageDictionary;
use crate::{
    model::{
        ArticleId, Bound, Entry, ErrorClass, Failure, FeedId, FeedMemory, FeedStatus, Fingerprint,
        Flag, Outcome, QueueId, TextSource, Validators,
    },
    text::CleanText,
};

/// A feed as the configuration has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredFeed {
    /// Without user and password; the key of the feed.
    pub url: String,
    /// Unique when given.
    pub name: Option<String>,
    /// Labels for filters.
    pub tags: Vec<String>,
    /// A person said to wait.
    pub is_paused: bool,
    /// TLS is not verified for this feed, which `v1_feeds` shows (R12).
    pub is_tls_unverified: bool,
    /// The list of allowed addresses (`network.allow`) that its polls are judged by.
    pub allowed: String,
}

/// One poll, whole: committed in one transaction, so validators are never saved without the
/// entries that came with them.
#[derive(Debug, Clone)]
pub struct PollRecord {
    /// The feed that was polled.
    pub feed: FeedId,
    /// When the poll began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub duration: Duration,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, when it failed or was refused.
    pub failure: Option<Failure>,
    /// Status of the last response.
    pub http_status: Option<u16>,
    /// The host that answered last, for `v1_hosts`; lower case, with a port that is not default.
    pub host: String,
    /// Requests that it got.
    pub n_requests: u32,
    /// Other hosts that redirected on the way, one for each request.
    pub other_hosts: Vec<String>,
    /// Bytes of the body on the wire.
    pub bytes_wire: u64,
    /// Bytes of the body after decoding.
    pub bytes_body: u64,
    /// Entries in the document.
    pub n_entries: u32,
    /// The poll shared nothing with the one before it: entries may have been missed (`v1_gaps`).
    pub is_gap: bool,
    /// Title, site and all entries are others than before: the feed is flagged, its new articles are marked.
    pub is_identity_changed: bool,
    /// Hosts that asked to be left alone.
    pub holds: Vec<HostHold>,
    /// What changes on the feed's row.
    pub feed_update: FeedUpdate,
    /// What the document listed.
    pub entries: Vec<EntryRecord>,
}

/// What a poll changes on the feed's row.
#[derive(Debug, Clone)]
pub struct FeedUpdate {
    /// Title the feed gave itself; `None` leaves the old one.
    pub title: Option<String>,
    /// New address after an adopted permanent redirect; `None` leaves the old one.
    pub current_url: Option<String>,
    /// Where the feed stands now; `None` leaves it.
    pub status: Option<FeedStatus>,
    /// Whether and how the validators change.
    pub validators: ValidatorsUpdate,
    /// When it is due next.
    pub next_poll_at: DateTime<Utc>,
    /// Failed polls in a row, this one included.
    pub failures: u32,
    /// The whole memory as it is from now on.
    pub memory: FeedMemory,
}

/// What a feed's row becomes once its last failure has proved to be nobody's fault but our line's (R18).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excuse {
    /// The feed.
    pub feed: FeedId,
    /// Failed polls in a row without that one.
    pub failures: u32,
    /// When it is due next.
    pub next_poll_at: DateTime<Utc>,
    /// What set that time.
    pub bounds: Vec<Bound>,
}

/// What happens to a feed's validators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValidatorsUpdate {
    /// They stay.
    Keep,
    /// They are these from now on; `None`: there are none.
    Set(Option<Validators>),
}

/// One entry of a poll.
#[derive(Debug, Clone)]
pub struct EntryRecord {
    /// The place that lists the article.
    pub listing: Listing,
    /// What to do about it.
    pub action: EntryAction,
}

/// One place that lists an article: an entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Key within the feed (possibly widened).
    pub guid: String,
    /// Address as listed.
    pub url: Option<String>,
    /// Canonical form of it.
    pub canonical_url: Option<String>,
    /// Title, one plain line.
    pub title: Option<String>,
    /// Plain text of the summary.
    pub summary: Option<String>,
    /// Hash of what the entry says; changes when title, address or text changes, not with dates.
    pub entry_hash: [u8; 32],
}

/// What to do about an entry.
#[derive(Debug, Clone)]
pub enum EntryAction {
    /// Known and unchanged: `last_listed_at` moves.
    Seen,
    /// The page is wanted. The writer links the listing instead when an article has this canonical
    /// URL already (and `is_refresh` is false), or joins it to the queue row that waits for the
    /// same URL.
    Queue(Box<QueuedPage>),
    /// The feed's own text is the article.
    Keep(Box<ArticleContent>),
}

/// A page that waits to be fetched; kept as JSON in the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedPage {
    /// Address to fetch.
    pub url: String,
    /// Canonical form, the key of the queue.
    pub canonical_url: String,
    /// The entry as the feed gave it, for the article if the page fails.
    pub entry: Entry,
    /// The entry changed: fetch the page although the article is known.
    pub is_refresh: bool,
}

/// An article's content, ready to be stored.
#[derive(Debug, Clone)]
pub struct ArticleContent {
    /// As listed.
    pub url: String,
    /// Canonical address (the page's own when it is plausible).
    pub canonical_url: String,
    /// One plain line.
    pub title: Option<String>,
    /// Names.
    pub authors: Vec<String>,
    /// Usable date of publication.
    pub published_at: Option<DateTime<Utc>>,
    /// The date as it was written.
    pub published_raw: Option<String>,
    /// Usable date of the last change.
    pub updated_at: Option<DateTime<Utc>>,
    /// BCP 47 tag as declared.
    pub language: Option<String>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// The page's own description, one plain line.
    pub description: Option<String>,
    /// A picture's address, never fetched.
    pub image_url: Option<String>,
    /// The article's own tags.
    pub tags: Vec<String>,
    /// What page, response or feed ask of robots and of text and data mining, and say of rights; each with
    /// where it stands, such as `x-robots-tag: noai`.
    pub reservations: Vec<String>,
    /// The text.
    pub text: CleanText,
    /// Where the text came from.
    pub text_source: TextSource,
    /// The extractor's own estimate, 0..=1.
    pub quality: f64,
    /// Marks of the text.
    pub fingerprint: Fingerprint,
    /// Why the page could not be had.
    pub page_error: Option<ErrorClass>,
    /// Doubts.
    pub flags: Vec<Flag>,
    /// Paragraphs of the page that are not in the text because its site repeats them.
    pub left_out: Vec<String>,
}

/// One page fetch, whole: committed in one transaction.
#[derive(Debug, Clone)]
pub struct PageRecord {
    /// Why it was asked for.
    pub wanted: PageWanted,
    /// The feed on whose behalf it was fetched.
    pub feed: FeedId,
    /// When the fetch began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub duration: Duration,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, when it failed or was refused.
    pub failure: Option<Failure>,
    /// Address asked.
    pub url: String,
    /// Address that answered.
    pub final_url: Option<String>,
    /// Status of the last response.
    pub http_status: Option<u16>,
    /// As in [`PollRecord::host`].
    pub host: String,
    /// Requests that it got; zero when refused.
    pub n_requests: u32,
    /// As in [`PollRecord::other_hosts`].
    pub other_hosts: Vec<String>,
    /// Bytes of the body on the wire.
    pub bytes_wire: u64,
    /// Bytes of the body after decoding.
    pub bytes_body: u64,
    /// What to store: the page's article, or after a first failure the feed's text; `None`
    /// stores nothing this time.
    pub content: Option<Box<ArticleContent>>,
    /// When to try again; `None` takes the row out of the queue.
    pub retry_at: Option<DateTime<Utc>>,
    /// The page as received, compressed with zstd, and until when it is kept.
    pub raw: Option<RawPage>,
    /// What the content was made of; `None` when no page came.
    pub making: Option<PageMaking>,
    /// When it is asked for again to see what became of it; `None`: not again.
    pub recheck: Option<Recheck>,
    /// Hosts that asked to be left alone.
    pub holds: Vec<HostHold>,
}

impl PageRecord {
    /// The page is gone: 404 or 410.
    pub fn is_page_gone(&self) -> bool {
        self.outcome == Outcome::Failed && matches!(self.http_status, Some(404 | 410))
    }
}

/// Why a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageWanted {
    /// It stands in the queue.
    Queue(QueueId),
    /// The article is known, and it is time to see what became of its page.
    Recheck(ArticleId),
}

/// What a text was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageMaking {
    /// SHA-256 of the page's bytes, decoded from the transfer.
    pub raw_hash: Option<[u8; 32]>,
    /// Version of the extractor.
    pub extractor: u32,
}

/// Which raw pages are read once more; all parts must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawPick {
    /// Of articles that this feed lists.
    pub feed: Option<FeedId>,
    /// Of articles first seen at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Of articles first seen before this time.
    pub until: Option<DateTime<Utc>>,
}

/// An article with its raw page, to be read once more.
#[derive(Debug, Clone)]
pub struct RawArticle {
    /// The article.
    pub article: ArticleId,
    /// Its current revision, which was made of this page.
    pub revision: i64,
    /// The feed that listed it first.
    pub feed: FeedId,
    /// What is known of its entry.
    pub page: QueuedPage,
    /// The address that answered.
    pub address: String,
    /// `Content-Type` as received.
    pub content_type: Option<String>,
    /// zstd frame of the decoded body.
    pub zstd: Vec<u8>,
    /// The frame of the dictionary that it needs.
    pub dictionary: Option<Vec<u8>>,
    /// Version of the extractor that made the current text.
    pub extractor: Option<u32>,
    /// The current title.
    pub title: Option<String>,
    /// The current text.
    pub text: String,
}

/// What today's extractor made of a raw page.
#[derive(Debug, Clone)]
pub struct Reextraction {
    /// The article.
    pub article: ArticleId,
    /// The revision that was made of the page before.
    pub revision: i64,
    /// Version of the extractor.
    pub extractor: u32,
    /// What it made.
    pub content: Box<ArticleContent>,
}

/// Which articles are kept no longer; the default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruning {
    /// First seen before this time.
    pub before: Option<DateTime<Utc>>,
    /// Listed by this feed and by no other.
    pub feed: Option<FeedId>,
}

/// How large the database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileUse {
    /// Bytes of the file, without its log.
    pub bytes: u64,
    /// Of these, bytes that hold nothing.
    pub free_bytes: u64,
}

impl FileUse {
    /// Bytes that hold something.
    pub fn bytes_used(self) -> u64 {
        self.bytes.saturating_sub(self.free_bytes)
    }
}

/// A step of putting the database in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Some articles go.
    Articles(Pruning),
    /// Some raw pages that have run out go.
    ExpiredRaw(DateTime<Utc>),
    /// Some of the oldest raw pages go, whatever they were to be kept for.
    OldestRaw,
    /// Some of the ledger's rows that began before this are summed up.
    Ledger(DateTime<Utc>),
    /// Days before this go.
    Days(DateTime<Utc>),
    /// The full-text index for words is merged a little; `is_first`: into one segment from now on.
    MergeWords {
        /// Begins the merge.
        is_first: bool,
    },
    /// The same for the trigram index.
    MergeTrigrams {
        /// Begins the merge.
        is_first: bool,
    },
    /// The planner's numbers are brought up to date.
    Analyze,
    /// Some free pages are given back to the file system.
    FreePages,
}

/// When a page is asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recheck {
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// How often it was asked for again so far.
    pub n_done: u32,
    /// The address that answered last.
    pub url: String,
    /// To be sent back to it.
    pub validators: Option<Validators>,
}

/// What a recheck knows of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPage {
    /// How often it was asked for again so far.
    pub n_done: u32,
    /// To be sent back to the address that gave them.
    pub validators: Option<Validators>,
}

/// A host that asked to be left alone (`Retry-After`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostHold {
    /// As in [`PollRecord::host`].
    pub host: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A page as received.
#[derive(Debug, Clone)]
pub struct RawPage {
    /// zstd frame of the decoded body.
    pub zstd: Vec<u8>,
    /// What the frame needs.
    pub dictionary: Option<Arc<PageDictionary>>,
    /// `Content-Type` as received.
    pub content_type: Option<String>,
    /// `None`: for ever.
    pub keep_until: Option<DateTime<Utc>>,
}

/// What a committed poll or page came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// Articles that are new.
    pub n_new: u32,
    /// Articles that got a revision.
    pub n_revised: u32,
    /// Listings joined to an article that was known already.
    pub n_linked: u32,
    /// Pages put into the queue.
    pub n_queued: u32,
    /// The article a page record was stored as.
    pub article: Option<ArticleId>,
    /// After a poll: pages that wait on the feed's behalf, due or not.
    pub n_waiting: u64,
}

/// What the store knows of a listing, for the plan of a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownListing {
    /// Key within the feed.
    pub guid: String,
    /// Canonical address as stored.
    pub canonical_url: Option<String>,
    /// Hash of what the entry said.
    pub entry_hash: [u8; 32],
    /// It stands for an article (else it waits in the queue).
    pub has_article: bool,
}

/// A page whose turn has come.
#[derive(Debug, Clone, PartialEq)]
pub struct DuePage {
    /// Why it is asked for.
    pub wanted: PageWanted,
    /// The feed that wants it.
    pub feed: FeedId,
    /// What to fetch and what the feed said.
    pub page: QueuedPage,
    /// Fetches tried before.
    pub attempts: u32,
    /// The article stored from the feed's text after the first failure, or to be refreshed.
    pub article: Option<ArticleId>,
    /// On a recheck: what is known of the page.
    pub known: Option<KnownPage>,
}

/// A robots.txt as last had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsRow {
    /// `scheme://authority`.
    pub origin: String,
    /// When the answer came.
    pub fetched_at: DateTime<Utc>,
    /// What the answer was.
    pub state: RobotsState,
    /// First 500 KiB of the last good copy.
    pub body: Option<Vec<u8>>,
    /// When the last good copy came.
    pub body_at: Option<DateTime<Utc>>,
    /// Validators for the refresh.
    pub etag: Option<Vec<u8>>,
    /// Validators for the refresh.
    pub last_modified: Option<Vec<u8>>,
    /// What asking for it took; counted for the host, not kept with the file.
    pub cost: RobotsCost,
    /// Hosts that asked to be left alone.
    pub holds: Vec<HostHold>,
}

/// What asking for a robots.txt took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RobotsCost {
    /// Requests that the origin's host got.
    pub n_requests: u32,
    /// As in [`PollRecord::other_hosts`].
    pub other_hosts: Vec<String>,
    /// Bytes of the body on the wire.
    pub bytes_wire: u64,
    /// Bytes of it once decoded.
    pub bytes_body: u64,
    /// The copy at hand was still good.
    pub is_not_modified: bool,
}

/// What a request for robots.txt came to (RFC 9309, 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RobotsState {
    /// A file.
    Found,
    /// 4xx: everything is allowed.
    Missing,
    /// 5xx, 429 or no answer: nothing is allowed, save by the last good copy.
    Unreachable,
}
