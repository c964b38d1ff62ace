//! The daemon in a world that changes, grows and breaks.

use std::{
    process::Child,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use crate::{
    Options,
    bench::{Running, Settings, Site, check_integrity, memory_mb, signal, wait_for_end},
    plan::Plan,
    readers::Readers,
    words::Rng,
};

/// Ways a feed of the world can be broken, see [`crate::serve`].
const WAYS: &[&str] = &[
    "500", "404", "403", "429", "503", "garbage", "html", "empty", "hang",
];

/// Feeds that the daemon starts with, as a part of all.
const AT_FIRST: u64 = 4;

/// Feeds for which the world moves at its own pace; with more of them it moves slower by as much.
const FEEDS_AT_FULL_PACE: u64 = 60;

struct Soak<'a> {
    world: &'a Running,
    site: &'a Site,
    rng: Rng,
    configured: u64,
    broken: Vec<u64>,
    n_reloads: u32,
    /// How much slower the world moves than with few feeds.
    pace: u64,
}

/// What the daemon holds, each second.
#[derive(Default)]
struct Held {
    memory_mb: Vec<f64>,
    descriptors: Vec<f64>,
}

impl Held {
    fn look(&mut self, daemon: u32) {
        self.memory_mb.extend(memory_mb(daemon, "VmRSS"));
        let open = std::fs::read_dir(format!("/proc/{daemon}/fd"));
        self.descriptors
            .extend(open.map(|open| f64::from(u32::try_from(open.count()).unwrap_or(u32::MAX))));
    }

    fn print(&self) {
        println!("  memory: {} MB", series(&self.memory_mb));
        println!("  descriptors: {}", series(&self.descriptors));
        let [second, last] = [1, 2].map(|third| mean_of_third(&self.memory_mb, third));
        println!(
            "  memory in the last third: {last:.1} MB, {:+.1} % of the second's {second:.1} MB",
            100.0 * (last - second) / second
        );
    }
}

fn mean_of_third(values: &[f64], third: usize) -> f64 {
    let length = values.len() / 3;
    let part = values.iter().skip(third * length).take(length);
    let n = f64::from(u32::try_from(length.max(1)).unwrap_or(u32::MAX));
    part.sum::<f64>() / n
}

/// Runs the daemon for `--seconds`, then checks what it has.
pub(crate) fn soak(options: &Options) -> Result<()> {
    let usual = Plan {
        feeds: 60,
        entries: 20,
        page_kb: 60,
        ..Plan::USUAL
    };
    let plan = options.plan.clone().unwrap_or(usual);
    let world = Running::start(&plan)?;
    let site = Site::new("soak", options.is_kept)?;
    let mut soak = Soak {
        world: &world,
        site: &site,
        rng: Rng::of(plan.seed, &[99]),
        configured: plan.feeds.div_ceil(AT_FIRST),
        broken: Vec::new(),
        n_reloads: 0,
        pace: (plan.feeds / FEEDS_AT_FULL_PACE).max(1),
    };
    soak.configure()?;
    let mut daemon = site.command(&["run"])?.spawn()?;
    let start = Instant::now();
    let mut held = Held::default();
    let mut readers = Readers::start(&site, options.readers);
    while start.elapsed() < options.seconds {
        sleep(Duration::from_secs(1));
        soak.one_second(&daemon, start.elapsed().as_secs())?;
        ensure!(daemon.try_wait()?.is_none(), "the daemon ended by itself");
        held.look(daemon.id());
        readers.look();
    }
    soak.mend_all()?;
    let tick = world.count("tick")?;
    let missing = soak.wait_until_caught_up(tick)?;
    let read = readers.finish();
    signal(daemon.id(), "TERM")?;
    let (status, took) = wait_for_end(&mut daemon, Duration::from_secs(10))?;
    println!(
        "soak: {} s, {} feeds at the end, tick {tick}, {} reloads",
        options.seconds.as_secs(),
        soak.configured,
        soak.n_reloads
    );
    println!("  requests: {}", world.control("stats")?);
    held.print();
    println!("  ended {:.1} s after TERM: {status}", took.as_secs_f64());
    site.say_where();
    ensure!(status.success(), "run: {status}");
    read?;
    let log = std::fs::read_to_string(site.log())?;
    let locked = log.lines().find(|line| line.contains("lock"));
    ensure!(locked.is_none(), "the daemon says: {locked:?}");
    ensure!(
        took <= Duration::from_secs(5),
        "the daemon took {took:?} to end"
    );
    ensure!(
        missing == 0,
        "{missing} listed entries are not in the store"
    );
    report(&site)
}

impl Soak<'_> {
    fn configure(&self) -> Result<()> {
        let settings = Settings {
            defaults: &format!("every = \"{}s\"\n", 2 * self.pace),
            limits: &format!(
                "min_interval = \"{0}s\"\nmax_interval = \"{1}s\"\nbackoff_max = \"{1}s\"\nretry_after_max = \"{1}s\"\nfeed_deadline = \"3s\"\nconnect_timeout = \"2s\"\n",
                self.pace,
                5 * self.pace
            ),
            feeds: Some(self.configured),
        };
        self.site.write_config(self.world, settings)
    }

    /// The world moves on every third second, breaks and mends every fifth; every tenth a feed is
    /// added; every forty-first the configuration is broken and read, and then mended.
    fn one_second(&mut self, daemon: &Child, second: u64) -> Result<()> {
        if second.is_multiple_of(3 * self.pace) {
            self.world.control("tick/1")?;
        }
        if second.is_multiple_of(5) {
            self.break_or_mend()?;
        }
        if second.is_multiple_of(10) && self.configured < self.world.plan.feeds {
            self.configured = self.world.plan.feeds.min(self.configured + self.pace);
            self.configure()?;
            self.reload(daemon)?;
        }
        if second.is_multiple_of(41) {
            std::fs::write(self.site.config(), "[limits]\nno_such_key = 1\n")?;
            self.reload(daemon)?;
            sleep(Duration::from_millis(300));
            self.configure()?;
            self.reload(daemon)?;
        }
        Ok(())
    }

    fn reload(&mut self, daemon: &Child) -> Result<()> {
        self.n_reloads += 1;
        signal(daemon.id(), "HUP")
    }

    fn break_or_mend(&mut self) -> Result<()> {
        if self.broken.len() >= 8 {
            let at = self.rng.below(self.broken.len());
            let feed = self.broken.swap_remove(at);
            self.world.control(&format!("mend/{feed}"))?;
        } else {
            let feeds = usize::try_from(self.configured)?;
            let feed = u64::try_from(self.rng.below(feeds))?;
            let way = WAYS.get(self.rng.below(WAYS.len())).copied();
            self.world
                .control(&format!("break/{feed}/{}", way.unwrap_or("500")))?;
            self.broken.push(feed);
        }
        Ok(())
    }

    fn mend_all(&mut self) -> Result<()> {
        for feed in self.broken.drain(..) {
            self.world.control(&format!("mend/{feed}"))?;
        }
        Ok(())
    }

    /// Gives the daemon a minute, or longer at a slower pace, to read what is listed now; the number that
    /// it still lacks.
    fn wait_until_caught_up(&self, tick: u64) -> Result<usize> {
        let mut missing = 0;
        for _ in 0..60 + 10 * self.pace {
            missing = self.missing(tick)?;
            if missing == 0 {
                break;
            }
            sleep(Duration::from_secs(1));
        }
        Ok(missing)
    }

    fn missing(&self, tick: u64) -> Result<usize> {
        let connection = self.site.open()?;
        let mut known = connection.prepare(
            "SELECT count(*) FROM v1_listings l JOIN v1_articles a ON a.id = l.article_id \
             WHERE l.url = ?1 AND a.text_source = 'page'",
        )?;
        let mut missing = 0;
        for feed in 0..self.configured {
            for entry in self.world.plan.listed(tick) {
                let url = self.world.plan.page_url(feed, entry, self.world.port);
                let count: i64 = known.query_row([url], |row| row.get(0))?;
                missing += usize::from(count == 0);
            }
        }
        Ok(missing)
    }
}

/// Values at eight points of the run.
fn series(values: &[f64]) -> String {
    let step = values.len().div_ceil(8).max(1);
    let points: Vec<String> = values
        .chunks(step)
        .filter_map(|chunk| chunk.last())
        .map(|value| format!("{value:.0}"))
        .collect();
    points.join(", ")
}

/// What the store holds, and that it holds together.
fn report(site: &Site) -> Result<()> {
    check_integrity(&site.database())?;
    for (what, sql) in [
        ("articles", "SELECT count(*) FROM v1_articles"),
        ("revisions", "SELECT count(*) FROM v1_revisions"),
        ("polls", "SELECT count(*) FROM v1_polls"),
        (
            "failed polls",
            "SELECT count(*) FROM v1_polls WHERE outcome = 'failed'",
        ),
        ("page fetches", "SELECT count(*) FROM v1_fetches"),
        (
            "free pages",
            "SELECT freelist_count FROM pragma_freelist_count",
        ),
        ("pages", "SELECT page_count FROM pragma_page_count"),
    ] {
        println!("  {what}: {}", site.number(sql)?);
    }
    for (fault, sql) in [
        (
            "articles with the same canonical URL",
            "SELECT count(*) - count(DISTINCT canonical_url) FROM v1_articles",
        ),
        (
            "articles with the same text",
            "SELECT count(*) - count(DISTINCT content_hash) FROM v1_articles",
        ),
        (
            "cursors that were used twice",
            "SELECT count(*) - count(DISTINCT cursor) FROM v1_changes",
        ),
        (
            "polls without a class although they failed",
            "SELECT count(*) FROM v1_polls WHERE outcome = 'failed' AND error_class IS NULL",
        ),
        (
            "feeds with a fault after all were mended",
            "SELECT count(*) FROM v1_feeds WHERE status = 'quarantined'",
        ),
    ] {
        let count = site.number(sql)?;
        ensure!(count == 0, "{fault}: {count}");
    }
    println!("  integrity_check ok, nothing doubled");
    Ok(())
}
