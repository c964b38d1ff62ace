//! The headline: which of the page's titles it is, and where it stands.

use ego_tree::NodeId;

use super::{
    facts::Facts,
    names::{fold, n_words},
    scan::Kind,
};
use crate::text::{clean_line, unescape};

/// The title chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Title {
    pub(super) text: Option<String>,
    pub(super) node: Option<NodeId>,
    /// Every title the page shows or declares, best first.
    pub(super) seen: Vec<String>,
}

#[derive(Debug, Clone)]
struct Heading {
    text: String,
    node: NodeId,
    kind: Kind,
    is_aside: bool,
}

/// Chooses the title: the article's headline by JSON-LD, the `h1` that resembles what the page
/// declares, `og:title`, `title`; site names are cut off.
pub(super) fn choose(facts: &Facts<'_>) -> Title {
    let headings = headings(facts);
    let headline = facts
        .main()
        .and_then(|article| article.headline.clone().or_else(|| article.name.clone()))
        .map(|line| without_markup(&line));
    let og = facts.meta(&[
        "og:title",
        "twitter:title",
        "dc.title",
        "dcterms.title",
        "citation_title",
        "parsely-title",
        "sailthru.title",
    ]);
    let tag = facts.scan.title.map(|title| clean_line(&unescape(title)));
    let witness = facts.page.witness.and_then(|witness| witness.title.clone());
    let declared: Vec<String> = [&headline, &og, &tag, &witness]
        .into_iter()
        .flatten()
        .filter(|line| !line.is_empty() && !facts.outlet.is_site(line))
        .cloned()
        .collect();
    let shown = best_heading(&headings, &declared);
    let cut = |line: &Option<String>| {
        line.as_deref()
            .map(|line| without_site(line, facts))
            .filter(|line| !line.is_empty() && !facts.outlet.is_site(line))
    };
    let shown_text = shown.map(|heading| heading.text.clone());
    let lone = lone_heading(&headings, facts);
    let text = cut(&headline)
        .or_else(|| shown_text.clone())
        .or_else(|| cut(&og))
        .or_else(|| cut(&tag))
        .or_else(|| lone.map(|heading| heading.text.clone()))
        .or_else(|| witness.clone());
    let mut seen: Vec<String> = Vec::new();
    for line in [shown_text, cut(&headline), cut(&og), cut(&tag), witness]
        .into_iter()
        .flatten()
    {
        if !line.is_empty() && !seen.contains(&line) {
            seen.push(line);
        }
    }
    Title {
        text,
        node: shown.or(lone).map(|heading| heading.node),
        seen,
    }
}

fn headings(facts: &Facts<'_>) -> Vec<Heading> {
    facts
        .scan
        .hits
        .iter()
        .filter(|hit| matches!(hit.kind, Kind::Headline | Kind::Heading | Kind::TitleMark))
        .filter(|hit| hit.end > hit.start && hit.end - hit.start <= 600)
        .map(|hit| Heading {
            text: clean_line(facts.scan.slice(hit.start, hit.end)),
            node: hit.node,
            kind: hit.kind,
            is_aside: hit.is_aside,
        })
        .filter(|heading| !heading.text.is_empty())
        .take(400)
        .collect()
}

/// The heading that resembles a declared title most; an `h1` before others.
fn best_heading<'a>(headings: &'a [Heading], declared: &[String]) -> Option<&'a Heading> {
    let declared: Vec<Vec<String>> = declared.iter().map(|line| words(line)).collect();
    let mut best: Option<(f64, &Heading)> = None;
    for heading in headings {
        let own = words(&heading.text);
        let alike = declared
            .iter()
            .map(|other| likeness(&own, other))
            .fold(0.0, f64::max);
        let floor = match heading.kind {
            Kind::Headline => 0.4,
            _ => 0.8,
        };
        if alike < floor {
            continue;
        }
        let score = alike
            + if heading.kind == Kind::Headline {
                0.3
            } else {
                0.0
            }
            - if heading.is_aside { 0.3 } else { 0.0 };
        if best.is_none_or(|(top, _)| score > top) {
            best = Some((score, heading));
        }
    }
    best.map(|(_, heading)| heading)
}

/// The only `h1` outside navigation, for pages that declare nothing of use.
fn lone_heading<'a>(headings: &'a [Heading], facts: &Facts<'_>) -> Option<&'a Heading> {
    let mut all = headings.iter().filter(|heading| {
        heading.kind == Kind::Headline && !heading.is_aside && !facts.outlet.is_site(&heading.text)
    });
    all.next()
}

fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = line
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    // Scripts without spaces: pairs of characters.
    if words.len() <= 3 && line.chars().any(|c| u32::from(c) > 0x2e80) {
        let chars: Vec<char> = fold(line).chars().collect();
        words = chars.windows(2).map(|pair| pair.iter().collect()).collect();
    }
    words.sort();
    words.dedup();
    words
}

/// Share of common words (Dice).
fn likeness(one: &[String], other: &[String]) -> f64 {
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
