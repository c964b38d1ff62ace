//! Every feed in `tests/golden/feeds` is read as its `.expected.json` says. `UPDATE_GOLDEN=1`
//! rewrites the expectations; the difference is then for a person to judge.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeZone as _, Utc};
use feedmill::feed::{FeedLimits, Source, error_to_json, parse, to_json};

const SUFFIX: &str = ".expected.json";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/feeds")
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 10, 12, 0, 0).unwrap()
}

/// What the reader makes of a document, as the command line would print it.
fn read(bytes: &[u8]) -> String {
    let base = url::Url::parse("http://feed.example/dir/feed.xml").unwrap();
    let source = Source {
        bytes,
        content_type: None,
        base: Some(&base),
        now: now(),
    };
    let value = match parse(&source, &FeedLimits::default()) {
        Ok(feed) => to_json(&feed),
        Err(error) => error_to_json(&error),
    };
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

#[test]
fn every_golden_feed_is_read_as_expected() {
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let names: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut faults = Vec::new();
    for name in names.iter().filter(|name| !name.ends_with(SUFFIX)) {
        let stem = name.split('.').next().unwrap();
        let got = read(&std::fs::read(folder().join(name)).unwrap());
        let path = folder().join(format!("{stem}{SUFFIX}"));
        if is_update {
            std::fs::write(&path, &got).unwrap();
        }
        let want = std::fs::read_to_string(&path).unwrap_or_default();
        if got != want {
            faults.push(format!("{name}: got\n{got}"));
        }
    }
    for name in names.iter().filter_map(|name| name.strip_suffix(SUFFIX)) {
        let has_owner = ["xml", "json"]
            .iter()
            .any(|extension| names.contains(&format!("{name}.{extension}")));
        if !has_owner {
            faults.push(format!("{name}{SUFFIX}: no document of that name"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_cut_anywhere_gives_the_whole_entries_before_it() {
    let bytes = std::fs::read(folder().join("rss20_full.xml")).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, rest) = text.split_once("<item>").unwrap();
    let (item, tail) = rest.split_once("</item>").unwrap();
    let many = format!("{head}{}{tail}", format!("<item>{item}</item>").repeat(3));
    for at in (head.len()..many.len()).step_by(7) {
        let cut = many.get(..at).unwrap();
        let source = Source {
            bytes: cut.as_bytes(),
            content_type: None,
            base: None,
            now: now(),
        };
        let feed = parse(&source, &FeedLimits::default()).unwrap();
        assert_eq!(
            feed.entries.len(),
            cut.matches("</item>").count(),
            "cut at byte {at}"
        );
        let is_warned = feed.warnings.iter().any(|line| line.contains("cut off"));
        assert_eq!(is_warned, !cut.contains("</rss>"), "cut at byte {at}");
    }
}
