//! When a page is asked for again (`recheck`), to see what became of it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    model::Validators,
    store::{DuePage, Recheck},
};

/// What the page's address said this time.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// The address that answered, or was asked last.
    pub(super) url: String,
    /// A page came; without one the validators known before still count.
    pub(super) is_page: bool,
    /// Of the page that came.
    pub(super) validators: Option<Validators>,
}

/// The recheck that follows; `None` when all of `steps` (times since the page was had, rising) are done.
pub(super) fn next(
    steps: &[Duration],
    due: &DuePage,
    said: Said,
    now: DateTime<Utc>,
) -> Option<Recheck> {
    let n_done = due.known.as_ref().map_or(0, |known| known.n_done + 1);
    let place = usize::try_from(n_done).ok()?;
    let step = *steps.get(place)?;
    let before = place
        .checked_sub(1)
        .and_then(|before| steps.get(before).copied());
    let wait = TimeDelta::from_std(step.saturating_sub(before.unwrap_or_default())).ok()?;
    let known = due
        .known
        .as_ref()
        .and_then(|known| known.validators.as_ref());
    Some(Recheck {
        due_at: now.checked_add_signed(wait)?,
        n_done,
        url: said.url,
        validators: if said.is_page {
            said.validators
        } else {
            known.cloned()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ArticleId, Entry, FeedId, QueueId},
        store::{KnownPage, PageWanted, QueuedPage},
    };

    const STEPS: [Duration; 3] = [
        Duration::from_hours(1),
        Duration::from_hours(6),
        Duration::from_hours(24),
    ];

    fn page(n_done: Option<u32>) -> DuePage {
        let url = "https://a.example/1".to_owned();
        DuePage {
            wanted: match n_done {
                Some(_) => PageWanted::Recheck(ArticleId(1)),
                None => PageWanted::Queue(QueueId(1)),
            },
            feed: FeedId(1),
            page: QueuedPage {
                canonical_url: url.clone(),
                entry: Entry::default(),
                is_refresh: false,
                url,
            },
            attempts: 0,
            article: None,
            known: n_done.map(|n_done| KnownPage {
                n_done,
                validators: Some(validators("old")),
            }),
        }
    }

    fn validators(etag: &str) -> Validators {
        Validators {
            url: "https://a.example/1".to_owned(),
            etag: Some(etag.into()),
            last_modified: None,
        }
    }

    fn said(is_page: bool, validators: Option<Validators>) -> Said {
        Said {
            url: "https://a.example/1".to_owned(),
            is_page,
            validators,
        }
    }

    #[test]
    fn the_steps_count_from_the_first_fetch() {
        let start = DateTime::UNIX_EPOCH;
        let mut now = start;
        let mut n_done = None;
        let mut times = Vec::new();
        while let Some(recheck) = next(&STEPS, &page(n_done), said(false, None), now) {
            now = recheck.due_at;
            n_done = Some(recheck.n_done);
            times.push(now - start);
        }
        assert_eq!(times, [1, 6, 24].map(TimeDelta::hours));
        assert!(next(&[], &page(None), said(false, None), start).is_none());
    }

    #[test]
    fn a_page_that_does_not_come_leaves_the_validators() {
        let of = |said| {
            let recheck = next(&STEPS, &page(Some(0)), said, DateTime::UNIX_EPOCH);
            recheck.unwrap().validators
        };
        assert_eq!(of(said(false, None)), Some(validators("old")));
        assert_eq!(of(said(true, None)), None);
        let new = Some(validators("new"));
        assert_eq!(of(said(true, new.clone())), new);
    }
}
