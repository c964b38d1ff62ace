//! What commands and signals ask of the loop.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{
    ControlReply, ControlRequest,
    callers::paused,
    control::Call,
    notify::Notify,
    reload,
    run::{Daemon, chain},
    schedule::Work,
};
use crate::{
    ingest::{Pick, RoundSummary},
    model::FeedId,
    schedule::Manner,
};

impl Daemon {
    pub(super) async fn take_call(&mut self, call: Call) {
        match call.request {
            ControlRequest::Fetch { feeds, all, force } => {
                self.take_fetch(&feeds, all, force, call.replies).await;
            }
            ControlRequest::Status => {
                let reply = ControlReply::Status {
                    line: self.status_line(),
                    paused: self.pause.why().map(ToOwned::to_owned),
                };
                drop(call.replies.try_send(reply));
            }
            ControlRequest::Chore { chore } => {
                let tools = self.tools();
                self.chores.start(tools, chore, call.replies);
            }
            ControlRequest::Reload => {
                let reply = match self.reload().await {
                    Ok(feeds) => ControlReply::Reloaded { feeds },
                    Err(error) => ControlReply::Failed { error, hint: None },
                };
                drop(call.replies.try_send(reply));
            }
            ControlRequest::Forget { urls } => {
                let reply = match self.store.forget(urls).await {
                    Ok(articles) => ControlReply::Forgotten { articles },
                    Err(error) => ControlReply::Failed {
                        hint: error.hint(),
                        error: chain(&error),
                    },
                };
                drop(call.replies.try_send(reply));
            }
        }
    }

    async fn take_fetch(
        &mut self,
        feeds: &[String],
        all: bool,
        force: bool,
        replies: mpsc::Sender<ControlReply>,
    ) {
        if let Some(why) = self.pause.why() {
            drop(replies.try_send(paused(why)));
            return;
        }
        let config = Arc::clone(self.pipeline.config());
        let now = self.clock.now().wall;
        let chosen = Pick::choose(&config, &self.store, feeds, all, now).await;
        let picks = match chosen {
            Ok(picks) => picks,
            Err(error) => {
                let hint = error.hint();
                let error = chain(&error);
                drop(replies.try_send(ControlReply::Failed { error, hint }));
                return;
            }
        };
        let manner = match (force, all || !feeds.is_empty()) {
            (true, _) => Manner::Force,
            (false, true) => Manner::Manual,
            (false, false) => Manner::Due,
        };
        if picks.is_empty() {
            drop(replies.try_send(ControlReply::Done(RoundSummary::default())));
            return;
        }
        let ids: Vec<FeedId> = picks.iter().map(|pick| pick.row.id).collect();
        self.callers.add(replies, &ids);
        for pick in picks {
            let id = pick.row.id;
            self.schedule.add(id, pick.feed);
            self.schedule.push_ready(id, Work::Poll(manner));
        }
    }

    /// Reads the configuration again: all of it is taken over, or nothing (R38).
    pub(super) async fn reload(&mut self) -> Result<usize, String> {
        Notify::reloading();
        let result = self.try_reload().await;
        match &result {
            Ok(feeds) => tracing::info!(feeds, "configuration read again: {feeds} feeds"),
            Err(error) => {
                tracing::error!(
                    "configuration not taken over, the old one stays in force: {error}"
                );
            }
        }
        self.notify.ready(&self.status_line());
        result
    }

    async fn try_reload(&mut self) -> Result<usize, String> {
        let old = self.pipeline.config();
        let config = reload::read(&self.load, old).await?;
        if config.database != old.database {
            return Err(format!(
                "database: `{}` cannot become `{}` while the daemon runs; restart it",
                old.database.display(),
                config.database.display()
            ));
        }
        let config = Arc::new(config);
        let pipeline = self.pipeline.renewed(config);
        let pipeline = pipeline.map_err(|error| chain(&error))?;
        let schedule = reload::schedule(&pipeline).await;
        let schedule = schedule.map_err(|error| chain(&error))?;
        self.pipeline = pipeline;
        self.schedule = schedule;
        self.under_way.forget_waiting();
        // Calls that waited for a feed that is gone would wait for ever.
        for id in self.callers.wanted() {
            if self.schedule.feed(id).is_some() {
                self.schedule.push_ready(id, Work::Poll(Manner::Manual));
            } else {
                let callers = self.callers.of(id);
                let error = "the feed is no longer configured".to_owned();
                self.answer_failed(id, &callers, error);
            }
        }
        Ok(self.schedule.n_feeds())
    }
}
