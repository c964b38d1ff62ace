-- Schema 5: what filters ask of an article can be looked up, so that a rare one is not a walk through all
-- articles; addresses are found by their article when it is taken out.

-- What filters ask of an article, a word each: `a` every article, `u` one with a script without spaces, `p`
-- the language's first part, `l` a language with several, `t` a tag of its own, `f` a feed that lists it. In hexadecimal digits, so that any
-- tag is one word, and of these the first 60, so that each is short: what is found is looked at again.
CREATE VIEW articles_labelled AS
  SELECT a.id, iif(a.is_unspaced = 1, 'a u', 'a')
    || coalesce(' p' || substr(hex(lower(
      substr(a.language, 1, instr(a.language || '-', '-') - 1))), 1, 60), '')
    || CASE WHEN instr(a.language, '-') > 0 THEN ' l' || substr(hex(lower(a.language)), 1, 60)
       ELSE '' END
    || coalesce((SELECT group_concat(' t' || substr(hex(lower(t.value)), 1, 60), '')
       FROM json_each(a.tags) t), '')
    || coalesce((SELECT group_concat(' f' || l.feed_id, '')
       FROM listings l WHERE l.article_id = a.id), '') AS labels
  FROM articles a;

-- A full-text table and not rows of an index: those would dirty a page for each label, this one a few for
-- each transaction. It may know labels that an article has no longer, and lacks none that it has.
CREATE VIRTUAL TABLE article_labels USING fts5 (
  labels, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
);
INSERT INTO article_labels (rowid, labels) SELECT id, labels FROM articles_labelled ORDER BY id;

CREATE INDEX addresses_article ON addresses (article_id);
CREATE INDEX queue_article ON queue (article_id) WHERE article_id IS NOT NULL;
