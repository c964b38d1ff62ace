//! What the store costs when it is large: filled through the store as the daemon does, then read with
//! the program as a user runs it.

use std::{
    collections::VecDeque,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use feedmill::{
    clock::{Clock, ManualClock, Now, SystemClock},
    model::{FeedId, FeedRow},
    store::{ConfiguredFeed, EntryAction, EntryRecord, Listing, PollRecord, Step, Store},
};

use crate::{
    Options,
    bench::{Site, memory_mb, own_cpu},
    figures::{Bound, Figures},
    scale_articles::{A_DAY, CHARACTERS, Corpus, FEEDS, feed_tags},
    scale_reads,
    store::{self, writer_cpu},
    words::{Rng, Vocabulary},
};

/// Articles a poll brings: a feed is polled once a day here.
const A_POLL: u64 = 20;

/// Polls that are under way at a time: more than the writer waits for when several come at once.
const UNDER_WAY: u64 = 40;

/// Articles over which a rate is taken.
const STRETCH: u64 = 10_000;

/// Entries of the latest polls that are seen again.
const SEEN_AGAIN: usize = 8_000;

/// Articles of a paragraph each.
const SUMMARIES: u64 = 10_000;

/// Articles beyond the others, with and without what it takes to find their stories.
const STORY_ARTICLES: u64 = 2_000;

/// Runs the measurement on a store of `--articles` articles.
pub(crate) fn scale(options: &Options) -> Result<()> {
    let site = Site::new("scale", options.is_kept)?;
    let n_articles = options.articles;
    println!("scale: {n_articles} articles, {FEEDS} feeds");
    let mut figures = Figures::default();
    {
        let mut filling = Filling::start(&site, n_articles)?;
        filling.fill(&mut figures)?;
        filling.see_again(&mut figures)?;
        filling.tell_stories(&mut figures)?;
        filling.end(&mut figures)?;
    }
    write_config(&site)?;
    scale_reads::sizes(&site, &mut figures)?;
    take_summaries(&site, n_articles, &mut figures)?;
    scale_reads::reads(&site, &mut figures)?;
    scale_reads::schema(&site, &mut figures)?;
    scale_reads::chores(&site, n_articles, &mut figures)?;
    figures.print_table(&format!("{n_articles} articles"));
    site.say_where();
    Ok(())
}

fn feed_url(feed: u64) -> String {
    format!("http://127.0.0.1:9/feed/{feed}")
}

/// Calendar time as the measurement sets it; what the writer measures runs as it does.
#[derive(Debug)]
struct Paced {
    wall: ManualClock,
    mono: SystemClock,
}

impl Clock for Paced {
    fn now(&self) -> Now {
        Now {
            wall: self.wall.now().wall,
            mono: self.mono.now().mono,
        }
    }
}

/// A store that is being filled.
struct Filling {
    articles: Corpus,
    clock: Arc<Paced>,
    runtime: tokio::runtime::Runtime,
    store: Store,
    feeds: Vec<FeedRow>,
    next: u64,
    /// What the latest polls listed.
    latest: VecDeque<(FeedId, Vec<EntryRecord>)>,
}

/// What a part of the filling took.
#[derive(Debug, Default, Clone, Copy)]
struct Took {
    wall: Duration,
    writer_cpu: f64,
}

impl Filling {
    fn start(site: &Site, n_articles: u64) -> Result<Self> {
        let days = TimeDelta::seconds(i64::try_from(n_articles * 86_400 / A_DAY)?);
        let clock = Arc::new(Paced {
            wall: ManualClock::at(Utc::now() - days),
            mono: SystemClock::new(),
        });
        let store = store::open(&site.database(), Arc::clone(&clock) as Arc<_>)?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let configured = (0..FEEDS).map(|feed| ConfiguredFeed {
            url: feed_url(feed),
            name: Some(format!("feed-{feed}")),
            tags: feed_tags(feed),
            is_paused: false,
            is_tls_unverified: false,
            allowed: String::new(),
        });
        let feeds = runtime.block_on(store.sync_feeds(configured.collect()))?;
        Ok(Self {
            articles: Corpus {
                vocabulary: Vocabulary::new(),
                n_articles,
                text_length: CHARACTERS,
            },
            clock,
            runtime,
            store,
            feeds,
            next: 0,
            latest: VecDeque::new(),
        })
    }

    fn feed(&self, feed: u64) -> Result<FeedId> {
        let row = self.feeds.get(usize::try_from(feed)?);
        Ok(row.context("no such feed")?.id)
    }

    fn wall(&self) -> DateTime<Utc> {
        self.clock.now().wall
    }

    /// The next polls, each with new articles and some with an edit of an earlier one.
    fn next_polls(&mut self) -> Result<Vec<PollRecord>> {
        let mut polls = Vec::new();
        for _ in 0..UNDER_WAY {
            let (first, now) = (self.next, self.wall());
            if first >= self.articles.n_articles {
                break;
            }
            let feed = self.articles.feed(first, A_POLL);
            let mut entries: Vec<EntryRecord> = (first..first + A_POLL)
                .map(|n| store::entry(self.articles.draft((n, feed), 0, now)))
                .collect();
            let a_round = A_POLL * FEEDS;
            if first >= a_round && Rng::of(6, &[first]).below(2) == 0 {
                let edited = first - a_round + 3;
                let draft = self.articles.draft((edited, feed), 1, now);
                entries.push(store::entry(draft));
            }
            let id = self.feed(feed)?;
            self.latest.push_back((id, entries.clone()));
            polls.push(store::poll(id, now, entries));
            self.next += A_POLL;
            let pause = Duration::from_secs(86_400 * A_POLL / A_DAY);
            self.clock.wall.advance(pause);
        }
        while self.latest.len() * usize::try_from(A_POLL)? > SEEN_AGAIN {
            self.latest.pop_front();
        }
        Ok(polls)
    }

    /// Keeps polls as if they had ended at the same time.
    fn keep(&self, polls: Vec<PollRecord>) -> Result<Took> {
        let (start, cpu) = (Instant::now(), writer_cpu()?);
        self.runtime.block_on(async {
            let mut waiting = tokio::task::JoinSet::new();
            for poll in polls {
                let store = self.store.clone();
                waiting.spawn(async move { store.finish_poll(poll).await });
            }
            while let Some(done) = waiting.join_next().await {
                done??;
            }
            Ok::<(), anyhow::Error>(())
        })?;
        Ok(Took {
            wall: start.elapsed(),
            writer_cpu: writer_cpu()? - cpu,
        })
    }

    fn fill(&mut self, figures: &mut Figures) -> Result<()> {
        let n_articles = self.articles.n_articles;
        let stretch = STRETCH.min(n_articles / 2);
        let (mut at_start, mut at_end) = (Took::default(), Took::default());
        let cpu = own_cpu()?;
        while self.next < n_articles {
            let first = self.next;
            let polls = self.next_polls()?;
            let took = self.keep(polls)?;
            for (stretch, is_in) in [
                (&mut at_start, first < stretch),
                (&mut at_end, first >= n_articles - stretch),
            ] {
                if is_in {
                    stretch.wall += took.wall;
                    stretch.writer_cpu += took.writer_cpu;
                }
            }
        }
        let n = as_f64(stretch);
        let rate = |took: Took| (n / took.wall.as_secs_f64(), "a second");
        figures.take(
            "new articles, the first",
            rate(at_start),
            Bound::Least(4_000.0),
        );
        figures.take(
            "new articles, the last",
            rate(at_end),
            Bound::Least(4_000.0),
        );
        let each = |took: Took| (took.writer_cpu * 1000.0 / n, "ms");
        figures.take(
            "CPU of the writer, a new article, the first",
            each(at_start),
            Bound::None,
        );
        figures.take(
            "CPU of the writer, a new article, the last",
            each(at_end),
            Bound::None,
        );
        let others = (own_cpu()? - cpu) * 1000.0 / as_f64(n_articles);
        figures.take(
            "CPU of a new article in all, the generator's included",
            (others, "ms"),
            Bound::None,
        );
        Ok(())
    }

    /// The latest polls once more: first as the pipeline does with what it knows, then with the
    /// whole content, which has to be placed.
    fn see_again(&mut self, figures: &mut Figures) -> Result<()> {
        let latest: Vec<_> = std::mem::take(&mut self.latest).into();
        let now = self.wall();
        let n_entries: usize = latest.iter().map(|(_, entries)| entries.len()).sum();
        let n = as_f64(u64::try_from(n_entries)?);
        let (start, cpu) = (Instant::now(), own_cpu()?);
        self.see(&latest)?;
        let rate = n / start.elapsed().as_secs_f64();
        figures.take("known articles", (rate, "a second"), Bound::Least(20_000.0));
        let each = (own_cpu()? - cpu) * 1000.0 / n;
        figures.take("CPU of a known article in all", (each, "ms"), Bound::None);

        let before = writer_cpu()?;
        self.see(&latest)?;
        let seen = writer_cpu()? - before;
        let mut placed = 0.0;
        for some in latest.chunks(usize::try_from(UNDER_WAY)?) {
            let polls = some
                .iter()
                .map(|(feed, entries)| store::poll(*feed, now, entries.clone()));
            placed += self.keep(polls.collect())?.writer_cpu;
        }
        let look_up = (placed - seen) * 1000.0 / n;
        figures.take(
            "placing a known article by its content, CPU",
            (look_up, "ms"),
            Bound::Most(0.05),
        );
        Ok(())
    }

    /// Polls that list what is known, some at a time as in the daemon.
    fn see(&self, latest: &[(FeedId, Vec<EntryRecord>)]) -> Result<()> {
        let now = self.wall();
        self.runtime.block_on(async {
            let mut waiting = tokio::task::JoinSet::new();
            for (feed, entries) in latest {
                let listings = entries.iter().map(|entry| entry.listing.clone());
                waiting.spawn(see(self.store.clone(), *feed, listings.collect(), now));
                if waiting.len() >= usize::try_from(UNDER_WAY)?
                    && let Some(done) = waiting.join_next().await
                {
                    done??;
                }
            }
            while let Some(done) = waiting.join_next().await {
                done??;
            }
            Ok(())
        })
    }

    /// In turns polls with and without samples, by which stories are found.
    fn tell_stories(&mut self, figures: &mut Figures) -> Result<()> {
        let n_before = self.articles.n_articles;
        self.articles.n_articles += 2 * STORY_ARTICLES;
        let (mut with, mut without) = (0.0, 0.0);
        let mut is_with = false;
        while self.next < self.articles.n_articles {
            let mut polls = self.next_polls()?;
            is_with = !is_with;
            for entry in polls.iter_mut().flat_map(|poll| &mut poll.entries) {
                if let (EntryAction::Keep(content), false) = (&mut entry.action, is_with) {
                    content.fingerprint.samples.clear();
                }
            }
            let cpu = self.keep(polls)?.writer_cpu;
            *(if is_with { &mut with } else { &mut without }) += cpu;
        }
        self.articles.n_articles = n_before;
        let story = (with - without) * 1000.0 / as_f64(STORY_ARTICLES);
        figures.take(
            "finding an article's story, CPU",
            (story, "ms"),
            Bound::Most(2.0),
        );
        Ok(())
    }

    /// Keeps what is left to come; what it took.
    fn keep_all(&mut self) -> Result<Took> {
        let mut took = Took::default();
        while self.next < self.articles.n_articles {
            let polls = self.next_polls()?;
            let some = self.keep(polls)?;
            took.wall += some.wall;
            took.writer_cpu += some.writer_cpu;
        }
        Ok(took)
    }

    fn merge(&self) -> Result<()> {
        let is_first = false;
        let steps = [
            Step::MergeWords { is_first },
            Step::MergeTrigrams { is_first },
            Step::FreePages,
        ];
        for step in steps {
            while self.runtime.block_on(self.store.step(step.clone()))? > 0 {}
        }
        Ok(())
    }

    /// Lets every feed be polled just now, so that none is due, does what the daemon does every hour, and
    /// closes the store.
    fn end(self, figures: &mut Figures) -> Result<()> {
        let cpu = writer_cpu()?;
        self.merge()?;
        let each = (writer_cpu()? - cpu) * 1000.0 / as_f64(self.next);
        figures.take(
            "merging the full-text index, CPU for each article",
            (each, "ms"),
            Bound::None,
        );
        self.clock.wall.jump_to(Utc::now());
        let polls = self
            .feeds
            .iter()
            .map(|feed| store::poll(feed.id, self.wall(), Vec::new()));
        self.keep(polls.collect())?;
        let start = Instant::now();
        self.store.close();
        let took = start.elapsed().as_secs_f64() * 1000.0;
        figures.take("closing the store", (took, "ms"), Bound::None);
        let peak = memory_mb(std::process::id(), "VmHWM").unwrap_or(0.0);
        figures.take(
            "peak memory of the filling process, the generator's included",
            (peak, "MB"),
            Bound::None,
        );
        Ok(())
    }
}

/// Entries of which nothing is taken but what most feeds say: a paragraph.
fn take_summaries(site: &Site, n_articles: u64, figures: &mut Figures) -> Result<()> {
    let n = SUMMARIES.min(n_articles);
    let mut filling = Filling::start(site, n_articles)?;
    filling.next = n_articles + 2 * STORY_ARTICLES;
    filling.articles.n_articles = filling.next + n;
    filling.articles.text_length = 1;
    filling.clock.wall.jump_to(Utc::now());
    let took = filling.keep_all()?;
    let rate = as_f64(n) / took.wall.as_secs_f64();
    figures.take(
        "new articles of a paragraph",
        (rate, "a second"),
        Bound::Least(4_000.0),
    );
    let each = took.writer_cpu * 1000.0 / as_f64(n);
    figures.take("CPU of the writer, one of these", (each, "ms"), Bound::None);
    filling.store.close();
    Ok(())
}

/// Asks what is known of listed entries, as the pipeline does, and keeps that they were seen.
async fn see(store: Store, feed: FeedId, listings: Vec<Listing>, now: DateTime<Utc>) -> Result<()> {
    let guids = listings.iter().map(|listing| listing.guid.clone());
    let forms = listings
        .iter()
        .filter_map(|listing| url::Url::parse(listing.url.as_deref()?).ok())
        .map(|url| feedmill::url::match_form(&url));
    let known = store.known_listings(feed, guids.collect()).await?.len();
    let by_url = store.known_by_url(feed, forms.collect()).await?.len();
    anyhow::ensure!(
        known == listings.len() && by_url == listings.len(),
        "{known} and {by_url} of {} entries are known",
        listings.len()
    );
    let entries = listings.into_iter().map(|listing| EntryRecord {
        listing,
        action: EntryAction::Seen,
    });
    let poll = store::poll(feed, now, entries.collect());
    store.finish_poll(poll).await?;
    Ok(())
}

fn write_config(site: &Site) -> Result<()> {
    let mut toml = "database = \"feedmill.db\"\n\n[defaults]\nevery = \"24h\"\n\n\
        [network]\nallow = [\"127.0.0.0/8\"]\n\n"
        .to_owned();
    for feed in 0..FEEDS {
        let (url, tags) = (feed_url(feed), feed_tags(feed));
        toml.push_str(&format!(
            "[[feeds]]\nname = \"feed-{feed}\"\nurl = \"{url}\"\ntags = {tags:?}\n\n"
        ));
    }
    Ok(fs::write(site.config(), toml)?)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn as_f64(number: u64) -> f64 {
    number as f64
}
