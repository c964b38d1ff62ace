//! The page and the chosen blocks in a few numbers, for judging the whole.
#![expect(
    clippy::cast_precision_loss,
    reason = "shares are measures, not counts to be exact about"
)]

use super::choose::Choice;
use crate::markup::{BlockKind, BlockView};

/// The page and the chosen blocks in a few numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    /// Words in the page, hidden ones aside.
    pub(super) n_words: f32,
    /// Share of the page's text that stands in links.
    pub(super) link_share: f32,
    /// Words in the chosen blocks.
    pub(super) kept_words: f32,
    /// Share of the chosen words that stand right below a heading that is a link.
    pub(super) teaser_share: f32,
    /// Headings that are links with chosen text right below.
    pub(super) n_teasers: usize,
    /// Headings that are links, anywhere.
    pub(super) n_linked_headings: usize,
}

impl Shape {
    pub(super) fn of(view: &BlockView, choices: &[Choice]) -> Self {
        let mut shape = Self::default();
        let (mut bytes, mut link_bytes) = (0.0_f32, 0.0_f32);
        let mut teaser_words = 0.0_f32;
        // Blocks since the last heading, if that was a link.
        let mut below_link: Option<usize> = None;
        let mut is_counted = false;
        for (block, choice) in view.blocks.iter().zip(choices) {
            if !block.is_hidden {
                shape.n_words += choice.n_words;
                bytes += block.text.len() as f32;
                link_bytes += block.link_bytes as f32;
            }
            if matches!(block.kind, BlockKind::Heading(_)) {
                let is_linked = block.link_bytes * 10 > block.text.len() * 8;
                shape.n_linked_headings += usize::from(is_linked);
                below_link = is_linked.then_some(0);
                is_counted = false;
            }
            if choice.is_kept {
                shape.kept_words += choice.n_words;
                if below_link.is_some_and(|n| n <= TEASER_BLOCKS) {
                    teaser_words += choice.n_words;
                    shape.n_teasers += usize::from(!is_counted);
                    is_counted = true;
                }
            }
            below_link = below_link.map(|n| n + 1);
        }
        shape.link_share = link_bytes / bytes.max(1.0);
        shape.teaser_share = teaser_words / shape.kept_words.max(1.0);
        shape
    }

    /// A section front, tag page or list of results: linked headings with a line or two below each
    /// are most of what was chosen, or next to nothing was. (A list of the best things has linked
    /// headings too, but says more about each.)
    pub(super) fn is_front(&self) -> bool {
        let teaser_words = self.teaser_share * self.kept_words;
        let are_short = teaser_words < TEASER_WORDS * self.n_teasers as f32;
        (self.n_teasers >= 5 && self.teaser_share > 0.6 && are_short)
            || (self.n_linked_headings >= 5 && self.kept_words < 60.0)
    }
}

/// Mean words of a teaser.
const TEASER_WORDS: f32 = 45.0;

/// Blocks below a heading that can be its teaser: a kicker, a lead, a date.
const TEASER_BLOCKS: usize = 3;
