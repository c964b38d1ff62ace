-- Schema 4: where each text came from, pages that are looked at again, what is known of stories, what the
-- pages of a site repeat, and days in which the ledger's old rows are summed up.

-- How a revision was made. A table of its own: behind `text` a column would be read through the whole text.
CREATE TABLE provenance (
  article_id    INTEGER NOT NULL,
  revision      INTEGER NOT NULL,
  reason        TEXT NOT NULL,
  poll_id       INTEGER,                   -- NULL: the text is not the feed's
  fetch_id      INTEGER,                   -- NULL: the text is not a page's
  raw_hash      BLOB,                      -- NULL: the text is not a page's
  extractor     INTEGER,                   -- NULL: the text is not a page's
  normalisation INTEGER NOT NULL,
  PRIMARY KEY (article_id, revision)
) STRICT, WITHOUT ROWID;

-- Pages that are asked for again, to see what became of them.
CREATE TABLE rechecks (
  article_id    INTEGER PRIMARY KEY REFERENCES articles (id),
  feed_id       INTEGER NOT NULL REFERENCES feeds (id),
  due_at        TEXT NOT NULL,
  n_done        INTEGER NOT NULL DEFAULT 0,
  url           TEXT NOT NULL,             -- that answered last; the validators go to no other
  etag          BLOB,                      -- NULL: none given
  last_modified BLOB                       -- NULL: none given
) STRICT;
CREATE INDEX rechecks_due ON rechecks (due_at);
CREATE INDEX rechecks_feed ON rechecks (feed_id, due_at);

-- The point-in-time view asks for an article's latest change up to a cursor.
CREATE INDEX changes_article ON changes (article_id, cursor);

-- Hints about an article's place in its story; no row when there are none.
CREATE TABLE story_facts (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  nearest    INTEGER,                      -- NULL: nothing was near when it came
  similarity REAL,                         -- NULL: nothing was near when it came
  agency     TEXT,                         -- NULL: no mark of an agency
  mark       TEXT                          -- NULL: no mark of an agency
) STRICT;

-- Samples are looked up in memory now; the rows of `sampled`, one an article, are all that the file keeps.
DROP TABLE samples;

-- Paragraphs that repeat across a site's articles.
CREATE TABLE site_passages (
  site          TEXT NOT NULL,
  hash          INTEGER NOT NULL,
  n_articles    INTEGER NOT NULL,
  first_seen_at TEXT NOT NULL,
  last_seen_at  TEXT NOT NULL,
  passage       TEXT NOT NULL,
  PRIMARY KEY (site, hash)
) STRICT, WITHOUT ROWID;

-- Paragraphs that were left out of a text because the site repeats them.
CREATE TABLE left_out (
  article_id INTEGER NOT NULL,
  revision   INTEGER NOT NULL,
  place      INTEGER NOT NULL,
  passage    TEXT NOT NULL,
  PRIMARY KEY (article_id, revision, place)
) STRICT, WITHOUT ROWID;

-- Polls and fetches of old days, summed up.
CREATE TABLE ledger_days (
  feed_id      INTEGER NOT NULL REFERENCES feeds (id),
  day          TEXT NOT NULL,
  kind         TEXT NOT NULL,              -- poll, fetch
  outcome      TEXT NOT NULL,
  error_class  TEXT NOT NULL,              -- '': did not fail
  requests     INTEGER NOT NULL,
  duration_ms  INTEGER NOT NULL,
  bytes_wire   INTEGER NOT NULL,
  bytes_body   INTEGER NOT NULL,
  n_new        INTEGER NOT NULL,
  n_revised    INTEGER NOT NULL,
  PRIMARY KEY (feed_id, day, kind, outcome, error_class)
) STRICT, WITHOUT ROWID;
-- The last good poll before a gap, kept when its row is summed up.
ALTER TABLE polls ADD COLUMN gap_after TEXT;

DROP VIEW v1_articles;
CREATE VIEW v1_articles AS
  SELECT a.id, a.cursor, a.url, a.canonical_url, a.feed_id,
    (SELECT coalesce(f.name, f.url) FROM feeds f WHERE f.id = a.feed_id) AS feed,
    a.title, a.authors, a.published_at, a.published_raw, a.updated_at, a.first_seen_at,
    a.changed_at, a.language, a.site_name, a.description, a.image_url, a.tags, a.text,
    a.text_source, a.word_count, a.quality, a.content_hash, a.story_id, a.revision,
    a.page_error, a.flags,
    coalesce((SELECT r.said FROM reservations r WHERE r.article_id = a.id), '[]') AS reservations,
    (SELECT s.similarity FROM story_facts s WHERE s.article_id = a.id) AS story_similarity,
    (SELECT s.agency FROM story_facts s WHERE s.article_id = a.id) AS agency
  FROM articles a;

DROP VIEW v1_revisions;
CREATE VIEW v1_revisions AS
  SELECT r.article_id, r.revision, r.title, r.text, r.content_hash, r.seen_at, p.reason, p.poll_id,
    p.fetch_id, lower(hex(p.raw_hash)) AS raw_hash, p.extractor, p.normalisation
  FROM revisions r LEFT JOIN provenance p ON p.article_id = r.article_id AND p.revision = r.revision
  UNION ALL
  SELECT a.id, a.revision, a.title, a.text, a.content_hash, a.revised_at, p.reason, p.poll_id,
    p.fetch_id, lower(hex(p.raw_hash)), p.extractor, p.normalisation
  FROM articles a LEFT JOIN provenance p ON p.article_id = a.id AND p.revision = a.revision;

CREATE VIEW v1_rechecks AS
  SELECT article_id, feed_id, due_at, n_done AS done, url FROM rechecks;

CREATE VIEW v1_boilerplate AS
  SELECT site, passage, n_articles AS articles, first_seen_at, last_seen_at FROM site_passages;

CREATE VIEW v1_left_out AS
  SELECT article_id, revision, place, passage FROM left_out;

CREATE VIEW v1_stories AS
  SELECT a.story_id, count(*) AS articles, count(DISTINCT a.feed_id) AS feeds,
    min(a.first_seen_at) AS first_seen_at, max(a.first_seen_at) AS last_seen_at, min(a.id) AS origin_id,
    (SELECT s.agency FROM articles b JOIN story_facts s ON s.article_id = b.id
     WHERE b.story_id = a.story_id AND s.agency IS NOT NULL ORDER BY b.id LIMIT 1) AS agency
  FROM articles a GROUP BY a.story_id;

CREATE VIEW v1_ledger_days AS
  SELECT feed_id, day, kind, outcome, nullif(error_class, '') AS error_class, requests, duration_ms,
    bytes_wire, bytes_body, n_new AS new, n_revised AS revised
  FROM ledger_days;

DROP VIEW v1_gaps;
CREATE VIEW v1_gaps AS
  SELECT p.id AS poll_id, p.feed_id,
    coalesce(p.gap_after, (SELECT b.started_at FROM polls b
     WHERE b.feed_id = p.feed_id AND b.id < p.id AND b.outcome IN ('ok', 'not_modified')
     ORDER BY b.id DESC LIMIT 1)) AS after_at,
    p.started_at AS before_at, p.n_entries AS entries
  FROM polls p WHERE p.is_gap = 1;

-- Quoted, because DuckDB reads the views' SQL with a parser to which AT means something.
DROP VIEW v1_changes;
CREATE VIEW v1_changes AS
  SELECT cursor, article_id, revision, kind, "at" FROM changes;
DROP VIEW v1_moves;
CREATE VIEW v1_moves AS
  SELECT id, feed_id, "at", from_url, to_url FROM moves;
