//! Authors as the page shows them: marked elements, links to authors' pages, lines.

use super::{
    dates::{self, Order},
    facts::{Facts, Place},
    names::{self, fold, is_personal},
    scan::{Hit, Kind},
};

/// How far after the headline's end a byline may stand, in bytes of text.
const REACH: usize = 2_500;
/// How far before its start.
const REACH_BEFORE: usize = 300;
/// How near it stands when it is beyond doubt.
const NEAR: usize = 700;
/// The longest line that is read as a byline, in bytes.
const LONGEST_LINE: usize = 240;
/// Elements of a kind that are looked at.
const MAX_HITS: usize = 40;

/// `itemprop=author`.
pub(super) fn from_items(facts: &Facts<'_>, place: Place) -> Vec<String> {
    near(facts, place, Kind::AuthorItem)
        .into_iter()
        .flat_map(|hit| names_in(facts, hit))
        .collect()
}

/// `rel=author`, and links to authors' pages.
pub(super) fn from_links(facts: &Facts<'_>, place: Place) -> Vec<String> {
    let strict: Vec<String> = near(facts, place, Kind::AuthorLink)
        .into_iter()
        .flat_map(|hit| link_names(facts, hit))
        .collect();
    if strict.is_empty() {
        near(facts, place, Kind::AuthorPage)
            .into_iter()
            .filter(|hit| hit.start <= place.end + NEAR)
            .flat_map(|hit| link_names(facts, hit))
            .collect()
    } else {
        strict
    }
}

/// Elements whose class says author or byline.
pub(super) fn from_marked(facts: &Facts<'_>, place: Place) -> Vec<String> {
    near(facts, place, Kind::Author)
        .into_iter()
        .map(|hit| personal(names_in(facts, hit)))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// Lines near the headline that open as a byline does.
pub(super) fn from_lines(facts: &Facts<'_>, place: Place) -> Vec<String> {
    byline_names(facts, place, REACH)
}

/// The same right next to the headline.
pub(super) fn from_near_lines(facts: &Facts<'_>, place: Place) -> Vec<String> {
    byline_names(facts, place, NEAR)
}

/// Marked elements anywhere outside the asides, such as the box after the text; only when they
/// agree on one name.
pub(super) fn from_afar(facts: &Facts<'_>, place: Place) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let hits = facts.scan.hits.iter().filter(|hit| {
        matches!(
            hit.kind,
            Kind::Author | Kind::AuthorLink | Kind::AuthorItem | Kind::AuthorPage
        ) && hit.start >= place.start
            && !facts.asides.hold(hit.start)
    });
    for hit in hits.take(MAX_HITS) {
        for name in personal(names_in(facts, hit)) {
            if !found.iter().any(|known| fold(known) == fold(&name)) {
                found.push(name);
            }
        }
        if found.len() > 1 {
            return Vec::new();
        }
    }
    if found.is_empty() {
        return far_lines(facts, place);
    }
    found
}

/// "Written by Ann Smith" after the text, or "Author" above a name.
fn far_lines(facts: &Facts<'_>, place: Place) -> Vec<String> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut is_announced = false;
    for (_, line) in facts.lines(place.end + REACH, usize::MAX) {
        let was_announced = std::mem::take(&mut is_announced);
        if line.len() > 100 {
            continue;
        }
        if was_announced || names::has_long_opener(line) {
            found.push(split_line(line));
        }
        is_announced = line.len() <= 20 && names::is_opener(line);
    }
    found.retain(|names| !names.is_empty());
    match (found.pop(), found.pop()) {
        (Some(only), None) => only,
        _ => Vec::new(),
    }
}

/// The text around the headline, folded.
pub(super) fn text_around(facts: &Facts<'_>, place: Place) -> String {
    let text = &facts.scan.text;
    let start = text.floor_char_boundary(place.start.saturating_sub(REACH_BEFORE));
    let end = text.floor_char_boundary((place.end + REACH).min(text.len()));
    fold(text.get(start..end).unwrap_or_default())
}

/// Names of the first byline: in the line that opens as one, or in the line after an opener that
/// stands alone.
fn byline_names(facts: &Facts<'_>, place: Place, reach: usize) -> Vec<String> {
    let mut is_announced = false;
    for (_, line) in facts.lines(place.start.saturating_sub(REACH_BEFORE), place.end + reach) {
        if line.len() > LONGEST_LINE {
            is_announced = false;
            continue;
        }
        if names::is_opener(line) {
            is_announced = true;
            continue;
        }
        let part = if is_announced {
            Some(line)
        } else {
            byline_part(line)
        };
        let names = part.map(split_line).unwrap_or_default();
        if !names.is_empty() {
            return names;
        }
        is_announced = false;
    }
    Vec::new()
}

/// The part of a line that opens as a byline: its start, or what follows its first date
/// ("3 May 2024 by Ann Smith").
fn byline_part(line: &str) -> Option<&str> {
    if names::without_opener(line).1 {
        return Some(line);
    }
    let has_year = line.bytes().filter(u8::is_ascii_digit).take(4).count() == 4;
    if !has_year || line.len() > 120 {
        return None;
    }
    let date = dates::find_all(line, Order::DayFirst).into_iter().next()?;
    let rest = line.get(date.end..)?;
    names::without_opener(rest).1.then_some(rest)
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
        .filter(|hit| hit.end > hit.start)
        .take(MAX_HITS)
        .collect();
    hits.sort_by_key(|hit| hit.start < place.start);
    hits
}

/// Names of a marked element: of the links or names inside it, else of its first lines.
fn names_in(facts: &Facts<'_>, hit: &Hit<'_>) -> Vec<String> {
    // Hits are in the order of their starts: those inside follow.
    let hits = &facts.scan.hits;
    let first = hits.partition_point(|other| other.start < hit.start);
    let inner: Vec<String> = hits
        .iter()
        .skip(first)
        .take_while(|other| other.start < hit.end)
        .filter(|other| {
            matches!(
                other.kind,
                Kind::AuthorLink | Kind::NameItem | Kind::AuthorPage
            )
        })
        .filter(|other| other.end <= hit.end && other.end > other.start)
        .take(20)
        .flat_map(|other| link_names(facts, other))
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
        .map(split_line)
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// Names of a link or name element. One word is enough after a capital.
fn link_names(facts: &Facts<'_>, hit: &Hit<'_>) -> Vec<String> {
    let text = facts.scan.slice(hit.start, hit.end);
    if text.len() > 120 {
        return Vec::new();
    }
    names::split(text)
        .into_iter()
        .map(|name| names::without_tail(&name).to_owned())
        .filter(|name| is_personal(name) || names::n_words(name) == 1)
        .collect()
}

/// Names of a line that may hold more than names: what does not read as a person is left out.
fn split_line(line: &str) -> Vec<String> {
    if line.len() > LONGEST_LINE {
        return Vec::new();
    }
    names::split(before_date(line))
        .into_iter()
        .map(|name| names::without_tail(&name).to_owned())
        .filter(|name| is_personal(name))
        .collect()
}

fn personal(names: Vec<String>) -> Vec<String> {
    names.into_iter().filter(|name| is_personal(name)).collect()
}

/// The part of a line before the first date, and before the names of those who did other work.
fn before_date(line: &str) -> &str {
    let dates = dates::find_all(line, Order::DayFirst);
    let line = match dates.first() {
        Some(date) if date.start > 3 => line.get(..date.start).unwrap_or(line),
        _ => line,
    };
    // "By Ann Smith. Reviewed by Eve Jones": only the first wrote it.
    let lower = line.to_ascii_lowercase();
    let other = OTHER_WORK
        .iter()
        .filter_map(|words| lower.find(words))
        .min()
        .filter(|at| *at > 3);
    other.and_then(|at| line.get(..at)).unwrap_or(line)
}

/// What others did than to write, in a byline.
const OTHER_WORK: [&str; 10] = [
    "reviewed by",
    "medically reviewed",
    "fact checked",
    "fact-checked",
    "edited by",
    "photos by",
    "photography by",
    "illustration by",
    "illustrated by",
    "updated by",
];
