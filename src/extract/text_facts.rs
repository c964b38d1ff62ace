//! What can be seen in a block's text alone.

use super::{
    letter_hash::Letters,
    phrases::{Phrase, phrases_of},
};
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
        let mut facts = Self::default();
        let mut letters = Letters::default();
        let mut is_in_word = false;
        for c in block.text.chars() {
            facts.n_chars += 1.0;
            is_in_word = facts.count(c, is_in_word, &mut letters);
        }
        facts.hash = letters.end();
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

    /// It begins as lines of that kind of furniture do.
    pub(super) fn begins_with(&self, phrase: Phrase) -> bool {
        (self.phrase - f32::from(phrase as u8)).abs() < 0.5
    }

    /// Counts a character but for its being one; true when it is no white space.
    fn count(&mut self, c: char, is_in_word: bool, letters: &mut Letters) -> bool {
        if c.is_ascii_lowercase() {
            if !is_in_word {
                self.n_words += 1.0;
            }
            letters.push(c);
            return true;
        }
        if c.is_whitespace() {
            if c == '\n' {
                self.n_lines += 1.0;
            }
            return false;
        }
        if is_unspaced(c) {
            self.n_words += 0.5;
        } else if !is_in_word {
            self.n_words += 1.0;
        }
        if c.is_alphanumeric() {
            letters.push(c);
        }
        if c.is_uppercase() {
            self.n_capitals += 1.0;
            if !is_in_word {
                self.n_capital_words += 1.0;
            }
        } else if c.is_numeric() {
            self.n_digits += 1.0;
        } else {
            match c {
                ',' | '،' | '、' | '，' | ';' => self.n_commas += 1.0,
                '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟' | '…' => {
                    self.n_sentence_ends += 1.0;
                }
                '|' | '»' | '›' | '•' | '·' | '/' | '@' | '#' | '→' | '_' => {
                    self.n_odd += 1.0;
                }
                _ => {}
            }
        }
        true
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
