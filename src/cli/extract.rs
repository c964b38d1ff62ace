//! `feedmill extract`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::{self, Output},
    source::{self, Document, Tally},
};
use crate::{
    extract::{self, Article, BlockReport, Explanation, ExtractLimits},
    http::RequestKind,
    ingest::Pool,
    model::{ErrorClass, Witness},
    text::{self, DocumentKind},
};

/// Page → article, without a database
///
/// Finds title, authors, dates, tags and the text of an article in an HTML page.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill extract page.html --url https://news.example/2026/story\n  \
    feedmill extract https://news.example/2026/story --format json\n  \
    feedmill extract page.html --explain          each block, its score and why\n  \
    feedmill extract --jsonl < jobs.jsonl         one {\"id\",\"path\",\"url\"} a line")]
pub(super) struct Args {
    /// Files, `-` for standard input, or addresses
    #[arg(value_name = "SRC", required_unless_present = "jsonl")]
    sources: Vec<String>,
    /// The address the page came from
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// How the article is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Show each block of the page with its score and why it was kept or dropped
    #[arg(long)]
    explain: bool,
    /// Read jobs from standard input, one JSON object a line, and answer each at once
    #[arg(long, conflicts_with_all = ["sources", "format", "url"])]
    jsonl: bool,
    /// Choose blocks by this table instead of the built-in one: for `tools/train_extract.py`
    #[arg(long, value_name = "FILE", hide = true)]
    table: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Title and paragraphs.
    Text,
    /// All fields.
    Json,
    /// With headings, lists and quotations marked.
    Markdown,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let config = open::config_for_reading(global)?;
    let limits = config.extract_limits();
    if let Some(table) = &args.table {
        use_table(table)?;
    }
    let pool = Pool::start(1)?;
    open::block_on(async {
        if args.jsonl {
            return answer_lines(&pool, limits, args.explain).await;
        }
        let base = match args.url.as_deref() {
            Some(raw) => Some(::url::Url::parse(raw).map_err(|error| {
                Failed::message(
                    Status::Usage,
                    format!("`--url {raw}` is no address: {error}"),
                )
            })?),
            None => None,
        };
        let mut output = Output::new();
        let mut tally = Tally::default();
        for name in &args.sources {
            let mut document = match source::read(name, RequestKind::Page, &config).await? {
                Ok(document) => document,
                Err(error) => {
                    tally.not_had(error);
                    continue;
                }
            };
            if base.is_some() {
                document.url.clone_from(&base);
            }
            let explains = args.explain || args.format == Format::Markdown;
            let read = read(&pool, document, Witness::default(), limits, explains).await;
            match read {
                Ok(read) => {
                    print(&mut output, &read, args)?;
                    tally.good();
                }
                Err(error) => {
                    if args.explain {
                        print_blocks(&mut output, &error.blocks)?;
                    } else if args.format == Format::Json {
                        output.json(&error.to_json())?;
                    }
                    output::note(format!(
                        "error: cannot extract `{name}`: {} ({})",
                        output::printable(&error.message),
                        error.class
                    ));
                    tally.unusable();
                }
            }
        }
        output.flush()?;
        Ok(tally.status())
    })
}

fn use_table(path: &Path) -> Result<(), Failed> {
    let failed = |why: String| {
        let message = format!("cannot use the table `{}`: {why}", path.display());
        Failed::message(Status::Unusable, message)
    };
    let table = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    if extract::use_table(&table) {
        Ok(())
    } else {
        Err(failed("it is none for these features".to_owned()))
    }
}

/// A page read, with its blocks when they were asked for.
struct Read {
    article: Article,
    blocks: Vec<BlockReport>,
    witnesses: Vec<f64>,
}

/// A page without an article.
struct NotRead {
    class: ErrorClass,
    message: String,
    blocks: Vec<BlockReport>,
}

impl NotRead {
    fn to_json(&self) -> Value {
        failed(self.class, &self.message)
    }
}

async fn read(
    pool: &Pool,
    document: Document,
    witness: Witness,
    limits: ExtractLimits,
    explains: bool,
) -> Result<Read, NotRead> {
    let now = open::clock().now().wall;
    pool.run(move || {
        let content_type = document.content_type.as_deref();
        let decoded =
            text::decode(&document.bytes, content_type, DocumentKind::Html).map_err(|error| {
                NotRead {
                    class: ErrorClass::Charset,
                    message: error.to_string(),
                    blocks: Vec::new(),
                }
            })?;
        let page = extract::Page {
            html: &decoded.text,
            url: document.url.as_ref(),
            witness: Some(&witness),
            now,
        };
        let Explanation {
            article,
            blocks,
            witnesses,
        } = if explains {
            extract::explain(&page, &limits)
        } else {
            Explanation {
                article: extract::extract(&page, &limits),
                blocks: Vec::new(),
                witnesses: Vec::new(),
            }
        };
        match article {
            Ok(article) => Ok(Read {
                article,
                blocks,
                witnesses,
            }),
            Err(error) => Err(NotRead {
                class: error.class(),
                message: error.to_string(),
                blocks,
            }),
        }
    })
    .await
    .unwrap_or_else(|crashed| {
        Err(NotRead {
            class: ErrorClass::Crashed,
            message: crashed.to_string(),
            blocks: Vec::new(),
        })
    })
}

fn print(output: &mut Output, read: &Read, args: &Args) -> Result<(), Failed> {
    if args.explain {
        return print_blocks(output, &read.blocks);
    }
    let article = &read.article;
    match args.format {
        Format::Json => output.json(&to_json(article)),
        Format::Text => {
            if let Some(title) = &article.title {
                output.line(title)?;
                output.line("")?;
            }
            output.line(article.text.as_str())
        }
        Format::Markdown => {
            if let Some(title) = &article.title {
                output.line(format!("# {title}\n"))?;
            }
            for block in read.blocks.iter().filter(|block| block.kept) {
                output.line(as_markdown(&block.kind, &block.text))?;
                output.line("")?;
            }
            Ok(())
        }
    }
}

fn as_markdown(kind: &str, text: &str) -> String {
    match kind {
        "heading" => format!("## {text}"),
        "quote" | "quotation" => format!("> {}", text.replace('\n', "\n> ")),
        "list_item" | "item" => format!("- {}", text.trim_start_matches("- ")),
        "pre" | "preformatted" => format!("```\n{text}\n```"),
        _ => text.to_owned(),
    }
}

fn print_blocks(output: &mut Output, blocks: &[BlockReport]) -> Result<(), Failed> {
    for block in blocks {
        let mark = if block.kept { "+" } else { "-" };
        output.line(format!(
            "{mark} {:6.2} {:10} {} | {}",
            block.score,
            block.kind,
            block.reason,
            output::printable(&block.text)
        ))?;
    }
    Ok(())
}

fn to_json(article: &Article) -> Value {
    json!({
        "title": article.title,
        "authors": article.authors,
        "published": article.published_local.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        "published_raw": article.published_raw,
        "updated": article.updated.map(super::time::rfc3339),
        "language": article.language,
        "site_name": article.site_name,
        "description": article.description,
        "image_url": article.image_url,
        "tags": article.tags,
        "canonical_url": article.canonical_url.as_ref().map(::url::Url::as_str),
        "text": article.text.as_str(),
        "word_count": article.text.n_words(),
        "quality": article.quality,
        "flags": article.flags,
        "error": null,
    })
}

/// A line of input: unknown keys are ignored, null means absent.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Job {
    path: Option<String>,
    url: Option<String>,
    title: Option<String>,
    summary: Option<String>,
    content_type: Option<String>,
}

async fn answer_lines(
    pool: &Pool,
    limits: ExtractLimits,
    explains: bool,
) -> Result<Status, Failed> {
    let mut output = Output::new();
    for line in source::stdin_lines() {
        let (id, mut answer) = match source::read_job::<Job>(&line?) {
            Ok((id, job)) => (id, answer_job(pool, &job, limits, explains).await),
            Err(bad) => (bad.id, failed(ErrorClass::Parse, &bad.why)),
        };
        if let Some(object) = answer.as_object_mut() {
            object.insert("id".to_owned(), id);
        }
        output.json_line(&answer)?;
        output.flush()?;
    }
    Ok(Status::Ok)
}

fn failed(class: ErrorClass, message: &str) -> Value {
    json!({ "error": message, "error_class": class.as_str(), "text": null })
}

async fn answer_job(pool: &Pool, job: &Job, limits: ExtractLimits, explains: bool) -> Value {
    let Some(path) = &job.path else {
        return failed(ErrorClass::Parse, "the line names no `path`");
    };
    let mut document = match source::read_file(path) {
        Ok(document) => document,
        Err(error) => return failed(error.class, &error.message),
    };
    document.content_type.clone_from(&job.content_type);
    document.url = job
        .url
        .as_deref()
        .and_then(|raw| ::url::Url::parse(raw).ok());
    let witness = Witness {
        title: job.title.clone(),
        summary: job.summary.clone(),
        ..Witness::default()
    };
    let (mut answer, blocks, witnesses) =
        match read(pool, document, witness, limits, explains).await {
            Ok(read) => (to_json(&read.article), read.blocks, read.witnesses),
            Err(error) => (error.to_json(), error.blocks, Vec::new()),
        };
    if explains && let Some(object) = answer.as_object_mut() {
        object.insert("blocks".to_owned(), blocks_to_json(&blocks));
        object.insert("witnesses".to_owned(), witnesses.into());
    }
    answer
}

/// Blocks as `tools/train_extract.py` reads them: text, kind, features; and what became of each.
fn blocks_to_json(blocks: &[BlockReport]) -> Value {
    let block = |block: &BlockReport| {
        json!({
            "t": block.text,
            "k": block.kind,
            "f": block.features,
            "score": block.score,
            "kept": block.kept,
            "reason": block.reason,
        })
    };
    blocks.iter().map(block).collect()
}
