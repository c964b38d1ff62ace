//! What a reading thread makes of a page: pure work, no I/O.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    compose,
    compose::Caps,
    fulltext,
    lessons::{self, Lesson},
    shelf::Packed,
    sites::Site,
};
use crate::{
    dedup::{self, SiteText},
    extract::{self, ExtractLimits},
    model::{ErrorClass, Failure, TextSource},
    store::{ArticleContent, PageMaking, QueuedPage},
    text::{self, DocumentKind},
    url,
};

/// What a reading thread made of a page.
pub(super) struct ReadPage {
    pub(super) content: Result<Box<ArticleContent>, Failure>,
    /// The page as it is kept.
    pub(super) raw: Option<Packed>,
    pub(super) making: Option<PageMaking>,
    pub(super) lesson: Lesson,
}

/// A page's bytes, what they are said to be, and their hash in hexadecimal.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageBytes<'a> {
    pub(super) body: &'a [u8],
    pub(super) content_type: Option<&'a str>,
    pub(super) hash: &'a str,
}

/// What a reading thread needs besides the page itself.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) limits: ExtractLimits,
    pub(super) caps: Caps,
    pub(super) now: DateTime<Utc>,
    pub(super) compares_feed: bool,
    pub(super) keeps_raw: bool,
    pub(super) site: Arc<Site>,
    /// What the page repeats is learned; else only what is known is left out.
    pub(super) learns: bool,
}

impl Reading {
    pub(super) fn read(
        &self,
        page: &QueuedPage,
        bytes: PageBytes<'_>,
        final_url: &::url::Url,
    ) -> ReadPage {
        let raw = self
            .keeps_raw
            .then(|| self.site.pack(bytes.body, &page.url, self.now))
            .flatten();
        let own = compose::feed_text(&page.entry, self.caps);
        let (content, mut lesson) = match self.extract(page, &own, bytes, final_url) {
            Ok((content, lesson)) => (Ok(content), lesson),
            Err(failure) => (Err(failure), Lesson::default()),
        };
        let (own_text, own_source) = own;
        lesson.was_whole = match &content {
            Ok(content)
                if self.compares_feed
                    && own_source == TextSource::Feed
                    && content.text_source == TextSource::Page =>
            {
                Some(fulltext::is_whole(
                    own_text.n_words(),
                    content.fingerprint.n_words,
                    dedup::containment(own_text.as_str(), content.text.as_str()),
                ))
            }
            Ok(_) | Err(_) => None,
        };
        ReadPage {
            content: content.map(Box::new),
            raw,
            making: Some(PageMaking {
                raw_hash: hash_bytes(bytes.hash),
                extractor: extract::VERSION,
            }),
            lesson,
        }
    }

    fn extract(
        &self,
        page: &QueuedPage,
        own: &(text::CleanText, TextSource),
        bytes: PageBytes<'_>,
        final_url: &::url::Url,
    ) -> Result<(ArticleContent, Lesson), Failure> {
        let decoded =
            text::decode(bytes.body, bytes.content_type, DocumentKind::Html).map_err(|error| {
                Failure::new(
                    ErrorClass::Charset,
                    format!("cannot read page `{final_url}`: {error}"),
                )
            })?;
        let witness = compose::witness(&page.entry, &own.0);
        let input = extract::Page {
            html: &decoded.text,
            url: Some(final_url),
            witness: Some(&witness),
            now: self.now,
        };
        let mut article = extract::extract(&input, &self.limits).map_err(|error| {
            Failure::new(
                error.class(),
                format!("cannot read page `{final_url}`: {error}"),
            )
        })?;
        let mut lesson = Lesson {
            measure: Some(lessons::measure(&article)),
            ..Lesson::default()
        };
        let left_out = self.trim(&mut article, (page, own), final_url, &mut lesson);
        let mut content = compose::from_page((page, own), article, final_url, self.now, self.caps);
        if content.text_source == TextSource::Page {
            content.left_out = left_out;
        }
        Ok((content, lesson))
    }

    /// Takes what the site repeats out of the text, before anything is made of it; what that was.
    fn trim(
        &self,
        article: &mut extract::Article,
        (page, own): (&QueuedPage, &(text::CleanText, TextSource)),
        final_url: &::url::Url,
        lesson: &mut Lesson,
    ) -> Vec<String> {
        let address = url::canonical_url(final_url);
        let text = std::mem::take(&mut article.text);
        let text = SiteText::new(address.as_str(), article.title.as_deref(), text);
        if self.learns {
            lesson.passages = self.site.learn(&text);
        }
        let title = article.title.clone();
        // A summary beside the feed's whole text is taken with its markup: words are all that counts.
        let said = [
            Some(own.0.as_str()),
            page.entry.summary_html.as_deref(),
            page.entry.title.as_deref(),
            title.as_deref(),
        ];
        let said: Vec<&str> = said.into_iter().flatten().collect();
        self.site.trim(text, &said, article)
    }
}

/// A hash as bytes.
fn hash_bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let (pairs, _) = hex.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let digits = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(bytes)
}
