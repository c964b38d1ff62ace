//! `feedmill search`.

use super::{
    args::{Filters, Global, Machine},
    exit::{Failed, Status},
    open, query,
    rows::{self, Kind, column},
};
use crate::store::SearchSort;

/// Hits shown when `--limit` is not given.
const LIMIT: u32 = 20;

/// Search titles and texts
///
/// The best hit first (BM25), or with `--sort date` the latest. A hit has all the words, in its
/// title or its text; case and accents do not matter.
///
/// What a query may hold: `word`, `"a phrase"`, `begin*`; `a OR b` (binds closer than the spaces
/// between words), `NOT a` or `-a`; `AND` is what spaces mean. Operators are written in capitals.
/// `title:word` looks in the title only. `feed:NAME`, `tag:world`, `tag:"climate change"`,
/// `lang:de`, `since:2026-01-01`, `since:7d` and `until:1d` act as the flags do; with filters alone
/// the latest articles come. All else is text, also other words before a colon, and parentheses
/// (the tables take those by SQL, see docs/schema.md).
#[derive(Debug, clap::Args)]
#[command(mut_arg("limit", |limit| limit.help("At most so many [default: 20]")))]
#[command(after_help = "Examples:\n  \
    feedmill search climate court\n  \
    feedmill search '\"supreme court\" OR tribunal' --since 30d\n  \
    feedmill search 'title:budget feed:example -draft since:7d' --sort date\n  \
    feedmill search 東京 --json")]
pub(super) struct Args {
    /// What to look for
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Which hits come first
    #[arg(long, value_name = "ORDER", default_value = "rank")]
    sort: Order,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    machine: Machine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Order {
    /// The best.
    Rank,
    /// The latest, by when feedmill saw them.
    Date,
}

impl From<Order> for SearchSort {
    fn from(order: Order) -> Self {
        match order {
            Order::Rank => Self::Rank,
            Order::Date => Self::Date,
        }
    }
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let typed = args.query.join(" ");
    let search = query::read(&typed)?;
    let mut filter = rows::filter(&args.filters, Some(LIMIT))?;
    let reader = open::reader(global)?;
    rows::expect_feed(&reader, filter.feed.as_deref())?;
    query::expect_feeds(&reader, &typed, &search)?;
    filter.search = Some(search);
    let found = reader.search(&filter, args.sort.into())?;
    let columns = [
        column("id", Kind::Plain),
        column("published_at", Kind::Time),
        column("feed", Kind::Line),
        column("title", Kind::Line),
        column("snippet", Kind::Line),
    ];
    rows::print(&found.hits, &columns, args.machine)?;
    query::note_ranked(found.ranked);
    Ok(Status::Ok)
}
