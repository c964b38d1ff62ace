//! The report for the owners of hosts (C57): what `v1_hosts` says, the servers say too.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use flate2::{Compression, write::GzEncoder};
use rusqlite::Connection;

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table},
    web::{Answer, Seen, Web},
};

const POLLS: i64 = 4;

/// What a host's days come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    requests: i64,
    not_modified: i64,
    failed: i64,
    refused: i64,
    bytes_wire: i64,
    bytes_body: i64,
}

impl Tally {
    fn served(&mut self, status: u16, wire: usize, body: usize) {
        self.requests += 1;
        self.not_modified += i64::from(status == 304);
        self.failed += i64::from(status >= 500);
        self.bytes_wire += i64::try_from(wire).unwrap();
        self.bytes_body += i64::try_from(body).unwrap();
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A feed with three pages: one good, one that fails, one that robots.txt closes. Counts what it serves.
fn paper(tally: &Arc<Mutex<Tally>>) -> Web {
    let tally = Arc::clone(tally);
    Web::start(move |seen| {
        let (status, body, is_packed) = answer(seen);
        let wire = if is_packed {
            gzip(&body)
        } else {
            body.clone().into_bytes()
        };
        let mut served = tally.lock().unwrap();
        served.served(status, wire.len(), body.len());
        let answer = Answer::status(status)
            .header("ETag", "\"1\"")
            .header("Content-Type", content_type(&seen.target));
        match status {
            304 => answer,
            _ if is_packed => answer.header("Content-Encoding", "gzip").body(wire),
            _ => answer.body(wire),
        }
    })
}

fn content_type(target: &str) -> &'static str {
    match target {
        "/rss" => "application/rss+xml",
        "/robots.txt" => "text/plain",
        _ => "text/html",
    }
}

/// Status and body, and whether the body is packed on the wire.
fn answer(seen: &Seen) -> (u16, String, bool) {
    match seen.target.as_str() {
        "/rss" if seen.header("If-None-Match").is_some() => (304, String::new(), false),
        "/rss" => {
            let own = format!("http://{}", seen.header("Host").unwrap_or_default());
            let items = ["good", "bad", "closed"].map(|page| {
                format!("<item><title>The {page} one</title><link>{own}/{page}</link></item>")
            });
            let items = items.concat();
            let feed =
                format!("<rss version='2.0'><channel><title>F</title>{items}</channel></rss>");
            (200, feed, true)
        }
        "/robots.txt" => (200, "User-agent: *\nDisallow: /closed\n".to_owned(), false),
        "/good" => (200, format!("<p>{}", "some words ".repeat(90)), true),
        _ => (500, "it does not work".to_owned(), false),
    }
}

fn reported(folder: &Folder, host: &Web) -> Tally {
    let database = Connection::open(folder.path().join("a.db")).unwrap();
    let sql = "SELECT sum(requests), sum(not_modified), sum(failed), sum(refused), sum(bytes_wire), sum(bytes_body)
         FROM v1_hosts WHERE host = ?1";
    let host = host.address.to_string();
    database
        .query_row(sql, [host], |row| {
            Ok(Tally {
                requests: row.get(0)?,
                not_modified: row.get(1)?,
                failed: row.get(2)?,
                refused: row.get(3)?,
                bytes_wire: row.get(4)?,
                bytes_body: row.get(5)?,
            })
        })
        .unwrap()
}

#[test]
fn the_report_of_a_host_is_what_its_server_saw() {
    let tally = Arc::default();
    let paper = paper(&tally);
    let to = paper.url("/rss").to_string();
    let old = Web::start(move |_| Answer::redirect(302, &to));
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!(
            "{LOOPBACK}{}{}",
            feed_table("new", paper.url("/rss").as_str()),
            feed_table("old", old.url("/rss").as_str())
        ),
    );
    for _ in 0..POLLS {
        folder.run(&["fetch", "--all", "--force"]);
    }
    let mut want = *tally.lock().unwrap();
    // The page that robots.txt closes: the server saw nothing of it.
    want.refused = 1;
    assert_eq!(want.requests, 2 * POLLS + 3, "polls, robots.txt, two pages");
    assert_eq!((want.not_modified, want.failed), (2 * (POLLS - 1), 1));
    assert!(want.bytes_wire < want.bytes_body);
    assert_eq!(reported(&folder, &paper), want);
    // A redirect is a request of the host that sent it, and nothing else.
    let redirects = Tally {
        requests: POLLS,
        ..Tally::default()
    };
    assert_eq!(reported(&folder, &old), redirects);
    let database = Connection::open(folder.path().join("a.db")).unwrap();
    let wrong_share = "SELECT count(*) FROM v1_hosts
         WHERE abs(not_modified_share - 1.0 * not_modified / requests) > 0.0001";
    let n_wrong: i64 = database
        .query_row(wrong_share, [], |row| row.get(0))
        .unwrap();
    assert_eq!(n_wrong, 0);
}
