//! Enclosures and pictures of an entry.

use crate::model::Enclosure;

use super::address::address;
use super::complaint::Complaint;
use super::link::Link;
use super::names::Space;
use super::source::FeedLimits;
use super::tree::{Element, NodeId};
use super::value::Values;

/// Attached media: RSS `enclosure`, Atom links of that relation, `media:content` (in groups too).
/// Each address once; one without an address is left out.
pub(super) fn enclosures(
    values: &mut Values<'_, '_>,
    node: NodeId,
    links: &[Link],
    limits: &FeedLimits,
) -> Vec<Enclosure> {
    let mut found: Vec<Enclosure> = Vec::new();
    let tree = values.tree;
    for (child, element) in tree.elements(node) {
        match (element.space, element.name.as_ref()) {
            (Space::Plain | Space::Rdf | Space::Other, "enclosure") | (Space::Media, "content") => {
                push_element(values, child, element, limits, &mut found);
            }
            (Space::Other, "alternateenclosure") => {
                push_alternates(values, child, element, limits, &mut found);
            }
            (Space::Media, "group") => {
                for (inner, content) in tree.named(child, Space::Media, "content") {
                    push_element(values, inner, content, limits, &mut found);
                }
            }
            _ => {}
        }
    }
    for link in links.iter().filter(|link| link.has_rel("enclosure")) {
        let enclosure = Enclosure {
            url: link.url.clone(),
            media_type: link.media_type.clone(),
            length: link.length.as_deref().and_then(|raw| length(values, raw)),
        };
        push(values, enclosure, &mut found);
    }
    found
}

fn push_element(
    values: &mut Values<'_, '_>,
    node: NodeId,
    element: &Element<'_>,
    limits: &FeedLimits,
    found: &mut Vec<Enclosure>,
) {
    let raw = ["url", "href", "resource", "src"]
        .into_iter()
        .find_map(|name| element.filled(name))
        .map(str::to_owned)
        .or_else(|| values.word(node));
    let url = raw.and_then(|raw| address(&raw, values.base(node), limits.link_bytes));
    let Some(url) = url else {
        if element.name == "enclosure" {
            values.complaints.note(Complaint::BadUrl);
        }
        return;
    };
    let declared = element
        .filled("length")
        .or_else(|| element.filled("filesize"));
    push_file(values, url, element.filled("type"), declared, found);
}

fn push_file(
    values: &mut Values<'_, '_>,
    url: String,
    media_type: Option<&str>,
    declared_length: Option<&str>,
    found: &mut Vec<Enclosure>,
) {
    let enclosure = Enclosure {
        url,
        media_type: media_type.map(crate::text::clean_line),
        length: declared_length.and_then(|raw| length(values, raw)),
    };
    push(values, enclosure, found);
}

/// The same episode in another form (podcast namespace): the type outside, the addresses inside.
fn push_alternates(
    values: &mut Values<'_, '_>,
    node: NodeId,
    outer: &Element<'_>,
    limits: &FeedLimits,
    found: &mut Vec<Enclosure>,
) {
    let tree = values.tree;
    for (child, source) in tree.named(node, Space::Other, "source") {
        let raw = source.filled("uri");
        let Some(url) = raw.and_then(|raw| address(raw, values.base(child), limits.link_bytes))
        else {
            continue;
        };
        let media_type = outer
            .filled("type")
            .or_else(|| source.filled("contenttype"));
        push_file(values, url, media_type, outer.filled("length"), found);
    }
}

fn length(values: &mut Values<'_, '_>, raw: &str) -> Option<u64> {
    let digits: String = raw
        .trim()
        .chars()
        .filter(|c| !matches!(c, ',' | '.' | ' '))
        .collect();
    // SQLite and JSON readers hold 63 bits.
    let length = digits
        .parse()
        .ok()
        .filter(|&length| i64::try_from(length).is_ok());
    if length.is_none() {
        values.complaints.note(Complaint::BadLength);
    }
    length
}

fn push(values: &mut Values<'_, '_>, enclosure: Enclosure, found: &mut Vec<Enclosure>) {
    if let Some(known) = found.iter_mut().find(|known| known.url == enclosure.url) {
        known.media_type = known.media_type.take().or(enclosure.media_type);
        known.length = known.length.or(enclosure.length);
    } else if found.len() >= super::entry::MAX_PARTS {
        values.complaints.note(Complaint::TooManyParts);
    } else {
        found.push(enclosure);
    }
}

/// A picture for the entry: thumbnail, iTunes image, a picture among the media, RSS `image`.
pub(super) fn image(values: &Values<'_, '_>, node: NodeId, limits: &FeedLimits) -> Option<String> {
    let mut best: Option<(u8, String)> = None;
    let groups: Vec<NodeId> = std::iter::once(node)
        .chain(
            values
                .tree
                .named(node, Space::Media, "group")
                .map(|(group, _)| group),
        )
        .chain(
            values
                .tree
                .named(node, Space::Media, "content")
                .map(|(content, _)| content),
        )
        .take(MAX_PLACES)
        .collect();
    for group in groups {
        for (child, element) in values.tree.elements(group).take(MAX_PLACES) {
            let Some(rank) = picture_rank(element) else {
                continue;
            };
            if best.as_ref().is_some_and(|(known, _)| *known <= rank) {
                continue;
            }
            let raw = ["url", "href", "src"]
                .into_iter()
                .find_map(|name| element.filled(name))
                .map(str::to_owned)
                .or_else(|| values.word(child));
            let url = raw.and_then(|raw| address(&raw, values.base(child), limits.link_bytes));
            best = url.map(|url| (rank, url)).or(best);
        }
    }
    best.map(|(_, url)| url)
}

/// Children looked at for a picture.
const MAX_PLACES: usize = 500;

fn picture_rank(element: &Element<'_>) -> Option<u8> {
    let is_picture = |name| {
        element
            .filled(name)
            .is_some_and(|value| value.to_ascii_lowercase().starts_with("image"))
    };
    match (element.space, element.name.as_ref()) {
        (Space::Media, "content") if is_picture("medium") || is_picture("type") => Some(0),
        (Space::Media, "thumbnail") => Some(1),
        (Space::Itunes, "image") => Some(2),
        (Space::Plain, "enclosure") if is_picture("type") => Some(3),
        (Space::Plain, "image") if element.filled("url").is_some() => Some(4),
        _ => None,
    }
}
