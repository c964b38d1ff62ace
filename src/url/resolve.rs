//! Addresses as people write them.

use ::url::Url;

/// The absolute http or https address that `raw` means, seen from `base`.
///
/// Forgives what browsers forgive: space around it, line breaks and spaces inside, backslashes, a
/// missing scheme (`//host/path`; https when there is no base). `None` for another scheme, for
/// nothing at all (an empty link would mean the base itself), and for what cannot be read.
pub fn resolve(raw: &str, base: Option<&Url>) -> Option<Url> {
    let raw = raw.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if raw.is_empty() {
        return None;
    }
    let url = match base {
        Some(base) => base.join(raw).ok()?,
        None if is_scheme_relative(raw) => Url::parse(&format!("https:{raw}")).ok()?,
        None => Url::parse(raw).ok()?,
    };
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// The address a person typed: like [`resolve`] without a base, but `example.org/news` without a
/// scheme is taken for `https://example.org/news`.
pub fn typed_url(raw: &str) -> Option<Url> {
    resolve(raw, None).or_else(|| {
        let host = raw.trim().split(['/', '?', '#']).next().unwrap_or_default();
        let (name, port) = host.rsplit_once(':').unwrap_or((host, "443"));
        let is_host = (name.contains('.') || name == "localhost")
            && port.bytes().all(|b| b.is_ascii_digit())
            && !name.contains(|c: char| c.is_whitespace() || matches!(c, ':' | '@' | '\\'));
        if is_host {
            resolve(&format!("https://{}", raw.trim()), None)
        } else {
            None
        }
    })
}

fn is_scheme_relative(raw: &str) -> bool {
    let mut chars = raw.chars();
    matches!(
        (chars.next(), chars.next()),
        (Some('/' | '\\'), Some('/' | '\\'))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, base: Option<&str>, want: Option<&str>) {
        let base = base.map(|base| Url::parse(base).unwrap());
        let got = resolve(raw, base.as_ref());
        assert_eq!(got.as_ref().map(Url::as_str), want, "{raw:?}");
    }

    #[test]
    fn what_browsers_forgive_is_forgiven() {
        let base = Some("http://example.org/a/b?c");
        check(
            "  https://example.org/x \n",
            None,
            Some("https://example.org/x"),
        );
        check(
            "https://example.org/a b",
            None,
            Some("https://example.org/a%20b"),
        );
        check(
            "http:\\\\example.org\\x",
            None,
            Some("http://example.org/x"),
        );
        check("http://exam\nple.org/", None, Some("http://example.org/"));
        check("//example.org/x", None, Some("https://example.org/x"));
        check("//example.net/x", base, Some("http://example.net/x"));
        check("x", base, Some("http://example.org/a/x"));
        check("?d", base, Some("http://example.org/a/b?d"));
        check("../x", base, Some("http://example.org/x"));
        check("HTTP://EXAMPLE.org", base, Some("http://example.org/"));
        check(
            "\u{0}https://example.org/\u{1f}",
            None,
            Some("https://example.org/"),
        );
    }

    #[test]
    fn what_is_no_web_address_is_none() {
        for raw in [
            "",
            "  ",
            "mailto:a@example.org",
            "javascript:void(0)",
            "tag:example.org,2020:1",
            "urn:x",
            "http://",
            "data:,x",
            "ftp://example.org/x",
        ] {
            check(raw, None, None);
            check(raw, Some("http://example.org/"), None);
        }
        check("example.org/x", None, None);
    }

    #[test]
    fn a_typed_name_becomes_https() {
        #[track_caller]
        fn check(raw: &str, want: Option<&str>) {
            assert_eq!(typed_url(raw).as_ref().map(Url::as_str), want, "{raw:?}");
        }
        check(" example.org/feed ", Some("https://example.org/feed"));
        check(
            "example.org:8080/feed",
            Some("https://example.org:8080/feed"),
        );
        check("http://example.org", Some("http://example.org/"));
        check("localhost:8080", Some("https://localhost:8080/"));
        check("nonsense", None);
        check("mailto:a@example.org", None);
        check("ftp://example.org/", None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_always_web(raw: String, base in proptest::bool::ANY) {
            let base_url = Url::parse("https://example.org/a/").ok().filter(|_| base);
            if let Some(url) = resolve(&raw, base_url.as_ref()) {
                proptest::prop_assert!(url.scheme().starts_with("http"));
            }
            let _ = typed_url(&raw);
        }
    }
}
