//! A written date cut into numbers, words and signs.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::date_names::{Unit, unit};

/// A piece of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Number {
        value: u64,
        n_digits: usize,
    },
    /// Lower case, without diacritics.
    Word(String),
    Unit(Unit),
    Sign(char),
}

/// A piece and whether white space stands before it.
#[derive(Debug, Clone)]
pub(super) struct Lexed {
    pub(super) piece: Piece,
    pub(super) is_spaced: bool,
}

/// Longest text looked at: no date is longer.
const LONGEST: usize = 120;

/// A date in lower case, without diacritics, and with the digits and signs of ASCII where others
/// differ from them only in width.
pub(super) fn fold(raw: &str) -> String {
    if raw.is_ascii() {
        return super::token::split(raw, LONGEST).0.to_ascii_lowercase();
    }
    raw.chars()
        .take(LONGEST)
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .nfc()
        .collect()
}

/// Cuts a folded date into its pieces.
pub(super) fn lex(folded: &str) -> Vec<Lexed> {
    let mut pieces = Vec::new();
    let mut is_spaced = false;
    let mut rest = folded;
    while let Some(first) = rest.chars().next() {
        let len = if first.is_ascii_digit() {
            run(rest, |c| c.is_ascii_digit())
        } else if unit(first).is_none() && first.is_alphabetic() {
            run(rest, |c| c.is_alphabetic() && unit(c).is_none())
        } else {
            first.len_utf8()
        };
        let (text, after) = super::token::split(rest, len);
        rest = after;
        if first.is_whitespace() {
            is_spaced = true;
            continue;
        }
        let piece = if first.is_ascii_digit() {
            Piece::Number {
                value: text.parse().unwrap_or(u64::MAX),
                n_digits: len,
            }
        } else if let Some(unit) = unit(first) {
            Piece::Unit(unit)
        } else if first.is_alphabetic() {
            Piece::Word(text.to_owned())
        } else {
            Piece::Sign(first)
        };
        pieces.push(Lexed { piece, is_spaced });
        is_spaced = false;
    }
    pieces
}

fn run(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_in(c)).unwrap_or(text.len())
}
