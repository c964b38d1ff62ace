//! Lines that lead elsewhere: rows of links, teasers, promotions of other pieces.

use super::{
    choose::{Choice, drop_block},
    phrases::Phrase,
    text_facts::TextFacts,
};
use crate::markup::{Block, BlockKind, BlockView};

/// Share of a row of links that is link text: the rest is what parts them.
const ROW_LINK_SHARE: f32 = 0.7;

/// Most words of a row of links for each link.
const ROW_WORDS: f32 = 5.0;

/// A line of nothing but short links (`[Print] [Send]`, `Home | Contact`) is furniture wherever it
/// stands. Lists are not meant: their items may well be links.
pub(super) fn drop_link_rows(view: &BlockView, choices: &mut [Choice]) {
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
pub(super) fn drop_teasers(view: &BlockView, choices: &mut [Choice]) {
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

/// `Read more: The bridge is open again`: a line that begins as promotions of other pieces do, and is
/// mostly a link. What runs on in a sentence with a link in it is text.
pub(super) fn drop_promos(view: &BlockView, texts: &[TextFacts], choices: &mut [Choice]) {
    for ((block, text), choice) in view.blocks.iter().zip(texts).zip(choices.iter_mut()) {
        let is_promo = block.kind == BlockKind::Paragraph
            && text.begins_with(Phrase::ReadMore)
            && block.link_bytes * 2 > block.text.len();
        if choice.is_kept && is_promo {
            drop_block(choice, "leads to another piece");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::{HtmlLimits, block_view, parse_html};

    #[test]
    fn promotions_go_and_sentences_with_links_stay() {
        for (line, want) in [
            (
                "<p>Read more: <a href=/x>The bridge is open again</a></p>",
                false,
            ),
            (
                "<p><a href=/x>Lesen Sie auch: Die Brücke ist offen</a></p>",
                false,
            ),
            (
                "<p>Read also what <a href=/x>she</a> wrote of it in May, before the bridge fell.</p>",
                true,
            ),
            ("<p>The <a href=/x>bridge is open again</a></p>", true),
        ] {
            let view = block_view(&parse_html(line, HtmlLimits::default()));
            let texts: Vec<TextFacts> = view.blocks.iter().map(TextFacts::of).collect();
            let choice = Choice {
                score: 0.9,
                is_kept: true,
                n_words: 9.0,
                reason: "",
            };
            let mut choices = vec![choice; texts.len()];
            drop_promos(&view, &texts, &mut choices);
            assert!(
                choices.iter().all(|choice| choice.is_kept == want),
                "{line}"
            );
        }
    }
}
