//! What the pipeline asks and tells the store about sites.

use super::{
    command::Command,
    error::StoreError,
    handle::Store,
    site::{self, SiteKnowledge, SitePassage},
};
use crate::model::{FeedId, UsualPages};

impl Store {
    /// What is known of a site, with the latest `n_latest` articles of a feed that leads to it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn site_knowledge(
        &self,
        site: &str,
        feed: FeedId,
        n_latest: u32,
    ) -> Result<SiteKnowledge, StoreError> {
        let site = site.to_owned();
        self.inner
            .readers
            .read("read what is known of a site in", move |connection| {
                site::knowledge(connection, &site, feed, n_latest)
            })
            .await
    }

    /// Keeps which paragraphs sites repeat.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn learn_passages(&self, passages: Vec<SitePassage>) -> Result<(), StoreError> {
        let command = Command::LearnPassages(passages);
        self.write("keep what was learned of sites in", command)
            .await
            .map(drop)
    }

    /// Keeps what a feed's pages are usually like; the feed is marked `layout_changed` while they
    /// are not.
    ///
    /// # Errors
    /// `Request` when there is no such feed.
    pub async fn keep_usual(&self, feed: FeedId, usual: UsualPages) -> Result<(), StoreError> {
        let command = Command::KeepUsual(feed, usual);
        self.write("keep what was learned of the feed", command)
            .await
            .map(drop)
    }
}
