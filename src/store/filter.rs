//! Which articles a reader wants.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    query::{AnyOf, Search},
    row::{Bind, time_text},
};

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
    /// Found by this search.
    pub search: Option<Search>,
    /// As the articles were when the change feed stood at this cursor: title, text and what follows
    /// from them; those that came later are not there. All else is as it is now, and so is what
    /// `search` and the other filters look at.
    pub as_of: Option<i64>,
    /// At most so many.
    pub limit: Option<u32>,
}

impl ArticleFilter {
    /// The feeds that flags and search name.
    pub(super) fn feeds(&self) -> impl Iterator<Item = &str> {
        let searched = self.search.iter().flat_map(Search::feeds);
        self.feed
            .as_deref()
            .into_iter()
            .chain(searched.map(|(feed, _)| feed))
    }

    /// What is asked of an article, by flags and in the search; of each clause one wish must hold.
    pub(super) fn clauses(&self) -> impl Iterator<Item = Vec<Wish>> {
        let searched = self.search.iter().flat_map(|search| &search.wishes);
        let searched = searched.filter(|clause| !clause.is_not);
        self.wishes()
            .map(|wish| vec![wish])
            .chain(searched.map(|clause| clause.any.clone()))
    }

    fn wishes(&self) -> impl Iterator<Item = Wish> {
        [
            self.feed.clone().map(Wish::Feed),
            self.tag.clone().map(Wish::Tag),
            self.language.clone().map(Wish::Language),
            self.since.map(Wish::Since),
            self.until.map(Wish::Until),
        ]
        .into_iter()
        .flatten()
    }
}

/// One thing that is asked of an article, by a flag or in a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// Listed by this feed: its name, id or address.
    Feed(String),
    Tag(String),
    Language(String),
    Since(DateTime<Utc>),
    Until(DateTime<Utc>),
}

/// The feeds that keys of a filter stand for; a key that stands for none is not among them, and
/// nothing is found for it.
pub(super) type FeedIds = BTreeMap<String, i64>;

impl Wish {
    /// A condition of SQL, each `?` of which stands for the value.
    pub(super) fn sql(&self, feeds: &FeedIds) -> (&'static str, Bind<'static>) {
        match self {
            Self::Feed(key) => (
                "EXISTS (SELECT 1 FROM listings l WHERE l.article_id = a.id AND l.feed_id = ?)",
                feeds.get(key).copied().unwrap_or(-1).into(),
            ),
            Self::Tag(tag) => (
                "(EXISTS (SELECT 1 FROM json_each(a.tags) WHERE value = ? COLLATE NOCASE)
                 OR EXISTS (SELECT 1 FROM listings l JOIN feeds f ON f.id = l.feed_id,
                   json_each(f.tags) t WHERE l.article_id = a.id AND t.value = ? COLLATE NOCASE))",
                tag.clone().into(),
            ),
            Self::Language(language) => (
                "(lower(a.language) = ? OR substr(lower(a.language), 1, length(?) + 1) = ? || '-')",
                language.to_lowercase().replace('_', "-").into(),
            ),
            Self::Since(since) => ("a.first_seen_at >= ?", time_text(*since).into()),
            Self::Until(until) => ("a.first_seen_at < ?", time_text(*until).into()),
        }
    }
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
        let part = self.bound(sql, value.into());
        self.parts.push(part);
    }

    /// Adds conditions one of which must hold, or none of them with `is_not`.
    pub(super) fn and_any(
        &mut self,
        any: impl IntoIterator<Item = (&'static str, Bind<'static>)>,
        is_not: bool,
    ) {
        let any: Vec<String> = any
            .into_iter()
            .map(|(sql, value)| self.bound(sql, value))
            .collect();
        // What is not known, such as the language, is not what was asked for.
        let holds = if is_not { " IS NOT TRUE" } else { "" };
        self.parts.push(format!("({}){holds}", any.join(" OR ")));
    }

    /// Adds that a row is among those that one of the queries finds, or with `is_not` among none of them.
    pub(super) fn and_in(
        &mut self,
        id: &str,
        queries: impl IntoIterator<Item = (String, Bind<'static>)>,
        is_not: bool,
    ) {
        let queries: Vec<String> = queries
            .into_iter()
            .map(|(sql, value)| self.bound(&sql, value))
            .collect();
        let not = if is_not { "NOT " } else { "" };
        // The sign keeps the planner from beginning here.
        self.parts
            .push(format!("+{id} {not}IN ({})", queries.join(" UNION ")));
    }

    fn bound(&mut self, sql: &str, value: Bind<'static>) -> String {
        self.binds.push(value);
        let place = format!("?{}", self.binds.len());
        sql.replace('?', &place)
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

    /// The condition of a filter, of its search only what stands in no full-text table.
    pub(super) fn of(filter: &ArticleFilter, feeds: &FeedIds) -> Self {
        let mut condition = Self::default();
        for wish in filter.wishes() {
            condition.and_any([wish.sql(feeds)], false);
        }
        if let Some(search) = &filter.search {
            for AnyOf { any, is_not } in &search.wishes {
                condition.and_any(any.iter().map(|wish| wish.sql(feeds)), *is_not);
            }
            for AnyOf { any, is_not } in &search.parts {
                condition.and_any(any.iter().map(part_sql), *is_not);
            }
        }
        condition
    }
}

/// A condition for a term that is too short for the trigram table.
fn part_sql(part: &super::typed::Term) -> (&'static str, Bind<'static>) {
    let sql = if part.is_title {
        "instr(coalesce(a.title, ''), ?) > 0"
    } else {
        "instr(a.text, ?) > 0 OR instr(coalesce(a.title, ''), ?) > 0"
    };
    (sql, part.text.clone().into())
}
