//! Who wrote it: JSON-LD, meta elements, marked elements, lines that read as bylines.

use super::{
    facts::{Facts, Place},
    names::{self, fold, is_personal},
    scan::{Hit, Kind},
};

/// The authors chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Authors {
    pub(super) names: Vec<String>,
    /// Lines of the page that show them.
    pub(super) lines: Vec<String>,
}

/// How far after the headline's end a byline may stand, in bytes of text.
const REACH: usize = 2_500;
/// How far before its start.
const REACH_BEFORE: usize = 300;
/// The longest line that is read as a byline, in bytes.
const LONGEST_LINE: usize = 240;

const METAS: &[&str] = &[
    "article:author",
    "author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor",
    "sailthru.author",
    "citation_author",
    "byl",
    "byline",
    "og:article:author",
    "og:author",
    "article:author_name",
    "article.author",
    "authors",
    "news_author",
    "bt:author",
    "cxenseparse:author",
    "cxenseparse:pbt-author",
    "vr:author",
    "shareaholic:article_author_name",
    "rbauthors",
    "twitter:creator:name",
    "creator",
    "lp.article:author",
    "mediator_author",
    "dcsext.author",
    "article-author",
];

/// Chooses the authors by the first source that names someone.
pub(super) fn choose(facts: &Facts<'_>, place: Place) -> Authors {
    let lines = bylines(facts, place);
    let sources: [fn(&Facts<'_>, Place) -> Vec<String>; 7] = [
        |facts, _| from_ld(facts),
        |facts, _| from_metas(facts),
        from_items,
        from_links,
        from_marked,
        from_lines,
        |facts, _| from_witness(facts),
    ];
    let mut outlets = Vec::new();
    for source in sources {
        let (mut people, mut sites) = (Vec::new(), Vec::new());
        for name in source(facts, place) {
            if facts.outlet.is_site(&name) {
                sites.push(name);
            } else {
                people.push(name);
            }
        }
        if !people.is_empty() {
            return Authors {
                names: unique(people),
                lines,
            };
        }
        if outlets.is_empty() {
            outlets = sites;
        }
    }
    Authors {
        names: unique(outlets),
        lines,
    }
}

fn unique(names: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        if !kept.iter().any(|known| fold(known) == fold(&name)) {
            kept.push(name);
        }
    }
    kept
}

fn from_ld(facts: &Facts<'_>) -> Vec<String> {
    facts
        .ld
        .articles
        .iter()
        .filter(|article| !article.is_listed)
        .map(|article| {
            article
                .authors
                .iter()
                .flat_map(|author| {
                    if author.is_organization {
                        vec![author.name.clone()]
                            .into_iter()
                            .filter(|name| names::is_name(name))
                            .collect()
                    } else {
                        names::split(&author.name)
                    }
                })
                .collect::<Vec<_>>()
        })
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

fn from_metas(facts: &Facts<'_>) -> Vec<String> {
    METAS
        .iter()
        .map(|name| {
            facts
                .metas(name)
                .iter()
                .filter(|value| !is_address(value))
                .flat_map(|value| names::split(value))
                .collect::<Vec<_>>()
        })
        .chain(std::iter::once_with(|| from_twitter_labels(facts)))
        .find(|names| names.iter().any(|name| !facts.outlet.is_site(name)))
        .unwrap_or_default()
}

/// `twitter:label1` "Written by" with its `twitter:data1`.
fn from_twitter_labels(facts: &Facts<'_>) -> Vec<String> {
    for (label, data) in [
        ("twitter:label1", "twitter:data1"),
        ("twitter:label2", "twitter:data2"),
    ] {
        let is_author = facts.meta(&[label]).is_some_and(|label| {
            let (_, is_opener) = names::without_opener(&format!("{label} :"));
            is_opener
        });
        if is_author && let Some(value) = facts.meta(&[data]) {
            return names::split(&value);
        }
    }
    Vec::new()
}

fn is_address(value: &str) -> bool {
    value.contains("://")
        || value.starts_with('/')
        || value.starts_with("www.")
        || value.starts_with('@')
}

fn is_near(hit: &Hit<'_>, place: Place) -> bool {
    let reach = if place.is_known { REACH } else { REACH * 2 };
    hit.start + REACH_BEFORE >= place.start && hit.start <= place.end + reach
}

/// Hits of a kind near the headline, those after it first.
fn near<'a>(facts: &'a Facts<'_>, place: Place, kind: Kind) -> Vec<&'a Hit<'a>> {
    let mut hits: Vec<&Hit<'_>> = facts
        .scan
        .hits
        .iter()
        .filter(|hit| hit.kind == kind && !facts.asides.hold(hit.start) && is_near(hit, place))
        .take(40)
        .collect();
    hits.sort_by_key(|hit| hit.start < place.start);
    hits
}

/// Names of a marked element: of the links or names inside it, else of its first lines.
fn names_in(facts: &Facts<'_>, hit: &Hit<'_>) -> Vec<String> {
    let inner: Vec<String> = facts
        .scan
        .hits
        .iter()
        .filter(|other| matches!(other.kind, Kind::AuthorLink | Kind::NameItem))
        .filter(|other| other.start >= hit.start && other.end <= hit.end && other.end > other.start)
        .take(20)
        .flat_map(|other| names::split(facts.scan.slice(other.start, other.end)))
        .collect();
    if !inner.is_empty() {
        return inner;
    }
    let text = facts.scan.slice(hit.start, hit.end);
    if text.len() > LONGEST_LINE * 3 {
        return Vec::new();
    }
    text.lines()
        .take(4)
        .map(|line| split_line(line))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// Names of a line that may hold more than names: what does not read as a person is left out.
fn split_line(line: &str) -> Vec<String> {
    if line.len() > LONGEST_LINE {
        return Vec::new();
    }
    let line = before_date(line);
    names::split(line)
        .into_iter()
        .filter(|name| is_personal(name))
        .collect()
}

/// The part of a line before the first date.
fn before_date(line: &str) -> &str {
    let dates = super::dates::find_all(line, super::dates::Order::DayFirst);
    match dates.first() {
        Some(date) if date.start > 3 => line.get(..date.start).unwrap_or(line),
        _ => line,
    }
}

fn from_items(facts: &Facts<'_>, place: Place) -> Vec<String> {
    near(facts, place, Kind::AuthorItem)
        .into_iter()
        .flat_map(|hit| names_in(facts, hit))
        .collect()
}

fn from_links(facts: &Facts<'_>, place: Place) -> Vec<String> {
    near(facts, place, Kind::AuthorLink)
        .into_iter()
        .flat_map(|hit| split_line(facts.scan.slice(hit.start, hit.end)))
        .collect()
}

fn from_marked(facts: &Facts<'_>, place: Place) -> Vec<String> {
    near(facts, place, Kind::Author)
        .into_iter()
        .map(|hit| names_in(facts, hit))
        .map(|names| {
            names
                .into_iter()
                .filter(|name| is_personal(name))
                .collect::<Vec<_>>()
        })
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// Lines near the headline that open as a byline does.
fn from_lines(facts: &Facts<'_>, place: Place) -> Vec<String> {
    byline_lines(facts, place)
        .map(|line| split_line(line))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

fn byline_lines<'a>(facts: &'a Facts<'_>, place: Place) -> impl Iterator<Item = &'a str> {
    facts
        .lines(place.start.saturating_sub(REACH_BEFORE), place.end + REACH)
        .filter(|(_, line)| line.len() <= LONGEST_LINE && names::without_opener(line).1)
        .map(|(_, line)| line)
}

fn bylines(facts: &Facts<'_>, place: Place) -> Vec<String> {
    byline_lines(facts, place)
        .filter(|line| !split_line(line).is_empty())
        .take(5)
        .map(str::to_owned)
        .collect()
}

fn from_witness(facts: &Facts<'_>) -> Vec<String> {
    let authors = facts.page.witness.map(|witness| witness.authors.as_slice());
    authors
        .unwrap_or_default()
        .iter()
        .flat_map(|author| names::split(author))
        .collect()
}
