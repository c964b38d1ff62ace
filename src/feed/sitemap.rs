//! One address of a news sitemap.

use crate::model::Entry;

use super::complaint::{Complaint, Complaints};
use super::entry::{Surroundings, read_entry};
use super::names::Space;
use super::tree::{NodeId, Tree};
use super::value::Values;

/// Reads a `url` with its `news:news`, which holds title, date and keywords; the address stands
/// outside of it.
pub(super) fn read_listed(
    tree: &Tree<'_>,
    complaints: &mut Complaints,
    node: NodeId,
    around: &Surroundings<'_>,
) -> Entry {
    let outer = read_entry(tree, complaints, node, around);
    let Some((news, _)) = tree.named(node, Space::News, "news").next() else {
        return outer;
    };
    // Its own complaints would say that it has no address: that stands outside.
    let inner = read_entry(tree, &mut Complaints::default(), news, around);
    if inner.published.is_none() && inner.published_raw.is_some() {
        complaints.note(Complaint::BadDate);
    }
    let language = publication(tree, complaints, node, "language");
    Entry {
        title: inner.title.or(outer.title),
        published: inner.published,
        published_raw: inner.published_raw,
        updated: outer.updated,
        categories: inner.categories,
        language: language.or(outer.language),
        image_url: outer
            .image_url
            .or_else(|| picture(tree, complaints, node, around)),
        ..outer
    }
}

/// What a listed address says of its publication: `name` or `language`.
pub(super) fn publication(
    tree: &Tree<'_>,
    complaints: &mut Complaints,
    node: NodeId,
    field: &'static str,
) -> Option<String> {
    let (news, _) = tree.named(node, Space::News, "news").next()?;
    let (publication, _) = tree.named(news, Space::News, "publication").next()?;
    let (child, _) = tree.named(publication, Space::News, field).next()?;
    let mut values = Values {
        tree,
        complaints,
        fallback_base: None,
    };
    values.line(child)
}

/// The first picture of the image extension (`image:image`, `image:loc`).
fn picture(
    tree: &Tree<'_>,
    complaints: &mut Complaints,
    node: NodeId,
    around: &Surroundings<'_>,
) -> Option<String> {
    let (image, _) = tree.named(node, Space::Other, "image").next()?;
    let (child, _) = tree.named(image, Space::Other, "loc").next()?;
    let values = Values {
        tree,
        complaints,
        fallback_base: around.fallback_base,
    };
    super::address::address(
        &values.word(child)?,
        values.base(child),
        around.limits.link_bytes,
    )
}
