//! Parts of a page that are not shown.

use std::{collections::HashSet, ops::Range};

use super::{
    choose::{Choice, drop_block},
    copies::SHINGLE,
    words::shingles,
};
use crate::markup::BlockView;

/// Words that must be chosen from what is shown before anything hidden is left out: pages that a
/// script unfolds hide their whole article.
const SHOWN_WORDS: f32 = 50.0;

/// A hidden part is a copy (for print, for machines) when one of so many of its shingles stands in
/// what is shown.
const COPY_PART: usize = 2;

/// Leaves out what is hidden away from the article (dialogs, forms, what a button brings up), and
/// hidden copies of the article with all that stands in them.
pub(super) fn drop_hidden_parts(view: &BlockView, core: usize, choices: &mut [Choice]) {
    let kept = |choices: &[Choice], part: Range<usize>| {
        part.filter(|&index| choices.get(index).is_some_and(|choice| choice.is_kept))
            .filter_map(|index| view.blocks.get(index).zip(choices.get(index).copied()))
            .collect::<Vec<_>>()
    };
    let mut shown = kept(choices, 0..choices.len());
    let n_kept = shown.len();
    shown.retain(|(block, _)| !block.is_hidden);
    let shown_words: f32 = shown.iter().map(|(_, choice)| choice.n_words).sum();
    if shown.len() == n_kept || shown_words < SHOWN_WORDS {
        return;
    }
    let shown: HashSet<u64> = shown
        .iter()
        .flat_map(|(block, _)| shingles(&block.text, SHINGLE))
        .collect();
    for (container, part) in hidden_parts(view) {
        let is_away = !view.ancestors(container).any(|around| around == core);
        let (mut n, mut n_shown) = (0, 0);
        for (block, _) in kept(choices, part.clone()) {
            let shingles = shingles(&block.text, SHINGLE);
            n += shingles.len();
            n_shown += shingles
                .iter()
                .filter(|shingle| shown.contains(shingle))
                .count();
        }
        let is_copy = n_shown > 0 && n_shown * COPY_PART >= n;
        if !is_away && !is_copy {
            continue;
        }
        for choice in choices.get_mut(part).into_iter().flatten() {
            if choice.is_kept {
                drop_block(choice, "in a part that is not shown");
            }
        }
    }
}

/// The outermost containers that are not shown, with their blocks.
fn hidden_parts(view: &BlockView) -> Vec<(usize, Range<usize>)> {
    let is_hidden = |index: usize| view.containers.get(index).is_some_and(|c| c.is_hidden);
    let containers = view.containers.iter().enumerate();
    containers
        .filter(|(_, container)| container.is_hidden && !is_hidden(container.parent))
        .map(|(index, container)| (index, container.first_block..container.end_block))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::text_facts::TextFacts;
    use crate::markup::{HtmlLimits, block_view, parse_html};

    /// Texts of the blocks that stay when all were chosen.
    fn stay(html: &str, core: usize) -> Vec<String> {
        let view = block_view(&parse_html(html, HtmlLimits::default()));
        let texts: Vec<TextFacts> = view.blocks.iter().map(TextFacts::of).collect();
        let mut choices: Vec<Choice> = texts
            .iter()
            .map(|text| Choice {
                score: 0.9,
                is_kept: true,
                n_words: text.n_words,
                reason: "",
            })
            .collect();
        drop_hidden_parts(&view, core, &mut choices);
        let blocks = view.blocks.iter().zip(&choices);
        blocks
            .filter(|(_, choice)| choice.is_kept)
            .map(|(block, _)| block.text.clone())
            .collect()
    }

    fn core_of(html: &str) -> usize {
        let view = block_view(&parse_html(html, HtmlLimits::default()));
        let mut containers = view.containers.iter();
        containers
            .position(|container| container.tag == crate::markup::Tag::Article)
            .unwrap()
    }

    #[test]
    fn hidden_dialogs_and_copies_go() {
        let story = "The river rose by a metre in one night. ".repeat(7);
        let story = story.trim_end();
        let dialog = format!("<article><p>{story}</article><div hidden><p>Your password</div>");
        assert_eq!(stay(&dialog, core_of(&dialog)), [story]);
        let copy = format!(
            "<article><p>{story}<div style='display:none'><p>Ann Smith<p>{story}</div></article>"
        );
        assert_eq!(stay(&copy, core_of(&copy)), [story]);
        // Unfolded by a click within the article.
        let more = format!("<article><p>{story}<div hidden><p>And more.</div></article>");
        assert_eq!(stay(&more, core_of(&more)), [story, "And more."]);
        // Nothing is shown but the title.
        let all = format!("<p>Title</p><div hidden><article><p>{story}</article></div>");
        assert_eq!(stay(&all, core_of(&all)), ["Title", story]);
    }
}
