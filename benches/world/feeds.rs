//! What reading a feed costs, against feed-rs on the same bytes.

use std::{
    fs,
    hint::black_box,
    process::{Command, Stdio},
};

use anyhow::{Result, ensure};
use feedmill::feed::{FeedLimits, Source, parse};

use crate::{
    bench::{cost, program, thread_cpu},
    page::World,
    plan::Plan,
};

/// Turn by turn, because the machine is not always equally fast.
const TURNS: u32 = 5;
/// How often a turn reads each document.
const READS: u32 = 20;

/// The whole chain from bytes to entries on well-formed feeds, in four shapes; that twice the entries
/// take twice the time; and the memory that a feed of 100,000 entries takes.
pub(crate) fn feeds() -> Result<()> {
    for (name, documents) in shapes() {
        let bytes: usize = documents.iter().map(String::len).sum();
        let (mut own, mut other) = (0.0, 0.0);
        for _ in 0..TURNS {
            own += cpu(&documents, read)?;
            other += cpu(&documents, |document| {
                black_box(feed_rs::parser::parse(document.as_bytes()).is_ok());
            })?;
        }
        println!(
            "feeds: {name}, {} documents of {} KB: {:.2} ms each, feed-rs {:.2}: ratio {:.2} (bound 1.5)",
            documents.len(),
            bytes / documents.len().max(1) / 1000,
            milliseconds(own, documents.len()),
            milliseconds(other, documents.len()),
            own / other
        );
    }
    let [half, whole] = [4_000, 8_000].map(|n| vec![many_entries(n)]);
    let (mut of_half, mut of_whole) = (0.0, 0.0);
    for _ in 0..TURNS {
        of_half += cpu(&half, read)?;
        of_whole += cpu(&whole, read)?;
    }
    println!(
        "  twice the entries take {:.2} times as long",
        of_whole / of_half
    );

    let large = many_entries(100_000);
    let path = std::env::temp_dir().join(format!("feedmill-bench-{}.xml", std::process::id()));
    fs::write(&path, &large)?;
    let cost = cost(
        Command::new(program()?)
            .arg("parse")
            .arg(&path)
            .stdout(Stdio::null()),
    );
    fs::remove_file(&path)?;
    let cost = cost?;
    ensure!(cost.status.success(), "parse: {}", cost.status);
    println!(
        "  a feed of 100,000 entries, {:.1} MB: {:.0} MB at most (bound 64), {:.2} CPU-seconds",
        megabytes(large.len()),
        cost.peak_mb,
        cost.cpu
    );
    Ok(())
}

/// RSS and Atom, with whole texts and with summaries.
fn shapes() -> Vec<(&'static str, Vec<String>)> {
    let mut shapes = Vec::new();
    for (is_full_text, rss, atom) in [
        (true, "RSS with whole texts", "Atom with whole texts"),
        (false, "RSS with summaries", "Atom with summaries"),
    ] {
        let plan = Plan {
            is_full_text,
            ..Plan::USUAL
        };
        let world = World::new(plan);
        let documents = |is_atom: bool| -> Vec<String> {
            let feeds = (0..20).map(|feed| world.feed(feed, 0, 80));
            let is_meant = |document: &String| document.contains("<feed") == is_atom;
            feeds.filter(is_meant).collect()
        };
        shapes.push((rss, documents(false)));
        shapes.push((atom, documents(true)));
    }
    shapes
}

fn read(document: &str) {
    let source = Source {
        bytes: document.as_bytes(),
        content_type: Some("application/xml"),
        base: None,
        now: chrono::DateTime::UNIX_EPOCH,
    };
    // feed-rs keeps every entry, so ours does here.
    let limits = FeedLimits {
        entries: usize::MAX,
        ..FeedLimits::default()
    };
    black_box(parse(&source, &limits).is_ok());
}

/// CPU-seconds of this thread for reading every document often.
fn cpu(documents: &[String], read: impl Fn(&str)) -> Result<f64> {
    let before = thread_cpu()?;
    for _ in 0..READS {
        for document in documents {
            read(document);
        }
    }
    Ok(thread_cpu()? - before)
}

/// A feed of small entries, about 100 bytes each.
fn many_entries(n: u32) -> String {
    let mut feed = String::from("<rss version='2.0'><channel><title>Many</title>\n");
    for at in 0..n {
        feed += &format!(
            "<item><title>Entry {at}</title><link>https://a.example/{at}</link><guid>{at}</guid></item>\n"
        );
    }
    feed.push_str("</channel></rss>\n");
    feed
}

fn milliseconds(cpu: f64, n_documents: usize) -> f64 {
    let n = f64::from(TURNS * READS) * f64::from(u32::try_from(n_documents).unwrap_or(1));
    cpu * 1000.0 / n
}

fn megabytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1000.0
}
