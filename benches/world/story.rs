//! What it costs to find an article's story.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use chrono::DateTime;
use feedmill::{
    clock::ManualClock,
    store::{ConfiguredFeed, EntryAction, EntryRecord},
};

use crate::{
    bench::{memory_mb, own_cpu},
    store::{self, Draft},
    words::{Rng, Vocabulary},
};

/// Articles in the store before the measured ones come, and how many are measured.
const STORED: u64 = 100_000;
const MEASURED: u64 = 10_000;

/// Articles a poll brings.
const AT_ONCE: u64 = 50;

/// Paragraphs of an article; some 350 words in all.
const PARAGRAPHS: u64 = 8;

/// Stores articles of which every fifth is an edited copy of an earlier one, with and without what it
/// takes to find its story.
pub(crate) fn story() -> Result<()> {
    println!("story: {STORED} articles of some 350 words, then {MEASURED} that are measured");
    let without = fill(false)?;
    let with = fill(true)?;
    println!("  without stories {without:.2} ms of CPU an article, with them {with:.2} ms");
    println!("  the story costs {:.2} ms (bound 2)", with - without);
    Ok(())
}

/// CPU of one measured article in ms.
fn fill(has_stories: bool) -> Result<f64> {
    let folder = std::env::temp_dir().join(format!("feedmill-story-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("feedmill.db");
    let start = DateTime::from_timestamp(1_780_000_000, 0).unwrap_or_default();
    let clock = Arc::new(ManualClock::at(start));
    let opened = store::open(&path, Arc::clone(&clock) as Arc<_>)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let feeds = runtime.block_on(opened.sync_feeds(vec![configured()]))?;
    let feed = feeds.first().context("no feed")?.id;
    let vocabulary = Vocabulary::new();
    let mut measured = 0.0;
    for first in (0..STORED + MEASURED).step_by(usize::try_from(AT_ONCE)?) {
        // As many articles as there are: ten thousand a day.
        clock.advance(Duration::from_secs(86_400 * AT_ONCE / 10_000));
        let numbers = first..first + AT_ONCE;
        let entries = numbers
            .map(|n| entry(&vocabulary, n, has_stories))
            .collect();
        let record = store::poll(feed, start, entries);
        let before = own_cpu()?;
        runtime.block_on(opened.finish_poll(record))?;
        if first >= STORED {
            measured += own_cpu()? - before;
        }
    }
    opened.close();
    let raw = rusqlite::Connection::open(&path)?;
    let (n_stories, n_articles, bytes): (i64, i64, Option<i64>) = raw.query_row(
        "SELECT (SELECT count(DISTINCT story_id) FROM articles), (SELECT count(*) FROM articles),
           (SELECT sum(length(samples)) FROM sampled)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    println!(
        "  {n_articles} articles, {n_stories} stories, {} KB of samples, peak memory {:.0} MB",
        bytes.unwrap_or(0) / 1000,
        memory_mb(std::process::id(), "VmHWM").unwrap_or(0.0)
    );
    drop(raw);
    std::fs::remove_dir_all(&folder)?;
    Ok(measured * 1000.0 / 10_000.0)
}

fn configured() -> ConfiguredFeed {
    ConfiguredFeed {
        url: "https://news.example/rss".to_owned(),
        name: None,
        tags: Vec::new(),
        is_paused: false,
        is_tls_unverified: false,
        allowed: String::new(),
    }
}

/// Every fifth article is the one two hundred before it, without its second paragraph and with
/// another first one.
fn text(vocabulary: &Vocabulary, n: u64) -> String {
    let is_copy = n % 5 == 4 && n > 200;
    let of = if is_copy { n - 201 } else { n };
    let paragraphs = (0..PARAGRAPHS).map(|place| {
        let is_own = is_copy && place == 0;
        let mut rng = Rng::of(1, &[if is_own { n } else { of }, place]);
        vocabulary.paragraph(&mut rng)
    });
    let mut paragraphs: Vec<String> = paragraphs.collect();
    if is_copy {
        paragraphs.remove(1);
    }
    paragraphs.join("\n\n")
}

fn entry(vocabulary: &Vocabulary, n: u64, has_stories: bool) -> EntryRecord {
    let mut entry = store::entry(Draft {
        url: format!("https://site{}.example/{n}", n % 500),
        title: vocabulary.title(&mut Rng::of(2, &[n])),
        text: text(vocabulary, n),
        summary: None,
        language: None,
        tags: Vec::new(),
        published_at: None,
    });
    if let (EntryAction::Keep(content), false) = (&mut entry.action, has_stories) {
        content.fingerprint.samples.clear();
    }
    entry
}
