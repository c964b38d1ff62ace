//! Dates that a page states apart from its text: JSON-LD, meta elements, address, feed.

use chrono::{Datelike, NaiveDate, TimeZone, Utc};

use super::{
    dates::{self, Moment, Order},
    facts::Facts,
    names::fold,
    published::Dated,
};

pub(super) const PUBLISHED_METAS: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "og:published_time",
    "og:pubdate",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publishtime",
    "publish_time",
    "parsely-pub-date",
    "datepublished",
    "date-published",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dc.created",
    "sailthru.date",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "article.published",
    "published-date",
    "published_date",
    "publication_date",
    "publication-date",
    "published_at",
    "published",
    "publisheddate",
    "ptime",
    "pub_date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "bt:pubdate",
    "rnews:datepublished",
    "article_date_original",
    "originalpublicationdate",
    "displaydate",
    "mediator_published_time",
    "vr:published_time",
    "article:create_time",
    "dateposted",
    "article:post_date",
    "gentime",
    "firstpublished",
    "first_published",
    "shareaholic:article_published_time",
    "dcterms.available",
    "article.created",
    "date",
    "datecreated",
    "created",
    "creation_date",
    "og:article:publish_date",
    "weibo:article:create_at",
    "rbpubdate",
    "live_date",
    "release_date",
    "og:release_date",
];

pub(super) const UPDATED_METAS: &[&str] = &[
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "dc.modified",
    "lastmod",
    "last-modified",
    "article:modified",
    "article:updated_time",
    "modified_time",
    "moddate",
    "modifieddate",
    "updated_time",
    "utime",
    "article.updated",
    "dateupdate",
    "revised",
    "last_updated_date",
    "cxenseparse:recs:articlemodifiedtime",
];

pub(super) fn read(raw: &str, order: Order) -> Option<Dated> {
    let moment = dates::read(raw, order)?;
    Some(Dated {
        moment,
        raw: raw.to_owned(),
    })
}

pub(super) fn from_ld(facts: &Facts<'_>) -> Vec<Dated> {
    facts
        .ld
        .articles
        .iter()
        .filter(|article| !article.is_listed)
        .filter_map(|article| read(article.published.as_deref()?, facts.order))
        .collect()
}

/// Dates of works that stand in lists: better than none when there is only one.
pub(super) fn from_loose_ld(facts: &Facts<'_>) -> Vec<Dated> {
    let mut listed = facts
        .ld
        .articles
        .iter()
        .filter(|article| article.is_listed && article.published.is_some());
    match (listed.next(), listed.next()) {
        (Some(only), None) => only
            .published
            .as_deref()
            .and_then(|raw| read(raw, facts.order))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

pub(super) fn from_metas(facts: &Facts<'_>, names: &[&str]) -> Vec<Dated> {
    names
        .iter()
        .flat_map(|name| facts.metas(name))
        .filter_map(|value| read(&value, facts.order))
        .collect()
}

/// Metas whose name ends as a publication date's does, whatever stands before it.
pub(super) fn from_odd_metas(facts: &Facts<'_>) -> Vec<Dated> {
    const ENDINGS: &[&str] = &[
        "publisheddate",
        "publishdate",
        "pubdate",
        "datepublished",
        "publishedtime",
        "publicationdate",
        "publishedat",
        "publicationtime",
        "publishtime",
        "firstpublished",
        "issued",
        "dateposted",
    ];
    facts
        .scan
        .metas
        .iter()
        .filter(|meta| {
            let name = fold(&meta.name);
            ENDINGS.iter().any(|ending| name.ends_with(ending))
        })
        .filter_map(|meta| read(meta.content, facts.order))
        .collect()
}

pub(super) fn from_witness(facts: &Facts<'_>) -> Vec<Dated> {
    let at = facts.page.witness.and_then(|witness| witness.published);
    at.map(|at| Dated {
        moment: Moment {
            at: at.fixed_offset(),
            has_time: true,
            start: 0,
            end: 0,
        },
        raw: at.to_rfc3339(),
    })
    .into_iter()
    .collect()
}

/// `/2025/01/14/`, `/2025-01-14-`, `/20250114/` in the page's address.
pub(super) fn from_address(facts: &Facts<'_>) -> Vec<Dated> {
    let declared = || crate::url::resolve(facts.scan.canonical?, facts.page.url);
    let url = facts.page.url.cloned().or_else(declared);
    url.and_then(|url| address_date(url.path()))
        .into_iter()
        .collect()
}

fn address_date(path: &str) -> Option<Dated> {
    let parts: Vec<&str> = path
        .split(['/', '-', '_', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    let date = parts.windows(3).find_map(|window| match window {
        [year, month, day] if year.len() == 4 && day.len() <= 2 => {
            let month = super::months::month(month).or_else(|| month.parse().ok())?;
            NaiveDate::from_ymd_opt(year.parse().ok()?, month, day.parse().ok()?)
        }
        _ => None,
    });
    let packed = || {
        parts
            .iter()
            .filter(|part| part.len() == 8)
            .find_map(|part| dates::read(part, Order::DayFirst))
            .map(|moment| moment.at.date_naive())
    };
    let date = date
        .or_else(packed)
        .filter(|date| (1990..2100).contains(&date.year()))?;
    Some(Dated {
        moment: Moment {
            at: Utc.from_utc_datetime(&date.into()).fixed_offset(),
            has_time: false,
            start: 0,
            end: 0,
        },
        raw: date.to_string(),
    })
}
