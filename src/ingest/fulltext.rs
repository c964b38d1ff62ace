//! `content = "auto"`: learning which feeds carry the whole text.
//!
//! While it is learning, pages are fetched and compared with what the feed said. After
//! [`STREAK_NEEDED`] pages in a row that told nothing more, pages are no longer asked for, save
//! every [`RECHECK_EVERY`]th entry, so that a feed that goes over to summaries is noticed.

use crate::model::FeedMemory;

/// Pages in a row on which the feed had the whole text. Five: a feed whose short items are
/// whole and whose long ones are not shows itself within a handful of entries.
const STREAK_NEEDED: u32 = 5;

/// One page in so many is still fetched once the feed is trusted.
const RECHECK_EVERY: u32 = 20;

/// Share of the page's words that the feed's text must have to count as whole.
const WHOLE_SHARE: f64 = 0.9;

/// The feed's own text can stand for the page of its `n_seen`th new entry.
pub(super) fn can_skip_page(memory: &FeedMemory, n_seen: u32) -> bool {
    memory.full_text_streak >= STREAK_NEEDED && !n_seen.is_multiple_of(RECHECK_EVERY)
}

/// Whether a feed text of `n_feed_words` tells what a page text of `n_page_words` tells, given
/// the share of the smaller text's shingles that stand in the other.
pub(super) fn is_whole(n_feed_words: u32, n_page_words: u32, containment: f64) -> bool {
    n_page_words > 0
        && f64::from(n_feed_words) >= WHOLE_SHARE * f64::from(n_page_words)
        && containment >= WHOLE_SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_trusted_after_five_whole_entries_and_still_checked() {
        let mut memory = FeedMemory::default();
        assert!(!can_skip_page(&memory, 1));
        memory.full_text_streak = 5;
        assert!(can_skip_page(&memory, 1));
        assert!(!can_skip_page(&memory, 20));
    }

    #[test]
    fn a_teaser_is_not_whole() {
        assert!(!is_whole(60, 600, 1.0));
        assert!(is_whole(580, 600, 0.97));
        assert!(!is_whole(600, 600, 0.3));
        assert!(!is_whole(0, 0, 1.0));
    }
}
