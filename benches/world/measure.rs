//! The measurements, a function each.

use std::{
    fs,
    hint::black_box,
    io::Read,
    path::Path,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    Options,
    bench::{Running, Settings, Site, cost, memory_mb, program, signal, thread_cpu, wait_for_end},
    page::World,
    plan::Plan,
};

/// How many pages a measurement on one thread reads.
const PAGES_READ: u64 = 1000;

fn plan(options: &Options, usual: Plan) -> Plan {
    options.plan.clone().unwrap_or(usual)
}

/// A first fetch of everything.
pub(crate) fn ingest(options: &Options) -> Result<()> {
    let plan = plan(options, Plan::USUAL);
    let bare = bare_parse(&plan)?;
    let world = Running::start(&plan)?;
    let site = Site::new("ingest", options.is_kept)?;
    site.write_config(&world, Settings::default())?;
    let mut fetch = site.command(&["fetch", "--all", "--quiet"])?;
    let cost = cost(fetch.env("FEEDMILL_LOG", "feedmill::store::writer=debug"))?;
    ensure!(cost.status.success(), "fetch: {}", cost.status);

    let wanted = plan.feeds * plan.entries;
    let stored = site.number("SELECT count(*) FROM v1_articles WHERE text_source = 'page'")?;
    let waiting = site.number("SELECT count(*) FROM v1_queue")?;
    let per_thousand = cost.cpu * 1000.0 / as_f64(wanted);
    println!(
        "ingest: {} feeds × {} entries, {} hosts",
        plan.feeds, plan.entries, plan.hosts
    );
    println!("  stored {stored} of {wanted} from their pages, {waiting} wait");
    println!(
        "  {per_thousand:.2} CPU-seconds per 1,000 entries (bound 3.0); {:.1} s wall",
        cost.wall.as_secs_f64()
    );
    println!(
        "  a bare scraper parse of such pages takes {bare:.2}: ratio {:.2}",
        per_thousand / bare
    );
    println!("  peak memory {:.0} MB (bound 150)", cost.peak_mb);
    println!("  requests: {}", world.control("stats")?);
    println!("  {}", transactions(&fs::read_to_string(site.log())?)?);
    site.say_where();
    ensure!(
        stored == wanted,
        "{stored} of {wanted} articles were stored"
    );
    Ok(())
}

/// How long the writer held the database, by the lines of its log.
fn transactions(log: &str) -> Result<String> {
    let micros = log
        .lines()
        .filter_map(|line| line.split("duration_us=").nth(1)?.split(' ').next());
    let mut times: Vec<Duration> = micros
        .map(|micros| Ok(Duration::from_micros(micros.parse()?)))
        .collect::<Result<_>>()?;
    times.sort_unstable();
    let at = |hundredths: usize| {
        let time = times.get(times.len() * hundredths / 100);
        time.or(times.last())
            .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    Ok(format!(
        "{} transactions: p50 {:.1} ms, p99 {:.1} ms (bound 50), longest {:.1} ms",
        times.len(),
        at(50),
        at(99),
        at(100)
    ))
}

/// Polls that change nothing, on a store that holds everything already.
pub(crate) fn unchanged(options: &Options) -> Result<()> {
    let usual = Plan {
        feeds: 1000,
        entries: 5,
        page_kb: 20,
        ..Plan::USUAL
    };
    let plan = plan(options, usual);
    let world = Running::start(&plan)?;
    let site = Site::new("unchanged", options.is_kept)?;
    site.write_config(&world, Settings::default())?;
    let first = site.run(&["fetch", "--all", "--quiet"])?;
    ensure!(first.status.success(), "fetch: {}", first.status);
    let rows = "SELECT (SELECT count(*) FROM v1_articles) + (SELECT count(*) FROM v1_revisions) \
                + (SELECT count(*) FROM v1_changes) + (SELECT count(*) FROM v1_listings) \
                + (SELECT count(*) FROM v1_fetches)";
    let (rows_before, pages_before) = (site.number(rows)?, world.count("pages")?);
    let articles = site.number("SELECT count(*) FROM v1_articles")?;

    let second = site.run(&["fetch", "--all", "--quiet"])?;
    ensure!(second.status.success(), "fetch: {}", second.status);
    let (rows_after, pages_after) = (site.number(rows)?, world.count("pages")?);
    let polls = world.count("unchanged")?;
    println!(
        "unchanged: {} feeds, {articles} articles stored before",
        plan.feeds
    );
    println!(
        "  {:.3} CPU-seconds per 1,000 polls (bound 0.15), start and end of the program included; {:.1} s wall",
        second.cpu * 1000.0 / as_f64(plan.feeds),
        second.wall.as_secs_f64()
    );
    println!(
        "  {polls} answers were 304; {} new rows, {} page requests",
        rows_after - rows_before,
        pages_after - pages_before
    );
    site.say_where();
    ensure!(rows_after == rows_before, "an unchanged world made rows");
    ensure!(
        pages_after == pages_before,
        "an unchanged world was asked for pages"
    );
    Ok(())
}

/// The daemon with many feeds, none of them due.
pub(crate) fn idle(options: &Options) -> Result<()> {
    let usual = Plan {
        feeds: 10_000,
        entries: 1,
        page_kb: 20,
        ..Plan::USUAL
    };
    let plan = plan(options, usual);
    let world = Running::start(&plan)?;
    let site = Site::new("idle", options.is_kept)?;
    let settings = Settings {
        defaults: "every = \"24h\"\ncontent = \"feed\"\n",
        ..Settings::default()
    };
    site.write_config(&world, settings)?;
    let first = site.run(&["fetch", "--all", "--quiet"])?;
    ensure!(first.status.success(), "fetch: {}", first.status);
    let polls_before = world.count("feeds")?;

    let mut daemon = site.command(&["run"])?.spawn()?;
    let mut readings = Vec::new();
    for _ in 0..20 {
        sleep(Duration::from_secs(1));
        readings.extend(memory_mb(daemon.id(), "VmRSS"));
    }
    let peak = memory_mb(daemon.id(), "VmHWM").context("the daemon is gone")?;
    signal(daemon.id(), "TERM")?;
    let (status, took) = wait_for_end(&mut daemon, Duration::from_secs(10))?;
    let polls = world.count("feeds")? - polls_before;
    println!("idle: {} feeds, {polls} polls in 20 s", plan.feeds);
    println!(
        "  {:.1} MB resident (bound 60), {peak:.1} at most",
        readings.last().copied().unwrap_or(0.0)
    );
    println!("  ended {:.1} s after TERM: {status}", took.as_secs_f64());
    site.say_where();
    ensure!(status.success(), "run: {status}");
    Ok(())
}

/// The time until the help is there.
pub(crate) fn help() -> Result<()> {
    let mut walls = Vec::new();
    for _ in 0..31 {
        let start = Instant::now();
        let output = Command::new(program()?).arg("--help").output()?;
        walls.push(start.elapsed());
        ensure!(output.status.success(), "--help: {}", output.status);
    }
    println!(
        "help: median {:.1} ms of 31 runs (bound 20)",
        median_ms(&mut walls)
    );
    Ok(())
}

/// Searches in a large store.
pub(crate) fn search(options: &Options) -> Result<()> {
    let usual = Plan {
        feeds: 1000,
        entries: 100,
        is_full_text: true,
        ..Plan::USUAL
    };
    let plan = plan(options, usual);
    let world = Running::start(&plan)?;
    let site = Site::new("search", options.is_kept)?;
    let settings = Settings {
        defaults: "content = \"feed\"\n",
        ..Settings::default()
    };
    site.write_config(&world, settings)?;
    let filled = site.run(&["fetch", "--all", "--quiet"])?;
    ensure!(filled.status.success(), "fetch: {}", filled.status);
    let articles = site.number("SELECT count(*) FROM v1_articles")?;
    println!(
        "search: {articles} articles, stored with {:.0} CPU-seconds",
        filled.cpu
    );

    let vocabulary = World::new(Plan { hosts: 1, ..plan }).vocabulary;
    let at = |rank: usize| vocabulary.word(rank).to_owned();
    let queries = [
        ("a rare word", at(40_000)),
        ("a word such as people search for", at(3000)),
        ("a common word", at(400)),
        ("two words", format!("{} {}", at(900), at(2500))),
        ("a phrase", format!("\"{} {}\"", at(150), at(300))),
        ("a word that is nearly everywhere", at(60)),
    ];
    for (what, query) in &queries {
        let mut walls = Vec::new();
        for _ in 0..9 {
            let start = Instant::now();
            let status = site
                .command(&["search", query, "--limit", "20"])?
                .status()?;
            walls.push(start.elapsed());
            ensure!(status.success(), "search {query}: {status}");
        }
        let hits = hits(&site, query)?;
        println!(
            "  {:6.1} ms  {what}: `{query}`, {hits} hits",
            median_ms(&mut walls)
        );
    }
    site.say_where();
    Ok(())
}

fn hits(site: &Site, query: &str) -> Result<i64> {
    let sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?1";
    Ok(site.open()?.query_row(sql, [query], |row| row.get(0))?)
}

/// CPU-seconds of a bare scraper parse per 1,000 pages of a plan.
fn bare_parse(plan: &Plan) -> Result<f64> {
    bare(&generated_pages(plan))
}

fn generated_pages(plan: &Plan) -> Vec<String> {
    let world = World::new(plan.clone());
    (0..100)
        .map(|n| world.page(&world.item(n % plan.feeds, n / plan.feeds, 0), 1))
        .collect()
}

fn bare(pages: &[String]) -> Result<f64> {
    per_thousand(pages, |page| {
        black_box(scraper::Html::parse_document(page));
    })
}

/// CPU-seconds of this thread for 1,000 pages.
fn per_thousand(pages: &[String], read: impl Fn(&str)) -> Result<f64> {
    let before = thread_cpu()?;
    let mut n_pages = 0;
    while n_pages < PAGES_READ {
        for page in pages {
            read(page);
            n_pages += 1;
        }
    }
    Ok((thread_cpu()? - before) * 1000.0 / as_f64(n_pages))
}

/// The extractor alone, against a bare parse of the same pages.
pub(crate) fn extract(options: &Options) -> Result<()> {
    let pages = if let Some(directory) = &options.real {
        stored_pages(directory)?
    } else {
        generated_pages(&plan(options, Plan::USUAL))
    };
    let bytes: usize = pages.iter().map(String::len).sum();
    // Turn by turn, because the machine is not always equally fast.
    let (mut own, mut bare_parse) = (0.0, 0.0);
    for _ in 0..EXTRACT_TURNS {
        own += per_thousand(&pages, |page| {
            let page = feedmill::extract::Page {
                html: page,
                url: None,
                witness: None,
                now: chrono::DateTime::UNIX_EPOCH,
            };
            drop(black_box(feedmill::extract::extract(
                &page,
                &feedmill::extract::ExtractLimits::default(),
            )));
        })?;
        bare_parse += bare(&pages)?;
    }
    let turns = f64::from(EXTRACT_TURNS);
    println!(
        "extract: {} pages of {} KB on average",
        pages.len(),
        bytes / pages.len().max(1) / 1000
    );
    println!(
        "  {:.2} CPU-seconds per 1,000 pages, a bare scraper parse {:.2}: ratio {:.2} (bound 1.5)",
        own / turns,
        bare_parse / turns,
        own / bare_parse
    );
    Ok(())
}

const EXTRACT_TURNS: u32 = 3;

/// One generated page and its measures; with `--real`, those of stored pages of its size.
pub(crate) fn page(options: &Options) -> Result<()> {
    let plan = plan(options, Plan::USUAL);
    let world = World::new(plan);
    let page = world.page(&world.item(0, 0, 0), 8080);
    if let Some(directory) = &options.real {
        let pages = stored_pages(directory)?;
        let bytes: usize = pages.iter().map(String::len).sum();
        println!(
            "{} pages of {} bytes on average: {:.2} CPU-seconds per 1,000",
            pages.len(),
            bytes / pages.len().max(1),
            bare(&pages)?
        );
        let elements: usize = pages.iter().map(|page| n_elements(page)).sum();
        println!("{} elements on average", elements / pages.len().max(1));
        println!(
            "generated: {} bytes, {} elements, {:.2} CPU-seconds per 1,000",
            page.len(),
            n_elements(&page),
            bare(&[page])?
        );
        return Ok(());
    }
    println!("{page}");
    Ok(())
}

fn n_elements(page: &str) -> usize {
    let document = scraper::Html::parse_document(page);
    document
        .tree
        .values()
        .filter(|node| node.is_element())
        .count()
}

/// Pages between 120 and 230 KB of a directory of `.html.gz` files.
fn stored_pages(directory: &Path) -> Result<Vec<String>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(directory)? {
        let file = fs::File::open(entry?.path())?;
        let mut bytes = Vec::new();
        flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes)?;
        if (120_000..230_000).contains(&bytes.len()) {
            pages.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(pages)
}

fn median_ms(walls: &mut [Duration]) -> f64 {
    walls.sort_unstable();
    let middle = walls.get(walls.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn as_f64(number: u64) -> f64 {
    number as f64
}
