//! One article from what the page says and what the feed says of it. Pure.
//!
//! Text, site and description are the page's; where the page is silent the feed speaks. The
//! date is the feed's first: page templates show "updated" and today's date in the same place.

use chrono::{DateTime, Utc};

use super::feed_step::is_told_apart;
use crate::{
    dedup, extract,
    extract::ExtractLimits,
    feed,
    http::HeaderMap,
    markup::{self, HtmlLimits},
    model::{Entry, ErrorClass, Flag, TextSource, Witness},
    store::{ArticleContent, QueuedPage},
    text::{CleanText, cap, clean_line},
    url,
};

/// Least share of the feed's words that a page's text must have before the feed's own text is
/// preferred: below it the page shows a teaser (paywall, consent wall) of what the feed gives.
const PAGE_SHARE_WANTED: f64 = 0.5;

/// Words a feed text needs to be preferred over the page's.
const FEED_WORDS_WANTED: u32 = 80;

/// Caps for what is stored (promises.md, `title_bytes`, `link_bytes`, `text_bytes`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Caps {
    pub(super) html: HtmlLimits,
    pub(super) title_bytes: usize,
    pub(super) link_bytes: usize,
    pub(super) text_bytes: usize,
}

impl Caps {
    /// The same caps as the extractor's.
    pub(super) fn of(limits: &ExtractLimits) -> Self {
        Self {
            html: limits.html,
            title_bytes: limits.title_bytes,
            link_bytes: limits.link_bytes,
            text_bytes: limits.text_bytes,
        }
    }
}

/// The entry's own text as paragraphs, and whether it was content or summary.
pub(super) fn feed_text(entry: &Entry, caps: Caps) -> (CleanText, TextSource) {
    let content = entry
        .content_html
        .as_deref()
        .map(|html| markup::html_to_text(html, caps.html))
        .unwrap_or_default();
    if !content.is_empty() {
        return (content, TextSource::Feed);
    }
    let summary = entry
        .summary_html
        .as_deref()
        .map(|html| markup::html_to_text(html, caps.html))
        .unwrap_or_default();
    (summary, TextSource::Summary)
}

/// What the feed says, for the extractor to use as a witness.
pub(super) fn witness(entry: &Entry, feed_text: &CleanText) -> Witness {
    Witness {
        title: entry.title.clone(),
        summary: (!feed_text.is_empty()).then(|| feed_text.as_str().to_owned()),
        authors: entry.authors.clone(),
        published: entry.published,
        language: language(entry),
        categories: entry.categories.clone(),
    }
}

/// The article made of the feed's own text, because the feed carries it whole (`page_error` is
/// `None`) or because the page could not be had.
pub(super) fn from_feed(
    page: &QueuedPage,
    page_error: Option<ErrorClass>,
    now: DateTime<Utc>,
    caps: Caps,
) -> ArticleContent {
    let entry = &page.entry;
    let (text, source) = feed_text(entry, caps);
    let mut flags = Vec::new();
    let (text, was_cut) = text.truncated(caps.text_bytes);
    if was_cut {
        flags.push(Flag::Truncated);
    }
    let (published_at, published_raw) = feed_date(entry, now, &mut flags);
    if published_at.is_none() && !flags.contains(&Flag::ImplausibleDate) {
        flags.push(Flag::Undated);
    }
    ArticleContent {
        url: page.url.clone(),
        canonical_url: page.canonical_url.clone(),
        title: capped_line(entry.title.as_deref(), caps.title_bytes, &mut flags),
        authors: lines(&entry.authors),
        published_at,
        published_raw,
        updated_at: entry.updated.filter(|date| feed::plausible(*date, now)),
        language: language(entry),
        site_name: None,
        description: (source == TextSource::Feed)
            .then_some(entry.summary_html.as_deref())
            .flatten()
            .map(|html| clean_line(markup::html_to_text(html, caps.html).as_str()))
            .filter(|line| !line.is_empty()),
        image_url: capped_link(entry.image_url.as_deref(), caps.link_bytes),
        tags: lines(&entry.categories),
        reservations: rights_of(entry),
        quality: feed_quality(&text, source),
        fingerprint: dedup::fingerprint(&text),
        text,
        text_source: source,
        page_error,
        flags,
        left_out: Vec::new(),
    }
}

/// The article as the page tells it, with the feed where the page is silent.
pub(super) fn from_page(
    (page, own): (&QueuedPage, &(CleanText, TextSource)),
    article: extract::Article,
    final_url: &::url::Url,
    now: DateTime<Utc>,
    caps: Caps,
) -> ArticleContent {
    let entry = &page.entry;
    let (own_text, own_source) = own;
    let n_page_words = article.text.n_words();
    let n_own_words = own_text.n_words();
    let is_teaser = *own_source == TextSource::Feed
        && n_own_words >= FEED_WORDS_WANTED
        && f64::from(n_page_words) < PAGE_SHARE_WANTED * f64::from(n_own_words);

    let mut content = if is_teaser {
        from_feed(page, None, now, caps)
    } else {
        let mut flags = article.flags.clone();
        let (published_at, published_raw) = best_date(entry, &article, now, &mut flags);
        ArticleContent {
            url: page.url.clone(),
            canonical_url: page.canonical_url.clone(),
            title: capped_line(
                article.title.as_deref().or(entry.title.as_deref()),
                caps.title_bytes,
                &mut flags,
            ),
            authors: lines(if article.authors.is_empty() {
                &entry.authors
            } else {
                &article.authors
            }),
            published_at,
            published_raw,
            updated_at: article
                .updated
                .or(entry.updated)
                .filter(|date| feed::plausible(*date, now)),
            language: article.language.clone().or_else(|| language(entry)),
            site_name: None,
            description: None,
            image_url: None,
            tags: lines(if article.tags.is_empty() {
                &entry.categories
            } else {
                &article.tags
            }),
            reservations: Vec::new(),
            fingerprint: dedup::fingerprint(&article.text),
            text: article.text,
            text_source: TextSource::Page,
            quality: article.quality,
            page_error: None,
            flags,
            left_out: Vec::new(),
        }
    };
    content.reservations = article.reservations;
    content.reservations.extend(rights_of(entry));
    content.site_name = article.site_name;
    if content.description.is_none() {
        content.description = article.description;
    }
    content.image_url = capped_link(
        article.image_url.as_deref().or(entry.image_url.as_deref()),
        caps.link_bytes,
    );
    content.canonical_url = page_identity(page, article.canonical_url.as_ref(), final_url);
    content
}

/// What the feed says of rights in an entry.
fn rights_of(entry: &Entry) -> Vec<String> {
    let rights = entry.rights.as_deref().map(clean_line);
    rights
        .map(|rights| format!("rights: {rights}"))
        .into_iter()
        .collect()
}

/// Header fields that speak to robots, and of text and data mining (TDM Reservation Protocol, 6.2).
const RESERVATIONS: &[&str] = &["x-robots-tag", "tdm-reservation", "tdm-policy"];

/// What a response asks of robots, each field with its name.
pub(super) fn asked_by(headers: &HeaderMap, caps: Caps) -> Vec<String> {
    let lines = |name: &'static &'static str| {
        let all = headers.get_all(*name).iter().take(MAX_LINES);
        all.filter_map(move |value| {
            let line = clean_line(&format!("{name}: {}", value.to_str().ok()?));
            Some(cap(&line, caps.title_bytes).0.to_owned())
        })
    };
    RESERVATIONS.iter().flat_map(lines).collect()
}

/// Lines of one header field that are kept.
const MAX_LINES: usize = 10;

/// The address that stands for the article: what the page declares when it is plausible, else
/// where the fetch ended, else what the feed listed.
fn page_identity(
    page: &QueuedPage,
    declared: Option<&::url::Url>,
    final_url: &::url::Url,
) -> String {
    if is_told_apart(&page.canonical_url) {
        return page.canonical_url.clone();
    }
    let landed = url::canonical_url(final_url);
    match declared {
        Some(declared) if url::plausible_canonical(&landed, declared) => {
            url::canonical_url(declared).into()
        }
        Some(_) | None => landed.into(),
    }
}

fn best_date(
    entry: &Entry,
    article: &extract::Article,
    now: DateTime<Utc>,
    flags: &mut Vec<Flag>,
) -> (Option<DateTime<Utc>>, Option<String>) {
    let (feed_at, feed_raw) = feed_date(entry, now, flags);
    let page_at = article.published.filter(|date| feed::plausible(*date, now));
    let published_at = feed_at.or(page_at);
    flags.retain(|flag| *flag != Flag::Undated);
    if published_at.is_some() {
        flags.retain(|flag| *flag != Flag::ImplausibleDate || feed_at.is_none());
    } else if !flags.contains(&Flag::ImplausibleDate) {
        flags.push(Flag::Undated);
    }
    let raw = if feed_at.is_some() || feed_raw.is_some() {
        feed_raw
    } else {
        article.published_raw.clone()
    };
    (published_at, raw)
}

/// The feed's date when it is usable, and as it was written either way (R29). Many Atom feeds say
/// only when an entry was updated: that is the best date there is.
fn feed_date(
    entry: &Entry,
    now: DateTime<Utc>,
    flags: &mut Vec<Flag>,
) -> (Option<DateTime<Utc>>, Option<String>) {
    let given = entry.published.or(entry.updated);
    let usable = given.filter(|date| feed::plausible(*date, now));
    if given.is_some() && usable.is_none() {
        flags.push(Flag::ImplausibleDate);
    }
    (usable, entry.published_raw.clone())
}

/// A feed's whole content is trusted more than a summary, and a long one more than a short one.
fn feed_quality(text: &CleanText, source: TextSource) -> f64 {
    let length = f64::from(text.n_words().min(200)) / 200.0;
    match source {
        TextSource::Feed => 0.5 + 0.4 * length,
        TextSource::Summary | TextSource::Page => 0.3 * length,
    }
}

fn capped_line(raw: Option<&str>, limit_bytes: usize, flags: &mut Vec<Flag>) -> Option<String> {
    let line = clean_line(raw?);
    let (kept, was_cut) = cap(&line, limit_bytes);
    if was_cut && !flags.contains(&Flag::Capped) {
        flags.push(Flag::Capped);
    }
    (!kept.is_empty()).then(|| kept.to_owned())
}

fn capped_link(raw: Option<&str>, limit_bytes: usize) -> Option<String> {
    raw.filter(|link| link.len() <= limit_bytes)
        .map(ToOwned::to_owned)
}

fn lines(raw: &[String]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    raw.iter()
        .map(|line| clean_line(line))
        .filter(|line| !line.is_empty() && seen.insert(line.clone()))
        .collect()
}

/// The language that a feed declares, parted as BCP 47 says.
fn language(entry: &Entry) -> Option<String> {
    entry.language.as_ref().map(|tag| tag.replace('_', "-"))
}
