//! Each block of a page as a row of numbers.
#![expect(
    clippy::cast_precision_loss,
    reason = "features are measures, not counts to be exact about"
)]

use std::collections::HashMap;

use scraper::Html;

use super::{
    company::Sibling,
    container_facts::{ContainerFacts, container_facts, is_prose, leaf_parent},
    group::N_GROUPS,
    metadata::Metadata,
    text_facts::TextFacts,
    words::{Overlap, WordSet, short_hashes},
};
use crate::markup::{Block, BlockKind, BlockView, Container, Tag};

/// A page's blocks as rows of numbers, all of one length.
pub(super) struct FeatureTable {
    /// The rows, one a block, each behind the other.
    numbers: Vec<f32>,
    pub(super) texts: Vec<TextFacts>,
    /// The kind of box a block stands in that its markup sets apart from the article.
    pub(super) boxes: Vec<Option<usize>>,
    pub(super) siblings: Vec<Sibling>,
    /// The block that shows the headline.
    pub(super) headline: Option<usize>,
    /// The smallest container with most of the prose.
    pub(super) core: usize,
}

impl FeatureTable {
    /// [`N_FEATURES`] numbers for each block.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.numbers.chunks_exact(N_FEATURES)
    }
}

/// What the page as a whole gives to each row.
struct PageFacts {
    containers: Vec<ContainerFacts>,
    texts: Vec<TextFacts>,
    link_shares: Vec<f32>,
    best_score: f32,
    top: usize,
    /// Smallest container with 60 % of the prose.
    core: usize,
    n_words: f32,
    prose_words: f32,
    headline: Option<usize>,
    repeats: HashMap<u64, (u32, usize)>,
    /// Sums over the blocks before each block, and over all at the end.
    before: Vec<Sums>,
}

/// Sums over a range of blocks. All are whole or half numbers, so that differences are exact.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n_words: f32,
    prose_words: f32,
    bytes: f32,
    link_bytes: f32,
}

/// Features of every block of the page.
pub(super) fn features(document: &Html, view: &BlockView, metadata: &Metadata) -> FeatureTable {
    let texts: Vec<TextFacts> = view.blocks.iter().map(TextFacts::of).collect();
    let headline = headline_block(view, metadata);
    let containers = container_facts(document, view, &texts, headline);
    let page = PageFacts::new(view, containers, texts, headline);
    let titles = WordSet::of(metadata.title.iter().map(String::as_str));
    let dek = WordSet::of(
        metadata
            .description
            .iter()
            .chain(&metadata.dek)
            .map(String::as_str),
    );
    let mut numbers = Vec::with_capacity(view.blocks.len() * N_FEATURES);
    let mut section = Section::default();
    let mut hashes = Vec::new();
    let is_article = |container: &&Container| container.tag == Tag::Article;
    let n_articles = view.containers.iter().filter(is_article).count() as f32;
    for (index, block) in view.blocks.iter().enumerate() {
        page.text_features(index, block, &mut numbers);
        page.place_features(index, block, &mut numbers);
        page.container_features(view, block, index, &mut numbers);
        page.window_features(view, index, &mut numbers);
        short_hashes(&block.text, &mut hashes);
        push_overlap(&mut numbers, titles.overlap(&hashes));
        push_overlap(&mut numbers, dek.overlap(&hashes));
        section.push(index, &mut numbers);
        numbers.extend([n_articles, flag(metadata.is_article)]);
        section.pass(&page, index, block);
        debug_assert_eq!(
            numbers.len(),
            (index + 1) * N_FEATURES,
            "features of one block"
        );
    }
    let boxes = view
        .blocks
        .iter()
        .map(|block| page.containers.get(block.container)?.set_apart_in())
        .collect();
    let siblings = view
        .blocks
        .iter()
        .map(|block| {
            let own = page.containers.get(block.container);
            let signature = own.map_or(0, |own| own.signature);
            (leaf_parent(view, block.container), signature)
        })
        .collect();
    FeatureTable {
        numbers,
        texts: page.texts,
        boxes,
        siblings,
        headline,
        core: page.core,
    }
}

fn push_overlap(row: &mut Vec<f32>, overlap: Overlap) {
    row.push(overlap.of_block);
    row.push(overlap.of_set);
}

/// The heading that a block stands under.
#[derive(Default)]
struct Section {
    n_first_level: f32,
    heading: Option<usize>,
    phrase: f32,
    link_share: f32,
}

impl Section {
    fn push(&self, index: usize, row: &mut Vec<f32>) {
        row.extend([
            self.n_first_level,
            self.heading
                .map_or(-1.0, |heading| (index - heading) as f32),
            self.phrase,
            self.link_share,
        ]);
    }

    fn pass(&mut self, page: &PageFacts, index: usize, block: &Block) {
        if let BlockKind::Heading(level) = block.kind {
            self.n_first_level += flag(level == 1);
            self.heading = Some(index);
            self.phrase = page.texts.get(index).map_or(0.0, |text| text.phrase);
            self.link_share = page.link_shares.get(index).copied().unwrap_or(0.0);
        }
    }
}

/// Numbers in a row.
pub(super) const N_FEATURES: usize = 24 + 12 + (15 + N_GROUPS + 12 + 8) + 40 + 4 + 6;

impl PageFacts {
    fn new(
        view: &BlockView,
        containers: Vec<ContainerFacts>,
        texts: Vec<TextFacts>,
        headline: Option<usize>,
    ) -> Self {
        let link_shares: Vec<f32> = view
            .blocks
            .iter()
            .map(|block| block.link_bytes as f32 / block.text.len().max(1) as f32)
            .collect();
        let prose: Vec<bool> = view
            .blocks
            .iter()
            .zip(&texts)
            .zip(&link_shares)
            .map(|((block, text), share)| is_prose(block.kind, text, *share))
            .collect();
        let mut before = Vec::with_capacity(texts.len() + 1);
        let mut sums = Sums::default();
        before.push(sums);
        for ((block, text), is_prose) in view.blocks.iter().zip(&texts).zip(&prose) {
            sums.n_words += text.n_words;
            sums.prose_words += if *is_prose { text.n_words } else { 0.0 };
            sums.bytes += block.text.len() as f32;
            sums.link_bytes += block.link_bytes as f32;
            before.push(sums);
        }
        let mut repeats: HashMap<u64, (u32, usize)> = HashMap::new();
        for (index, text) in texts.iter().enumerate() {
            repeats.entry(text.hash).or_insert((0, index)).0 += 1;
        }
        let (top, best_score) = best(&containers);
        let prose_words = containers.first().map_or(0.0, |root| root.prose_words);
        let core = containers
            .iter()
            .rposition(|facts| facts.prose_words >= 0.6 * prose_words)
            .unwrap_or(0);
        Self {
            n_words: containers.first().map_or(0.0, |root| root.n_words),
            containers,
            texts,
            link_shares,
            best_score,
            top,
            core,
            prose_words,
            headline,
            repeats,
            before,
        }
    }

    fn text_features(&self, index: usize, block: &Block, row: &mut Vec<f32>) {
        let text = self.texts.get(index).copied().unwrap_or_default();
        let n_words = text.n_words.max(0.5);
        let n_bytes = block.text.len().max(1) as f32;
        let (n_repeats, first) = self.repeats.get(&text.hash).copied().unwrap_or((1, index));
        row.extend([
            kind_code(block.kind),
            text.n_words,
            text.n_chars,
            text.n_chars / n_words,
            self.link_shares.get(index).copied().unwrap_or(0.0),
            block.n_links as f32,
            block.bold_bytes as f32 / n_bytes,
            text.n_commas / n_words,
            text.n_sentence_ends,
            text.n_sentence_ends / n_words,
            text.n_digits / text.n_chars.max(1.0),
            text.n_capitals / text.n_chars.max(1.0),
            text.n_capital_words / n_words,
            text.n_odd,
            text.n_lines,
            text.first,
            text.last,
            text.phrase,
            text.phrase_inside,
            flag(block.is_in_item),
            flag(block.is_hidden),
            flag(block.is_loose),
            block.n_media as f32,
            n_repeats as f32 + if first < index { 0.5 } else { 0.0 },
        ]);
    }

    fn place_features(&self, index: usize, block: &Block, row: &mut Vec<f32>) {
        let before = self.before.get(index).copied().unwrap_or_default();
        let n_blocks = self.texts.len().max(1) as f32;
        let from_headline = self
            .headline
            .map_or(-999.0, |headline| index as f32 - headline as f32);
        let core = self.containers.get(self.core);
        row.extend([
            index as f32,
            index as f32 / n_blocks,
            n_blocks - index as f32,
            before.n_words / self.n_words.max(1.0),
            before.prose_words / self.prose_words.max(1.0),
            before.prose_words,
            self.prose_words,
            self.n_words,
            from_headline,
            core.map_or(0.0, |core| core.prose_words / core.n_words.max(1.0)),
            self.containers
                .get(self.top)
                .map_or(0.0, |top| top.prose_words / self.prose_words.max(1.0)),
            flag(block.container == self.top),
        ]);
    }

    fn container_features(
        &self,
        view: &BlockView,
        block: &Block,
        index: usize,
        row: &mut Vec<f32>,
    ) {
        let parent = leaf_parent(view, block.container);
        let grand = view
            .containers
            .get(parent)
            .map_or(0, |container| container.parent);
        let great = view
            .containers
            .get(grand)
            .map_or(0, |container| container.parent);
        let own = self.containers.get(block.container);
        for container in [parent, grand, great] {
            let Some(facts) = self.containers.get(container) else {
                row.extend([0.0; 5]);
                continue;
            };
            row.extend([
                facts.score / self.best_score,
                facts.link_bytes / facts.text_bytes.max(1.0),
                facts.prose_words / self.prose_words.max(1.0),
                facts.prose_words / facts.n_words.max(1.0),
                facts.n_alike,
            ]);
        }
        row.extend(own.map_or([0; N_GROUPS], |own| own.distance).map(f32::from));
        row.extend(own.map_or([0; 12], |own| own.tag_distance).map(f32::from));
        let tag = |index: usize| view.containers.get(index).map_or(0.0, |c| tag_code(c.tag));
        row.extend([
            tag(block.container),
            tag(parent),
            tag(grand),
            self.containers
                .get(parent)
                .map_or(0.0, |facts| facts.alike_prose),
            view.containers
                .get(block.container)
                .map_or(0.0, |c| c.depth as f32),
            place_in(view, self.top, index),
            place_in(view, self.core, index),
            own.map_or(0.0, |own| own.n_alike),
        ]);
    }

    /// The blocks around: two on each side by themselves, then sums to five and fifteen.
    fn window_features(&self, view: &BlockView, index: usize, row: &mut Vec<f32>) {
        let here = view.blocks.get(index);
        for offset in [-2_isize, -1, 1, 2] {
            let other = index.checked_add_signed(offset);
            let block = other.and_then(|other| view.blocks.get(other));
            let (Some(other), Some(block), Some(here)) = (other, block, here) else {
                row.extend([-1.0; 7]);
                continue;
            };
            let text = self.texts.get(other).copied().unwrap_or_default();
            row.extend([
                kind_code(block.kind),
                text.n_words,
                self.link_shares.get(other).copied().unwrap_or(0.0),
                text.last,
                text.phrase,
                self.relation(view, here.container, block.container),
                text.n_sentence_ends,
            ]);
        }
        for reach in [5, 15] {
            let before = self.window(index.saturating_sub(reach)..index);
            let behind = self.window(index + 1..(index + 1 + reach).min(view.blocks.len()));
            row.extend(before.into_iter().chain(behind));
        }
    }

    /// Words of prose, share of prose, share of links in a range of blocks.
    fn window(&self, range: std::ops::Range<usize>) -> [f32; 3] {
        let sums = |at: usize| self.before.get(at).copied().unwrap_or_default();
        let (start, end) = (sums(range.start), sums(range.end.max(range.start)));
        let prose = end.prose_words - start.prose_words;
        [
            prose,
            prose / (end.n_words - start.n_words).max(1.0),
            (end.link_bytes - start.link_bytes) / (end.bytes - start.bytes).max(1.0),
        ]
    }

    /// 3: same container, 2: same parent, 1: same signature of the parent, 0: neither.
    fn relation(&self, view: &BlockView, one: usize, other: usize) -> f32 {
        let (a, b) = (leaf_parent(view, one), leaf_parent(view, other));
        if one == other {
            return 3.0;
        }
        if a == b {
            return 2.0;
        }
        let signature = |index: usize| self.containers.get(index).map(|facts| facts.signature);
        flag(signature(a) == signature(b))
    }
}

fn flag(is_so: bool) -> f32 {
    if is_so { 1.0 } else { 0.0 }
}

fn best(containers: &[ContainerFacts]) -> (usize, f32) {
    let mut best = (0, 1.0_f32);
    for (index, facts) in containers.iter().enumerate() {
        if facts.score > best.1 {
            best = (index, facts.score);
        }
    }
    best
}

/// Outside −1 (before) and 2 (behind), inside the share of blocks that come before.
fn place_in(view: &BlockView, container: usize, index: usize) -> f32 {
    let Some(container) = view.containers.get(container) else {
        return -1.0;
    };
    if index < container.first_block {
        -1.0
    } else if index >= container.end_block {
        2.0
    } else {
        let n = (container.end_block - container.first_block).max(1);
        (index - container.first_block) as f32 / n as f32
    }
}

/// The block that shows the headline: by its node, else the first heading that is one of the titles.
fn headline_block(view: &BlockView, metadata: &Metadata) -> Option<usize> {
    let by_node = metadata.headline_node.and_then(|node| {
        view.containers
            .iter()
            .find(|container| container.node == node)
            .map(|container| container.first_block)
    });
    by_node.or_else(|| {
        view.blocks.iter().position(|block| {
            matches!(block.kind, BlockKind::Heading(_)) && metadata.headlines.contains(&block.text)
        })
    })
}

fn kind_code(kind: BlockKind) -> f32 {
    match kind {
        BlockKind::Paragraph => 0.0,
        BlockKind::Heading(level) => 10.0 + f32::from(level),
        BlockKind::Item => 2.0,
        BlockKind::Quote => 3.0,
        BlockKind::Pre => 4.0,
        BlockKind::Row => 5.0,
        BlockKind::Caption => 6.0,
    }
}

fn tag_code(tag: Tag) -> f32 {
    match tag {
        Tag::P => 0.0,
        Tag::Div => 1.0,
        Tag::Section => 2.0,
        Tag::Article => 3.0,
        Tag::Main => 4.0,
        Tag::Root => 5.0,
        Tag::Cell => 6.0,
        Tag::Row | Tag::Table => 7.0,
        Tag::Quote => 8.0,
        Tag::Item => 9.0,
        Tag::List => 10.0,
        Tag::Definition | Tag::Definitions => 11.0,
        Tag::Details => 12.0,
        Tag::Pre => 13.0,
        Tag::Heading(_) => 14.0,
        Tag::Figure | Tag::Caption => 15.0,
        Tag::Header => 16.0,
        Tag::Address => 17.0,
        Tag::Form => 18.0,
        Tag::Aside => 19.0,
        Tag::Footer => 20.0,
        Tag::Nav => 21.0,
        Tag::Link
        | Tag::Bold
        | Tag::Break
        | Tag::Rule
        | Tag::Inline
        | Tag::Custom
        | Tag::Skipped => 22.0,
    }
}
