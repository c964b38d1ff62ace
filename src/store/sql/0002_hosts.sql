-- Schema 2: hosts that asked to be left alone, over restarts and for other processes; what is odd about
-- a feed.

CREATE TABLE host_holds (
  host  TEXT PRIMARY KEY,
  until TEXT NOT NULL
) STRICT, WITHOUT ROWID;

DROP VIEW v1_hosts;
CREATE VIEW v1_hosts AS
  SELECT h.host, h.day, h.requests, h.not_modified,
    CASE WHEN h.requests > 0 THEN round(1.0 * h.not_modified / h.requests, 4) END AS not_modified_share,
    h.failed, h.refused, h.bytes_wire, h.bytes_body,
    (SELECT r.state FROM robots r WHERE r.host = h.host ORDER BY r.fetched_at DESC LIMIT 1) AS robots,
    (SELECT o.until FROM host_holds o WHERE o.host = h.host) AS held_until
  FROM host_days h;

ALTER TABLE feeds ADD COLUMN flags TEXT NOT NULL DEFAULT '[]';

DROP VIEW v1_feeds;
CREATE VIEW v1_feeds AS
  SELECT id, url, current_url, name, title, tags, status, last_polled_at, last_ok_at,
    next_poll_at, failures, error_class, error, n_articles AS articles,
    is_tls_unverified AS tls_unverified, added_at, flags
  FROM feeds;
