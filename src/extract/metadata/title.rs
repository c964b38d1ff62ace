//! The headline: which of the page's titles it is, and where it stands.

use std::borrow::Cow;

use ego_tree::NodeId;

use super::{
    facts::{Facts, Place, plain},
    names::{fold, n_words},
    scan::Kind,
};
use crate::{
    extract::{letter_hash::Letters, words::word_hashes},
    text::clean_line,
};

/// The title chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Title {
    pub(super) text: Option<String>,
    pub(super) node: Option<NodeId>,
    pub(super) place: Place,
    /// Every title the page shows or declares, best first.
    pub(super) seen: Vec<String>,
}

#[derive(Debug, Clone)]
struct Heading<'a> {
    text: Cow<'a, str>,
    node: NodeId,
    place: Place,
    kind: Kind,
    is_aside: bool,
}

/// A headline longer than this, in characters, is a summary.
const LONGEST: usize = 220;

/// The titles of a page by their source, without the site's name.
struct Titles {
    /// Headline in the JSON-LD.
    headline: Option<String>,
    /// The heading that resembles what is declared.
    shown: Option<String>,
    og: Option<String>,
    /// The document's title.
    tag: Option<String>,
    /// What the feed says.
    witness: Option<String>,
}

/// Chooses the title. A news article's headline by JSON-LD goes before the heading on the page,
/// unless that one is made for search engines; else the heading that resembles what the page
/// declares comes first, then `og:title`, then `title`. Site names are cut off.
pub(super) fn choose(facts: &Facts<'_>) -> Title {
    let headings = headings(facts);
    let cut = |line: Option<String>| {
        line.map(|line| without_site(&without_markup(&line), facts))
            .filter(|line| !line.is_empty() && !facts.outlet.is_site(line))
    };
    let headline = facts
        .main()
        .and_then(|article| article.headline.clone().or_else(|| article.name.clone()));
    let mut titles = Titles {
        headline: cut(headline).filter(|line| line.chars().count() <= LONGEST),
        shown: None,
        og: cut(facts.meta(OG_TITLES)),
        tag: cut(facts.scan.title.map(plain)),
        witness: cut(facts.page.witness.and_then(|witness| witness.title.clone())),
    };
    let declared: Vec<&String> = [&titles.headline, &titles.og, &titles.tag, &titles.witness]
        .into_iter()
        .flatten()
        .collect();
    let lone = lone_heading(&headings, facts);
    let by_text = || title_line(facts, &declared);
    let heading = best_heading(&headings, &declared)
        .cloned()
        .or_else(|| {
            if declared.is_empty() {
                lone.cloned()
            } else {
                None
            }
        })
        .or_else(by_text);
    titles.shown = cut(heading.as_ref().map(|heading| heading.text.to_string()));
    let is_news = facts
        .main()
        .is_some_and(|article| article.kind.contains("news"));
    let text = titles
        .best(is_news)
        .map(|line| titles.without_kicker(line).to_owned())
        .or_else(|| lone.map(|heading| heading.text.to_string()));
    let mut seen: Vec<String> = Vec::new();
    let all = [
        heading.as_ref().map(|heading| heading.text.to_string()),
        titles.shown,
        titles.headline,
        titles.og,
        titles.tag,
        titles.witness,
    ];
    for line in all.into_iter().flatten() {
        if !seen.contains(&line) {
            seen.push(line);
        }
    }
    let spot = heading.as_ref().or(lone);
    Title {
        text,
        node: spot.map(|heading| heading.node),
        place: spot.map(|heading| heading.place).unwrap_or_default(),
        seen,
    }
}

impl Titles {
    fn best(&self, is_news: bool) -> Option<&String> {
        let order = if is_news && !self.is_for_search() {
            [
                &self.headline,
                &self.shown,
                &self.og,
                &self.tag,
                &self.witness,
            ]
        } else {
            [
                &self.shown,
                &self.og,
                &self.headline,
                &self.tag,
                &self.witness,
            ]
        };
        order.into_iter().flatten().next()
    }

    /// The headline in the JSON-LD is that of the `title`, and `og:title` is what the page shows.
    fn is_for_search(&self) -> bool {
        let key = |line: &Option<String>| line.as_deref().map(fold);
        let (headline, shown, og) = (key(&self.headline), key(&self.shown), key(&self.og));
        headline == key(&self.tag) && headline != og && shown.is_some() && shown == og
    }

    /// "Topic: the headline" when `og:title` is the headline alone.
    fn without_kicker<'a>(&'a self, line: &'a str) -> &'a str {
        let Some(og) = self.og.as_deref() else {
            return line;
        };
        let is_tail = og.chars().count() >= 20 && line.len() > og.len();
        let Some(lead) = line.strip_suffix(og).filter(|_| is_tail) else {
            return line;
        };
        let lead = lead.trim_end();
        let is_date = super::dates::read(lead, super::dates::Order::MonthFirst).is_some();
        if is_date || lead.ends_with([':', '-', '–', '|']) {
            og
        } else {
            line
        }
    }
}

const OG_TITLES: &[&str] = &[
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "citation_title",
    "parsely-title",
    "sailthru.title",
];

fn headings<'a>(facts: &'a Facts<'_>) -> Vec<Heading<'a>> {
    facts
        .scan
        .hits
        .iter()
        .filter(|hit| matches!(hit.kind, Kind::Headline | Kind::Heading | Kind::TitleMark))
        .filter(|hit| hit.end > hit.start && hit.end - hit.start <= 600)
        .map(|hit| Heading {
            text: shown(facts.scan.slice(hit.start, hit.end)),
            node: hit.node,
            place: Place {
                start: hit.start,
                end: hit.end,
                is_known: true,
            },
            kind: hit.kind,
            is_aside: facts.asides.hold(hit.start),
        })
        .filter(|heading| !heading.text.is_empty())
        .take(400)
        .collect()
}

/// A line of the scan as text. Printable ASCII, its spaces folded by the scan, is that already.
fn shown(line: &str) -> Cow<'_, str> {
    if line.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        Cow::Borrowed(line)
    } else {
        Cow::Owned(clean_line(line))
    }
}

/// The heading that resembles a declared title most; an `h1` before others.
fn best_heading<'a, 'b>(
    headings: &'b [Heading<'a>],
    declared: &[&String],
) -> Option<&'b Heading<'a>> {
    let declared: Vec<Vec<u64>> = declared.iter().map(|line| words(line)).collect();
    let mut best: Option<(f64, &Heading<'_>)> = None;
    for heading in headings {
        let own = words(&heading.text);
        let alike = declared
            .iter()
            .map(|other| likeness(&own, other))
            .fold(0.0, f64::max);
        let is_first_level = heading.kind == Kind::Headline;
        let floor = if is_first_level { 0.4 } else { 0.8 };
        if alike < floor {
            continue;
        }
        let score = alike + if is_first_level { 0.5 } else { 0.0 }
            - if heading.is_aside { 0.3 } else { 0.0 };
        if best.is_none_or(|(top, _)| score > top) {
            best = Some((score, heading));
        }
    }
    best.map(|(_, heading)| heading)
}

/// A line that is the title on a page whose markup does not tell; on a page that declares no title
/// at all, its first line, when it is short.
fn title_line<'a>(facts: &'a Facts<'_>, declared: &[&String]) -> Option<Heading<'a>> {
    let keys: Vec<String> = declared.iter().map(|line| fold(line)).collect();
    let mut lines = facts
        .lines(0, usize::MAX)
        .filter(|(_, line)| line.len() <= 300)
        .take(300);
    let (line, text) = if keys.is_empty() {
        let is_titled = facts
            .scan
            .title
            .is_some_and(|title| !title.trim().is_empty());
        lines
            .next()
            .filter(|(_, text)| !is_titled && n_words(text) >= 2 && !text.ends_with('.'))?
    } else {
        lines.find(|(_, text)| {
            let folded = fold(text);
            folded.len() >= 6 && keys.contains(&folded)
        })?
    };
    Some(Heading {
        text: shown(text),
        node: line.node,
        place: Place {
            start: line.start,
            end: line.end,
            is_known: true,
        },
        kind: Kind::Heading,
        is_aside: false,
    })
}

/// The only `h1` outside navigation, for pages that declare nothing of use.
fn lone_heading<'a, 'b>(headings: &'b [Heading<'a>], facts: &Facts<'_>) -> Option<&'b Heading<'a>> {
    let mut all = headings.iter().filter(|heading| {
        heading.kind == Kind::Headline && !heading.is_aside && !facts.outlet.is_site(&heading.text)
    });
    all.next()
}

/// A hash of each word, sorted, each once.
fn words(line: &str) -> Vec<u64> {
    let mut words: Vec<u64> = word_hashes(line).collect();
    // Scripts without spaces: pairs of characters.
    if words.len() <= 3 && line.chars().any(|c| u32::from(c) > 0x2e80) {
        let chars: Vec<char> = fold(line).chars().collect();
        words = chars
            .windows(2)
            .map(|pair| Letters::of(pair.iter().copied()))
            .collect();
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// Share of common words (Dice).
fn likeness(one: &[u64], other: &[u64]) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let n_common = one
        .iter()
        .filter(|word| other.binary_search(word).is_ok())
        .count();
    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    let share = 2.0 * n_common as f64 / (one.len() + other.len()) as f64;
    share
}

fn without_markup(line: &str) -> String {
    if !line.contains('<') {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match after.split_once('>') {
            Some((_, behind)) if is_tag => rest = behind,
            _ => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    clean_line(&out)
}

const SEPARATORS: &[&str] = &[
    " | ", " - ", " – ", " — ", " · ", " • ", " » ", " « ", " :: ", " / ", " ~ ", "｜", " ‹ ",
    " › ", " |", "| ", " ― ", "_",
];

/// A title without the site's name at its end or start.
pub(super) fn without_site(line: &str, facts: &Facts<'_>) -> String {
    let mut line = clean_line(line);
    for _ in 0..3 {
        let Some(shorter) = cut_once(&line, facts) else {
            break;
        };
        line = shorter;
    }
    line
}

fn cut_once(line: &str, facts: &Facts<'_>) -> Option<String> {
    for separator in SEPARATORS {
        if let Some((before, after)) = line.rsplit_once(separator)
            && facts.outlet.is_like_site(after)
            && n_words(before) >= 1
            && !before.trim().is_empty()
        {
            return Some(before.trim().to_owned());
        }
        if let Some((before, after)) = line.split_once(separator)
            && facts.outlet.is_site(before)
            && !after.trim().is_empty()
        {
            return Some(after.trim().to_owned());
        }
    }
    None
}
