//! `feedmill tail`.

use std::{io, os::unix::fs::MetadataExt as _, time::Duration};

use clap::builder::PossibleValue;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::Output,
    rows,
};
use crate::{
    daemon::room_for_runtime,
    model::ChangeKind,
    store::{ChangeFilter, Reader},
};

/// How often a following reader looks: new rows are seen within a second of their commit.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Changes read at once.
const BATCH: u32 = 500;

/// The change feed: one JSON object a line
///
/// Keep the last `cursor` you have dealt with and ask for what comes after it: nothing is
/// missed, nothing comes twice.
///
/// Filters ask what an article is now. What was taken out cannot be asked any more, so `pruned`
/// comes whatever feed, tag or language was asked for, unless `--kind` leaves it out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill tail                        everything from the beginning\n  \
    feedmill tail --since 1042           what came after cursor 1042\n  \
    feedmill tail --since 1042 --follow  and what comes from now on\n  \
    feedmill tail --follow --kind new,pruned --tag world --lang de")]
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
    /// Only of articles with this tag (the article's or the feed's)
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only of articles in this language, as `de` or `en-GB`
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Only changes of these kinds, with commas between
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<ChangeKind>,
    /// How changes are written
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    format: Format,
    /// The same as `--format jsonl`
    #[arg(long)]
    jsonl: bool,
}

impl clap::ValueEnum for ChangeKind {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JSON object a line.
    Jsonl,
}

/// Waits that a signal ends, so that a follower ends in order.
struct Waits {
    runtime: tokio::runtime::Runtime,
    term: Signal,
    int: Signal,
}

impl Waits {
    fn new() -> io::Result<Self> {
        room_for_runtime()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let _inside = runtime.enter();
        let (term, int) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        Ok(Self { runtime, term, int })
    }

    /// True: it is time to end.
    fn wait(&mut self, span: Duration) -> bool {
        self.runtime.block_on(async {
            tokio::select! {
                _ = self.term.recv() => true,
                _ = self.int.recv() => true,
                () = tokio::time::sleep(span) => false,
            }
        })
    }
}

/// What tells a file from another one of the same name: its device and its number there.
fn identity(reader: &Reader) -> Option<(u64, u64)> {
    let metadata = std::fs::metadata(reader.path()).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// The file that has taken the place of the one that is open: a backup was restored. Its cursors go on beyond all
/// that were given out. One that cannot be read is still being copied.
fn other_file(
    file: Option<(u64, u64)>,
    reader: &Reader,
    global: &Global,
) -> Option<(Reader, Option<(u64, u64)>)> {
    let now = identity(reader);
    if now.is_none() || now == file {
        return None;
    }
    let reader = open::reader(global).ok()?;
    tracing::warn!(
        "{} was replaced by another file: reading that one",
        reader.path().display()
    );
    Some((reader, now))
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let mut reader = open::reader(global)?;
    let mut file = identity(&reader);
    rows::expect_feed(&reader, args.feed.as_deref())?;
    let filter = ChangeFilter {
        feed: args.feed.clone(),
        tag: args.tag.clone(),
        language: args.lang.clone(),
        kinds: args.kind.clone(),
    };
    // Without `--follow` there is nothing to wait for, and signals do what they always do.
    let waits = args.follow.then(Waits::new).transpose();
    let mut waits = waits.map_err(|error| {
        let error = anyhow::Error::new(error).context("cannot wait for changes");
        Failed::new(Status::Io, error)
    })?;
    let mut output = Output::new();
    let mut cursor = args.since;
    let mut n_left = args.limit.unwrap_or(u32::MAX);
    while n_left > 0 {
        let looked = reader.next_changes(cursor, n_left.min(BATCH), &filter)?;
        for change in &looked.changes {
            match args.format {
                Format::Jsonl => output.json_line(change)?,
            }
            n_left = n_left.saturating_sub(1);
        }
        output.flush()?;
        // Nothing came since the last look; what was looked at and not wanted is no reason to wait.
        let is_at_end = looked.up_to == cursor;
        cursor = looked.up_to;
        if is_at_end {
            let Some(waits) = &mut waits else {
                break;
            };
            if waits.wait(LOOK_EVERY) {
                break;
            }
            if let Some(other) = other_file(file, &reader, global) {
                (reader, file) = other;
            }
        }
    }
    Ok(Status::Ok)
}
