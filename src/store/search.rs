//! Full-text search.

use rusqlite::Connection;

use super::{
    filter::{ArticleFilter, Condition, FeedIds},
    narrow::narrow,
    query::{Aside, Table},
    row::{Bind, Statements as _},
    rows::{FromView as _, SearchHit},
    work::Done,
};

/// Hits when no limit is given.
const LIMIT: u32 = 100;

/// Matches that are ranked when nothing but the query chooses: of more than these, the newest.
/// Ranking costs about a microsecond a match, and the best of a million texts with a word that
/// everybody uses are no better than the best of the newest.
const RANKED: u32 = 50_000;

/// Words of a snippet around a hit; a trigram table counts characters.
const SNIPPET_WORDS: i64 = 24;
const SNIPPET_TRIGRAMS: i64 = 48;

const COLUMNS: &str = "a.id, a.cursor, a.url, a.feed_id,
    (SELECT coalesce(f.name, f.url) FROM feeds f WHERE f.id = a.feed_id) AS feed, a.title,
    a.published_at, a.first_seen_at, a.language, a.word_count, a.story_id";

/// Which hits come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SearchSort {
    /// The best (BM25, words of the title count four times).
    #[default]
    Rank,
    /// The latest, by when feedmill saw them.
    Date,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The hits, in the order that was asked for.
    pub hits: Vec<SearchHit>,
    /// So many articles have what was looked for, the newest, were ranked; older ones have it too.
    /// `None`: all were ranked.
    pub ranked: Option<u32>,
}

/// The articles of a filter, as SQL.
#[derive(Debug)]
pub(super) struct Selection {
    start: Start,
    pub(super) condition: Condition,
}

/// Where the articles of a selection are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// In a full-text table.
    Table(Table),
    /// In the table of labels.
    Labels,
    /// Among all articles, by when they came.
    Times,
    /// Among all articles, by their numbers.
    Ids,
}

/// How many articles of a selection are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The latest few.
    Latest,
    /// All of them.
    All,
}

impl Selection {
    /// The articles of a filter, narrowed to those that need to be looked at.
    pub(super) fn narrowed(
        connection: &Connection,
        filter: &ArticleFilter,
        feeds: &FeedIds,
        wanted: Wanted,
    ) -> Done<Self> {
        let mut selection = Self::of(filter, feeds);
        let is_all = wanted == Wanted::All;
        let id = selection.id();
        let narrowed = narrow(
            connection,
            (filter, feeds),
            &mut selection.condition,
            (id, is_all),
        )?;
        match (selection.start, narrowed.labels) {
            // Asked of the article, each wish would read its row for every hit.
            (Start::Table(table), Some(labels)) if narrowed.is_rare => {
                let sql = format!(
                    "+{}.rowid IN (SELECT rowid FROM article_labels WHERE article_labels MATCH ?)",
                    table.name()
                );
                selection.condition.and(&sql, labels);
            }
            (Start::Table(_), _) => {}
            (_, Some(labels)) if narrowed.is_rare || !narrowed.is_long => {
                selection.start = Start::Labels;
                selection.condition.and("article_labels MATCH ?", labels);
            }
            _ if narrowed.is_long => selection.start = Start::Times,
            _ => {}
        }
        Ok(selection)
    }

    fn of(filter: &ArticleFilter, feeds: &FeedIds) -> Self {
        let mut condition = Condition::of(filter, feeds);
        let mut start = Start::Ids;
        if let Some(search) = &filter.search {
            let name = search.table.name();
            match (&search.wanted, &search.unwanted) {
                (Some(wanted), unwanted) => {
                    start = Start::Table(search.table);
                    let matching = unwanted.as_ref().map_or_else(
                        || wanted.clone(),
                        |unwanted| format!("({wanted}) NOT ({unwanted})"),
                    );
                    condition.and(&format!("{name} MATCH ?"), matching);
                }
                (None, Some(unwanted)) => condition.and(
                    &format!("a.id NOT IN (SELECT rowid FROM {name} WHERE {name} MATCH ?)"),
                    unwanted.clone(),
                ),
                (None, None) => {}
            }
        }
        let mut selection = Self { start, condition };
        for aside in filter.search.iter().flat_map(|search| &search.asides) {
            selection.and_aside(aside);
        }
        selection
    }

    /// What this table alone cannot answer.
    fn and_aside(&mut self, aside: &Aside) {
        let asked = [
            (Table::Words, &aside.words),
            (Table::Trigrams, &aside.trigrams),
        ];
        let queries = asked.into_iter().filter_map(|(table, matching)| {
            let name = table.name();
            let sql = format!("SELECT rowid FROM {name} WHERE {name} MATCH ?");
            Some((sql, matching.clone()?.into()))
        });
        let id = self.id();
        self.condition.and_in(id, queries, aside.is_not);
    }

    fn table(&self) -> Option<Table> {
        match self.start {
            Start::Table(table) => Some(table),
            Start::Labels | Start::Times | Start::Ids => None,
        }
    }

    /// What stands behind `FROM`; `articles` is the table or view that `a.` means. A full-text
    /// table gives its rows in the order that is asked for, so it stands first.
    pub(super) fn from(&self, articles: &str) -> String {
        let name = match self.start {
            Start::Table(table) => table.name(),
            Start::Labels => "article_labels",
            Start::Times | Start::Ids => return format!("{articles} a"),
        };
        format!("{name} CROSS JOIN {articles} a ON a.id = {name}.rowid")
    }

    /// The column to order by article and to go on from one.
    pub(super) const fn id(&self) -> &'static str {
        match self.start {
            Start::Table(Table::Words) => "articles_fts.rowid",
            Start::Table(Table::Trigrams) => "articles_fts_cjk.rowid",
            Start::Labels => "article_labels.rowid",
            Start::Times | Start::Ids => "a.id",
        }
    }

    /// What stands behind `ORDER BY` for the latest first. By numbers and by times that is the same, but
    /// where a clock was put back.
    pub(super) const fn latest_first(&self) -> &'static str {
        match self.start {
            Start::Table(Table::Words) => "articles_fts.rowid DESC",
            Start::Table(Table::Trigrams) => "articles_fts_cjk.rowid DESC",
            Start::Labels => "article_labels.rowid DESC",
            Start::Times => "a.first_seen_at DESC, a.id DESC",
            Start::Ids => "a.id DESC",
        }
    }
}

impl Table {
    const fn name(self) -> &'static str {
        match self {
            Self::Words => "articles_fts",
            Self::Trigrams => "articles_fts_cjk",
        }
    }

    fn snippet(self) -> String {
        let (name, n_tokens) = match self {
            Self::Words => (self.name(), SNIPPET_WORDS),
            Self::Trigrams => (self.name(), SNIPPET_TRIGRAMS),
        };
        format!("snippet({name}, 1, '[', ']', '…', {n_tokens})")
    }
}

/// The hits of a filter's search; without one the articles of the filter, the latest first.
pub(super) fn search(
    connection: &Connection,
    filter: &ArticleFilter,
    feeds: &FeedIds,
    sort: SearchSort,
) -> Done<Found> {
    let mut selection = Selection::narrowed(connection, filter, feeds, Wanted::Latest)?;
    let limit = filter.limit.unwrap_or(LIMIT);
    let Some(table) = selection.table() else {
        let hits = without_table(connection, filter, selection, limit)?;
        return Ok(Found { hits, ranked: None });
    };
    let is_by_rank = sort == SearchSort::Rank;
    let floor = if is_by_rank && Condition::of(filter, feeds).is_empty() {
        newest_left_out(connection, table, &selection.condition)?
    } else {
        None
    };
    let name = table.name();
    if let Some(floor) = floor {
        selection.condition.and(&format!("{name}.rowid > ?"), floor);
    }
    // FTS5 gives its hits in either order, so only those shown are looked at closer.
    let order = if is_by_rank { "rank" } else { "rowid DESC" };
    let sql = format!(
        "SELECT {name}.rank AS rank, {} AS snippet, {COLUMNS} FROM {} WHERE {}
         ORDER BY {name}.{order} LIMIT {limit}",
        table.snippet(),
        selection.from("articles"),
        selection.condition.sql()
    );
    let hits = connection.all(&sql, selection.condition.binds(), SearchHit::from_view)?;
    Ok(Found {
        hits,
        ranked: floor.map(|_| RANKED),
    })
}

/// The newest match that is too old to be ranked; `None` when all are.
fn newest_left_out(
    connection: &Connection,
    table: Table,
    matching: &Condition,
) -> Done<Option<i64>> {
    let name = table.name();
    Ok(connection.first(
        &format!(
            "SELECT rowid FROM {name} WHERE {} ORDER BY rowid DESC LIMIT 1 OFFSET {RANKED}",
            matching.sql()
        ),
        matching.binds(),
        |row| row.get(0),
    )?)
}

/// Terms of one or two characters are in no trigram, and filters are in no table: the latest
/// articles are read until there are enough hits.
fn without_table(
    connection: &Connection,
    filter: &ArticleFilter,
    mut selection: Selection,
    limit: u32,
) -> Done<Vec<SearchHit>> {
    let parts = filter.search.iter().flat_map(|search| &search.parts);
    let shown = parts
        .filter(|clause| !clause.is_not)
        .find_map(|clause| clause.any.first());
    let is_unspaced = if shown.is_some() {
        "a.is_unspaced = 1 AND"
    } else {
        ""
    };
    let shown: Bind<'static> = shown
        .map(|part| part.text.clone())
        .unwrap_or_default()
        .into();
    selection.condition.and("? IS NOT NULL", shown);
    let place = selection.condition.binds().len();
    let sql = format!(
        "SELECT 0.0 AS rank, iif(?{place} = '',
             substr(a.text, 1, 160) || iif(length(a.text) > 160, '…', ''),
             replace(substr(a.text, max(1, instr(a.text, ?{place}) - 24), 72),
               ?{place}, '[' || ?{place} || ']')) AS snippet,
           {COLUMNS}
         FROM {} WHERE {is_unspaced} {} ORDER BY {} LIMIT {limit}",
        selection.from("articles"),
        selection.condition.sql(),
        selection.latest_first()
    );
    let binds = selection.condition.binds();
    Ok(connection.all(&sql, binds, SearchHit::from_view)?)
}
