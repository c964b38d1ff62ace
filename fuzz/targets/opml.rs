//! Subscription lists: what was read once is read the same from what we write.
#![no_main]

use chrono::DateTime;
use feedmill::feed::opml::{read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(list) = read(bytes) else {
        return;
    };
    let written = write("Feeds", &list, DateTime::UNIX_EPOCH);
    let again = read(written.as_bytes()).ok();
    assert_eq!(again.as_ref(), Some(&list), "{written}");
});
