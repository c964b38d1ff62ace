-- Takes feedmill's changes over exactly once, in one pass: run it again for what came since.
--
--   sqlite3 -cmd "ATTACH 'file:/var/lib/feedmill/feedmill.db?mode=ro' AS store" own.db < follow.sql
--
-- Prints how many changes were undone because the store was replaced by a backup of it, how many
-- were taken over, and how many wait for the next pass. docs/follow.py does the same by steps.

-- Without this an error would not keep the rest, COMMIT too, from being run.
.bail on
-- Another pass may be under way: it is waited for.
.timeout 5000

BEGIN IMMEDIATE;

CREATE TABLE IF NOT EXISTS articles (
  id INTEGER PRIMARY KEY, revision INTEGER, title TEXT, text TEXT, url TEXT, story_id INTEGER);
CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY CHECK (id = 1), cursor INTEGER NOT NULL);
INSERT OR IGNORE INTO place VALUES (1, 0);
CREATE TABLE IF NOT EXISTS seen (
  cursor INTEGER PRIMARY KEY, article_id INTEGER, revision INTEGER, kind TEXT, at TEXT);

-- What we have seen from the first change on that the store does not have: it was replaced.
CREATE TEMP TABLE lost AS
  SELECT cursor, article_id FROM seen WHERE cursor >= (
    SELECT min(s.cursor) FROM seen AS s WHERE NOT EXISTS (
      SELECT 1 FROM store.v1_changes AS c WHERE c.cursor = s.cursor
        AND (c.article_id, c.revision, c.kind, c.at) = (s.article_id, s.revision, s.kind, s.at)));

DELETE FROM seen WHERE cursor IN (SELECT cursor FROM lost);
UPDATE place SET cursor = coalesce((SELECT max(cursor) FROM seen), 0)
  WHERE EXISTS (SELECT 1 FROM lost);
-- Nothing that we remember is agreed on: everything comes again from the first change.
DELETE FROM articles WHERE NOT EXISTS (SELECT 1 FROM seen);

-- A bounded number: the store's log cannot be cut back during the transaction.
CREATE TEMP TABLE batch AS
  SELECT cursor, article_id, revision, kind, at FROM store.v1_changes
  WHERE cursor > (SELECT cursor FROM place) ORDER BY cursor LIMIT 5000;

-- Put your own work here. The store has each article as it is now, or no longer.
CREATE TEMP TABLE changed AS SELECT article_id FROM lost UNION SELECT article_id FROM batch;
DELETE FROM articles WHERE id IN (SELECT article_id FROM changed);
INSERT INTO articles
  SELECT id, revision, title, text, url, story_id FROM store.v1_articles
  WHERE id IN (SELECT article_id FROM changed);

INSERT INTO seen SELECT cursor, article_id, revision, kind, at FROM batch;
UPDATE place SET cursor = (SELECT max(cursor) FROM batch) WHERE EXISTS (SELECT 1 FROM batch);
DELETE FROM seen WHERE cursor <=
  (SELECT cursor FROM seen ORDER BY cursor DESC LIMIT 1 OFFSET 100000);

SELECT (SELECT count(*) FROM lost) AS undone, (SELECT count(*) FROM batch) AS taken_over,
  (SELECT count(*) FROM store.v1_changes WHERE cursor > (SELECT cursor FROM place)) AS waiting;

COMMIT;
