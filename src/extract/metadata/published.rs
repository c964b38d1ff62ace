//! When it was published and changed.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, TimeZone, Utc};

use super::{
    dates::{self, Moment, Order},
    facts::{Facts, Place},
    labels,
    names::fold,
    scan::{Hit, Kind},
    words::{PUBLISHED, PUBLISHED_WEAK, UPDATED},
};
use crate::{model::Flag, text::clean_line};

/// The dates chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Dates {
    pub(super) published: Option<DateTime<FixedOffset>>,
    pub(super) published_raw: Option<String>,
    pub(super) updated: Option<DateTime<FixedOffset>>,
    pub(super) flags: Vec<Flag>,
}

/// A date with the text it was read from.
#[derive(Debug, Clone)]
struct Dated {
    moment: Moment,
    raw: String,
}

const PUBLISHED_METAS: &[&str] = &[
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

const UPDATED_METAS: &[&str] = &[
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

/// How far around the headline a date may stand, in bytes of text.
const REACH_BEFORE: usize = 400;
const REACH: usize = 1_500;
/// The longest line that is searched for dates, in bytes.
const LONGEST_LINE: usize = 260;

/// Chooses the dates.
pub(super) fn choose(facts: &Facts<'_>, place: Place) -> Dates {
    let published = published(facts, place);
    let updated = updated(facts, place);
    let mut dates = Dates::default();
    let now = facts.page.now;
    let usable = published
        .iter()
        .find(|dated| is_plausible(&dated.moment, now))
        // Many pages tell only when they last changed: better than nothing.
        .or_else(|| {
            updated
                .iter()
                .find(|dated| is_plausible(&dated.moment, now))
        });
    let chosen = usable.or(published.first());
    dates.published_raw = chosen.map(|dated| clean_line(&dated.raw));
    dates.published = usable.map(|dated| dated.moment.at);
    dates.updated = updated
        .iter()
        .find(|dated| is_plausible(&dated.moment, facts.page.now))
        .map(|dated| dated.moment.at);
    if dates.published.is_none() {
        let flag = if published.is_empty() && updated.is_empty() {
            Flag::Undated
        } else {
            Flag::ImplausibleDate
        };
        dates.flags.push(flag);
    }
    dates
}

/// 1990 up to two days from now.
fn is_plausible(moment: &Moment, now: DateTime<Utc>) -> bool {
    moment.at.year() >= 1990 && moment.at.to_utc() <= now + TimeDelta::hours(48)
}

fn read(raw: &str, order: Order) -> Option<Dated> {
    let moment = dates::read(raw, order)?;
    Some(Dated {
        moment,
        raw: raw.to_owned(),
    })
}

/// Candidates, the best first. Later sources are asked only when those before gave nothing usable.
fn published(facts: &Facts<'_>, place: Place) -> Vec<Dated> {
    let sources: [fn(&Facts<'_>, Place) -> Vec<Dated>; 12] = [
        |facts, _| from_ld(facts),
        |facts, _| from_metas(facts, PUBLISHED_METAS),
        |facts, _| from_odd_metas(facts),
        from_labelled_lines,
        |facts, place| from_elements(facts, place, Zone::Main),
        |facts, _| from_address(facts),
        |facts, _| from_witness(facts),
        from_plain_lines,
        |facts, _| from_loose_ld(facts),
        |facts, place| from_elements(facts, place, Zone::Any),
        from_far_lines,
        from_far_elements,
    ];
    let mut found: Vec<Dated> = Vec::new();
    for source in sources {
        found.extend(source(facts, place));
        if found
            .iter()
            .any(|dated| is_plausible(&dated.moment, facts.page.now))
        {
            break;
        }
    }
    found
}

fn updated(facts: &Facts<'_>, place: Place) -> Vec<Dated> {
    let mut found: Vec<Dated> = facts
        .ld
        .articles
        .iter()
        .filter(|article| !article.is_listed)
        .filter_map(|article| read(article.modified.as_deref()?, facts.order))
        .collect();
    found.extend(from_metas(facts, UPDATED_METAS));
    if found.is_empty() {
        found = near(facts, place, Kind::Updated, Zone::Main)
            .filter_map(|hit| element_date(facts, hit))
            .collect();
    }
    if found.is_empty() {
        let far = || dates_between(facts, 0, usize::MAX).into_iter();
        found = line_dates(facts, place)
            .into_iter()
            .chain(far().filter(|(_, dated)| dated.raw.len() <= 80))
            .filter(|(label, _)| *label == Label::Updated)
            .map(|(_, dated)| dated)
            .collect();
    }
    found
}

fn from_ld(facts: &Facts<'_>) -> Vec<Dated> {
    facts
        .ld
        .articles
        .iter()
        .filter(|article| !article.is_listed)
        .filter_map(|article| read(article.published.as_deref()?, facts.order))
        .collect()
}

/// Dates of works that stand in lists: better than none when there is only one.
fn from_loose_ld(facts: &Facts<'_>) -> Vec<Dated> {
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

fn from_metas(facts: &Facts<'_>, names: &[&str]) -> Vec<Dated> {
    names
        .iter()
        .flat_map(|name| facts.metas(name))
        .filter_map(|value| read(&value, facts.order))
        .collect()
}

/// Metas whose name ends as a publication date's does, whatever stands before it.
fn from_odd_metas(facts: &Facts<'_>) -> Vec<Dated> {
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

fn from_witness(facts: &Facts<'_>) -> Vec<Dated> {
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

/// Which parts of the page count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// Outside navigation, side columns, comments.
    Main,
    /// All.
    Any,
}

fn near<'a>(
    facts: &'a Facts<'_>,
    place: Place,
    kind: Kind,
    zone: Zone,
) -> impl Iterator<Item = &'a Hit<'a>> {
    let reach = if place.is_known { REACH } else { REACH * 2 };
    facts
        .scan
        .hits
        .iter()
        .filter(move |hit| hit.kind == kind && (!facts.asides.hold(hit.start) || zone == Zone::Any))
        .filter(move |hit| {
            hit.start + REACH_BEFORE >= place.start && hit.start <= place.end + reach
        })
        .take(60)
}

/// `<time datetime>`, `itemprop=datePublished` and elements marked as dates, after the headline
/// first.
fn from_elements(facts: &Facts<'_>, place: Place, zone: Zone) -> Vec<Dated> {
    let mut hits: Vec<&Hit<'_>> = near(facts, place, Kind::Time, zone).collect();
    hits.sort_by_key(|hit| hit.start < place.start);
    hits.into_iter()
        .filter(|hit| label_before(facts, hit) != Label::Updated)
        .filter_map(|hit| element_date(facts, hit))
        .collect()
}

fn element_date(facts: &Facts<'_>, hit: &Hit<'_>) -> Option<Dated> {
    for name in [
        "datetime",
        "content",
        "data-datetime",
        "data-date",
        "data-time",
        "data-timestamp",
        "title",
    ] {
        if let Some(dated) = hit
            .element
            .attr(name)
            .and_then(|value| read(value, facts.order))
        {
            return Some(dated);
        }
    }
    let text = facts.scan.slice(hit.start, hit.end);
    if text.len() > LONGEST_LINE {
        return None;
    }
    read(text, facts.order)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Published,
    Updated,
    None,
}

/// What the words right before an element say of its date: in its line, or in the short line
/// before it.
fn label_before(facts: &Facts<'_>, hit: &Hit<'_>) -> Label {
    let text = facts.scan.text.get(..hit.start).unwrap_or_default();
    let start = text.rfind('\n').map_or(0, |at| at + 1);
    let (before, line) = text.split_at_checked(start).unwrap_or(("", text));
    if !line.trim().is_empty() {
        return label(line);
    }
    let last = before.lines().next_back().unwrap_or_default();
    if last.len() < 40 {
        label(last)
    } else {
        Label::None
    }
}

/// Elements with a date anywhere in the page that are labelled as the publication's.
fn from_far_elements(facts: &Facts<'_>, _: Place) -> Vec<Dated> {
    let hits = facts.scan.hits.iter().filter(|hit| hit.kind == Kind::Time);
    hits.take(60)
        .filter(|hit| label_before(facts, hit) == Label::Published)
        .filter_map(|hit| element_date(facts, hit))
        .collect()
}

/// What the words before a date say of it: the last label counts.
fn label(before: &str) -> Label {
    let tail_start = before.char_indices().rev().nth(40).map_or(0, |(at, _)| at);
    let tail = before.get(tail_start..).unwrap_or_default();
    let updated = labels::last_label(tail, &UPDATED);
    let published = labels::last_label(tail, &PUBLISHED);
    match (updated, published) {
        (Some(updated), Some(published)) if published > updated => Label::Published,
        (Some(_), _) => Label::Updated,
        (None, Some(_)) => Label::Published,
        (None, None) if is_weak_label(before) => Label::Published,
        (None, None) => Label::None,
    }
}

/// A word such as `on` is a label only when nothing else stands before the date.
fn is_weak_label(before: &str) -> bool {
    let bare = before
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    PUBLISHED_WEAK.contains(&bare.as_str())
}

/// Every date in the short lines around the headline, with its label.
fn line_dates(facts: &Facts<'_>, place: Place) -> Vec<(Label, Dated)> {
    let reach = if place.is_known { REACH } else { REACH * 2 };
    dates_between(
        facts,
        place.start.saturating_sub(REACH_BEFORE),
        place.end + reach,
    )
}

fn dates_between(facts: &Facts<'_>, from: usize, to: usize) -> Vec<(Label, Dated)> {
    let mut found = Vec::new();
    // "Published" alone in its line, the date in the next.
    let mut line_before = "";
    for (_, line) in facts.lines(from, to) {
        let announced = std::mem::take(&mut line_before);
        if line.len() > LONGEST_LINE {
            continue;
        }
        if !may_hold_date(line) {
            line_before = if line.len() < 40 { line } else { "" };
            continue;
        }
        let mut last_end = 0;
        for moment in dates::find_all(line, facts.order) {
            let before = line.get(last_end..moment.start).unwrap_or_default();
            let is_bare = last_end == 0 && before.trim().len() < 3 && !announced.is_empty();
            last_end = moment.end;
            let dated = Dated {
                moment,
                raw: line.to_owned(),
            };
            found.push((label(if is_bare { announced } else { before }), dated));
        }
    }
    found
}

/// A date has a year or a short one: two digits at least, of whatever script.
fn may_hold_date(line: &str) -> bool {
    let n_digits = line.bytes().filter(u8::is_ascii_digit).take(2).count();
    n_digits == 2
        || line
            .chars()
            .filter(|c| !c.is_ascii() && c.is_numeric())
            .take(2)
            .count()
            == 2
}

fn from_labelled_lines(facts: &Facts<'_>, place: Place) -> Vec<Dated> {
    line_dates(facts, place)
        .into_iter()
        .filter(|(label, _)| *label == Label::Published)
        .map(|(_, dated)| dated)
        .collect()
}

/// A date without a label counts when little else stands in its line.
fn from_plain_lines(facts: &Facts<'_>, place: Place) -> Vec<Dated> {
    line_dates(facts, place)
        .into_iter()
        .filter(|(label, dated)| *label == Label::None && is_lone(dated))
        .map(|(_, dated)| dated)
        .collect()
}

fn is_lone(dated: &Dated) -> bool {
    dated.raw.len() <= 110
}

/// Labelled dates anywhere in the page.
fn from_far_lines(facts: &Facts<'_>, _: Place) -> Vec<Dated> {
    dates_between(facts, 0, usize::MAX)
        .into_iter()
        .filter(|(label, dated)| *label == Label::Published && dated.raw.len() <= 80)
        .map(|(_, dated)| dated)
        .collect()
}

/// `/2025/01/14/`, `/2025-01-14-`, `/20250114/` in the page's address.
fn from_address(facts: &Facts<'_>) -> Vec<Dated> {
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
