//! The bounds of a next poll, gathered.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::span;
use crate::model::Bound;

/// Lower bounds of the next poll; the latest of them sets it.
#[derive(Debug)]
pub(super) struct Bounds {
    now: DateTime<Utc>,
    list: Vec<Bound>,
}

impl Bounds {
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            list: Vec::new(),
        }
    }

    /// No poll for `wait` from now.
    pub(super) fn wait(&mut self, origin: &str, wait: Duration, detail: impl Into<String>) {
        self.until(origin, span::after(self.now, wait), detail);
    }

    /// No poll before `not_before`.
    pub(super) fn until(
        &mut self,
        origin: &str,
        not_before: DateTime<Utc>,
        detail: impl Into<String>,
    ) {
        self.list.push(Bound {
            origin: origin.to_owned(),
            not_before,
            detail: detail.into(),
        });
    }

    /// No poll before `not_before`, and a wish that reaches past `most` from now counts as `most`.
    /// Says nothing of a time that is past.
    pub(super) fn wish(
        &mut self,
        origin: &str,
        not_before: DateTime<Utc>,
        most: Duration,
        mut detail: String,
    ) {
        if not_before <= self.now {
            return;
        }
        let latest = span::after(self.now, most);
        if not_before > latest {
            detail = format!("{detail}, capped at {}", span::spell(most));
        }
        self.until(origin, not_before.min(latest), detail);
    }

    /// The latest of all bounds; now when there is none.
    pub(super) fn latest(&self) -> DateTime<Utc> {
        self.list
            .iter()
            .map(|bound| bound.not_before)
            .fold(self.now, DateTime::max)
    }

    pub(super) fn into_list(self) -> Vec<Bound> {
        self.list
    }
}
