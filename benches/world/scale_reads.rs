//! What reading and keeping a large store costs, with the program as a user runs it.

use std::{
    fs,
    os::unix::net::UnixDatagram,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    bench::{Site, signal, wait_for_end},
    figures::{Bound, Figures},
    scale::as_f64,
    scale_articles::{A_DAY, SILENT, UNIQUE},
    words::Vocabulary,
};

/// Runs of which the median counts.
const RUNS: usize = 7;

/// Place among all words of one that a tenth of the articles has.
const COMMON: usize = 730;

/// A statement that took longer is not run again.
const LONG: Duration = Duration::from_secs(2);

/// Parts of the file, and the whole against the texts.
pub(crate) fn sizes(site: &Site, figures: &mut Figures) -> Result<()> {
    let connection = site.open()?;
    let (texts, n_articles): (i64, i64) = connection.query_row(
        "SELECT sum(length(CAST(text AS BLOB))), count(DISTINCT article_id) FROM v1_revisions",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let texts = as_f64(u64::try_from(texts)?);
    let each = |bytes: f64| bytes / as_f64(u64::try_from(n_articles).unwrap_or(1));
    figures.take("text, an article", (each(texts), "bytes"), Bound::None);
    let mut parts = connection.prepare(
        "SELECT CASE WHEN s.name LIKE 'articles_fts_cjk%' THEN 'trigram index'
           WHEN s.name LIKE 'articles_fts%' THEN 'full-text index'
           WHEN s.type = 'index' THEN 'indexes of ' || s.tbl_name ELSE d.name END AS part,
           sum(d.pgsize) AS bytes
         FROM dbstat d LEFT JOIN sqlite_schema s ON s.name = d.name
         WHERE d.aggregate = TRUE GROUP BY part ORDER BY bytes DESC",
    )?;
    let parts: Vec<(String, i64)> = parts
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (part, bytes) in parts {
        let bytes = each(as_f64(u64::try_from(bytes)?));
        if bytes >= 1.0 {
            figures.take(
                format!("`{part}`, an article"),
                (bytes, "bytes"),
                Bound::None,
            );
        }
    }
    let file = as_f64(fs::metadata(site.database())?.len());
    figures.take(
        "the file against its texts",
        (file / texts, "times"),
        Bound::Most(2.2),
    );
    Ok(())
}

/// Median of some runs of the program, in ms.
fn run_ms(site: &Site, args: &[&str]) -> Result<f64> {
    let mut walls = Vec::new();
    for _ in 0..RUNS {
        let mut command = site.command(args)?;
        let start = Instant::now();
        let status = command.status()?;
        let took = start.elapsed();
        ensure!(status.success(), "{args:?}: {status}");
        walls.push(took);
        if took > LONG {
            break;
        }
    }
    Ok(median_ms(walls))
}

fn median_ms(mut walls: Vec<Duration>) -> f64 {
    walls.sort_unstable();
    let middle = walls.get(walls.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1000.0
}

/// Lists, searches, the change feed.
pub(crate) fn reads(site: &Site, figures: &mut Figures) -> Result<()> {
    let last = site.number("SELECT max(cursor) FROM v1_changes")?;
    let middle = site
        .number("SELECT max(id) / 2 FROM v1_articles")?
        .to_string();
    let since = last.saturating_sub(1_000).to_string();
    let half = (last / 2).to_string();
    let silent = format!("feed-{SILENT}");
    let lists: [&[&str]; 15] = [
        &[],
        &["--feed", "feed-7"],
        &["--feed", &silent],
        &["--tag", "world"],
        &["--tag", "opera"],
        &["--tag", "nowhere"],
        &["--lang", "de"],
        &["--lang", "fi"],
        &["--lang", "xx"],
        &["--since", "1h"],
        &["--until", "20h"],
        &["--since", "20h", "--until", "19h"],
        &["--as-of", &half],
        &["--feed", "feed-7", "--lang", "de"],
        &["--tag", "opera", "--lang", "de", "--since", "1h"],
    ];
    for filters in lists {
        let mut args = vec!["list", "--limit", "50"];
        args.extend(filters);
        let took = run_ms(site, &args)?;
        figures.take(
            format!("`{}`", args.join(" ")),
            (took, "ms"),
            Bound::Most(20.0),
        );
    }
    searches(site, figures)?;
    let others: [(&[&str], Bound); 5] = [
        (&["tail", "--since", &since], Bound::Most(20.0)),
        (&["show", &middle], Bound::Most(20.0)),
        (&["status"], Bound::None),
        (&["db", "stats"], Bound::None),
        (&["export", "--since", "30h", "--until", "6h"], Bound::None),
    ];
    for (args, bound) in others {
        let what = match args {
            ["tail", ..] => "tail of the last 1,000".to_owned(),
            ["show", ..] => "show ID".to_owned(),
            others => others.join(" "),
        };
        figures.take(format!("`{what}`"), (run_ms(site, args)?, "ms"), bound);
    }
    Ok(())
}

/// What is searched for, by a name that is the same for stores of all sizes.
fn queries() -> Vec<(&'static str, String, Bound)> {
    let vocabulary = Vocabulary::new();
    let word = |rank: usize| vocabulary.word(rank);
    let (everywhere, common, middling) = (word(60), word(COMMON), word(7_700));
    let (usual, often) = (Bound::Most(100.0), Bound::Most(500.0));
    let prefix: String = common.chars().take(4).collect();
    vec![
        ("a word of one article", UNIQUE.to_owned(), usual),
        ("a rare word", word(50_000).to_owned(), usual),
        ("a word of 1 %", middling.to_owned(), usual),
        ("a word of 10 %", common.to_owned(), often),
        (
            "a word nearly everywhere",
            everywhere.to_owned(),
            Bound::None,
        ),
        ("two words", format!("{common} {middling}"), usual),
        (
            "a phrase",
            format!("\"{} {}\"", word(150), word(300)),
            usual,
        ),
        (
            "a phrase of common words",
            format!("\"the {everywhere}\""),
            Bound::None,
        ),
        ("a prefix", format!("{prefix}*"), often),
        ("in titles", format!("title:{common}"), usual),
        ("10 %, of a feed", format!("{common} feed:feed-7"), often),
        ("10 %, of a tag", format!("{common} tag:world"), often),
        ("10 %, of a rare tag", format!("{common} tag:opera"), often),
        ("10 %, of a language", format!("{common} lang:de"), often),
        ("10 %, of an hour", format!("{common} since:1h"), often),
        (
            "nearly everywhere, of a feed",
            format!("{everywhere} feed:feed-7"),
            Bound::None,
        ),
        (
            "nearly everywhere, of a rare tag",
            format!("{everywhere} tag:opera"),
            Bound::None,
        ),
        (
            "nearly everywhere, of an hour",
            format!("{everywhere} since:1h"),
            Bound::None,
        ),
        ("filters alone", "tag:opera lang:fi".to_owned(), usual),
        ("three Chinese characters", "一上且".to_owned(), usual),
        ("two Chinese characters", "一上".to_owned(), usual),
    ]
}

fn searches(site: &Site, figures: &mut Figures) -> Result<()> {
    for (what, query, bound) in queries() {
        let took = run_ms(site, &["search", &query, "--limit", "20"])?;
        figures.take(format!("`search`, {what}"), (took, "ms"), bound);
        if !query.contains(':') {
            println!("                {} hits", hits(site, &query)?);
        }
    }
    let vocabulary = Vocabulary::new();
    let by_date = [
        "search",
        vocabulary.word(COMMON),
        "--limit",
        "20",
        "--sort",
        "date",
    ];
    let took = run_ms(site, &by_date)?;
    figures.take("`search`, 10 % by date", (took, "ms"), Bound::Most(100.0));
    Ok(())
}

fn hits(site: &Site, query: &str) -> Result<i64> {
    let table = if query.is_ascii() {
        "articles_fts"
    } else {
        "articles_fts_cjk"
    };
    let sql = format!("SELECT count(*) FROM {table} WHERE {table} MATCH ?1");
    Ok(site.open()?.query_row(&sql, [query], |row| row.get(0))?)
}

/// The queries of docs/schema.md.
pub(crate) fn schema(site: &Site, figures: &mut Figures) -> Result<()> {
    let page = include_str!("../../docs/schema.md");
    let connection = site.open()?;
    let mut parts = page.split("```sql\n");
    let mut before = parts.next().unwrap_or_default();
    for part in parts {
        let (sql, rest) = part.split_once("\n```").context("an open query")?;
        let start = Instant::now();
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut n_rows = 0_u64;
        while rows.next()?.is_some() {
            n_rows += 1;
        }
        let took = start.elapsed().as_secs_f64() * 1000.0;
        figures.take(
            format!("docs/schema.md: {}", name(before)),
            (took, "ms"),
            Bound::None,
        );
        println!("                {n_rows} rows");
        before = rest;
    }
    Ok(())
}

/// The last words before a query, or that there are none.
fn name(before: &str) -> &str {
    let last = before.trim().rsplit('\n').next().unwrap_or_default();
    match last.trim_end_matches(':') {
        "" => "the one after it",
        name => name,
    }
}

/// Start of the daemon, backup, verify, prune.
pub(crate) fn chores(site: &Site, n_articles: u64, figures: &mut Figures) -> Result<()> {
    figures.take(
        "start of the daemon until it is ready",
        (start(site, "TERM")?, "ms"),
        Bound::Most(500.0),
    );
    start(site, "KILL")?;
    figures.take(
        "start of the daemon after a kill",
        (start(site, "TERM")?, "ms"),
        Bound::None,
    );
    let copy = site.database().with_extension("copy");
    let copy_name = copy.to_string_lossy().into_owned();
    let once = |args: &[&str]| -> Result<f64> {
        let cost = site.run(args)?;
        ensure!(cost.status.success(), "{args:?}: {}", cost.status);
        Ok(cost.wall.as_secs_f64())
    };
    figures.take(
        "`db backup`",
        (once(&["db", "backup", &copy_name])?, "s"),
        Bound::None,
    );
    fs::remove_file(&copy)?;
    figures.take("`db verify`", (once(&["db", "verify"])?, "s"), Bound::None);
    let before = site.number("SELECT count(*) FROM v1_articles")?;
    let days = n_articles * 86_400 / A_DAY;
    let age = format!("{}s", days - days / 10);
    let took = once(&["db", "prune", "--older-than", &age])?;
    let left = site.number("SELECT count(*) FROM v1_articles")?;
    figures.take("`db prune` by age, a tenth", (took, "s"), Bound::None);
    println!("                {} articles", before - left);
    let used = fs::metadata(site.database())?.len();
    let most = (used - used / 10).to_string();
    let took = once(&["db", "prune", "--max-size", &most])?;
    let left_by_size = site.number("SELECT count(*) FROM v1_articles")?;
    figures.take("`db prune` by size, a tenth", (took, "s"), Bound::None);
    println!("                {} articles", left - left_by_size);
    figures.take(
        "`db optimize`",
        (once(&["db", "optimize"])?, "s"),
        Bound::None,
    );
    Ok(())
}

/// Time in ms until the daemon says that it is ready.
fn start(site: &Site, end: &str) -> Result<f64> {
    let path = site.database().with_file_name("notify");
    let socket = UnixDatagram::bind(&path)?;
    socket.set_read_timeout(Some(Duration::from_mins(10)))?;
    let mut command = site.command(&["run"])?;
    let start = Instant::now();
    let mut daemon = command.env("NOTIFY_SOCKET", &path).spawn()?;
    let took = loop {
        let mut message = [0; 4096];
        let n = socket.recv(&mut message)?;
        let said = message.get(..n).unwrap_or_default();
        if String::from_utf8_lossy(said).contains("READY=1") {
            break start.elapsed();
        }
    };
    signal(daemon.id(), end)?;
    wait_for_end(&mut daemon, Duration::from_secs(20))?;
    fs::remove_file(&path)?;
    Ok(took.as_secs_f64() * 1000.0)
}
