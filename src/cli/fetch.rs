//! `feedmill fetch`.

use std::{path::Path, sync::Arc};

use super::{
    args::{Global, Machine},
    ask::Asked,
    exit::{Failed, Status},
    open,
    output::{self, Output},
    polls::{self, Done, Left},
    source,
};
use crate::{
    clock::Clock,
    config::Config,
    daemon::{ControlReply, ControlRequest, Lock, LockError, Signals},
    ingest::{Pick, Pipeline, PipelineParts, PollReport, Round, RoundSummary},
    schedule::Manner,
    store::Store,
};

/// Poll feeds once: those named, or those that are due
///
/// A feed is named by its configured name, its id or its URL. A URL that is not configured is
/// polled once and kept under a feed row marked `adhoc`. When a daemon owns the database the
/// request is handed to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill fetch                                  what is due\n  \
    feedmill fetch --all                            every configured feed\n  \
    feedmill fetch https://news.example/rss         one source, no set-up needed\n  \
    feedmill fetch example --force                  do not wait, whatever stands against it\n\n\
    TERM or INT: begins no more polls, ends within 5 seconds, says what is left and ends with 0.\n\n\
    Exit status: 0 all well, 1 some feed or page failed, 69 nothing could be reached.")]
pub(super) struct Args {
    /// Names, ids or URLs of feeds
    #[arg(value_name = "FEED")]
    feeds: Vec<String>,
    /// Every configured feed, due or not
    #[arg(long, conflicts_with = "feeds")]
    all: bool,
    /// Override all waiting (never robots.txt, the pause between requests or the address guard)
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    machine: Machine,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let config = Arc::new(open::config(global)?);
    open::ensure_database_folder(&config)?;
    let mut printer = Printer::new(args.machine, global.quiet, &config.database);
    printer.why_none = why_none(args, config.feeds.len());
    let lock = match Lock::take(&config.database, None) {
        Ok(lock) => lock,
        Err(LockError::Owned { owner, database }) => match &owner.socket {
            Some(socket) => {
                let socket = socket.clone();
                return open::block_on(hand_over(args, socket, printer));
            }
            None => return Err(LockError::Owned { database, owner }.into()),
        },
        Err(error) => return Err(error.into()),
    };
    for notice in &config.warnings {
        output::note(format!("warning: {notice}"));
    }
    let clock = open::clock();
    let store = open::store(&config, &clock)?;
    let result = open::block_on(fetch(args, &config, &store, &clock, &mut printer));
    store.close();
    drop(lock);
    let Done { summary, left } = result?;
    if left.is_some() {
        printer.why_none = None;
    }
    let status = printer.finish(summary)?;
    // A signal is no failure of the feeds: the contract's end after a drain.
    Ok(left.map_or(status, |left| {
        output::note(what_is_left(left));
        Status::Ok
    }))
}

async fn fetch(
    args: &Args,
    config: &Arc<Config>,
    store: &Store,
    clock: &Arc<dyn Clock>,
    printer: &mut Printer,
) -> Result<Done, Failed> {
    let mut signals = Signals::install()?;
    let pool = open::reading_pool(config)?;
    let pipeline = Pipeline::new(PipelineParts {
        config: Arc::clone(config),
        store: store.clone(),
        pool: pool.clone(),
        clock: Arc::clone(clock),
    })?;
    pipeline.recall_hosts().await?;
    store.sync_feeds(config.stored_feeds()).await?;
    let now = clock.now().wall;
    let picks = Pick::choose(config, store, &args.feeds, args.all, now).await?;
    let manner = match (args.force, args.all || !args.feeds.is_empty()) {
        (true, _) => Manner::Force,
        (false, true) => Manner::Manual,
        (false, false) => Manner::Due,
    };
    let mut outcome = Ok(());
    let round = Round::new(pipeline, manner, picks);
    let done = polls::run(round, config.limits.shutdown, &mut signals, |report| {
        if outcome.is_ok() {
            outcome = printer.report(report);
        }
    })
    .await?;
    pool.end_in_order();
    outcome?;
    Ok(done)
}

/// A daemon owns the database: it does the work, and its reports are printed as our own.
async fn hand_over(
    args: &Args,
    socket: std::path::PathBuf,
    mut printer: Printer,
) -> Result<Status, Failed> {
    let request = ControlRequest::Fetch {
        feeds: args.feeds.clone(),
        all: args.all,
        force: args.force,
    };
    let mut asked = Asked::send(socket, &request).await?;
    while let Some(reply) = asked.next().await? {
        match reply {
            ControlReply::Report(report) => printer.report(&report)?,
            ControlReply::Done(summary) => return printer.finish(summary),
            ControlReply::Failed { error, hint } => {
                return Err(Failed::message(Status::Usage, error).with_hint(hint));
            }
            ControlReply::Paused { why } => {
                let what =
                    format!("the daemon polls nothing while its database cannot be used: {why}");
                let hint = "it goes on by itself once the database can be used again";
                return Err(Failed::message(Status::Io, what).with_hint(hint.to_owned()));
            }
            ControlReply::Reloaded { .. }
            | ControlReply::Forgotten { .. }
            | ControlReply::Changed(_)
            | ControlReply::ChoreDone { .. }
            | ControlReply::Status { .. } => {}
        }
    }
    Err(Failed::message(
        Status::Partial,
        "the daemon ended before it had done all that was asked",
    ))
}

/// Prints reports as they come in, and the sum at the end.
struct Printer {
    machine: Machine,
    is_quiet: bool,
    /// Said when no feed was polled at all.
    why_none: Option<&'static str>,
    /// Named in the hint about pages that failed.
    database: String,
    output: Output,
    reports: Vec<PollReport>,
    n_reached: u32,
    /// Polls whose results a daemon could not keep.
    n_unstored: u32,
}

impl Printer {
    fn new(machine: Machine, is_quiet: bool, database: &Path) -> Self {
        Self {
            machine,
            is_quiet,
            why_none: None,
            database: output::shell_word(&database.display().to_string()),
            output: Output::new(),
            reports: Vec::new(),
            n_reached: 0,
            n_unstored: 0,
        }
    }

    fn report(&mut self, report: &PollReport) -> Result<(), Failed> {
        if report.is_poll_well() || report.error_class.is_none() || report.http_status.is_some() {
            self.n_reached += 1;
        }
        self.n_unstored += u32::from(report.error_class.as_deref() == Some("internal"));
        if self.machine.json {
            self.reports.push(report.clone());
            return Ok(());
        }
        if self.machine.jsonl {
            self.output.json_line(report)?;
        } else if !self.is_quiet || !report.is_poll_well() {
            self.output.line(describe(report))?;
        }
        self.output.flush()
    }

    fn finish(mut self, summary: RoundSummary) -> Result<Status, Failed> {
        if let Some(why) = self.why_none.filter(|_| summary.feeds == 0) {
            output::note(why);
        }
        if self.machine.json {
            self.output.json(&serde_json::json!({
                "feeds": self.reports,
                "summary": summary,
            }))?;
        } else if !self.machine.jsonl && !self.is_quiet {
            self.output.line(sum_up(&summary))?;
        }
        self.output.flush()?;
        if !self.machine.json
            && !self.machine.jsonl
            && let Some(hint) = why_pages_failed(&summary, &self.database)
        {
            output::note(hint);
        }
        let is_nothing_reached = summary.feeds > 0 && self.n_reached == 0;
        Ok(if is_nothing_reached && self.n_unstored > 0 {
            // What was fetched could not be kept: a matter of the disk, not of the servers.
            Status::Io
        } else if is_nothing_reached {
            Status::Unavailable
        } else if summary.failed > 0 || summary.pages_failed > 0 {
            Status::Partial
        } else {
            Status::Ok
        })
    }
}

/// What it means when no feed is polled: "0 feeds" alone would leave a person wondering.
fn why_none(args: &Args, n_configured: usize) -> Option<&'static str> {
    if !args.feeds.is_empty() {
        None
    } else if n_configured == 0 {
        Some(
            "no feed is configured\n\
             hint: `feedmill feeds add URL` adds one, `feedmill fetch URL` reads one without",
        )
    } else if args.all {
        None
    } else {
        Some(
            "no feed is due\n\
             hint: `feedmill fetch --all` asks every feed now, `feedmill feeds list` says when each is due",
        )
    }
}

fn what_is_left(left: Left) -> String {
    format!(
        "interrupted: {} not polled, {} broken off; what was stored is kept\n\
         hint: run the command again for the rest",
        output::count(left.unstarted, "feed", "feeds"),
        output::count(left.broken_off, "poll", "polls"),
    )
}

/// Where to read why pages were not had: the reports only count them.
fn why_pages_failed(summary: &RoundSummary, database: &str) -> Option<String> {
    let number = summary.pages_failed + summary.pages_refused;
    (number > 0).then(|| {
        format!(
            "hint: why pages were not had: sqlite3 -readonly -box {database} \"SELECT feed_id, \
             error_class, error, url FROM v1_fetches WHERE outcome IN ('failed', 'refused') \
             ORDER BY id DESC LIMIT {number}\""
        )
    })
}

pub(super) fn describe(report: &PollReport) -> String {
    let label = output::printable(report.label());
    let first = match (report.outcome.as_str(), &report.error) {
        ("ok", _) => format!(
            "{label}: {}, {} new, {} revised",
            output::count(report.entries, "entry", "entries"),
            report.new,
            report.revised
        ),
        ("not_modified", _) => format!("{label}: not modified"),
        (outcome, Some(error)) => match &report.error_class {
            Some(class) => format!("{label}: {outcome} ({class}): {}", output::printable(error)),
            None => format!("{label}: {}", output::printable(error)),
        },
        (outcome, None) => format!("{label}: {outcome}"),
    };
    let mut parts = vec![first];
    if report.linked > 0 {
        parts.push(format!(", {} known already", report.linked));
    }
    let pages = report.pages;
    for (number, one, many) in [
        (u64::from(pages.failed), "page failed", "pages failed"),
        (u64::from(pages.refused), "page refused", "pages refused"),
        (pages.waiting, "page waits", "pages wait"),
    ] {
        if number > 0 {
            parts.push(format!(", {}", output::count(number, one, many)));
        }
    }
    if !report.warnings.is_empty() {
        let faults = output::count(report.warnings.len(), "fault", "faults");
        parts.push(format!(", {faults} mended"));
    }
    let class = report.error_class.as_deref();
    if let Some(hint) = class.and_then(source::hint_for) {
        parts.push(format!("\n  hint: {hint}"));
    }
    if !report.discovered.is_empty() {
        parts.push("\n  the page advertises these feeds:".to_owned());
        for url in &report.discovered {
            parts.push(format!("\n    {}", output::printable(url)));
        }
    }
    parts.concat()
}

pub(super) fn sum_up(summary: &RoundSummary) -> String {
    let mut parts = vec![format!(
        "{}: {} ok, {} not modified, {} failed",
        output::count(summary.feeds, "feed", "feeds"),
        summary.ok,
        summary.not_modified,
        summary.failed
    )];
    if summary.held_back > 0 {
        parts.push(format!(", {} held back", summary.held_back));
    }
    parts.push(format!(
        "; {}, {} revised, {} known already; {}",
        output::count(summary.new, "new article", "new articles"),
        summary.revised,
        summary.linked,
        output::count(summary.pages, "page read", "pages read")
    ));
    for (count, what) in [
        (u64::from(summary.pages_failed), "failed"),
        (u64::from(summary.pages_refused), "refused"),
        (
            summary.waiting,
            if summary.waiting == 1 {
                "waits"
            } else {
                "wait"
            },
        ),
    ] {
        if count > 0 {
            parts.push(format!(", {count} {what}"));
        }
    }
    parts.concat()
}
