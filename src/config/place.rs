//! Places in a file.

use std::fmt;
use std::sync::Arc;

/// Where something stands: file, line and column from 1; line 0 means the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}:{}", self.file, self.column),
        }
    }
}

/// A text with what it takes to say where in it something stands.
#[derive(Debug)]
pub(super) struct SourceText<'a> {
    pub(super) name: Arc<str>,
    pub(super) text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> SourceText<'a> {
    pub(super) fn new(name: &str, text: &'a str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            name: name.into(),
            text,
            line_starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    /// The place of a byte offset.
    pub(super) fn place(&self, offset: usize) -> Place {
        let line = self
            .line_starts
            .partition_point(|start| *start <= offset)
            .max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        Place {
            file: Arc::clone(&self.name),
            line,
            column: before.chars().count() + 1,
        }
    }

    /// The file as a whole.
    pub(super) fn whole(&self) -> Place {
        whole_file(&self.name)
    }
}

/// A file as a whole.
pub(super) fn whole_file(name: &str) -> Place {
    Place {
        file: name.into(),
        line: 0,
        column: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        #[track_caller]
        fn check(source: &SourceText<'_>, offset: usize, want: &str) {
            assert_eq!(source.place(offset).to_string(), want);
        }
        let source = SourceText::new("a.toml", "ab\né = 1\n");
        check(&source, 0, "a.toml:1:1");
        check(&source, 2, "a.toml:1:3");
        check(&source, 3, "a.toml:2:1");
        check(&source, 6, "a.toml:2:3");
        check(&source, 10, "a.toml:3:1");
        assert_eq!(source.whole().to_string(), "a.toml");
    }
}
