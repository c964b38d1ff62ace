//! The part of a document that is being read, as a flat list of nodes in document order.
//!
//! A node knows where its last descendant ends, so walking is a loop and dropping an entry that has
//! been read is a truncation: memory is bounded by one entry and the channel's own fields.

use std::borrow::Cow;
use std::rc::Rc;

use ::url::Url;

use super::names::{Space, split_name};

/// An element with what is in force at it.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub(super) space: Space,
    /// Local name in lower case.
    pub(super) name: Cow<'a, str>,
    /// Qualified names as written, values with references resolved.
    pub(super) attributes: Vec<(&'a str, Cow<'a, str>)>,
    /// `xml:base` in force here, resolved; `None` when no base is known.
    pub(super) base: Option<Rc<Url>>,
    /// `xml:lang` in force here.
    pub(super) language: Option<Rc<str>>,
}

impl Element<'_> {
    /// Value of an attribute by its local name, whatever its case; the name without a prefix wins.
    pub(super) fn attribute(&self, local: &str) -> Option<&str> {
        let mut prefixed = None;
        for (name, value) in &self.attributes {
            let (prefix, own) = split_name(name);
            if own.eq_ignore_ascii_case(local) {
                if prefix.is_empty() {
                    return Some(value);
                }
                prefixed = prefixed.or(Some(value.as_ref()));
            }
        }
        prefixed
    }

    /// The same, trimmed, and `None` when nothing is left.
    pub(super) fn filled(&self, local: &str) -> Option<&str> {
        self.attribute(local)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn is(&self, space: Space, name: &str) -> bool {
        self.space == space && self.name == name
    }
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Element(Element<'a>),
    /// Text with references resolved.
    Text(Cow<'a, str>),
    /// The inside of a CDATA section.
    Raw(Cow<'a, str>),
}

#[derive(Debug)]
struct Node<'a> {
    kind: Kind<'a>,
    /// One past the last descendant; far beyond while the element is open.
    end: usize,
    /// Nodes and attributes up to and with this one.
    weight: usize,
}

/// Place of a node in its [`Tree`].
pub(super) type NodeId = usize;

/// The place of a node that was not kept.
pub(super) const NOWHERE: NodeId = usize::MAX - 1;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
}

impl<'a> Tree<'a> {
    pub(super) fn open(&mut self, element: Element<'a>) -> NodeId {
        let weight = self.weight() + 1 + element.attributes.len();
        self.nodes.push(Node {
            kind: Kind::Element(element),
            end: usize::MAX,
            weight,
        });
        self.nodes.len() - 1
    }

    pub(super) fn close(&mut self, node: NodeId) {
        let end = self.nodes.len();
        if let Some(node) = self.nodes.get_mut(node) {
            node.end = end;
        }
    }

    pub(super) fn push_text(&mut self, kind: Kind<'a>) {
        let end = self.nodes.len() + 1;
        let weight = self.weight() + 1;
        self.nodes.push(Node { kind, end, weight });
    }

    /// Nodes and attributes held.
    pub(super) fn weight(&self) -> usize {
        self.nodes.last().map_or(0, |node| node.weight)
    }

    /// Nodes and attributes held since a node was opened.
    pub(super) fn weight_since(&self, node: NodeId) -> usize {
        let before = self.nodes.get(node).map_or(0, |node| node.weight);
        self.weight().saturating_sub(before)
    }

    /// Forgets a node and everything after it.
    pub(super) fn drop_from(&mut self, node: NodeId) {
        self.nodes.truncate(node);
    }

    pub(super) fn kind(&self, node: NodeId) -> Option<&Kind<'a>> {
        self.nodes.get(node).map(|node| &node.kind)
    }

    pub(super) fn element(&self, node: NodeId) -> Option<&Element<'a>> {
        match self.kind(node)? {
            Kind::Element(element) => Some(element),
            Kind::Text(_) | Kind::Raw(_) => None,
        }
    }

    /// One past the last descendant of a node.
    pub(super) fn end(&self, node: NodeId) -> NodeId {
        self.nodes
            .get(node)
            .map_or(0, |node| node.end.min(self.nodes.len()))
    }

    /// The children of a node in order.
    pub(super) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.end(node);
        let mut next = node + 1;
        std::iter::from_fn(move || {
            let child = next;
            if child >= end {
                return None;
            }
            next = self.end(child).max(child + 1);
            Some(child)
        })
    }

    /// The child elements of a node in order.
    pub(super) fn elements(&self, node: NodeId) -> impl Iterator<Item = (NodeId, &Element<'a>)> {
        self.children(node)
            .filter_map(|child| Some((child, self.element(child)?)))
    }

    /// The child elements of one name.
    pub(super) fn named<'t>(
        &'t self,
        node: NodeId,
        space: Space,
        name: &'t str,
    ) -> impl Iterator<Item = (NodeId, &'t Element<'a>)> {
        self.elements(node)
            .filter(move |(_, element)| element.is(space, name))
    }

    /// Whether a node has child elements.
    pub(super) fn has_elements(&self, node: NodeId) -> bool {
        self.elements(node).next().is_some()
    }

    /// All text below a node, markup left out.
    pub(super) fn text(&self, node: NodeId) -> Cow<'_, str> {
        let mut out = Cow::Borrowed("");
        for id in node..self.end(node) {
            let part = match self.kind(id) {
                Some(Kind::Text(part) | Kind::Raw(part)) => part.as_ref(),
                Some(Kind::Element(_)) | None => continue,
            };
            if out.is_empty() {
                out = Cow::Borrowed(part);
            } else {
                out.to_mut().push_str(part);
            }
        }
        out
    }
}
