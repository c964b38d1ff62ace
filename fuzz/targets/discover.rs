//! The feeds that a page, or the `Link` field of its response, advertises.
#![no_main]

use feedmill::feed::{discover, discover_in_header};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|text: &str| {
    let base = Url::parse("https://site.example/a/page").ok();
    let in_page = discover(text, base.as_ref());
    let in_header = discover_in_header(text.lines(), base.as_ref());
    for address in in_page.into_iter().chain(in_header) {
        let url = Url::parse(&address).ok();
        assert!(
            url.is_some_and(|url| matches!(url.scheme(), "http" | "https")),
            "{address} is no address of the web"
        );
    }
    let _ = discover(text, None);
    let _ = discover_in_header(text.lines(), None);
});
