//! An estimate of how right a text is.

use super::{choose::Choice, metadata::Metadata};
use crate::{
    model::Flag,
    text::{CleanText, count_words},
};

/// Estimate of how right the text is, 0..=1.
///
/// The F1 over words that the model expects of its own choice: each block counts as right with the
/// likelihood the model gives it. A text much shorter than the `articleBody` the page states, very
/// short or behind a paywall is trusted less.
pub(super) fn quality(metadata: &Metadata, choices: &[Choice], text: &CleanText) -> f64 {
    let (mut right, mut kept, mut wanted) = (0.0_f64, 0.0_f64, 0.0_f64);
    for choice in choices {
        let n = f64::from(choice.n_words);
        let likely = f64::from(choice.score);
        wanted += n * likely;
        if choice.is_kept {
            kept += n;
            right += n * likely;
        }
    }
    let expected = if kept + wanted > 0.0 {
        2.0 * right / (kept + wanted)
    } else {
        0.0
    };
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
    (expected * length * body * paywall).clamp(0.0, 1.0)
}
