//! A pull reader over the tokens that gives one entry after another and never gives up.
//!
//! It keeps the stack of open elements and mends it by what a feed means: an entry that starts
//! inside an entry ends the first, an end tag closes everything left open inside, a field such as
//! `guid` ends a `title` that was never closed. Only limits stop it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use ::url::Url;

use crate::markup::{GateError, XmlLimits};

use super::complaint::{Complaint, Complaints};
use super::doctype::Entities;
use super::names::{Space, space_of_prefix, space_of_uri, split_name};
use super::reference::{clean, decode};
use super::role::{self, Family, Role};
use super::token::{Tag, Token, Tokenizer};
use super::tree::{Element, Kind, NOWHERE, NodeId, Tree};

struct Open<'a> {
    /// Qualified name as written.
    name: &'a str,
    node: NodeId,
    role: Role,
    /// Prefixes declared here.
    prefixes: Vec<&'a str>,
    base: Option<Rc<Url>>,
    language: Option<Rc<str>>,
}

/// Most nodes and attributes kept of one entry, and of the channel: 15 MB or so. An article of
/// 1 MB in naked markup has fewer.
const MAX_WEIGHT: usize = 150_000;

/// See the module.
pub(super) struct Reader<'a> {
    tokenizer: Tokenizer<'a>,
    length: usize,
    limits: XmlLimits,
    entities: Entities,
    base: Option<Rc<Url>>,
    pub(super) complaints: Complaints,
    pub(super) tree: Tree<'a>,
    pub(super) family: Option<Family>,
    /// Roots and channels: what carries the feed's own fields.
    pub(super) containers: Vec<NodeId>,
    open: Vec<Open<'a>>,
    /// Place of the open entry in `open`.
    item: Option<usize>,
    /// A token that ends the entry just given.
    waiting: Option<Token<'a>>,
    prefixes: HashMap<&'a str, Vec<Option<Space>>>,
    n_namespaces: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        text: &'a str,
        limits: XmlLimits,
        base: Option<&Url>,
        entities: Entities,
    ) -> Self {
        Self {
            tokenizer: Tokenizer::new(text, limits.attributes.saturating_add(1)),
            length: text.len(),
            limits,
            entities,
            base: base.cloned().map(Rc::new),
            complaints: Complaints::default(),
            tree: Tree::default(),
            family: None,
            containers: Vec::new(),
            open: Vec::new(),
            item: None,
            waiting: None,
            prefixes: HashMap::new(),
            n_namespaces: 0,
        }
    }

    /// The next whole entry; `None` at the end of the document. The caller drops each from the
    /// tree when it has read it.
    ///
    /// # Errors
    /// When the document passes a limit.
    pub(super) fn next_item(&mut self) -> Result<Option<NodeId>, GateError> {
        loop {
            let waiting = self.waiting.take();
            let token = waiting.or_else(|| self.tokenizer.next(&mut self.complaints));
            let Some(token) = token else {
                self.finish();
                return Ok(None);
            };
            let closed = match token {
                Token::Start(tag) => self.start(tag)?,
                Token::End(name) => self.end(name),
                Token::Text(text) => {
                    self.text(text);
                    None
                }
                Token::Raw(raw) => {
                    if !self.open.is_empty() && self.has_room() {
                        let raw = clean(raw, &mut self.complaints);
                        self.tree.push_text(Kind::Raw(raw));
                    }
                    None
                }
            };
            if closed.is_some() {
                return Ok(closed);
            }
        }
    }

    /// The feed's own link as far as it has been read, if it is absolute.
    pub(super) fn channel_base(&mut self) -> Option<Url> {
        let values = super::value::Values {
            tree: &self.tree,
            complaints: &mut self.complaints,
            fallback_base: None,
        };
        let of_links = self
            .containers
            .iter()
            .flat_map(|&node| super::link::links(&values, node, usize::MAX))
            .filter(|link| link.rel.is_none() || link.has_rel("alternate") || link.has_rel("self"))
            .find_map(|link| crate::url::resolve(&link.url, None));
        // CDF's channel is a link itself.
        let of_channel = || {
            self.containers.iter().find_map(|&node| {
                crate::url::resolve(values.tree.element(node)?.filled("href")?, None)
            })
        };
        of_links.or_else(of_channel)
    }

    /// Drops an entry that is cut off, and closes the rest.
    fn finish(&mut self) {
        let is_cut = self.tokenizer.is_cut || !self.open.is_empty();
        if is_cut && self.family.is_some() {
            self.complaints.note(Complaint::Truncated);
        }
        if let Some(item) = self.item.take() {
            self.complaints.note(Complaint::PartialEntry);
            if let Some(open) = self.open.get(item) {
                self.tree.drop_from(open.node);
            }
        }
        while let Some(open) = self.open.pop() {
            self.tree.close(open.node);
        }
    }

    fn text(&mut self, raw: &'a str) {
        let is_blank = raw.trim_start().is_empty();
        match self.open.last() {
            None => {
                if !is_blank {
                    self.complaints.note(Complaint::TextAround);
                }
                return;
            }
            Some(open) if is_blank && matches!(open.role, Role::Structure | Role::Item) => return,
            Some(_) => {}
        }
        if self.has_room() {
            let text = decode(raw, &self.entities, &mut self.complaints);
            self.tree.push_text(Kind::Text(text));
        }
    }

    /// Whether another node may be kept of the open entry, or of the channel.
    fn has_room(&mut self) -> bool {
        let item = self.item.and_then(|item| self.open.get(item));
        let weight = match item {
            Some(item) => self.tree.weight_since(item.node),
            None => self.tree.weight(),
        };
        if weight >= MAX_WEIGHT {
            self.complaints.note(Complaint::TooManyNodes);
        }
        weight < MAX_WEIGHT
    }

    /// Takes a start tag; gives the entry that has to be read before.
    fn start(&mut self, tag: Tag<'a>) -> Result<Option<NodeId>, GateError> {
        self.check(&tag)?;
        let (prefix, local) = split_name(tag.name);
        let name = role::lower(local);
        if self.open.is_empty()
            && role::root_family(&name, tag.name, &tag.attributes).is_none()
            && !self.starts_item(prefix, &name, &tag)
        {
            // A wrapper, or what a server hung on behind the feed.
            return Ok(None);
        }
        // An empty entry inside an entry is noise, not the next one.
        if let Some(item) = self.item
            && self.starts_item(prefix, &name, &tag)
            && !(tag.is_empty && tag.attributes.is_empty())
            && !self.is_inside_xml()
        {
            self.complaints.note(Complaint::UnclosedEntry);
            self.waiting = Some(Token::Start(tag));
            return Ok(self.close_down_to(item));
        }
        self.close_implied(prefix, &name);
        if self.open.len() >= self.limits.depth {
            return Err(GateError::TooDeep {
                limit: self.limits.depth,
                at_byte: self.at_byte(),
            });
        }
        let is_empty = tag.is_empty || (self.is_in_field() && role::is_void(&name));
        self.push(&tag, prefix, name);
        Ok(if is_empty { self.pop() } else { None })
    }

    fn at_byte(&self) -> usize {
        self.length.saturating_sub(self.tokenizer.n_left())
    }

    fn check(&self, tag: &Tag<'_>) -> Result<(), GateError> {
        if tag.attributes.len() > self.limits.attributes {
            return Err(GateError::TooManyAttributes {
                limit: self.limits.attributes,
                at_byte: self.at_byte(),
            });
        }
        if self.n_namespaces > self.limits.namespaces {
            return Err(GateError::TooManyNamespaces {
                limit: self.limits.namespaces,
                at_byte: self.at_byte(),
            });
        }
        Ok(())
    }

    fn push(&mut self, tag: &Tag<'a>, prefix: &'a str, name: Cow<'a, str>) {
        let is_root = self.open.is_empty();
        if is_root && self.family.is_none() {
            self.family = role::root_family(&name, tag.name, &tag.attributes);
        }
        let is_container = role::is_container(&name) && self.item.is_none();
        let prefixes = self.declare(tag, is_root || is_container);
        let space = self.space(prefix);
        let (base, language) = self.scope(tag);
        let is_item = self.item.is_none() && self.is_item(space, &name);
        let role = match self.open.last().map(|open| open.role) {
            _ if is_item => Role::Item,
            None => Role::Structure,
            Some(_) if is_container && space == self.own_space() => Role::Structure,
            Some(parent) => role::role_of(parent, space, &name),
        };
        let node = if is_item || self.has_room() {
            let attributes = self.attributes(tag);
            self.tree.open(Element {
                space,
                name,
                attributes,
                base: base.clone(),
                language: language.clone(),
            })
        } else {
            NOWHERE
        };
        if role == Role::Structure && (is_root || is_container) {
            self.containers.push(node);
        }
        if is_item {
            self.item = Some(self.open.len());
        }
        self.open.push(Open {
            name: tag.name,
            node,
            role,
            prefixes,
            base,
            language,
        });
    }

    /// The attributes of a tag, without the namespaces.
    fn attributes(&mut self, tag: &Tag<'a>) -> Vec<(&'a str, Cow<'a, str>)> {
        tag.attributes
            .iter()
            .filter(|(name, _)| *name != "xmlns" && !name.starts_with("xmlns:"))
            .map(|&(name, value)| (name, decode(value, &self.entities, &mut self.complaints)))
            .collect()
    }

    /// The space of elements without a prefix in this family.
    fn own_space(&self) -> Space {
        match self.family {
            Some(Family::Atom) => Space::Atom,
            Some(Family::Rss | Family::Rdf | Family::Cdf | Family::Sitemap) | None => Space::Plain,
        }
    }

    /// Registers the namespaces of a tag. The default namespace of a root is the family's own,
    /// whatever it says: feeds put XHTML's or Atom's on `<rss>`.
    fn declare(&mut self, tag: &Tag<'a>, is_root: bool) -> Vec<&'a str> {
        let mut declared = Vec::new();
        for &(name, uri) in &tag.attributes {
            let prefix = match name.strip_prefix("xmlns:") {
                Some(prefix) => prefix,
                None if name == "xmlns" => "",
                None => continue,
            };
            let space = match space_of_uri(uri) {
                _ if prefix.is_empty() && is_root => Some(self.own_space()),
                Some(Space::Plain) => Some(self.own_space()),
                None if prefix.is_empty() && !uri.trim().is_empty() => Some(Space::Other),
                known => known,
            };
            self.prefixes.entry(prefix).or_default().push(space);
            self.n_namespaces += 1;
            declared.push(prefix);
        }
        declared
    }

    fn space(&mut self, prefix: &str) -> Space {
        let declared = self.prefixes.get(prefix).and_then(|spaces| spaces.last());
        match declared {
            Some(Some(space)) => *space,
            None | Some(None) if prefix.is_empty() => self.own_space(),
            // Declared with an address of its own making: the habit still tells.
            Some(None) => self.by_custom(prefix),
            None => {
                let space = self.by_custom(prefix);
                if !matches!(prefix, "xml" | "xmlns") {
                    self.complaints.note(Complaint::UndeclaredPrefix);
                }
                space
            }
        }
    }

    fn by_custom(&self, prefix: &str) -> Space {
        let space = space_of_prefix(prefix);
        if space == Space::Plain {
            self.own_space()
        } else {
            space
        }
    }

    /// `xml:base` and `xml:lang` in force at a tag.
    fn scope(&mut self, tag: &Tag<'a>) -> (Option<Rc<Url>>, Option<Rc<str>>) {
        let (mut base, mut language) = match self.open.last() {
            Some(open) => (open.base.clone(), open.language.clone()),
            None => (self.base.clone(), None),
        };
        for &(name, value) in &tag.attributes {
            // CDF has its own, without a prefix.
            let is_base = name.eq_ignore_ascii_case("xml:base")
                || (self.family == Some(Family::Cdf) && name.eq_ignore_ascii_case("base"));
            if is_base {
                let raw = decode(value, &self.entities, &mut self.complaints);
                match crate::url::resolve(&raw, base.as_deref()) {
                    Some(url) => base = Some(Rc::new(url)),
                    None if raw.trim().is_empty() => {}
                    None => self.complaints.note(Complaint::BadBase),
                }
            } else if name.eq_ignore_ascii_case("xml:lang") {
                let raw = value.trim();
                language = (!raw.is_empty()).then(|| Rc::from(raw));
            }
        }
        (base, language)
    }

    fn is_item(&self, space: Space, name: &str) -> bool {
        match self.family {
            Some(Family::Atom) => space == Space::Atom && name == "entry",
            Some(Family::Rss | Family::Rdf | Family::Cdf) => {
                space == Space::Plain && name == "item"
            }
            Some(Family::Sitemap) => {
                name == "url" && matches!(space, Space::Plain | Space::Sitemap)
            }
            None => false,
        }
    }

    fn starts_item(&self, prefix: &str, name: &str, tag: &Tag<'_>) -> bool {
        if !matches!(name, "item" | "entry" | "url") {
            return false;
        }
        let own = tag.attributes.iter().find_map(|(attribute, uri)| {
            let declared = attribute.strip_prefix("xmlns")?;
            (declared.strip_prefix(':').unwrap_or(declared) == prefix).then(|| space_of_uri(uri))
        });
        let space = match own.or_else(|| self.prefixes.get(prefix)?.last().copied()) {
            Some(Some(Space::Plain)) => self.own_space(),
            Some(Some(space)) => space,
            Some(None) | None if prefix.is_empty() => self.own_space(),
            Some(None) | None => self.by_custom(prefix),
        };
        self.is_item(space, name)
    }

    /// Whether the place is one where an entry is no border: XML content, the source of an Atom
    /// entry, or an extension that holds entries of its own (the conflicts of `FeedSync`).
    fn is_inside_xml(&self) -> bool {
        let Some(inside) = self.item.and_then(|item| self.open.get(item + 1..)) else {
            return false;
        };
        let is_xml = |element: &Element<'_>| {
            element
                .attribute("type")
                .is_some_and(|media_type| media_type.contains("xml"))
        };
        inside.iter().any(|open| {
            self.tree.element(open.node).is_some_and(|element| {
                element.space == Space::Other
                    || element.is(Space::Atom, "source")
                    || (open.role == Role::Rich && is_xml(element))
            })
        })
    }

    /// Whether the place is inside a field of an entry.
    fn is_in_field(&self) -> bool {
        self.item.is_some_and(|item| self.open.len() > item + 1)
    }

    /// Closes what the coming element shows to be over.
    fn close_implied(&mut self, prefix: &str, name: &str) {
        let Some(top) = self.open.last() else {
            return;
        };
        let is_over = match top.role {
            Role::Leaf => role::ends_leaf(prefix, name),
            Role::Rich => role::ends_rich(prefix, name) && !self.is_inside_xml(),
            Role::Inside => {
                self.is_in_field()
                    && role::ends_itself(name)
                    && split_name(top.name).1.eq_ignore_ascii_case(name)
            }
            Role::Structure | Role::Item => false,
        };
        if is_over {
            self.complaints.note(Complaint::UnclosedElement);
            self.pop();
        }
    }

    /// Takes an end tag; gives the entry that it closes.
    fn end(&mut self, name: &'a str) -> Option<NodeId> {
        let found = self
            .open
            .iter()
            .rposition(|open| open.name.eq_ignore_ascii_case(name));
        let Some(found) = found else {
            if !self.open.is_empty() {
                self.complaints.note(Complaint::StrayEndTag);
            }
            // `<title>x</titel>`: the misspelt end of a field that holds text only.
            let is_misspelt = self
                .open
                .last()
                .is_some_and(|open| open.role == Role::Leaf && !self.tree.has_elements(open.node));
            return if is_misspelt { self.pop() } else { None };
        };
        match self.item {
            Some(item) if found < item => {
                self.complaints.note(Complaint::UnclosedEntry);
                self.waiting = Some(Token::End(name));
                self.close_down_to(item)
            }
            Some(_) | None => {
                let n_left_open = self.open.len().saturating_sub(found + 1);
                self.complaints
                    .note_times(Complaint::UnclosedElement, n_left_open);
                self.close_down_to(found)
            }
        }
    }

    /// Closes open elements until `place` is closed too; gives the entry, if that was one.
    fn close_down_to(&mut self, place: usize) -> Option<NodeId> {
        let mut closed = None;
        while self.open.len() > place {
            closed = self.pop().or(closed);
        }
        closed
    }

    fn pop(&mut self) -> Option<NodeId> {
        let open = self.open.pop()?;
        self.tree.close(open.node);
        for prefix in &open.prefixes {
            if let Some(spaces) = self.prefixes.get_mut(prefix) {
                spaces.pop();
                self.n_namespaces = self.n_namespaces.saturating_sub(1);
            }
        }
        if self.item == Some(self.open.len()) {
            self.item = None;
            return Some(open.node);
        }
        None
    }
}
