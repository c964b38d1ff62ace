//! Stored pages read once more, by today's extractor.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{
    Document, IngestError, Kind, Pool,
    compose::Caps,
    reading::{PageBytes, Reading},
    sites::{RECALLED, Sites},
};
use crate::{
    clock::Clock,
    config::Config,
    extract::{self, ExtractLimits},
    model::{ArticleId, ErrorClass, Failure, FeedId},
    packing,
    store::{ArticleContent, RawArticle, RawPick, Reextraction, SiteKnowledge, Store},
    url,
};

/// After so many pages it is kept how far the work has come.
const MARKED_AFTER: u64 = 100;

/// A text that today's extractor makes otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reextracted {
    /// The article.
    pub article_id: i64,
    /// Its title, as it would be.
    pub title: Option<String>,
    /// Address of its page.
    pub url: String,
    /// Words before and after.
    pub words: (u32, u32),
    /// Words that went and words that came, each as often as it did.
    pub changed_words: (u32, u32),
}

/// What reading pages once more came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReextractSummary {
    /// Pages read.
    pub pages: u64,
    /// Texts or titles that are others now.
    pub changed: u64,
    /// Pages that today's extractor makes nothing of; their articles stay as they are.
    pub failed: u64,
    /// Words that went.
    pub words_gone: u64,
    /// Words that came.
    pub words_new: u64,
}

impl ReextractSummary {
    /// Adds a page that was read.
    pub fn add(&mut self, changed: Option<&Reextracted>) {
        self.pages += 1;
        if let Some(changed) = changed {
            self.changed += 1;
            self.words_gone += u64::from(changed.changed_words.0);
            self.words_new += u64::from(changed.changed_words.1);
        }
    }
}

/// Raw pages to be held at once.
pub const HELD: u32 = 16;

/// Reads stored pages on the pool's threads.
#[derive(Debug, Clone)]
pub struct Rereader {
    pool: Pool,
    limits: ExtractLimits,
    caps: Caps,
    page_bytes: u64,
    clock: Arc<dyn Clock>,
    sites: Arc<Sites>,
}

impl Rereader {
    /// By the limits of a configuration.
    pub fn new(config: &Config, pool: Pool, clock: Arc<dyn Clock>) -> Self {
        let limits = config.extract_limits();
        Self {
            pool,
            caps: Caps::of(&limits),
            limits,
            page_bytes: config.limits.page_bytes,
            clock,
            sites: Arc::default(),
        }
    }

    /// What is to be asked of the store before the page is read, and given to [`recall`](Self::recall):
    /// the site's name, the feed, and how many of its latest articles. `None`: it is known.
    pub fn unknown_site(&self, raw: &RawArticle) -> Option<(String, FeedId, u32)> {
        let name = url::site_key(&url::resolve(&raw.address, None)?);
        let is_known = self.sites.find(&name).is_some();
        (!is_known).then_some((name, raw.feed, RECALLED))
    }

    /// Takes over what was learned of a site.
    pub async fn recall(&self, site: String, knowledge: SiteKnowledge) {
        self.sites.recall(&self.pool, site, knowledge).await;
    }

    /// The bytes of a stored page.
    ///
    /// # Errors
    /// They are more than a page may have by today's limits, or damaged.
    pub fn page(&self, raw: &RawArticle) -> Result<Vec<u8>, Failure> {
        let most = usize::try_from(self.page_bytes).unwrap_or(usize::MAX);
        match &raw.dictionary {
            Some(dictionary) => packing::decompress_with(&raw.zstd, most, dictionary),
            None => packing::decompress(&raw.zstd, most),
        }
        .map_err(|error| unreadable(raw, &error.to_string()))
    }

    /// What today's extractor makes of a stored page.
    ///
    /// # Errors
    /// Nothing, for one of the reasons for which a page that was just fetched fails.
    pub async fn read(&self, raw: &RawArticle) -> Result<Box<ArticleContent>, Failure> {
        let body = bytes::Bytes::from(self.page(raw)?);
        let address = url::resolve(&raw.address, None)
            .ok_or_else(|| unreadable(raw, "its address is none"))?;
        let reading = Reading {
            limits: self.limits,
            caps: self.caps,
            now: self.clock.now().wall,
            compares_feed: false,
            keeps_raw: false,
            site: self.sites.known_or_new(url::site_key(&address)),
            learns: false,
        };
        let document = Document {
            kind: Kind::Page,
            body: body.clone(),
            hash: None,
            content_type: raw.content_type.clone(),
            address: raw.address.clone(),
        };
        let (page, content_type) = (raw.page.clone(), raw.content_type.clone());
        let read = self.pool.read(document, move |hash| {
            let bytes = PageBytes {
                body: &body,
                content_type: content_type.as_deref(),
                hash,
            };
            reading.read(&page, bytes, &address).content
        });
        read.await
            .map_err(|crashed| Failure::new(ErrorClass::Crashed, crashed.to_string()))?
    }
}

fn unreadable(raw: &RawArticle, why: &str) -> Failure {
    let what = format!("cannot read the page kept of {}: {why}", raw.address);
    Failure::new(ErrorClass::Extract, what)
}

/// How the text or title of an article would be another one; `None`: they are the same.
pub fn compare(raw: &RawArticle, content: &ArticleContent) -> Option<Reextracted> {
    let has_other_title = content.title.is_some() && content.title != raw.title;
    if content.text.as_str() == raw.text && !has_other_title {
        return None;
    }
    let mut balance: HashMap<&str, i64> = HashMap::new();
    for word in raw.text.split_whitespace() {
        *balance.entry(word).or_default() -= 1;
    }
    for word in content.text.as_str().split_whitespace() {
        *balance.entry(word).or_default() += 1;
    }
    let sum = |wanted: fn(i64) -> i64| {
        let n: i64 = balance.values().map(|&n| wanted(n)).sum();
        u32::try_from(n).unwrap_or(u32::MAX)
    };
    Some(Reextracted {
        article_id: raw.article.0,
        title: content.title.clone().or_else(|| raw.title.clone()),
        url: raw.address.clone(),
        words: (
            crate::text::count_words(&raw.text),
            content.fingerprint.n_words,
        ),
        changed_words: (sum(|n| (-n).max(0)), sum(|n| n.max(0))),
    })
}

/// Reads all pages of an order once more, one after the other, and keeps what is made otherwise. What a
/// run that was broken off has done is not done again by the next one with the same order.
///
/// # Errors
/// The store cannot be read or written.
pub(super) async fn reextract(
    rereader: &Rereader,
    store: &Store,
    order: &RawPick,
    tell: &mpsc::Sender<Reextracted>,
) -> Result<ReextractSummary, IngestError> {
    let failed = |what: &'static str| IngestError::store(what);
    let mut after = start(store, order).await?;
    let mut summary = ReextractSummary::default();
    loop {
        let articles = store.raw_articles(*order, after, HELD).await;
        let articles = articles.map_err(failed("read stored pages"))?;
        if articles.is_empty() {
            break;
        }
        for raw in articles {
            after = raw.article;
            if let Some((site, feed, n_latest)) = rereader.unknown_site(&raw) {
                let knowledge = store.site_knowledge(&site, feed, n_latest).await;
                let knowledge = knowledge.map_err(failed("read what is known of a site"))?;
                rereader.recall(site, knowledge).await;
            }
            let Ok(content) = rereader.read(&raw).await else {
                summary.add(None);
                summary.failed += 1;
                continue;
            };
            let changed = compare(&raw, &content);
            if changed.is_some() || raw.extractor != Some(extract::VERSION) {
                let made = Reextraction {
                    article: raw.article,
                    revision: raw.revision,
                    extractor: extract::VERSION,
                    content,
                };
                let kept = store.keep_reextracted(made).await;
                kept.map_err(failed("keep a text read anew"))?;
            }
            summary.add(changed.as_ref());
            if let Some(changed) = changed {
                // Whether anybody listens is looked at below.
                drop(tell.send(changed).await);
            }
            if tell.is_closed() || summary.pages.is_multiple_of(MARKED_AFTER) {
                keep_mark(store, order, after).await?;
            }
            if tell.is_closed() {
                return Ok(summary);
            }
        }
    }
    let cleared = store.mark_reextraction(None).await;
    cleared.map_err(failed("mark what was read anew"))?;
    Ok(summary)
}

/// How far a run came.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    order: RawPick,
    after: ArticleId,
}

/// Behind which article to begin.
async fn start(store: &Store, order: &RawPick) -> Result<ArticleId, IngestError> {
    let mark = store.reextraction_mark().await;
    let mark = mark.map_err(IngestError::store("read what was read anew"))?;
    let mark: Option<Mark> = mark.and_then(|mark| serde_json::from_str(&mark).ok());
    let same = mark.filter(|mark| mark.order == *order);
    if let Some(mark) = &same {
        tracing::info!(
            "going on behind article {}, where the last run was broken off",
            mark.after
        );
    }
    Ok(same.map_or(ArticleId(0), |mark| mark.after))
}

async fn keep_mark(store: &Store, order: &RawPick, after: ArticleId) -> Result<(), IngestError> {
    let mark = Mark {
        order: *order,
        after,
    };
    let mark = serde_json::to_string(&mark).ok();
    let kept = store.mark_reextraction(mark).await;
    kept.map_err(IngestError::store("mark what was read anew"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dedup,
        model::{Entry, TextSource},
        store::QueuedPage,
        text::CleanText,
    };

    fn raw(text: &str) -> RawArticle {
        RawArticle {
            article: ArticleId(7),
            revision: 1,
            feed: FeedId(1),
            page: QueuedPage {
                url: "https://a.example/".to_owned(),
                canonical_url: "https://a.example/".to_owned(),
                entry: Entry::default(),
                is_refresh: true,
            },
            address: "https://a.example/".to_owned(),
            content_type: None,
            zstd: Vec::new(),
            dictionary: None,
            extractor: None,
            title: Some("Title".to_owned()),
            text: text.to_owned(),
        }
    }

    fn content(title: Option<&str>, text: &str) -> ArticleContent {
        let text = CleanText::from_raw(text);
        ArticleContent {
            url: String::new(),
            canonical_url: String::new(),
            title: title.map(ToOwned::to_owned),
            authors: Vec::new(),
            published_at: None,
            published_raw: None,
            updated_at: None,
            language: None,
            site_name: None,
            description: None,
            image_url: None,
            tags: Vec::new(),
            reservations: Vec::new(),
            left_out: Vec::new(),
            fingerprint: dedup::fingerprint(&text),
            text,
            text_source: TextSource::Page,
            quality: 0.5,
            page_error: None,
            flags: Vec::new(),
        }
    }

    #[test]
    fn words_that_went_and_came_are_counted() {
        let changed = compare(&raw("a b b c"), &content(Some("Title"), "a b d")).unwrap();
        assert_eq!(changed.words, (4, 3));
        assert_eq!(changed.changed_words, (2, 1));
    }

    #[test]
    fn the_same_text_is_no_change_and_another_title_is_one() {
        assert_eq!(compare(&raw("a b"), &content(Some("Title"), "a b")), None);
        assert_eq!(compare(&raw("a b"), &content(None, "a b")), None);
        let changed = compare(&raw("a b"), &content(Some("Other"), "a b")).unwrap();
        assert_eq!(changed.title.as_deref(), Some("Other"));
        assert_eq!(changed.changed_words, (0, 0));
    }
}
