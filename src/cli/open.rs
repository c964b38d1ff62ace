//! What most commands begin with: configuration, runtime, database.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{
    args::Global,
    exit::{Failed, Status},
};
use crate::{
    clock::{Clock, SystemClock},
    config::{self, Config, LoadOptions},
    daemon::room_for_runtime,
    http,
    ingest::{InFlight, Pool},
    store::{LogLimits, OpenOptions, Reader, Store},
};

/// How long the runtime waits for name lookups that nobody needs any more.
const RUNTIME_PATIENCE: Duration = Duration::from_millis(100);

/// Threads that wait for name lookups and, beside them, for reads of the database: names that hang must
/// not stand in its way. They come and go with the need.
const BLOCKING_THREADS: usize = http::LOOKUPS_MAX + 16;

/// Network work is light; more threads would only cost memory.
const WORKERS_MAX: usize = 4;

/// How the configuration is found, by flags and environment.
pub(super) fn load_options(global: &Global) -> LoadOptions {
    LoadOptions::from_environment(global.config.clone(), global.db.clone())
}

/// The configuration in force.
pub(super) fn config(global: &Global) -> Result<Config, Failed> {
    Ok(config::load(&load_options(global))?)
}

/// The configuration for a command that only reads: passwords need not be there.
pub(super) fn config_for_reading(global: &Global) -> Result<Config, Failed> {
    let mut options = load_options(global);
    options.is_for_reading = true;
    Ok(config::load(&options)?)
}

/// The machine's clock.
pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

/// Opens the database for writing; the caller holds its lock.
pub(super) fn store(config: &Config, clock: &Arc<dyn Clock>) -> Result<Store, Failed> {
    Ok(Store::open(OpenOptions {
        path: config.database.clone(),
        busy_timeout: config.limits.busy_timeout,
        log_limits: LogLimits {
            kept_bytes: config.limits.journal_size_limit,
            most_bytes: config.limits.journal_stop,
        },
        clock: Arc::clone(clock),
        rules: crate::ingest::store_rules(),
    })?)
}

/// The threads that read documents, with an account of what they read beside the database.
pub(super) fn reading_pool(config: &Config) -> Result<Pool, Failed> {
    let pool = Pool::for_this_machine()?;
    Ok(
        match InFlight::beside(&config.database, config.source.as_deref()) {
            Ok(in_flight) => pool.watched_by(in_flight),
            Err(error) => {
                tracing::warn!(
                    "cannot keep account of the documents that are read beside {}: {error}; one that ends the process would do so again",
                    config.database.display()
                );
                pool
            }
        },
    )
}

/// Opens the database for reading only.
pub(super) fn reader(global: &Global) -> Result<Reader, Failed> {
    let config = config_for_reading(global)?;
    Ok(Reader::open(&config.database)?)
}

/// The folder of a database that does not exist yet is made: `fetch URL` needs no set-up.
pub(super) fn ensure_database_folder(config: &Config) -> Result<(), Failed> {
    let folder = match config.database.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) | None => PathBuf::from("."),
    };
    std::fs::create_dir_all(&folder).map_err(|error| {
        Failed::new(
            Status::Io,
            anyhow::Error::new(error).context(format!(
                "cannot make folder `{}` for the database",
                folder.display()
            )),
        )
        .with_hint("choose another place with `--db FILE`".to_owned())
    })
}

/// Runs `work` on a runtime of its own and lets go of what is left behind.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runtime = room_for_runtime()
        .and_then(|()| {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(n_cores.min(WORKERS_MAX))
                .max_blocking_threads(BLOCKING_THREADS)
                .enable_all()
                .build()
        })
        .map_err(|error| {
            Failed::new(
                Status::Io,
                anyhow::Error::new(error).context("cannot start the runtime"),
            )
            .with_hint("the limit of open files may be too low: see `ulimit -n`".to_owned())
        })?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(RUNTIME_PATIENCE);
    result
}
