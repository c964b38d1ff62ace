//! Labels: what filters ask of an article, in a full-text table, so that the articles of a rare tag,
//! language or feed are found without a walk through all others.
//!
//! **Invariant:** an article has all labels that fit it; it may have more, of what it was before. So whoever
//! finds one looks at the article itself, and whoever finds none need not look.

use std::{cell::RefCell, collections::BTreeMap};

use rusqlite::Connection;

use super::{
    filter::{FeedIds, Wish},
    row::{Statements as _, bind},
    work::{Done, Work},
};
use crate::text::storable;

/// Hexadecimal digits of a label (`0005_labels.sql` says the same).
const DIGITS: usize = 60;

/// The label of texts with a script that is written without spaces.
pub(super) const UNSPACED: &str = "u";

/// Feeds of a tag that are looked up one by one: each costs a few microseconds. A tag of more is not rare.
const FEEDS_OF_A_TAG: i64 = 200;

/// Articles whose labels this transaction changes.
#[derive(Debug, Default)]
pub(super) struct Relabelled(RefCell<BTreeMap<i64, Option<String>>>);

impl Relabelled {
    /// The article is new, or has a label that it had not.
    pub(super) fn note(&self, article: i64) {
        self.0.borrow_mut().entry(article).or_default();
    }
}

/// Before an article goes: the table has these labels of it.
pub(super) fn note_removal(work: &Work<'_>, article: i64) -> Done<()> {
    // A new one has none yet: they come at the end of the transaction.
    if !work.outdated.is_new(article) {
        let labels = labels_now(work, article)?;
        work.relabelled.0.borrow_mut().insert(article, labels);
    }
    Ok(())
}

fn labels_now(work: &Work<'_>, article: i64) -> Done<Option<String>> {
    Ok(work.first(
        "SELECT labels FROM articles_labelled WHERE id = ?1",
        &bind![article],
        |row| row.get(0),
    )?)
}

/// Brings the table up to date, once a transaction: FTS5 writes a segment each time. What a job noted that
/// was rolled back is asked of the articles as they are now.
pub(super) fn bring_up_to_date(work: &Work<'_>) -> Done<()> {
    for (article, removed) in work.relabelled.0.take() {
        let n_labelled = work.run(
            "INSERT INTO article_labels (rowid, labels)
             SELECT id, labels FROM articles_labelled WHERE id = ?1",
            &bind![article],
        )?;
        if let (0, Some(labels)) = (n_labelled, removed) {
            work.run(
                "INSERT INTO article_labels (article_labels, rowid, labels)
                 VALUES ('delete', ?1, ?2)",
                &bind![article, labels],
            )?;
        }
    }
    Ok(())
}

/// A query of FTS5 for the articles that may fulfil one of the wishes; `None`: one of them has no label, or
/// too many.
pub(super) fn query(
    connection: &Connection,
    any: &[Wish],
    feeds: &FeedIds,
) -> Done<Option<String>> {
    let mut words = Vec::new();
    for wish in any {
        match wish {
            Wish::Feed(key) => words.push(of_feed(feeds.get(key).copied().unwrap_or(-1))),
            Wish::Language(language) => words.push(of_language(language)),
            Wish::Tag(tag) => {
                words.push(format!("t{}", digits(&storable(tag))));
                let listing = feeds_with(connection, tag)?;
                if i64::try_from(listing.len()).unwrap_or(i64::MAX) > FEEDS_OF_A_TAG {
                    return Ok(None);
                }
                words.extend(listing.into_iter().map(of_feed));
            }
            Wish::Since(_) | Wish::Until(_) => return Ok(None),
        }
    }
    Ok(Some(format!("({})", words.join(" OR "))))
}

fn feeds_with(connection: &Connection, tag: &str) -> Done<Vec<i64>> {
    Ok(connection.all(
        "SELECT f.id FROM feeds f WHERE EXISTS
           (SELECT 1 FROM json_each(f.tags) WHERE value = ?1 COLLATE NOCASE) LIMIT ?2 + 1",
        &bind![tag, FEEDS_OF_A_TAG],
        |row| row.get(0),
    )?)
}

/// The label of what a feed lists. No feed has the number zero, so no article that label.
pub(super) fn of_feed(feed: i64) -> String {
    format!("f{}", feed.max(0))
}

/// `en` finds `en-GB` too, so all have a label of their first part; what asks for more is rarer.
fn of_language(language: &str) -> String {
    let language = language.to_lowercase().replace('_', "-");
    if language.contains('-') {
        format!("l{}*", digits(&language))
    } else {
        format!("p{}", digits(&language))
    }
}

fn digits(text: &str) -> String {
    text.bytes()
        .map(|byte| byte.to_ascii_lowercase())
        .flat_map(|byte| [byte >> 4, byte & 15])
        .take(DIGITS)
        .filter_map(|half| char::from_digit(u32::from(half), 16))
        .collect()
}
