//! `feedmill parse`.

use serde_json::{Value, json};

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::{self, Output},
    source::{self, Document, Tally},
};
use crate::{
    feed::{self, FeedLimits},
    http::{RequestKind, unpacked},
    ingest::Pool,
    model::{ErrorClass, FeedFormat, ParsedFeed},
};

/// Feed → entries, without a database
///
/// Reads RSS, Atom, RDF and JSON feeds as they are, mends what is broken and says so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill parse feed.xml\n  \
    feedmill parse https://news.example/rss --format json\n  \
    curl -s https://news.example/rss | feedmill parse - --content-type 'text/xml; charset=koi8-r'\n  \
    feedmill parse --jsonl < jobs.jsonl      one {\"id\",\"path\",\"content_type\",\"base\"} a line")]
pub(super) struct Args {
    /// Files, `-` for standard input, or addresses
    #[arg(value_name = "SRC", required_unless_present = "jsonl")]
    sources: Vec<String>,
    /// The Content-Type header that came with the document
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// The address relative links are resolved against
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// How entries are printed
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// Read jobs from standard input, one JSON object a line, and answer each at once
    #[arg(long, conflicts_with_all = ["sources", "format", "content_type", "base"])]
    jsonl: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// The object of the contract.
    Json,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let config = open::config_for_reading(global)?;
    let limits = config.feed_limits();
    let pool = Pool::start(1)?;
    open::block_on(async {
        if args.jsonl {
            return answer_lines(&pool, limits).await;
        }
        let base = match args.base.as_deref() {
            Some(raw) => Some(parse_base(raw)?),
            None => None,
        };
        let mut output = Output::new();
        let mut tally = Tally::default();
        for name in &args.sources {
            let mut document = match source::read(name, RequestKind::Feed, &config).await? {
                Ok(document) => document,
                Err(error) => {
                    tally.not_had(error);
                    continue;
                }
            };
            if args.content_type.is_some() {
                document.content_type.clone_from(&args.content_type);
            }
            if base.is_some() {
                document.url.clone_from(&base);
            }
            let answer = read(&pool, document, limits).await;
            print(&mut output, name, &answer, args.format)?;
            match answer {
                Answer::Read(_) => tally.good(),
                Answer::NotRead(_) => tally.unusable(),
            }
        }
        output.flush()?;
        Ok(tally.status())
    })
}

fn parse_base(raw: &str) -> Result<::url::Url, Failed> {
    ::url::Url::parse(raw).map_err(|error| {
        Failed::message(
            Status::Usage,
            format!("`--base {raw}` is no address: {error}"),
        )
    })
}

/// What came of a document.
enum Answer {
    Read(Box<ParsedFeed>),
    NotRead(Value),
}

impl Answer {
    fn to_json(&self) -> Value {
        match self {
            Self::Read(feed) => feed::to_json(feed),
            Self::NotRead(error) => error.clone(),
        }
    }
}

async fn read(pool: &Pool, document: Document, limits: FeedLimits) -> Answer {
    let now = open::clock().now().wall;
    let read = pool
        .run(move || {
            let bytes = unpacked(&document.bytes, limits.document_bytes);
            feed::parse(
                &feed::Source {
                    bytes: &bytes,
                    content_type: document.content_type.as_deref(),
                    base: document.url.as_ref(),
                    now,
                },
                &limits,
            )
        })
        .await;
    match read {
        Ok(Ok(feed)) => Answer::Read(Box::new(feed)),
        Ok(Err(error)) => Answer::NotRead(feed::error_to_json(&error)),
        Err(crashed) => Answer::NotRead(failed(ErrorClass::Crashed, &crashed.to_string())),
    }
}

fn print(output: &mut Output, name: &str, answer: &Answer, format: Format) -> Result<(), Failed> {
    if format == Format::Json {
        if let Answer::NotRead(error) = answer {
            complain(name, error);
        }
        return output.json(&answer.to_json());
    }
    let feed = match answer {
        Answer::NotRead(error) => {
            complain(name, error);
            return Ok(());
        }
        Answer::Read(feed) => feed,
    };
    output.line(format!(
        "{} ({}, {})",
        output::printable(feed.title.as_deref().unwrap_or("untitled feed")),
        format_name(feed.format),
        output::count(
            feed.entries.len() + feed.n_entries_beyond,
            "entry",
            "entries"
        )
    ))?;
    let rows = feed
        .entries
        .iter()
        .map(|entry| {
            vec![
                entry
                    .published
                    .or(entry.updated)
                    .map(|date| date.format("%Y-%m-%d %H:%M").to_string())
                    .unwrap_or_default(),
                entry.title.clone().unwrap_or_default(),
                entry.url.clone().unwrap_or_default(),
            ]
        })
        .collect();
    output.line(output::table(&["published", "title", "url"], rows))?;
    for warning in &feed.warnings {
        output::note(format!("warning: {name}: {}", output::printable(warning)));
    }
    Ok(())
}

const fn format_name(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Rss => "RSS",
        FeedFormat::Atom => "Atom",
        FeedFormat::Rdf => "RDF",
        FeedFormat::Json => "JSON Feed",
        FeedFormat::Cdf => "CDF",
        FeedFormat::Sitemap => "news sitemap",
    }
}

fn complain(name: &str, error: &Value) {
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    output::note(format!(
        "error: cannot read `{name}`: {} ({})",
        output::printable(text("error")),
        text("error_class")
    ));
    let discovered = error.get("discovered").and_then(Value::as_array);
    for url in discovered.into_iter().flatten().filter_map(Value::as_str) {
        output::note(format!(
            "hint: the page advertises the feed {}",
            output::printable(url)
        ));
    }
}

/// A line of input: unknown keys are ignored, null means absent.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Job {
    path: Option<String>,
    content_type: Option<String>,
    base: Option<String>,
}

async fn answer_lines(pool: &Pool, limits: FeedLimits) -> Result<Status, Failed> {
    let mut output = Output::new();
    for line in source::stdin_lines() {
        let (id, mut answer) = match source::read_job::<Job>(&line?) {
            Ok((id, job)) => (id, answer_job(pool, &job, limits).await),
            Err(bad) => (bad.id, failed(ErrorClass::Parse, &bad.why)),
        };
        if let Some(object) = answer.as_object_mut() {
            object.insert("id".to_owned(), id);
            object.entry("error").or_insert(Value::Null);
        }
        output.json_line(&answer)?;
        output.flush()?;
    }
    Ok(Status::Ok)
}

async fn answer_job(pool: &Pool, job: &Job, limits: FeedLimits) -> Value {
    let Some(path) = &job.path else {
        return failed(ErrorClass::Parse, "the line names no `path`");
    };
    match source::read_file(path) {
        Ok(mut document) => {
            document.content_type.clone_from(&job.content_type);
            document.url = job
                .base
                .as_deref()
                .and_then(|raw| ::url::Url::parse(raw).ok());
            read(pool, document, limits).await.to_json()
        }
        Err(error) => failed(error.class, &error.message),
    }
}

fn failed(class: ErrorClass, message: &str) -> Value {
    json!({ "error": message, "error_class": class.as_str(), "discovered": [] })
}
