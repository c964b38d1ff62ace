//! Rows of the views, typed; field names are the views' column names.

use rusqlite::Row;
use serde::Serialize;

use super::row::list_of;

/// A row of `v1_articles`. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ArticleRow {
    /// Its row; never used again, not even after the article was forgotten.
    pub id: i64,
    /// Place of its latest change in the change feed.
    pub cursor: i64,
    /// As listed first.
    pub url: Option<String>,
    /// The page's own address.
    pub canonical_url: Option<String>,
    /// The feed that listed it first.
    pub feed_id: i64,
    /// That feed's name, its address when it has none.
    pub feed: Option<String>,
    /// One plain line.
    pub title: Option<String>,
    /// Names.
    pub authors: Vec<String>,
    /// Usable date of publication.
    pub published_at: Option<String>,
    /// The date as it was written.
    pub published_raw: Option<String>,
    /// Usable date of the last change.
    pub updated_at: Option<String>,
    /// When feedmill first had it.
    pub first_seen_at: String,
    /// Its latest change.
    pub changed_at: String,
    /// As declared, for example `de` or `en-GB`.
    pub language: Option<String>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// The page's own description.
    pub description: Option<String>,
    /// A picture's address.
    pub image_url: Option<String>,
    /// The article's own tags.
    pub tags: Vec<String>,
    /// Plain text, paragraphs apart by one blank line.
    pub text: String,
    /// `page`, `feed` or `summary`.
    pub text_source: String,
    /// Words in the text.
    pub word_count: i64,
    /// The extractor's own estimate, 0..=1.
    pub quality: f64,
    /// Lower-case hex SHA-256 of the bytes of `text`.
    pub content_hash: String,
    /// Near-duplicates share it.
    pub story_id: i64,
    /// 1, 2, …
    pub revision: i64,
    /// Why the page could not be had.
    pub page_error: Option<String>,
    /// Doubts: `truncated`, `paywall`, `undated`, …
    pub flags: Vec<String>,
    /// What page, response or feed ask of robots and say of rights.
    pub reservations: Vec<String>,
    /// Share of its text that stood in the nearest text of its story when it came, 0..=1.
    pub story_similarity: Option<f64>,
    /// The news agency whose mark the text carries: a hint.
    pub agency: Option<String>,
}

/// A hit of a search: a row of `v1_articles` without its text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchHit {
    /// BM25: the smaller, the better; 0 when the query was answered without an index.
    pub rank: f64,
    /// The passage around the hit; what was found stands between `[` and `]`.
    pub snippet: String,
    /// The article's row.
    pub id: i64,
    /// Place of its latest change in the change feed.
    pub cursor: i64,
    /// As listed first.
    pub url: Option<String>,
    /// The feed that listed it first.
    pub feed_id: i64,
    /// That feed's name, its address when it has none.
    pub feed: Option<String>,
    /// One plain line.
    pub title: Option<String>,
    /// Usable date of publication.
    pub published_at: Option<String>,
    /// When feedmill first had it.
    pub first_seen_at: String,
    /// As declared.
    pub language: Option<String>,
    /// Words in the text.
    pub word_count: i64,
    /// Near-duplicates share it.
    pub story_id: i64,
}

/// A row of `v1_revisions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevisionRow {
    /// The article.
    pub article_id: i64,
    /// 1, 2, …
    pub revision: i64,
    /// Title of this revision.
    pub title: Option<String>,
    /// Text of this revision.
    pub text: String,
    /// Lower-case hex SHA-256 of the bytes of `text`.
    pub content_hash: String,
    /// When it came.
    pub seen_at: String,
    /// Why there is one: `first`, `feed`, `page`, `extractor`; null when that was not yet kept.
    pub reason: Option<String>,
    /// The poll whose feed has the text.
    pub poll_id: Option<i64>,
    /// The fetch of the page that has the text.
    pub fetch_id: Option<i64>,
    /// Lower-case hex SHA-256 of that page's bytes, decoded.
    pub raw_hash: Option<String>,
    /// Version of the extractor that read the page.
    pub extractor: Option<i64>,
    /// Version of the rules by which texts are cleaned and hashed.
    pub normalisation: Option<i64>,
}

/// A row of `v1_changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeRow {
    /// Rises in commit order, never used twice.
    pub cursor: i64,
    /// The article.
    pub article_id: i64,
    /// Its revision after the change.
    pub revision: i64,
    /// `new`, `revised`, `reextracted`, `regrouped`, `retracted`, `pruned`.
    pub kind: String,
    /// When.
    pub at: String,
    /// Address of the article as listed first; null once it was taken out.
    pub url: Option<String>,
    /// Its title now; null once it was taken out.
    pub title: Option<String>,
    /// Its feed; null once it was taken out.
    pub feed: Option<String>,
}

/// A row of `v1_listings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListingRow {
    /// The article.
    pub article_id: i64,
    /// The feed.
    pub feed_id: i64,
    /// Key within the feed.
    pub guid: String,
    /// As listed.
    pub url: Option<String>,
    /// As listed.
    pub title: Option<String>,
    /// As listed, plain text.
    pub summary: Option<String>,
    /// When it was listed first.
    pub listed_at: String,
    /// When it was last seen in the feed.
    pub last_listed_at: String,
}

/// A row of `v1_feeds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedView {
    /// Its row.
    pub id: i64,
    /// As configured, without user and password.
    pub url: String,
    /// Where it is polled.
    pub current_url: String,
    /// The configured name.
    pub name: Option<String>,
    /// The title it gave itself.
    pub title: Option<String>,
    /// The configured tags.
    pub tags: Vec<String>,
    /// `active`, `paused`, `gone`, `removed`, `quarantined`, `adhoc`.
    pub status: String,
    /// Start of the last poll.
    pub last_polled_at: Option<String>,
    /// Start of the last poll that succeeded.
    pub last_ok_at: Option<String>,
    /// When it is due.
    pub next_poll_at: Option<String>,
    /// Failed polls in a row.
    pub failures: i64,
    /// Class of the last failure.
    pub error_class: Option<String>,
    /// The last failure.
    pub error: Option<String>,
    /// Articles it lists or listed.
    pub articles: i64,
    /// TLS is not verified for it.
    pub tls_unverified: bool,
    /// When it was added.
    pub added_at: String,
    /// `identity_changed`: title, site and all entries were others at once; its new articles are marked.
    /// `layout_changed`: its pages give far less text than they used to.
    pub flags: Vec<String>,
}

/// A row of `v1_polls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PollRow {
    /// Its row.
    pub id: i64,
    /// The feed.
    pub feed_id: i64,
    /// When it began.
    pub started_at: String,
    /// How long it took.
    pub duration_ms: i64,
    /// `ok`, `not_modified`, `failed`, `refused`.
    pub outcome: String,
    /// Class of the failure.
    pub error_class: Option<String>,
    /// The failure.
    pub error: Option<String>,
    /// Status of the last response.
    pub http_status: Option<i64>,
    /// Bytes of the body on the wire.
    pub bytes_wire: i64,
    /// Bytes of the body after decoding.
    pub bytes_body: i64,
    /// Entries in the document.
    pub entries: i64,
    /// New articles.
    pub new: i64,
    /// Revised articles.
    pub revised: i64,
    /// The next poll, as planned then.
    pub next_poll_at: String,
}

/// A row of `v1_fetches`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FetchRow {
    /// Its row.
    pub id: i64,
    /// The feed on whose behalf it was fetched.
    pub feed_id: i64,
    /// What it was stored as.
    pub article_id: Option<i64>,
    /// Address asked.
    pub url: String,
    /// Address that answered.
    pub final_url: Option<String>,
    /// When it began.
    pub started_at: String,
    /// How long it took.
    pub duration_ms: i64,
    /// `ok`, `not_modified`, `failed`, `refused`.
    pub outcome: String,
    /// Class of the failure.
    pub error_class: Option<String>,
    /// The failure.
    pub error: Option<String>,
    /// Status of the last response.
    pub http_status: Option<i64>,
    /// Bytes of the body on the wire.
    pub bytes_wire: i64,
    /// Bytes of the body after decoding.
    pub bytes_body: i64,
}

/// A row of `v1_queue`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueRow {
    /// Its row.
    pub id: i64,
    /// The feed on whose behalf it waits.
    pub feed_id: i64,
    /// That feed's name, its address when it has none.
    pub feed: Option<String>,
    /// Address to fetch.
    pub url: String,
    /// Since when.
    pub since: String,
    /// Fetches tried.
    pub attempts: i64,
    /// Not fetched before.
    pub not_before: String,
    /// Stored from the feed's text meanwhile, or to be refreshed.
    pub article_id: Option<i64>,
    /// Class of the last failure.
    pub error_class: Option<String>,
}

/// A row of `v1_gaps`: a poll that shared nothing with the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapRow {
    /// The poll.
    pub poll_id: i64,
    /// The feed.
    pub feed_id: i64,
    /// Start of the last good poll before it.
    pub after_at: Option<String>,
    /// Start of the poll.
    pub before_at: String,
    /// Entries in the document.
    pub entries: i64,
}

/// A row of `v1_hosts`: one host on one day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HostRow {
    /// The host, with a port that is not default.
    pub host: String,
    /// The day, UTC.
    pub day: String,
    /// Requests sent.
    pub requests: i64,
    /// Of these, answered 304.
    pub not_modified: i64,
    /// Share of 304.
    pub not_modified_share: Option<f64>,
    /// Polls and pages that failed.
    pub failed: i64,
    /// Polls and pages that were refused before a request.
    pub refused: i64,
    /// Bytes of bodies on the wire.
    pub bytes_wire: i64,
    /// Bytes of bodies after decoding.
    pub bytes_body: i64,
    /// What robots.txt came to: `found`, `missing`, `unreachable`.
    pub robots: Option<String>,
    /// Until when it asked to be left alone.
    pub held_until: Option<String>,
}

/// Reads a row of one of the views by its column names.
pub(super) trait FromView: Sized {
    fn from_view(row: &Row<'_>) -> rusqlite::Result<Self>;
}

macro_rules! from_view {
    ($($row:ident { $($column:ident),+ $(; $($list:ident),+)? })+) => {
        $(impl FromView for $row {
            fn from_view(row: &Row<'_>) -> rusqlite::Result<Self> {
                Ok(Self {
                    $($column: row.get(stringify!($column))?,)+
                    $($($list: list_of(&row.get::<_, String>(stringify!($list))?),)+)?
                })
            }
        })+
    };
}

from_view! {
    ArticleRow {
        id, cursor, url, canonical_url, feed_id, feed, title, published_at, published_raw,
        updated_at, first_seen_at, changed_at, language, site_name, description, image_url, text,
        text_source, word_count, quality, content_hash, story_id, revision, page_error,
        story_similarity, agency;
        authors, tags, flags, reservations
    }
    SearchHit {
        rank, snippet, id, cursor, url, feed_id, feed, title, published_at, first_seen_at,
        language, word_count, story_id
    }
    RevisionRow {
        article_id, revision, title, text, content_hash, seen_at, reason, poll_id, fetch_id, raw_hash,
        extractor, normalisation
    }
    ChangeRow { cursor, article_id, revision, kind, at, url, title, feed }
    ListingRow { article_id, feed_id, guid, url, title, summary, listed_at, last_listed_at }
    FeedView {
        id, url, current_url, name, title, status, last_polled_at, last_ok_at, next_poll_at,
        failures, error_class, error, articles, tls_unverified, added_at;
        tags, flags
    }
    PollRow {
        id, feed_id, started_at, duration_ms, outcome, error_class, error, http_status, bytes_wire,
        bytes_body, entries, new, revised, next_poll_at
    }
    FetchRow {
        id, feed_id, article_id, url, final_url, started_at, duration_ms, outcome, error_class,
        error, http_status, bytes_wire, bytes_body
    }
    QueueRow { id, feed_id, feed, url, since, attempts, not_before, article_id, error_class }
    GapRow { poll_id, feed_id, after_at, before_at, entries }
    HostRow {
        host, day, requests, not_modified, not_modified_share, failed, refused, bytes_wire,
        bytes_body, robots, held_until
    }
}
