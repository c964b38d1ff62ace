//! Keeps the full-text tables in step with the articles.
//!
//! FTS5 writes a segment at each savepoint, and SQLite opens one for most statements; so the
//! tables are brought up to date once a transaction, after its last job, in one segment.

use std::collections::BTreeMap;

use super::{
    row::{Statements as _, bind},
    work::{Done, Work},
};
use crate::text::has_byte;

/// What the full-text tables hold of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indexed {
    pub(super) title: Option<String>,
    pub(super) text: String,
    pub(super) is_unspaced: bool,
}

/// Articles that changed in this transaction, with what the tables hold of them still.
#[derive(Debug, Default)]
pub(super) struct Outdated {
    articles: BTreeMap<i64, Option<Indexed>>,
    order: Vec<i64>,
}

impl Outdated {
    /// Notes that an article changes; `indexed` is its state before. Only the first note of a
    /// transaction counts: later states never reached the tables.
    pub(super) fn note(&mut self, article: i64, indexed: Option<Indexed>) {
        self.articles.entry(article).or_insert_with(|| {
            self.order.push(article);
            indexed
        });
    }

    /// The article came in this transaction.
    pub(super) fn is_new(&self, article: i64) -> bool {
        matches!(self.articles.get(&article), Some(None))
    }

    /// Where a job begins.
    pub(super) fn mark(&self) -> usize {
        self.order.len()
    }

    /// Drops what was noted since the mark, with the job that was rolled back.
    pub(super) fn rewind(&mut self, mark: usize) {
        for article in self.order.drain(mark.min(self.order.len())..) {
            self.articles.remove(&article);
        }
    }
}

/// Brings the tables up to date with the articles as they are now.
pub(super) fn bring_up_to_date(work: &mut Work<'_>) -> Done<()> {
    let outdated = std::mem::take(&mut work.outdated);
    // In the order of the ids, because FTS5 writes a segment when a smaller rowid comes.
    for (article, indexed) in outdated.articles {
        if let Some(indexed) = indexed {
            remove(work, article, &indexed)?;
        }
        if let Some(current) = indexed_now(work, article)? {
            add(work, article, &current)?;
        }
    }
    Ok(())
}

/// What the tables ought to hold of an article.
pub(super) fn indexed_now(work: &Work<'_>, article: i64) -> Done<Option<Indexed>> {
    Ok(work.first(
        "SELECT title, text, is_unspaced FROM articles WHERE id = ?1",
        &bind![article],
        |row| {
            Ok(Indexed {
                title: row.get(0)?,
                text: row.get(1)?,
                is_unspaced: row.get(2)?,
            })
        },
    )?)
}

fn add(work: &Work<'_>, article: i64, current: &Indexed) -> Done<()> {
    let binds = bind![article, current.title.as_ref(), &current.text];
    work.run(
        "INSERT INTO articles_fts (rowid, title, text) VALUES (?1, ?2, ?3)",
        &binds,
    )?;
    if current.is_unspaced {
        work.run(
            "INSERT INTO articles_fts_cjk (rowid, title, text) VALUES (?1, ?2, ?3)",
            &binds,
        )?;
    }
    Ok(())
}

fn remove(work: &Work<'_>, article: i64, indexed: &Indexed) -> Done<()> {
    let binds = bind![article, indexed.title.as_ref(), &indexed.text];
    work.run(
        "INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', ?1, ?2, ?3)",
        &binds,
    )?;
    if indexed.is_unspaced {
        work.run(
            "INSERT INTO articles_fts_cjk (articles_fts_cjk, rowid, title, text)
             VALUES ('delete', ?1, ?2, ?3)",
            &binds,
        )?;
    }
    Ok(())
}

/// Whether a text has a script that is written without spaces between words, so that it also
/// stands in the trigram table: Han, kana, Thai, Lao, Myanmar, Khmer, Tibetan.
pub(super) fn has_unspaced_script(text: &str) -> bool {
    // All of them take three bytes or more in UTF-8.
    has_byte(text, |byte| byte >= 0xe0) && text.chars().any(is_unspaced)
}

/// See [`has_unspaced_script`]. Hangul is written with spaces.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}'
        | '\u{0F00}'..='\u{0FFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}'
        | '\u{20000}'..='\u{3FFFF}')
}
