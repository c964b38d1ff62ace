//! What stands in the text twice.

use std::collections::{HashMap, HashSet};

use super::{
    choose::{Choice, drop_block},
    text_facts::TextFacts,
    words::{shingle, word_hashes},
};
use crate::markup::{Block, BlockKind, BlockView};

/// Words from which a block that stands twice may be a copy and not a phrase that comes again.
const COPY_WORDS: f32 = 8.0;

/// Words from which a passage that stands twice is a copy.
const LONG_COPY_WORDS: f32 = 40.0;

/// Words of the shingles by which a block is compared with the rest of the text.
pub(super) const SHINGLE: usize = 4;

/// Share of a long block's shingles that must stand elsewhere in the text for it to be a copy.
const COVERED: f32 = 0.85;

/// Of three shingles of a block, so many must stand elsewhere before all of them are looked for.
const SAMPLED: usize = 2;

/// A long block of prose all of which stands elsewhere in the text in pieces (the whole article once
/// more as one block, a summary made of its sentences), the longest first. Terms and plans say nearly
/// the same again and mean it: a block with another one about as long is left to [`drop_copies`].
pub(super) fn drop_covered(view: &BlockView, choices: &mut [Choice]) {
    let mut kept: Vec<Kept> = Vec::new();
    for (index, (block, choice)) in view.blocks.iter().zip(choices.iter()).enumerate() {
        if choice.is_kept {
            kept.push(Kept::of(index, block, choice));
        }
    }
    kept.sort_by(|one, other| other.n_words.total_cmp(&one.n_words));
    let mut dropped = Vec::new();
    for (at, block) in kept.iter().enumerate() {
        let next = kept.get(at + 1).map_or(0.0, |next| next.n_words);
        let last = at.checked_sub(1).and_then(|last| kept.get(last));
        let has_like = next > 0.75 * block.n_words
            || last.is_some_and(|last| 0.75 * last.n_words < block.n_words);
        if !block.is_long_prose || has_like {
            continue;
        }
        let others = || {
            let others = kept.iter().enumerate();
            others.filter(|(other, _)| *other != at && !dropped.contains(other))
        };
        let shingles_of_others = || others().flat_map(|(_, other)| other.shingles());
        let samples = block.samples();
        let mut is_found = samples.map(|_| false);
        for shingle in shingles_of_others() {
            for (is_found, sample) in is_found.iter_mut().zip(samples) {
                *is_found |= shingle == sample;
            }
        }
        if is_found.iter().filter(|is_found| **is_found).count() < SAMPLED {
            continue;
        }
        let elsewhere: HashSet<u64> = shingles_of_others().collect();
        let n_elsewhere = block.shingles().filter(|s| elsewhere.contains(s)).count();
        #[expect(clippy::cast_precision_loss, reason = "a share of a block's words")]
        let covered = n_elsewhere as f32 / block.shingles().count().max(1) as f32;
        if covered >= COVERED
            && let Some(choice) = choices.get_mut(block.index)
        {
            drop_block(choice, "stands in the text already");
            dropped.push(at);
        }
    }
}

/// A block that was chosen, by its words.
struct Kept {
    index: usize,
    n_words: f32,
    hashes: Vec<u64>,
    is_long_prose: bool,
}

impl Kept {
    fn of(index: usize, block: &Block, choice: &Choice) -> Self {
        let is_listing = matches!(block.kind, BlockKind::Row | BlockKind::Pre);
        Self {
            index,
            n_words: choice.n_words,
            hashes: word_hashes(&block.text).collect(),
            is_long_prose: choice.n_words >= LONG_COPY_WORDS && !is_listing,
        }
    }

    fn shingles(&self) -> impl Iterator<Item = u64> + '_ {
        self.hashes.windows(SHINGLE).map(shingle)
    }

    /// A quarter, half and three quarters into the block.
    fn samples(&self) -> [u64; 3] {
        [1, 2, 3].map(|quarter| {
            let start = quarter * self.hashes.len() / 4;
            let words = self.hashes.get(start..start + SHINGLE);
            words.map_or(0, shingle)
        })
    }
}

/// The same passage twice (print and mobile versions, galleries): the first stays. A short block may
/// come again on purpose (the recipe of each Monday, the question to each guest); a long one not, nor
/// several that follow each other as they did before.
pub(super) fn drop_copies(texts: &[TextFacts], choices: &mut [Choice]) {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut run = Run::default();
    for (index, text) in texts.iter().enumerate() {
        let is_kept = choices.get(index).is_some_and(|choice| choice.is_kept);
        if !is_kept || text.n_words < COPY_WORDS {
            continue;
        }
        let original = *seen.entry(text.hash).or_insert(index);
        if original == index {
            run.end(choices);
            continue;
        }
        if !run.goes_on_at(original) {
            run.end(choices);
        }
        run.copies.push(index);
        run.original = original;
        if text.ends_a_sentence() {
            run.n_words += text.n_words;
        }
    }
    run.end(choices);
}

/// Copies of blocks that stood in the same order before.
#[derive(Default)]
struct Run {
    copies: Vec<usize>,
    /// Where the last one's original stands.
    original: usize,
    /// In sentences: the lines of a table or a plan come again without being a copy.
    n_words: f32,
}

impl Run {
    /// A few blocks between two of a passage (headings, short lines) do not part it.
    fn goes_on_at(&self, original: usize) -> bool {
        const GAP: usize = 6;
        original > self.original && original - self.original <= GAP
    }

    fn end(&mut self, choices: &mut [Choice]) {
        let is_passage = self.n_words >= LONG_COPY_WORDS;
        for index in self.copies.drain(..) {
            if is_passage && let Some(choice) = choices.get_mut(index) {
                drop_block(choice, "stands in the text already");
            }
        }
        self.n_words = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::{HtmlLimits, block_view, parse_html};

    /// The blocks that stay, by their first letters, when all were chosen.
    fn stay(html: &str) -> Vec<String> {
        let view = block_view(&parse_html(html, HtmlLimits::default()));
        let texts: Vec<TextFacts> = view.blocks.iter().map(TextFacts::of).collect();
        let choice = |text: &TextFacts| Choice {
            score: 0.9,
            is_kept: true,
            n_words: text.n_words,
            reason: "",
        };
        let mut choices: Vec<Choice> = texts.iter().map(choice).collect();
        drop_covered(&view, &mut choices);
        drop_copies(&texts, &mut choices);
        let blocks = view.blocks.iter().zip(&choices);
        blocks
            .filter(|(_, choice)| choice.is_kept)
            .map(|(block, _)| block.text.chars().take(6).collect())
            .collect()
    }

    #[test]
    fn a_passage_that_stands_twice_stays_once() {
        let first = "First, the river rose by a metre in one night, which nobody in the valley had \
                     seen since the winter of the great snow, and the ferry stayed ashore.";
        let second = "Second, the ferry lies at the quay until Monday, says its owner, because the \
                      chain that holds it was torn and no smith in the valley can mend it now.";
        let other = "Third, the ferry lies at the quay until Friday, says its owner, because the \
                     chain that holds it was torn and no smith in the valley can mend it now.";
        for (html, want) in [
            // As one piece, before or behind the paragraphs.
            (
                format!("<p>{first}<p>{second}<div>{first} {second}</div>"),
                vec!["First,", "Second"],
            ),
            (
                format!("<div>{first} {second}</div><p>{first}<p>{second}"),
                vec!["First,", "Second"],
            ),
            // Once more, paragraph by paragraph.
            (
                format!("<p>{first}<p>{second}<p>{first}<p>{second}"),
                vec!["First,", "Second"],
            ),
            // Nearly the same, and meant.
            (format!("<p>{second}<p>{other}"), vec!["Second", "Third,"]),
        ] {
            assert_eq!(stay(&html), want, "{html}");
        }
    }
}
