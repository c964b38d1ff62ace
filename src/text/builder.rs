//! Builds clean text character by character.

use std::borrow::Cow;

use unicode_normalization::char::canonical_combining_class;

use super::unicode::{Kind, is_always_nfc, is_shaped, kind, nfc};

/// What stands between the last character put down and the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    Nothing,
    Line,
    Paragraph,
}

/// Takes characters as they come; white space, line ends and joiners wait until a character follows
/// that is seen, so that nothing of them is left at an edge.
#[derive(Debug)]
pub(super) struct Builder {
    out: String,
    gap: Gap,
    n_spaces: usize,
    is_line_blank: bool,
    joiner: Option<char>,
    /// The last starter (combining class zero) of the word.
    last: Option<char>,
    /// Every character stands in NFC whatever its neighbours.
    is_nfc: bool,
}

impl Builder {
    pub(super) fn with_capacity(n_bytes: usize) -> Self {
        Self {
            out: String::with_capacity(n_bytes),
            gap: Gap::Nothing,
            n_spaces: 0,
            is_line_blank: true,
            joiner: None,
            last: None,
            is_nfc: true,
        }
    }

    /// Adds text in which each break of a line is white space.
    pub(super) fn push_line(&mut self, text: &str) {
        let mut rest = text;
        while let Some((c, after)) = self.push_run(rest) {
            match kind(c) {
                Kind::Break | Kind::Paragraph => self.space(1),
                kind @ (Kind::Text | Kind::Space | Kind::Joiner | Kind::Nothing) => {
                    self.push(c, kind);
                }
            }
            rest = after;
        }
    }

    /// Adds text whose breaks count; an empty line parts paragraphs.
    pub(super) fn push_lines(&mut self, text: &str) {
        let mut rest = text;
        while let Some((c, after)) = self.push_run(rest) {
            rest = after;
            match kind(c) {
                Kind::Break => {
                    self.end_line();
                    if c == '\r' {
                        rest = rest.strip_prefix('\n').unwrap_or(rest);
                    }
                }
                Kind::Paragraph => self.end_paragraph(),
                kind @ (Kind::Text | Kind::Space | Kind::Joiner | Kind::Nothing) => {
                    self.push(c, kind);
                }
            }
        }
    }

    /// Adds what at the start of `text` needs no look at each character, and gives the character
    /// after it with the rest.
    fn push_run<'a>(&mut self, text: &'a str) -> Option<(char, &'a str)> {
        let (run, rest) = text
            .split_at_checked(plain_run(text.as_bytes()))
            .unwrap_or(("", text));
        let mut chars = run.chars();
        if let Some(first) = chars.next() {
            self.push(first, Kind::Text);
            self.out.push_str(chars.as_str());
            // Nothing in a run is shaped by a joiner.
            self.last = None;
        }
        let mut chars = rest.chars();
        Some((chars.next()?, chars.as_str()))
    }

    /// Adds one line that keeps the white space before and within it.
    pub(super) fn push_preformatted(&mut self, line: &str) {
        for c in line.chars() {
            match (kind(c), c) {
                (Kind::Text, _) => {
                    let is_first_of_paragraph = self.is_line_blank && self.gap != Gap::Line;
                    let n_kept = if is_first_of_paragraph {
                        0
                    } else {
                        self.n_spaces
                    };
                    self.put(c, n_kept);
                }
                (Kind::Space | Kind::Break | Kind::Paragraph, '\t') => self.space(4),
                (Kind::Space | Kind::Break | Kind::Paragraph, _) => self.space(1),
                (kind @ (Kind::Joiner | Kind::Nothing), _) => self.push(c, kind),
            }
        }
        self.end_line();
    }

    /// Adds a line that is clean already.
    pub(super) fn push_clean(&mut self, line: &str) {
        self.put_gap();
        self.out.push_str(line);
        self.is_line_blank = false;
        self.last = None;
    }

    /// The next character begins a line, or a paragraph when this line is blank.
    pub(super) fn end_line(&mut self) {
        let gap = if self.is_line_blank {
            Gap::Paragraph
        } else {
            Gap::Line
        };
        self.end(gap);
    }

    /// The next character begins a paragraph.
    pub(super) fn end_paragraph(&mut self) {
        self.end(Gap::Paragraph);
    }

    /// The text in NFC.
    pub(super) fn finish(self) -> String {
        if self.is_nfc {
            return self.out;
        }
        match nfc(&self.out) {
            Cow::Borrowed(_) => self.out,
            Cow::Owned(composed) => composed,
        }
    }

    fn push(&mut self, c: char, kind: Kind) {
        match kind {
            Kind::Text => {
                let n_kept = usize::from(!self.is_line_blank && self.n_spaces > 0);
                self.put(c, n_kept);
            }
            Kind::Space | Kind::Break | Kind::Paragraph => self.space(1),
            Kind::Joiner => self.joiner = self.joiner.or(Some(c)),
            Kind::Nothing => {}
        }
    }

    fn space(&mut self, width: usize) {
        self.n_spaces += width;
        self.joiner = None;
        self.last = None;
    }

    fn end(&mut self, gap: Gap) {
        if !self.out.is_empty() {
            self.gap = self.gap.max(gap);
        }
        self.space(0);
        self.n_spaces = 0;
        self.is_line_blank = true;
    }

    fn put_gap(&mut self) {
        self.out.push_str(match self.gap {
            Gap::Nothing => "",
            Gap::Line => "\n",
            Gap::Paragraph => "\n\n",
        });
        self.gap = Gap::Nothing;
    }

    fn put(&mut self, c: char, n_spaces: usize) {
        if self.is_line_blank {
            self.put_gap();
            self.is_line_blank = false;
        }
        self.out.extend(std::iter::repeat_n(' ', n_spaces));
        self.n_spaces = 0;
        // Marks may change places with each other in NFC, starters never do: only starters decide.
        let is_safe = is_always_nfc(c);
        self.is_nfc &= is_safe;
        let is_starter = is_safe || canonical_combining_class(c) == 0;
        if let Some(joiner) = self.joiner.take()
            && is_starter
            && is_shaped(c)
            && self.last.is_some_and(is_shaped)
        {
            self.out.push(joiner);
        }
        self.out.push(c);
        if is_starter {
            self.last = Some(c);
        }
    }
}

/// Bytes at the start of `bytes` that are words of Latin letters, digits and ASCII signs, one space
/// between two of them: they stay as they are.
fn plain_run(bytes: &[u8]) -> usize {
    let mut n_run = 0;
    let mut rest = bytes;
    loop {
        let n = match rest {
            [b'!'..=b'~', ..] => 1,
            [b' ', b'!'..=b'~', ..] if n_run > 0 => 2,
            // U+00C0 to U+02FF.
            [0xc3..=0xcb, _, ..] => 2,
            [b' ', 0xc3..=0xcb, _, ..] if n_run > 0 => 3,
            _ => return n_run,
        };
        n_run += n;
        rest = rest.get(n..).unwrap_or_default();
    }
}
