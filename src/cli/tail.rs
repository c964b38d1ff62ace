//! `feedmill tail`.

use std::time::Duration;

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::Output,
    rows,
};

/// How often a following reader looks: new rows are seen within a second of their commit.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Changes read at once.
const BATCH: u32 = 500;

/// The change feed: one JSON object a line
///
/// Keep the last `cursor` you have dealt with and ask for what comes after it: nothing is
/// missed, nothing comes twice.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill tail                        everything from the beginning\n  \
    feedmill tail --since 1042           what came after cursor 1042\n  \
    feedmill tail --since 1042 --follow  and what comes from now on")]
pub(super) struct Args {
    /// Only changes after this cursor
    #[arg(long, value_name = "CURSOR", default_value_t = 0)]
    since: i64,
    /// Go on as changes are committed, until interrupted
    #[arg(long)]
    follow: bool,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Only changes of articles of this feed: name, id or URL
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let reader = open::reader(global)?;
    rows::expect_feed(&reader, args.feed.as_deref())?;
    let mut output = Output::new();
    let mut cursor = args.since;
    let mut n_left = args.limit.unwrap_or(u32::MAX);
    loop {
        let changes = reader.changes(cursor, n_left.min(BATCH), args.feed.as_deref())?;
        for change in &changes {
            output.json_line(change)?;
            cursor = change.cursor;
            n_left = n_left.saturating_sub(1);
        }
        output.flush()?;
        if n_left == 0 || (changes.is_empty() && !args.follow) {
            return Ok(Status::Ok);
        }
        if changes.is_empty() {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}
