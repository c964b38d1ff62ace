//! Which blocks are the article.

use std::ops::Range;

use super::{
    company::{keep_siblings, keep_sources},
    container_facts::{N_BOXES, is_foreign, leaf_parent},
    copies::{drop_copies, drop_covered},
    features::FeatureTable,
    front_matter::drop_front_matter,
    hidden_parts::drop_hidden_parts,
    link_lines::{drop_link_rows, drop_promos, drop_teasers},
    machine_lines::drop_machine_lines,
    metadata::Metadata,
    model::Model,
};
use crate::markup::{BlockKind, BlockView, Tag};

/// A block is kept from here on.
const THRESHOLD: f32 = 0.475;

/// The threshold where less than this many words reach the other one.
const LOW_THRESHOLD: f32 = 0.25;
const FEW_WORDS: f32 = 30.0;

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
    let model = Model::in_use();
    let mut choices: Vec<Choice> = table
        .rows()
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
    keep_siblings(&table.siblings, &table.texts, &mut choices);
    keep_sources(view, &mut choices);
    drop_set_apart(&table.boxes, &mut choices);
    drop_machine_lines(view, &mut choices);
    drop_hidden_parts(view, table.core, &mut choices);
    lower_the_bar(&mut choices);
    drop_link_rows(view, &mut choices);
    drop_teasers(view, &mut choices);
    drop_promos(view, &table.texts, &mut choices);
    drop_other_stories(view, table.headline, &mut choices);
    drop_front_matter(view, metadata, &mut choices);
    drop_covered(view, &mut choices);
    drop_copies(&table.texts, &mut choices);
    drop_box_headings(view, &mut choices);
    drop_trailing_headings(view, &mut choices);
    choices
}

/// On a page unlike those the model knows nothing may reach the threshold; then the best does.
fn lower_the_bar(choices: &mut [Choice]) {
    let kept_words: f32 = choices
        .iter()
        .filter(|choice| choice.is_kept)
        .map(|choice| choice.n_words)
        .sum();
    if kept_words >= FEW_WORDS {
        return;
    }
    for choice in choices
        .iter_mut()
        .filter(|choice| choice.score >= LOW_THRESHOLD)
    {
        choice.is_kept = true;
        choice.reason = "nothing on the page reads more like the article";
    }
}

/// Takes a block out, with the reason.
pub(super) fn drop_block(choice: &mut Choice, reason: &'static str) {
    choice.is_kept = false;
    choice.reason = reason;
}

/// Share of the chosen words that one kind of box may have and still be taken for boxes: where
/// most of the text stands in them, their names mean something else.
const BOX_SHARE: f32 = 0.6;

/// Asides, related pieces and sign-up boxes, whose text reads like an article's.
fn drop_set_apart(boxes: &[Option<usize>], choices: &mut [Choice]) {
    let mut all_words = 0.0;
    let mut box_words = [0.0; N_BOXES];
    for (choice, kind) in choices.iter().zip(boxes).filter(|(c, _)| c.is_kept) {
        all_words += choice.n_words;
        if let Some(words) = kind.and_then(|kind| box_words.get_mut(kind)) {
            *words += choice.n_words;
        }
    }
    let mut goes = [false; N_BOXES];
    for (kind, (goes, words)) in goes.iter_mut().zip(box_words).enumerate() {
        *goes = if is_foreign(kind) {
            all_words - words >= STORY_WORDS
        } else {
            words <= BOX_SHARE * all_words
        };
    }
    for (choice, kind) in choices.iter_mut().zip(boxes) {
        let goes = kind.and_then(|kind| goes.get(kind).copied());
        if choice.is_kept && goes == Some(true) {
            drop_block(choice, "in a box of its own");
        }
    }
}

/// Least words of a story: what has as many needs nothing from comments or from another story.
const STORY_WORDS: f32 = 50.0;

/// Another article below the first one (pages that load the next story as one scrolls): an `article`
/// element with a headline of its own.
fn drop_other_stories(view: &BlockView, headline: Option<usize>, choices: &mut [Choice]) {
    let Some(headline) = headline else {
        return;
    };
    let stories = view.containers.iter();
    let stories = stories.filter(|container| container.tag == Tag::Article);
    let stories = stories.map(|container| container.first_block..container.end_block);
    if !stories.clone().any(|range| range.contains(&headline)) {
        return;
    }
    let others: Vec<Range<usize>> = stories
        .filter(|range| !range.contains(&headline) && range.start > headline)
        .filter(|range| {
            let mut blocks = view.blocks.get(range.clone()).into_iter().flatten();
            blocks.any(|block| block.kind == BlockKind::Heading(1))
        })
        .collect();
    let is_other = |index: usize| others.iter().any(|range| range.contains(&index));
    let own_words: f32 = choices
        .iter()
        .enumerate()
        .filter(|(index, choice)| choice.is_kept && !is_other(*index))
        .map(|(_, choice)| choice.n_words)
        .sum();
    if others.is_empty() || own_words < STORY_WORDS {
        return;
    }
    for range in others {
        for choice in choices.get_mut(range).into_iter().flatten() {
            drop_block(choice, "in another story");
        }
    }
}

/// Headings of boxes whose text was not chosen.
fn drop_box_headings(view: &BlockView, choices: &mut [Choice]) {
    let parent = |index: usize| {
        view.blocks
            .get(index)
            .map(|block| leaf_parent(view, block.container))
    };
    let mut next_kept: Option<usize> = None;
    for index in (0..choices.len()).rev() {
        let is_heading = view
            .blocks
            .get(index)
            .is_some_and(|block| matches!(block.kind, BlockKind::Heading(_)));
        let below = choices.get(index + 1).copied();
        let Some(choice) = choices.get_mut(index).filter(|choice| choice.is_kept) else {
            continue;
        };
        let is_box = is_heading
            && below.is_some_and(|below| !below.is_kept)
            && parent(index) == parent(index + 1)
            && next_kept.is_some_and(|next| parent(next) != parent(index));
        if is_box {
            drop_block(choice, "heading of a box that is left out");
        } else {
            next_kept = Some(index);
        }
    }
}

/// Headings head something: those behind the last paragraph go. A long one that is surely of the
/// article says something by itself (a gallery's entry, the last point of a list).
fn drop_trailing_headings(view: &BlockView, choices: &mut [Choice]) {
    for (block, choice) in view.blocks.iter().zip(choices.iter_mut()).rev() {
        if !choice.is_kept {
            continue;
        }
        let says_something = choice.n_words >= SENTENCE_WORDS && choice.score >= SURE;
        if says_something || !matches!(block.kind, BlockKind::Heading(_)) {
            return;
        }
        drop_block(choice, "heading with nothing below it");
    }
}

/// Words from which a heading may be a sentence, and a score that leaves no doubt.
const SENTENCE_WORDS: f32 = 8.0;
const SURE: f32 = 0.9;
