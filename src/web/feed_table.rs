//! Which feeds the status page shows, and in which order.

use crate::model::{FeedHealth, Status};

/// Rows of one page: a phone still scrolls it, a slow line still loads it.
pub(super) const ROWS: usize = 200;

/// One page of the table of feeds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FeedPage<'a> {
    pub(super) rows: Vec<&'a FeedHealth>,
    /// This page, from 1 on.
    pub(super) page: usize,
    pub(super) n_pages: usize,
    pub(super) n_feeds: usize,
}

/// The feeds of a page: those with troubles first, the worst on top, then by label. Feeds that
/// are no longer configured are left out. A page that does not exist is the nearest that does.
pub(super) fn feed_page(status: &Status, page: usize) -> FeedPage<'_> {
    let mut feeds: Vec<_> = status
        .feeds
        .iter()
        .filter(|feed| feed.status != "removed")
        .collect();
    feeds.sort_by(|a, b| {
        (b.failures.cmp(&a.failures))
            .then_with(|| a.label.cmp(&b.label))
            .then_with(|| a.id.cmp(&b.id))
    });
    let n_feeds = feeds.len();
    let n_pages = n_feeds.div_ceil(ROWS).max(1);
    let page = page.clamp(1, n_pages);
    let rows = feeds
        .into_iter()
        .skip((page - 1) * ROWS)
        .take(ROWS)
        .collect();
    FeedPage {
        rows,
        page,
        n_pages,
        n_feeds,
    }
}
