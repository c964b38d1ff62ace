//! The plain text of an article.

use std::{borrow::Cow, sync::OnceLock};

use super::builder::Builder;
use super::line::is_clean_ascii_line;
use super::unicode::{Kind, kind};
use super::{cap, count_words};

/// Text as the store keeps it and as its hash is taken: NFC; no control but the line break, nothing
/// invisible (soft hyphens, zero-width spaces, direction marks, byte order marks; joiners only
/// where they shape a script or an emoji); white space folded; paragraphs apart by exactly one blank
/// line; no white space at either end nor at the end of a line.
///
/// It does not know markup: `<b>` in an article about HTML is text. Whoever makes it from HTML has
/// taken the markup out before.
#[derive(Debug, Clone, Default)]
pub struct CleanText {
    text: String,
    /// Counted when asked for, once.
    n_words: OnceLock<u32>,
}

impl PartialEq for CleanText {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CleanText {}

impl From<Builder> for CleanText {
    fn from(builder: Builder) -> Self {
        Self {
            text: builder.finish(),
            n_words: OnceLock::new(),
        }
    }
}

impl CleanText {
    /// Cleans text whose lines count: a single line break stays, one or more blank lines part
    /// paragraphs, all other white space is folded. Idempotent.
    pub fn from_raw(raw: &str) -> Self {
        let mut builder = Builder::with_capacity(raw.len());
        if is_clean_ascii_line(raw) {
            builder.push_clean(raw);
        } else {
            builder.push_lines(raw);
        }
        builder.into()
    }

    /// Makes a text of blocks, each a paragraph. A block of one line has its white space folded; a
    /// block of several lines keeps the white space within its lines and before them (verse, code,
    /// tables), so a caller that does not want it folds it before. A blank line in a block begins
    /// a new paragraph; empty blocks are left out.
    pub fn from_blocks<'a>(blocks: impl IntoIterator<Item = &'a str>) -> Self {
        let mut builder = Builder::with_capacity(0);
        for block in blocks {
            push_block(&mut builder, block);
            builder.end_paragraph();
        }
        builder.into()
    }

    /// Takes a text back from the store: a text that is clean stays as it is, byte for byte.
    pub fn from_stored(text: &str) -> Self {
        Self::from_blocks(std::iter::once(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, as owned.
    pub fn into_string(self) -> String {
        self.text
    }

    /// No text at all.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Words, as [`count_words`] counts.
    pub fn n_words(&self) -> u32 {
        *self.n_words.get_or_init(|| count_words(&self.text))
    }

    /// The paragraphs; none for an empty text.
    pub fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.text
            .split("\n\n")
            .filter(|paragraph| !paragraph.is_empty())
    }

    /// The start of the text within `limit_bytes` bytes, and whether something was cut off. The cut
    /// falls between words where that costs no more than 64 bytes.
    #[must_use]
    pub fn truncated(self, limit_bytes: usize) -> (Self, bool) {
        let (start, is_cut) = cap(&self.text, limit_bytes);
        if !is_cut {
            return (self, false);
        }
        let is_between = self
            .text
            .get(start.len()..)
            .is_some_and(|rest| rest.starts_with([' ', '\n']));
        let end = start
            .rfind([' ', '\n'])
            .filter(|end| !is_between && start.len() - end <= 64)
            .unwrap_or(start.len());
        (Self::from_stored(start.get(..end).unwrap_or(start)), true)
    }
}

impl AsRef<str> for CleanText {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Display for CleanText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

fn push_block(builder: &mut Builder, block: &str) {
    if is_clean_ascii_line(block) {
        builder.push_clean(block);
        return;
    }
    let block = with_plain_breaks(block);
    let mut lines = block.split('\n').peekable();
    while let Some(line) = lines.next() {
        if is_blank(line) {
            builder.end_paragraph();
        } else if lines.peek().is_none_or(|next| is_blank(next)) {
            builder.push_lines(line);
            builder.end_paragraph();
        } else {
            push_several(builder, line, &mut lines);
        }
    }
}

/// A paragraph of at least two lines.
fn push_several<'a>(
    builder: &mut Builder,
    first: &str,
    lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>,
) {
    builder.push_preformatted(first);
    while let Some(line) = lines.next_if(|line| !is_blank(line)) {
        builder.push_preformatted(line);
    }
    builder.end_paragraph();
}

fn is_blank(line: &str) -> bool {
    line.chars().all(|c| kind(c) != Kind::Text)
}

/// All line ends as `\n`.
fn with_plain_breaks(block: &str) -> Cow<'_, str> {
    let is_plain =
        !block.contains('\r') && !block.contains('\u{2028}') && !block.contains('\u{2029}');
    if is_plain {
        return Cow::Borrowed(block);
    }
    let block = block
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}'], "\n");
    Cow::Owned(block.replace('\u{2029}', "\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paragraphs_are_apart_by_one_blank_line() {
        #[track_caller]
        fn check(raw: &str, want: &str) {
            assert_eq!(CleanText::from_raw(raw).as_str(), want, "{raw:?}");
        }
        check("", "");
        check(" \n\u{200b}\n ", "");
        check("one  line ", "one line");
        check("\n\na\n\n\n\nb\n", "a\n\nb");
        check("a\nb", "a\nb");
        check("a\r\nb\rc\r\n\r\nd", "a\nb\nc\n\nd");
        check("a\n \u{a0}\u{200b}\nb", "a\n\nb");
        check("a\u{2028}b\u{2029}c", "a\nb\n\nc");
        check("  a \n   b\t\tc", "a\nb c");
        check("e\u{301}\u{0}x\u{ad}y", "éxy");
        check("\u{3000}\u{3000}日本語\n\u{3000}二", "日本語\n二");
    }

    #[test]
    fn blocks_become_paragraphs() {
        #[track_caller]
        fn check(blocks: &[&str], want: &str) {
            let got = CleanText::from_blocks(blocks.iter().copied());
            assert_eq!(got.as_str(), want, "{blocks:?}");
            assert_eq!(CleanText::from_stored(got.as_str()), got);
        }
        check(&["a", "", " b  c ", "\n"], "a\n\nb c");
        check(&["é  x"], "é x");
        check(
            &["fn a() {\n    b;\n\tc  ;  \n}\n"],
            "fn a() {\n    b;\n    c  ;\n}",
        );
        check(&["  a\n\n  b"], "a\n\nb");
        check(&["  a\n  b"], "a\n  b");
        check(&["one\r\ntwo"], "one\ntwo");
        check(&[], "");
        assert_eq!(
            CleanText::from_raw("a\n\nb")
                .paragraphs()
                .collect::<Vec<_>>(),
            ["a", "b"]
        );
        assert_eq!(CleanText::default().paragraphs().count(), 0);
    }

    #[test]
    fn a_cut_text_is_clean_and_ends_between_words() {
        #[track_caller]
        fn check(raw: &str, limit: usize, want: &str, want_cut: bool) {
            let (got, is_cut) = CleanText::from_raw(raw).truncated(limit);
            assert_eq!((got.as_str(), is_cut), (want, want_cut), "{raw:?}");
        }
        check("one two", 7, "one two", false);
        check("one two", 6, "one", true);
        check("one two three", 7, "one two", true);
        check("one\n\ntwo", 4, "one", true);
        check("日本語", 7, "日本", true);
        check("a", 0, "", true);
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(raw in "(\\PC|[\\x00-\\x20\\u{a0}\\u{ad}\\u{200b}-\\u{200f}\\u{2028}\\u{2029}\\u{300}-\\u{345}\\u{621}-\\u{655}]){0,40}") {
            let once = CleanText::from_raw(&raw);
            prop_assert_eq!(&CleanText::from_raw(once.as_str()), &once);
            prop_assert_eq!(&CleanText::from_stored(once.as_str()), &once);
            prop_assert!(once.as_str().chars().all(|c| !c.is_control() || c == '\n'));
            prop_assert!(!once.as_str().contains("\n\n\n") && once.as_str().trim() == once.as_str());
        }

        #[test]
        fn blocks_are_stable(blocks in prop::collection::vec("[a-cé \\n\\r\\t\\u{200d}\\u{301}\\u{64b}\\u{915}]{0,20}", 0..4), limit in 0_usize..40) {
            let once = CleanText::from_blocks(blocks.iter().map(String::as_str));
            prop_assert_eq!(&CleanText::from_stored(once.as_str()), &once);
            prop_assert_eq!(&CleanText::from_blocks(once.paragraphs()), &once);
            let (cut, _) = once.clone().truncated(limit);
            prop_assert!(cut.as_str().len() <= limit);
        }
    }
}
