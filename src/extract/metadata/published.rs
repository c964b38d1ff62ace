//! When it was published and changed.

use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Utc};

use super::{
    dates::Moment,
    facts::{Facts, Place},
    scan::Kind,
    shown_dates::{
        self, Label, Zone, dates_between, element_date, from_elements, from_far_elements,
        from_far_lines, from_labelled_lines, from_plain_lines, line_dates,
    },
    stated_dates::{
        PUBLISHED_METAS, UPDATED_METAS, from_address, from_ld, from_loose_ld, from_metas,
        from_odd_metas, from_witness, read,
    },
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
pub(super) struct Dated {
    pub(super) moment: Moment,
    pub(super) raw: String,
}

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
        found = shown_dates::near(facts, place, Kind::Updated, Zone::Main)
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
