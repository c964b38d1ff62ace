//! Which blocks are the article.

use std::{collections::HashMap, ops::Range};

use super::{
    company::{keep_siblings, keep_sources},
    container_facts::{N_BOXES, is_foreign, leaf_parent},
    features::FeatureTable,
    front_matter::drop_front_matter,
    metadata::Metadata,
    model::Model,
    text_facts::TextFacts,
};
use crate::markup::{Block, BlockKind, BlockView, Tag};

/// A block is kept from here on.
const THRESHOLD: f32 = 0.475;

/// The threshold where less than this many words reach the other one.
const LOW_THRESHOLD: f32 = 0.25;
const FEW_WORDS: f32 = 30.0;

/// Words from which a block that stands twice may be a copy and not a phrase that comes again.
const COPY_WORDS: f32 = 8.0;

/// Words from which a passage that stands twice is a copy.
const LONG_COPY_WORDS: f32 = 40.0;

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
    lower_the_bar(&mut choices);
    drop_link_rows(view, &mut choices);
    drop_teasers(view, &mut choices);
    drop_other_stories(view, table.headline, &mut choices);
    drop_front_matter(view, metadata, &mut choices);
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

/// Share of a row of links that is link text: the rest is what parts them.
const ROW_LINK_SHARE: f32 = 0.7;

/// Most words of a row of links for each link.
const ROW_WORDS: f32 = 5.0;

/// A line of nothing but short links (`[Print] [Send]`, `Home | Contact`) is furniture wherever it
/// stands. Lists are not meant: their items may well be links.
fn drop_link_rows(view: &BlockView, choices: &mut [Choice]) {
    for (block, choice) in view.blocks.iter().zip(choices.iter_mut()) {
        #[expect(clippy::cast_precision_loss, reason = "shares of short lines")]
        let (share, n_links) = (
            block.link_bytes as f32 / block.text.len().max(1) as f32,
            block.n_links as f32,
        );
        let is_row = matches!(block.kind, BlockKind::Paragraph | BlockKind::Row)
            && block.n_links >= 2
            && share >= ROW_LINK_SHARE
            && choice.n_words <= ROW_WORDS * n_links
            && !block.text.ends_with(['.', '!', '?', '。']);
        if choice.is_kept && is_row {
            drop_block(choice, "is a row of links");
        }
    }
}

/// Teasers of other pieces: a line that is a link and nothing else, then what the piece is about.
/// One may be a paragraph's odd beginning, several are a list.
fn drop_teasers(view: &BlockView, choices: &mut [Choice]) {
    let is_teaser = |block: &Block| {
        let first = block.text.split_once('\n').map_or("", |(first, _)| first);
        block.kind == BlockKind::Paragraph
            && block.n_links == 1
            && !first.is_empty()
            && first.len() == block.link_bytes
    };
    let teasers = || {
        let blocks = view.blocks.iter().enumerate();
        blocks
            .filter(|(_, block)| is_teaser(block))
            .map(|(index, _)| index)
    };
    if teasers().count() < 2 {
        return;
    }
    for index in teasers() {
        if let Some(choice) = choices.get_mut(index).filter(|choice| choice.is_kept) {
            drop_block(choice, "is a teaser of another piece");
        }
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

/// The same passage twice (print and mobile versions, galleries): the first stays. A short block may
/// come again on purpose (the recipe of each Monday, the question to each guest); a long one not, nor
/// several that follow each other as they did before.
fn drop_copies(texts: &[TextFacts], choices: &mut [Choice]) {
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
