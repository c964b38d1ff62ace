//! `feedmill forget`.

use super::{
    args::Global,
    ask::Asked,
    exit::{Failed, Status},
    open,
    output::{self, Output},
};
use crate::daemon::{ControlReply, ControlRequest, Lock, LockError};

/// Take articles out for good
///
/// Text, revisions and raw page go; a tombstone stays, so that the feed does not bring the
/// article back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  feedmill forget https://news.example/2026/withdrawn-story")]
pub(super) struct Args {
    /// Addresses of the articles
    #[arg(value_name = "URL", required = true)]
    urls: Vec<String>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let config = open::config(global)?;
    let n_forgotten = match Lock::take(&config.database, None) {
        Ok(_lock) => {
            // Opening would make a database where there is none.
            crate::store::Reader::open(&config.database)?;
            let store = open::store(&config, &open::clock())?;
            let urls = args.urls.clone();
            let asked = store.clone();
            let result = open::block_on(async move { Ok(asked.forget(urls).await?) });
            store.close();
            result?
        }
        Err(LockError::Owned { owner, database }) => match owner.socket.clone() {
            Some(socket) => open::block_on(ask_daemon(socket, args.urls.clone()))?,
            None => return Err(LockError::Owned { database, owner }.into()),
        },
        Err(error) => return Err(error.into()),
    };
    let mut output = Output::new();
    output.line(format!(
        "{} forgotten",
        output::count(n_forgotten, "article", "articles")
    ))?;
    output.flush()?;
    if n_forgotten == 0 {
        return Err(
            Failed::message(Status::Unusable, "no article has one of these addresses")
                .with_hint("`feedmill list --json` shows addresses as they are stored".to_owned()),
        );
    }
    Ok(Status::Ok)
}

async fn ask_daemon(socket: std::path::PathBuf, urls: Vec<String>) -> Result<usize, Failed> {
    let mut asked = Asked::send(socket, &ControlRequest::Forget { urls }).await?;
    match asked.next().await? {
        Some(ControlReply::Forgotten { articles }) => Ok(articles),
        Some(ControlReply::Failed { error, hint }) => {
            Err(Failed::message(Status::Io, error).with_hint(hint))
        }
        Some(
            ControlReply::Report(_)
            | ControlReply::Done(_)
            | ControlReply::Paused { .. }
            | ControlReply::Changed(_)
            | ControlReply::ChoreDone { .. }
            | ControlReply::Status { .. }
            | ControlReply::Reloaded { .. },
        )
        | None => Err(Failed::message(
            Status::Partial,
            "the daemon ended before it had done what was asked",
        )),
    }
}
