//! `feedmill export`.

use serde_json::Value;

use super::{
    args::{Filters, Global},
    exit::{Failed, Status},
    open,
    output::Output,
    rows,
};
use crate::store::ArticleRow;

/// All articles as JSON lines or CSV
///
/// Rows are streamed in the order of their ids; field names are the columns of `v1_articles`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill export > articles.jsonl\n  \
    feedmill export --format csv --feed example --since 2026-01-01 > example.csv")]
pub(super) struct Args {
    /// How rows are written
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    format: Format,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header line (RFC 4180).
    Csv,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let filter = rows::filter(&args.filters, None)?;
    let reader = open::reader(global)?;
    rows::expect_feed(&reader, filter.feed.as_deref())?;
    let mut output = Output::new();
    let mut stopped = None;
    let mut has_header = false;
    reader.export(&filter, &mut |row: &ArticleRow| {
        let written = match args.format {
            Format::Jsonl => output.json_line(row),
            Format::Csv => write_csv(&mut output, row, &mut has_header),
        };
        match written {
            Ok(()) => true,
            Err(failed) => {
                stopped = Some(failed);
                false
            }
        }
    })?;
    if let Some(failed) = stopped {
        return Err(failed);
    }
    output.flush()?;
    Ok(Status::Ok)
}

/// The columns of `v1_articles`, in the view's order of interest: the text last, where a wide cell
/// does not push others aside.
const COLUMNS: &[&str] = &[
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

fn write_csv(output: &mut Output, row: &ArticleRow, has_header: &mut bool) -> Result<(), Failed> {
    if !*has_header {
        *has_header = true;
        output.line(COLUMNS.join(","))?;
    }
    let value = serde_json::to_value(row).unwrap_or_default();
    let cells: Vec<String> = COLUMNS
        .iter()
        .map(|column| value.get(column).map(csv_cell).unwrap_or_default())
        .collect();
    output.line(cells.join(","))
}

fn csv_cell(value: &Value) -> String {
    let plain = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.clone(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    };
    if plain.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", plain.replace('"', "\"\""))
    } else {
        plain
    }
}

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

    #[test]
    fn csv_quotes_what_would_break_the_line() {
        assert_eq!(csv_cell(&Value::from("a \"b\", c")), "\"a \"\"b\"\", c\"");
        assert_eq!(csv_cell(&Value::from("plain")), "plain");
        assert_eq!(csv_cell(&Value::Null), "");
        assert_eq!(csv_cell(&Value::from(3)), "3");
    }
}
