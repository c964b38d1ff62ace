//! Stored rows as people and machines want them.

use serde::Serialize;
use serde_json::Value;

use super::{
    args::{Filters, Machine},
    exit::{Failed, Status},
    open,
    output::{self, Output},
    time,
};
use crate::store::{ArticleFilter, FeedView, Reader};

/// A column of a table for people: the stored name and how wide a value may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it is.
    Plain,
    /// A time, to the minute.
    Time,
    /// A list, joined by commas.
    List,
    /// Text that may be cut.
    Line,
}

/// Characters of a [`Kind::Line`] that a table shows.
const LINE_CHARS: usize = 100;

pub(super) const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

/// Prints rows as a table, one document or one object a line.
pub(super) fn print<T: Serialize>(
    rows: &[T],
    columns: &[Column],
    machine: Machine,
) -> Result<(), Failed> {
    let mut output = Output::new();
    if machine.json {
        output.json(&rows)?;
    } else if machine.jsonl {
        for row in rows {
            output.json_line(row)?;
        }
    } else {
        output.line(as_table(rows, columns))?;
    }
    output.flush()
}

/// Rows as a table for people.
pub(super) fn as_table<T: Serialize>(rows: &[T], columns: &[Column]) -> String {
    let header: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let cells = rows
        .iter()
        .map(|row| {
            let value = serde_json::to_value(row).unwrap_or_default();
            columns
                .iter()
                .map(|column| cell(value.get(column.name), column.kind))
                .collect()
        })
        .collect();
    output::table(&header, cells)
}

fn cell(value: Option<&Value>, kind: Kind) -> String {
    let plain = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| {
                item.as_str()
                    .map_or_else(|| item.to_string(), ToOwned::to_owned)
            })
            .collect::<Vec<_>>()
            .join(", "),
        Some(other) => other.to_string(),
    };
    match kind {
        Kind::Time => time::short(Some(&plain)),
        Kind::Line => {
            let line = output::printable(&plain);
            if line.chars().count() > LINE_CHARS {
                let cut: String = line.chars().take(LINE_CHARS - 1).collect();
                format!("{}…", cut.trim_end())
            } else {
                line
            }
        }
        Kind::Plain | Kind::List => plain,
    }
}

/// The filters as the store takes them.
pub(super) fn filter(
    filters: &Filters,
    default_limit: Option<u32>,
) -> Result<ArticleFilter, Failed> {
    let now = open::clock().now().wall;
    Ok(ArticleFilter {
        feed: filters.feed.clone(),
        tag: filters.tag.clone(),
        language: filters.lang.clone(),
        since: time::parse("--since", filters.since.as_deref(), now)?,
        until: time::parse("--until", filters.until.as_deref(), now)?,
        search: None,
        as_of: None,
        limit: filters.limit.or(default_limit),
    })
}

/// The feed that a person means.
pub(super) fn named_feed(reader: &Reader, key: &str) -> Result<FeedView, Failed> {
    reader.feed(key)?.ok_or_else(|| {
        Failed::message(
            Status::Unusable,
            format!(
                "no feed `{}`: none has this name, id or address",
                output::printable(key)
            ),
        )
        .with_hint("`feedmill feeds list` shows them".to_owned())
    })
}

/// A feed that nobody knows is a slip of the pen, not a feed without articles.
pub(super) fn expect_feed(reader: &Reader, key: Option<&str>) -> Result<(), Failed> {
    key.map_or(Ok(()), |key| named_feed(reader, key).map(drop))
}
