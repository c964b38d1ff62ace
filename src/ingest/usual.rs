//! What a feed's pages are usually like, and when they stopped being it.
//!
//! A site that changes its layout is still read, but wrongly: a teaser here, a menu there. Each page
//! alone may be what it seems to be; a row of them that fall far below everything seen of late is
//! not. Pure.

use crate::model::{PageMeasure, UsualPages};

/// Pages that are needed to say what is usual.
const LEAST: usize = 10;

/// Pages that are remembered.
const MOST: usize = 20;

/// Pages in a row that fall far below before the layout is taken for another one.
const STREAK: usize = 5;

/// Pages in a row that are as usual before all is well again.
const GOOD_AGAIN: u32 = 3;

/// Hundredths of the usual number of words, and of the usual quality, under which a page falls far
/// below.
const WORDS_SHARE: u32 = 40;
const QUALITY_SHARE: u32 = 50;

/// A change that a person wants to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Pages are no longer what they were.
    Changed,
    /// They are again.
    AsBefore,
}

/// Takes a page in; a page that gave no text has no words.
pub(super) fn observe(usual: &mut UsualPages, page: PageMeasure) -> Option<Turn> {
    if usual.latest.len() < LEAST {
        // Nothing is usual yet; what cannot be read at all will not become it.
        if page.words > 0 {
            usual.latest.push(page);
        }
        return None;
    }
    let falls_below = falls_far_below(page, &usual.latest);
    match (usual.is_layout_changed, falls_below) {
        (false, false) => {
            // Such pages come and go here: they are part of what is usual.
            let below = std::mem::take(&mut usual.below);
            usual.latest.extend(below);
            add(usual, page);
            None
        }
        (false, true) => {
            usual.below.push(page);
            if usual.below.len() < STREAK {
                return None;
            }
            usual.below.clear();
            usual.n_good = 0;
            usual.is_layout_changed = true;
            Some(Turn::Changed)
        }
        (true, true) => {
            usual.n_good = 0;
            None
        }
        (true, false) => {
            add(usual, page);
            usual.n_good += 1;
            if usual.n_good < GOOD_AGAIN {
                return None;
            }
            usual.is_layout_changed = false;
            Some(Turn::AsBefore)
        }
    }
}

fn add(usual: &mut UsualPages, page: PageMeasure) {
    usual.latest.push(page);
    let n_old = usual.latest.len().saturating_sub(MOST);
    usual.latest.drain(..n_old);
}

/// Far below the middle of the latest pages, and below nine of ten of them: where lengths vary much,
/// a short page is nothing out of the way.
fn falls_far_below(page: PageMeasure, latest: &[PageMeasure]) -> bool {
    let words = Spread::of(latest.iter().map(|page| page.words));
    let quality = Spread::of(latest.iter().map(|page| page.quality));
    words.is_far_above(page.words, WORDS_SHARE) || quality.is_far_above(page.quality, QUALITY_SHARE)
}

/// The middle of some numbers and that which nine of ten reach.
struct Spread {
    middle: u32,
    low: u32,
}

impl Spread {
    fn of(numbers: impl Iterator<Item = u32>) -> Self {
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        let at = |place: usize| numbers.get(place).copied().unwrap_or(0);
        Self {
            middle: at(numbers.len() / 2),
            low: at(numbers.len() / 10),
        }
    }

    fn is_far_above(&self, number: u32, hundredths: u32) -> bool {
        let number = u64::from(number);
        number < u64::from(self.low)
            && number * 100 < u64::from(self.middle) * u64::from(hundredths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: PageMeasure = PageMeasure {
        words: 0,
        quality: 0,
    };

    fn page(words: u32) -> PageMeasure {
        PageMeasure { words, quality: 85 }
    }

    /// The turns that pages bring about, with the number of the page.
    fn turns(
        usual: &mut UsualPages,
        pages: impl IntoIterator<Item = PageMeasure>,
    ) -> Vec<(usize, Turn)> {
        let mut turns = Vec::new();
        for (n, page) in (1..).zip(pages) {
            turns.extend(observe(usual, page).map(|turn| (n, turn)));
        }
        turns
    }

    fn well_known() -> UsualPages {
        let mut usual = UsualPages::default();
        assert!(turns(&mut usual, (0..30).map(|n| page(500 + n * 7 % 90))).is_empty());
        usual
    }

    #[test]
    fn the_fifth_page_far_below_in_a_row_raises_the_alarm_and_the_third_good_one_ends_it() {
        for bad in [
            page(150),
            EMPTY,
            PageMeasure {
                words: 510,
                quality: 30,
            },
        ] {
            let mut usual = well_known();
            assert_eq!(turns(&mut usual, [bad; 9]), [(5, Turn::Changed)], "{bad:?}");
            assert!(usual.is_layout_changed);
            assert!(turns(&mut usual, [page(520), page(520), bad]).is_empty());
            assert_eq!(turns(&mut usual, [page(520); 5]), [(3, Turn::AsBefore)]);
            assert!(!usual.is_layout_changed);
        }
    }

    #[test]
    fn four_are_chance() {
        let mut usual = well_known();
        for _ in 0..3 {
            assert!(turns(&mut usual, [EMPTY, EMPTY, EMPTY, EMPTY, page(500)]).is_empty());
        }
    }

    #[test]
    fn nothing_is_usual_before_the_tenth_page() {
        let mut usual = UsualPages::default();
        let pages = [page(500); 9].into_iter().chain([EMPTY; 20]);
        assert!(turns(&mut usual, pages).is_empty());
    }

    #[test]
    fn a_feed_of_briefs_raises_no_alarm() {
        let mut usual = UsualPages::default();
        assert!(turns(&mut usual, (0..200).map(|n| page(20 + n * 13 % 30))).is_empty());
    }

    #[test]
    fn a_feed_that_mixes_long_and_short_raises_no_alarm() {
        let mut usual = UsualPages::default();
        let lengths = (0..400_u32).map(|n| {
            if n * 7 % 10 < 3 {
                page(40 + n % 9)
            } else {
                page(900)
            }
        });
        assert!(turns(&mut usual, lengths).is_empty());
        // Once they are known, many of them in a row are nothing new.
        assert!(turns(&mut usual, [page(45); 12]).is_empty());
    }

    #[test]
    fn pages_that_can_never_be_read_are_usual_where_they_come_and_go() {
        let mut usual = UsualPages::default();
        let pages = (0..400_u32).map(|n| {
            if n.is_multiple_of(4) {
                EMPTY
            } else {
                page(700)
            }
        });
        assert!(turns(&mut usual, pages).is_empty());
        assert!(turns(&mut usual, [EMPTY; 12]).is_empty());
    }

    #[test]
    fn memories_stay_small() {
        let mut usual = well_known();
        turns(&mut usual, [page(10); 50]);
        assert!(usual.latest.len() <= MOST && usual.below.len() < STREAK);
    }
}
