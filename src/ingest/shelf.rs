//! The page of a site that its other pages are made small with.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    packing::{self, Dictionary, Prepared},
    store::PageDictionary,
};

/// Sites change their template now and then.
const RENEWED_AFTER: TimeDelta = TimeDelta::days(30);

/// A page made small.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) zstd: Vec<u8>,
    /// What is needed to read it.
    pub(super) dictionary: Option<Arc<PageDictionary>>,
}

/// The dictionary of a site.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    dictionary: Option<Arc<PageDictionary>>,
    /// Takes ten times the room of the dictionary itself, so only some sites have theirs at hand.
    prepared: Option<Arc<Prepared>>,
    /// A page of the site was kept before: another one may be expected.
    has_page: bool,
}

impl Shelf {
    /// As an earlier process left it.
    pub(super) fn recalled(dictionary: Option<PageDictionary>, has_page: bool) -> Self {
        Self {
            held: Mutex::new(Held {
                dictionary: dictionary.map(Arc::new),
                prepared: None,
                has_page,
            }),
        }
    }

    /// Makes a page small. The second page of a site becomes its dictionary, and another one later on; a page that
    /// stays the only one costs no dictionary. `None`: there is no memory for it.
    pub(super) fn pack(
        &self,
        page: &[u8],
        now: DateTime<Utc>,
        describe: impl FnOnce(Dictionary) -> PageDictionary,
    ) -> Option<Packed> {
        let Some((dictionary, prepared)) = self.held().at_hand(page, now, describe) else {
            return Some(Packed {
                zstd: packing::compress(page)?,
                dictionary: None,
            });
        };
        Some(Packed {
            zstd: packing::compress_with(page, &prepared)?,
            dictionary: Some(dictionary),
        })
    }

    /// Keeps the dictionary, but not at hand.
    pub(super) fn put_away(&self) {
        self.held().prepared = None;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn at_hand(
        &mut self,
        page: &[u8],
        now: DateTime<Utc>,
        describe: impl FnOnce(Dictionary) -> PageDictionary,
    ) -> Option<(Arc<PageDictionary>, Arc<Prepared>)> {
        let is_old = |held: &PageDictionary| now - held.made_at >= RENEWED_AFTER;
        if self.dictionary.as_deref().is_some_and(is_old) {
            (self.dictionary, self.prepared) = (None, None);
        }
        if self.dictionary.is_none() && std::mem::replace(&mut self.has_page, true) {
            self.dictionary = Dictionary::of(page).map(describe).map(Arc::new);
        }
        let dictionary = Arc::clone(self.dictionary.as_ref()?);
        if self.prepared.is_none() {
            self.prepared = dictionary.dictionary.prepare().ok().map(Arc::new);
        }
        let Some(prepared) = &self.prepared else {
            // Damaged, or zstd takes the page for what it is not: the next page may do.
            self.dictionary = None;
            return None;
        };
        Some((dictionary, Arc::clone(prepared)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(n: u32) -> Vec<u8> {
        let template: Vec<_> = (0..2_000)
            .map(|link| format!("<a href=/{}>", link * link % 977))
            .collect();
        format!("{}<p>{n}", template.concat()).into_bytes()
    }

    fn pack(shelf: &Shelf, page: &[u8], day: i64) -> Packed {
        let made_at = DateTime::UNIX_EPOCH + TimeDelta::days(day);
        let describe = |dictionary| PageDictionary {
            site: "a.example".to_owned(),
            match_url: String::new(),
            made_at,
            dictionary,
        };
        shelf.pack(page, made_at, describe).unwrap()
    }

    fn id(packed: &Packed) -> Option<i64> {
        packed.dictionary.as_ref().map(|held| held.dictionary.id)
    }

    #[test]
    fn the_second_page_is_the_dictionary_for_thirty_days_then_another() {
        let shelf = Shelf::default();
        let of = |n| Dictionary::of(&page(n)).map(|dictionary| dictionary.id);
        let packed: Vec<_> = [(1, 0), (2, 0), (3, 29), (4, 30), (5, 59)]
            .map(|(n, day)| id(&pack(&shelf, &page(n), day)))
            .into();
        assert_eq!(packed, [None, of(2), of(2), of(4), of(4)]);
    }

    #[test]
    fn what_an_earlier_process_held_is_used_and_what_was_put_away_is_taken_out_again() {
        let first = Shelf::recalled(None, true);
        let made = pack(&first, &page(1), 0);
        let kept = made.dictionary.as_deref().cloned();
        let shelf = Shelf::recalled(kept, false);
        for _ in 0..2 {
            let packed = pack(&shelf, &page(2), 1);
            assert_eq!(id(&packed), id(&made));
            assert!(packed.zstd.len() < 200);
            shelf.put_away();
        }
    }

    #[test]
    fn a_damaged_dictionary_gives_way_to_the_next_page() {
        let damaged = PageDictionary {
            site: String::new(),
            match_url: String::new(),
            made_at: DateTime::UNIX_EPOCH,
            dictionary: Dictionary {
                id: 1,
                zstd: b"no frame".to_vec(),
            },
        };
        let shelf = Shelf::recalled(Some(damaged), true);
        assert_eq!(id(&pack(&shelf, &page(1), 0)), None);
        assert!(id(&pack(&shelf, &page(2), 0)).is_some());
    }
}
