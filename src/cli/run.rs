//! `feedmill run`.

use std::{path::PathBuf, sync::Arc};

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
};
use crate::{
    clock::Clock,
    config::Config,
    daemon::{self, ControlServer, DaemonParts, Lock, Signals},
    ingest::PipelineParts,
};

/// The daemon: polls each feed when due until SIGTERM
///
/// Signals: TERM and INT end it within seconds, HUP reads the configuration again (all or
/// nothing), USR1 polls all feeds now. Under systemd it tells when it is ready and feeds the
/// watchdog.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill run\n  \
    feedmill run --config /etc/feedmill/feedmill.toml\n  \
    systemctl reload feedmill      after an edit of the configuration")]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, global: &Global) -> Result<Status, Failed> {
    let load = open::load_options(global);
    let config = Arc::new(crate::config::load(&load)?);
    let clock = open::clock();
    open::ensure_database_folder(&config)?;
    let socket = ControlServer::path_for(&config.database);
    let result = open::block_on(async move {
        // First of all: a signal that comes while the database is opened ends the daemon in order too.
        let mut signals = Signals::install()?;
        let opening = tokio::task::spawn_blocking(move || open_all(config, &clock, socket));
        let opened = tokio::select! {
            opened = opening => opened,
            () = signals.stop() => return Ok(Status::Ok),
        };
        let Opened {
            parts,
            socket,
            lock,
        } = opened.map_err(|error| {
            Failed::new(
                Status::Io,
                anyhow::Error::new(error).context("cannot open the database"),
            )
        })??;
        let (store, pool) = (parts.store.clone(), parts.pool.clone());
        let control = ControlServer::bind(socket)?;
        let done = daemon::run(DaemonParts {
            load,
            config: parts.config,
            store: parts.store,
            pool: parts.pool,
            clock: parts.clock,
            signals,
            control: Some(control),
        })
        .await;
        pool.end_in_order();
        let closed = tokio::task::spawn_blocking(move || store.close()).await;
        if let Err(error) = closed {
            tracing::error!("cannot close the database in order: {error}");
        }
        drop(lock);
        done?;
        Ok(Status::Ok)
    });
    tracing::info!("stopped");
    result
}

/// What the daemon holds while it runs.
struct Opened {
    parts: PipelineParts,
    socket: PathBuf,
    lock: Lock,
}

/// Takes the lock and opens the database; waits as long as another program holds it.
fn open_all(
    config: Arc<Config>,
    clock: &Arc<dyn Clock>,
    socket: PathBuf,
) -> Result<Opened, Failed> {
    let lock = Lock::take(&config.database, Some(&socket))?;
    let store = open::store(&config, clock)?;
    let pool = open::reading_pool(&config)?;
    Ok(Opened {
        parts: PipelineParts {
            config,
            store,
            pool,
            clock: Arc::clone(clock),
        },
        socket,
        lock,
    })
}
