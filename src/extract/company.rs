//! Blocks that are kept for the company they stand in.

use std::collections::HashMap;

use super::{choose::Choice, text_facts::TextFacts};
use crate::markup::{Block, BlockKind, BlockView};

/// The container that a block stands in, and a hash of its own element with its classes: blocks for
/// which both are the same were set by one line of the site's template.
pub(super) type Sibling = (usize, u64);

/// Share of the siblings' words that must be kept already.
const KEPT_SHARE: f32 = 0.7;

/// Siblings kept already, and their words.
const LEAST_KEPT: usize = 2;
const LEAST_KEPT_WORDS: f32 = 40.0;

/// A sibling below this was found unlike the article for a reason.
const LEAST_SCORE: f32 = 0.3;

/// A sentence about which the model is in doubt is kept where its siblings are.
pub(super) fn keep_siblings(siblings: &[Sibling], texts: &[TextFacts], choices: &mut [Choice]) {
    let mut families: HashMap<Sibling, Family> = HashMap::new();
    for (sibling, choice) in siblings.iter().zip(choices.iter()) {
        families.entry(*sibling).or_default().add(choice);
    }
    for ((sibling, text), choice) in siblings.iter().zip(texts).zip(choices.iter_mut()) {
        if !choice.is_kept
            && choice.score >= LEAST_SCORE
            && text.ends_a_sentence()
            && !text.has_phrase()
            && families.get(sibling).is_some_and(Family::is_text)
        {
            choice.is_kept = true;
            choice.reason = "set like the article's paragraphs around it";
        }
    }
}

/// What is known of the blocks that are siblings.
#[derive(Default)]
struct Family {
    n_kept: usize,
    kept_words: f32,
    n_words: f32,
}

impl Family {
    fn add(&mut self, choice: &Choice) {
        self.n_words += choice.n_words;
        if choice.is_kept {
            self.n_kept += 1;
            self.kept_words += choice.n_words;
        }
    }

    fn is_text(&self) -> bool {
        self.n_kept >= LEAST_KEPT
            && self.kept_words >= LEAST_KEPT_WORDS
            && self.kept_words >= KEPT_SHARE * self.n_words
    }
}

/// A quotation is kept with the line that says whose it is: `— Ann Smith, 3 May`.
pub(super) fn keep_sources(view: &BlockView, choices: &mut [Choice]) {
    let is_quote = |block: &Block| block.kind == BlockKind::Quote;
    for (index, pair) in view.blocks.windows(2).enumerate() {
        let [quotation, source] = pair else {
            continue;
        };
        let is_source =
            is_quote(quotation) && is_quote(source) && source.text.starts_with(['—', '–', '―']);
        let is_kept = choices.get(index).is_some_and(|choice| choice.is_kept);
        if is_source
            && is_kept
            && let Some(choice) = choices.get_mut(index + 1).filter(|choice| !choice.is_kept)
        {
            choice.is_kept = true;
            choice.reason = "the source of a quotation that is kept";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(score: f32) -> Choice {
        Choice {
            score,
            is_kept: score >= 0.5,
            n_words: 30.0,
            reason: "",
        }
    }

    fn sentence() -> TextFacts {
        TextFacts {
            last: 1.0,
            ..TextFacts::default()
        }
    }

    #[track_caller]
    fn check(siblings: &[Sibling], scores: &[f32], texts: &[TextFacts], want: &[bool]) {
        let mut choices: Vec<Choice> = scores.iter().copied().map(choice).collect();
        keep_siblings(siblings, texts, &mut choices);
        let kept: Vec<bool> = choices.iter().map(|choice| choice.is_kept).collect();
        assert_eq!(kept, want, "{siblings:?} {scores:?}");
    }

    #[test]
    fn a_doubtful_sentence_goes_with_its_siblings() {
        let same = [(4, 7); 4];
        let texts = [sentence(); 4];
        let scores = [0.9, 0.9, 0.4, 0.9];
        check(&same, &scores, &texts, &[true; 4]);
        // Of another class, or in another container: no sibling.
        let others = [(4, 7), (4, 7), (4, 8), (4, 7)];
        check(&others, &scores, &texts, &[true, true, false, true]);
        // Found unlike the article for a reason.
        check(
            &same,
            &[0.9, 0.9, 0.1, 0.9],
            &texts,
            &[true, true, false, true],
        );
        // Most siblings are left out.
        check(
            &same,
            &[0.9, 0.4, 0.1, 0.1],
            &texts,
            &[true, false, false, false],
        );
        // A label is no sentence, and a line of furniture is known by its words.
        let label = [sentence(), sentence(), TextFacts::default(), sentence()];
        check(&same, &scores, &label, &[true, true, false, true]);
        let furniture = TextFacts {
            phrase: 1.0,
            ..sentence()
        };
        let texts = [sentence(), sentence(), furniture, sentence()];
        check(&same, &scores, &texts, &[true, true, false, true]);
    }

    #[test]
    fn a_quotation_is_kept_with_its_source() {
        let page = "<blockquote><p>We will rebuild the bridge before winter, whatever it costs \
                    us.</p>— Ann Smith, mayor <a href='/x'>3 May</a></blockquote><p>After.</p>";
        let document = scraper::Html::parse_document(page);
        let view = crate::markup::block_view(&document);
        let mut choices: Vec<Choice> = view.blocks.iter().map(|_| choice(0.1)).collect();
        keep_sources(&view, &mut choices);
        assert!(choices.iter().all(|choice| !choice.is_kept), "none is kept");
        choices[0] = choice(0.9);
        keep_sources(&view, &mut choices);
        let kept: Vec<bool> = choices.iter().map(|choice| choice.is_kept).collect();
        assert_eq!(kept, [true, true, false]);
    }
}
