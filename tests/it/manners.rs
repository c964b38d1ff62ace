//! Manners from end to end, by the real binary: what servers see, and what the store says afterwards.

use std::time::Duration;

use rusqlite::types::FromSql;

use crate::{
    http_tls::identity,
    support::{
        cli::{Folder, LOOPBACK, feed_table, text_feed_table},
        web::{Answer, Seen, Web},
    },
};

const FEED: &str = "<rss version='2.0'><channel><title>F</title><ttl>90</ttl></channel></rss>";

fn one<T: FromSql>(folder: &Folder, sql: &str) -> T {
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn change(folder: &Folder, sql: &str) {
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    assert_eq!(database.execute(sql, []).unwrap(), 1, "{sql}");
}

/// A folder with one feed, at `/rss`.
fn folder_of(web: &Web, more: &str) -> Folder {
    let folder = Folder::new();
    let table = feed_table("one", web.url("/rss").as_str());
    folder.write("feedmill.toml", format!("{LOOPBACK}{table}{more}"));
    folder
}

fn fetch(folder: &Folder) {
    folder.run(&["fetch", "--all", "--force"]).ends_with(0);
}

/// A feed that lists so many pages of its own server, and the pages.
fn paper(n_pages: usize, robots: &'static str) -> Web {
    Web::start(move |seen| {
        let own = format!("http://{}", seen.header("Host").unwrap_or_default());
        match seen.target.as_str() {
            "/rss" => {
                let items = (0..n_pages).fold(String::new(), |items, n| {
                    items + &format!("<item><title>Item {n}</title><link>{own}/{n}</link><description>about {n}</description></item>")
                });
                let feed =
                    format!("<rss version='2.0'><channel><title>F</title>{items}</channel></rss>");
                Answer::ok("application/rss+xml", feed)
            }
            "/robots.txt" => Answer::ok("text/plain", robots),
            target => Answer::ok(
                "text/html",
                format!("<p>The page at {target} says a few words."),
            ),
        }
    })
}

fn pages(web: &Web) -> Vec<Seen> {
    let is_page = |seen: &Seen| !matches!(seen.target.as_str(), "/rss" | "/robots.txt");
    web.seen().into_iter().filter(is_page).collect()
}

#[test]
fn explain_names_every_bound_with_its_origin() {
    let web = Web::always(
        Answer::ok("application/rss+xml", FEED).header("Cache-Control", "max-age=7200"),
    );
    let folder = folder_of(&web, "");
    fetch(&folder);
    folder
        .run(&["status", "one", "--explain"])
        .ends_with(0)
        .prints(&[
            "interval",
            "min_interval",
            "max-age",
            "7200",
            "ttl",
            "1h 30m",
        ]);
}

#[test]
fn explain_tells_that_the_server_said_later() {
    let web = Web::always(Answer::status(503));
    let folder = folder_of(&web, "every = \"10s\"\n");
    let text = std::fs::read_to_string(folder.path().join("feedmill.toml")).unwrap();
    let quick = text.replace("[limits]\n", "[limits]\nmin_interval = \"10s\"\n");
    folder.write("feedmill.toml", quick);
    for wait in ["1 times in a row: 1m", "2 times in a row: 2m"] {
        folder.run(&["fetch", "--all", "--force"]).ends_with(1);
        folder
            .run(&["status", "one", "--explain"])
            .ends_with(0)
            .prints(&["rate-limited", "the server said later", "backoff", wait]);
    }
}

#[test]
fn pages_beyond_the_limit_wait_and_are_fetched_later() {
    let web = paper(7, "");
    let folder = folder_of(&web, "");
    let text = std::fs::read_to_string(folder.path().join("feedmill.toml")).unwrap();
    let limited = text.replace("[limits]\n", "[limits]\npages_per_poll = 3\n");
    folder.write("feedmill.toml", limited);
    for (n_fetched, n_waiting) in [(3, 4), (6, 1), (7, 0)] {
        folder.run(&["fetch", "--all", "--force"]);
        assert_eq!(pages(&web).len(), n_fetched);
        assert_eq!(
            one::<i64>(&folder, "SELECT count(*) FROM v1_queue"),
            n_waiting
        );
    }
}

#[test]
fn a_feed_that_is_set_so_has_no_page_fetched() {
    let web = paper(3, "");
    let folder = folder_of(&web, "content = \"feed\"\n");
    fetch(&folder);
    assert_eq!(web.seen().len(), 1);
    assert_eq!(one::<i64>(&folder, "SELECT count(*) FROM v1_articles"), 3);
}

#[test]
fn crawl_delay_is_kept_between_pages() {
    let web = paper(3, "User-agent: *\nCrawl-delay: 1\n");
    let folder = folder_of(&web, "");
    folder.run(&["fetch", "--all"]);
    let seen = pages(&web);
    assert_eq!(seen.len(), 3);
    for pair in seen.windows(2) {
        let apart = pair[1].at - pair[0].at;
        assert!(apart >= Duration::from_millis(950), "{apart:?}");
    }
}

#[test]
fn a_permanent_redirect_is_adopted_after_three_answers_in_a_week() {
    let target = Web::always(Answer::ok("application/rss+xml", FEED));
    let to = target.url("/new").to_string();
    let web = Web::start(move |_| Answer::redirect(301, &to));
    let folder = folder_of(&web, "content = \"feed\"\n");
    let moves = "SELECT count(*) FROM v1_moves";
    for _ in 0..4 {
        fetch(&folder);
    }
    assert_eq!(one::<i64>(&folder, moves), 0, "not within the week");
    change(
        &folder,
        "UPDATE feeds SET memory = json_set(memory, '$.moved_since', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-8 days'))",
    );
    fetch(&folder);
    assert_eq!(one::<i64>(&folder, moves), 1);
    let (old, new) = (web.url("/rss").to_string(), target.url("/new").to_string());
    assert_eq!(one::<String>(&folder, "SELECT url FROM v1_feeds"), old);
    assert_eq!(
        one::<String>(&folder, "SELECT current_url FROM v1_feeds"),
        new
    );
    let n_asked = web.seen().len();
    fetch(&folder);
    assert_eq!(
        web.seen().len(),
        n_asked,
        "the old address is asked no more"
    );
}

#[test]
fn once_a_month_the_whole_document_is_asked_for() {
    let web = Web::start(|seen| {
        if seen.header("If-None-Match").is_some() {
            Answer::status(304).header("ETag", "\"1\"")
        } else {
            Answer::ok("application/rss+xml", FEED)
                .header("ETag", "\"1\"")
                .header("Cache-Control", "no-cache, no-store")
        }
    });
    let folder = folder_of(&web, "");
    fetch(&folder);
    fetch(&folder);
    change(
        &folder,
        "UPDATE feeds SET memory = json_set(memory, '$.last_full_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-31 days'))",
    );
    fetch(&folder);
    fetch(&folder);
    let is_conditional: Vec<bool> = web
        .seen()
        .iter()
        .map(|seen| seen.header("If-None-Match").is_some())
        .collect();
    assert_eq!(is_conditional, [false, true, false, true]);
}

#[test]
fn who_asks_is_said_with_every_request() {
    let web = paper(2, "");
    let head = LOOPBACK.replace(
        "[network]\n",
        "[network]\nuser_agent = \"harbour/{version} (+https://harbour.example/bot; desk@harbour.example)\"\n",
    );
    let folder = Folder::new();
    let table = feed_table("one", web.url("/rss").as_str());
    folder.write("feedmill.toml", format!("{head}{table}"));
    fetch(&folder);
    for command in ["parse", "extract"] {
        folder.run(&[command, web.url("/rss").as_str()]);
    }
    let want = format!(
        "harbour/{} (+https://harbour.example/bot; desk@harbour.example)",
        env!("CARGO_PKG_VERSION")
    );
    let targets: Vec<String> = web.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(targets, ["/rss", "/robots.txt", "/0", "/1", "/rss", "/rss"]);
    for seen in web.seen() {
        let said = seen.header("User-Agent");
        assert_eq!(said.as_deref(), Some(want.as_str()), "{}", seen.target);
    }
}

#[test]
fn a_feed_at_another_address_is_asked_without_the_validators_of_the_old_one() {
    let web = Web::always(
        Answer::ok("application/rss+xml", FEED)
            .header("ETag", "\"1\"")
            .header("Last-Modified", "Tue, 24 Nov 2026 06:00:00 GMT"),
    );
    let folder = Folder::new();
    for path in ["/old", "/new"] {
        let table = text_feed_table("one", web.url(path).as_str());
        folder.write("feedmill.toml", format!("{LOOPBACK}{table}"));
        fetch(&folder);
        fetch(&folder);
    }
    let sent: Vec<(String, bool, bool)> = web
        .seen()
        .into_iter()
        .map(|seen| {
            let has = |name| seen.header(name).is_some();
            let (etag, date) = (has("If-None-Match"), has("If-Modified-Since"));
            (seen.target, etag, date)
        })
        .collect();
    let want = [
        ("/old", false),
        ("/old", true),
        ("/new", false),
        ("/new", true),
    ];
    let want = want.map(|(target, is_known)| (target.to_owned(), is_known, is_known));
    assert_eq!(sent, want);
}

#[test]
fn a_good_robots_txt_stands_in_for_one_that_cannot_be_had_for_thirty_days() {
    for (age, is_allowed) in [("-2 days", true), ("-31 days", false)] {
        let count = std::sync::atomic::AtomicUsize::new(0);
        let web = Web::start(move |seen| {
            let own = format!("http://{}", seen.header("Host").unwrap_or_default());
            let order = std::sync::atomic::Ordering::SeqCst;
            match seen.target.as_str() {
                "/rss" => Answer::ok(
                    "application/rss+xml",
                    format!(
                        "<rss version='2.0'><channel><title>F</title><item><title>{0}</title><link>{own}/{0}</link></item></channel></rss>",
                        count.load(order)
                    ),
                ),
                "/robots.txt" if count.fetch_add(1, order) == 0 => {
                    Answer::ok("text/plain", "User-agent: *\nDisallow: /private\n")
                }
                "/robots.txt" => Answer::status(503),
                _ => Answer::ok("text/html", "<p>The page says a few words."),
            }
        });
        let folder = folder_of(&web, "");
        folder.run(&["fetch", "--all", "--force"]);
        let n_before = pages(&web).len();
        let then = format!("strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '{age}')");
        change(
            &folder,
            &format!("UPDATE robots SET fetched_at = {then}, body_at = {then}"),
        );
        folder.run(&["fetch", "--all", "--force"]);
        assert_eq!(
            pages(&web).len() - n_before,
            usize::from(is_allowed),
            "{age}"
        );
    }
}

#[test]
fn a_feed_whose_tls_is_not_verified_is_named_at_each_start_and_each_use() {
    const NAMED: &str = "TLS is not verified for feed";
    // No root that anybody trusts.
    let certificate = identity("127.0.0.1", &[]);
    let web = Web::tls(certificate.config, |_| {
        Answer::ok("application/rss+xml", FEED)
    });
    let folder = Folder::new();
    let url = web.url("/rss").to_string();
    let table = text_feed_table("one", &url);
    let configuration = format!("{LOOPBACK}{table}");
    folder.write(
        "feedmill.toml",
        format!("{configuration}tls_verify = false\n"),
    );
    for n_start in 0..2 {
        let mut daemon = folder.start(&["run"]);
        let line = daemon.wait_for(NAMED);
        assert!(line.contains("WARN") && line.contains(&url), "{line}");
        daemon.wait_for("ready");
        if n_start == 0 {
            daemon.wait_for("TLS certificates are not verified for");
            daemon.wait_for("polled one");
        }
        daemon.signal("TERM");
        daemon.wait_for_end();
    }
    let marks = "SELECT tls_unverified FROM v1_feeds";
    assert_eq!(one::<i64>(&folder, marks), 1);
    assert_eq!(
        one::<String>(&folder, "SELECT max(outcome) FROM v1_polls"),
        "ok"
    );
    // Without the exception nothing is named, marked or asked.
    folder.write("feedmill.toml", &configuration);
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready");
    assert!(!daemon.said().contains(NAMED), "{}", daemon.said());
    daemon.signal("TERM");
    daemon.wait_for_end();
    assert_eq!(one::<i64>(&folder, marks), 0);
    folder.run(&["fetch", "--all", "--force"]);
    assert_eq!(
        one::<String>(&folder, "SELECT error_class FROM v1_feeds"),
        "tls"
    );
}
