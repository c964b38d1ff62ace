//! Whether a page's own word for its address can be believed.

use ::url::{Host, Url};

/// Second-level labels under which names are registered, beside those of up to three letters that
/// stand under a country's label.
const SECOND_LEVEL: &[&str] = &["gouv", "govt", "asso", "info", "firm", "name", "school"];

/// Hosts that give each customer a name of their own: two such names are two sites.
const SHARED_HOSTS: &[&str] = &[
    "blogspot.com",
    "wordpress.com",
    "github.io",
    "gitlab.io",
    "netlify.app",
    "vercel.app",
    "pages.dev",
    "workers.dev",
    "herokuapp.com",
    "web.app",
    "firebaseapp.com",
    "substack.com",
    "tumblr.com",
    "medium.com",
    "ghost.io",
    "wixsite.com",
    "weebly.com",
    "neocities.org",
    "livejournal.com",
    "typepad.com",
    "over-blog.com",
    "hatenablog.com",
    "blog.jp",
    "write.as",
    "bearblog.dev",
    "micro.blog",
    "posthaven.com",
    "readthedocs.io",
    "azurewebsites.net",
    "cloudfront.net",
    "amazonaws.com",
    "onrender.com",
    "fly.dev",
    "translate.goog",
];

/// Last path segments of pages that are no article: a site that declares one for its articles is
/// misconfigured.
const NO_ARTICLE: &[&str] = &[
    "404",
    "404.html",
    "error",
    "not-found",
    "login",
    "signin",
    "consent",
    "undefined",
    "null",
    "index.php",
    "index.html",
];

/// Whether `declared` can be the canonical address of `page` (RFC 6596 leaves that to the reader).
///
/// Both must be http or https and belong to the same site: the last two labels of the host are
/// equal, three where names are registered on the third level (`co.uk`) or by a shared host. The
/// front page, an error page and a section far above the page are not believed.
pub fn plausible_canonical(page: &Url, declared: &Url) -> bool {
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    is_web(page) && is_web(declared) && is_same_site(page, declared) && is_page_like(page, declared)
}

fn is_same_site(page: &Url, declared: &Url) -> bool {
    match (page.host(), declared.host()) {
        (Some(Host::Domain(a)), Some(Host::Domain(b))) => site(a) == site(b),
        (Some(a), Some(b)) => {
            a == b && page.port_or_known_default() == declared.port_or_known_default()
        }
        _ => false,
    }
}

/// The part of a host name that its owner registered, as far as can be told without a list of all
/// registries.
fn site(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    let two = last_labels(host, 2);
    let (second, top) = two.split_once('.').unwrap_or((two, ""));
    let is_registry = top.len() == 2
        && host.len() > two.len()
        && (second.len() <= 3 || SECOND_LEVEL.contains(&second));
    if is_registry || SHARED_HOSTS.contains(&two) {
        last_labels(host, 3)
    } else {
        two
    }
}

fn last_labels(host: &str, n: usize) -> &str {
    let start = host
        .rmatch_indices('.')
        .nth(n.saturating_sub(1))
        .map_or(0, |(dot, _)| dot + 1);
    host.get(start..).unwrap_or(host)
}

fn is_page_like(page: &Url, declared: &Url) -> bool {
    let (page_path, path) = (
        page.path().trim_end_matches('/'),
        declared.path().trim_end_matches('/'),
    );
    let has_query = |url: &Url| url.query().is_some_and(|query| !query.is_empty());
    if path == page_path {
        return has_query(declared) || !has_query(page) || !path.is_empty();
    }
    if path.is_empty() {
        return has_query(declared);
    }
    let segments = |path: &str| {
        path.split('/')
            .filter(|segment| !segment.is_empty())
            .count()
    };
    let last = path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_far_above = page_path
        .strip_prefix(path)
        .is_some_and(|rest| rest.starts_with('/'))
        && segments(page_path) > segments(path) + 1
        && !has_query(declared);
    !is_far_above && (has_query(declared) || !NO_ARTICLE.contains(&last.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, declared: &str, want: bool) {
        let got = plausible_canonical(&Url::parse(page).unwrap(), &Url::parse(declared).unwrap());
        assert_eq!(got, want, "{page} -> {declared}");
    }

    #[test]
    fn the_same_site_is_believed() {
        check(
            "https://www.example.org/a/b",
            "http://example.org/a/b",
            true,
        );
        check(
            "https://amp.example.org/a/b/amp",
            "https://www.example.org/a/b",
            true,
        );
        check(
            "https://news.example.co.uk/a",
            "https://www.example.co.uk/a",
            true,
        );
        check(
            "https://example.org/a/b?page=2",
            "https://example.org/a/b",
            true,
        );
        check(
            "https://example.org/?p=12",
            "https://example.org/2024/title",
            true,
        );
        check(
            "https://example.org/2024/title",
            "https://example.org/?p=12",
            true,
        );
        check("https://example.org/", "https://example.org/", true);
        check("http://127.0.0.1:80/a", "http://127.0.0.1/b", true);
    }

    #[test]
    fn another_site_is_not_believed() {
        check("https://example.org/a", "https://example.com/a", false);
        check("https://a.co.uk/x", "https://b.co.uk/x", false);
        check("https://a.com.au/x", "https://b.com.au/x", false);
        check(
            "https://a.blogspot.com/x",
            "https://b.blogspot.com/x",
            false,
        );
        check("http://127.0.0.1/a", "http://127.0.0.2/a", false);
        check("http://127.0.0.1:81/a", "http://127.0.0.1/a", false);
        check("https://example.org/a", "ftp://example.org/a", false);
    }

    #[test]
    fn a_front_or_error_page_is_not_believed() {
        check("https://example.org/a/b", "https://example.org/", false);
        check("https://example.org/?p=12", "https://example.org/", false);
        check(
            "https://example.org/news/2024/title",
            "https://example.org/news",
            false,
        );
        check("https://example.org/a", "https://example.org/404", false);
        check(
            "https://example.org/a",
            "https://example.org/index.html",
            false,
        );
    }
}
