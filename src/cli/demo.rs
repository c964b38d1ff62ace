//! `feedmill demo`.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::{self, Output},
    rows::{self, Kind, column},
};
use crate::{
    config::{self, LoadOptions},
    daemon::Lock,
    demo::Site,
    ingest::{Pick, Pipeline, PipelineParts, PollReport, Pool, Round, RoundSummary},
    schedule::Manner,
    store::{ArticleFilter, Reader, Store},
};

/// Name of the file the demo leaves.
const DATABASE: &str = "feedmill-demo.db";

/// Name of the configuration the demo writes.
const CONFIG: &str = "feedmill-demo.toml";

/// Place of the application id in a SQLite file, and ours (contract: the store).
const APPLICATION_ID_AT: usize = 68;
const APPLICATION_ID: [u8; 4] = *b"FMIL";

/// See the whole product at work on this machine, without network
///
/// Serves a small news site on loopback, polls its feeds twice through the real pipeline into a
/// new database, and says what was stored, recognised and not had. Leaves the database and its
/// configuration in the folder.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder that takes the database and the configuration
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args, _global: &Global) -> Result<Status, Failed> {
    let database = args.folder.join(DATABASE);
    make_room(&args.folder, &database)?;
    let clock = open::clock();
    let mut output = Output::new();
    output
        .line("A small news site is served on loopback; feedmill knows it only by its feeds.\n")?;
    output.flush()?;
    open::block_on(async {
        let site = Site::start(Arc::clone(&clock))
            .await
            .map_err(|error| Failed::new(Status::Io, error))?;
        let config_file = args.folder.join(CONFIG);
        write_config(&config_file, &site)?;
        let config = Arc::new(config::load(&LoadOptions::for_file(
            config_file.clone(),
            Some(database.clone()),
        ))?);
        let lock = Lock::take(&config.database, None)?;
        let store = open::store(&config, &clock)?;
        let pipeline = Pipeline::new(PipelineParts {
            config: Arc::clone(&config),
            store: store.clone(),
            pool: Pool::for_this_machine()?,
            clock: Arc::clone(&clock),
        })?;
        output.line("First edition")?;
        one_edition(&pipeline, &store, &mut output).await?;
        site.advance();
        output.line("\nSecond edition: an article was edited, others are new")?;
        one_edition(&pipeline, &store, &mut output).await?;
        drop(pipeline);
        store.close();
        drop(lock);
        site.shutdown().await;
        Ok(())
    })?;
    tell(&mut output, &database)?;
    output.flush()?;
    Ok(Status::Ok)
}

/// A database of an earlier demo makes way; anything else of that name stays.
fn make_room(folder: &Path, database: &Path) -> Result<(), Failed> {
    let io = |error: std::io::Error| {
        Failed::new(
            Status::Io,
            anyhow::Error::new(error)
                .context(format!("cannot write into folder `{}`", folder.display())),
        )
        .with_hint("choose another with `--folder FOLDER`".to_owned())
    };
    fs::create_dir_all(folder).map_err(io)?;
    let mut head = Vec::new();
    match fs::File::open(database) {
        Ok(file) => {
            file.take(100).read_to_end(&mut head).map_err(io)?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io(error)),
    }
    let id = head.get(APPLICATION_ID_AT..APPLICATION_ID_AT + 4);
    if !head.is_empty() && id != Some(&APPLICATION_ID) {
        return Err(Failed::message(
            Status::Config,
            format!("`{}` is not of feedmill's making", database.display()),
        )
        .with_hint("move it away, or choose another place with `--folder FOLDER`".to_owned()));
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn write_config(path: &Path, site: &Site) -> Result<(), Failed> {
    let mut text = String::from(
        "# Written by `feedmill demo`. The site is gone with the demo; its database stays.\n\
         [network]\n\
         allow = [\"127.0.0.1/32\"]\n\n\
         [limits]\n\
         host_delay = \"0s\"\n",
    );
    text.extend(site.feeds().into_iter().map(|feed| {
        format!(
            "\n[[feeds]]  # {}\nname = \"{}\"\nurl = \"{}\"\n",
            feed.about, feed.name, feed.url
        )
    }));
    fs::write(path, text).map_err(|error| {
        Failed::new(
            Status::Io,
            anyhow::Error::new(error).context(format!("cannot write `{}`", path.display())),
        )
    })
}

async fn one_edition(
    pipeline: &Pipeline,
    store: &Store,
    output: &mut Output,
) -> Result<(), Failed> {
    let rows = store.sync_feeds(pipeline.config().stored_feeds()).await?;
    let picks = Pick::all(pipeline.config(), rows);
    let mut reports: Vec<PollReport> = Vec::new();
    let summary = Round::new(pipeline.clone(), Manner::Force, picks)
        .run(|report| reports.push(report.clone()))
        .await?;
    reports.sort_by(|a, b| a.label().cmp(b.label()));
    for report in &reports {
        output.line(format!("  {}", super::fetch::describe(report)))?;
    }
    output.line(format!("  {}", sum(&summary)))?;
    output.flush()
}

fn sum(summary: &RoundSummary) -> String {
    format!("= {}", super::fetch::sum_up(summary))
}

/// What the database holds now, and how to ask it.
fn tell(output: &mut Output, database: &Path) -> Result<(), Failed> {
    let reader = Reader::open(database)?;
    let articles = reader.articles(&ArticleFilter::default())?;
    output.line(format!(
        "\nStored: {}, the latest first",
        output::count(articles.len(), "article", "articles")
    ))?;
    let columns = [
        column("id", Kind::Plain),
        column("published_at", Kind::Time),
        column("feed", Kind::Line),
        column("language", Kind::Plain),
        column("word_count", Kind::Plain),
        column("title", Kind::Line),
    ];
    output.line(rows::as_table(&articles, &columns))?;

    let file = output::shell_word(&database.display().to_string());
    let program = output::shell_word(&program_name());
    output.line("\nRecognised")?;
    for article in &articles {
        let title = output::printable(article.title.as_deref().unwrap_or("(no title)"));
        let listings = reader.listings(article.id)?;
        let mut feeds: Vec<i64> = listings.iter().map(|listing| listing.feed_id).collect();
        feeds.sort_unstable();
        feeds.dedup();
        if feeds.len() > 1 {
            output.line(format!("  one article in {} feeds: {title}", feeds.len()))?;
        }
        if article.revision > 1 {
            output.line(format!(
                "  edited, revision {}: {title} (`{program} show {} --diff --db {file}`)",
                article.revision, article.id
            ))?;
        }
        if article.story_id != article.id {
            output.line(format!(
                "  another version of the story of article {}: {title}",
                article.story_id
            ))?;
        }
    }

    output.line("\nNot had, and why")?;
    for article in articles
        .iter()
        .filter(|article| article.page_error.is_some())
    {
        output.line(format!(
            "  page ({}): {}; the feed's own text stands in",
            article.page_error.as_deref().unwrap_or_default(),
            output::printable(article.canonical_url.as_deref().unwrap_or_default())
        ))?;
    }
    for feed in reader.feeds()? {
        if let Some(error) = &feed.error {
            output.line(format!("  feed: {}", output::printable(error)))?;
        }
    }

    output.line(format!(
        "\nTry\n  \
         sqlite3 -readonly -box {file} \"SELECT feed, count(*) AS articles, sum(word_count) AS words FROM v1_articles GROUP BY feed\"\n  \
         sqlite3 -readonly -box {file} \"SELECT cursor, kind, article_id, revision FROM v1_changes ORDER BY cursor DESC LIMIT 5\"\n  \
         sqlite3 -readonly {file} \"SELECT title, text FROM v1_articles WHERE id = 1\"\n  \
         {program} search harbour --db {file}\n  \
         {program} tail --since 0 --limit 3 --db {file}"
    ))
}

/// The program as it was called, so that the commands shown work as printed: after `cargo run` there
/// is no `feedmill` on the path.
fn program_name() -> String {
    match std::env::args_os().next() {
        Some(name) if !name.is_empty() => name.to_string_lossy().into_owned(),
        _ => "feedmill".to_owned(),
    }
}
