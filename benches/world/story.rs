//! What it costs to find an article's story.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use feedmill::{
    clock::ManualClock,
    dedup,
    model::{FeedId, FeedMemory, Outcome, TextSource},
    store::{
        ArticleContent, ConfiguredFeed, EntryAction, EntryRecord, FeedUpdate, Listing, LogLimits,
        OpenOptions, PollRecord, Rules, Store, ValidatorsUpdate,
    },
    text::CleanText,
};

use crate::{
    bench::{memory_mb, own_cpu},
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
    let store = Store::open(OpenOptions {
        path: path.clone(),
        busy_timeout: Duration::from_secs(1),
        log_limits: LogLimits {
            kept_bytes: 64 << 20,
            most_bytes: 1 << 30,
        },
        clock: Arc::clone(&clock) as Arc<_>,
        rules: Rules {
            place: dedup::place,
            near: dedup::near,
            churn: dedup::is_churn,
            agency: dedup::agency_mark,
        },
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let feeds = runtime.block_on(store.sync_feeds(vec![configured()]))?;
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
        let record = poll(feed, start, entries);
        let before = own_cpu()?;
        runtime.block_on(store.finish_poll(record))?;
        if first >= STORED {
            measured += own_cpu()? - before;
        }
    }
    store.close();
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
    let url = format!("https://site{}.example/{n}", n % 500);
    let text = CleanText::from_raw(&text(vocabulary, n));
    let mut fingerprint = dedup::fingerprint(&text);
    if !has_stories {
        fingerprint.samples.clear();
    }
    let title = vocabulary.title(&mut Rng::of(2, &[n]));
    let mut entry_hash = [0; 32];
    for (place, byte) in entry_hash.iter_mut().zip(n.to_be_bytes()) {
        *place = byte;
    }
    EntryRecord {
        listing: Listing {
            guid: url.clone(),
            url: Some(url.clone()),
            canonical_url: Some(url.clone()),
            title: Some(title.clone()),
            summary: None,
            entry_hash,
        },
        action: EntryAction::Keep(Box::new(ArticleContent {
            canonical_url: url.clone(),
            url,
            title: Some(title),
            authors: Vec::new(),
            published_at: None,
            published_raw: None,
            updated_at: None,
            language: None,
            site_name: None,
            description: None,
            image_url: None,
            reservations: Vec::new(),
            left_out: Vec::new(),
            tags: Vec::new(),
            fingerprint,
            text,
            text_source: TextSource::Feed,
            quality: 0.9,
            page_error: None,
            flags: Vec::new(),
        })),
    }
}

fn poll(feed: FeedId, now: DateTime<Utc>, entries: Vec<EntryRecord>) -> PollRecord {
    PollRecord {
        feed,
        started_at: now,
        duration: Duration::from_millis(1),
        outcome: Outcome::Ok,
        failure: None,
        http_status: Some(200),
        host: "news.example".to_owned(),
        n_requests: 1,
        other_hosts: Vec::new(),
        bytes_wire: 1_000,
        bytes_body: 1_000,
        n_entries: u32::try_from(entries.len()).unwrap_or(0),
        is_gap: false,
        is_identity_changed: false,
        holds: Vec::new(),
        feed_update: FeedUpdate {
            title: None,
            current_url: None,
            status: None,
            validators: ValidatorsUpdate::Keep,
            next_poll_at: now + TimeDelta::hours(1),
            failures: 0,
            memory: FeedMemory::default(),
        },
        entries,
    }
}
