//! Which blocks are the article.

use std::collections::HashSet;

use super::{features::FeatureTable, metadata::Metadata, model::Model, text_facts::TextFacts};
use crate::markup::{Block, BlockKind, BlockView};

/// A block is kept from here on.
const THRESHOLD: f32 = 0.5;

/// Words from which a passage that stands twice is a copy and not a phrase that comes again.
const COPY_WORDS: f32 = 8.0;

/// What became of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    /// How sure it is part of the article, 0..=1.
    pub(super) score: f32,
    /// It is part of the text.
    pub(super) is_kept: bool,
    /// Words in the block.
    pub(super) n_words: f32,
    /// Why.
    pub(super) reason: &'static str,
}

/// Chooses the blocks that are the article: by the model, then by rules that make one story of them.
pub(super) fn choose(view: &BlockView, table: &FeatureTable, metadata: &Metadata) -> Vec<Choice> {
    let model = Model::built_in();
    let mut choices: Vec<Choice> = table
        .rows
        .iter()
        .zip(&table.texts)
        .map(|(row, text)| {
            let score = model.score(row);
            let is_kept = score >= THRESHOLD;
            Choice {
                score,
                is_kept,
                n_words: text.n_words,
                reason: if is_kept {
                    "reads like the article"
                } else {
                    "not like the article"
                },
            }
        })
        .collect();
    drop_titles(view, metadata, &mut choices);
    drop_copies(&table.texts, &mut choices);
    drop_trailing_headings(view, &mut choices);
    choices
}

fn drop_block(choice: &mut Choice, reason: &'static str) {
    choice.is_kept = false;
    choice.reason = reason;
}

/// The title and the dek are fields of their own; they go where they stand before the text.
fn drop_titles(view: &BlockView, metadata: &Metadata, choices: &mut [Choice]) {
    for (block, choice) in view.blocks.iter().zip(choices.iter_mut()) {
        if !choice.is_kept {
            continue;
        }
        if matches!(block.kind, BlockKind::Heading(_) | BlockKind::Paragraph)
            && metadata.headlines.iter().any(|title| *title == block.text)
        {
            drop_block(choice, "is the title");
        } else if is_running_text(block) {
            return;
        }
    }
}

fn is_running_text(block: &Block) -> bool {
    block.text.len() > 200
}

/// The same passage twice (print and mobile versions, galleries): the first stays.
fn drop_copies(texts: &[TextFacts], choices: &mut [Choice]) {
    let mut seen = HashSet::new();
    for (text, choice) in texts.iter().zip(choices.iter_mut()) {
        if choice.is_kept && text.n_words >= COPY_WORDS && !seen.insert(text.hash) {
            drop_block(choice, "stands in the text already");
        }
    }
}

/// Headings head something: those behind the last paragraph go.
fn drop_trailing_headings(view: &BlockView, choices: &mut [Choice]) {
    for (block, choice) in view.blocks.iter().zip(choices.iter_mut()).rev() {
        if !choice.is_kept {
            continue;
        }
        if !matches!(block.kind, BlockKind::Heading(_)) {
            return;
        }
        drop_block(choice, "heading with nothing below it");
    }
}
