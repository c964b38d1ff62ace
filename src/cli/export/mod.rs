//! `feedmill export`.

mod atom;
mod csv;
mod markdown;

use std::path::PathBuf;

use atom::Asked;
use markdown::Folder;

use super::{
    args::{AsOf, Filters, Global},
    exit::{Failed, Status},
    open,
    output::{self, Output},
    query, rows,
};
use crate::store::{ArticleFilter, ArticleRow, Reader};

/// Entries of an Atom document when `--limit` is not given: readers take it in whole.
const ATOM_LIMIT: u32 = 100;

/// Articles as JSON lines, CSV, Markdown files or an Atom feed
///
/// JSON lines and CSV are streamed in the order of the ids; field names are the columns of
/// `v1_articles`. Markdown is a file an article in the folder `--to`, named by date, title and id,
/// with the fields as YAML before the text; a file of that name is replaced, other files are left
/// alone. Atom is one document, the latest article first, 100 of them unless `--limit` says more.
///
/// With `--as-of` articles are written as they were when the change feed stood at that cursor (see
/// `feedmill list --help`); a search knows their present texts only and does not go with it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill export > articles.jsonl\n  \
    feedmill export --format csv --feed example --since 2026-01-01 > example.csv\n  \
    feedmill export --format markdown --to notes --tag politics --since 7d\n  \
    feedmill export --format atom --query '\"supreme court\" -tennis' > court.atom")]
pub(super) struct Args {
    /// How articles are written
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    format: Format,
    /// The folder for `--format markdown`; it is made when it is not there
    #[arg(long, value_name = "DIR", required_if_eq("format", "markdown"))]
    to: Option<PathBuf>,
    /// Only what a search finds; `feedmill search --help` shows what it may hold
    #[arg(long, value_name = "QUERY", conflicts_with = "cursor")]
    query: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header line (RFC 4180).
    Csv,
    /// A file an article, with YAML front matter.
    Markdown,
    /// An Atom feed (RFC 4287).
    Atom,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let folder = folder_of(args)?;
    let search = args.query.as_deref().map(query::read).transpose()?;
    let limit = (args.format == Format::Atom).then_some(ATOM_LIMIT);
    let mut filter = rows::filter(&args.filters, limit)?;
    filter.as_of = args.as_of.cursor;
    let reader = open::reader(global)?;
    rows::expect_feed(&reader, filter.feed.as_deref())?;
    if let (Some(typed), Some(search)) = (&args.query, search) {
        query::expect_feeds(&reader, typed, &search)?;
        filter.search = Some(search);
    }
    let mut output = Output::new();
    match args.format {
        Format::Jsonl => each(&reader, &filter, |row| output.json_line(row))?,
        Format::Csv => {
            output.line(csv::header())?;
            each(&reader, &filter, |row| csv::write(&mut output, row))?;
        }
        Format::Atom => {
            let Filters {
                feed, tag, lang, ..
            } = &args.filters;
            let by = [&args.query, feed, tag, lang];
            let asked = Asked {
                by: by.into_iter().flatten().map(String::as_str).collect(),
                database: reader.path(),
                now: open::clock().now().wall,
            };
            output.line(atom::document(&reader.articles(&filter)?, &asked))?;
        }
        Format::Markdown => {
            // There is one: the format asks for it.
            if let Some(mut folder) = folder {
                folder.make()?;
                each(&reader, &filter, |row| folder.write(row))?;
                output::note(folder.summary());
            }
        }
    }
    output.flush()?;
    Ok(Status::Ok)
}

fn folder_of(args: &Args) -> Result<Option<Folder>, Failed> {
    if args.to.is_some() && args.format != Format::Markdown {
        return Err(Failed::message(
            Status::Usage,
            "`--to DIR` goes with `--format markdown`; the other formats are printed",
        )
        .with_hint("send them to a file with `> FILE`".to_owned()));
    }
    Ok(args.to.clone().map(Folder::new))
}

/// Hands over article by article until one cannot be written.
fn each(
    reader: &Reader,
    filter: &ArticleFilter,
    mut write: impl FnMut(&ArticleRow) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let mut written = Ok(());
    reader.export(filter, &mut |row| {
        written = write(row);
        written.is_ok()
    })?;
    written
}

/// The columns of `v1_articles`, in the view's order of interest: the text last, where a wide cell
/// does not push others aside.
pub(super) const COLUMNS: &[&str] = &[
    "id",
    "cursor",
    "url",
    "canonical_url",
    "feed_id",
    "feed",
    "title",
    "authors",
    "published_at",
    "published_raw",
    "updated_at",
    "first_seen_at",
    "changed_at",
    "language",
    "site_name",
    "description",
    "image_url",
    "tags",
    "text_source",
    "word_count",
    "quality",
    "content_hash",
    "story_id",
    "revision",
    "page_error",
    "flags",
    "reservations",
    "story_similarity",
    "agency",
    "text",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_a_row_is_written() {
        let row = serde_json::to_value(ArticleRow::default()).unwrap();
        let mut fields: Vec<&str> = row
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut columns = COLUMNS.to_vec();
        fields.sort_unstable();
        columns.sort_unstable();
        assert_eq!(columns, fields);
    }
}
