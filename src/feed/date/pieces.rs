//! Looks at the pieces of a date by what they are.

use crate::feed::date_lex::{Lexed, Piece};

/// The number at a place, and how many digits it is written with.
pub(super) fn number(pieces: &[Lexed], at: usize) -> Option<(u64, usize)> {
    match pieces.get(at)?.piece {
        Piece::Number { value, n_digits } => Some((value, n_digits)),
        Piece::Word(_) | Piece::Unit(_) | Piece::Sign(_) => None,
    }
}

pub(super) fn sign(pieces: &[Lexed], at: usize) -> Option<char> {
    match pieces.get(at)?.piece {
        Piece::Sign(sign) => Some(sign),
        Piece::Word(_) | Piece::Unit(_) | Piece::Number { .. } => None,
    }
}

pub(super) fn word(pieces: &[Lexed], at: usize) -> Option<&str> {
    match &pieces.get(at)?.piece {
        Piece::Word(word) => Some(word),
        Piece::Sign(_) | Piece::Unit(_) | Piece::Number { .. } => None,
    }
}

/// Whether there is a piece at a place without white space before it.
pub(super) fn is_joined(pieces: &[Lexed], at: usize) -> bool {
    pieces.get(at).is_some_and(|piece| !piece.is_spaced)
}

/// A number that is too large stays too large.
pub(super) fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
