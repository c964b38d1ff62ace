//! `feedmill list`.

use super::{
    args::{Filters, Global, Machine},
    exit::{Failed, Status},
    open,
    rows::{self, Kind, column},
};

/// Articles shown when `--limit` is not given.
const LIMIT: u32 = 20;

/// List articles
///
/// The latest first, by when feedmill saw them.
#[derive(Debug, clap::Args)]
#[command(mut_arg("limit", |limit| limit.help("At most so many [default: 20]")))]
#[command(after_help = "Examples:\n  \
    feedmill list\n  \
    feedmill list --feed example --since 1d\n  \
    feedmill list --tag politics --lang de --limit 100 --jsonl")]
pub(super) struct Args {
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    machine: Machine,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let filter = rows::filter(&args.filters, Some(LIMIT))?;
    let reader = open::reader(global)?;
    rows::expect_feed(&reader, filter.feed.as_deref())?;
    let articles = reader.articles(&filter)?;
    let columns = [
        column("id", Kind::Plain),
        column("published_at", Kind::Time),
        column("feed", Kind::Line),
        column("word_count", Kind::Plain),
        column("title", Kind::Line),
    ];
    rows::print(&articles, &columns, args.machine)?;
    Ok(Status::Ok)
}
