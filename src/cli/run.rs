//! `feedmill run`.

use std::sync::Arc;

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
};
use crate::{
    daemon::{self, ControlServer, DaemonParts, Lock, Signals},
    ingest::Pool,
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
    let lock = Lock::take(&config.database, Some(&socket))?;
    let store = open::store(&config, &clock)?;
    let pool = Pool::for_this_machine()?;
    let daemon_store = store.clone();
    let result = open::block_on(async move {
        let signals = Signals::install()?;
        let control = ControlServer::bind(socket)?;
        daemon::run(DaemonParts {
            load,
            config,
            store: daemon_store,
            pool,
            clock,
            signals,
            control: Some(control),
        })
        .await?;
        Ok(Status::Ok)
    });
    store.close();
    drop(lock);
    tracing::info!("stopped");
    result
}
