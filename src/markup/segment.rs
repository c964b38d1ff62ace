//! Cuts a page into blocks of text.

use ego_tree::{NodeId, iter::Edge};
use scraper::{Html, Node, node::Element};

use super::{
    Block, BlockKind, BlockView, Container, Tag,
    hidden::{is_hidden, is_tip},
    open_block::{Mark, OpenBlock},
    table_row::merge_row,
};

/// The page as blocks: block-level elements and two line breaks in a row end a block.
///
/// Scripts, form controls and media are left out; what is not shown stays in as hidden, so that the
/// reader of the view decides (some sites show their text by script only).
pub fn block_view(document: &Html) -> BlockView {
    let root = document.tree.root();
    let mut segmenter = Segmenter::new(root.id());
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) => segmenter.enter(node.id(), node.value()),
            Edge::Close(node) => segmenter.leave(node.id()),
        }
    }
    segmenter.finish()
}

/// The same for a document made by `Html::parse_fragment`.
pub fn fragment_view(document: &Html) -> BlockView {
    block_view(document)
}

/// An element that is open and what it changed.
struct Frame {
    node: NodeId,
    tag: Tag,
    /// It opened a container.
    is_container: bool,
}

struct Segmenter {
    blocks: Vec<Block>,
    containers: Vec<Container>,
    container: usize,
    frames: Vec<Frame>,
    /// Inside an element without text, up to its end.
    skipped: Option<NodeId>,
    block: OpenBlock,
    mark: Mark,
    /// For each open row, its first block.
    rows: Vec<usize>,
    /// For each open list item: its first block is still to come.
    items: Vec<bool>,
    n_media: usize,
}

impl Segmenter {
    fn new(root: NodeId) -> Self {
        Self {
            blocks: Vec::with_capacity(256),
            containers: vec![Container {
                node: root,
                tag: Tag::Root,
                parent: 0,
                depth: 0,
                first_block: 0,
                end_block: 0,
                is_hidden: false,
            }],
            container: 0,
            frames: Vec::with_capacity(64),
            skipped: None,
            block: OpenBlock::default(),
            mark: Mark::default(),
            rows: Vec::new(),
            items: Vec::new(),
            n_media: 0,
        }
    }

    fn enter(&mut self, id: NodeId, node: &Node) {
        if self.skipped.is_some() {
            return;
        }
        match node {
            Node::Text(text) => self.block.push(text, self.mark),
            Node::Element(element) => self.enter_element(id, element),
            Node::Document
            | Node::Fragment
            | Node::Doctype(_)
            | Node::Comment(_)
            | Node::ProcessingInstruction(_) => {}
        }
    }

    fn enter_element(&mut self, id: NodeId, element: &Element) {
        let mut tag = Tag::of(element.name());
        if tag == Tag::Custom {
            tag = if self.is_in_line() {
                Tag::Inline
            } else {
                Tag::Div
            };
        }
        if tag == Tag::Skipped {
            self.n_media += 1;
            self.skipped = Some(id);
            return;
        } else if tag == Tag::Break {
            return self.block.line_break();
        } else if tag == Tag::Rule {
            return self.flush();
        }
        let is_hidden = is_hidden(element);
        // A tooltip or a label for screen readers inside a paragraph is no part of it.
        if self.is_in_line() && ((is_hidden && !tag.is_block()) || is_tip(element)) {
            self.skipped = Some(id);
            return;
        }
        if tag.is_block() {
            self.enter_block(id, tag, is_hidden);
        } else if tag == Tag::Link {
            self.mark.enter_link();
        } else if tag == Tag::Bold {
            self.mark.n_bold += 1;
        }
        self.frames.push(Frame {
            node: id,
            tag,
            is_container: tag.is_block(),
        });
    }

    /// The place is inside a paragraph, heading, link or span, where only text is to be expected.
    fn is_in_line(&self) -> bool {
        !self.block.is_empty()
            || self.frames.last().is_some_and(|frame| {
                !frame.is_container || matches!(frame.tag, Tag::P | Tag::Heading(_) | Tag::Item)
            })
    }

    fn enter_block(&mut self, id: NodeId, tag: Tag, is_hidden: bool) {
        self.flush();
        let parent = self.container;
        let around = self.containers.get(parent);
        let container = Container {
            node: id,
            tag,
            parent,
            depth: around.map_or(0, |around| around.depth + 1),
            first_block: self.blocks.len(),
            end_block: self.blocks.len(),
            is_hidden: is_hidden || around.is_some_and(|around| around.is_hidden),
        };
        self.container = self.containers.len();
        self.containers.push(container);
        if tag == Tag::Row {
            self.rows.push(self.blocks.len());
        } else if tag == Tag::Item {
            self.items.push(true);
        } else if let Tag::Heading(level) = tag {
            self.mark.heading = Some(level);
        } else if let Some(count) = self.mark.count_of(tag) {
            *count += 1;
        }
    }

    fn leave(&mut self, id: NodeId) {
        if let Some(skipped) = self.skipped {
            if skipped == id {
                self.skipped = None;
            }
            return;
        }
        if self.frames.last().is_none_or(|frame| frame.node != id) {
            return;
        }
        if let Some(frame) = self.frames.pop() {
            if frame.is_container {
                self.leave_block(frame.tag);
            } else if let Some(count) = self.mark.count_of(frame.tag) {
                *count = count.saturating_sub(1);
            }
        }
    }

    fn leave_block(&mut self, tag: Tag) {
        self.flush();
        if tag == Tag::Row {
            if let Some(first) = self.rows.pop() {
                merge_row(&mut self.blocks, &self.containers, first, self.container);
            }
        } else if tag == Tag::Item {
            self.items.pop();
        } else if matches!(tag, Tag::Heading(_)) {
            self.mark.heading = None;
        } else if let Some(count) = self.mark.count_of(tag) {
            *count = count.saturating_sub(1);
        }
        let n_blocks = self.blocks.len();
        if let Some(container) = self.containers.get_mut(self.container) {
            container.end_block = n_blocks;
            self.container = container.parent;
        }
    }

    /// Ends the block; what two line breaks ended before it goes first.
    fn flush(&mut self) {
        let is_hidden = self
            .containers
            .get(self.container)
            .is_some_and(|c| c.is_hidden);
        let mark = self.mark;
        for part in self.block.take() {
            let kind = self.kind_of_next(mark);
            self.blocks.push(Block {
                kind,
                text: part.text,
                container: self.container,
                link_bytes: part.link_bytes,
                n_links: part.n_links,
                bold_bytes: part.bold_bytes,
                is_in_item: !self.items.is_empty(),
                is_hidden,
                is_loose: part.is_loose,
                n_media: std::mem::take(&mut self.n_media),
            });
        }
    }

    fn kind_of_next(&mut self, mark: Mark) -> BlockKind {
        if let Some(level) = mark.heading {
            BlockKind::Heading(level)
        } else if mark.n_caption > 0 {
            BlockKind::Caption
        } else if mark.n_pre > 0 {
            BlockKind::Pre
        } else if self.items.last_mut().is_some_and(std::mem::take) {
            BlockKind::Item
        } else if mark.n_quote > 0 {
            BlockKind::Quote
        } else {
            BlockKind::Paragraph
        }
    }

    fn finish(mut self) -> BlockView {
        self.flush();
        let n_blocks = self.blocks.len();
        if let Some(root) = self.containers.first_mut() {
            root.end_block = n_blocks;
        }
        BlockView {
            blocks: self.blocks,
            containers: self.containers,
        }
    }
}
