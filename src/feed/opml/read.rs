//! Reading.

use std::collections::HashMap;

use super::super::complaint::Complaints;
use super::super::doctype::{Entities, entities};
use super::super::reference::decode as references;
use super::super::token::{Tag, Token, Tokenizer};
use super::name::{
    Kept, OWN_PREFIX, OWN_SPACE, OWN_TAGS, Role, Spaces, is_feed_type, local, names, role,
};
use super::{
    MAX_FEEDS, MAX_FOLDERS, MAX_LISTED_FOLDERS, MAX_TAG_ATTRIBUTES, OpmlError, OpmlFeed,
    OpmlFolder, OpmlList, filled, folders, line, short_line, split_categories,
};
use crate::text::{DocumentKind, decode};

/// Most outlines open at once; what stands deeper is read, but is in the folders above only.
const MAX_OPEN: usize = MAX_FOLDERS * 8;

/// Reads a subscription list: its feeds, those of one folder together, else in document order, and
/// what they do not say of its folders. An outline without a feed's address is a folder, whatever
/// else it may be.
///
/// Tolerant: any case of names, a prefix before `outline`, a missing head or root, `title` without
/// `text` and the other way round, `feedUrl`, `url` or `href` where `xmlUrl` should stand, stray
/// `&`, missing end tags, nested folders, comments, undeclared prefixes. The same address in
/// several folders is one feed with all folders and tags, and the attributes of its first outline;
/// a folder that stands in several places is one, with the attributes of the first that has any.
///
/// Does not keep: outlines with neither address nor name (what stands in them is in the folder
/// above), folders deeper than [`MAX_FOLDERS`], the place of a folder without feeds among what
/// stands beside it, an `xmlUrl` or a page that is empty, and the head.
///
/// # Errors
/// When not one feed is in it, or the bytes are no text.
pub fn read(bytes: &[u8]) -> Result<OpmlList, OpmlError> {
    let decoded = decode(bytes, None, DocumentKind::Xml).map_err(OpmlError::Charset)?;
    let entities = entities(&decoded.text).map_err(OpmlError::Gate)?;
    let mut complaints = Complaints::default();
    let mut tokenizer = Tokenizer::new(&decoded.text, MAX_TAG_ATTRIBUTES);
    let mut reader = Reader {
        entities: &entities,
        open: Vec::new(),
        n_beyond: 0,
        spaces: Spaces::default(),
        list: OpmlList::default(),
        places: HashMap::new(),
    };
    while let Some(token) = tokenizer.next(&mut complaints) {
        match token {
            Token::Start(tag) if is_outline(tag.name) => reader.outline(&tag),
            Token::Start(tag) => {
                // The root and what else is no outline: in force to the end.
                reader.declare(&tag);
            }
            Token::End(name) if is_outline(name) => reader.end_outline(),
            Token::End(_) | Token::Text(_) | Token::Raw(_) => {}
        }
    }
    while !reader.open.is_empty() {
        reader.close();
    }
    if reader.list.feeds.is_empty() {
        return Err(OpmlError::NoFeeds);
    }
    Ok(folders::in_order(reader.list))
}

fn is_outline(name: &str) -> bool {
    local(name).eq_ignore_ascii_case("outline")
}

/// An open outline.
#[derive(Debug)]
struct Open<'a> {
    /// Name of the folder; nothing for a feed, or a folder without a name.
    folder: Option<String>,
    /// Those of the folder.
    attributes: Vec<(String, String)>,
    /// A feed or a folder in it is known.
    is_filled: bool,
    /// The prefixes it declares.
    prefixes: Vec<&'a str>,
}

struct Reader<'a, 'e> {
    entities: &'e Entities,
    open: Vec<Open<'a>>,
    /// Outlines open beyond those that are remembered.
    n_beyond: usize,
    spaces: Spaces<'a>,
    /// `tags` of its feeds holds the categories only, until all is read.
    list: OpmlList,
    places: HashMap<String, usize>,
}

impl<'a> Reader<'a, '_> {
    fn outline(&mut self, tag: &Tag<'a>) {
        let prefixes = self.declare(tag);
        let mut outline = self.read_outline(tag);
        let mut open = Open {
            folder: None,
            attributes: Vec::new(),
            is_filled: false,
            prefixes,
        };
        if outline.url.is_none() {
            open.folder = outline.name.take();
            open.attributes = std::mem::take(&mut outline.attributes);
        }
        self.add(outline);
        if self.open.len() < MAX_OPEN {
            self.open.push(open);
            if tag.is_empty {
                self.close();
            }
        } else {
            self.n_beyond += usize::from(!tag.is_empty);
            self.spaces.forget(&open.prefixes);
        }
    }

    fn end_outline(&mut self) {
        if self.n_beyond > 0 {
            self.n_beyond -= 1;
        } else {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.spaces.forget(&open.prefixes);
        let is_filled = self.add_folder(open);
        if let Some(parent) = self.open.last_mut() {
            parent.is_filled |= is_filled;
        }
    }

    /// Lists a folder that the feeds in it do not tell; whether now something in its own folder is
    /// known.
    fn add_folder(&mut self, open: Open<'a>) -> bool {
        let Some(name) = open.folder else {
            return open.is_filled;
        };
        if open.is_filled && open.attributes.is_empty() {
            return true;
        }
        let mut path = self.path();
        path.push(name);
        if path.len() > MAX_FOLDERS {
            return open.is_filled;
        }
        if self.list.folders.len() < MAX_LISTED_FOLDERS {
            self.list.folders.push(OpmlFolder {
                path,
                attributes: open.attributes,
            });
        }
        true
    }

    /// The names of the open folders.
    fn path(&self) -> Vec<String> {
        self.open
            .iter()
            .filter_map(|open| open.folder.clone())
            .take(MAX_FOLDERS)
            .collect()
    }

    fn declare(&mut self, tag: &Tag<'a>) -> Vec<&'a str> {
        let mut prefixes = Vec::new();
        for &(name, raw) in &tag.attributes {
            if let Some(prefix) = name.strip_prefix("xmlns:") {
                let uri = short_line(&self.value(raw));
                self.spaces.declare(prefix, uri);
                prefixes.push(prefix);
            }
        }
        prefixes
    }

    fn value(&self, raw: &str) -> String {
        references(raw, self.entities, &mut Complaints::default()).into_owned()
    }

    fn add(&mut self, outline: Outline) {
        let Some(url) = outline.url else { return };
        if let Some(open) = self.open.last_mut() {
            open.is_filled = true;
        }
        let next = self.list.feeds.len();
        if next >= MAX_FEEDS && !self.places.contains_key(&url) {
            return;
        }
        let path = self.path();
        let place = *self.places.entry(url.clone()).or_insert(next);
        if place == next {
            self.list.feeds.push(OpmlFeed {
                url,
                attributes: outline.attributes,
                ..OpmlFeed::default()
            });
        }
        let Some(feed) = self.list.feeds.get_mut(place) else {
            return;
        };
        feed.title = feed.title.take().or(outline.name);
        add_once(&mut feed.folders, Some(path));
        add_once(&mut feed.tags, outline.categories);
    }

    fn read_outline(&self, tag: &Tag<'_>) -> Outline {
        let values: Vec<(&str, Role, String)> = tag
            .attributes
            .iter()
            .map(|&(name, raw)| (name, role(name), self.value(raw)))
            .collect();
        let (chosen, url) = address_of(&values).unzip();
        let mut outline = Outline {
            url,
            ..Outline::default()
        };
        let mut parts = Parts {
            is_feed: outline.url.is_some(),
            ..Parts::default()
        };
        for (at, (name, role, value)) in values.iter().enumerate() {
            if chosen != Some(at) {
                self.take(name, *role, value, &mut parts);
            }
        }
        let names = names(outline.url.as_deref(), parts.text, parts.title);
        outline.name = names.name;
        outline.attributes = parts
            .kept
            .finish(parts.kind, names.other_title, parts.is_feed);
        outline.categories = parts.tags;
        outline.categories.extend(parts.categories);
        outline
    }

    fn take(&self, name: &str, role: Role, value: &str, parts: &mut Parts) {
        match role {
            // A second one of the same kind; the first was taken.
            Role::Address(0) => {}
            Role::Text => parts.text = filled(value).or(parts.text.take()),
            Role::Title => parts.title = filled(value).or(parts.title.take()),
            Role::Category if parts.is_feed => parts.categories.extend(split_categories(value)),
            Role::Type => parts.kind = filled(value).or(parts.kind.take()),
            Role::Page => {
                if let Some(page) = filled(value) {
                    parts.kept.keep("htmlUrl", page, None);
                }
            }
            Role::Address(_) | Role::TypedAddress(_) | Role::Category | Role::Other => {
                self.take_other(name, value, parts);
            }
        }
    }

    fn take_other(&self, name: &str, value: &str, parts: &mut Parts) {
        let Some((prefix, inner)) = name.split_once(':') else {
            parts.kept.keep(name, short_line(value), None);
            return;
        };
        let uri = self.spaces.get(prefix);
        let is_own = prefix == OWN_PREFIX || uri == Some(OWN_SPACE);
        if is_own && inner == OWN_TAGS {
            let tags: Vec<String> = serde_json::from_str(value).unwrap_or_default();
            parts.tags.extend(tags.iter().filter_map(|tag| filled(tag)));
        } else if !is_own {
            parts.kept.keep(name, short_line(value), uri);
        }
    }
}

fn add_once<T: PartialEq>(known: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for item in more {
        if known.len() < MAX_FOLDERS && !known.contains(&item) {
            known.push(item);
        }
    }
}

/// The feed's address, with its place among the attributes.
fn address_of(values: &[(&str, Role, String)]) -> Option<(usize, String)> {
    let is_typed = values
        .iter()
        .any(|(_, role, value)| *role == Role::Type && is_feed_type(value));
    let rank = |role: Role| match role {
        Role::Address(rank) => Some(rank),
        Role::TypedAddress(rank) => Some(rank).filter(|_| is_typed),
        Role::Text | Role::Title | Role::Category | Role::Type | Role::Page | Role::Other => None,
    };
    let address = |(at, (_, role, value)): (usize, &(&str, Role, String))| {
        let url = line(value);
        Some((rank(*role)?, at, url)).filter(|(_, _, url)| !url.is_empty())
    };
    let (_, at, url) = values
        .iter()
        .enumerate()
        .filter_map(address)
        .min_by_key(|(rank, at, _)| (*rank, *at))?;
    Some((at, url))
}

/// What an outline says, sorted out.
#[derive(Debug, Default)]
struct Parts {
    is_feed: bool,
    text: Option<String>,
    title: Option<String>,
    kind: Option<String>,
    /// Tags in feedmill's own attribute, which come before the categories.
    tags: Vec<String>,
    categories: Vec<String>,
    kept: Kept,
}

#[derive(Debug, Default)]
struct Outline {
    url: Option<String>,
    name: Option<String>,
    categories: Vec<String>,
    attributes: Vec<(String, String)>,
}
