//! `feedmill feeds`: the subscription list.

mod change;
mod discover;
mod list;
mod opml;

use clap::Subcommand;

use super::{
    args::{Global, Machine},
    exit::{Failed, Status},
};

/// Manage the subscription list
///
/// `add`, `import`, `remove`, `rename`, `pause` and `resume` edit the configuration file and keep
/// its comments; a running daemon is told to read it again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill feeds add https://news.example           finds the site's feed\n  \
    feedmill feeds import subscriptions.opml\n  \
    feedmill feeds pause example\n  \
    feedmill feeds export > feeds.opml")]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the feeds with their health
    List {
        #[command(flatten)]
        machine: Machine,
    },
    /// Subscribe to a feed, or to the feed of a site
    Add(change::Add),
    /// Take feeds out of the configuration; their articles stay
    Remove {
        /// Name or URL
        #[arg(value_name = "FEED", required = true)]
        feeds: Vec<String>,
    },
    /// Stop polling for a while
    Pause {
        /// Name or URL
        #[arg(value_name = "FEED", required = true)]
        feeds: Vec<String>,
    },
    /// Poll again
    Resume {
        /// Name or URL
        #[arg(value_name = "FEED", required = true)]
        feeds: Vec<String>,
    },
    /// Give a feed another name; its history stays
    Rename {
        /// Name or URL
        #[arg(value_name = "FEED")]
        feed: String,
        /// The new name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Subscribe to the feeds of an OPML file
    Import {
        /// OPML file, or `-` for standard input
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// Print the subscriptions as OPML
    Export,
    /// Say which feeds a page advertises
    Discover {
        /// Address of a page
        #[arg(value_name = "URL")]
        url: String,
        #[command(flatten)]
        machine: Machine,
    },
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    match &args.verb {
        Verb::List { machine } => list::run(*machine, global),
        Verb::Add(add) => change::add(add, global),
        Verb::Remove { feeds } => change::remove(feeds, global),
        Verb::Pause { feeds } => change::set_paused(feeds, true, global),
        Verb::Resume { feeds } => change::set_paused(feeds, false, global),
        Verb::Rename { feed, name } => change::rename(feed, name, global),
        Verb::Import { file } => opml::import(file, global),
        Verb::Export => opml::export(global),
        Verb::Discover { url, machine } => discover::run(url, *machine, global),
    }
}
