//! The article's own tags.

use super::{
    facts::{Facts, Place},
    labels,
    names::{fold, n_words},
    scan::Kind,
    words::TAG_LABELS,
};
use crate::text::clean_line;

/// Tags kept of one page.
const MAX_TAGS: usize = 40;
/// The longest tag, in characters.
const LONGEST: usize = 60;

/// Chooses the tags by the first source that has any.
pub(super) fn choose(facts: &Facts<'_>, place: Place) -> Vec<String> {
    let sources: [fn(&Facts<'_>, Place) -> Vec<String>; 7] = [
        |facts, _| {
            facts
                .metas("article:tag")
                .iter()
                .flat_map(|tag| split(tag))
                .collect()
        },
        |facts, _| {
            metas(
                facts,
                &[
                    "news_keywords",
                    "parsely-tags",
                    "sailthru.tags",
                    "cxenseparse:taxonomy",
                ],
            )
        },
        |facts, _| {
            facts
                .main()
                .map(|article| article.keywords.iter().flat_map(|tag| split(tag)).collect())
                .unwrap_or_default()
        },
        links,
        lines,
        |facts, _| {
            metas(
                facts,
                &[
                    "keywords",
                    "dc.subject",
                    "dcterms.subject",
                    "citation_keywords",
                ],
            )
        },
        |facts, _| {
            let categories = facts.page.witness.map(|witness| witness.categories.clone());
            categories.unwrap_or_default()
        },
    ];
    sources
        .iter()
        .map(|source| sane(source(facts, place), facts))
        .find(|tags| !tags.is_empty())
        .unwrap_or_default()
}

fn metas(facts: &Facts<'_>, names: &[&str]) -> Vec<String> {
    names
        .iter()
        .flat_map(|name| facts.metas(name))
        .flat_map(|value| split(&value))
        .collect()
}

fn split(value: &str) -> Vec<String> {
    value
        .split([',', ';', '|', '、', '，', '،'])
        .map(clean_line)
        .collect()
}

fn sane(tags: Vec<String>, facts: &Facts<'_>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags.into_iter().take(MAX_TAGS * 10) {
        let tag = tag
            .trim_matches(|c: char| c.is_whitespace() || "#\"'.,".contains(c))
            .to_owned();
        let n_chars = tag.chars().count();
        let is_sane = (1..=LONGEST).contains(&n_chars)
            && n_words(&tag) <= 7
            && !tag.contains("://")
            && tag.chars().any(char::is_alphanumeric)
            && !facts.outlet.is_site(&tag)
            && !kept.iter().any(|known| fold(known) == fold(&tag));
        if is_sane {
            kept.push(tag);
        }
        if kept.len() >= MAX_TAGS {
            break;
        }
    }
    kept
}

fn links(facts: &Facts<'_>, place: Place) -> Vec<String> {
    facts
        .scan
        .hits
        .iter()
        .filter(|hit| {
            hit.kind == Kind::Tag && !facts.asides.hold(hit.start) && hit.start >= place.start
        })
        .take(MAX_TAGS)
        .flat_map(|hit| split(facts.scan.slice(hit.start, hit.end)))
        .collect()
}

/// A label's colon stands near the start of its line.
fn has_early_colon(line: &str) -> bool {
    line.char_indices()
        .take(45)
        .any(|(_, c)| matches!(c, ':' | '：'))
}

/// "Published under: Islamic State , Russia".
fn lines(facts: &Facts<'_>, place: Place) -> Vec<String> {
    facts
        .lines(place.start, usize::MAX)
        .map(|(_, line)| line)
        .filter(|line| line.len() <= 400 && has_early_colon(line))
        .filter_map(|line| {
            let rest = labels::after_label(line, &TAG_LABELS)?;
            let list = rest.trim_start().strip_prefix([':', '：'])?;
            Some(split(list))
        })
        .find(|tags| !tags.is_empty())
        .unwrap_or_default()
}
