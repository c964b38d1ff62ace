//! Edits of the configuration file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::discover;
use crate::{
    cli::{
        args::Global,
        ask::Asked,
        exit::{Failed, Status},
        open,
        output::{self, Output},
    },
    config::{self, Config, EditError, NewFeed},
    daemon::{ControlReply, ControlRequest, Lock},
    whole_file,
};

/// What `add` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Address of a feed or of a site
    #[arg(value_name = "URL")]
    url: String,
    /// Unique name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Label; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Take the address as it is, without asking it
    #[arg(long)]
    no_check: bool,
}

pub(super) fn add(args: &Add, global: &Global) -> Result<Status, Failed> {
    let (config, path) = editable(global)?;
    let address = discover::read_address(&args.url)?;
    let (url, title, others) = if args.no_check {
        (address, None, Vec::new())
    } else {
        open::block_on(discover::find_feed(&config, address))?
    };
    let feed = NewFeed {
        url: url.to_string(),
        name: args.name.clone(),
        tags: args.tags.clone(),
    };
    edit(&path, global, |text| {
        config::add_feeds(text, std::slice::from_ref(&feed))
    })?;
    let mut output = Output::new();
    let shown = crate::url::without_credentials(&url);
    output.line(format!(
        "added {}{} to {}",
        shown,
        title
            .map(|title| format!(" ({})", output::printable(&title)))
            .unwrap_or_default(),
        path.display()
    ))?;
    for other in others {
        output.line(format!("  also advertised: {}", output::printable(&other)))?;
    }
    output.flush()?;
    tell_daemon(&config)
}

pub(super) fn remove(feeds: &[String], global: &Global) -> Result<Status, Failed> {
    change_each(feeds, global, "removed", |text, key| {
        config::remove_feed(text, key)
    })
}

pub(super) fn set_paused(
    feeds: &[String],
    is_paused: bool,
    global: &Global,
) -> Result<Status, Failed> {
    let done = if is_paused { "paused" } else { "resumed" };
    change_each(feeds, global, done, |text, key| {
        config::set_paused(text, key, is_paused)
    })
}

pub(super) fn rename(feed: &str, name: &str, global: &Global) -> Result<Status, Failed> {
    let feeds = [feed.to_owned()];
    change_each(&feeds, global, "renamed", |text, key| {
        config::rename_feed(text, key, name)
    })
}

fn change_each(
    feeds: &[String],
    global: &Global,
    done: &str,
    change: impl Fn(&str, &str) -> Result<String, EditError>,
) -> Result<Status, Failed> {
    let (config, path) = editable(global)?;
    edit(&path, global, |text| {
        feeds
            .iter()
            .try_fold(text.to_owned(), |text, key| change(&text, key))
    })?;
    let mut output = Output::new();
    for feed in feeds {
        output.line(format!("{done} {}", output::printable(feed)))?;
    }
    output.flush()?;
    tell_daemon(&config)
}

/// The configuration and the file that holds it.
pub(super) fn editable(global: &Global) -> Result<(Config, PathBuf), Failed> {
    let config = open::config(global)?;
    let Some(path) = config.source.clone() else {
        return Err(
            Failed::message(Status::Config, "there is no configuration file to edit")
                .with_hint("begin one with `feedmill config init feedmill.toml`".to_owned()),
        );
    };
    Ok((config, path))
}

/// Changes the file, and takes the change back when the result is no good configuration.
pub(super) fn edit(
    path: &Path,
    global: &Global,
    change: impl FnOnce(&str) -> Result<String, EditError>,
) -> Result<(), Failed> {
    let io = |error: std::io::Error| {
        Failed::new(
            Status::Io,
            anyhow::Error::new(error).context(format!("cannot edit `{}`", path.display())),
        )
    };
    let old = fs::read_to_string(path).map_err(io)?;
    let new = change(&old).map_err(|error| {
        let hint = error.hint();
        Failed::new(Status::Usage, error).with_hint(hint)
    })?;
    whole_file::replace(path, new.as_bytes()).map_err(io)?;
    if let Err(failed) = open::config(global) {
        whole_file::replace(path, old.as_bytes()).map_err(io)?;
        return Err(failed.with_hint(format!("`{}` was left as it was", path.display())));
    }
    Ok(())
}

/// A running daemon reads the configuration again.
pub(super) fn tell_daemon(config: &Config) -> Result<Status, Failed> {
    let Some(socket) = Lock::owner(&config.database).and_then(|owner| owner.socket) else {
        return Ok(Status::Ok);
    };
    let told = open::block_on(async {
        let mut asked = Asked::send(socket, &ControlRequest::Reload).await?;
        asked.next().await
    });
    match told {
        Ok(Some(ControlReply::Reloaded { feeds })) => {
            output::note(format!(
                "the daemon has read it: {}",
                output::count(feeds, "feed", "feeds")
            ));
            Ok(Status::Ok)
        }
        Ok(Some(ControlReply::Failed { error, .. })) => Err(Failed::message(
            Status::Config,
            format!("the daemon did not take it over: {error}"),
        )),
        Ok(
            Some(
                ControlReply::Report(_)
                | ControlReply::Done(_)
                | ControlReply::Paused { .. }
                | ControlReply::Status { .. }
                | ControlReply::Forgotten { .. }
                | ControlReply::Changed(_)
                | ControlReply::ChoreDone { .. },
            )
            | None,
        )
        | Err(_) => {
            output::note("warning: the daemon did not answer; reload it by hand (SIGHUP)");
            Ok(Status::Ok)
        }
    }
}
