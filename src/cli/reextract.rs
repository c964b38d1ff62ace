//! `feedmill reextract`.

use super::{
    args::Global,
    chores,
    exit::{Failed, Status},
    open,
    output::{self, Output},
    rows, time,
};
use crate::{
    ingest::{Chore, ChoreSummary, HELD, ReextractSummary, Reextracted, Rereader, compare},
    model::{ArticleId, FeedId},
    store::{RawPick, Reader},
};

/// Run today's extractor over the stored raw pages
///
/// A text or title that comes out otherwise is a revision (`reextracted` in the change feed). Pages are kept
/// for `keep_raw`; an article whose text came from the feed since stays as it is. A run that was broken off
/// is gone on with by the next one with the same options. While a daemon runs it does the work, beside
/// polling.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill reextract --dry-run               what would change\n  \
    feedmill reextract --feed example          one feed's articles\n  \
    feedmill reextract --since 7d --jsonl")]
pub(super) struct Args {
    /// Only articles of this feed: name, id or URL
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
    /// Only articles first seen at this time or later: a date, a time, or a span such as `7d`
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only articles first seen before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object for each text that changes, and one for the sum
    #[arg(long)]
    jsonl: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let reader = open::reader(global)?;
    let now = open::clock().now().wall;
    let feed = match args.feed.as_deref() {
        Some(key) => Some(FeedId(rows::named_feed(&reader, key)?.id)),
        None => None,
    };
    let order = RawPick {
        feed,
        since: time::parse("--since", args.since.as_deref(), now)?,
        until: time::parse("--until", args.until.as_deref(), now)?,
    };
    let mut output = Output::new();
    let mut tell = |changed: &Reextracted| {
        if args.jsonl {
            output.json_line(changed)?;
        } else {
            output.line(describe(changed))?;
        }
        output.flush()
    };
    let summary = if args.dry_run {
        dry_run(global, &reader, &order, &mut tell)?
    } else {
        drop(reader);
        match chores::run(global, Chore::Reextract(order), &mut tell)? {
            ChoreSummary::Reextract(summary) => summary,
            ChoreSummary::Prune(_) | ChoreSummary::Optimize { .. } => ReextractSummary::default(),
        }
    };
    if args.jsonl {
        output.json_line(&serde_json::json!({ "summary": summary }))?;
    } else {
        output.line(sum_up(&summary, args.dry_run))?;
    }
    output.flush()?;
    Ok(Status::Ok)
}

/// Reads and compares beside whoever owns the database.
fn dry_run(
    global: &Global,
    reader: &Reader,
    order: &RawPick,
    tell: &mut dyn FnMut(&Reextracted) -> Result<(), Failed>,
) -> Result<ReextractSummary, Failed> {
    let config = open::config_for_reading(global)?;
    open::block_on(async {
        let pool = crate::ingest::Pool::for_this_machine()?;
        let rereader = Rereader::new(&config, pool, open::clock());
        let mut summary = ReextractSummary::default();
        let mut after = ArticleId(0);
        loop {
            let articles = reader.raw_articles(order, after, HELD)?;
            if articles.is_empty() {
                return Ok(summary);
            }
            for raw in articles {
                after = raw.article;
                if let Some((site, feed, n_latest)) = rereader.unknown_site(&raw) {
                    let knowledge = reader.site_knowledge(&site, feed, n_latest)?;
                    rereader.recall(site, knowledge).await;
                }
                let Ok(content) = rereader.read(&raw).await else {
                    summary.add(None);
                    summary.failed += 1;
                    continue;
                };
                let changed = compare(&raw, &content);
                summary.add(changed.as_ref());
                if let Some(changed) = changed {
                    tell(&changed)?;
                }
            }
        }
    })
}

fn describe(changed: &Reextracted) -> String {
    let (gone, new) = changed.changed_words;
    format!(
        "{}: {} ({} to {} words: {gone} gone, {new} new)",
        changed.article_id,
        output::printable(changed.title.as_deref().unwrap_or("(no title)")),
        changed.words.0,
        changed.words.1,
    )
}

fn sum_up(summary: &ReextractSummary, is_dry: bool) -> String {
    let verb = if is_dry { "would be" } else { "are" };
    let failed = if summary.failed > 0 {
        let pages = output::count(summary.failed, "page gives", "pages give");
        format!("; {pages} no article any more, left as they are")
    } else {
        String::new()
    };
    format!(
        "{} read anew: {} {verb} others, {} gone, {} new{failed}",
        output::count(summary.pages, "page", "pages"),
        output::count(summary.changed, "text or title", "texts or titles"),
        output::count(summary.words_gone, "word", "words"),
        summary.words_new,
    )
}
