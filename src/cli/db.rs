//! `feedmill db`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::{self, Output},
};

/// Look after the database file
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill db backup /backup/feedmill-2026-11-24.db    while the daemon runs\n  \
    feedmill db verify\n  \
    feedmill db stats")]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Copy the database while it is in use; cursors of a restored copy never repeat one
    Backup {
        /// The copy; it must not exist
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Check the file and what must hold in it
    Verify,
    /// Rows and sizes
    Stats {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let reader = open::reader(global)?;
    let mut output = Output::new();
    let status = match &args.verb {
        Verb::Backup { file } => {
            reader.backup(file)?;
            output.line(format!("backed up to {}", file.display()))?;
            Status::Ok
        }
        Verb::Verify => {
            let findings = reader.verify()?;
            if findings.is_empty() {
                output.line("good: file and invariants hold")?;
                Status::Ok
            } else {
                for finding in &findings {
                    output.line(finding)?;
                }
                output.flush()?;
                return Err(Failed::message(
                    Status::Config,
                    format!("the database has {}", output::count(findings.len(), "fault", "faults")),
                )
                .with_hint(
                    "restore a backup, or move the file away and begin anew; see docs/operations.md"
                        .to_owned(),
                ));
            }
        }
        Verb::Stats { json } => {
            let stats = reader.stats()?;
            if *json {
                output.json(&stats)?;
            } else {
                let value = serde_json::to_value(&stats).unwrap_or_default();
                for (name, value) in value.as_object().into_iter().flatten() {
                    output.line(format!("{name:<24} {value}"))?;
                }
            }
            Status::Ok
        }
    };
    output.flush()?;
    Ok(status)
}
