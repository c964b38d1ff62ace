//! What is remembered of the sites whose pages are being read.
//!
//! Learning costs no row a page: the paragraphs of a site's latest articles are held in memory as
//! hashes, and only what proves to be the site's own is written. A process that begins anew takes
//! the latest articles from the store, so learning goes on where it stood.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::{
    IngestError, Pool,
    pipeline::Inner,
    shelf::{Packed, Shelf},
};
use crate::{
    dedup::{REMEMBERED, SiteMemory, SiteText},
    extract,
    model::FeedId,
    store::{PageDictionary, PastText, SiteKnowledge, SitePassage},
    text::CleanText,
    url,
};

/// Sites that are remembered at once, those worked on last: about 10 KB each, 1 MB in all.
const MOST_SITES: usize = 128;

/// Of these, how many have a dictionary at hand: about 300 KB each.
const MOST_AT_HAND: usize = 32;

/// A site's latest articles that are looked at when it is worked on for the first time.
#[expect(clippy::cast_possible_truncation, reason = "a few dozen")]
pub(super) const RECALLED: u32 = REMEMBERED as u32;

/// The sites worked on last.
#[derive(Debug, Default)]
pub(super) struct Sites {
    /// The latest last.
    recent: Mutex<Vec<Arc<Site>>>,
}

/// One site.
#[derive(Debug)]
pub(super) struct Site {
    name: String,
    memory: Mutex<SiteMemory>,
    shelf: Shelf,
}

impl Sites {
    /// Takes over what an earlier process learned of a site.
    pub(super) async fn recall(
        &self,
        pool: &Pool,
        name: String,
        mut knowledge: SiteKnowledge,
    ) -> Arc<Site> {
        let its_name = name.clone();
        let recalled_shelf =
            Shelf::recalled(knowledge.dictionary.take(), !knowledge.latest.is_empty());
        // Texts are looked at on a reading thread, like all texts.
        let memory = pool.run(move || recalled(&its_name, knowledge)).await;
        let memory = memory.unwrap_or_else(|crashed| {
            tracing::error!("cannot recall what was learned of site {name}: {crashed}");
            SiteMemory::default()
        });
        self.keep(Site {
            name,
            memory: Mutex::new(memory),
            shelf: recalled_shelf,
        })
    }

    /// The site, or one of which nothing is known.
    pub(super) fn known_or_new(&self, name: String) -> Arc<Site> {
        self.find(&name).unwrap_or_else(|| {
            self.keep(Site {
                name,
                memory: Mutex::default(),
                shelf: Shelf::default(),
            })
        })
    }

    /// The site, if it is one of those worked on last.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Site>> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let at = recent.iter().position(|site| site.name == name)?;
        let site = recent.remove(at);
        recent.push(Arc::clone(&site));
        put_away_others(&recent);
        Some(site)
    }

    fn keep(&self, site: Site) -> Arc<Site> {
        // Two feeds of one site may have begun at once: what the first has learned stands.
        if let Some(known) = self.find(&site.name) {
            return known;
        }
        let site = Arc::new(site);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= MOST_SITES {
            recent.remove(0);
        }
        recent.push(Arc::clone(&site));
        put_away_others(&recent);
        site
    }
}

/// One site comes to the latest, one leaves them.
fn put_away_others(recent: &[Arc<Site>]) {
    let other = recent.len().checked_sub(MOST_AT_HAND + 1);
    if let Some(site) = other.and_then(|at| recent.get(at)) {
        site.shelf.put_away();
    }
}

impl Inner {
    /// The site of an address, with what earlier processes learned of it; `feed` leads to it.
    pub(super) async fn site(
        &self,
        feed: FeedId,
        address: &::url::Url,
    ) -> Result<Arc<Site>, IngestError> {
        let name = url::site_key(address);
        if let Some(site) = self.sites.find(&name) {
            return Ok(site);
        }
        let knowledge = self.store.site_knowledge(&name, feed, RECALLED).await;
        let knowledge = knowledge.map_err(IngestError::store(format!(
            "read what is known of site `{name}`"
        )))?;
        Ok(self.sites.recall(&self.pool, name, knowledge).await)
    }
}

/// The memory of a site as an earlier process left it.
fn recalled(site: &str, knowledge: SiteKnowledge) -> SiteMemory {
    let mut memory = SiteMemory::new(knowledge.known);
    for past in knowledge.latest {
        let address = past.canonical_url.as_deref().unwrap_or_default();
        let is_of_site =
            ::url::Url::parse(address).is_ok_and(|address| url::site_key(&address) == site);
        if is_of_site {
            memory.recall(&as_read(address, &past));
        }
    }
    memory
}

/// A stored text with what was left out of it. That stood somewhere in it; here it is at the end.
fn as_read(address: &str, past: &PastText) -> SiteText {
    let paragraphs = past.text.split("\n\n");
    let left_out = past.left_out.iter().map(String::as_str);
    let whole = CleanText::from_blocks(paragraphs.chain(left_out));
    SiteText::new(address, past.title.as_deref(), whole)
}

impl Site {
    /// Makes one of its pages small; `url` is the address that led to it.
    pub(super) fn pack(&self, page: &[u8], url: &str, now: DateTime<Utc>) -> Option<Packed> {
        self.shelf.pack(page, now, |dictionary| PageDictionary {
            site: self.name.clone(),
            match_url: url::resolve(url, None)
                .map(|url| url::match_form(&url::canonical_url(&url)))
                .unwrap_or_default(),
            made_at: now,
            dictionary,
        })
    }

    /// Learns from a page that has just been read.
    pub(super) fn learn(&self, text: &SiteText) -> Vec<SitePassage> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.learn(text);
        let learned = memory.take_learned().into_iter();
        learned
            .map(|learned| SitePassage {
                site: self.name.clone(),
                hash: learned.hash,
                n_articles: learned.n_articles,
                passage: learned.passage,
            })
            .collect()
    }

    /// Takes what the site repeats out of an article's text, save what stands in `own`, which the
    /// feed says of it; what was taken out.
    pub(super) fn trim(
        &self,
        text: SiteText,
        own: &[&str],
        article: &mut extract::Article,
    ) -> Vec<String> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let trimmed = memory.trim(text, own);
        article.text = trimmed.text;
        trimmed.left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(name: &str) -> Site {
        Site {
            name: name.to_owned(),
            memory: Mutex::default(),
            shelf: Shelf::default(),
        }
    }

    #[test]
    fn the_site_that_was_not_worked_on_longest_is_forgotten() {
        let sites = Sites::default();
        for n in 0..MOST_SITES {
            sites.keep(site(&n.to_string()));
        }
        assert!(sites.find("0").is_some());
        sites.keep(site("another"));
        assert!(sites.find("0").is_some());
        assert!(sites.find("1").is_none());
    }

    #[test]
    fn articles_of_other_sites_are_not_recalled_as_this_ones() {
        let past = |host: &str, n: u32| PastText {
            canonical_url: Some(format!("https://{host}/{n}")),
            title: Some(format!("Title {n}")),
            text: format!(
                "The council of town {n} met on day {n} and spoke of {n} ships and {n} bridges.\n\n\
                 Follow us everywhere."
            ),
            left_out: Vec::new(),
        };
        let recall = |host: &str| {
            let mut memory = recalled(
                "a.example",
                SiteKnowledge {
                    known: Vec::new(),
                    latest: (0..4).map(|n| past(host, n)).collect(),
                    dictionary: None,
                },
            );
            memory.take_learned().len()
        };
        assert_eq!(recall("www.a.example"), 1);
        assert_eq!(recall("b.example"), 0);
    }
}
