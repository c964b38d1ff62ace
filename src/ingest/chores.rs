//! Long work on the database that a person asks for, or that the configuration's retention asks for: in
//! short steps, so that polling goes on beside it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{
    IngestError,
    reextract::{ReextractSummary, Reextracted, Rereader, reextract},
};
use crate::{
    config::Retention,
    model::FeedId,
    store::{Pruning, RawPick, Step, Store},
};

/// A piece of long work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "chore", rename_all = "snake_case")]
pub enum Chore {
    /// Read stored pages once more.
    Reextract(RawPick),
    /// Take out what is kept no longer.
    Prune(PruneOrder),
    /// Put the database in order.
    Optimize,
}

/// What is kept no longer. Raw pages that have run out always go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PruneOrder {
    /// Articles first seen before this; with `feed` those of the feed only.
    pub articles_before: Option<DateTime<Utc>>,
    /// Articles that this feed lists and no other.
    pub feed: Option<FeedId>,
    /// Rows of the ledger that began before this are summed up.
    pub ledger_before: Option<DateTime<Utc>>,
    /// Days before this.
    pub days_before: Option<DateTime<Utc>>,
    /// Bytes in use; beyond, raw pages go first, then articles, the oldest first.
    pub max_size: Option<u64>,
}

impl PruneOrder {
    /// What a configuration says is kept no longer at `now`.
    pub fn of(retention: &Retention, now: DateTime<Utc>) -> Self {
        let before = |span: Option<std::time::Duration>| {
            now.checked_sub_signed(TimeDelta::from_std(span?).ok()?)
        };
        Self {
            articles_before: before(retention.articles),
            feed: None,
            ledger_before: before(retention.ledger),
            days_before: before(retention.days),
            max_size: retention.max_size,
        }
    }

    /// Which articles go whatever the size; `None`: none.
    pub fn pruning(&self) -> Option<Pruning> {
        let pruning = Pruning {
            before: self.articles_before,
            feed: self.feed,
        };
        (pruning != Pruning::default()).then_some(pruning)
    }
}

/// What went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneSummary {
    /// Articles.
    pub articles: u64,
    /// Raw pages.
    pub raw_pages: u64,
    /// Rows of the ledger, summed up.
    pub ledger_rows: u64,
    /// Days.
    pub days: u64,
    /// Bytes of the file before and after.
    pub bytes: (u64, u64),
}

/// What a chore came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "chore", rename_all = "snake_case")]
pub enum ChoreSummary {
    /// Pages were read once more.
    Reextract(ReextractSummary),
    /// What is kept no longer is gone.
    Prune(PruneSummary),
    /// The database is in order.
    Optimize {
        /// Bytes of the file before and after.
        bytes: (u64, u64),
    },
}

/// Does a chore; `tell` is told of each text that is made otherwise, and when nobody listens any more a
/// re-extraction ends early.
///
/// # Errors
/// The store cannot be read or written; what was done so far stays done.
pub async fn run(
    chore: &Chore,
    store: &Store,
    rereader: &Rereader,
    now: DateTime<Utc>,
    tell: mpsc::Sender<Reextracted>,
) -> Result<ChoreSummary, IngestError> {
    Ok(match chore {
        Chore::Reextract(order) => {
            ChoreSummary::Reextract(reextract(rereader, store, order, &tell).await?)
        }
        Chore::Prune(order) => ChoreSummary::Prune(prune(store, order, now).await?),
        Chore::Optimize => ChoreSummary::Optimize {
            bytes: optimize(store).await?,
        },
    })
}

async fn prune(
    store: &Store,
    order: &PruneOrder,
    now: DateTime<Utc>,
) -> Result<PruneSummary, IngestError> {
    let before = size(store).await?.bytes;
    let mut summary = PruneSummary {
        raw_pages: until_done(store, Step::ExpiredRaw(now)).await?,
        ..PruneSummary::default()
    };
    if let Some(pruning) = order.pruning() {
        summary.articles = until_done(store, Step::Articles(pruning)).await?;
    }
    if let Some(before) = order.ledger_before {
        summary.ledger_rows = until_done(store, Step::Ledger(before)).await?;
    }
    if let Some(before) = order.days_before {
        summary.days = step(store, Step::Days(before)).await?;
    }
    if let Some(most) = order.max_size {
        summary.raw_pages += until_small(store, Step::OldestRaw, most).await?;
        let oldest = Step::Articles(Pruning::default());
        summary.articles += until_small(store, oldest, most).await?;
    }
    merge_segments(store).await?;
    free_pages(store).await?;
    summary.bytes = (before, size(store).await?.bytes);
    Ok(summary)
}

async fn optimize(store: &Store) -> Result<(u64, u64), IngestError> {
    let before = size(store).await?.bytes;
    for merge in [
        |is_first| Step::MergeWords { is_first },
        |is_first| Step::MergeTrigrams { is_first },
    ] as [fn(bool) -> Step; 2]
    {
        if step(store, merge(true)).await? > 0 {
            until_done(store, merge(false)).await?;
        }
    }
    step(store, Step::Analyze).await?;
    free_pages(store).await?;
    Ok((before, size(store).await?.bytes))
}

/// Merges what has gathered in the full-text index since the last time: it gets smaller and faster.
async fn merge_segments(store: &Store) -> Result<(), IngestError> {
    let is_first = false;
    until_done(store, Step::MergeWords { is_first }).await?;
    until_done(store, Step::MergeTrigrams { is_first }).await?;
    Ok(())
}

async fn free_pages(store: &Store) -> Result<(), IngestError> {
    until_done(store, Step::FreePages).await?;
    let moved = store.checkpoint().await;
    moved.map_err(IngestError::store("move the log into the file"))
}

async fn until_done(store: &Store, what: Step) -> Result<u64, IngestError> {
    let mut sum = 0;
    loop {
        match step(store, what.clone()).await? {
            0 => return Ok(sum),
            n => sum += n,
        }
    }
}

/// The same until no more than `most` bytes are in use.
async fn until_small(store: &Store, what: Step, most: u64) -> Result<u64, IngestError> {
    let mut sum = 0;
    while size(store).await?.bytes_used() > most {
        match step(store, what.clone()).await? {
            0 => break,
            n => sum += n,
        }
    }
    Ok(sum)
}

async fn step(store: &Store, step: Step) -> Result<u64, IngestError> {
    let done = store.step(step).await;
    let n = done.map_err(IngestError::store("put the database in order"))?;
    Ok(u64::try_from(n).unwrap_or(u64::MAX))
}

async fn size(store: &Store) -> Result<crate::store::FileUse, IngestError> {
    let size = store.file_use().await;
    size.map_err(IngestError::store("read how large the database is"))
}
