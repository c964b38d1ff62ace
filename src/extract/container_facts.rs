//! What can be seen in a page's containers: their classes, their text, their place among others.
#![expect(
    clippy::cast_precision_loss,
    reason = "features are measures, not counts to be exact about"
)]

use std::collections::HashMap;

use scraper::Html;

use super::{
    group::{N_GROUPS, for_each_group},
    letter_hash::Letters,
    text_facts::TextFacts,
};
use crate::markup::{BlockKind, BlockView, Tag};

/// Nothing is looked for in containers further away than this.
const FAR: u8 = 12;

/// Facts of one container.
#[derive(Debug, Clone)]
pub(super) struct ContainerFacts {
    /// Levels to the nearest container around (1: this one) whose classes are of the group; 0: none.
    pub(super) distance: [u8; N_GROUPS],
    /// The same for elements: aside, nav, header, footer, form, article, main, figure, table, list,
    /// quote, section.
    pub(super) tag_distance: [u8; N_TAGS],
    /// Hash of tag and classes without digits.
    pub(super) signature: u64,
    pub(super) n_words: f32,
    pub(super) n_chars: f32,
    pub(super) link_bytes: f32,
    pub(super) text_bytes: f32,
    /// Words in blocks that read like a paragraph.
    pub(super) prose_words: f32,
    pub(super) n_prose: f32,
    /// Readability's score, before and after the link density is taken off.
    pub(super) score: f32,
    /// Containers with this signature in the page.
    pub(super) n_alike: f32,
    /// Share of the page's prose under parents of this signature.
    pub(super) alike_prose: f32,
    /// The section it stands in whose text is never the article's.
    foreign: Option<usize>,
}

/// Places of groups in `groups.txt`, and of elements in [`tag_index`].
const BODY: usize = 0;
const RELATED: usize = 5;
const COMMENT: usize = 3;
const SIGNUP: usize = 12;
const PRIVACY: usize = 23;
const ASIDE_TAG: usize = 0;
const ARTICLE_TAG: usize = 5;

impl ContainerFacts {
    /// The kind of box (one of [`N_BOXES`]) that it stands in: comments or a privacy dialog
    /// ([`is_foreign`]), or, nearer than in the article's body, an aside, a list of other pieces, a
    /// sign-up form.
    pub(super) fn set_apart_in(&self) -> Option<usize> {
        if self.foreign.is_some() {
            return self.foreign;
        }
        let near = |distance: u8| if distance == 0 { u8::MAX } else { distance };
        let tag = |index: usize| near(self.tag_distance.get(index).copied().unwrap_or(0));
        let group = |index: usize| near(self.distance.get(index).copied().unwrap_or(0));
        let boxes = [tag(ASIDE_TAG), group(RELATED), group(SIGNUP)];
        let body = tag(ARTICLE_TAG).min(group(BODY));
        boxes
            .into_iter()
            .enumerate()
            .filter(|(_, distance)| *distance < body)
            .min_by_key(|(_, distance)| *distance)
            .map(|(kind, _)| kind)
    }
}

/// Kinds of box that [`ContainerFacts::set_apart_in`] tells apart.
pub(super) const N_BOXES: usize = 5;
const COMMENTS_BOX: usize = 3;
const PRIVACY_BOX: usize = 4;

/// A box whose text may be longer than the article and still is none of it.
pub(super) const fn is_foreign(kind: usize) -> bool {
    matches!(kind, COMMENTS_BOX | PRIVACY_BOX)
}

/// The foreign section that begins with this container: its classes say so, and the headline does
/// not stand in it (a page's wrapper may say `comments-open`).
fn begins_foreign(
    facts: &ContainerFacts,
    container: &crate::markup::Container,
    headline: Option<usize>,
) -> Option<usize> {
    let headline = headline?;
    if (container.first_block..container.end_block).contains(&headline) {
        return None;
    }
    let has = |group: usize| facts.distance.get(group) == Some(&1);
    if has(COMMENT) {
        Some(COMMENTS_BOX)
    } else if has(PRIVACY) {
        Some(PRIVACY_BOX)
    } else {
        None
    }
}

/// How many kinds of element are looked for around a block.
pub(super) const N_TAGS: usize = 12;

fn tag_index(tag: Tag) -> Option<usize> {
    const GROUPS: [&[Tag]; N_TAGS] = [
        &[Tag::Aside],
        &[Tag::Nav],
        &[Tag::Header],
        &[Tag::Footer],
        &[Tag::Form],
        &[Tag::Article],
        &[Tag::Main],
        &[Tag::Figure, Tag::Caption],
        &[Tag::Table],
        &[Tag::List, Tag::Definitions],
        &[Tag::Quote],
        &[Tag::Section],
    ];
    GROUPS.iter().position(|group| group.contains(&tag))
}

/// A block that reads like a paragraph of an article.
pub(super) fn is_prose(kind: BlockKind, text: &TextFacts, link_share: f32) -> bool {
    !matches!(
        kind,
        BlockKind::Heading(_) | BlockKind::Caption | BlockKind::Row
    ) && link_share < 0.4
        && ((text.n_words >= 10.0 && text.n_sentence_ends >= 1.0) || text.n_words >= 25.0)
}

/// Facts of every container of the page.
pub(super) fn container_facts(
    document: &Html,
    view: &BlockView,
    texts: &[TextFacts],
    headline: Option<usize>,
) -> Vec<ContainerFacts> {
    let mut all: Vec<ContainerFacts> = Vec::with_capacity(view.containers.len());
    for container in &view.containers {
        let around = all.get(container.parent).filter(|_| !all.is_empty());
        let mut facts = ContainerFacts {
            distance: around.map_or([0; N_GROUPS], |around| around.distance.map(farther)),
            tag_distance: around.map_or([0; N_TAGS], |around| around.tag_distance.map(farther)),
            signature: 0,
            n_words: 0.0,
            n_chars: 0.0,
            link_bytes: 0.0,
            text_bytes: 0.0,
            prose_words: 0.0,
            n_prose: 0.0,
            score: 0.0,
            n_alike: 0.0,
            alike_prose: 0.0,
            foreign: around.and_then(|around| around.foreign),
        };
        if container.end_block > container.first_block {
            look_at_element(document, container, &mut facts);
            facts.foreign = facts
                .foreign
                .or_else(|| begins_foreign(&facts, container, headline));
        }
        all.push(facts);
    }
    add_text(view, texts, &mut all);
    add_alike(view, &mut all);
    all
}

fn farther(distance: u8) -> u8 {
    if distance == 0 || distance >= FAR {
        0
    } else {
        distance + 1
    }
}

fn look_at_element(
    document: &Html,
    container: &crate::markup::Container,
    facts: &mut ContainerFacts,
) {
    if let Some(index) = tag_index(container.tag)
        && let Some(distance) = facts.tag_distance.get_mut(index)
    {
        *distance = 1;
    }
    let Some(element) = document
        .tree
        .get(container.node)
        .and_then(|node| node.value().as_element())
    else {
        return;
    };
    let mut signature = Letters::default();
    element.name().chars().for_each(|c| signature.push(c));
    for (name, value) in element.attrs() {
        if matches!(
            name,
            "class" | "id" | "role" | "itemprop" | "data-testid" | "data-component" | "data-type"
        ) {
            for_each_group(value, |group| {
                if let Some(distance) = facts.distance.get_mut(group) {
                    *distance = 1;
                }
            });
            if name == "class" {
                signature.push('.');
                let letters = value.chars().filter(|c| !c.is_ascii_digit());
                letters.for_each(|c| signature.push(c));
            }
        }
    }
    facts.signature = signature.end();
}

fn add_text(view: &BlockView, texts: &[TextFacts], all: &mut [ContainerFacts]) {
    for (block, text) in view.blocks.iter().zip(texts) {
        let link_share = block.link_bytes as f32 / block.text.len().max(1) as f32;
        if let Some(facts) = all.get_mut(block.container) {
            facts.n_words += text.n_words;
            facts.n_chars += text.n_chars;
            facts.text_bytes += block.text.len() as f32;
            facts.link_bytes += block.link_bytes as f32;
            if is_prose(block.kind, text, link_share) {
                facts.prose_words += text.n_words;
                facts.n_prose += 1.0;
            }
        }
        add_score(view, block, text, all);
    }
    // Children stand behind their parents.
    for index in (1..all.len()).rev() {
        let Some(parent) = view.containers.get(index).map(|container| container.parent) else {
            continue;
        };
        let Some(child) = all.get(index) else {
            continue;
        };
        let sums = (
            child.n_words,
            child.n_chars,
            child.text_bytes,
            child.link_bytes,
            child.prose_words,
            child.n_prose,
        );
        if let Some(facts) = all.get_mut(parent) {
            facts.n_words += sums.0;
            facts.n_chars += sums.1;
            facts.text_bytes += sums.2;
            facts.link_bytes += sums.3;
            facts.prose_words += sums.4;
            facts.n_prose += sums.5;
        }
    }
    for facts in all.iter_mut() {
        facts.score *= 1.0 - facts.link_bytes / facts.text_bytes.max(1.0);
    }
}

/// A paragraph scores for the container around it, half for the one around that, a third for the
/// next (Readability's measure: commas and length).
fn add_score(
    view: &BlockView,
    block: &crate::markup::Block,
    text: &TextFacts,
    all: &mut [ContainerFacts],
) {
    if text.n_chars < 25.0 || matches!(block.kind, BlockKind::Heading(_)) || block.is_hidden {
        return;
    }
    let score = 1.0 + text.n_commas + (text.n_chars / 100.0).floor().min(3.0);
    let start = leaf_parent(view, block.container);
    for (container, divisor) in view.ancestors(start).zip([1.0, 2.0, 6.0]) {
        if let Some(facts) = all.get_mut(container) {
            facts.score += score / divisor;
        }
    }
}

/// The container around a paragraph: the one it stands in, or the one around that when it stands
/// there alone.
pub(super) fn leaf_parent(view: &BlockView, container: usize) -> usize {
    view.containers
        .get(container)
        .filter(|here| here.end_block - here.first_block <= 1)
        .map_or(container, |here| here.parent)
}

fn add_alike(view: &BlockView, all: &mut [ContainerFacts]) {
    let total = all.first().map_or(0.0, |root| root.prose_words).max(1.0);
    let mut alike: HashMap<u64, (f32, f32)> = HashMap::new();
    for facts in all.iter() {
        alike.entry(facts.signature).or_default().0 += 1.0;
    }
    for (container, facts) in view.containers.iter().zip(all.iter()) {
        // Prose of this container itself, not of those within: only leaves count.
        let is_leaf = container.end_block - container.first_block == 1;
        if is_leaf && let Some(parent) = all.get(container.parent) {
            alike.entry(parent.signature).or_default().1 += facts.prose_words;
        }
    }
    for facts in all.iter_mut() {
        if let Some((n, prose)) = alike.get(&facts.signature) {
            facts.n_alike = *n;
            facts.alike_prose = prose / total;
        }
    }
}
