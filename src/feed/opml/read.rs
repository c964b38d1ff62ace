//! Reading.

use std::collections::HashMap;

use super::super::complaint::Complaints;
use super::super::doctype::{Entities, entities};
use super::super::reference::decode as references;
use super::super::token::{Tag, Token, Tokenizer};
use super::name::{Kept, OWN_PREFIX, OWN_SPACE, OWN_TAGS, Role, local, names, role};
use super::{
    MAX_FEEDS, MAX_FOLDERS, MAX_TAG_ATTRIBUTES, OpmlError, OpmlFeed, filled, folders, line,
    short_line, split_categories,
};
use crate::text::{DocumentKind, decode};

/// Most outlines open at once; what stands deeper is read, but is in the folders above only.
const MAX_OPEN: usize = MAX_FOLDERS * 8;

/// Reads the feeds of a subscription list, those of one folder together, else in document order.
///
/// Tolerant: any case of names, a prefix before `outline`, a missing head or root, `title` without
/// `text` and the other way round, `feedUrl`, `url` or `href` where `xmlUrl` should stand, stray
/// `&`, missing end tags, nested folders, comments, undeclared prefixes. The same address in
/// several folders is one feed with all folders and tags, and the attributes of its first outline.
///
/// Does not keep: outlines that are no feeds and hold none, and attributes of folders.
///
/// # Errors
/// When not one feed is in it, or the bytes are no text.
pub fn read(bytes: &[u8]) -> Result<Vec<OpmlFeed>, OpmlError> {
    let decoded = decode(bytes, None, DocumentKind::Xml).map_err(OpmlError::Charset)?;
    let entities = entities(&decoded.text).map_err(OpmlError::Gate)?;
    let mut complaints = Complaints::default();
    let mut tokenizer = Tokenizer::new(&decoded.text, MAX_TAG_ATTRIBUTES);
    let mut reader = Reader {
        entities: &entities,
        open: Vec::new(),
        n_beyond: 0,
        spaces: Spaces::default(),
        feeds: Vec::new(),
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
    if reader.feeds.is_empty() {
        return Err(OpmlError::NoFeeds);
    }
    Ok(folders::in_order(reader.feeds))
}

fn is_outline(name: &str) -> bool {
    local(name).eq_ignore_ascii_case("outline")
}

/// What the prefixes mean that are in scope.
#[derive(Debug, Default)]
struct Spaces<'a> {
    meanings: HashMap<&'a str, Vec<String>>,
}

impl<'a> Spaces<'a> {
    fn get(&self, prefix: &str) -> Option<&str> {
        Some(self.meanings.get(prefix)?.last()?)
    }

    fn forget(&mut self, prefixes: &[&'a str]) {
        for prefix in prefixes {
            if let Some(meanings) = self.meanings.get_mut(prefix) {
                meanings.pop();
            }
        }
    }
}

/// An open outline.
#[derive(Debug)]
struct Open<'a> {
    /// Name of the folder; nothing for a feed, or a folder without a name.
    folder: Option<String>,
    /// The prefixes it declares.
    prefixes: Vec<&'a str>,
}

struct Reader<'a, 'e> {
    entities: &'e Entities,
    open: Vec<Open<'a>>,
    /// Outlines open beyond those that are remembered.
    n_beyond: usize,
    spaces: Spaces<'a>,
    /// `tags` holds the categories only, until all is read.
    feeds: Vec<OpmlFeed>,
    places: HashMap<String, usize>,
}

impl<'a> Reader<'a, '_> {
    fn outline(&mut self, tag: &Tag<'a>) {
        let prefixes = self.declare(tag);
        let outline = self.read_outline(tag);
        let is_feed = outline.url.is_some();
        let name = outline.name.clone();
        self.add(outline);
        if tag.is_empty {
            self.spaces.forget(&prefixes);
        } else if self.open.len() < MAX_OPEN {
            self.open.push(Open {
                folder: name.filter(|_| !is_feed),
                prefixes,
            });
        } else {
            self.n_beyond += 1;
            self.spaces.forget(&prefixes);
        }
    }

    fn end_outline(&mut self) {
        if self.n_beyond > 0 {
            self.n_beyond -= 1;
        } else if let Some(open) = self.open.pop() {
            self.spaces.forget(&open.prefixes);
        }
    }

    fn declare(&mut self, tag: &Tag<'a>) -> Vec<&'a str> {
        let mut prefixes = Vec::new();
        for &(name, raw) in &tag.attributes {
            if let Some(prefix) = name.strip_prefix("xmlns:") {
                let uri = short_line(&self.value(raw));
                self.spaces.meanings.entry(prefix).or_default().push(uri);
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
        let next = self.feeds.len();
        if next >= MAX_FEEDS && !self.places.contains_key(&url) {
            return;
        }
        let path: Vec<String> = self
            .open
            .iter()
            .filter_map(|open| open.folder.clone())
            .take(MAX_FOLDERS)
            .collect();
        let place = *self.places.entry(url.clone()).or_insert(next);
        if place == next {
            self.feeds.push(OpmlFeed {
                url,
                attributes: outline.attributes,
                ..OpmlFeed::default()
            });
        }
        let Some(feed) = self.feeds.get_mut(place) else {
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
        let mut parts = Parts::default();
        for (at, (name, role, value)) in values.iter().enumerate() {
            if chosen != Some(at) {
                self.take(name, *role, value, &mut parts);
            }
        }
        let names = names(outline.url.as_deref(), parts.text, parts.title);
        outline.name = names.name;
        outline.attributes = parts.kept.finish(parts.kind, names.other_title);
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
            Role::Category => parts.categories.extend(split_categories(value)),
            Role::Type => parts.kind = filled(value).or(parts.kind.take()),
            Role::Page => {
                if let Some(page) = filled(value) {
                    parts.kept.keep("htmlUrl", page, None);
                }
            }
            Role::Address(_) | Role::TypedAddress(_) | Role::Other => {
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
    let is_typed = values.iter().any(|(_, role, value)| {
        *role == Role::Type
            && matches!(
                line(value).to_ascii_lowercase().as_str(),
                "rss" | "atom" | "feed"
            )
    });
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
