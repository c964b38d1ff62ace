//! Addresses of entries, links and enclosures.

use ::url::Url;

use super::absolute::has_scheme;
use super::token::is_space;

/// The address that a feed means by `raw`, seen from `base`.
///
/// http and https come out absolute and in the form of the URL standard. A relative address
/// without a base, and one of a scheme that leads to no page but harms nothing (`ftp:`, `urn:`),
/// stays as written: whoever asks for it decides. `None` for what would run or read something
/// (`javascript:`, `data:`, `file:`) and for what is too long.
pub(super) fn address(raw: &str, base: Option<&Url>, limit_bytes: usize) -> Option<String> {
    let cleaned: String = raw
        .trim()
        .chars()
        .filter(|c| !matches!(c, '\n' | '\r' | '\t') && !c.is_control())
        .collect();
    // `&` escaped once too often.
    let cleaned = cleaned.replace("&amp;", "&");
    // `feed:https://…` and `feed://…` are how some readers are called.
    let cleaned = match cleaned.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("http") => rest,
        Some(rest) if rest.starts_with("//") => &format!("http:{rest}"),
        _ => cleaned.as_str(),
    };
    let found = if has_scheme(cleaned) && !has_web_scheme(cleaned) {
        harmless(cleaned)
    } else if base.is_none() && starts_like_host(cleaned) {
        crate::url::resolve(&format!("http://{cleaned}"), None).map(String::from)
    } else {
        match crate::url::resolve(cleaned, base) {
            Some(url) => Some(String::from(url)),
            None if base.is_none() && !has_scheme(cleaned) => as_written(cleaned),
            None => None,
        }
    };
    found.filter(|url| url.len() <= limit_bytes)
}

fn has_web_scheme(address: &str) -> bool {
    let scheme = address.split(':').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// Whether an address, resolved, leads to the web.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn harmless(address: &str) -> Option<String> {
    let scheme = address.split(':').next()?.to_ascii_lowercase();
    if matches!(
        scheme.as_str(),
        "javascript" | "vbscript" | "data" | "file" | "about" | "blob"
    ) {
        return None;
    }
    as_written(address)
}

fn as_written(address: &str) -> Option<String> {
    (!address.is_empty() && !address.contains(is_space)).then(|| address.to_owned())
}

fn starts_like_host(address: &str) -> bool {
    address
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("www."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_meant() {
        let base = Url::parse("http://example.org/a/b").unwrap();
        for (raw, base, want) in [
            (" http://x.test/\n1 ", None, Some("http://x.test/1")),
            ("c d", Some(&base), Some("http://example.org/a/c%20d")),
            ("//x.test/", Some(&base), Some("http://x.test/")),
            ("rel", None, Some("rel")),
            ("javascript:alert(1)", Some(&base), None),
            ("ftp://x.test/f", Some(&base), Some("ftp://x.test/f")),
            ("www.x.test/1", None, Some("http://www.x.test/1")),
            ("feed:https://x.test/f", None, Some("https://x.test/f")),
            (
                "http://x.test/?a=1&amp;b=2",
                None,
                Some("http://x.test/?a=1&b=2"),
            ),
            ("http://", None, None),
            ("", Some(&base), None),
        ] {
            assert_eq!(address(raw, base, 100).as_deref(), want, "{raw}");
        }
    }
}
