//! What a server says beside the body: Retry-After, Cache-Control, Expires, Content-Encoding, the
//! charset of Content-Type.
#![no_main]

use chrono::DateTime;
use feedmill::http::{Coding, HeaderMap, HeaderName, HeaderValue, retry_after};
use feedmill::schedule::CacheHints;
use feedmill::text::{DocumentKind, decode};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 6] = [
    "date",
    "age",
    "cache-control",
    "expires",
    "retry-after",
    "content-encoding",
];

fuzz_target!(|values: Vec<&[u8]>| {
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    let mut headers = HeaderMap::new();
    for (name, value) in NAMES.iter().cycle().zip(&values).take(24) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    let lines = |name: &'static str| {
        let all = headers.get_all(name).iter();
        all.filter_map(|value| value.to_str().ok())
    };
    let _ = retry_after(&headers, now);
    let _ = CacheHints::from_headers(lines, now);
    let codings = headers.get_all("content-encoding").iter();
    let _ = Coding::of_headers(codings.filter_map(|value| value.to_str().ok()));
    for value in values.iter().filter_map(|value| std::str::from_utf8(value).ok()) {
        let _ = decode(b"<p>caf\xe9", Some(value), DocumentKind::Html);
    }
});
