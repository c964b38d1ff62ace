//! The command line as written.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    config_cmd, db, demo, export, extract, feeds, fetch, forget, generate, list, parse, reextract,
    replay, run, search, show, status, tail,
};

/// Polls RSS, Atom and JSON feeds, fetches each article's page and keeps the clean text in one
/// SQLite file.
#[derive(Debug, Parser)]
#[command(
    name = "feedmill",
    version,
    about,
    max_term_width = 100,
    after_help = "Examples:\n  \
        feedmill demo                                 see the whole product, without network\n  \
        feedmill fetch https://news.example/rss       fetch one source now\n  \
        feedmill search 'climate AND law' --limit 5   search what is stored\n  \
        feedmill run --config /etc/feedmill/feedmill.toml   the daemon\n\n\
        Exit status: 0 all well, 1 partly failed, 2 usage, 65 input unusable, 69 nothing \
        reachable,\n74 I/O, 75 database locked or owned, 78 configuration or database unusable."
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options that work everywhere.
#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// Configuration file [default: ./feedmill.toml, then the user's, then /etc/feedmill's]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "FEEDMILL_CONFIG",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub(super) config: Option<PathBuf>,
    /// Database file; stands above the configuration's
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "FEEDMILL_DB",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub(super) db: Option<PathBuf>,
    /// Say more; twice: every entry
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub(super) verbose: u8,
    /// Say only what failed
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Global options"
    )]
    pub(super) quiet: bool,
    /// How log lines look
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Global options"
    )]
    pub(super) log_format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What to do; the help of each is what its `Args` say.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Run(run::Args),
    Fetch(fetch::Args),
    Extract(extract::Args),
    Parse(parse::Args),
    List(list::Args),
    Show(show::Args),
    Search(search::Args),
    Tail(tail::Args),
    Export(export::Args),
    Feeds(feeds::Args),
    Status(status::Args),
    Config(config_cmd::Args),
    Db(db::Args),
    Reextract(reextract::Args),
    Replay(replay::Args),
    Forget(forget::Args),
    Demo(demo::Args),
    /// Shell completions and man pages
    #[command(hide = true)]
    Generate(generate::Args),
}

/// Output for machines.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Machine {
    /// Print one JSON document
    #[arg(long, conflicts_with = "jsonl")]
    pub(super) json: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(super) jsonl: bool,
}

/// Which articles.
#[derive(Debug, Clone, Args)]
pub(super) struct Filters {
    /// Only of this feed: name, id or URL
    #[arg(long, value_name = "FEED")]
    pub(super) feed: Option<String>,
    /// Only with this tag (the article's or the feed's)
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Option<String>,
    /// Only in this language, as `de` or `en-GB`
    #[arg(long, value_name = "LANG")]
    pub(super) lang: Option<String>,
    /// Not older: a date, a time, or a span such as `7d`
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<String>,
    /// From before: a date, a time, or a span such as `7d`
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<u32>,
}

/// At which point of the change feed.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct AsOf {
    /// As they were when the change feed stood at this cursor
    #[arg(long = "as-of", value_name = "CURSOR", value_parser = clap::value_parser!(i64).range(0..))]
    pub(super) cursor: Option<i64>,
}
