//! Which of the last days' articles have which samples, held in memory.
//!
//! A sample is looked up some thirty times an article, and as many are put in. As rows of a table each
//! of them dirtied a page of its own, which cost more than all else that is written of an article. Here
//! they are numbers in sorted lists: new ones gather in a set, the set becomes a list when it is full, and
//! lists of like size are merged, so that there are few. The file keeps each article's samples in one
//! row, of which this is made when the first article asks.
//!
//! **Invariant:** what is found here is a hint. A transaction that was rolled back, an article that was
//! revised or pruned leave their samples behind; whoever asks looks at the article itself.

mod list;

use std::collections::BTreeSet;

use list::{SortedList, key_after, key_before};

/// Most samples held: four and a half bytes each, 18 MB, some 140,000 articles of 450 words (10,000 a day). When
/// more come, the oldest go before their time is over.
const MOST: usize = 4_000_000;

/// Samples gathered before they become a list: few enough for the set to stay in the processor's cache.
const GATHERED: usize = 4_096;

/// A longer list is not made: the oldest samples stay together and can go at once, and a merge, which
/// takes the room of both lists three times again, takes no more than 4 MB.
const LONGEST: usize = MOST / 16;

/// The samples of the articles that are compared with new ones.
#[derive(Debug, Default)]
pub(super) struct Window {
    gathered: BTreeSet<u64>,
    /// Older ones first.
    lists: Vec<SortedList>,
    /// Articles before this one are over.
    oldest: u32,
    /// What the file holds has been read in.
    pub(super) is_loaded: bool,
}

/// An article that has a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Holder {
    pub(super) article: u32,
    /// It has few samples, so that a copy may share a single one with it.
    pub(super) is_brief: bool,
}

/// A text with fewer samples, of about 130 words, is brief.
pub(super) const FEW_SAMPLES: usize = 8;

/// A sample and its article as one number, in the order in which they are looked up; the lowest bit
/// says that the article is brief.
const fn key(sample: u32, holder: Holder) -> u64 {
    key_before(sample) | (holder.article as u64) << 1 | holder.is_brief as u64
}

const fn holder_of(key: u64) -> Holder {
    Holder {
        article: ((key & 0xffff_ffff) >> 1) as u32,
        is_brief: key & 1 == 1,
    }
}

impl Window {
    /// Puts in the samples of an article.
    pub(super) fn put(&mut self, article: i64, samples: &[u32]) {
        self.gathered.extend(keys(article, samples));
        if self.gathered.len() >= GATHERED {
            let list = std::mem::take(&mut self.gathered).into_iter().collect();
            self.lists.push(SortedList::of(list));
            self.merge();
            while self.n_samples() > MOST && self.lists.len() > 1 {
                self.lists.remove(0);
            }
        }
    }

    /// Puts in articles that are older than all that are there, in any order.
    pub(super) fn put_before(&mut self, older: &[(i64, Vec<u32>)]) {
        let keys = older
            .iter()
            .flat_map(|(article, samples)| keys(*article, samples));
        let mut list: Vec<u64> = keys.collect();
        list.sort_unstable();
        self.lists.insert(0, SortedList::of(list));
    }

    /// The articles that have a sample, newest first, each once, at most so many.
    pub(super) fn with(&self, sample: u32, most: usize) -> Vec<Holder> {
        let mut holders: Vec<Holder> = Vec::new();
        let gathered = self.gathered.range(key_before(sample)..=key_after(sample));
        holders.extend(gathered.rev().map(|key| holder_of(*key)).take(most));
        for list in self.lists.iter().rev() {
            if holders.len() >= most {
                break;
            }
            let own = list.of_sample(sample, most).into_iter();
            holders.extend(own.map(holder_of));
        }
        holders.retain(|holder| holder.article >= self.oldest);
        holders.sort_unstable_by(|a, b| b.cmp(a));
        holders.dedup_by_key(|holder| holder.article);
        holders.truncate(most);
        holders
    }

    /// Articles before this one are not found any more.
    pub(super) fn forget_before(&mut self, article: i64) {
        self.oldest = u32::try_from(article).unwrap_or(u32::MAX).max(self.oldest);
    }

    /// How many samples are held.
    pub(super) fn n_samples(&self) -> usize {
        self.gathered.len() + self.lists.iter().map(SortedList::len).sum::<usize>()
    }

    /// There is room for no more.
    pub(super) fn is_full(&self) -> bool {
        self.n_samples() >= MOST
    }

    /// Merges the last lists as long as the older of two is not much longer than the newer one: each
    /// sample is moved a few times, and the number of lists grows with the logarithm of all.
    fn merge(&mut self) {
        while let [.., older, newer] = self.lists.as_slice() {
            let (n_older, n_newer) = (older.len(), newer.len());
            if n_older > 2 * n_newer || n_older + n_newer > LONGEST {
                return;
            }
            let (Some(newer), Some(older)) = (self.lists.pop(), self.lists.pop()) else {
                return;
            };
            let kept = merged(&older.into_keys(), &newer.into_keys(), self.oldest);
            self.lists.push(SortedList::of(kept));
        }
    }
}

/// The highest number of an article that a key has room for.
const NEWEST: u32 = u32::MAX >> 1;

/// None for an article whose number has more than 31 bits.
fn keys(article: i64, samples: &[u32]) -> impl Iterator<Item = u64> {
    let article = u32::try_from(article)
        .ok()
        .filter(|article| *article <= NEWEST);
    let holder = article.map(|article| Holder {
        article,
        is_brief: samples.len() < FEW_SAMPLES,
    });
    samples
        .iter()
        .filter_map(move |sample| Some(key(*sample, holder?)))
}

/// Two sorted lists as one, without articles that are over.
fn merged(a: &[u64], b: &[u64], oldest: u32) -> Vec<u64> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x <= y => a.next(),
            (_, Some(_)) => b.next(),
            (_, None) => a.next(),
        };
        match next {
            Some(key) if holder_of(*key).article >= oldest => merged.push(*key),
            Some(_) => {}
            None => return merged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(window: &Window, sample: u32, most: usize) -> Vec<u32> {
        let holders = window.with(sample, most).into_iter();
        holders.map(|holder| holder.article).collect()
    }

    #[test]
    fn articles_are_found_by_their_samples_newest_first() {
        let mut window = Window::default();
        for article in 1..=3_000 {
            let others: Vec<u32> = (0..20).map(|n| 1_000_000 + n * 16).collect();
            window.put(i64::from(article), &[7 * 16, (1_000 + article) * 16]);
            window.put(i64::from(article), &others);
        }
        assert!(window.lists.len() > 1, "the test is about lists");
        assert_eq!(found(&window, 7 * 16, 3), [3_000, 2_999, 2_998]);
        assert_eq!(found(&window, 1_005 * 16, 3), [5]);
        assert_eq!(found(&window, 8 * 16, 3), [0_u32; 0]);
        assert_eq!(found(&window, 7 * 16, 10_000).len(), 3_000);
        assert!(window.with(1_005 * 16, 3)[0].is_brief);
        assert!(!window.with(1_000_016, 3)[0].is_brief);
    }

    #[test]
    fn a_sample_put_in_twice_is_found_once() {
        let mut window = Window::default();
        window.put(1, &[5, 6]);
        window.put_before(&[(1, vec![5, 6])]);
        assert_eq!(found(&window, 5, 10), [1]);
    }

    #[test]
    fn what_is_over_is_not_found() {
        let mut window = Window::default();
        window.put(1, &[5]);
        window.put(2, &[5]);
        window.forget_before(2);
        assert_eq!(found(&window, 5, 10), [2]);
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_go() {
        let mut window = Window::default();
        let n_articles = u32::try_from(MOST / 40 + 20_000).unwrap();
        let samples = |article: u32| -> Vec<u32> {
            (0..50)
                .map(|n| article.wrapping_mul(2_654_435_761) ^ (n << 4))
                .collect()
        };
        for article in 1..=n_articles {
            window.put(i64::from(article), &samples(article));
        }
        assert!(window.n_samples() <= MOST + GATHERED);
        assert!(window.n_samples() > MOST / 2, "{}", window.n_samples());
        assert!(window.lists.len() < 30, "{}", window.lists.len());
        assert_eq!(found(&window, samples(1)[0], 9), [0_u32; 0]);
        assert_eq!(found(&window, samples(n_articles)[0], 9), [n_articles]);
    }
}
