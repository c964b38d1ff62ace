//! Signs that the page shows only a part of the article.

use super::choose::Choice;
use crate::{markup::BlockView, model::Flag, text::CleanText};

/// What stands where a paywall cuts a text off.
const WALLS: [&str; 22] = [
    "subscribe to continue",
    "subscribe to read",
    "subscribers only",
    "for subscribers",
    "already a subscriber",
    "to continue reading",
    "continue reading with",
    "this article is for",
    "sign in to read",
    "log in to read",
    "register to read",
    "weiterlesen mit",
    "jetzt weiterlesen",
    "diesen artikel weiterlesen",
    "nur für abonnenten",
    "réservé aux abonnés",
    "pour lire la suite",
    "solo para suscriptores",
    "para seguir leyendo",
    "riservato agli abbonati",
    "dla abonentów",
    "exclusivo para assinantes",
];

/// Blocks behind the text in which a wall is looked for, and words beyond which a text is whole.
const REACH: usize = 8;
const WHOLE_WORDS: u32 = 400;

/// Flags for a text that seems cut: by a wall behind it, or in mid-sentence.
pub(super) fn doubts(view: &BlockView, choices: &[Choice], text: &CleanText) -> Vec<Flag> {
    let mut flags = Vec::new();
    let behind = choices
        .iter()
        .rposition(|choice| choice.is_kept)
        .map_or(0, |last| last + 1);
    let has_wall = view.blocks.iter().skip(behind).take(REACH).any(|block| {
        block.text.len() < 400 && {
            let lower = block.text.to_lowercase();
            WALLS.iter().any(|wall| lower.contains(wall))
        }
    });
    if has_wall && text.n_words() < WHOLE_WORDS {
        flags.push(Flag::Paywall);
    }
    let end = text.as_str().trim_end_matches([']', ')', ' ']);
    if end.ends_with('…') || end.ends_with("...") {
        flags.push(Flag::Truncated);
    }
    flags
}
