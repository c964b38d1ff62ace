-- Schema 3: what a page, its response or its feed asks of robots and of text and data mining, and what is
-- said of rights. A table of its own: behind `text` a column would be read through the whole text.

CREATE TABLE reservations (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  said       TEXT NOT NULL
) STRICT;

DROP VIEW v1_articles;
CREATE VIEW v1_articles AS
  SELECT a.id, a.cursor, a.url, a.canonical_url, a.feed_id,
    (SELECT coalesce(f.name, f.url) FROM feeds f WHERE f.id = a.feed_id) AS feed,
    a.title, a.authors, a.published_at, a.published_raw, a.updated_at, a.first_seen_at,
    a.changed_at, a.language, a.site_name, a.description, a.image_url, a.tags, a.text,
    a.text_source, a.word_count, a.quality, a.content_hash, a.story_id, a.revision,
    a.page_error, a.flags,
    coalesce((SELECT r.said FROM reservations r WHERE r.article_id = a.id), '[]') AS reservations
  FROM articles a;
