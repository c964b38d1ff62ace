//! Addresses: their canonical form, and the guard.
#![no_main]

use feedmill::url::{AllowList, canonical_url, match_form, refuses, resolve, typed_url};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = typed_url(text);
    let Some(url) = resolve(text, None) else {
        return;
    };
    let once = canonical_url(&url);
    assert_eq!(canonical_url(&once), once, "canonical twice: {url}");
    assert_eq!(
        match_form(&canonical_url(&once)),
        match_form(&once),
        "matched differently: {url}"
    );
    let _ = refuses(&url, &AllowList::default());
});
