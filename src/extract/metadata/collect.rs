//! The door: from a parsed page to its metadata.

use chrono::{DateTime, FixedOffset, Utc};
use ego_tree::NodeId;
use scraper::Html;
use url::Url;

use super::{about, authors, facts::Facts, ld, published, scan, tags, title};
use crate::{
    extract::{ExtractLimits, Page},
    model::Flag,
    text::cap,
};

/// What a page says of its article.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    /// Headline, one plain line, without the site's name.
    pub(crate) title: Option<String>,
    /// Names of people, teams or agencies, in the page's order.
    pub(crate) authors: Vec<String>,
    /// Usable date of publication.
    pub(crate) published: Option<DateTime<Utc>>,
    /// The same with the offset it was written with.
    pub(crate) published_local: Option<DateTime<FixedOffset>>,
    /// Date of publication as written, usable or not.
    pub(crate) published_raw: Option<String>,
    /// Usable date of the last change.
    pub(crate) updated: Option<DateTime<Utc>>,
    /// As declared, BCP 47.
    pub(crate) language: Option<String>,
    /// Name of the site.
    pub(crate) site_name: Option<String>,
    /// Dek or summary, one plain line.
    pub(crate) description: Option<String>,
    /// A picture's address, absolute when the page's address is known.
    pub(crate) image_url: Option<String>,
    /// The article's own tags.
    pub(crate) tags: Vec<String>,
    /// Address the page names as its own, when it is plausible.
    pub(crate) canonical_url: Option<Url>,
    /// Doubts: paywall, undated, implausible date, capped; sorted, each once.
    pub(crate) flags: Vec<Flag>,
    /// Titles as they stand in the page, the best first: the headline, `og:title`, `title`.
    pub(crate) headlines: Vec<String>,
    /// The element that shows the title, where the article starts.
    pub(crate) headline_node: Option<NodeId>,
    /// Lines that show the authors.
    pub(crate) bylines: Vec<String>,
    /// The visible dek next to the headline.
    pub(crate) dek: Option<String>,
    /// `articleBody` of the JSON-LD, plain text.
    pub(crate) body: Option<String>,
    /// Type by JSON-LD or `og:type`, lower case: `newsarticle`, `website`.
    pub(crate) kind: Option<String>,
    /// The page says it is an article.
    pub(crate) is_article: bool,
}

/// Reads everything a page says of its article.
pub(crate) fn collect(document: &Html, page: &Page<'_>, limits: &ExtractLimits) -> Metadata {
    let scan = scan::scan(document);
    let ld = ld::read(&scan.ld);
    let mut facts = Facts::new(&scan, &ld, page);
    let title = title::choose(&facts);
    let place = facts.place(title.node);
    facts.settle(place);
    let authors = authors::choose(&facts, place);
    let dates = published::choose(&facts, place);
    let dek = about::dek(&facts, place, title.text.as_deref());
    let main = ld.articles.iter().find(|article| article.rank >= 2);
    let kind = main.map(|article| article.kind.clone()).or_else(|| {
        facts
            .meta(&["og:type"])
            .map(|kind| kind.to_ascii_lowercase())
    });
    let mut metadata = Metadata {
        authors: authors.names,
        published: dates.published.map(|at| at.to_utc()),
        published_local: dates.published,
        published_raw: dates.published_raw,
        updated: dates.updated.map(|at| at.to_utc()),
        language: about::language(&facts),
        site_name: facts.outlet.site_name.clone(),
        description: dek.clone().or_else(|| about::description(&facts)),
        image_url: about::image(&facts),
        tags: tags::choose(&facts, place),
        canonical_url: about::canonical(&facts),
        headlines: title.seen,
        headline_node: title.node,
        bylines: authors.lines,
        dek,
        body: main.and_then(|article| article.body.clone()),
        is_article: main.is_some_and(|article| article.rank == 3)
            || kind.as_deref() == Some("article"),
        kind,
        title: title.text,
        flags: dates.flags,
    };
    finish(&mut metadata, &facts, limits);
    metadata
}

/// Limits, and the flags that follow from them.
fn finish(metadata: &mut Metadata, facts: &Facts<'_>, limits: &ExtractLimits) {
    if facts.is_paid() {
        metadata.flags.push(Flag::Paywall);
    }
    if let Some(title) = &mut metadata.title {
        let (kept, is_cut) = cap(title, limits.title_bytes);
        if is_cut {
            *title = kept.trim_end().to_owned();
            metadata.flags.push(Flag::Capped);
        }
    }
    let is_long = |link: &str| link.len() > limits.link_bytes;
    if metadata.image_url.as_deref().is_some_and(is_long) {
        metadata.image_url = None;
        metadata.flags.push(Flag::Capped);
    }
    if metadata
        .canonical_url
        .as_ref()
        .is_some_and(|url| is_long(url.as_str()))
    {
        metadata.canonical_url = None;
        metadata.flags.push(Flag::Capped);
    }
    metadata.flags.sort();
    metadata.flags.dedup();
}
