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
        }
    }

    /// Adds text in which each break of a line is white space.
    pub(super) fn push_line(&mut self, text: &str) {
        for c in text.chars() {
            match kind(c) {
                Kind::Break | Kind::Paragraph => self.space(1),
                kind @ (Kind::Text | Kind::Space | Kind::Joiner | Kind::Nothing) => {
                    self.push(c, kind);
                }
            }
        }
    }

    /// Adds text whose breaks count; an empty line parts paragraphs.
    pub(super) fn push_lines(&mut self, text: &str) {
        let mut before = '\0';
        for c in text.chars() {
            match kind(c) {
                Kind::Break if before == '\r' && c == '\n' => {}
                Kind::Break => self.end_line(),
                Kind::Paragraph => self.end_paragraph(),
                kind @ (Kind::Text | Kind::Space | Kind::Joiner | Kind::Nothing) => {
                    self.push(c, kind);
                }
            }
            before = c;
        }
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
        let is_starter = is_always_nfc(c) || canonical_combining_class(c) == 0;
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
