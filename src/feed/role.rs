//! What part an element plays in a feed, as far as mending the stack needs to know.

use std::borrow::Cow;

use super::names::Space;

/// The family of the document by its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Rss,
    Rdf,
    Atom,
    Cdf,
    Sitemap,
}

/// The part of an open element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Root, channel, or what wraps entries.
    Structure,
    /// An entry.
    Item,
    /// A field of a few words: title, link, guid, date.
    Leaf,
    /// A field of running text: description, summary, content.
    Rich,
    /// Anything else.
    Inside,
}

pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// The family that a root of this name (lower case, and as written) starts.
pub(super) fn root_family(
    name: &str,
    written: &str,
    attributes: &[(&str, &str)],
) -> Option<Family> {
    match name {
        "rss" | "item" => Some(Family::Rss),
        "rdf" => Some(Family::Rdf),
        "feed" | "entry" => Some(Family::Atom),
        "urlset" => Some(Family::Sitemap),
        "channel" => Some(channel_family(written, attributes)),
        _ => None,
    }
}

/// A `channel` as root: RSS 1.1, CDF (in capitals, its address in an attribute), or RSS that lost
/// its root.
fn channel_family(written: &str, attributes: &[(&str, &str)]) -> Family {
    let is_rss11 = attributes
        .iter()
        .any(|(name, value)| name.starts_with("xmlns") && value.contains("rss1.1"));
    let has_address = attributes
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("href") || name.eq_ignore_ascii_case("base"));
    if is_rss11 {
        Family::Rdf
    } else if has_address || written == "CHANNEL" {
        Family::Cdf
    } else {
        Family::Rss
    }
}

pub(super) fn is_container(name: &str) -> bool {
    matches!(name, "rss" | "rdf" | "feed" | "channel" | "urlset")
}

/// The role of a child by that of its parent.
pub(super) fn role_of(parent: Role, space: Space, name: &str) -> Role {
    if !matches!(parent, Role::Structure | Role::Item) {
        return Role::Inside;
    }
    match space {
        Space::Dc | Space::DcTerms => Role::Leaf,
        Space::Content if name == "encoded" => Role::Rich,
        Space::Xhtml if matches!(name, "body" | "div") => Role::Rich,
        Space::Plain | Space::Atom => match name {
            "title" | "link" | "guid" | "id" | "pubdate" | "published" | "updated" | "modified"
            | "issued" | "category" | "comments" => Role::Leaf,
            "author" if space == Space::Plain => Role::Leaf,
            "description" | "summary" | "content" | "subtitle" | "tagline" => Role::Rich,
            // `<items>` and its like wrap entries in the channel.
            "items" if parent == Role::Structure => Role::Structure,
            _ => Role::Inside,
        },
        Space::Content
        | Space::Itunes
        | Space::Media
        | Space::Rdf
        | Space::Syndication
        | Space::Xhtml
        | Space::Feedburner
        | Space::Sitemap
        | Space::News
        | Space::Other => Role::Inside,
    }
}

/// Whether a short field is over when this element starts inside it.
pub(super) fn ends_leaf(prefix: &str, name: &str) -> bool {
    match prefix.to_ascii_lowercase().as_str() {
        "" | "atom" | "rss" => matches!(
            name,
            "title"
                | "link"
                | "guid"
                | "id"
                | "pubdate"
                | "published"
                | "updated"
                | "description"
                | "summary"
                | "content"
                | "author"
                | "category"
                | "comments"
                | "enclosure"
                | "item"
                | "entry"
        ),
        "dc" | "content" | "media" | "itunes" | "slash" | "wfw" => true,
        _ => false,
    }
}

/// Whether a text field is over when this element starts inside it: the names that HTML has not.
pub(super) fn ends_rich(prefix: &str, name: &str) -> bool {
    prefix.is_empty()
        && matches!(
            name,
            "guid"
                | "id"
                | "pubdate"
                | "published"
                | "updated"
                | "enclosure"
                | "category"
                | "comments"
                | "item"
                | "entry"
        )
}

/// HTML elements that have no end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "img"
            | "input"
            | "wbr"
            | "area"
            | "col"
            | "embed"
            | "param"
            | "track"
            | "meta"
    )
}

/// HTML elements that end where the next of their kind starts.
pub(super) fn ends_itself(name: &str) -> bool {
    matches!(
        name,
        "p" | "li" | "tr" | "td" | "th" | "dt" | "dd" | "option"
    )
}
