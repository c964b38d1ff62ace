//! Which articles a reader wants.

use chrono::{DateTime, Utc};

use super::row::{Bind, time_text};

/// Which articles; all parts must hold. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleFilter {
    /// Listed by this feed: its name, id or address.
    pub feed: Option<String>,
    /// Carries this tag itself, or is listed by a feed that does.
    pub tag: Option<String>,
    /// In this language; `en` takes `en-GB` too.
    pub language: Option<String>,
    /// First seen at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// First seen before this time.
    pub until: Option<DateTime<Utc>>,
    /// At most so many.
    pub limit: Option<u32>,
}

/// A condition of SQL with its values; column `a.` stands for `articles` or `v1_articles`.
#[derive(Debug, Default)]
pub(super) struct Condition {
    parts: Vec<String>,
    binds: Vec<Bind<'static>>,
}

impl Condition {
    /// Adds a condition, each `?` of which stands for the value.
    pub(super) fn and(&mut self, sql: &str, value: impl Into<Bind<'static>>) {
        self.binds.push(value.into());
        let place = format!("?{}", self.binds.len());
        self.parts.push(sql.replace('?', &place));
    }

    /// Whether everything fulfils it.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The condition as it stands behind `WHERE`.
    pub(super) fn sql(&self) -> String {
        if self.parts.is_empty() {
            "1".to_owned()
        } else {
            self.parts.join(" AND ")
        }
    }

    pub(super) fn binds(&self) -> &[Bind<'static>] {
        &self.binds
    }

    /// The condition of a filter. `feeds` are the feeds its key stands for: `None` when it names
    /// none, so that nothing is found.
    pub(super) fn of(filter: &ArticleFilter, feed: Option<i64>) -> Self {
        let mut condition = Self::default();
        if filter.feed.is_some() {
            condition.and(
                "EXISTS (SELECT 1 FROM listings l WHERE l.article_id = a.id AND l.feed_id = ?)",
                feed.unwrap_or(-1),
            );
        }
        if let Some(tag) = &filter.tag {
            condition.and(
                "(EXISTS (SELECT 1 FROM json_each(a.tags) WHERE value = ? COLLATE NOCASE)
                 OR EXISTS (SELECT 1 FROM listings l JOIN feeds f ON f.id = l.feed_id,
                   json_each(f.tags) t WHERE l.article_id = a.id AND t.value = ? COLLATE NOCASE))",
                tag.clone(),
            );
        }
        if let Some(language) = &filter.language {
            condition.and(
                "(lower(a.language) = ? OR substr(lower(a.language), 1, length(?) + 1) = ? || '-')",
                language.to_lowercase(),
            );
        }
        if let Some(since) = filter.since {
            condition.and("a.first_seen_at >= ?", time_text(since));
        }
        if let Some(until) = filter.until {
            condition.and("a.first_seen_at < ?", time_text(until));
        }
        condition
    }
}
