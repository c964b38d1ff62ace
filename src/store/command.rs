//! What the writer can be asked, and what it answers.

use tokio::sync::oneshot;

use super::{
    error::StoreError,
    feeds::{self, FullTextLearned},
    page, poll, raw,
    record::{
        ConfiguredFeed, Excuse, PageRecord, PollRecord, Reextraction, RobotsRow, Step, Stored,
    },
    retention,
    site::{self, SitePassage},
    upkeep,
    work::{Done, Work},
};
use crate::model::{FeedId, FeedRow, FeedStatus, UsualPages};

/// A change to the database, as plain data: it can be run again after a rollback.
#[derive(Debug)]
pub(super) enum Command {
    SyncFeeds(Vec<ConfiguredFeed>),
    AdhocFeed(String),
    FinishPoll(Box<PollRecord>),
    FinishPage(Box<PageRecord>),
    SaveRobots(Box<RobotsRow>),
    SetStatus(FeedId, FeedStatus),
    Rename {
        from: String,
        to: String,
    },
    LearnFullText(FullTextLearned),
    Excuse(Vec<Excuse>),
    LearnPassages(Vec<SitePassage>),
    KeepUsual(FeedId, UsualPages),
    Forget(Vec<String>),
    /// One short step, so that nobody waits long for the lock.
    Step(Step),
    Reextract(Box<Reextraction>),
    MarkReextract(Option<String>),
    /// Proves that the file can be written, and that there is room.
    Probe,
    EndProbe,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Answer {
    Done,
    Feeds(Vec<FeedRow>),
    Feed(Box<FeedRow>),
    Stored(Stored),
    Count(usize),
}

/// A command with the place for its answer, which comes after the commit.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) command: Command,
    pub(super) action: &'static str,
    pub(super) reply: oneshot::Sender<Result<Answer, StoreError>>,
}

/// What travels to the writer's thread.
#[derive(Debug)]
pub(super) enum Job {
    Write(Write),
    /// Moves the log into the file, as far as readers allow.
    Checkpoint(oneshot::Sender<Result<(), StoreError>>),
    /// The timer's.
    Tick,
    /// Shows that the writer is alive.
    Ping(oneshot::Sender<Result<(), StoreError>>),
}

/// Runs one command inside the open transaction.
pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Done<Answer> {
    Ok(match command {
        Command::SyncFeeds(configured) => Answer::Feeds(feeds::sync(work, configured)?),
        Command::AdhocFeed(url) => Answer::Feed(Box::new(feeds::adhoc(work, url)?)),
        Command::FinishPoll(record) => Answer::Stored(poll::finish_poll(work, record)?),
        Command::FinishPage(record) => Answer::Stored(page::finish_page(work, record)?),
        Command::SaveRobots(row) => {
            upkeep::save_robots(work, row)?;
            Answer::Done
        }
        Command::SetStatus(feed, status) => {
            feeds::set_status(work, *feed, *status)?;
            feeds::hand_over_queue(work)?;
            Answer::Done
        }
        Command::Rename { from, to } => Answer::Feed(Box::new(feeds::rename(work, from, to)?)),
        Command::LearnFullText(learned) => {
            feeds::learn_full_text(work, learned)?;
            Answer::Done
        }
        Command::LearnPassages(passages) => {
            site::learn(work, passages)?;
            Answer::Done
        }
        Command::KeepUsual(feed, usual) => {
            site::keep_usual(work, *feed, usual)?;
            Answer::Done
        }
        Command::Excuse(excuses) => {
            feeds::excuse(work, excuses)?;
            Answer::Done
        }
        Command::Forget(urls) => Answer::Count(upkeep::forget(work, urls)?),
        Command::Step(step) => Answer::Count(retention::step(work, step)?),
        Command::Reextract(made) => Answer::Count(usize::from(raw::keep_reextracted(work, made)?)),
        Command::MarkReextract(mark) => {
            raw::keep_mark(work, mark.as_deref())?;
            Answer::Done
        }
        Command::Probe => {
            upkeep::probe(work)?;
            Answer::Done
        }
        Command::EndProbe => {
            upkeep::end_probe(work)?;
            Answer::Done
        }
    })
}
