//! Dates as the page shows them: marked elements, and short lines with or without a label.

use super::{
    dates,
    facts::{Facts, Place},
    labels,
    published::Dated,
    scan::{Hit, Kind},
    stated_dates::read,
    words::{PUBLISHED, PUBLISHED_WEAK, UPDATED},
};

/// How far around the headline a date may stand, in bytes of text.
const REACH_BEFORE: usize = 400;
const REACH: usize = 1_500;
/// The longest line that is searched for dates, in bytes.
const LONGEST_LINE: usize = 260;

/// Which parts of the page count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Outside navigation, side columns, comments.
    Main,
    /// All.
    Any,
}

pub(super) fn near<'a>(
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
pub(super) fn from_elements(facts: &Facts<'_>, place: Place, zone: Zone) -> Vec<Dated> {
    let mut hits: Vec<&Hit<'_>> = near(facts, place, Kind::Time, zone).collect();
    hits.sort_by_key(|hit| hit.start < place.start);
    hits.into_iter()
        .filter(|hit| label_before(facts, hit) != Label::Updated)
        .filter_map(|hit| element_date(facts, hit))
        .collect()
}

pub(super) fn element_date(facts: &Facts<'_>, hit: &Hit<'_>) -> Option<Dated> {
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
pub(super) enum Label {
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
pub(super) fn from_far_elements(facts: &Facts<'_>, _: Place) -> Vec<Dated> {
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
pub(super) fn line_dates(facts: &Facts<'_>, place: Place) -> Vec<(Label, Dated)> {
    let reach = if place.is_known { REACH } else { REACH * 2 };
    dates_between(
        facts,
        place.start.saturating_sub(REACH_BEFORE),
        place.end + reach,
    )
}

pub(super) fn dates_between(facts: &Facts<'_>, from: usize, to: usize) -> Vec<(Label, Dated)> {
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

pub(super) fn from_labelled_lines(facts: &Facts<'_>, place: Place) -> Vec<Dated> {
    line_dates(facts, place)
        .into_iter()
        .filter(|(label, _)| *label == Label::Published)
        .map(|(_, dated)| dated)
        .collect()
}

/// A date without a label counts when little else stands in its line.
pub(super) fn from_plain_lines(facts: &Facts<'_>, place: Place) -> Vec<Dated> {
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
pub(super) fn from_far_lines(facts: &Facts<'_>, _: Place) -> Vec<Dated> {
    dates_between(facts, 0, usize::MAX)
        .into_iter()
        .filter(|(label, dated)| *label == Label::Published && dated.raw.len() <= 80)
        .map(|(_, dated)| dated)
        .collect()
}
