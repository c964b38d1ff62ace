//! Reads the database for people and programs, without a daemon or beside one.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::Connection;

use super::{
    address::typed_match_form,
    as_of, backup,
    changes::{self, ChangeFilter, Looked},
    error::{FileName, StoreError},
    feeds, file,
    filter::{ArticleFilter, FeedIds},
    migrate::SCHEMA,
    raw,
    record::{FileUse, Pruning, RawArticle, RawPick},
    retention,
    row::{Bind, Statements as _, bind},
    rows::{
        ArticleRow, ChangeRow, FeedView, FetchRow, FromView, GapRow, HostRow, ListingRow, PollRow,
        QueueRow, RevisionRow,
    },
    search::{self, Found, SearchSort, Selection, Wanted},
    second_look::{Access, open_or_explain},
    site::{self, SiteKnowledge},
    stats::{self, StoreStats, Totals},
    verify,
    work::Done,
};
use crate::model::{ArticleId, FeedId, FeedMemory};

/// How long a reader waits where SQLite makes readers wait at all: while a log is recovered.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Articles an export holds in memory at once.
const EXPORT_PAGE: i64 = 200;

/// The database, opened for reading only. Each call sees the last commit; between two calls no
/// lock is held, so a reader that waits stands in nobody's way.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    file: FileName,
}

impl Reader {
    /// Opens the file of a running or stopped daemon; it is not changed.
    ///
    /// # Errors
    /// `Missing`, `Foreign`, `Newer`, `Older`, `Corrupt`, `Io`.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = FileName::new(path.to_owned(), BUSY_TIMEOUT);
        let connection = open_or_explain(&file, Access::Read, || connect(&file))?;
        Ok(Self { connection, file })
    }

    /// The file.
    pub fn path(&self) -> &PathBuf {
        &self.file.path
    }

    fn rows<T: FromView>(&self, sql: &str, binds: &[Bind<'_>]) -> Result<Vec<T>, StoreError> {
        self.connection
            .all(sql, binds, T::from_view)
            .map_err(|error| self.file.explain(self.file.sql_error("read", error)))
    }

    fn done<T>(&self, done: Done<T>) -> Result<T, StoreError> {
        done.map_err(|fault| self.file.explain(self.file.error("read", fault)))
    }

    /// The feeds that keys stand for.
    fn ids_of<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Result<FeedIds, StoreError> {
        let mut feeds = FeedIds::new();
        for key in keys {
            if let Some(feed) = self.feed(key)? {
                feeds.insert(key.to_owned(), feed.id);
            }
        }
        Ok(feeds)
    }

    fn selection(&self, filter: &ArticleFilter, wanted: Wanted) -> Result<Selection, StoreError> {
        let feeds = self.ids_of(filter.feeds())?;
        let narrowed = Selection::narrowed(&self.connection, filter, &feeds, wanted);
        let mut selection = self.done(narrowed)?;
        if let Some(cursor) = filter.as_of {
            let newest = as_of::newest_article(&self.connection, cursor);
            selection.condition.and("a.id <= ?", self.done(newest)?);
        }
        Ok(selection)
    }

    /// The articles as they were at the cursor, without those that were taken out since they were
    /// read; as they are when there is none.
    fn as_of(
        &self,
        articles: Vec<ArticleRow>,
        cursor: Option<i64>,
    ) -> Result<Vec<ArticleRow>, StoreError> {
        let Some(cursor) = cursor else {
            return Ok(articles);
        };
        articles
            .into_iter()
            .filter_map(|article| {
                let then = as_of::turn_back(&self.connection, article, cursor);
                self.done(then).transpose()
            })
            .collect()
    }

    /// Articles, the latest seen first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn articles(&self, filter: &ArticleFilter) -> Result<Vec<ArticleRow>, StoreError> {
        let selection = self.selection(filter, Wanted::Latest)?;
        let limit = filter.limit.map_or(-1, i64::from);
        let articles = self.rows(
            &format!(
                "SELECT a.* FROM {} WHERE {} ORDER BY {} LIMIT {limit}",
                selection.from("v1_articles"),
                selection.condition.sql(),
                selection.latest_first()
            ),
            selection.condition.binds(),
        )?;
        self.as_of(articles, filter.as_of)
    }

    /// One article by its id or by an address that leads to it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn article(&self, key: &str) -> Result<Option<ArticleRow>, StoreError> {
        let key = key.trim();
        let rows = if let Ok(id) = key.parse::<i64>() {
            self.rows("SELECT * FROM v1_articles WHERE id = ?1", &bind![id])?
        } else {
            let form = typed_match_form(key);
            self.rows(
                "SELECT * FROM v1_articles
                 WHERE id = (SELECT article_id FROM addresses WHERE match_url = ?1)",
                &bind![form],
            )?
        };
        Ok(rows.into_iter().next())
    }

    /// All revisions of an article, the first one first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn revisions(&self, article: i64) -> Result<Vec<RevisionRow>, StoreError> {
        self.rows(
            "SELECT * FROM v1_revisions WHERE article_id = ?1 ORDER BY revision",
            &bind![article],
        )
    }

    /// What was left out of a revision's text because its site repeats it, in the order of the page.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn left_out(&self, article: i64, revision: i64) -> Result<Vec<String>, StoreError> {
        self.done(site::left_out(&self.connection, article, revision))
    }

    /// Every place that lists an article, the first one first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn listings(&self, article: i64) -> Result<Vec<ListingRow>, StoreError> {
        self.rows(
            "SELECT * FROM v1_listings WHERE article_id = ?1 ORDER BY listed_at",
            &bind![article],
        )
    }

    /// Fetches of an article's page, the first one first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn fetches(&self, article: i64) -> Result<Vec<FetchRow>, StoreError> {
        self.rows(
            "SELECT * FROM v1_fetches WHERE article_id = ?1 ORDER BY id",
            &bind![article],
        )
    }

    /// One fetch.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn fetch(&self, fetch: i64) -> Result<Option<FetchRow>, StoreError> {
        let rows = self.rows("SELECT * FROM v1_fetches WHERE id = ?1", &bind![fetch])?;
        Ok(rows.into_iter().next())
    }

    /// The page that a fetch brought; `None`: it is not kept, or is not the one of the current text.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn raw_of_fetch(&self, fetch: i64) -> Result<Option<RawArticle>, StoreError> {
        self.done(raw::of_fetch(&self.connection, fetch))
    }

    /// Articles behind `after` with their raw pages, in the order of their ids, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn raw_articles(
        &self,
        pick: &RawPick,
        after: ArticleId,
        limit: u32,
    ) -> Result<Vec<RawArticle>, StoreError> {
        self.done(raw::after(&self.connection, pick, after.0, limit))
    }

    /// What is known of a site, with the latest `n_latest` articles of a feed that leads to it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn site_knowledge(
        &self,
        site: &str,
        feed: FeedId,
        n_latest: u32,
    ) -> Result<SiteKnowledge, StoreError> {
        self.done(site::knowledge(&self.connection, site, feed, n_latest))
    }

    /// How many articles a pruning would take out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_to_prune(&self, pruning: &Pruning) -> Result<usize, StoreError> {
        self.done(retention::count_to_prune(&self.connection, pruning))
    }

    /// How large the file is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn file_use(&self) -> Result<FileUse, StoreError> {
        self.done(retention::file_use(&self.connection))
    }

    /// Wanted changes after a cursor in commit order, at most `limit`. Looks through a bounded part
    /// of the feed and says how far, so that whoever follows it reads nothing twice and stands in
    /// nobody's way.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_changes(
        &self,
        since: i64,
        limit: u32,
        filter: &ChangeFilter,
    ) -> Result<Looked, StoreError> {
        let feeds = self.ids_of(filter.feed.as_deref())?;
        self.done(changes::next(
            &self.connection,
            (since, limit),
            filter,
            &feeds,
        ))
    }

    /// All wanted changes after a cursor in commit order, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn changes(
        &self,
        since: i64,
        limit: u32,
        filter: Option<&ChangeFilter>,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let all = ChangeFilter::default();
        let (mut since, mut changes) = (since, Vec::new());
        loop {
            let n_known = u32::try_from(changes.len()).unwrap_or(u32::MAX);
            let n_left = limit.saturating_sub(n_known);
            let looked = self.next_changes(since, n_left, filter.unwrap_or(&all))?;
            changes.extend(looked.changes);
            if looked.up_to == since {
                return Ok(changes);
            }
            since = looked.up_to;
        }
    }

    /// Hits of the filter's search with the passage where it was found. Scripts without spaces are
    /// searched by parts of words. A search without words lists what its filters let through, the
    /// latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn search(&self, filter: &ArticleFilter, sort: SearchSort) -> Result<Found, StoreError> {
        let feeds = self.ids_of(filter.feeds())?;
        self.done(search::search(&self.connection, filter, &feeds, sort))
    }

    /// Calls `each` with every article in the order of the ids until it says `false`. Only a few
    /// articles are held in memory, and no lock or snapshot is held meanwhile: articles that come
    /// while the export runs are exported too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn export(
        &self,
        filter: &ArticleFilter,
        each: &mut dyn FnMut(&ArticleRow) -> bool,
    ) -> Result<(), StoreError> {
        let mut selection = self.selection(filter, Wanted::All)?;
        let mut n_left = filter.limit.map_or(i64::MAX, i64::from);
        let id = selection.id();
        selection.condition.and(&format!("{id} > ?"), 0_i64);
        let place = selection.condition.binds().len();
        let sql = format!(
            "SELECT a.* FROM {} WHERE {} ORDER BY {id} LIMIT ?{}",
            selection.from("v1_articles"),
            selection.condition.sql(),
            place + 1
        );
        let mut last = 0;
        while n_left > 0 {
            let page = n_left.min(EXPORT_PAGE);
            let mut binds = selection.condition.binds().to_vec();
            binds.push(page.into());
            if let Some(after) = binds.get_mut(place - 1) {
                *after = Bind::Int(last);
            }
            let rows: Vec<ArticleRow> = self.rows(&sql, &binds)?;
            let Some(end) = rows.last().map(|row| row.id) else {
                return Ok(());
            };
            last = end;
            n_left -= page;
            if !self.as_of(rows, filter.as_of)?.iter().all(&mut *each) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// All feeds, removed ones last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn feeds(&self) -> Result<Vec<FeedView>, StoreError> {
        self.rows(
            "SELECT * FROM v1_feeds ORDER BY status = 'removed', id",
            &[],
        )
    }

    /// One feed by its name, id or address.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn feed(&self, key: &str) -> Result<Option<FeedView>, StoreError> {
        let key = key.trim();
        // A name may look like a number; a name is what a person chose.
        let found = self.rows(
            "SELECT * FROM v1_feeds WHERE name = ?1 OR url = ?1 OR current_url = ?1 OR id = ?2
             ORDER BY status = 'removed', name IS NOT ?1, url IS NOT ?1 LIMIT 1",
            &bind![key, key.parse::<i64>().ok()],
        )?;
        Ok(found.into_iter().next())
    }

    /// What a feed's next poll will be planned from, with the bounds that set its time.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn feed_memory(&self, feed: i64) -> Result<FeedMemory, StoreError> {
        let row = self.done(feeds::by_id(&self.connection, FeedId(feed)))?;
        Ok(row.map(|row| row.memory).unwrap_or_default())
    }

    /// Polls of a feed, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn polls(&self, feed: i64, limit: u32) -> Result<Vec<PollRow>, StoreError> {
        self.rows(
            "SELECT * FROM v1_polls WHERE feed_id = ?1 ORDER BY id DESC LIMIT ?2",
            &bind![feed, limit],
        )
    }

    /// What waits, the longest due first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn queue(&self, limit: u32) -> Result<Vec<QueueRow>, StoreError> {
        self.rows(
            "SELECT * FROM v1_queue ORDER BY not_before, id LIMIT ?1",
            &bind![limit],
        )
    }

    /// Polls that shared nothing with the one before, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn gaps(&self, limit: u32) -> Result<Vec<GapRow>, StoreError> {
        self.rows(
            "SELECT * FROM v1_gaps ORDER BY poll_id DESC LIMIT ?1",
            &bind![limit],
        )
    }

    /// Hosts, the latest day first, within a day those asked most.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn hosts(&self, limit: u32) -> Result<Vec<HostRow>, StoreError> {
        self.rows(
            "SELECT * FROM v1_hosts ORDER BY day DESC, requests DESC LIMIT ?1",
            &bind![limit],
        )
    }

    /// The store in four numbers.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn totals(&self) -> Result<Totals, StoreError> {
        self.done(stats::totals(&self.connection, &self.file))
    }

    /// Rows and sizes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn stats(&self) -> Result<StoreStats, StoreError> {
        self.done(stats::stats(&self.connection, &self.file))
    }

    /// Checks the file and what must hold in it; one line for each fault, none when all is well.
    /// Reads the whole file.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    pub fn verify(&self) -> Result<Vec<String>, StoreError> {
        let faults = self.done(verify::verify(&self.connection))?;
        if !faults.is_empty() {
            // What the disk does not give back stands among the faults as if the file were damaged.
            self.file.read_through()?;
        }
        Ok(faults)
    }

    /// Copies the database as it is at this moment, while it may be in use. The copy is one file;
    /// its next cursor is 2^32 higher, so that a restored copy never repeats a cursor that
    /// readers have seen.
    ///
    /// # Errors
    /// `Request` when there is a file at `to` already; `Io` or `Full` when it cannot be written.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        backup::backup(&self.connection, &self.file, to).map_err(|error| self.file.explain(error))
    }
}

fn connect(file: &FileName) -> Result<Connection, StoreError> {
    match file::inspect(file)? {
        file::Found::Ours { .. } => {}
        file::Found::Nothing | file::Found::Empty => {
            return Err(StoreError::Missing {
                path: file.path.clone(),
            });
        }
    }
    let connection = file::open_read_only(file)?;
    let found = file::refuse_foreign(file, &connection)?;
    if found < SCHEMA {
        return Err(StoreError::Older {
            path: file.path.clone(),
            found,
            known: SCHEMA,
        });
    }
    Ok(connection)
}
