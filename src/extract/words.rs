//! Words that a block shares with the titles or the dek.
#![expect(
    clippy::cast_precision_loss,
    reason = "features are measures, not counts to be exact about"
)]

use std::collections::HashSet;

/// Words of some lines, for comparing.
pub(super) struct WordSet(HashSet<String>);

/// How much a block and a set of words have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Overlap {
    /// Share of the block's words that are in the set.
    pub(super) of_block: f32,
    /// Share of the set's words that are in the block.
    pub(super) of_set: f32,
}

/// Words of a block that are looked at; a dek is shorter.
const MAX_WORDS: usize = 80;

impl WordSet {
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        Self(lines.flat_map(words).take(400).collect())
    }

    pub(super) fn overlap(&self, text: &str) -> Overlap {
        if self.0.is_empty() || text.len() > 1_000 {
            return Overlap::default();
        }
        let mut seen = HashSet::new();
        let (mut n, mut n_shared) = (0.0_f32, 0.0_f32);
        for word in words(text).take(MAX_WORDS) {
            n += 1.0;
            if self.0.contains(&word) {
                n_shared += 1.0;
                seen.insert(word);
            }
        }
        Overlap {
            of_block: n_shared / n.max(1.0),
            of_set: seen.len() as f32 / self.0.len() as f32,
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}
