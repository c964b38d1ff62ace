//! Words that a block shares with the titles or the dek.
#![expect(
    clippy::cast_precision_loss,
    reason = "features are measures, not counts to be exact about"
)]

use super::letter_hash::Letters;

/// Words of some lines, for comparing: their hashes, sorted.
pub(super) struct WordSet(Vec<u64>);

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
/// A block of more bytes is no title and no dek.
const MAX_BYTES: usize = 1_000;

impl WordSet {
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut hashes: Vec<u64> = lines.flat_map(word_hashes).take(400).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// What a block has in common with the set, by its [`short_hashes`].
    pub(super) fn overlap(&self, hashes: &[u64]) -> Overlap {
        if self.0.is_empty() {
            return Overlap::default();
        }
        let mut shared = Vec::new();
        let mut n = 0.0_f32;
        for hash in hashes {
            n += 1.0;
            if self.0.binary_search(hash).is_ok() {
                shared.push(*hash);
            }
        }
        let n_shared = shared.len() as f32;
        shared.sort_unstable();
        shared.dedup();
        Overlap {
            of_block: n_shared / n.max(1.0),
            of_set: shared.len() as f32 / self.0.len() as f32,
        }
    }
}

/// Hashes of the words of a block that may be a title or a dek, in place of what the buffer held; none
/// of a longer one.
pub(super) fn short_hashes(text: &str, hashes: &mut Vec<u64>) {
    hashes.clear();
    if text.len() <= MAX_BYTES {
        hashes.extend(word_hashes(text).take(MAX_WORDS));
    }
}

/// A hash of each run of letters and digits, in lower case.
pub(super) fn word_hashes(text: &str) -> impl Iterator<Item = u64> + '_ {
    let mut chars = text.chars();
    std::iter::from_fn(move || {
        let mut word = Letters::default();
        let mut is_empty = true;
        for c in chars.by_ref() {
            if c.is_ascii_alphanumeric() {
                word.push(c.to_ascii_lowercase());
            } else if !c.is_ascii() && c.is_alphanumeric() {
                c.to_lowercase().for_each(|c| word.push(c));
            } else if is_empty {
                continue;
            } else {
                break;
            }
            is_empty = false;
        }
        (!is_empty).then(|| word.end())
    })
}

/// Hashes of the different shingles of a text: words that follow each other, `length` at a time.
pub(super) fn shingles(text: &str, length: usize) -> Vec<u64> {
    let words: Vec<u64> = word_hashes(text).collect();
    let mut shingles: Vec<u64> = words.windows(length).map(shingle).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// A hash of words that follow each other.
pub(super) fn shingle(words: &[u64]) -> u64 {
    words.iter().fold(0, |hash, word| {
        (hash ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_is_by_words_whatever_their_case() {
        let set = WordSet::of(["The Élan of rivers"].into_iter());
        let mut hashes = vec![1];
        short_hashes("ÉLAN of THE lakes, the", &mut hashes);
        let overlap = set.overlap(&hashes);
        assert!((overlap.of_block - 0.8).abs() < 1e-6, "{overlap:?}");
        assert!((overlap.of_set - 0.75).abs() < 1e-6, "{overlap:?}");
        assert!(
            WordSet::of(std::iter::empty())
                .overlap(&hashes)
                .of_set
                .abs()
                < 1e-6
        );
    }
}
