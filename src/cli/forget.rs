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
/// Text, revisions and raw page go; a tombstone stays, so that the feed does not bring the article back. An address
/// that no article has gets one as well: what it leads to is never fetched. Words of the text stand in the full-text
/// index until `feedmill db optimize`, or until so much has been written that it is merged. The text is overwritten
/// in the file; a copy that SQLite left behind when it once moved the row goes with a `VACUUM` of its own command line.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  feedmill forget https://news.example/2026/withdrawn-story")]
pub(super) struct Args {
    /// Addresses of the articles
    #[arg(value_name = "URL", required = true)]
    urls: Vec<String>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let config = open::config(global)?;
    // One after the other, so that it can be said which is not there.
    let counts = match Lock::take(&config.database, None) {
        Ok(_lock) => {
            // Opening would make a database where there is none.
            crate::store::Reader::open(&config.database)?;
            let store = open::store(&config, &open::clock())?;
            let (asked, urls) = (store.clone(), args.urls.clone());
            let result = open::block_on(async move {
                let mut counts = Vec::new();
                for url in urls {
                    counts.push(asked.forget(vec![url]).await?);
                }
                Ok(counts)
            });
            store.close();
            result?
        }
        Err(LockError::Owned { owner, database }) => match owner.socket.clone() {
            Some(socket) => {
                let urls = args.urls.clone();
                open::block_on(async move {
                    let mut counts = Vec::new();
                    for url in urls {
                        counts.push(ask_daemon(socket.clone(), vec![url]).await?);
                    }
                    Ok(counts)
                })?
            }
            None => return Err(LockError::Owned { database, owner }.into()),
        },
        Err(error) => return Err(error.into()),
    };
    let mut output = Output::new();
    let n_forgotten: usize = counts.iter().sum();
    output.line(format!(
        "{} forgotten",
        output::count(n_forgotten, "article", "articles")
    ))?;
    output.flush()?;
    let unknown: Vec<_> = args
        .urls
        .iter()
        .zip(&counts)
        .filter(|(_, n_forgotten)| **n_forgotten == 0)
        .map(|(url, _)| format!("`{url}`"))
        .collect();
    if unknown.is_empty() {
        return Ok(Status::Ok);
    }
    let status = if n_forgotten == 0 {
        Status::Unusable
    } else {
        Status::Partial
    };
    let said = format!(
        "no article has the address {}; what it leads to will not be fetched or stored from now on",
        unknown.join(", ")
    );
    Err(Failed::message(status, said)
        .with_hint("`feedmill list --json` shows addresses as they are stored".to_owned()))
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
