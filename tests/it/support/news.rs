//! A small web that brings news by the tick: feeds whose entries come, change and go.

use std::{
    fmt::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    cli::{LOOPBACK, feed_table, text_feed_table},
    power_cut::Dice,
    web::{Answer, Web},
};

/// Entries that a feed lists.
const ENTRIES: usize = 8;

/// The youngest entry that has been edited is so many ticks old.
const EDITED_AFTER: usize = 4;

const WORDS: &[&str] = &[
    "river", "council", "bridge", "harbour", "engine", "minister", "garden", "winter", "market",
    "signal", "teacher", "island", "coal", "letter", "window", "summer", "valley", "storm",
    "museum", "bakery", "tunnel", "orchard", "captain", "ladder", "copper", "violin", "desert",
];

/// Feeds `feed-0` to `feed-N`; the last one's entries have pages, the others' their whole text in the feed.
pub struct News {
    pub web: Web,
    n_feeds: usize,
    tick: Arc<AtomicUsize>,
}

impl News {
    pub fn start(n_feeds: usize) -> Self {
        let tick = Arc::new(AtomicUsize::new(0));
        let now = Arc::clone(&tick);
        let web = Web::start(move |seen| {
            let host = seen.header("host").unwrap_or_default();
            let numbers: Vec<usize> = seen
                .target
                .split('/')
                .filter_map(|part| part.parse().ok())
                .collect();
            match (seen.target.get(..3), numbers.as_slice()) {
                (Some("/f/"), &[feed]) => {
                    let is_paged = feed == n_feeds - 1;
                    let tick = now.load(Ordering::SeqCst);
                    Answer::ok("application/rss+xml", document(&host, feed, tick, is_paged))
                }
                (Some("/p/"), &[feed, entry]) => {
                    Answer::ok("text/html", page(&text(feed, entry, 0)))
                }
                _ => Answer::status(404),
            }
        });
        Self { web, n_feeds, tick }
    }

    /// Time passes: each feed has this many new entries.
    pub fn move_on(&self, ticks: usize) {
        self.tick.fetch_add(ticks, Ordering::SeqCst);
    }

    /// A configuration with all feeds; `limits` are further lines of `[limits]`.
    pub fn config(&self, limits: &str) -> String {
        let mut config = format!("{LOOPBACK}{limits}");
        for feed in 0..self.n_feeds {
            let name = format!("feed-{feed}");
            let url = self.web.url(&format!("/f/{feed}"));
            config += &if feed == self.n_feeds - 1 {
                feed_table(&name, url.as_str())
            } else {
                text_feed_table(&name, url.as_str())
            };
        }
        config
    }

    /// What each text listed now begins with.
    fn marks(&self) -> Vec<String> {
        let tick = self.tick.load(Ordering::SeqCst);
        let feeds = 0..self.n_feeds;
        feeds
            .flat_map(|feed| {
                let is_paged = feed == self.n_feeds - 1;
                (tick..tick + ENTRIES).map(move |n| mark(feed, n, version(n, tick, is_paged)))
            })
            .collect()
    }

    /// Waits until the database has the text of every entry listed now.
    #[track_caller]
    pub fn wait_until_stored(&self, database: &Path, patience: Duration, when: &str) {
        let deadline = Instant::now() + patience;
        while let Some(missing) = self.missing(database) {
            assert!(
                Instant::now() < deadline,
                "{when}: `{missing}` is not stored"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The first of the entries listed now whose text the database lacks.
    pub fn missing(&self, database: &Path) -> Option<String> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database = rusqlite::Connection::open_with_flags(database, flags).unwrap();
        let sql = "SELECT count(*) FROM v1_articles WHERE instr(text, ?1)";
        self.marks().into_iter().find(|mark| {
            let n: i64 = database.query_row(sql, [mark], |row| row.get(0)).unwrap();
            n != 1
        })
    }
}

fn version(entry: usize, tick: usize, is_paged: bool) -> usize {
    usize::from(!is_paged && entry + EDITED_AFTER < tick + ENTRIES)
}

fn mark(feed: usize, entry: usize, version: usize) -> String {
    format!("Report {entry} of feed {feed} in version {version}.")
}

/// Words of its own for each text; every fourth is long.
fn text(feed: usize, entry: usize, version: usize) -> String {
    let mut dice = Dice((feed as u64) << 40 | (entry as u64) << 8 | version as u64);
    let mut text = mark(feed, entry, version);
    let n_sentences = if entry.is_multiple_of(4) { 120 } else { 12 };
    for _ in 0..n_sentences {
        for _ in 0..9 {
            write!(text, " {}", WORDS[dice.below(WORDS.len())]).unwrap();
        }
        write!(text, " {}.", dice.below(100_000)).unwrap();
    }
    text
}

fn document(host: &str, feed: usize, tick: usize, is_paged: bool) -> String {
    let mut items = String::new();
    for entry in tick..tick + ENTRIES {
        let description = if is_paged {
            String::new()
        } else {
            text(feed, entry, version(entry, tick, false))
        };
        write!(
            items,
            "<item><guid isPermaLink='false'>{feed}-{entry}</guid><title>Report {entry} of feed {feed}</title>\
             <link>http://{host}/p/{feed}/{entry}</link><description>{description}</description></item>"
        )
        .unwrap();
    }
    format!("<rss version='2.0'><channel><title>Feed {feed}</title>{items}</channel></rss>")
}

fn page(text: &str) -> String {
    format!(
        "<html><head><title>Report</title></head><body><article><h1>Report</h1><p>{text}</p></article></body></html>"
    )
}
