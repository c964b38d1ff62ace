//! Who wrote it: the source that is believed.

use super::{
    bylines,
    facts::{Facts, Place},
    names::{self, fold, is_personal},
    outlet::is_somebody,
};

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

/// What one source names.
#[derive(Debug, Clone, Default)]
struct Named {
    people: Vec<String>,
    /// Organisations that are not the site.
    agencies: Vec<String>,
    /// The site itself, in whatever spelling.
    sites: Vec<String>,
}

/// Chooses the authors.
///
/// Order: JSON-LD, meta elements, `itemprop`, `rel=author` and links to authors' pages, elements
/// marked as bylines, lines that read as bylines, the feed. People go before organisations,
/// whatever the source. A byline next to the headline overrules declared names that the page does
/// not show there: they are often the account that posted the text.
pub(super) fn choose(facts: &Facts<'_>, place: Place) -> Vec<String> {
    let sources: [fn(&Facts<'_>, Place) -> Named; 8] = [
        |facts, _| from_ld(facts),
        |facts, _| from_metas(facts),
        |facts, place| sorted(bylines::from_items(facts, place), facts),
        |facts, place| sorted(bylines::from_links(facts, place), facts),
        |facts, place| sorted(bylines::from_marked(facts, place), facts),
        |facts, place| sorted(bylines::from_lines(facts, place), facts),
        |facts, _| from_witness(facts),
        |facts, place| sorted(bylines::from_afar(facts, place), facts),
    ];
    let mut rest = Named::default();
    for (at, source) in sources.iter().enumerate() {
        let found = source(facts, place);
        if !found.people.is_empty() {
            let shown = (at < 2)
                .then(|| overruling(facts, place, &found.people))
                .flatten();
            let agencies = if at == 0 { found.agencies } else { Vec::new() };
            let people = shown.unwrap_or(found.people);
            return unique(people.into_iter().chain(agencies));
        }
        if rest.agencies.is_empty() {
            rest.agencies = found.agencies;
        }
        // That the site itself wrote it is believed only of the JSON-LD.
        if at == 0 {
            rest.sites = found.sites;
        }
    }
    let names = if rest.agencies.is_empty() {
        rest.sites
    } else {
        rest.agencies
    };
    unique(names.into_iter())
}

/// Names of a byline next to the headline, when none of the declared ones stands there.
fn overruling(facts: &Facts<'_>, place: Place, declared: &[String]) -> Option<Vec<String>> {
    if !place.is_known {
        return None;
    }
    let around = bylines::text_around(facts, place);
    let is_shown = declared.iter().any(|name| around.contains(&fold(name)));
    let shown = if is_shown {
        Vec::new()
    } else {
        bylines::from_near_lines(facts, place)
    };
    (!shown.is_empty()).then_some(shown)
}

fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        if !kept.iter().any(|known| fold(known) == fold(&name)) {
            kept.push(name);
        }
    }
    kept
}

/// People apart from the site's own name. A site that bears a person's name is that person.
fn sorted(names: Vec<String>, facts: &Facts<'_>) -> Named {
    let mut found = Named::default();
    for name in names {
        let name = facts.outlet.without_site(&name).to_owned();
        let is_site = facts.outlet.is_site(&name);
        if is_site && !(is_personal(&name) && is_somebody(&name)) {
            found.sites.push(name);
        } else if !is_site && facts.outlet.is_part_of(&name) {
            found.agencies.push(name);
        } else {
            found.people.push(name);
        }
    }
    found
}

fn from_ld(facts: &Facts<'_>) -> Named {
    let articles = facts
        .ld
        .articles
        .iter()
        .filter(|article| !article.is_listed);
    for article in articles {
        let mut named = Named::default();
        for author in &article.authors {
            if facts.outlet.is_site(&author.name) && !is_personal(&author.name) {
                named.sites.push(author.name.clone());
            } else if author.is_organization && names::is_name(&author.name) {
                let is_site = facts.outlet.is_site(&author.name);
                let list = if is_site {
                    &mut named.sites
                } else {
                    &mut named.agencies
                };
                list.push(author.name.clone());
            } else if !author.is_organization {
                let one = sorted(names::split(&author.name), facts);
                named.people.extend(one.people);
                named.agencies.extend(one.agencies);
                named.sites.extend(one.sites);
            }
        }
        if !named.people.is_empty() || !named.agencies.is_empty() || !named.sites.is_empty() {
            return named;
        }
    }
    Named::default()
}

fn from_metas(facts: &Facts<'_>) -> Named {
    for name in METAS {
        let values = facts.metas(name);
        let found = values
            .iter()
            .filter(|value| !is_address(value))
            .flat_map(|value| names::split(value))
            .collect();
        let named = sorted(found, facts);
        if !named.people.is_empty() {
            // The site's name alone in a meta is a habit of shop systems, not an author.
            return named;
        }
    }
    let mut named = sorted(from_twitter_labels(facts), facts);
    named.sites.clear();
    named
}

/// `twitter:label1` "Written by" with its `twitter:data1`.
fn from_twitter_labels(facts: &Facts<'_>) -> Vec<String> {
    let pairs = [
        ("twitter:label1", "twitter:data1"),
        ("twitter:label2", "twitter:data2"),
    ];
    pairs
        .iter()
        .filter(|(label, _)| {
            facts
                .meta(&[label])
                .is_some_and(|label| names::is_opener(&label))
        })
        .find_map(|(_, data)| facts.meta(&[data]))
        .map(|value| names::split(&value))
        .unwrap_or_default()
}

fn is_address(value: &str) -> bool {
    value.contains("://")
        || value.starts_with('/')
        || value.starts_with("www.")
        || value.starts_with('@')
}

fn from_witness(facts: &Facts<'_>) -> Named {
    let authors = facts.page.witness.map(|witness| witness.authors.as_slice());
    let names = authors
        .unwrap_or_default()
        .iter()
        .flat_map(|author| names::split(author))
        .collect();
    sorted(names, facts)
}
