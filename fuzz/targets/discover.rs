//! The feeds that a page advertises.
#![no_main]

use feedmill::feed::discover;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|html: &str| {
    let base = Url::parse("https://site.example/a/page").ok();
    for address in discover(html, base.as_ref()) {
        let url = Url::parse(&address).ok();
        assert!(
            url.is_some_and(|url| matches!(url.scheme(), "http" | "https")),
            "{address} is no address of the web"
        );
    }
    let _ = discover(html, None);
});
