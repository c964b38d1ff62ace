//! `feedmill status`.

use std::{path::Path, time::Duration};

use serde_json::json;

use super::{
    args::{Global, Machine},
    ask::Asked,
    exit::{Failed, Status},
    open,
    output::{self, Output},
    rows::{self, Kind, column},
    time,
};
use crate::daemon::{ControlReply, ControlRequest, ControlServer, Lock};

/// How long a daemon's answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Polls shown for one feed.
const POLLS_SHOWN: u32 = 10;

/// What a flag of a feed means and what takes it away.
fn meaning(flag: &str) -> &str {
    match flag {
        "identity_changed" => {
            "title, site and all entries became others at once: look whether it is still the same \
             feed; `feedmill feeds pause` and `feeds resume` say that all is well"
        }
        "layout_changed" => {
            "its pages give far less text than they used to, or none: look at one with `feedmill \
             extract URL --explain`, and set `content = \"feed\"` if the feed's own text is better; \
             three good pages in a row end this, and so do `feedmill feeds pause` and `feeds resume`"
        }
        // Of a newer feedmill.
        other => other,
    }
}

/// Health of feeds and store, or why a feed is polled when it is
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill status\n  \
    feedmill status example --explain      every bound that set the next poll")]
pub(super) struct Args {
    /// Name, id or URL of a feed
    #[arg(value_name = "FEED")]
    feed: Option<String>,
    /// Print every bound that set the next poll, and where it came from
    #[arg(long, requires = "feed")]
    explain: bool,
    #[command(flatten)]
    machine: Machine,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    match &args.feed {
        Some(key) => one_feed(args, key, global),
        None => all_feeds(args, global),
    }
}

fn all_feeds(args: &Args, global: &Global) -> Result<Status, Failed> {
    let config = open::config_for_reading(global)?;
    let reader = open::reader(global)?;
    let feeds = reader.feeds()?;
    let totals = reader.totals()?;
    let owner = Lock::owner(&config.database);
    let said = owner.as_ref().and_then(|_| daemon_says(&config.database));
    let paused = said.as_ref().and_then(|said| said.paused.as_deref());
    let mut output = Output::new();
    if args.machine.json {
        output.json(&json!({
            "database": config.database,
            "daemon_pid": owner.and_then(|owner| owner.pid),
            "paused": paused,
            "store": totals,
            "feeds": feeds,
        }))?;
        output.flush()?;
        return Ok(Status::Ok);
    }
    if args.machine.jsonl {
        for feed in &feeds {
            output.json_line(feed)?;
        }
        output.flush()?;
        return Ok(Status::Ok);
    }
    output.line(format!("database: {}", config.database.display()))?;
    output.line(match owner {
        Some(owner) => format!(
            "daemon:   running{}",
            owner
                .pid
                .map(|pid| format!(", pid {pid}"))
                .unwrap_or_default()
        ),
        None => "daemon:   not running".to_owned(),
    })?;
    if let Some(said) = &said {
        output.line(format!("          {}", output::printable(&said.line)))?;
    }
    output.line(format!(
        "store:    {}, {}, {}, {} KiB",
        output::count(totals.articles, "article", "articles"),
        output::count(totals.waiting, "page waits", "pages wait"),
        output::count(totals.last_cursor, "change", "changes"),
        totals.bytes / 1024
    ))?;
    output.line("")?;
    let columns = [
        column("id", Kind::Plain),
        column("name", Kind::Line),
        column("status", Kind::Plain),
        column("last_ok_at", Kind::Time),
        column("next_poll_at", Kind::Time),
        column("failures", Kind::Plain),
        column("error_class", Kind::Plain),
        column("articles", Kind::Plain),
        column("url", Kind::Line),
    ];
    output.line(rows::as_table(&feeds, &columns))?;
    for feed in &feeds {
        for flag in &feed.flags {
            output.line(format!(
                "{}: {}",
                feed.name.as_deref().unwrap_or(&feed.url),
                meaning(flag)
            ))?;
        }
    }
    for feed in feeds.iter().filter(|feed| feed.error.is_some()) {
        output.line(format!(
            "{}: {}",
            feed.name.as_deref().unwrap_or(&feed.url),
            output::printable(feed.error.as_deref().unwrap_or_default())
        ))?;
    }
    output.flush()?;
    Ok(Status::Ok)
}

/// What a daemon says of itself.
struct Said {
    line: String,
    paused: Option<String>,
}

/// Asks the daemon that owns the database; nothing when it does not answer soon, or not to this user.
fn daemon_says(database: &Path) -> Option<Said> {
    let socket = ControlServer::path_for(database);
    let asked = open::block_on(async {
        let asking = async {
            let mut asked = Asked::send(socket, &ControlRequest::Status).await?;
            asked.next().await
        };
        Ok(tokio::time::timeout(PATIENCE, asking).await)
    });
    match asked {
        Ok(Ok(Ok(Some(ControlReply::Status { line, paused })))) => Some(Said { line, paused }),
        Ok(_) | Err(_) => None,
    }
}

fn one_feed(args: &Args, key: &str, global: &Global) -> Result<Status, Failed> {
    let reader = open::reader(global)?;
    let feed = rows::named_feed(&reader, key)?;
    let polls = reader.polls(feed.id, POLLS_SHOWN)?;
    let memory = reader.feed_memory(feed.id)?;
    let mut output = Output::new();
    if args.machine.json || args.machine.jsonl {
        let document = json!({ "feed": feed, "bounds": memory.bounds, "polls": polls });
        if args.machine.json {
            output.json(&document)?;
        } else {
            output.json_line(&document)?;
        }
        output.flush()?;
        return Ok(Status::Ok);
    }
    output.line(format!(
        "{} ({}), {}",
        feed.name
            .as_deref()
            .or(feed.title.as_deref())
            .unwrap_or("unnamed"),
        feed.url,
        feed.status
    ))?;
    for (name, value) in [
        (
            "polled at",
            Some(feed.current_url.clone()).filter(|url| *url != feed.url),
        ),
        ("last poll", feed.last_polled_at.clone()),
        ("last success", feed.last_ok_at.clone()),
        ("next poll", feed.next_poll_at.clone()),
        (
            "failures",
            (feed.failures > 0).then(|| feed.failures.to_string()),
        ),
        ("error", feed.error.clone()),
        ("articles", Some(feed.articles.to_string())),
    ] {
        if let Some(value) = value {
            output.line(format!("{name:>13}: {}", output::printable(&value)))?;
        }
    }
    for flag in &feed.flags {
        output.line(format!("{:>13}: {}", "doubt", meaning(flag)))?;
    }
    if args.explain {
        output.line("\nThe next poll is not before each of these; the latest sets it:")?;
        for bound in &memory.bounds {
            output.line(format!(
                "  {}  {:<13} {}",
                time::rfc3339(bound.not_before),
                bound.origin,
                output::printable(&bound.detail)
            ))?;
        }
    }
    output.line("")?;
    let columns = [
        column("started_at", Kind::Time),
        column("outcome", Kind::Plain),
        column("error_class", Kind::Plain),
        column("http_status", Kind::Plain),
        column("entries", Kind::Plain),
        column("new", Kind::Plain),
        column("revised", Kind::Plain),
        column("duration_ms", Kind::Plain),
        column("next_poll_at", Kind::Time),
    ];
    output.line(rows::as_table(&polls, &columns))?;
    output.flush()?;
    Ok(Status::Ok)
}
