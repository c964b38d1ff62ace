//! Checks the file and what must hold in it.

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::{
    row::{Statements as _, bind},
    work::Done,
};

/// Faults of one kind that are named; more are counted.
const NAMED: i64 = 5;

/// What must hold, as a query for the rows in which it does not, and a sentence about them.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "raw page whose dictionary is missing",
        "SELECT article_id FROM raw_pages
         WHERE dictionary IS NOT NULL AND dictionary NOT IN (SELECT id FROM dictionaries)",
    ),
    (
        "dictionary that no raw page needs",
        "SELECT id FROM dictionaries d
         WHERE NOT EXISTS (SELECT 1 FROM raw_pages r WHERE r.dictionary = d.id)",
    ),
    (
        "article without its feed",
        "SELECT id FROM articles WHERE feed_id NOT IN (SELECT id FROM feeds)",
    ),
    (
        "article whose cursor is not that of its latest change",
        "SELECT a.id FROM articles a LEFT JOIN
           (SELECT article_id, max(cursor) AS cursor FROM changes GROUP BY article_id) c
           ON c.article_id = a.id WHERE a.cursor IS NOT c.cursor",
    ),
    (
        "article that lacks an earlier revision",
        "SELECT id FROM articles a WHERE revision - 1 <>
           (SELECT count(*) FROM revisions r WHERE r.article_id = a.id AND r.revision < a.revision)",
    ),
    (
        "article that no address or listing leads to",
        "SELECT id FROM articles a WHERE url IS NOT NULL
           AND id NOT IN (SELECT article_id FROM addresses)
           AND NOT EXISTS (SELECT 1 FROM listings l WHERE l.article_id = a.id)",
    ),
    (
        "address that leads to no article",
        "SELECT match_url FROM addresses WHERE article_id NOT IN (SELECT id FROM articles)",
    ),
    (
        "listing that waits for a page nobody will fetch",
        "SELECT id FROM listings WHERE queue_id IS NOT NULL
           AND queue_id NOT IN (SELECT id FROM queue)",
    ),
    (
        "page in the queue that nobody waits for",
        "SELECT id FROM queue WHERE id NOT IN
           (SELECT queue_id FROM listings WHERE queue_id IS NOT NULL)",
    ),
    (
        "feed whose count of articles is wrong",
        "SELECT id FROM feeds f WHERE n_articles <>
           (SELECT count(DISTINCT article_id) FROM listings l
            WHERE l.feed_id = f.id AND l.article_id IS NOT NULL)",
    ),
    (
        "change beyond the last cursor given out",
        "SELECT cursor FROM changes
         WHERE cursor > (SELECT seq FROM sqlite_sequence WHERE name = 'changes')",
    ),
    (
        "raw page without its article",
        "SELECT article_id FROM raw_pages WHERE article_id NOT IN (SELECT id FROM articles)",
    ),
    (
        "origin, recheck or remark of an article that is gone",
        "SELECT article_id FROM provenance WHERE article_id NOT IN (SELECT id FROM articles)
         UNION ALL SELECT article_id FROM rechecks WHERE article_id NOT IN (SELECT id FROM articles)
         UNION ALL SELECT article_id FROM left_out WHERE article_id NOT IN (SELECT id FROM articles)
         UNION ALL SELECT article_id FROM story_facts
           WHERE article_id NOT IN (SELECT id FROM articles)",
    ),
    (
        "article missing from the full-text table",
        "SELECT id FROM articles WHERE id NOT IN (SELECT id FROM articles_fts_docsize)",
    ),
    (
        "article without its labels",
        "SELECT id FROM articles WHERE id NOT IN
           (SELECT rowid FROM article_labels WHERE article_labels MATCH 'a')",
    ),
    (
        "labels without their article",
        "SELECT rowid FROM article_labels WHERE article_labels MATCH 'a'
           AND rowid NOT IN (SELECT id FROM articles)",
    ),
    (
        "full-text row without its article",
        "SELECT id FROM articles_fts_docsize WHERE id NOT IN (SELECT id FROM articles)",
    ),
    (
        "trigram row without its article",
        "SELECT id FROM articles_fts_cjk_docsize
         WHERE id NOT IN (SELECT id FROM articles WHERE is_unspaced = 1)",
    ),
    (
        "article missing from the trigram table",
        "SELECT id FROM articles WHERE is_unspaced = 1
           AND id NOT IN (SELECT id FROM articles_fts_cjk_docsize)",
    ),
];

/// One line for each fault.
pub(super) fn verify(connection: &Connection) -> Done<Vec<String>> {
    let mut findings = structure(connection)?;
    if !findings.is_empty() {
        // What a damaged file says of itself is worth nothing.
        return Ok(findings);
    }
    for (what, sql) in INVARIANTS {
        findings.extend(broken(connection, what, sql)?);
    }
    findings.extend(wrong_hashes(connection)?);
    Ok(findings)
}

fn structure(connection: &Connection) -> Done<Vec<String>> {
    let mut findings: Vec<String> =
        connection.all("PRAGMA integrity_check(20)", &[], |row| row.get(0))?;
    findings.retain(|line| line != "ok");
    if !findings.is_empty() {
        // The next question would fail on the same pages and lose what was found.
        return Ok(findings);
    }
    let strays: Vec<String> = connection.all("PRAGMA foreign_key_check", &[], |row| {
        let table: String = row.get(0)?;
        let rowid: Option<i64> = row.get(1)?;
        Ok(format!(
            "row {} of {table} points to nothing",
            rowid.unwrap_or(0)
        ))
    })?;
    findings.extend(strays.into_iter().take(20));
    Ok(findings)
}

fn broken(connection: &Connection, what: &str, sql: &str) -> Done<Option<String>> {
    let n = connection.number(&format!("SELECT count(*) FROM ({sql})"), &[])?;
    if n == 0 {
        return Ok(None);
    }
    let names: Vec<String> = connection.all(
        &format!(
            "WITH x (name) AS (SELECT * FROM ({sql}) LIMIT ?1) SELECT CAST(name AS TEXT) FROM x"
        ),
        &bind![NAMED],
        |row| row.get(0),
    )?;
    Ok(Some(format!("{n} × {what}: {}", names.join(", "))))
}

/// Texts whose hash is not theirs.
fn wrong_hashes(connection: &Connection) -> Done<Option<String>> {
    let mut statement = connection
        .prepare_cached("SELECT article_id, revision, content_hash, text FROM v1_revisions")?;
    let mut rows = statement.query([])?;
    let (mut n, mut names) = (0_i64, Vec::new());
    while let Some(row) = rows.next()? {
        let hash: String = row.get(2)?;
        let text: String = row.get(3)?;
        if hash == hex(&Sha256::digest(text.as_bytes())) {
            continue;
        }
        n += 1;
        if n <= NAMED {
            let (article, revision): (i64, i64) = (row.get(0)?, row.get(1)?);
            names.push(format!("{article}/{revision}"));
        }
    }
    Ok((n > 0).then(|| format!("{n} × text whose hash is not its own: {}", names.join(", "))))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|half| char::from_digit(u32::from(half), 16))
        .collect()
}
