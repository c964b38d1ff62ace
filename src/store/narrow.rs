//! Which articles need to be looked at: what a filter asks is looked up where that is cheaper than a walk
//! through all articles, the latest first.
//!
//! **Invariant:** narrowing leaves out no article that the condition of the filter lets through; the
//! condition itself is asked of each in any case.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::{
    filter::{ArticleFilter, Condition, FeedIds, Wish},
    fulltext::is_unspaced,
    label,
    row::{Statements as _, bind, time_text},
    typed::Term,
    work::Done,
};

/// A label with fewer articles is rare: to look at all of them costs some ten milliseconds. Of one that is not
/// rare the wanted ones are found soon, in whatever order is asked.
const RARE: i64 = 5_000;

/// Articles of a time of which the first and the last are looked up: a millisecond.
const BRIEF: i64 = 20_000;

/// What is known of the articles that a filter lets through.
#[derive(Debug, Default)]
pub(super) struct Narrowed {
    /// They are among those that this finds in `article_labels`.
    pub(super) labels: Option<String>,
    /// Those are few.
    pub(super) is_rare: bool,
    /// They came within a time in which many came.
    pub(super) is_long: bool,
}

/// When the articles of a filter came, as it is stored.
#[derive(Debug)]
struct Times {
    since: Option<String>,
    until: Option<String>,
}

impl Times {
    fn of(filter: &ArticleFilter) -> Option<Self> {
        let (mut since, mut until): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = (None, None);
        for clause in filter.clauses() {
            match clause.as_slice() {
                [Wish::Since(at)] => since = since.max(Some(*at)),
                [Wish::Until(at)] => until = Some(until.map_or(*at, |known| known.min(*at))),
                _ => {}
            }
        }
        (since.is_some() || until.is_some()).then(|| Self {
            since: since.map(time_text),
            until: until.map(time_text),
        })
    }

    /// The lowest and the highest number of their articles, if at most so many came in that time. Numbers
    /// and times rise together but where a clock was put back, so all of them are asked.
    fn ids(&self, connection: &Connection, most: i64) -> Done<Option<(i64, i64)>> {
        let found: Option<(i64, i64, i64)> = connection.first(
            "SELECT count(*), coalesce(min(id), 1), coalesce(max(id), 0) FROM
               (SELECT id FROM articles INDEXED BY articles_first_seen
                WHERE first_seen_at >= coalesce(?1, '') AND first_seen_at < coalesce(?2, 'Z') LIMIT ?3)",
            &bind![self.since.as_ref(), self.until.as_ref(), most],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        Ok(found
            .filter(|(n, ..)| *n < most)
            .map(|(_, lowest, highest)| (lowest, highest)))
    }
}

/// A term too short for the trigram table is looked for in the texts, but only in those that have its script.
fn scripts(filter: &ArticleFilter) -> Option<String> {
    let parts = filter.search.iter().flat_map(|search| &search.parts);
    let is_in_script = |term: &Term| term.text.chars().any(is_unspaced);
    let mut wanted = parts.filter(|clause| !clause.is_not && clause.any.iter().all(is_in_script));
    wanted.next().map(|_| label::UNSPACED.to_owned())
}

/// Looks up what a filter asks. `id` is the column of the article's number; where all articles are wanted and
/// not the latest few, `is_all`, the time is looked up however long it is.
pub(super) fn narrow(
    connection: &Connection,
    (filter, feeds): (&ArticleFilter, &FeedIds),
    condition: &mut Condition,
    (id, is_all): (&str, bool),
) -> Done<Narrowed> {
    let mut narrowed = Narrowed::default();
    let mut ids = (0, i64::MAX);
    if let Some(times) = Times::of(filter) {
        let most = if is_all { i64::MAX } else { BRIEF };
        if let Some(found) = times.ids(connection, most)? {
            ids = found;
            condition.and(&format!("{id} >= ?"), ids.0);
            condition.and(&format!("{id} <= ?"), ids.1);
        } else {
            narrowed.is_long = true;
        }
    }
    let mut queries = Vec::new();
    for clause in filter.clauses() {
        queries.extend(label::query(connection, &clause, feeds)?);
    }
    queries.extend(scripts(filter));
    if queries.is_empty() {
        return Ok(narrowed);
    }
    let labels = queries.join(" AND ");
    let n_labelled = connection.number(
        "SELECT count(*) FROM (SELECT 1 FROM article_labels WHERE article_labels MATCH ?1
           AND rowid >= ?2 AND rowid <= ?3 LIMIT ?4)",
        &bind![&labels, ids.0, ids.1, RARE],
    )?;
    narrowed.is_rare = n_labelled < RARE;
    narrowed.labels = Some(labels);
    Ok(narrowed)
}
