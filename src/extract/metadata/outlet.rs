//! Who publishes the page: its names, so that they are taken off titles and out of authors.

use super::{facts::Facts, names::fold};

/// The names of the page's site.
#[derive(Debug, Clone, Default)]
pub(super) struct Outlet {
    /// As shown.
    pub(super) site_name: Option<String>,
    /// Folded.
    names: Vec<String>,
    /// Folded host, without `www.`, and its label before the public suffix.
    hosts: Vec<String>,
}

impl Outlet {
    pub(super) fn new(facts: &Facts<'_>) -> Self {
        let declared = facts.meta(&[
            "og:site_name",
            "application-name",
            "apple-mobile-web-app-title",
            "dc.publisher",
            "dcterms.publisher",
            "publisher",
            "citation_publisher",
            "cre",
            "copyright",
        ]);
        let og = facts.meta(&["og:site_name"]);
        let publisher = facts
            .ld
            .articles
            .iter()
            .find_map(|article| article.publisher.clone())
            .or_else(|| facts.ld.publishers.first().cloned())
            .filter(|name| !name.contains("://"));
        let host = host(facts);
        let mut names: Vec<String> = [&declared, &og, &publisher]
            .into_iter()
            .flatten()
            .chain(&facts.ld.publishers)
            .map(|name| fold(name))
            .collect();
        names.extend(facts.meta(&["twitter:site"]).map(|name| fold(&name)));
        names.retain(|name| name.chars().count() >= 2);
        names.sort();
        names.dedup();
        let hosts = host.as_deref().map(hosts).unwrap_or_default();
        let site_name = og
            .or(publisher)
            .or_else(|| facts.meta(&["application-name"]))
            .map(|name| name.trim_start_matches('@').to_owned())
            .filter(|name| !name.is_empty() && name.chars().count() <= 100)
            .or(host);
        Self {
            site_name,
            names,
            hosts,
        }
    }

    /// The text is the site's name, in whatever spelling.
    pub(super) fn is_site(&self, text: &str) -> bool {
        let folded = fold(text);
        let bare = folded.strip_prefix("the").unwrap_or(&folded);
        if folded.is_empty() {
            return false;
        }
        self.names
            .iter()
            .chain(&self.hosts)
            .any(|name| name == &folded || name.strip_prefix("the").unwrap_or(name) == bare)
    }

    /// A name without the site's name after it: "Ann Smith, Example News".
    pub(super) fn without_site<'a>(&self, name: &'a str) -> &'a str {
        let Some(site) = self.site_name.as_deref().filter(|site| site.len() >= 3) else {
            return name;
        };
        name.strip_suffix(site)
            .map(|before| before.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.'))
            .filter(|before| super::names::n_words(before) >= 2)
            .unwrap_or(name)
    }

    /// The text holds the site's name as whole words and says more: "Example News Team".
    pub(super) fn is_part_of(&self, text: &str) -> bool {
        let words: Vec<String> = text
            .split(|c: char| c.is_whitespace() || c == '/')
            .map(fold)
            .filter(|word| !word.is_empty())
            .collect();
        // A name has few words: every run of them is tried.
        let is_known = |run: &[String]| {
            let joined = run.concat();
            joined.chars().count() >= 3
                && self
                    .names
                    .iter()
                    .chain(&self.hosts)
                    .any(|name| *name == joined)
        };
        (1..words.len().min(6)).any(|len| words.windows(len).any(is_known))
    }

    /// The text is the site's name with something more, or a part of it.
    pub(super) fn is_like_site(&self, text: &str) -> bool {
        let folded = fold(text);
        self.is_site(text)
            || self.names.iter().chain(&self.hosts).any(|name| {
                let (short, long) = if name.len() < folded.len() {
                    (name, &folded)
                } else {
                    (&folded, name)
                };
                short.chars().count() >= 3
                    && long.contains(short.as_str())
                    && short.len() * 5 >= long.len() * 2
            })
    }
}

/// The site bears a person's name: no word of it is one of a company.
pub(super) fn is_somebody(name: &str) -> bool {
    const COMPANY: [&str; 42] = [
        "news",
        "times",
        "post",
        "blog",
        "magazine",
        "media",
        "group",
        "inc",
        "ltd",
        "llc",
        "gmbh",
        "ag",
        "team",
        "studio",
        "studios",
        "daily",
        "herald",
        "tribune",
        "press",
        "radio",
        "tv",
        "journal",
        "review",
        "the",
        "zeitung",
        "anzeiger",
        "nachrichten",
        "company",
        "co",
        "labs",
        "health",
        "university",
        "institute",
        "foundation",
        "association",
        "clinic",
        "bank",
        "store",
        "shop",
        "digital",
        "today",
        "online",
    ];
    let words: Vec<String> = name.split_whitespace().map(fold).collect();
    (2..=3).contains(&words.len()) && !words.iter().any(|word| COMPANY.contains(&word.as_str()))
}

fn host(facts: &Facts<'_>) -> Option<String> {
    let given = facts
        .page
        .url
        .and_then(|url| url.host_str().map(str::to_owned));
    let declared = || {
        let raw = facts
            .scan
            .canonical
            .map(str::to_owned)
            .or_else(|| facts.meta(&["og:url"]))?;
        crate::url::resolve(&raw, None)?
            .host_str()
            .map(str::to_owned)
    };
    let host = given.or_else(declared)?;
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

fn hosts(host: &str) -> Vec<String> {
    let labels: Vec<&str> = host.split('.').collect();
    let mut found = vec![fold(host)];
    // "news.example.co.uk": "example" and "example.co.uk".
    let n_suffix = match labels.as_slice() {
        [.., second, last] if second.len() <= 3 && last.len() == 2 && labels.len() > 2 => 2,
        _ => 1,
    };
    if let Some(at) = labels.len().checked_sub(n_suffix + 1) {
        found.extend(labels.get(at).map(|label| fold(label)));
        found.extend(labels.get(at..).map(|labels| fold(&labels.concat())));
    }
    found.retain(|name| name.chars().count() >= 2);
    found
}
