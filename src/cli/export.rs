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

fn write_csv(output: &mut Output, row: &ArticleRow, has_header: &mut bool) -> Result<(), Failed> {
    let value = serde_json::to_value(row).unwrap_or_default();
    let Some(object) = value.as_object() else {
        return Ok(());
    };
    if !*has_header {
        *has_header = true;
        let names: Vec<&str> = object.keys().map(String::as_str).collect();
        output.line(names.join(","))?;
    }
    let cells: Vec<String> = object.values().map(csv_cell).collect();
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
    fn csv_quotes_what_would_break_the_line() {
        assert_eq!(csv_cell(&Value::from("a \"b\", c")), "\"a \"\"b\"\", c\"");
        assert_eq!(csv_cell(&Value::from("plain")), "plain");
        assert_eq!(csv_cell(&Value::Null), "");
        assert_eq!(csv_cell(&Value::from(3)), "3");
    }
}
