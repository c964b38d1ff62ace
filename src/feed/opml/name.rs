//! Names: of attributes, of what their prefixes mean, and of feeds.

use std::collections::HashMap;

use super::{MAX_ATTRIBUTES, filled, line, short_line};

/// The namespace of the attributes that feedmill adds.
pub(super) const OWN_SPACE: &str = "urn:feedmill:opml";
/// Its prefix.
pub(super) const OWN_PREFIX: &str = "feedmill";
/// All tags of a feed that are no folders, as a JSON array of strings: for tags that `category`
/// cannot hold, since it parts at commas and slashes.
pub(super) const OWN_TAGS: &str = "tags";

/// What is known of an attribute by its name, in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The feed's address; the lower number wins.
    Address(u8),
    /// The feed's address where `type` says that the outline is a feed; elsewhere a page or a list.
    TypedAddress(u8),
    Text,
    Title,
    Category,
    Type,
    /// Address of the site.
    Page,
    /// Anything else.
    Other,
}

pub(super) fn role(name: &str) -> Role {
    match name.to_ascii_lowercase().as_str() {
        "xmlurl" | "xml_url" | "xml-url" => Role::Address(0),
        "feedurl" | "feed_url" | "feed-url" => Role::Address(1),
        "url" => Role::TypedAddress(2),
        "href" => Role::TypedAddress(3),
        "text" => Role::Text,
        "title" => Role::Title,
        "category" => Role::Category,
        "type" => Role::Type,
        "htmlurl" | "html_url" | "html-url" => Role::Page,
        _ => Role::Other,
    }
}

/// Whether the `type` of an outline says that it is a feed.
pub(super) fn is_feed_type(kind: &str) -> bool {
    matches!(
        line(kind).to_ascii_lowercase().as_str(),
        "rss" | "atom" | "feed"
    )
}

/// The name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Whether an attribute of this name can be written (Namespaces in XML 1.0, 3 and 4).
pub fn is_attribute_name(name: &str) -> bool {
    match name.split_once(':') {
        Some((prefix, local)) => is_plain_name(prefix) && is_plain_name(local),
        None => is_plain_name(name),
    }
}

/// A name without a colon (`NCName`).
fn is_plain_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(starts_name) && chars.all(continues_name)
}

/// XML 1.0 (fifth edition), 2.3, `NameStartChar` without the colon.
fn starts_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '_' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
        | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// `NameChar`.
fn continues_name(c: char) -> bool {
    starts_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// What a prefix means that no one declared: a list with it is broken, but is still read, and
/// written so that it is whole.
pub(super) fn undeclared(prefix: &str) -> String {
    // Cleaned like any declaration that is read: a name may hold invisible characters.
    short_line(&format!("urn:feedmill:undeclared:{prefix}"))
}

/// Whether a declaration may stand: not one of the two that XML keeps for itself, and
/// none of those that only stand for a missing one.
pub(super) fn is_declaration(prefix: &str, uri: &str) -> bool {
    const RESERVED: [&str; 2] = [
        "http://www.w3.org/XML/1998/namespace",
        "http://www.w3.org/2000/xmlns/",
    ];
    !RESERVED.contains(&uri) && uri != undeclared(prefix)
}

/// What the prefixes mean that are in scope.
#[derive(Debug, Default)]
pub(super) struct Spaces<'a> {
    meanings: HashMap<&'a str, Vec<String>>,
}

impl<'a> Spaces<'a> {
    pub(super) fn get(&self, prefix: &str) -> Option<&str> {
        Some(self.meanings.get(prefix)?.last()?)
    }

    pub(super) fn declare(&mut self, prefix: &'a str, uri: String) {
        self.meanings.entry(prefix).or_default().push(uri);
    }

    /// The end of what declared the prefixes.
    pub(super) fn forget(&mut self, prefixes: &[&'a str]) {
        for prefix in prefixes {
            if let Some(meanings) = self.meanings.get_mut(prefix) {
                meanings.pop();
            }
        }
    }
}

/// The attributes of one outline that are kept: each name can be written and stands once, prefixes
/// with their declarations.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) list: Vec<(String, String)>,
}

impl Kept {
    /// Keeps an attribute; `uri` is what its prefix was declared to mean.
    pub(super) fn keep(&mut self, name: &str, value: String, uri: Option<&str>) {
        let is_known = self.list.iter().any(|(known, _)| known == name);
        if is_known || !is_attribute_name(name) || self.list.len() + 2 > MAX_ATTRIBUTES {
            return;
        }
        if let Some((prefix, local)) = name.split_once(':') {
            let uri = uri.and_then(filled);
            let uri = uri.filter(|uri| is_declaration(prefix, uri));
            if matches!(prefix, "xmlns" | OWN_PREFIX) || uri.as_deref() == Some(OWN_SPACE) {
                return;
            }
            if prefix != "xml" {
                let meaning = uri.clone().unwrap_or_else(|| undeclared(prefix));
                if self.has(local, &meaning) {
                    return;
                }
                let declaration = format!("xmlns:{prefix}");
                if let Some(uri) = uri
                    && self.list.iter().all(|(known, _)| *known != declaration)
                {
                    self.list.push((declaration, uri));
                }
            }
        } else if name == "xmlns" {
            return;
        }
        self.list.push((name.to_owned(), value));
    }

    /// All that is kept, with `type` and a title that is not the name at the front, where they are
    /// written. Of a feed, `rss` is no type worth keeping.
    pub(super) fn finish(
        self,
        kind: Option<String>,
        other_title: Option<String>,
        is_feed: bool,
    ) -> Vec<(String, String)> {
        let kind = kind.filter(|kind| !(is_feed && kind.eq_ignore_ascii_case("rss")));
        kind.map(|kind| ("type".to_owned(), kind))
            .into_iter()
            .chain(other_title.map(|title| ("title".to_owned(), title)))
            .chain(self.list)
            .collect()
    }

    /// Whether an attribute of the same meaning is there under another prefix, which would be no
    /// XML with namespaces (6.3).
    fn has(&self, local: &str, uri: &str) -> bool {
        self.list
            .iter()
            .filter_map(|(name, _)| name.split_once(':'))
            .filter(|(prefix, known)| *known == local && !matches!(*prefix, "xmlns" | "xml"))
            .any(|(prefix, _)| meaning(&self.list, prefix) == uri)
    }
}

/// What a prefix means among the attributes of an outline.
pub(super) fn meaning(attributes: &[(String, String)], prefix: &str) -> String {
    attributes
        .iter()
        .find(|(name, _)| name.strip_prefix("xmlns:") == Some(prefix))
        .map_or_else(|| undeclared(prefix), |(_, uri)| uri.clone())
}

/// What an outline is called.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) name: Option<String>,
    /// The title, where it is not the name.
    pub(super) other_title: Option<String>,
}

/// `text` is what OPML asks for, `title` what some exports have instead. A feed without a name has
/// its address there, since OPML wants some text.
pub(super) fn names(url: Option<&str>, text: Option<String>, title: Option<String>) -> Names {
    let url = url.map(short_line);
    let is_name = |name: &String| Some(name) != url.as_ref();
    let text = text.filter(is_name);
    let title = title.filter(is_name);
    match text {
        None => Names {
            name: title,
            other_title: None,
        },
        Some(text) => Names {
            other_title: title.filter(|title| *title != text),
            name: Some(text),
        },
    }
}
