//! An estimate of how right a text is.

use super::{choose::Choice, metadata::Metadata};
use crate::{
    markup::BlockView,
    model::Flag,
    text::{CleanText, count_words},
};

/// Estimate of how right the text is, 0..=1: about the F1 over words that a person's choice would give it.
///
/// What the scores of the blocks show (see [`Witnesses`]) is weighed by what it told on pages whose
/// right text is known. The share expected to be wrong grows where the text is much shorter than the
/// `articleBody` the page states, very short or behind a paywall.
pub(super) fn quality(
    view: &BlockView,
    metadata: &Metadata,
    choices: &[Choice],
    text: &CleanText,
) -> f64 {
    let trust = Witnesses::of(view, choices).map_or(0.0, Witnesses::trust);
    let n_words = f64::from(text.n_words());
    let length = (n_words / 60.0).min(1.0).mul_add(0.3, 0.7);
    let stated = metadata.body.as_deref().map_or(0, count_words);
    let body = if stated >= 50 {
        let ratio = n_words / f64::from(stated);
        ratio
            .min(1.0 / ratio.max(0.01))
            .clamp(0.0, 1.0)
            .mul_add(0.3, 0.7)
    } else {
        1.0
    };
    let paywall = if metadata.flags.contains(&Flag::Paywall) {
        0.85
    } else {
        1.0
    };
    (1.0 - (1.0 - trust) / (length * body * paywall)).clamp(0.0, 1.0)
}

/// What the scores of a page's blocks show of how sure the choice is:
///
/// - log of the words in blocks whose score is neither high nor low, for each word of the text
/// - log of the words that the scores expect to be missing between the first and the last chosen block, for
///   each word of the text
/// - score of the weakest chosen block
/// - score of the first chosen block
/// - best score before the first chosen block
/// - best score behind the last one
/// - standard deviation of the depths at which the chosen blocks stand, in containers; at most 4
#[derive(Debug, Clone, Copy)]
pub(super) struct Witnesses(pub(super) [f64; N_WITNESSES]);

const N_WITNESSES: usize = 7;

/// By `tools/train_quality.py`: what each witness weighs, and how sure a text is without any.
const WEIGHTS: [f64; N_WITNESSES] = [-0.1953, -0.2381, 0.2933, 0.3585, -0.3452, -0.3224, -0.1410];
const CONSTANT: f64 = 1.7027;

impl Witnesses {
    /// `None` when nothing was chosen.
    pub(super) fn of(view: &BlockView, choices: &[Choice]) -> Option<Self> {
        let first = choices.iter().position(|choice| choice.is_kept)?;
        let last = choices.iter().rposition(|choice| choice.is_kept)?;
        let (before, rest) = choices.split_at_checked(first)?;
        let (inside, behind) = rest.split_at_checked(last + 1 - first)?;
        let score = |choice: &Choice| f64::from(choice.score);
        let n_words = |choice: &Choice| f64::from(choice.n_words);
        let best = |choices: &[Choice]| choices.iter().map(score).fold(0.0, f64::max);
        let kept = || inside.iter().filter(|choice| choice.is_kept);
        let words = kept().map(n_words).sum::<f64>().max(1.0);
        let doubtful: f64 = choices
            .iter()
            .filter(|choice| choice.score > LOW && choice.score < HIGH)
            .map(n_words)
            .sum();
        let missed: f64 = inside
            .iter()
            .filter(|choice| !choice.is_kept)
            .map(|choice| n_words(choice) * score(choice))
            .sum();
        Some(Self([
            (doubtful / words + 0.01).ln(),
            (missed / words + 0.003).ln(),
            kept().map(score).fold(1.0, f64::min),
            inside.first().map_or(0.0, score),
            best(before),
            best(behind),
            scatter(view, choices).min(4.0),
        ]))
    }

    /// The share of the text that is expected to be right.
    fn trust(self) -> f64 {
        let weighed = self
            .0
            .iter()
            .zip(WEIGHTS)
            .map(|(value, weight)| value * weight);
        1.0 - (-(CONSTANT + weighed.sum::<f64>())).exp()
    }
}

/// Between these a score is a doubt.
const LOW: f32 = 0.15;
const HIGH: f32 = 0.85;

fn scatter(view: &BlockView, choices: &[Choice]) -> f64 {
    let (mut n, mut sum, mut squares) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (block, choice) in view.blocks.iter().zip(choices) {
        let container = view.containers.get(block.container);
        if let Some(container) = container.filter(|_| choice.is_kept) {
            #[expect(clippy::cast_precision_loss, reason = "a depth is a small number")]
            let depth = container.depth as f64;
            n += 1.0;
            sum += depth;
            squares += depth * depth;
        }
    }
    let mean = sum / n.max(1.0);
    (squares / n.max(1.0) - mean * mean).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        extract::{ExtractLimits, Page, extract},
        markup::{HtmlLimits, block_view, parse_html},
    };

    fn choice(score: f32, is_kept: bool) -> Choice {
        Choice {
            score,
            is_kept,
            n_words: 10.0,
            reason: "",
        }
    }

    fn trust(choices: &[Choice]) -> f64 {
        let html = "<body><p>a<p>b<p>c<p>d<p>e";
        let view = block_view(&parse_html(html, HtmlLimits::default()));
        assert_eq!(view.blocks.len(), choices.len());
        Witnesses::of(&view, choices).map_or(0.0, Witnesses::trust)
    }

    #[test]
    fn a_sure_choice_is_trusted_and_each_doubt_costs() {
        let (yes, no) = (choice(0.95, true), choice(0.02, false));
        let sure = trust(&[no, yes, yes, yes, no]);
        assert!(sure > 0.95 && sure < 1.0, "{sure}");
        let doubts = [
            ("in the middle", [no, yes, choice(0.4, false), yes, no]),
            ("before", [choice(0.4, false), yes, yes, yes, no]),
            ("behind", [no, yes, yes, yes, choice(0.4, false)]),
            ("weak", [no, yes, choice(0.5, true), yes, no]),
            ("weak start", [no, choice(0.5, true), yes, yes, no]),
        ];
        for (name, choices) in doubts {
            assert!(trust(&choices) < sure, "{name}");
        }
        assert!(trust(&[no; 5]).abs() < 1e-9);
    }

    #[test]
    fn an_article_is_trusted_more_than_a_front_page() {
        let body = "<p>The river rose by a metre in one night, and the ferry stayed where it was."
            .repeat(12);
        let article =
            format!("<title>River rises</title><article><h1>River rises</h1>{body}</article>");
        let teasers = "<div class=card><a href=/x>Ferry stays</a><p>The ferry stayed where it was on Monday, and nobody knew why.</div>".repeat(20);
        let limits = ExtractLimits::default();
        let quality = |html: &str| {
            let page = Page {
                html,
                url: None,
                witness: None,
                now: chrono::DateTime::UNIX_EPOCH,
            };
            extract(&page, &limits).map_or(0.0, |article| article.quality)
        };
        let (article, front) = (quality(&article), quality(&teasers));
        assert!(article > 0.9 && article > front, "{article} {front}");
    }
}
