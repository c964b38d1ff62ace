//! The whole feed reader: decoding, mending, every format.
#![no_main]

use chrono::DateTime;
use feedmill::feed::{FeedLimits, Source, parse, to_json};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let base = Url::parse("https://feeds.example/news/feed.xml").ok();
    let limits = FeedLimits {
        entries: 50,
        ..FeedLimits::default()
    };
    let source = Source {
        bytes,
        content_type: None,
        base: base.as_ref(),
        now: DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default(),
    };
    let Ok(feed) = parse(&source, &limits) else {
        return;
    };
    assert!(feed.entries.len() <= limits.entries, "too many entries");
    for entry in &feed.entries {
        assert!(!entry.guid.is_empty(), "an entry without identity");
        assert!(entry.guid.len() <= limits.guid_bytes, "a guid too long");
        if let Some(title) = &entry.title {
            assert!(title.len() <= limits.title_bytes, "a title too long");
            assert!(!title.contains('\n'), "a title of two lines");
        }
        if let Some(url) = &entry.url {
            assert!(url.len() <= limits.link_bytes, "a link too long");
            // What leads to no page of the web stays as written.
            let is_web = url.starts_with("http:") || url.starts_with("https:");
            assert!(!is_web || Url::parse(url).is_ok(), "a link that is none: {url}");
            assert!(!url.starts_with("javascript:"), "a link that would run: {url}");
        }
        for html in [&entry.summary_html, &entry.content_html].into_iter().flatten() {
            assert!(html.len() <= limits.text_bytes, "a text too long");
            assert!(!html.contains('\0'), "a control character");
        }
    }
    assert_eq!(parse(&source, &limits).ok().as_ref(), Some(&feed), "read differently the second time");
    let _ = to_json(&feed);
});
