//! Links of an entry or a feed: RSS `link` with text, Atom `link` with attributes.

use super::names::Space;
use super::tree::NodeId;
use super::value::Values;

/// A link that leads somewhere.
#[derive(Debug)]
pub(super) struct Link {
    /// `None` for RSS `link`.
    pub(super) rel: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) length: Option<String>,
    /// Resolved.
    pub(super) url: String,
}

impl Link {
    /// The media type without its parameters.
    fn bare_media_type(&self) -> Option<&str> {
        let media_type = self.media_type.as_deref()?;
        Some(media_type.split(';').next().unwrap_or(media_type).trim())
    }

    pub(super) fn has_rel(&self, rel: &str) -> bool {
        self.rel
            .as_deref()
            .is_some_and(|own| own.split_ascii_whitespace().any(|word| word == rel))
    }
}

/// All links that are children of a node, in order.
pub(super) fn links(values: &Values<'_, '_>, node: NodeId, limit_bytes: usize) -> Vec<Link> {
    let mut links = Vec::new();
    for (child, element) in values.tree.elements(node) {
        if element.name != "link" || !matches!(element.space, Space::Plain | Space::Atom) {
            continue;
        }
        let base = values.base(child);
        let is_atom = element.space == Space::Atom;
        let (raw, rel) = match element
            .filled("href")
            .or_else(|| element.filled("resource"))
        {
            Some(href) => (href.to_owned(), Some(relation(element.filled("rel")))),
            None if is_atom => (
                values.word(child).unwrap_or_default(),
                Some(relation(element.filled("rel"))),
            ),
            None => (values.word(child).unwrap_or_default(), None),
        };
        if let Some(url) = super::address::address(&raw, base, limit_bytes) {
            links.push(Link {
                rel,
                media_type: element.filled("type").map(str::to_ascii_lowercase),
                length: element.filled("length").map(str::to_owned),
                url,
            });
        }
    }
    links
}

/// The relation in lower case, without the registry's address in front (RFC 4287, 4.2.7.2).
fn relation(rel: Option<&str>) -> String {
    let rel = rel.unwrap_or("alternate").to_ascii_lowercase();
    match rel.rsplit_once("/relation/") {
        Some((registry, name)) if registry.contains("iana.org") => name.to_owned(),
        Some(_) | None => rel
            .strip_prefix("http://www.iana.org/assignments/link-relations/")
            .map_or_else(|| rel.clone(), str::to_owned),
    }
}

/// The address of the page that a set of links is about.
///
/// RSS `link` first; then the alternates, those that are HTML or do not say before those that are
/// something else.
pub(super) fn page_link(links: &[Link]) -> Option<&str> {
    let rank = |link: &Link| -> Option<u8> {
        match &link.rel {
            None => Some(0),
            Some(_) if link.has_rel("alternate") => Some(match link.bare_media_type() {
                Some("text/html" | "application/xhtml+xml" | "html") | None => 1,
                Some(_) => 2,
            }),
            Some(_) => None,
        }
    };
    links
        .iter()
        .filter_map(|link| Some((rank(link)?, link)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, link)| link.url.as_str())
}
