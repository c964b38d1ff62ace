//! From a configuration to a pipeline and a schedule; the same at start and at a reload.

use super::{DaemonError, schedule::Schedule};
use crate::{
    config::{self, Config, LoadOptions},
    ingest::{Pick, Pipeline},
};

/// Reads the file of the configuration in force again; the error names every fault with its place.
/// A file that is gone is a fault: looking for another one would drop every feed.
pub(super) async fn read(load: &LoadOptions, old: &Config) -> Result<Config, String> {
    let mut load = load.clone();
    if let Some(source) = &old.source {
        load.config = Some(source.clone());
    }
    let old_web = old.web;
    let read = tokio::task::spawn_blocking(move || config::load(&load)).await;
    match read {
        Ok(Ok(config)) => {
            if config.web != old_web {
                tracing::warn!("configuration: `[web]` takes effect when the daemon is restarted");
            }
            Ok(config)
        }
        Ok(Err(errors)) => Err(errors.to_string()),
        Err(join) => Err(format!("the configuration could not be read: {join}")),
    }
}

/// Brings the configured feeds into the database and makes their schedule.
pub(super) async fn schedule(pipeline: &Pipeline) -> Result<Schedule, DaemonError> {
    let (config, store) = (pipeline.config(), pipeline.store());
    for notice in &config.warnings {
        tracing::warn!("configuration: {notice}");
    }
    for feed in config.feeds.iter().filter(|feed| !feed.is_tls_verified) {
        tracing::warn!(feed.url = %feed.url, "TLS is not verified for feed {}", feed.url);
    }
    let rows = store
        .sync_feeds(config.stored_feeds())
        .await
        .map_err(|source| DaemonError::Feeds { source })?;
    let backlog = store
        .feeds_with_backlog()
        .await
        .map_err(|source| DaemonError::Feeds { source })?;
    let picks = Pick::all(config, rows);
    Ok(Schedule::load(picks, &backlog, pipeline.clock().now()))
}
