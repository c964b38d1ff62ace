//! One form for each address, and a key for addresses that lead to the same page.

use std::borrow::Cow;
use std::fmt::Write as _;

use ::url::Url;
use ::url::form_urlencoded;

use super::host::{host_key, without_credentials};
use super::tracking::is_tracking;

/// The address without what does not choose the content: user and password, tracking parameters
/// (see [`TRACKING_PARAMETERS`](super::TRACKING_PARAMETERS)), session ids, an empty query, the fragment
/// (but `#!`, which once chose the page), the default port and the trailing dot of the host.
///
/// Escapes are written in one way (RFC 3986, 6.2.2). The order of the parameters stays: for some
/// servers it counts. Idempotent.
pub fn canonical_url(url: &Url) -> Url {
    let mut url = without_credentials(url);
    strip_host_dot(&mut url);
    if !url
        .fragment()
        .is_some_and(|fragment| fragment.starts_with('!'))
    {
        url.set_fragment(None);
    }
    // Escapes may hide a session, and what is wrong in a session keeps the escapes before it as they are.
    let path = normal_escapes(&without_session(&normal_escapes(url.path()))).into_owned();
    if path != url.path() {
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let kept = canonical_query(query);
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    url
}

/// The key under which two canonical addresses count as the same page: without scheme, `www.` and
/// trailing slash. A canonical address has a fragment only where that tells pages or entries apart.
pub fn match_form(canonical: &Url) -> String {
    let host = host_key(canonical);
    let host = host
        .strip_prefix("www.")
        .filter(|rest| rest.contains('.'))
        .unwrap_or(&host);
    let path = canonical.path().trim_end_matches('/');
    let mut form = format!("{host}{path}");
    if let Some(query) = canonical.query().filter(|query| !query.is_empty()) {
        form.push('?');
        form.push_str(query);
    }
    if let Some(fragment) = canonical.fragment().filter(|fragment| !fragment.is_empty()) {
        form.push('#');
        form.push_str(fragment);
    }
    form
}

fn strip_host_dot(url: &mut Url) {
    let host = url
        .host_str()
        .filter(|host| host.ends_with('.'))
        .map(|host| host.trim_end_matches('.').to_owned());
    if let Some(host) = host.filter(|host| !host.is_empty()) {
        // Fails only where the rest is no host; the dots then stay.
        url.set_host(Some(&host)).unwrap_or_default();
    }
}

fn canonical_query(query: &str) -> String {
    let kept: Vec<Cow<'_, str>> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && *pair != "amp;" && !is_tracking_pair(pair))
        .map(normal_escapes)
        .collect();
    kept.join("&")
}

fn is_tracking_pair(pair: &str) -> bool {
    form_urlencoded::parse(pair.as_bytes())
        .next()
        .is_some_and(|(name, value)| is_tracking(&name, &value))
}

/// Takes `;jsessionid=…` off each segment (Java servers put the session there).
fn without_session(path: &str) -> Cow<'_, str> {
    const MARK: &str = ";jsessionid=";
    // Lower-casing ASCII keeps every byte in its place.
    let lower = path.to_ascii_lowercase();
    if !lower.contains(MARK) {
        return Cow::Borrowed(path);
    }
    let kept = path
        .split('/')
        .zip(lower.split('/'))
        .map(|(segment, lower)| {
            let end = lower.find(MARK).unwrap_or(segment.len());
            segment.get(..end).unwrap_or(segment)
        });
    Cow::Owned(kept.collect::<Vec<_>>().join("/"))
}

/// Writes escapes with upper-case digits and unreserved characters plainly (RFC 3986, 6.2.2). A text
/// with a stray `%` stays as it is: mending one escape could complete another.
fn normal_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('%') || text.split('%').skip(1).any(|piece| escape(piece).is_none()) {
        return Cow::Borrowed(text);
    }
    let mut pieces = text.split('%');
    let mut out = String::with_capacity(text.len());
    out.push_str(pieces.next().unwrap_or_default());
    for (byte, rest) in pieces.filter_map(escape) {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap_or_default();
        }
        out.push_str(rest);
    }
    Cow::Owned(out)
}

/// The byte that the text behind a `%` stands for, and what follows.
fn escape(piece: &str) -> Option<(u8, &str)> {
    let (digits, rest) = piece.split_at_checked(2)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    Some((u8::from_str_radix(digits, 16).ok()?, rest))
}

/// Letters, digits, `-`, `_` and `~`. Not the dot: `%2E%2E` would become a way up.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(url: &str, want: &str) {
        let got = canonical_url(&Url::parse(url).unwrap());
        assert_eq!(got.as_str(), want, "{url}");
        assert_eq!(canonical_url(&got), got, "not idempotent: {url}");
    }

    #[test]
    fn what_does_not_choose_the_content_goes() {
        check(
            "HTTPS://User:pw@Example.ORG:443/a/?utm_source=rss&id=3&fbclid=x#top",
            "https://example.org/a/?id=3",
        );
        check(
            "http://example.org:80?utm_medium=feed",
            "http://example.org/",
        );
        check("http://example.org:8080/?", "http://example.org:8080/");
        check("https://example.org./a", "https://example.org/a");
        check("https://example../", "https://example/");
        check(
            "https://example.org/%d3;jsessionid=%=",
            "https://example.org/%D3",
        );
        check(
            "https://example.org/#!/article/1",
            "https://example.org/#!/article/1",
        );
        check(
            "https://example.org/a?b=1&amp;utm_source=x&amp;c=2",
            "https://example.org/a?b=1&amp;c=2",
        );
        check(
            "https://example.org/a?UTM_Source=x",
            "https://example.org/a",
        );
        check(
            "https://example.org/a?at_medium=RSS&at_campaign=KARANGA",
            "https://example.org/a",
        );
        check(
            "https://example.org/a;jsessionid=AB12/b?x=1",
            "https://example.org/a/b?x=1",
        );
        check(
            "https://example.org/a;JSESSIONID=AB12",
            "https://example.org/a",
        );
        check("https://example.org/a?PHPSESSID=1", "https://example.org/a");
        check(
            "https://example.org/a?ref=rss&ref=3",
            "https://example.org/a?ref=3",
        );
    }

    #[test]
    fn what_may_choose_the_content_stays() {
        for url in [
            "https://example.org/?p=12",
            "https://example.org/?feed=rss2",
            "https://example.org/?b=2&a=1&a=0",
            "https://example.org/?ref=main",
            "https://example.org/?source=42",
            "https://example.org/?a",
            "https://example.org/?a=",
            "https://example.org/a//b/",
            "https://example.org/?q=a+b%20c",
            "http://example.org/index.html",
        ] {
            check(url, url);
        }
    }

    #[test]
    fn escapes_are_written_in_one_way() {
        check(
            "https://example.org/%7euser/%c3%a9?x=%2f%41",
            "https://example.org/~user/%C3%A9?x=%2FA",
        );
        check(
            "https://example.org/a%2E%2Eb/100%",
            "https://example.org/a%2E%2Eb/100%",
        );
        check("https://example.org/é", "https://example.org/%C3%A9");
        check("https://example.org/%2541", "https://example.org/%2541");
        check("https://example.org/%4%31", "https://example.org/%4%31");
    }

    #[test]
    fn one_key_for_one_page() {
        #[track_caller]
        fn check(a: &str, b: &str, want: bool) {
            let form = |url| match_form(&canonical_url(&Url::parse(url).unwrap()));
            assert_eq!(form(a) == form(b), want, "{a} {b}: {} {}", form(a), form(b));
        }
        check(
            "http://www.example.org/a/",
            "https://example.org/a?utm_source=x",
            true,
        );
        check("https://example.org", "http://example.org/", true);
        check("https://example.org/a", "https://example.org/b", false);
        check("https://example.org/a?x=1", "https://example.org/a", false);
        check("https://example.org:8080/a", "https://example.org/a", false);
        check("https://example.org/A", "https://example.org/a", false);
        check("https://www.org/", "https://org/", false);
        check("https://example.org/#!a", "https://example.org/#!b", false);
    }

    proptest! {
        #[test]
        fn canonical_form_is_idempotent(tail in "[ -~é%]{0,60}", query in "([a-z_;]{0,8}=?[%a-zA-Z0-9&;]{0,8}&?){0,5}") {
            if let Ok(url) = Url::parse(&format!("https://u:p@Example.org./{tail}?{query}#x")) {
                let once = canonical_url(&url);
                prop_assert_eq!(canonical_url(&once), once.clone());
                prop_assert_eq!(canonical_url(&Url::parse(once.as_str()).unwrap()), once.clone());
                let _ = match_form(&once);
            }
        }
    }
}
