//! Subscription lists: what was read once is read the same from what we write.
#![no_main]

use chrono::DateTime;
use feedmill::feed::opml::{read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(feeds) = read(bytes) else {
        return;
    };
    let written = write("Feeds", &feeds, DateTime::UNIX_EPOCH);
    let again = read(written.as_bytes()).unwrap_or_default();
    let addresses = |feeds: &[feedmill::feed::opml::OpmlFeed]| -> Vec<String> {
        feeds.iter().map(|feed| feed.url.clone()).collect()
    };
    assert_eq!(addresses(&again), addresses(&feeds), "{written}");
});
