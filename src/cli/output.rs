//! The only place that prints.
//!
//! Data goes to standard output, everything else to standard error. A reader that went away is
//! no error: the command ends quietly.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use serde::Serialize;

use super::exit::{Failed, Status};

/// Standard output, buffered.
#[derive(Debug)]
pub(super) struct Output {
    writer: BufWriter<StdoutLock<'static>>,
}

impl Output {
    pub(super) fn new() -> Self {
        Self {
            writer: BufWriter::with_capacity(64 << 10, io::stdout().lock()),
        }
    }

    /// A line of text.
    pub(super) fn line(&mut self, line: impl AsRef<str>) -> Result<(), Failed> {
        writeln!(self.writer, "{}", line.as_ref()).map_err(stdout_failed)
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        self.writer.write_all(bytes).map_err(stdout_failed)
    }

    /// One JSON object in one line.
    pub(super) fn json_line(&mut self, value: &impl Serialize) -> Result<(), Failed> {
        serde_json::to_writer(&mut self.writer, value)
            .map_err(|error| stdout_failed(error.into()))?;
        self.writer.write_all(b"\n").map_err(stdout_failed)
    }

    /// One JSON document for people and machines.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failed> {
        serde_json::to_writer_pretty(&mut self.writer, value)
            .map_err(|error| stdout_failed(error.into()))?;
        self.writer.write_all(b"\n").map_err(stdout_failed)
    }

    /// What was printed so far reaches the reader now.
    pub(super) fn flush(&mut self) -> Result<(), Failed> {
        self.writer.flush().map_err(stdout_failed)
    }
}

/// A reader that closed the pipe has what it wanted: a quiet end, status 0.
fn stdout_failed(error: io::Error) -> Failed {
    let status = if error.kind() == io::ErrorKind::BrokenPipe {
        Status::Ok
    } else {
        Status::Io
    };
    Failed::new(
        status,
        anyhow::Error::new(error).context("cannot write to standard output"),
    )
}

/// A number with its noun, as `1 feed` and `2 feeds`.
pub(super) fn count(number: impl TryInto<u64>, one: &str, many: &str) -> String {
    // What does not fit is many.
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A line for the person, on standard error. Nothing can be done when that fails.
pub(super) fn note(line: impl AsRef<str>) {
    drop(writeln!(io::stderr().lock(), "{}", line.as_ref()));
}

/// A table that fits the terminal.
pub(super) fn table(header: &[&str], rows: Vec<Vec<String>>) -> String {
    use comfy_table::{ContentArrangement, Table, presets};

    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.iter().map(|name| name.to_uppercase()));
    if !io::stdout().is_terminal() {
        // Nobody to fit: whole values, for pipes and files.
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    for row in rows {
        table.add_row(row.into_iter().map(|cell| printable(&cell)));
    }
    table.trim_fmt()
}

/// A value as one line that cannot move the cursor or colour the terminal.
pub(super) fn printable(value: &str) -> String {
    crate::text::clean_line(value)
}

/// A word of a command line that a shell reads as it stands.
pub(super) fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+:@%,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        for (number, want) in [(0_u32, "0 feeds"), (1, "1 feed"), (2, "2 feeds")] {
            assert_eq!(count(number, "feed", "feeds"), want);
        }
    }

    #[test]
    fn a_path_is_one_word_for_the_shell() {
        for (word, want) in [
            ("./a-b.db", "./a-b.db"),
            ("my news.db", "'my news.db'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(shell_word(word), want);
        }
    }
}
