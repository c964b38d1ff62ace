//! What stands in the database of a case, against the table.

use feedmill::model::ErrorClass;
use rusqlite::{Connection, OptionalExtension};

use super::case::{Asked, Case};

/// A row of `v1_polls` or `v1_fetches`.
#[derive(Debug)]
pub struct Row {
    pub outcome: String,
    pub class: Option<String>,
    pub error: Option<String>,
    status: Option<u16>,
    wire: i64,
    body: i64,
    took_ms: i64,
}

/// The first row of a case.
pub fn row(database: &Connection, n: usize, asked: Asked) -> Option<Row> {
    let view = match asked {
        Asked::Feed => "v1_polls",
        Asked::Page => "v1_fetches",
    };
    let query = format!(
        "SELECT outcome, error_class, error, http_status, bytes_wire, bytes_body, duration_ms FROM {view}
         WHERE feed_id = (SELECT id FROM v1_feeds WHERE name = ?1) ORDER BY id LIMIT 1"
    );
    let found = database.query_row(&query, [format!("case-{n}")], |row| {
        Ok(Row {
            outcome: row.get(0)?,
            class: row.get(1)?,
            error: row.get(2)?,
            status: row.get(3)?,
            wire: row.get(4)?,
            body: row.get(5)?,
            took_ms: row.get(6)?,
        })
    });
    found.optional().unwrap()
}

/// Outcome and class of every poll of a case.
pub fn polls(database: &Connection, n: usize) -> Vec<(String, Option<String>)> {
    let query = "SELECT outcome, error_class FROM v1_polls
         WHERE feed_id = (SELECT id FROM v1_feeds WHERE name = ?1) ORDER BY id";
    let mut statement = database.prepare(query).unwrap();
    let rows = statement.query_map([format!("case-{n}")], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

/// Outcome, class, status, counts and message.
pub fn of_row(case: &Case, row: &Row) -> Vec<String> {
    let want = &case.want;
    let mut found = Vec::new();
    if row.outcome != want.outcome {
        found.push(format!("outcome `{}`, not `{}`", row.outcome, want.outcome));
    }
    let class = want.class.map(ErrorClass::as_str);
    if row.class.as_deref() != class {
        found.push(format!("class {:?}, not {class:?}", row.class));
    }
    if want.status.is_some() && row.status != want.status {
        found.push(format!("status {:?}, not {:?}", row.status, want.status));
    }
    if row.took_ms > want.within_ms {
        found.push(format!("took {} ms of {}", row.took_ms, want.within_ms));
    }
    if row.wire > want.wire_bytes {
        found.push(format!("read {} bytes from the wire", row.wire));
    }
    if row.body > 21_000_000 {
        found.push(format!("kept {} bytes", row.body));
    }
    let message = row.error.as_deref().unwrap_or_default();
    if message.is_empty() != want.class.is_none()
        || message.contains(char::is_control)
        || message.len() > 1500
    {
        found.push(format!("a message of {} bytes", message.len()));
    }
    found
}

/// What the feed's own rows say: polled once, planned anew, blamed only for what it did.
pub fn of_feed(database: &Connection, n: usize, case: &Case, row: &Row) -> Vec<String> {
    let query = "SELECT count(*), max(entries), min(next_poll_at IS NOT NULL),
         (SELECT failures FROM v1_feeds WHERE name = ?1), (SELECT error_class FROM v1_feeds WHERE name = ?1)
         FROM v1_polls WHERE feed_id = (SELECT id FROM v1_feeds WHERE name = ?1)";
    let (n_polls, n_entries, is_planned, failures, class): (i64, i64, bool, i64, Option<String>) =
        database
            .query_row(query, [format!("case-{n}")], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ))
            })
            .unwrap();
    let mut found = Vec::new();
    if n_polls != 1 {
        found.push(format!("polled {n_polls} times"));
    }
    if !is_planned {
        found.push("no next poll is planned".to_owned());
    }
    if case
        .want
        .n_entries
        .is_some_and(|n_wanted| n_wanted != n_entries)
    {
        found.push(format!("{n_entries} entries"));
    }
    let is_feed = case.asked == Asked::Feed;
    let wanted = case.want.class.filter(|_| is_feed);
    if class.as_deref() != wanted.map(ErrorClass::as_str) {
        found.push(format!("the feed has the class {class:?}"));
    }
    if is_feed && (failures > 0) != (row.outcome == "failed") && row.outcome != "refused" {
        found.push(format!("{failures} failures"));
    }
    found
}

/// What was stored.
pub fn of_articles(database: &Connection, n: usize, case: &Case) -> Vec<String> {
    let query = "SELECT coalesce(title, ''), text, coalesce(url, ''), text_source, page_error FROM v1_articles
         WHERE id IN (SELECT article_id FROM v1_listings WHERE feed_id = (SELECT id FROM v1_feeds WHERE name = ?1))";
    let mut statement = database.prepare(query).unwrap();
    let rows = statement.query_map([format!("case-{n}")], |row| {
        let text = [0, 1, 2].map(|at| row.get::<_, String>(at).unwrap_or_default());
        Ok((
            text,
            row.get::<_, String>(3)?,
            row.get::<_, Option<String>>(4)?,
        ))
    });
    let articles: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
    let want = &case.want;
    let mut found = Vec::new();
    let n_articles = i64::try_from(articles.len()).unwrap();
    if want.n_articles.is_some_and(|wanted| wanted != n_articles) {
        found.push(format!("{n_articles} articles, not {:?}", want.n_articles));
    }
    let has = |text: &str| {
        let mut places = articles.iter().flat_map(|(texts, _, _)| texts);
        places.any(|place| place.contains(text))
    };
    if let Some(text) = want.text.filter(|text| !has(text)) {
        found.push(format!("no `{text}` in {articles:.200?}"));
    }
    if let Some(text) = want.absent.filter(|text| has(text)) {
        found.push(format!("`{text}` in {articles:.200?}"));
    }
    for (_, source, page_error) in articles.iter().filter(|_| case.asked == Asked::Page) {
        let is_from_page = source == "page";
        let class = want.class.map(ErrorClass::as_str);
        if is_from_page != class.is_none() || page_error.as_deref() != class {
            found.push(format!("text from {source}, page_error {page_error:?}"));
        }
    }
    found
}
