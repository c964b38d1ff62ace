//! What can be seen in a block's text alone.

use super::{fnv::Letters, phrases::phrases_of};
use crate::markup::Block;

/// Counts over a block's text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TextFacts {
    pub(super) n_chars: f32,
    /// Words; a character of a script without spaces counts half a word.
    pub(super) n_words: f32,
    pub(super) n_commas: f32,
    pub(super) n_sentence_ends: f32,
    pub(super) n_digits: f32,
    pub(super) n_capitals: f32,
    pub(super) n_capital_words: f32,
    pub(super) n_odd: f32,
    pub(super) n_lines: f32,
    /// 0 none, 1 sentence end, 2 colon, 3 comma or semicolon, 4 closing quote, 5 ellipsis.
    pub(super) last: f32,
    /// 0 other, 1 capital, 2 small letter, 3 digit, 4 quote, 5 dash or bullet.
    pub(super) first: f32,
    pub(super) phrase: f32,
    pub(super) phrase_inside: f32,
    pub(super) hash: u64,
}

impl TextFacts {
    pub(super) fn of(block: &Block) -> Self {
        let mut counts = Counts::default();
        let mut is_in_word = false;
        for c in block.text.chars() {
            is_in_word = counts.add(c, is_in_word);
        }
        let mut facts = counts.facts();
        facts.first = block.text.chars().next().map_or(0.0, first_kind);
        facts.last = last_kind(&block.text);
        let (start, inside) = phrases_of(&block.text);
        facts.phrase = f32::from(start as u8);
        facts.phrase_inside = f32::from(inside as u8);
        facts
    }

    /// It ends as a sentence does.
    pub(super) fn ends_a_sentence(&self) -> bool {
        self.last > 0.5 && self.last < 1.5
    }

    /// It has words by which the furniture of a page is known.
    pub(super) fn has_phrase(&self) -> bool {
        self.phrase > 0.5 || self.phrase_inside > 0.5
    }
}

/// Whole numbers while they are counted; a page has tens of thousands of characters.
#[derive(Default)]
struct Counts {
    n_chars: u32,
    n_half_words: u32,
    n_commas: u32,
    n_sentence_ends: u32,
    n_digits: u32,
    n_capitals: u32,
    n_capital_words: u32,
    n_odd: u32,
    n_lines: u32,
    letters: Letters,
}

impl Counts {
    /// Counts a character; true when it is no white space.
    fn add(&mut self, c: char, is_in_word: bool) -> bool {
        self.n_chars += 1;
        if c.is_ascii_lowercase() {
            self.n_half_words += if is_in_word { 0 } else { 2 };
            self.letters.push(c);
            return true;
        }
        if c.is_whitespace() {
            self.n_lines += u32::from(c == '\n');
            return false;
        }
        if is_unspaced(c) {
            self.n_half_words += 1;
        } else if !is_in_word {
            self.n_half_words += 2;
        }
        if c.is_alphanumeric() {
            self.letters.push(c);
        }
        if c.is_uppercase() {
            self.n_capitals += 1;
            self.n_capital_words += u32::from(!is_in_word);
        } else if c.is_numeric() {
            self.n_digits += 1;
        } else {
            self.add_mark(c);
        }
        true
    }

    fn add_mark(&mut self, c: char) {
        match c {
            ',' | '،' | '、' | '，' | ';' => self.n_commas += 1,
            '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟' | '…' => {
                self.n_sentence_ends += 1;
            }
            '|' | '»' | '›' | '•' | '·' | '/' | '@' | '#' | '→' | '_' => self.n_odd += 1,
            _ => {}
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "measures of a block, not counts to be exact about"
    )]
    fn facts(&self) -> TextFacts {
        TextFacts {
            n_chars: self.n_chars as f32,
            n_words: self.n_half_words as f32 / 2.0,
            n_commas: self.n_commas as f32,
            n_sentence_ends: self.n_sentence_ends as f32,
            n_digits: self.n_digits as f32,
            n_capitals: self.n_capitals as f32,
            n_capital_words: self.n_capital_words as f32,
            n_odd: self.n_odd as f32,
            n_lines: self.n_lines as f32,
            hash: self.letters.end(),
            ..TextFacts::default()
        }
    }
}

fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7AF | 0x20000..=0x3FFFF)
}

fn first_kind(c: char) -> f32 {
    match c {
        _ if c.is_uppercase() => 1.0,
        _ if c.is_lowercase() => 2.0,
        _ if c.is_numeric() => 3.0,
        '"' | '\'' | '“' | '„' | '«' | '‘' | '»' | '「' => 4.0,
        '-' | '–' | '—' | '•' | '*' | '·' | '>' | '→' | '(' | '[' => 5.0,
        _ => 0.0,
    }
}

fn last_kind(text: &str) -> f32 {
    let mut back = text.chars().rev();
    match back.next() {
        Some('.') if text.ends_with("...") => 5.0,
        Some('.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟' | '۔') => 1.0,
        Some(':' | '：') => 2.0,
        Some(',' | ';' | '、' | '-' | '–') => 3.0,
        Some('"' | '”' | '“' | '»' | '\'' | '’' | ')' | '」' | '«' | ']') => {
            match back.next() {
                Some('.' | '!' | '?' | '。' | '！' | '？' | ',') => 1.0,
                _ => 4.0,
            }
        }
        Some('…') => 5.0,
        _ => 0.0,
    }
}
