//! The block that is being filled.

use super::Tag;

/// The inline state at a place: what the text that comes stands in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    pub(super) n_link: usize,
    pub(super) n_bold: usize,
    pub(super) n_pre: usize,
    pub(super) n_quote: usize,
    pub(super) n_caption: usize,
    pub(super) heading: Option<u8>,
    /// Number of the last link that was entered.
    link: usize,
}

impl Mark {
    pub(super) fn enter_link(&mut self) {
        self.n_link += 1;
        self.link += 1;
    }

    /// How many elements of this kind are open, for the kinds that are counted.
    pub(super) fn count_of(&mut self, tag: Tag) -> Option<&mut usize> {
        if tag == Tag::Link {
            Some(&mut self.n_link)
        } else if tag == Tag::Bold {
            Some(&mut self.n_bold)
        } else if tag == Tag::Pre {
            Some(&mut self.n_pre)
        } else if tag == Tag::Quote {
            Some(&mut self.n_quote)
        } else if tag == Tag::Caption {
            Some(&mut self.n_caption)
        } else {
            None
        }
    }
}

/// A block without its place.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) link_bytes: usize,
    pub(super) n_links: usize,
    pub(super) bold_bytes: usize,
    pub(super) is_loose: bool,
}

/// The block that is being filled, with those that line breaks ended before it.
#[derive(Debug, Default)]
pub(super) struct OpenBlock {
    done: Vec<Part>,
    part: Part,
    /// White space was seen since the last word.
    has_space: bool,
    n_breaks: usize,
    last_link: usize,
    is_pre: bool,
}

impl OpenBlock {
    pub(super) fn is_empty(&self) -> bool {
        self.part.text.is_empty()
    }

    /// Adds text, white space folded unless it is preformatted.
    pub(super) fn push(&mut self, text: &str, mark: Mark) {
        if mark.n_pre > 0 {
            return self.push_pre(text, mark);
        }
        self.has_space |= text.starts_with(char::is_whitespace);
        for (index, word) in text.split_whitespace().enumerate() {
            self.has_space |= index > 0;
            self.push_word(word, mark);
            self.has_space = false;
        }
        self.has_space |= text.ends_with(char::is_whitespace);
    }

    fn push_word(&mut self, word: &str, mark: Mark) {
        let start = self.part.text.len();
        match self.n_breaks {
            _ if start == 0 => {}
            0 if self.has_space => self.part.text.push(' '),
            0 => {}
            1 => self.part.text.push('\n'),
            _ => self.end_part(),
        }
        self.n_breaks = 0;
        let start = start.min(self.part.text.len());
        self.part.text.push_str(word);
        self.count(start, mark);
    }

    /// Line feeds and spaces stay; a line feed right behind the start tag is no part of the text.
    fn push_pre(&mut self, text: &str, mark: Mark) {
        if self.n_breaks > 0 && !self.part.text.is_empty() {
            for _ in 0..self.n_breaks {
                self.part.text.push('\n');
            }
        }
        self.n_breaks = 0;
        let start = self.part.text.len();
        self.part.text.push_str(text);
        self.is_pre = true;
        self.count(start, mark);
    }

    fn count(&mut self, start: usize, mark: Mark) {
        let n_bytes = self.part.text.len() - start;
        if mark.n_link > 0 {
            self.part.link_bytes += n_bytes;
            if self.last_link != mark.link {
                self.last_link = mark.link;
                self.part.n_links += 1;
            }
        }
        if mark.n_bold > 0 {
            self.part.bold_bytes += n_bytes;
        }
    }

    pub(super) fn line_break(&mut self) {
        self.n_breaks += 1;
        self.has_space = true;
    }

    fn end_part(&mut self) {
        self.part.is_loose = true;
        self.done.push(std::mem::take(&mut self.part));
        self.last_link = 0;
    }

    /// The blocks since the last time, none of them empty.
    pub(super) fn take(&mut self) -> Vec<Part> {
        let mut done = std::mem::take(&mut self.done);
        let has_parts = !done.is_empty();
        let mut part = std::mem::take(&mut self.part);
        if self.is_pre {
            part.text = without_blank_lines(&part.text);
        }
        *self = Self::default();
        if !part.text.trim().is_empty() {
            part.is_loose = has_parts;
            done.push(part);
        }
        done
    }
}

/// Preformatted text as one paragraph: its lines with their indents, blank lines left out.
fn without_blank_lines(text: &str) -> String {
    let lines = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
