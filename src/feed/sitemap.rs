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
    let language = tree
        .named(news, Space::News, "publication")
        .find_map(|(publication, _)| {
            let (child, _) = tree.named(publication, Space::News, "language").next()?;
            let values = Values {
                tree,
                complaints: &mut *complaints,
                fallback_base: None,
            };
            values.word(child)
        });
    Entry {
        title: inner.title.or(outer.title),
        published: inner.published,
        published_raw: inner.published_raw,
        updated: outer.updated,
        categories: inner.categories,
        language: language.or(outer.language),
        ..outer
    }
}
