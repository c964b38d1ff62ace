//! Which vocabulary an element belongs to: by its namespace, its misspellings, or the habitual
//! prefix where the namespace is not declared.

/// A vocabulary that the reader knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS of any kind, and every element without a namespace of its own.
    Plain,
    Atom,
    /// Dublin Core elements and terms.
    Dc,
    DcTerms,
    Content,
    Itunes,
    Media,
    Rdf,
    Syndication,
    Xhtml,
    Feedburner,
    Sitemap,
    News,
    Other,
}

/// The vocabulary of a namespace URI; `None` when it is unknown.
///
/// Scheme, case, `www.` and the end of the URI do not count: feeds write `https:`, lower case and
/// a lost slash, and the prefix would mean the same.
pub(super) fn space_of_uri(uri: &str) -> Option<Space> {
    let lower = uri.trim().to_ascii_lowercase();
    let bare = lower
        .split_once("://")
        .map_or(lower.as_str(), |(_, rest)| rest);
    let bare = bare
        .strip_prefix("www.")
        .unwrap_or(bare)
        .trim_end_matches(['/', '#', '.']);
    let table: &[(&str, Space)] = &[
        ("w3.org/2005/atom", Space::Atom),
        ("purl.org/atom/ns", Space::Atom),
        ("purl.org/net/rss1.1", Space::Plain),
        ("purl.org/rss/1.0", Space::Plain),
        ("purl.org/rss/2.0", Space::Plain),
        ("my.netscape.com/rdf/simple/0.9", Space::Plain),
        ("my.netscape.com/publish/formats/rss-0.91.dtd", Space::Plain),
        ("channel.netscape.com/rdf/simple/0.9", Space::Plain),
        ("backend.userland.com/rss", Space::Plain),
        ("blogs.law.harvard.edu/tech/rss", Space::Plain),
        ("cyber.law.harvard.edu/rss/rss.html", Space::Plain),
        ("rssboard.org/rss-specification", Space::Plain),
        ("purl.org/dc/elements", Space::Dc),
        ("purl.org/dc/terms", Space::DcTerms),
        ("purl.org/rss/1.0/modules/content", Space::Content),
        ("itunes.com/dtds", Space::Itunes),
        ("podcasts/4.0/podcasts", Space::Itunes),
        ("search.yahoo.com/mrss", Space::Media),
        ("rssboard.org/media-rss", Space::Media),
        ("video.search.yahoo.com/mrss", Space::Media),
        ("w3.org/1999/02/22-rdf-syntax-ns", Space::Rdf),
        ("purl.org/rss/1.0/modules/syndication", Space::Syndication),
        ("w3.org/1999/xhtml", Space::Xhtml),
        ("rssnamespace.org/feedburner/ext", Space::Feedburner),
        ("sitemaps.org/schemas/sitemap", Space::Sitemap),
        ("google.com/schemas/sitemap/", Space::Sitemap),
        ("google.com/schemas/sitemap-news", Space::News),
    ];
    // The longest entry that the URI starts with: `purl.org/rss/1.0` is also the start of modules.
    table
        .iter()
        .filter(|(known, _)| begins(bare, known))
        .max_by_key(|(known, _)| known.len())
        .map(|&(known, space)| {
            let is_unknown_module =
                space == Space::Plain && bare.contains("/modules/") && bare.len() > known.len();
            if is_unknown_module {
                Space::Other
            } else {
                space
            }
        })
}

/// Whether `uri` is `known`, or `known` with a version or part behind it.
fn begins(uri: &str, known: &str) -> bool {
    uri.strip_prefix(known).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with(['/', '#', '-', '?', '2', '0', '1'])
    })
}

/// The vocabulary that a prefix means by custom, declared or not.
pub(super) fn space_of_prefix(prefix: &str) -> Space {
    match prefix.to_ascii_lowercase().as_str() {
        "rss" | "rss1" | "rss2" | "rss10" | "rss20" => Space::Plain,
        "atom" | "a10" | "atom10" | "atom03" => Space::Atom,
        "dc" => Space::Dc,
        "dcterms" | "dcterm" | "dct" => Space::DcTerms,
        "content" => Space::Content,
        "itunes" => Space::Itunes,
        "media" | "mrss" => Space::Media,
        "rdf" => Space::Rdf,
        "sy" | "syn" => Space::Syndication,
        "xhtml" | "html" => Space::Xhtml,
        "feedburner" => Space::Feedburner,
        "sitemap" => Space::Sitemap,
        "news" => Space::News,
        _ => Space::Other,
    }
}

/// `prefix:local` in its two parts; the prefix is empty when there is none.
pub(super) fn split_name(name: &str) -> (&str, &str) {
    match name.split_once(':') {
        Some((prefix, local)) if !local.is_empty() => (prefix, local),
        _ => ("", name.trim_matches(':')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_known_in_all_their_spellings() {
        for (uri, want) in [
            ("http://www.w3.org/2005/Atom", Some(Space::Atom)),
            ("https://www.w3.org/2005/atom/", Some(Space::Atom)),
            ("http://purl.org/atom/ns#", Some(Space::Atom)),
            ("http://purl.org/dc/elements/1.1/", Some(Space::Dc)),
            ("http://purl.org/dc/elements/1.0", Some(Space::Dc)),
            ("http://purl.org/rss/1.0/", Some(Space::Plain)),
            (
                "http://purl.org/rss/1.0/modules/content/",
                Some(Space::Content),
            ),
            ("http://purl.org/rss/1.0/modules/slash/", Some(Space::Other)),
            (
                "http://www.itunes.com/DTDs/Podcast-1.0.dtd",
                Some(Space::Itunes),
            ),
            ("http://example.org/mine", None),
            ("", None),
        ] {
            assert_eq!(space_of_uri(uri), want, "{uri}");
        }
    }
}
