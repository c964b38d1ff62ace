//! Which blocks are the article.

use super::{features::FeatureTable, metadata::Metadata};
use crate::markup::{BlockKind, BlockView};

/// What became of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    /// How sure it is part of the article, 0..=1.
    pub(super) score: f32,
    /// It is part of the text.
    pub(super) is_kept: bool,
    /// Why.
    pub(super) reason: &'static str,
}

/// Chooses the blocks that are the article.
pub(super) fn choose(view: &BlockView, table: &FeatureTable, _metadata: &Metadata) -> Vec<Choice> {
    let mut out = Vec::new();
    for (block, row) in view.blocks.iter().zip(&table.rows) {
        let get = |i: usize| row.get(i).copied().unwrap_or(0.0);
        let link = get(4);
        let inside = get(36) > 0.3 || get(41) > 0.4;
        let ok = inside && link < 0.5 && !block.is_hidden && block.kind != BlockKind::Caption;
        out.push(Choice {
            score: if ok { 1.0 } else { 0.0 },
            is_kept: ok,
            reason: "rule",
        });
    }
    out
}
