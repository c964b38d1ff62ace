//! One piece of work for a feed.

use super::schedule::Work;
use crate::{
    config::FeedConfig,
    ingest::{IngestError, Pipeline, PollReport},
    model::FeedId,
};

/// Does one piece of work for a feed.
pub(super) async fn work_on(
    pipeline: &Pipeline,
    feed: &FeedConfig,
    id: FeedId,
    work: Work,
) -> Result<PollReport, IngestError> {
    let row = pipeline
        .store()
        .feed(id)
        .await
        .map_err(|source| IngestError::Store {
            what: format!("read the row of feed `{}`", feed.url),
            source,
        })?;
    let Some(row) = row else {
        return Ok(PollReport {
            feed_id: id.0,
            outcome: "refused".to_owned(),
            error: Some("the feed has no row in the database any more".to_owned()),
            ..PollReport::default()
        });
    };
    match work {
        Work::Poll(manner) => pipeline.poll(feed, &row, manner).await,
        Work::Pages => {
            let pages = pipeline.work_off(feed, &row).await?;
            Ok(PollReport {
                feed_id: id.0,
                url: row.url,
                name: row.name,
                outcome: "ok".to_owned(),
                pages,
                ..PollReport::default()
            })
        }
    }
}
