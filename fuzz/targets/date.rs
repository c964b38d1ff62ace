//! Dates of feeds and pages.
#![no_main]

use feedmill::feed::parse_date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(date) = parse_date(text) {
        // What was understood is understood again as the store writes it.
        let written = date.to_rfc3339();
        if written.len() == "2026-01-01T00:00:00+00:00".len() {
            assert_eq!(parse_date(&written), Some(date), "{text:?} as {written}");
        }
    }
});
