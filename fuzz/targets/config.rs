//! A configuration file.
#![no_main]

use std::io::Write as _;

use feedmill::config::{LoadOptions, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // Other files are named by a person, not by an attacker, and would be read here.
    if ["include", "ca_file", "opml", "_file"].iter().any(|name| text.contains(name)) || text.contains('\\') {
        return;
    }
    let Ok(mut file) = tempfile::NamedTempFile::with_suffix(".toml") else {
        return;
    };
    if file.write_all(text.as_bytes()).is_err() {
        return;
    }
    match load(&LoadOptions::for_file(file.path().to_owned(), None)) {
        Ok(config) => {
            for feed in &config.feeds {
                assert!(!feed.url.as_str().is_empty(), "a feed without an address");
            }
        }
        Err(errors) => assert!(!errors.to_string().is_empty(), "an error without words"),
    }
});
