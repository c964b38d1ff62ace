//! Pages by which a bot defence asks for proof instead of answering.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{HeaderMap, fetched::header_text};

/// Header fields that only a challenge carries.
const HEADERS: &[(&str, &[&str])] = &[
    ("cf-mitigated", &["challenge"]),
    ("x-vercel-mitigated", &["challenge"]),
    ("x-amzn-waf-action", &["challenge", "captcha"]),
];

/// Markup that only a challenge carries; each line is one page and wants all its parts.
/// Scripts that sites load on ordinary pages as well (`/cdn-cgi/challenge-platform/`) are no sign.
const MARKUP: &[&[&str]] = &[
    &["<title>just a moment...</title>", "_cf_chl_opt"],
    &["<title>just a moment...</title>", "cf-challenge"],
    &["<title>attention required! | cloudflare</title>"],
    &["cf-browser-verification"],
    &["<title>ddos-guard</title>"],
    &["_incapsula_resource", "incapsula incident id"],
    &["_incapsula_resource", "id=\"main-iframe\""],
    &["sucuri_cloudproxy_js"],
    &["geo.captcha-delivery.com", "var dd="],
    &["_pxappid", "px-captcha"],
    &["awswafcookiedomainlist", "challenge-container"],
    &["id=\"anubis_challenge\""],
    &["<title>vercel security checkpoint</title>"],
    &["<title>access to this page has been denied", "px-captcha"],
    &["/.within.website/x/cmd/anubis/"],
];

/// The first part of every line of `MARKUP`: one pass over a page that is none, which is nearly
/// every page, instead of one a line. Without a valid pattern nothing matches.
static FIRST_PARTS: LazyLock<Finder> = LazyLock::new(|| {
    let firsts = MARKUP.iter().filter_map(|parts| parts.first());
    let pattern: Vec<String> = firsts.map(|part| regex::escape(part)).collect();
    Finder(Regex::new(&format!("(?i-u:{})", pattern.join("|"))).ok())
});

struct Finder(Option<Regex>);

impl Finder {
    fn is_match(&self, body: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|regex| regex.is_match(body))
    }
}

/// A challenge is a page of its own and small; in a longer one such words are its subject.
const PAGE_BYTES: usize = 64 << 10;

/// Why a response is a challenge rather than an answer; `None` when it is not.
pub(super) fn challenge(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    for (name, values) in HEADERS {
        let value = header_text(headers, name).unwrap_or_default().trim();
        if values.iter().any(|want| value.eq_ignore_ascii_case(want)) {
            return Some(format!("a bot defence asks for proof (`{name}: {value}`)"));
        }
    }
    if body.len() > PAGE_BYTES || !FIRST_PARTS.is_match(body) {
        return None;
    }
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    let is_there = |parts: &&&[&str]| parts.iter().all(|part| text.contains(part));
    let parts = MARKUP.iter().find(is_there)?;
    let part = parts.first().copied().unwrap_or_default();
    Some(format!(
        "a bot defence asks for proof (the page has `{part}`)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::HeaderValue;

    #[test]
    fn headers_and_markup_tell() {
        let mut headers = HeaderMap::new();
        headers.insert("cf-mitigated", HeaderValue::from_static("challenge"));
        assert!(challenge(&headers, b"").is_some());
        let none = HeaderMap::new();
        let page = b"<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>";
        assert!(challenge(&none, page).is_some());
    }

    #[test]
    fn ordinary_pages_do_not() {
        let none = HeaderMap::new();
        for page in [
            "<html><title>Just a moment...</title><p>A short story.",
            "<html><script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script>",
            "<p>What does an incapsula incident id mean?",
        ] {
            assert_eq!(challenge(&none, page.as_bytes()), None, "{page}");
        }
        let long = format!("<p>cf-browser-verification{}", "x".repeat(PAGE_BYTES));
        assert_eq!(challenge(&none, long.as_bytes()), None);
    }
}
