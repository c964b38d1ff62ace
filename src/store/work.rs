//! The writer's open transaction, as its jobs see it.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::{
    error::Fault,
    fulltext::Outdated,
    label::Relabelled,
    row::{Statements, bind, time_text},
    window::Window,
};
use crate::model::{AgencyRule, ChangeKind, NearRule, PlaceRule};

/// What is asked of an older and a newer text.
pub type ChurnRule = fn(&str, &str) -> bool;

/// The decisions that are not the store's own.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The rule of the same article.
    pub place: PlaceRule,
    /// Tells near-duplicates for stories.
    pub near: NearRule,
    /// Tells counters, stamps and teasers from edits.
    pub churn: ChurnRule,
    /// Tells a page that is no longer the article's.
    pub unlike: ChurnRule,
    /// Finds the mark of the news agency that wrote a text.
    pub agency: AgencyRule,
}

/// What a job works with: the connection inside its transaction, the time, the rules.
#[derive(Debug)]
pub(super) struct Work<'c> {
    pub(super) connection: &'c Connection,
    pub(super) now: DateTime<Utc>,
    pub(super) rules: Rules,
    /// What is compared with new texts; outlives the transaction.
    pub(super) window: &'c RefCell<Window>,
    /// Full-text rows to be brought up to date before the commit.
    pub(super) outdated: Outdated,
    /// Articles whose labels are brought up to date before the commit.
    pub(super) relabelled: Relabelled,
}

/// What a job comes to.
pub(super) type Done<T> = Result<T, Fault>;

impl Statements for Work<'_> {
    fn connection(&self) -> &Connection {
        self.connection
    }
}

impl Work<'_> {
    pub(super) fn now_text(&self) -> String {
        time_text(self.now)
    }

    /// Appends to the change feed; the new cursor.
    pub(super) fn change(&self, article: i64, revision: i64, kind: ChangeKind) -> Done<i64> {
        self.run(
            "INSERT INTO changes (article_id, revision, kind, at) VALUES (?1, ?2, ?3, ?4)",
            &bind![article, revision, kind.as_str(), self.now],
        )?;
        Ok(self.connection.last_insert_rowid())
    }
}
