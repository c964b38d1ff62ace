//! `feedmill list`.

use super::{
    args::{AsOf, Filters, Global, Machine},
    exit::{Failed, Status},
    open,
    rows::{self, Kind, column},
};

/// Articles shown when `--limit` is not given.
const LIMIT: u32 = 20;

/// List articles
///
/// The latest first, by when feedmill saw them.
///
/// With `--as-of` as they were when the change feed stood at that cursor: title, text, word count,
/// hash and revision of then, without what came later. Articles taken out since cannot be told of;
/// feeds, tags, authors and stories are those of now.
#[derive(Debug, clap::Args)]
#[command(mut_arg("limit", |limit| limit.help("At most so many [default: 20]")))]
#[command(after_help = "Examples:\n  \
    feedmill list\n  \
    feedmill list --feed example --since 1d\n  \
    feedmill list --tag politics --lang de --limit 100 --jsonl\n  \
    feedmill list --as-of 1042")]
pub(super) struct Args {
    #[command(flatten)]
    as_of: AsOf,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    machine: Machine,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let mut filter = rows::filter(&args.filters, Some(LIMIT))?;
    filter.as_of = args.as_of.cursor;
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
