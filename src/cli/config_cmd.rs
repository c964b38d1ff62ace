//! `feedmill config`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::{self, Output},
};
use crate::{config, whole_file};

/// Check, show or begin a configuration
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill config init > feedmill.toml       a commented sample\n  \
    feedmill config check                      the verdict the daemon would give\n  \
    feedmill config show --origin              every value and who set it")]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say whether the configuration is good, with file, line and column of every fault
    Check,
    /// Print the values in force
    Show {
        /// Also say where each value comes from
        #[arg(long)]
        origin: bool,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of the configuration file
    Schema,
    /// Print a commented sample, or write it where there is no file yet
    Init {
        /// File to write
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    match &args.verb {
        Verb::Check => check(global),
        Verb::Show { origin, json } => show(global, *origin, *json),
        Verb::Schema => {
            let mut output = Output::new();
            output.json(&config::schema())?;
            output.flush()?;
            Ok(Status::Ok)
        }
        Verb::Init { file } => init(file.as_ref()),
    }
}

fn check(global: &Global) -> Result<Status, Failed> {
    let config = open::config(global)?;
    for notice in &config.warnings {
        output::note(format!("warning: {notice}"));
    }
    let mut output = Output::new();
    let source = config.source.as_ref().map_or_else(
        || "no configuration file; defaults".to_owned(),
        |path| path.display().to_string(),
    );
    output.line(format!(
        "{source}: good, {}, database {}",
        output::count(config.feeds.len(), "feed", "feeds"),
        config.database.display()
    ))?;
    output.flush()?;
    Ok(Status::Ok)
}

fn show(global: &Global, with_origin: bool, as_json: bool) -> Result<Status, Failed> {
    let config = open::config(global)?;
    let origins = config.origins();
    let mut output = Output::new();
    if as_json {
        let object: serde_json::Map<String, serde_json::Value> = origins
            .iter()
            .map(|value| {
                let shown = if with_origin {
                    serde_json::json!({ "value": value.value, "origin": value.origin })
                } else {
                    serde_json::json!(value.value)
                };
                (value.key.clone(), shown)
            })
            .collect();
        output.json(&object)?;
    } else {
        for value in &origins {
            if with_origin {
                output.line(format!(
                    "{} = {}  # {}",
                    value.key, value.value, value.origin
                ))?;
            } else {
                output.line(format!("{} = {}", value.key, value.value))?;
            }
        }
    }
    output.flush()?;
    Ok(Status::Ok)
}

fn init(file: Option<&PathBuf>) -> Result<Status, Failed> {
    let Some(path) = file else {
        let mut output = Output::new();
        output.line(config::SAMPLE.trim_end())?;
        output.flush()?;
        return Ok(Status::Ok);
    };
    match whole_file::create(path, config::SAMPLE.as_bytes()) {
        Ok(()) => {
            output::note(format!(
                "{} written; edit it, then `feedmill config check`",
                path.display()
            ));
            Ok(Status::Ok)
        }
        Err(error) => Err(Failed::new(
            Status::Io,
            anyhow::Error::new(error).context(format!("cannot write `{}`", path.display())),
        )),
    }
}
