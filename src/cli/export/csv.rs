//! Comma-separated values (RFC 4180).

use serde_json::Value;

use super::COLUMNS;
use crate::{
    cli::{exit::Failed, output::Output},
    store::ArticleRow,
};

/// The header line, which stands above no row as well.
pub(super) fn header() -> String {
    COLUMNS.join(",")
}

/// A row.
pub(super) fn write(output: &mut Output, row: &ArticleRow) -> Result<(), Failed> {
    let value = serde_json::to_value(row).unwrap_or_default();
    let cells: Vec<String> = COLUMNS
        .iter()
        .map(|column| value.get(column).map(cell).unwrap_or_default())
        .collect();
    output.line(cells.join(","))
}

fn cell(value: &Value) -> String {
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
        assert_eq!(cell(&Value::from("a \"b\", c")), "\"a \"\"b\"\", c\"");
        assert_eq!(cell(&Value::from("plain")), "plain");
        assert_eq!(cell(&Value::Null), "");
        assert_eq!(cell(&Value::from(3)), "3");
    }
}
