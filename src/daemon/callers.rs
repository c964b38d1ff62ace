//! Commands that wait for polls, and what they are told.

use std::collections::HashMap;

use tokio::sync::mpsc;

use super::ControlReply;
use crate::{
    ingest::{PollReport, RoundSummary},
    model::FeedId,
};

/// One command's wait.
struct Asked {
    replies: mpsc::Sender<ControlReply>,
    n_pending: usize,
    summary: RoundSummary,
}

/// Everyone who waits, each by the number of the call.
#[derive(Default)]
pub(super) struct Callers {
    asked: HashMap<u64, Asked>,
    /// Calls that wait for a feed that has not been started yet.
    wanted: HashMap<FeedId, Vec<u64>>,
    n_calls: u64,
}

impl Callers {
    /// A command waits for these feeds.
    pub(super) fn add(&mut self, replies: mpsc::Sender<ControlReply>, feeds: &[FeedId]) {
        self.n_calls += 1;
        let asked = Asked {
            replies,
            n_pending: feeds.len(),
            summary: RoundSummary::default(),
        };
        self.asked.insert(self.n_calls, asked);
        for feed in feeds {
            self.wanted.entry(*feed).or_default().push(self.n_calls);
        }
    }

    /// Those who wait for a feed, now that it is started.
    pub(super) fn of(&mut self, feed: FeedId) -> Vec<u64> {
        self.wanted.remove(&feed).unwrap_or_default()
    }

    /// Feeds that somebody waits for and that have not been started.
    pub(super) fn wanted(&self) -> Vec<FeedId> {
        self.wanted.keys().copied().collect()
    }

    /// Tells what came of a feed; the last feed of a call ends it.
    pub(super) fn answer(&mut self, callers: &[u64], report: &PollReport) {
        for call in callers {
            let Some(asked) = self.asked.get_mut(call) else {
                continue;
            };
            asked.summary.add(report);
            asked.n_pending = asked.n_pending.saturating_sub(1);
            // A caller that went away or does not read is not waited for.
            drop(
                asked
                    .replies
                    .try_send(ControlReply::Report(Box::new(report.clone()))),
            );
            if asked.n_pending == 0
                && let Some(asked) = self.asked.remove(call)
            {
                drop(asked.replies.try_send(ControlReply::Done(asked.summary)));
            }
        }
    }

    /// Polling pauses: whoever waits for a feed that has not been started is told so.
    pub(super) fn turn_away(&mut self, why: &str) {
        for call in self.wanted.drain().flat_map(|(_, calls)| calls) {
            if let Some(asked) = self.asked.remove(&call) {
                drop(asked.replies.try_send(paused(why)));
            }
        }
    }
}

/// The answer while results cannot be stored.
pub(super) fn paused(why: &str) -> ControlReply {
    ControlReply::Paused {
        why: why.to_owned(),
    }
}
