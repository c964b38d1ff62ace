//! Everything a page holds, with the look-ups that the fields share.

use super::{
    asides::Asides,
    dates::Order,
    ld::{Ld, LdArticle},
    outlet::Outlet,
    scan::{Line, Scan},
};
use crate::{
    extract::Page,
    text::{clean_line, unescape},
};

/// Metas of one name that are read; an article has fewer authors and tags.
const MAX_METAS: usize = 100;

/// The page as the fields see it.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) scan: &'a Scan<'a>,
    pub(super) ld: &'a Ld,
    pub(super) page: &'a Page<'a>,
    pub(super) outlet: Outlet,
    pub(super) order: Order,
    /// Those around the headline, once that is known.
    pub(super) asides: Asides,
}

/// Where the headline stands, in bytes of the page's text; the start when there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_known: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn new(scan: &'a Scan<'a>, ld: &'a Ld, page: &'a Page<'a>) -> Self {
        let mut facts = Self {
            scan,
            ld,
            page,
            outlet: Outlet::default(),
            order: Order::DayFirst,
            asides: scan.asides.around(usize::MAX),
        };
        facts.outlet = Outlet::new(&facts);
        facts.order = order(&facts);
        facts
    }

    /// The first meta with a value, by the order of the names.
    pub(super) fn meta(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .find_map(|name| self.metas(name).into_iter().next())
    }

    /// Every value of the metas of one name, as plain lines.
    pub(super) fn metas(&self, name: &str) -> Vec<String> {
        self.scan
            .metas
            .iter()
            .filter(|meta| meta.name == name)
            .take(MAX_METAS)
            .map(|meta| plain(meta.content))
            .filter(|line| !line.is_empty())
            .collect()
    }

    /// The article that the JSON-LD describes.
    pub(super) fn main(&self) -> Option<&'a LdArticle> {
        self.ld
            .articles
            .first()
            .filter(|article| article.rank >= 2 && !article.is_listed)
    }

    /// Lines outside navigation whose start lies within a range of the text.
    pub(super) fn lines(&self, from: usize, to: usize) -> impl Iterator<Item = (Line, &'a str)> {
        let lines = &self.scan.lines;
        let first = lines.partition_point(|line| line.start < from);
        lines
            .iter()
            .skip(first)
            .take_while(move |line| line.start < to)
            .filter(|line| !self.asides.hold(line.start))
            .map(|line| (*line, self.scan.slice(line.start, line.end)))
    }

    /// Settles which parts of the page stand aside, seen from the headline.
    pub(super) fn settle(&mut self, place: Place) {
        if place.is_known {
            self.asides = self.scan.asides.around(place.start);
        }
    }

    /// The page says that it is not free to read.
    pub(super) fn is_paid(&self) -> bool {
        let is_locked = |article: &LdArticle| article.is_free == Some(false) && !article.is_listed;
        self.ld.articles.iter().any(is_locked)
            || self
                .meta(&["article:content_tier"])
                .is_some_and(|tier| matches!(tier.as_str(), "locked" | "metered" | "paid"))
    }
}

fn order(facts: &Facts<'_>) -> Order {
    let language = facts
        .scan
        .language
        .map(str::to_ascii_lowercase)
        .or_else(|| facts.meta(&["og:locale", "content-language"]))
        .unwrap_or_default()
        .to_ascii_lowercase()
        .replace('_', "-");
    // Readers of American English write the month first; so does most English without a country.
    if matches!(
        language.as_str(),
        "en" | "en-us" | "fil" | "en-ph" | "en-ca"
    ) {
        Order::MonthFirst
    } else {
        Order::DayFirst
    }
}

/// A value as one plain line. Values that were escaped twice are common; one more round is safe,
/// since what looks like a reference is hardly ever meant.
pub(super) fn plain(raw: &str) -> String {
    let once = unescape(raw);
    if once.contains('&') && once.contains(';') {
        clean_line(&unescape(&once))
    } else {
        clean_line(&once)
    }
}
