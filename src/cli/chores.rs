//! Long work on the database: done here, or by the daemon that owns the database.

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::{
    args::Global,
    ask::Asked,
    exit::{Failed, Status},
    open,
};
use crate::{
    config::Config,
    daemon::{ControlReply, ControlRequest, Lock, LockError},
    ingest::{Chore, ChoreSummary, Reextracted, Rereader, run_chore},
};

/// Changed texts that wait to be printed.
const TOLD: usize = 16;

/// Does a chore and tells `on_changed` of each text that is made otherwise.
pub(super) fn run(
    global: &Global,
    chore: Chore,
    mut on_changed: impl FnMut(&Reextracted) -> Result<(), Failed>,
) -> Result<ChoreSummary, Failed> {
    let config = open::config(global)?;
    match Lock::take(&config.database, None) {
        Ok(_lock) => {
            // Opening would make a database where there is none.
            crate::store::Reader::open(&config.database)?;
            here(&config, &chore, &mut on_changed)
        }
        Err(LockError::Owned { owner, database }) => match owner.socket.clone() {
            Some(socket) => open::block_on(by_daemon(socket, chore, &mut on_changed)),
            None => Err(LockError::Owned { database, owner }.into()),
        },
        Err(error) => Err(error.into()),
    }
}

type OnChanged<'a> = &'a mut dyn FnMut(&Reextracted) -> Result<(), Failed>;

fn here(config: &Config, chore: &Chore, on_changed: OnChanged<'_>) -> Result<ChoreSummary, Failed> {
    let clock = open::clock();
    let store = open::store(config, &clock)?;
    let working = store.clone();
    let result = open::block_on(async move {
        let pool = open::reading_pool(config)?;
        let now = clock.now().wall;
        let rereader = Rereader::new(config, pool, clock);
        let (tell, mut told) = mpsc::channel(TOLD);
        let printing = async {
            while let Some(changed) = told.recv().await {
                on_changed(&changed)?;
            }
            Ok::<(), Failed>(())
        };
        let running = run_chore(chore, &working, &rereader, now, tell);
        let (done, printed) = tokio::join!(running, printing);
        printed?;
        Ok(done?)
    });
    store.close();
    result
}

async fn by_daemon(
    socket: PathBuf,
    chore: Chore,
    on_changed: OnChanged<'_>,
) -> Result<ChoreSummary, Failed> {
    let mut asked = Asked::send(socket, &ControlRequest::Chore { chore }).await?;
    loop {
        match asked.next().await? {
            Some(ControlReply::Changed(changed)) => on_changed(&changed)?,
            Some(ControlReply::ChoreDone { summary }) => return Ok(summary),
            Some(ControlReply::Failed { error, hint }) => {
                return Err(Failed::message(Status::Io, error).with_hint(hint));
            }
            Some(_) => {}
            None => {
                let what = "the daemon ended before it had done what was asked";
                let hint = "what was done is kept; run the command again for the rest";
                return Err(Failed::message(Status::Partial, what).with_hint(hint.to_owned()));
            }
        }
    }
}
