//! A generated world on loopback, and what it costs to read it.
//!
//! `cargo bench --bench world -- MODE [--feeds=N --entries=N --hosts=N --page-kb=N --seed=N]`;
//! docs/performance.md says what each mode shows and how to repeat it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::format_push_string,
    missing_docs,
    reason = "a measuring program: it prints, reads clocks and keeps no promises"
)]

mod bench;
mod feeds;
mod figures;
mod measure;
mod page;
mod plan;
mod readers;
mod scale;
mod scale_articles;
mod scale_reads;
mod serve;
mod soak;
mod store;
mod story;
mod words;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use plan::Plan;

const USAGE: &str = "usage: cargo bench --bench world -- MODE [OPTION…]

modes:
  ingest     CPU and memory of a first fetch, against a bare parse of the same pages
  unchanged  CPU of polls that change nothing
  idle       memory of the daemon with 10,000 feeds that are not due
  extract    CPU of the extractor alone against a bare parse (--real=DIR: stored pages)
  feeds      CPU of reading feeds against feed-rs, and memory for 100,000 entries
  help       wall time of `feedmill --help`
  search     wall time of searches in 100,000 articles
  story      CPU of finding an article's story with 100,000 articles in the store
  scale      what a store of --articles=100000 costs: filling, reading, keeping it
  soak       the daemon in a world that changes and breaks (--seconds=600, --readers=N beside it)
  all        ingest, unchanged, idle, help, search
  serve      the world alone, until standard input ends; prints its port
  page       one generated page, or --real=DIR: a bare parse of stored pages

options: --feeds=N --entries=N --hosts=N --page-kb=N --seed=N --full-text --seconds=N --articles=N --keep
environment: FEEDMILL_BIN, the binary to measure";

/// What the command line asks for.
#[derive(Debug, Clone)]
struct Options {
    mode: String,
    plan: Option<Plan>,
    seconds: Duration,
    readers: u64,
    articles: u64,
    is_kept: bool,
    real: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::SUCCESS;
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `None`: no mode, or an argument that nobody knows.
fn options() -> Option<Options> {
    let mut options = Options {
        mode: String::new(),
        plan: None,
        seconds: Duration::from_mins(10),
        readers: 0,
        articles: 100_000,
        is_kept: false,
        real: None,
    };
    for arg in std::env::args().skip(1) {
        let mut plan = options.plan.clone().unwrap_or(Plan::USUAL);
        if plan.take(&arg) {
            options.plan = Some(plan);
        } else if let Some(seconds) = arg.strip_prefix("--seconds=") {
            options.seconds = Duration::from_secs(seconds.parse().ok()?);
        } else if let Some(readers) = arg.strip_prefix("--readers=") {
            options.readers = readers.parse().ok()?;
        } else if let Some(articles) = arg.strip_prefix("--articles=") {
            options.articles = articles.parse().ok()?;
        } else if let Some(directory) = arg.strip_prefix("--real=") {
            options.real = Some(directory.into());
        } else if arg == "--keep" {
            options.is_kept = true;
        } else if arg == "--bench" {
            // Cargo adds it.
        } else if arg.starts_with('-') || !options.mode.is_empty() {
            return None;
        } else {
            options.mode = arg;
        }
    }
    (!options.mode.is_empty()).then_some(options)
}

fn run(options: &Options) -> anyhow::Result<()> {
    match options.mode.as_str() {
        "serve" => serve::serve(options.plan.clone().unwrap_or(Plan::USUAL)),
        "page" => measure::page(options),
        "ingest" => measure::ingest(options),
        "unchanged" => measure::unchanged(options),
        "idle" => measure::idle(options),
        "extract" => measure::extract(options),
        "feeds" => feeds::feeds(),
        "help" => measure::help(),
        "search" => measure::search(options),
        "scale" => scale::scale(options),
        "story" => story::story(),
        "soak" => soak::soak(options),
        "all" => {
            measure::ingest(options)?;
            measure::unchanged(options)?;
            measure::idle(options)?;
            measure::help()?;
            measure::search(options)
        }
        other => anyhow::bail!("no mode is called `{other}`\n{USAGE}"),
    }
}
