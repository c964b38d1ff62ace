//! `feedmill db`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{
    args::Global,
    chores,
    exit::{Failed, Status},
    open,
    output::{self, Output},
    rows, time,
};
use crate::{
    config,
    ingest::{Chore, ChoreSummary, PruneOrder},
    model::FeedId,
    store::Reader,
};

/// Look after the database file
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill db backup /backup/feedmill-2026-11-24.db    while the daemon runs\n  \
    feedmill db verify\n  \
    feedmill db prune --older-than 365d --dry-run\n  \
    feedmill db optimize\n  \
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
    /// Take out what is kept no longer
    Prune(PruneArgs),
    /// Merge the full-text index and give free pages back to the file system
    Optimize,
    /// Rows and sizes
    Stats {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

/// Take out what is kept no longer
///
/// What `[retention]` says, and what the options say above it; raw pages that have run out always go. An
/// article that goes leaves a tombstone and does not come back as new; the change feed says `pruned`.
/// While a daemon runs it does the work, beside polling.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill db prune                              what the configuration says\n  \
    feedmill db prune --older-than 365d --dry-run\n  \
    feedmill db prune --feed example\n  \
    feedmill db prune --max-size 20GB")]
struct PruneArgs {
    /// Articles first seen before this time: a date, a time, or a span such as `365d`
    #[arg(long, value_name = "TIME")]
    older_than: Option<String>,
    /// Only articles that this feed lists and no other: name, id or URL; without --older-than all of them
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
    /// Bytes in use in the database; beyond, raw pages go first, then articles, the oldest first
    #[arg(long, value_name = "SIZE")]
    max_size: Option<String>,
    /// Say what would go, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let reader = open::reader(global)?;
    let mut output = Output::new();
    let status = match &args.verb {
        Verb::Prune(args) => prune(args, global, reader, &mut output)?,
        Verb::Optimize => {
            drop(reader);
            if let ChoreSummary::Optimize { bytes } =
                chores::run(global, Chore::Optimize, |_| Ok(()))?
            {
                output.line(format!("in order: {}", shrunk(bytes)))?;
            }
            Status::Ok
        }
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

fn prune(
    args: &PruneArgs,
    global: &Global,
    reader: Reader,
    output: &mut Output,
) -> Result<Status, Failed> {
    let order = prune_order(args, global, &reader)?;
    if args.dry_run {
        return would_prune(args, &order, &reader, output);
    }
    drop(reader);
    if let ChoreSummary::Prune(pruned) = chores::run(global, Chore::Prune(order), |_| Ok(()))? {
        if args.json {
            output.json(&pruned)?;
        } else {
            output.line(format!(
                "{} and {} taken out, {} summed up; {}",
                output::count(pruned.articles, "article", "articles"),
                output::count(pruned.raw_pages, "raw page", "raw pages"),
                output::count(pruned.ledger_rows, "poll or fetch", "polls and fetches"),
                shrunk(pruned.bytes)
            ))?;
        }
    }
    Ok(Status::Ok)
}

fn prune_order(args: &PruneArgs, global: &Global, reader: &Reader) -> Result<PruneOrder, Failed> {
    let config = open::config_for_reading(global)?;
    let now = open::clock().now().wall;
    let mut order = PruneOrder::of(&config.retention, now);
    let older_than = time::parse("--older-than", args.older_than.as_deref(), now)?;
    order.articles_before = older_than.or(order.articles_before);
    if let Some(key) = &args.feed {
        order.feed = Some(FeedId(rows::named_feed(reader, key)?.id));
        // The feed's articles go, whatever their age, unless an age is given here.
        order.articles_before = older_than;
    }
    if let Some(size) = &args.max_size {
        let size = config::parse_size(size).map_err(|why| {
            Failed::message(Status::Usage, format!("`--max-size`: {why}"))
                .with_hint("write bytes, or a number with `MB`, `GB`, `MiB` or `GiB`".to_owned())
        })?;
        order.max_size = Some(size);
    }
    Ok(order)
}

fn would_prune(
    args: &PruneArgs,
    order: &PruneOrder,
    reader: &Reader,
    output: &mut Output,
) -> Result<Status, Failed> {
    let articles = match order.pruning() {
        Some(pruning) => reader.count_to_prune(&pruning)?,
        None => 0,
    };
    let used = reader.file_use()?.bytes_used();
    let beyond = order.max_size.map_or(0, |most| used.saturating_sub(most));
    if args.json {
        output.json(&serde_json::json!({
            "articles": articles, "bytes_used": used, "bytes_beyond_max_size": beyond,
        }))?;
        return Ok(Status::Ok);
    }
    output.line(format!(
        "{} would be taken out by age or feed",
        output::count(articles, "article", "articles")
    ))?;
    if beyond > 0 {
        output.line(format!(
            "{beyond} of {used} bytes in use are beyond the size: raw pages would go first, then articles, the oldest first"
        ))?;
    }
    Ok(Status::Ok)
}

fn shrunk((before, after): (u64, u64)) -> String {
    format!("the file has {after} bytes, before {before}")
}
