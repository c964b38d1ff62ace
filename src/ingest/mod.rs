//! The pipeline: one due feed from request to committed rows, and the pages it asks for.
//!
//! Here the rooms below meet: `http` fetches, `feed` and `extract` read on the pool's threads,
//! `dedup` marks, `schedule` decides when to come back, `store` keeps. The daemon, one-shot
//! fetches, the demo and the tests all go through [`Pipeline`]; there is no second way.
//!
//! **Invariant:** nothing is parsed on a runtime thread, and no transaction spans a request.

mod article_step;
mod blame;
mod choose;
mod chores;
mod compose;
mod error;
mod feed_step;
mod fulltext;
mod in_flight;
mod judge;
mod large_documents;
mod lessons;
mod log;
mod outage;
mod pages;
mod pipeline;
mod poll;
mod pool;
mod reading;
mod recheck;
mod reextract;
mod report;
mod robots;
mod round;
mod shelf;
mod sites;
mod trial;
mod usual;

pub use choose::ChooseError;
pub use chores::{Chore, ChoreSummary, PruneOrder, PruneSummary, run as run_chore};
pub use error::IngestError;
pub use in_flight::{Document, InFlight, Kind};
pub use pipeline::{Pipeline, PipelineParts};
pub use pool::{Crashed, Pool};
pub use reextract::{HELD, ReextractSummary, Reextracted, Rereader, compare};
pub use report::{PageCounts, PollReport};
pub use round::{Pick, Round, RoundSummary};

/// How the store tells contents apart: what `dedup` decides.
pub fn store_rules() -> crate::store::Rules {
    crate::store::Rules {
        place: crate::dedup::place,
        near: crate::dedup::near,
        churn: crate::dedup::is_no_edit,
        unlike: crate::dedup::is_unlike,
        agency: crate::dedup::agency_mark,
    }
}
