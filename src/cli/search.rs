//! `feedmill search`.

use super::{
    args::{Filters, Global, Machine},
    exit::{Failed, Status},
    open,
    rows::{self, Kind, column},
};

/// Hits shown when `--limit` is not given.
const LIMIT: u32 = 20;

/// Search titles and texts
///
/// A hit has all the words; `OR`, `NOT`, "phrases" and prefix* work. Case and accents do not
/// matter. The best hit first (BM25).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill search climate court\n  \
    feedmill search '\"supreme court\" OR tribunal' --since 30d\n  \
    feedmill search 東京 --json")]
pub(super) struct Args {
    /// What to look for
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    machine: Machine,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let filter = rows::filter(&args.filters, Some(LIMIT))?;
    let hits = open::reader(global)?.search(&args.query.join(" "), &filter)?;
    let columns = [
        column("id", Kind::Plain),
        column("published_at", Kind::Time),
        column("feed", Kind::Line),
        column("title", Kind::Line),
        column("snippet", Kind::Line),
    ];
    rows::print(&hits, &columns, args.machine)?;
    Ok(Status::Ok)
}
