//! Articles as they were when the change feed stood at a cursor.
//!
//! Told are title, text and what follows from them, by revision and change. What is kept of the
//! present only (feeds, tags, authors, flags, the story) stays as it is now, and an article that
//! was taken out since cannot be told of.

use rusqlite::Connection;

use super::{
    error::Fault,
    row::{Statements as _, bind},
    rows::ArticleRow,
    work::Done,
};
use crate::text::count_words;

/// The newest article there was at the cursor; 0 when there was none. Articles are numbered in
/// the order of their first changes, so all that came later stand above it.
///
/// # Errors
/// `Request` for a cursor that was not given out yet: what is asked of it now would be answered
/// otherwise later.
pub(super) fn newest_article(connection: &Connection, cursor: i64) -> Done<i64> {
    let last = connection.number(
        "SELECT seq FROM sqlite_sequence WHERE name = 'changes'",
        &[],
    )?;
    if cursor > last {
        return Err(Fault::Request(format!(
            "the change feed stands at cursor {last} and has not come to {cursor} yet"
        )));
    }
    Ok(connection.number(
        "SELECT article_id FROM changes WHERE kind = 'new' AND cursor <= ?1
         ORDER BY cursor DESC LIMIT 1",
        &bind![cursor],
    )?)
}

/// Makes the article what it was then; `None` when it was taken out meanwhile.
pub(super) fn turn_back(
    connection: &Connection,
    mut article: ArticleRow,
    cursor: i64,
) -> Done<Option<ArticleRow>> {
    let change: Option<(i64, i64, String)> = connection.first(
        "SELECT cursor, revision, at FROM changes WHERE article_id = ?1 AND cursor <= ?2
         ORDER BY cursor DESC LIMIT 1",
        &bind![article.id, cursor],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let Some((at_cursor, revision, at)) = change else {
        return Ok(None);
    };
    if revision != article.revision {
        let then: Option<(Option<String>, String, String)> = connection.first(
            "SELECT title, text, content_hash FROM v1_revisions
             WHERE article_id = ?1 AND revision = ?2",
            &bind![article.id, revision],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let Some((title, text, content_hash)) = then else {
            return Ok(None);
        };
        article.word_count = count_words(&text).into();
        (article.title, article.text, article.content_hash) = (title, text, content_hash);
    }
    article.cursor = at_cursor;
    article.revision = revision;
    article.changed_at = at;
    Ok(Some(article))
}
