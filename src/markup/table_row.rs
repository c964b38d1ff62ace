//! Rows of tables of data as one block each.

use super::{Block, BlockKind, Container, Tag};

/// Longest cell of a row that is read as data; a longer one is text that a table lays out.
const CELL_BYTES: usize = 160;

/// Joins the cells of a row, if it is one of data: at least two cells with a short block each.
///
/// Tables that lay a page out have cells with many or long blocks; their blocks stay.
pub(super) fn merge_row(
    blocks: &mut Vec<Block>,
    containers: &[Container],
    first: usize,
    row: usize,
) {
    let Some(cells) = blocks.get(first..) else {
        return;
    };
    if cells.len() < 2 || !cells.iter().all(is_data) {
        return;
    }
    let mut last_cell = None;
    for block in cells {
        let cell = cell_of(containers, block.container, row);
        if cell.is_none() || cell == last_cell {
            return;
        }
        last_cell = cell;
    }
    let mut merged: Option<Block> = None;
    for block in blocks.drain(first..) {
        match &mut merged {
            None => {
                merged = Some(Block {
                    kind: BlockKind::Row,
                    container: row,
                    ..block
                });
            }
            Some(row) => {
                row.text.push_str(" | ");
                row.text.push_str(&block.text);
                row.link_bytes += block.link_bytes;
                row.n_links += block.n_links;
                row.bold_bytes += block.bold_bytes;
                row.n_media += block.n_media;
            }
        }
    }
    blocks.extend(merged);
}

fn is_data(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Paragraph)
        && block.text.len() <= CELL_BYTES
        && !block.text.contains('\n')
}

/// The cell of this row that a container stands in.
fn cell_of(containers: &[Container], mut container: usize, row: usize) -> Option<usize> {
    // A cell's text stands in the cell or in a paragraph or two within it.
    for _ in 0..8 {
        let here = containers.get(container)?;
        if here.tag == Tag::Cell && here.parent == row {
            return Some(container);
        }
        if here.tag == Tag::Table {
            return None;
        }
        container = here.parent;
    }
    None
}
