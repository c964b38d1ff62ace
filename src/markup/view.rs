//! The page as a list of blocks in a tree of containers.

use ego_tree::NodeId;

use super::{Block, BlockKind, Tag};
use crate::text::CleanText;

/// A block-level element with the blocks in it.
#[derive(Debug, Clone)]
pub struct Container {
    /// Its node in the parsed page.
    pub node: NodeId,
    /// What it is.
    pub tag: Tag,
    /// Index of the container it stands in; the root's is its own.
    pub parent: usize,
    /// Its depth among containers, the root's is 0.
    pub depth: usize,
    /// First block in it.
    pub first_block: usize,
    /// First block behind it.
    pub end_block: usize,
    /// It, or an element around it, is not shown.
    pub is_hidden: bool,
}

/// A page as a list of text blocks in a tree of containers, both in document order.
#[derive(Debug, Clone)]
pub struct BlockView {
    /// The blocks.
    pub blocks: Vec<Block>,
    /// The containers; a parent stands before its children, the root first.
    pub containers: Vec<Container>,
}

impl BlockView {
    /// The text of the blocks chosen by `is_kept`: paragraphs apart by a blank line, list items with
    /// a dash, rows of one table on lines that follow each other.
    pub fn text(&self, is_kept: impl Fn(usize) -> bool) -> CleanText {
        let mut parts: Vec<String> = Vec::new();
        let mut last_row: Option<usize> = None;
        for (index, block) in self.blocks.iter().enumerate() {
            if !is_kept(index) {
                continue;
            }
            let row_table = (block.kind == BlockKind::Row).then(|| self.table_of(block.container));
            match (row_table, last_row, parts.last_mut()) {
                (Some(table), Some(last), Some(part)) if table == last => {
                    part.push('\n');
                    part.push_str(&block.text);
                }
                _ if block.kind == BlockKind::Item => parts.push(format!("- {}", block.text)),
                _ => parts.push(block.text.clone()),
            }
            last_row = row_table;
        }
        CleanText::from_blocks(parts.iter().map(String::as_str))
    }

    /// The containers around a container, itself first, the root last.
    pub fn ancestors(&self, container: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = Some(container);
        std::iter::from_fn(move || {
            let this = next?;
            next = self
                .containers
                .get(this)
                .map(|container| container.parent)
                .filter(|&parent| parent != this);
            Some(this)
        })
    }

    fn table_of(&self, container: usize) -> usize {
        self.ancestors(container)
            .find(|&index| {
                self.containers
                    .get(index)
                    .is_some_and(|c| c.tag == Tag::Table)
            })
            .unwrap_or(container)
    }
}
