//! The store as the pipeline holds it: writes go to the writer's thread, reads to a few
//! connections of their own.

use std::{
    cell::RefCell,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, mpsc as std_mpsc},
    thread::JoinHandle,
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use super::{
    checkpoint::{Checkpoints, LogLimits, LogPin, TICK},
    command::{Answer, Command, Job, Write},
    error::{FileName, StoreError},
    feeds::{self, FullTextLearned},
    file,
    health::{self, Health},
    lookup,
    pool::Pool,
    raw, recheck,
    record::{
        ConfiguredFeed, DuePage, Excuse, FileUse, HostHold, KnownListing, PageRecord, PollRecord,
        RawArticle, RawPick, Reextraction, RobotsRow, Step, Stored,
    },
    retention,
    work::Rules,
    writer::{self, Writer},
};
use crate::{
    clock::Clock,
    model::{ArticleId, FeedId, FeedRow, FeedStatus, TransactionTimes},
};

/// Jobs that may wait for the writer; beyond, senders wait, so that a stalled disk stops fetching.
const QUEUED_JOBS: usize = 256;

/// How the store is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The file; it and its directory are made when they are not there.
    pub path: PathBuf,
    /// How long opening waits for another process's lock (`limits.busy_timeout`).
    pub busy_timeout: Duration,
    /// How long the write-ahead log becomes.
    pub log_limits: LogLimits,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The decisions that are not the store's own.
    pub rules: Rules,
}

/// The open database. Clones share it; the last one to go closes it.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    file: FileName,
    /// `None` once the store is closed: the writer ends when its last sender is gone.
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    pub(super) readers: Arc<Pool>,
    pin: Arc<Mutex<Option<LogPin>>>,
    transactions: Arc<Mutex<TransactionTimes>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Dropping it wakes and ends the timer.
    timer: Mutex<Option<std_mpsc::SyncSender<()>>>,
}

impl Inner {
    /// Lets the writer finish what is queued and waits for its end.
    fn close(&self) {
        self.readers.close();
        drop(lock(&self.timer).take());
        drop(lock(&self.jobs).take());
        let writer = lock(&self.writer).take();
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the writer's thread ended by a panic");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Opens the database, making or upgrading it where needed, and starts the writer's thread.
    /// After an unclean stop the structure of the file is checked first.
    ///
    /// # Errors
    /// See [`StoreErrorKind`](super::StoreErrorKind). A file that is not ours, newer or damaged is
    /// left as it is.
    pub fn open(options: OpenOptions) -> Result<Self, StoreError> {
        let file = FileName::new(options.path, options.busy_timeout);
        let mut connection = file::open_writer(&file, options.log_limits.kept_bytes)?;
        let pages = writer::watch_log(&mut connection)
            .and_then(|pages| writer::set_patience(&connection).map(|()| pages))
            .map_err(|error| file.sql_error("open", error))?;
        let (jobs, queue) = mpsc::channel(QUEUED_JOBS);
        let pin = Arc::new(Mutex::new(None));
        let transactions = Arc::default();
        let writer = Writer {
            connection,
            file: FileName {
                busy_timeout: writer::PATIENCE,
                ..file.clone()
            },
            clock: options.clock,
            rules: options.rules,
            window: RefCell::default(),
            jobs: queue,
            checkpoints: Checkpoints::new(pages, &file, options.log_limits, Arc::clone(&pin)),
            transactions: Arc::clone(&transactions),
            is_busy: false,
        };
        let writer = spawn(&file, "feedmill-writer", move || writer.run())?;
        let (timer, stop) = std_mpsc::sync_channel(0);
        let weak = jobs.downgrade();
        spawn(&file, "feedmill-timer", move || tick(&stop, &weak))?;
        Ok(Self {
            inner: Arc::new(Inner {
                readers: Pool::new(file.clone()),
                pin,
                transactions,
                file,
                jobs: Mutex::new(Some(jobs)),
                writer: Mutex::new(Some(writer)),
                timer: Mutex::new(Some(timer)),
            }),
        })
    }

    /// The file.
    pub fn path(&self) -> &std::path::Path {
        &self.inner.file.path
    }

    /// The reader that keeps the write-ahead log from being cut back, if there is one (R34).
    pub fn log_pin(&self) -> Option<LogPin> {
        *lock(&self.inner.pin)
    }

    /// How long the writer held the database, since it was opened (R33).
    pub fn transaction_times(&self) -> TransactionTimes {
        *lock(&self.inner.transactions)
    }

    /// Finishes what is queued, moves the log into the file, cuts it, and marks the file as
    /// closed; waits for that. Calls through other clones fail from then on. What stands against
    /// it is logged: all that was answered is in the file or its log, and the next start checks
    /// a file that was not closed.
    pub fn close(self) {
        self.inner.close();
    }

    /// Brings the rows in line with the configuration: new feeds come, feeds not named become
    /// `removed` (those fetched by hand stay), names, tags and pauses follow. The rows of the
    /// configured feeds, in the order given.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn sync_feeds(&self, feeds: Vec<ConfiguredFeed>) -> Result<Vec<FeedRow>, StoreError> {
        match self
            .write("synchronise feeds with", Command::SyncFeeds(feeds))
            .await?
        {
            Answer::Feeds(rows) => Ok(rows),
            Answer::Done | Answer::Feed(_) | Answer::Stored(_) | Answer::Count(_) => {
                Err(self.inner.file.closed("synchronise feeds with"))
            }
        }
    }

    /// The row of a feed fetched by hand, made as `adhoc` when the address is new.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn adhoc_feed(&self, url: &str) -> Result<FeedRow, StoreError> {
        let command = Command::AdhocFeed(url.to_owned());
        self.write_feed("add a feed to", command).await
    }

    /// Gives a feed another address; its history stays.
    ///
    /// # Errors
    /// `Request` when there is no such feed or the new address is taken.
    pub async fn rename_feed(&self, from: &str, to: &str) -> Result<FeedRow, StoreError> {
        let command = Command::Rename {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        self.write_feed("rename the feed", command).await
    }

    /// Keeps a poll, whole: its row, the feed's row, what it listed.
    ///
    /// # Errors
    /// When nothing of it could be kept.
    pub async fn finish_poll(&self, record: PollRecord) -> Result<Stored, StoreError> {
        let command = Command::FinishPoll(Box::new(record));
        self.write_stored("keep a poll in", command).await
    }

    /// Keeps a page fetch, whole: its row, the article, the listings that waited for it.
    ///
    /// # Errors
    /// When nothing of it could be kept.
    pub async fn finish_page(&self, record: PageRecord) -> Result<Stored, StoreError> {
        let command = Command::FinishPage(Box::new(record));
        self.write_stored("keep a page in", command).await
    }

    /// Keeps what a request for robots.txt came to.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn save_robots(&self, row: RobotsRow) -> Result<(), StoreError> {
        let command = Command::SaveRobots(Box::new(row));
        self.write("keep robots.txt in", command).await.map(drop)
    }

    /// Sets where a feed stands.
    ///
    /// # Errors
    /// `Request` when there is no such feed.
    pub async fn set_status(&self, feed: FeedId, status: FeedStatus) -> Result<(), StoreError> {
        let command = Command::SetStatus(feed, status);
        self.write("set the status of the feed", command)
            .await
            .map(drop)
    }

    /// Remembers whether a feed's own text proved to be the whole article: `n_checked` more
    /// entries were compared, the last `streak` of them were whole; `is_broken`: one was not, so
    /// the streak begins anew.
    ///
    /// # Errors
    /// `Request` when there is no such feed.
    pub async fn learn_full_text(
        &self,
        feed: FeedId,
        n_checked: u32,
        streak: u32,
        is_broken: bool,
    ) -> Result<(), StoreError> {
        let command = Command::LearnFullText(FullTextLearned {
            feed,
            n_checked,
            streak,
            is_broken,
        });
        self.write("keep what was learned of the feed", command)
            .await
            .map(drop)
    }

    /// Takes failures back that were counted against feeds before it was clear that they were our line's.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn excuse(&self, excuses: Vec<Excuse>) -> Result<(), StoreError> {
        let command = Command::Excuse(excuses);
        self.write("take failures back in", command).await.map(drop)
    }

    /// Takes articles out for good and keeps them out: text, revisions, raw pages, listings. How
    /// many articles went; an address that leads to none is kept out as well.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn forget(&self, urls: Vec<String>) -> Result<usize, StoreError> {
        let command = Command::Forget(urls);
        self.write_count("forget articles in", command).await
    }

    /// Does one step of putting the database in order; 0: there was nothing left to do.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn step(&self, step: Step) -> Result<usize, StoreError> {
        self.write_count("put in order", Command::Step(step)).await
    }

    /// Keeps what today's extractor made of a raw page; whether that is a revision.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_reextracted(&self, made: Reextraction) -> Result<bool, StoreError> {
        let command = Command::Reextract(Box::new(made));
        let n = self
            .write_count("keep a text read anew in", command)
            .await?;
        Ok(n > 0)
    }

    /// Keeps how far a re-extraction has come; `None`: it is done.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn mark_reextraction(&self, mark: Option<String>) -> Result<(), StoreError> {
        self.write("mark what was read anew in", Command::MarkReextract(mark))
            .await
            .map(drop)
    }

    /// Where the last re-extraction was left; `None`: it was done.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn reextraction_mark(&self) -> Result<Option<String>, StoreError> {
        self.inner
            .readers
            .read("read what was read anew in", raw::mark)
            .await
    }

    /// Articles behind `after` with their raw pages, in the order of their ids, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn raw_articles(
        &self,
        pick: RawPick,
        after: ArticleId,
        limit: u32,
    ) -> Result<Vec<RawArticle>, StoreError> {
        self.inner
            .readers
            .read("read raw pages of", move |connection| {
                raw::after(connection, &pick, after.0, limit)
            })
            .await
    }

    /// How large the file is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn file_use(&self) -> Result<FileUse, StoreError> {
        self.inner
            .readers
            .read("read the size of", retention::file_use)
            .await
    }

    /// Moves the write-ahead log into the file, as far as readers allow.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        let (reply, done) = oneshot::channel();
        self.send("checkpoint", Job::Checkpoint(reply)).await?;
        done.await
            .map_err(|_| self.inner.file.closed("checkpoint"))?
    }

    /// Whether the file can be used now: to find out when a full disk has room again. A file that SQLite called
    /// damaged since the last time is read through and checked; with gigabytes that takes a while.
    ///
    /// # Errors
    /// What stands against it.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.write("write", Command::Probe).await?;
        self.write("write", Command::EndProbe).await?;
        let file = self.inner.file.clone();
        tokio::task::spawn_blocking(move || file.look_again())
            .await
            .unwrap_or_else(|_| Err(self.inner.file.closed("check")))
    }

    /// Whether the writer answers; writes nothing. It waits behind what is queued.
    ///
    /// # Errors
    /// When the writer has ended.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let (reply, done) = oneshot::channel();
        self.send("use", Job::Ping(reply)).await?;
        done.await.map_err(|_| self.inner.file.closed("use"))?
    }

    /// How store and feeds are, for the status page.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn health(&self) -> Result<Health, StoreError> {
        self.inner
            .readers
            .read("read the health of", health::read)
            .await
    }

    /// All feeds, removed ones too, in the order of their rows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn feeds(&self) -> Result<Vec<FeedRow>, StoreError> {
        self.inner
            .readers
            .read("read the feeds of", feeds::all)
            .await
    }

    /// One feed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn feed(&self, feed: FeedId) -> Result<Option<FeedRow>, StoreError> {
        self.inner
            .readers
            .read("read a feed of", move |connection| {
                feeds::by_id(connection, feed)
            })
            .await
    }

    /// The feed configured (or fetched by hand) under an address.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn feed_by_url(&self, url: &str) -> Result<Option<FeedRow>, StoreError> {
        let url = url.to_owned();
        self.inner
            .readers
            .read("read a feed of", move |connection| {
                feeds::by_url(connection, &url)
            })
            .await
    }

    /// What is known of a feed's entries by their keys; those not known are left out. Entries that
    /// were forgotten on purpose count as known with an article.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn known_listings(
        &self,
        feed: FeedId,
        guids: Vec<String>,
    ) -> Result<Vec<KnownListing>, StoreError> {
        self.inner
            .readers
            .read("read listings of", move |connection| {
                lookup::known_listings(connection, feed, &guids)
            })
            .await
    }

    /// What is known of a feed's entries by the match forms of their canonical addresses
    /// (`url::match_form`); those not known are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn known_by_url(
        &self,
        feed: FeedId,
        forms: Vec<String>,
    ) -> Result<Vec<(String, KnownListing)>, StoreError> {
        self.inner
            .readers
            .read("read listings of", move |connection| {
                lookup::known_by_url(connection, feed, &forms)
            })
            .await
    }

    /// Pages of a feed whose turn has come, the longest due first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn due_pages(
        &self,
        feed: FeedId,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<DuePage>, StoreError> {
        self.inner
            .readers
            .read("read the queue of", move |connection| {
                lookup::due_pages(connection, feed, limit, now)
            })
            .await
    }

    /// Pages of a feed whose time to be looked at again has come, the longest due first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn due_rechecks(
        &self,
        feed: FeedId,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<DuePage>, StoreError> {
        self.inner
            .readers
            .read("read the rechecks of", move |connection| {
                recheck::due(connection, feed, limit, now)
            })
            .await
    }

    /// Feeds of which a page's time to be looked at again has come.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn feeds_with_rechecks(&self, now: DateTime<Utc>) -> Result<Vec<FeedId>, StoreError> {
        self.inner
            .readers
            .read("read the rechecks of", move |connection| {
                recheck::feeds_due(connection, now)
            })
            .await
    }

    /// Pages of a feed that wait, due or not.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn waiting(&self, feed: FeedId) -> Result<u64, StoreError> {
        self.inner
            .readers
            .read("read the queue of", move |connection| {
                lookup::waiting(connection, feed)
            })
            .await
    }

    /// Hosts that asked to be left alone until after `now`.
    ///
    /// # Errors
    /// As every read: the store is closed, or SQLite says no.
    pub async fn host_holds(&self, now: DateTime<Utc>) -> Result<Vec<HostHold>, StoreError> {
        self.inner
            .readers
            .read("read the hosts of", move |connection| {
                lookup::host_holds(connection, now)
            })
            .await
    }

    /// Feeds on whose behalf pages wait, due or not.
    ///
    /// # Errors
    /// As every read: the store is closed, or SQLite says no.
    pub async fn feeds_with_backlog(&self) -> Result<Vec<FeedId>, StoreError> {
        self.inner
            .readers
            .read("read the queue of", lookup::feeds_with_backlog)
            .await
    }

    /// The robots.txt last had of an origin (`scheme://authority`).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn robots(&self, origin: &str) -> Result<Option<RobotsRow>, StoreError> {
        let origin = origin.to_owned();
        self.inner
            .readers
            .read("read robots.txt in", move |connection| {
                lookup::robots(connection, &origin)
            })
            .await
    }

    async fn write_feed(
        &self,
        action: &'static str,
        command: Command,
    ) -> Result<FeedRow, StoreError> {
        match self.write(action, command).await? {
            Answer::Feed(row) => Ok(*row),
            Answer::Done | Answer::Feeds(_) | Answer::Stored(_) | Answer::Count(_) => {
                Err(self.inner.file.closed(action))
            }
        }
    }

    async fn write_stored(
        &self,
        action: &'static str,
        command: Command,
    ) -> Result<Stored, StoreError> {
        match self.write(action, command).await? {
            Answer::Stored(stored) => Ok(stored),
            Answer::Done | Answer::Feeds(_) | Answer::Feed(_) | Answer::Count(_) => {
                Err(self.inner.file.closed(action))
            }
        }
    }

    async fn write_count(
        &self,
        action: &'static str,
        command: Command,
    ) -> Result<usize, StoreError> {
        match self.write(action, command).await? {
            Answer::Count(count) => Ok(count),
            Answer::Done | Answer::Feeds(_) | Answer::Feed(_) | Answer::Stored(_) => {
                Err(self.inner.file.closed(action))
            }
        }
    }

    pub(super) async fn write(
        &self,
        action: &'static str,
        command: Command,
    ) -> Result<Answer, StoreError> {
        let (reply, done) = oneshot::channel();
        let write = Write {
            command,
            action,
            reply,
        };
        self.send(action, Job::Write(write)).await?;
        match done.await.map_err(|_| self.inner.file.closed(action))? {
            Err(error @ StoreError::Corrupt { .. }) => Err(self.explain(error).await),
            done => done,
        }
    }

    /// Whether damage is the disk's; the writer's thread has no time to find out.
    async fn explain(&self, error: StoreError) -> StoreError {
        let file = self.inner.file.clone();
        let told = error.clone();
        tokio::task::spawn_blocking(move || file.explain(told))
            .await
            .unwrap_or(error)
    }

    async fn send(&self, action: &'static str, job: Job) -> Result<(), StoreError> {
        let closed = || self.inner.file.closed(action);
        let jobs = lock(&self.inner.jobs).clone().ok_or_else(closed)?;
        jobs.send(job).await.map_err(|_| closed())
    }
}

fn spawn(
    file: &FileName,
    name: &str,
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| file.io_error("open", &error))
}

/// Reminds the writer of its log until the store is dropped.
fn tick(stop: &std_mpsc::Receiver<()>, jobs: &mpsc::WeakSender<Job>) {
    while let Err(std_mpsc::RecvTimeoutError::Timeout) = stop.recv_timeout(TICK) {
        let Some(jobs) = jobs.upgrade() else {
            return;
        };
        if jobs.try_send(Job::Tick).is_err() {
            // The writer is busy and will count its pages itself, or it has ended.
            tracing::trace!("the writer has no time for its timer");
        }
    }
}
