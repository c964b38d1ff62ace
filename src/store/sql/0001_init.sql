-- Schema 1. Tables are private; the views (v1_*) and articles_fts* are the interface, described
-- in docs/schema.md. Readable by SQLite 3.40: no jsonb, no contentless_delete.
--
-- Times are RFC 3339 in UTC with whole seconds, so their order as text is their order in time.
-- Lists are JSON arrays. `text` stands last in its rows: what stands behind it would be read
-- through the whole text.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY                            -- NULL: never
) STRICT, WITHOUT ROWID;

CREATE TABLE feeds (
  id                INTEGER PRIMARY KEY,
  url               TEXT NOT NULL UNIQUE,  -- as configured, without user and password
  current_url       TEXT NOT NULL,         -- where it is polled
  name              TEXT,                  -- NULL: the configuration gives none
  title             TEXT,                  -- NULL: no document had yet, or it has no title
  tags              TEXT NOT NULL,
  status            TEXT NOT NULL,
  is_tls_unverified INTEGER NOT NULL DEFAULT 0,
  added_at          TEXT NOT NULL,
  last_polled_at    TEXT,                  -- NULL: never polled
  last_ok_at        TEXT,                  -- NULL: never with success
  next_poll_at      TEXT,                  -- NULL: due since it was added
  failures          INTEGER NOT NULL DEFAULT 0,
  error_class       TEXT,                  -- NULL: the last poll did not fail
  error             TEXT,                  -- NULL: the last poll did not fail
  validators_url    TEXT,                  -- NULL: no validators
  etag              BLOB,                  -- NULL: none given
  last_modified     BLOB,                  -- NULL: none given
  memory            TEXT NOT NULL DEFAULT '{}',
  n_articles        INTEGER NOT NULL DEFAULT 0  -- distinct articles it has listed
) STRICT;

-- The change feed. AUTOINCREMENT keeps the last number in sqlite_sequence, in the same
-- transaction, so no cursor comes twice: not after a delete and not after a crash.
CREATE TABLE changes (
  cursor     INTEGER PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL,             -- no foreign key: the change outlives a forgotten article
  revision   INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  at         TEXT NOT NULL
) STRICT;
INSERT INTO sqlite_sequence (name, seq) VALUES ('changes', 0);

CREATE TABLE articles (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  cursor         INTEGER NOT NULL,         -- of the latest change
  feed_id        INTEGER NOT NULL REFERENCES feeds (id),
  story_id       INTEGER NOT NULL,
  revision       INTEGER NOT NULL,
  first_seen_at  TEXT NOT NULL,
  changed_at     TEXT NOT NULL,
  revised_at     TEXT NOT NULL,            -- when the current text came
  url            TEXT,                     -- NULL: the entry has no address
  canonical_url  TEXT,                     -- NULL: the entry has no address
  title          TEXT,                     -- NULL: none
  published_at   TEXT,                     -- NULL: no usable date
  published_raw  TEXT,                     -- NULL: no date given
  updated_at     TEXT,                     -- NULL: no usable date
  language       TEXT,                     -- NULL: not declared
  text_source    TEXT NOT NULL,
  word_count     INTEGER NOT NULL,
  quality        REAL NOT NULL,
  content_hash   TEXT NOT NULL,
  match_key      BLOB NOT NULL,
  is_unspaced    INTEGER NOT NULL,         -- 1: has a script without spaces, stands in articles_fts_cjk
  page_error     TEXT,                     -- NULL: the page was had, or not wanted
  flags          TEXT NOT NULL,
  authors        TEXT NOT NULL,
  tags           TEXT NOT NULL,
  site_name      TEXT,                     -- NULL: not declared
  description    TEXT,                     -- NULL: not declared
  image_url      TEXT,                     -- NULL: none
  text           TEXT NOT NULL
) STRICT;
INSERT INTO sqlite_sequence (name, seq) VALUES ('articles', 0);
CREATE UNIQUE INDEX articles_cursor ON articles (cursor);
CREATE INDEX articles_first_seen ON articles (first_seen_at);
CREATE INDEX articles_story ON articles (story_id);
-- Texts under 50 words are never merged by their text.
CREATE INDEX articles_match_key ON articles (match_key) WHERE word_count >= 50;

-- Addresses (match forms) that lead to an article: its canonical one and those that listed it.
CREATE TABLE addresses (
  match_url  TEXT PRIMARY KEY,
  article_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Texts that were replaced; the current one stands in articles.
CREATE TABLE revisions (
  article_id   INTEGER NOT NULL REFERENCES articles (id),
  revision     INTEGER NOT NULL,
  title        TEXT,                       -- NULL: none
  content_hash TEXT NOT NULL,
  seen_at      TEXT NOT NULL,
  text         TEXT NOT NULL,
  PRIMARY KEY (article_id, revision)
) STRICT;

CREATE TABLE queue (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  match_url     TEXT NOT NULL UNIQUE,
  feed_id       INTEGER NOT NULL REFERENCES feeds (id),  -- on whose behalf it is fetched
  url           TEXT NOT NULL,
  canonical_url TEXT NOT NULL,
  is_refresh    INTEGER NOT NULL,
  since         TEXT NOT NULL,
  attempts      INTEGER NOT NULL DEFAULT 0,
  not_before    TEXT NOT NULL,
  article_id    INTEGER,                   -- NULL: nothing is stored of it yet
  error_class   TEXT,                      -- NULL: not tried, or the last try did not fail
  entry         TEXT NOT NULL              -- the entry as the feed gave it, JSON
) STRICT;
CREATE INDEX queue_due ON queue (feed_id, not_before);

-- Places that list an article. One that waits for its page has a queue_id and no article_id.
CREATE TABLE listings (
  id             INTEGER PRIMARY KEY,
  feed_id        INTEGER NOT NULL REFERENCES feeds (id),
  article_id     INTEGER REFERENCES articles (id),  -- NULL: its page is awaited
  queue_id       INTEGER,                  -- NULL: waits for nothing
  title_key      INTEGER,                  -- NULL: no title
  entry_hash     BLOB NOT NULL,
  listed_at      TEXT NOT NULL,
  last_listed_at TEXT NOT NULL,
  guid           TEXT NOT NULL,
  url            TEXT,                     -- NULL: the entry has no address
  canonical_url  TEXT,                     -- NULL: the entry has no address
  title          TEXT,                     -- NULL: the entry has no title
  summary        TEXT,                     -- NULL: the entry has no summary
  UNIQUE (feed_id, guid)
) STRICT;
CREATE INDEX listings_article ON listings (article_id, feed_id) WHERE article_id IS NOT NULL;
CREATE INDEX listings_queue ON listings (queue_id) WHERE queue_id IS NOT NULL;
CREATE INDEX listings_title ON listings (feed_id, title_key) WHERE title_key IS NOT NULL;

CREATE TABLE polls (
  id           INTEGER PRIMARY KEY,
  feed_id      INTEGER NOT NULL REFERENCES feeds (id),
  started_at   TEXT NOT NULL,
  duration_ms  INTEGER NOT NULL,
  outcome      TEXT NOT NULL,
  error_class  TEXT,                       -- NULL: did not fail
  error        TEXT,                       -- NULL: did not fail
  http_status  INTEGER,                    -- NULL: no response
  bytes_wire   INTEGER NOT NULL,
  bytes_body   INTEGER NOT NULL,
  n_entries    INTEGER NOT NULL,
  n_new        INTEGER NOT NULL,
  n_revised    INTEGER NOT NULL,
  next_poll_at TEXT NOT NULL,
  is_gap       INTEGER NOT NULL
) STRICT;
CREATE INDEX polls_feed ON polls (feed_id);
CREATE INDEX polls_gap ON polls (id) WHERE is_gap = 1;

CREATE TABLE fetches (
  id          INTEGER PRIMARY KEY,
  feed_id     INTEGER NOT NULL REFERENCES feeds (id),
  article_id  INTEGER,                     -- NULL: nothing was stored
  started_at  TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  outcome     TEXT NOT NULL,
  error_class TEXT,                        -- NULL: did not fail
  error       TEXT,                        -- NULL: did not fail
  http_status INTEGER,                     -- NULL: no response
  bytes_wire  INTEGER NOT NULL,
  bytes_body  INTEGER NOT NULL,
  url         TEXT NOT NULL,
  final_url   TEXT                         -- NULL: no response
) STRICT;
CREATE INDEX fetches_article ON fetches (article_id) WHERE article_id IS NOT NULL;

-- Pages as received, one a revision.
CREATE TABLE raw_pages (
  article_id   INTEGER NOT NULL REFERENCES articles (id),
  revision     INTEGER NOT NULL,
  url          TEXT,                       -- NULL: as the article's
  content_type TEXT,                       -- NULL: not given
  received_at  TEXT NOT NULL,
  keep_until   TEXT,                       -- NULL: for ever
  zstd         BLOB NOT NULL,
  PRIMARY KEY (article_id, revision)
) STRICT;
CREATE INDEX raw_pages_keep ON raw_pages (keep_until) WHERE keep_until IS NOT NULL;

-- Near-duplicates: sampled hashes of word sequences of the last 14 days' articles.
CREATE TABLE samples (
  sample     INTEGER NOT NULL,
  article_id INTEGER NOT NULL,
  PRIMARY KEY (sample, article_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE sampled (
  article_id INTEGER PRIMARY KEY,
  at         TEXT NOT NULL,
  samples    BLOB NOT NULL                 -- big-endian 32-bit numbers, to take the rows out again
) STRICT;

CREATE TABLE host_days (
  host         TEXT NOT NULL,
  day          TEXT NOT NULL,
  requests     INTEGER NOT NULL,
  not_modified INTEGER NOT NULL,
  failed       INTEGER NOT NULL,
  refused      INTEGER NOT NULL,
  bytes_wire   INTEGER NOT NULL,
  bytes_body   INTEGER NOT NULL,
  PRIMARY KEY (host, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE robots (
  origin        TEXT PRIMARY KEY,
  host          TEXT NOT NULL,
  fetched_at    TEXT NOT NULL,
  state         TEXT NOT NULL,
  body          BLOB,                      -- NULL: never had one
  body_at       TEXT,                      -- NULL: never had one
  etag          BLOB,                      -- NULL: none given
  last_modified BLOB                       -- NULL: none given
) STRICT;
CREATE INDEX robots_host ON robots (host);

-- Adopted permanent redirects.
CREATE TABLE moves (
  id       INTEGER PRIMARY KEY,
  feed_id  INTEGER NOT NULL REFERENCES feeds (id),
  at       TEXT NOT NULL,
  from_url TEXT NOT NULL,
  to_url   TEXT NOT NULL
) STRICT;

-- Forgotten articles, by hashes alone, so that they are not taken in again.
CREATE TABLE tombstones (
  key        BLOB PRIMARY KEY,             -- SHA-256 of feed and guid, of an address, or the match key
  entry_hash BLOB,                         -- NULL: not the key of a listing
  at         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIEW articles_unspaced AS
  SELECT id, title, text FROM articles WHERE is_unspaced = 1;

CREATE VIRTUAL TABLE articles_fts USING fts5 (
  title, text, content = 'articles', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE articles_fts_cjk USING fts5 (
  title, text, content = 'articles_unspaced', content_rowid = 'id', tokenize = 'trigram'
);
-- A word in the title weighs as much as four in the text.
INSERT INTO articles_fts (articles_fts, rank) VALUES ('rank', 'bm25(4.0, 1.0)');
INSERT INTO articles_fts_cjk (articles_fts_cjk, rank) VALUES ('rank', 'bm25(4.0, 1.0)');
-- Segments are merged sixteen at a time: a quarter of the writing of the default four, and a search opens
-- a few more.
INSERT INTO articles_fts (articles_fts, rank) VALUES ('automerge', 16);
INSERT INTO articles_fts_cjk (articles_fts_cjk, rank) VALUES ('automerge', 16);
INSERT INTO articles_fts (articles_fts, rank) VALUES ('crisismerge', 32);
INSERT INTO articles_fts_cjk (articles_fts_cjk, rank) VALUES ('crisismerge', 32);

CREATE VIEW v1_articles AS
  SELECT a.id, a.cursor, a.url, a.canonical_url, a.feed_id,
    (SELECT coalesce(f.name, f.url) FROM feeds f WHERE f.id = a.feed_id) AS feed,
    a.title, a.authors, a.published_at, a.published_raw, a.updated_at, a.first_seen_at,
    a.changed_at, a.language, a.site_name, a.description, a.image_url, a.tags, a.text,
    a.text_source, a.word_count, a.quality, a.content_hash, a.story_id, a.revision,
    a.page_error, a.flags
  FROM articles a;

CREATE VIEW v1_revisions AS
  SELECT article_id, revision, title, text, content_hash, seen_at FROM revisions
  UNION ALL
  SELECT id, revision, title, text, content_hash, revised_at FROM articles;

CREATE VIEW v1_changes AS
  SELECT cursor, article_id, revision, kind, at FROM changes;

CREATE VIEW v1_listings AS
  SELECT article_id, feed_id, guid, url, title, summary, listed_at, last_listed_at
  FROM listings WHERE article_id IS NOT NULL;

CREATE VIEW v1_feeds AS
  SELECT id, url, current_url, name, title, tags, status, last_polled_at, last_ok_at,
    next_poll_at, failures, error_class, error, n_articles AS articles,
    is_tls_unverified AS tls_unverified, added_at
  FROM feeds;

CREATE VIEW v1_polls AS
  SELECT id, feed_id, started_at, duration_ms, outcome, error_class, error, http_status,
    bytes_wire, bytes_body, n_entries AS entries, n_new AS new, n_revised AS revised, next_poll_at
  FROM polls;

CREATE VIEW v1_fetches AS
  SELECT id, feed_id, article_id, url, final_url, started_at, duration_ms, outcome, error_class,
    error, http_status, bytes_wire, bytes_body
  FROM fetches;

CREATE VIEW v1_queue AS
  SELECT q.id, q.feed_id,
    (SELECT coalesce(f.name, f.url) FROM feeds f WHERE f.id = q.feed_id) AS feed,
    q.url, q.since, q.attempts, q.not_before, q.article_id, q.error_class
  FROM queue q;

CREATE VIEW v1_gaps AS
  SELECT p.id AS poll_id, p.feed_id,
    (SELECT b.started_at FROM polls b
     WHERE b.feed_id = p.feed_id AND b.id < p.id AND b.outcome IN ('ok', 'not_modified')
     ORDER BY b.id DESC LIMIT 1) AS after_at,
    p.started_at AS before_at, p.n_entries AS entries
  FROM polls p WHERE p.is_gap = 1;

CREATE VIEW v1_hosts AS
  SELECT h.host, h.day, h.requests, h.not_modified,
    CASE WHEN h.requests > 0 THEN round(1.0 * h.not_modified / h.requests, 4) END AS not_modified_share,
    h.failed, h.refused, h.bytes_wire, h.bytes_body,
    (SELECT r.state FROM robots r WHERE r.host = h.host ORDER BY r.fetched_at DESC LIMIT 1) AS robots
  FROM host_days h;

CREATE VIEW v1_moves AS
  SELECT id, feed_id, at, from_url, to_url FROM moves;
