//! An estimate of how right a text is.

use super::{choose::Choice, metadata::Metadata};
use crate::{markup::BlockView, text::CleanText};

/// Estimate of how right the text is, 0..=1.
pub(super) fn quality(
    _view: &BlockView,
    _metadata: &Metadata,
    choices: &[Choice],
    _text: &CleanText,
) -> f64 {
    let kept: Vec<f64> = choices
        .iter()
        .filter(|c| c.is_kept)
        .map(|c| f64::from(c.score))
        .collect();
    if kept.is_empty() {
        0.0
    } else {
        kept.iter().sum::<f64>() / kept.len() as f64
    }
}
