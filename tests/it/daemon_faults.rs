//! The daemon among servers and a clock that misbehave: what one of them costs the others.

use std::time::{Duration, Instant};

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table, text_feed_table},
    web::{Answer, Step, Web},
};

const FEED: &str = "<rss version='2.0'><channel><title>The feed</title><item><title>One of many</title>\
    <guid>1</guid><description>short</description></item></channel></rss>";

/// Waits until a query of one number gives at least `want`.
#[track_caller]
fn wait_for(folder: &Folder, query: &str, want: i64) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let path = folder.path().join("a.db");
    loop {
        let found = rusqlite::Connection::open_with_flags(
            &path,
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
        )
        .and_then(|database| database.query_row(query, [], |row| row.get::<_, i64>(0)));
        if found.is_ok_and(|found| found >= want) {
            return;
        }
        assert!(Instant::now() < deadline, "never {want}: {query}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_host_that_hangs_does_not_hold_up_another() {
    let hanging = Web::always(Answer::steps(vec![Step::Wait(Duration::from_mins(1))]));
    let good = Web::always(Answer::ok("application/rss+xml", FEED));
    let folder = Folder::new();
    let stuck: String = (0..100)
        .map(|n| {
            text_feed_table(
                &format!("stuck-{n}"),
                hanging.url(&format!("/{n}")).as_str(),
            )
        })
        .collect();
    folder.write(
        "feedmill.toml",
        format!(
            "{LOOPBACK}feed_deadline = \"25s\"\n{stuck}{}",
            text_feed_table("good", good.url("/rss").as_str())
        ),
    );
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready");
    daemon.signal("USR1");
    wait_for(&folder, "SELECT count(*) FROM v1_articles", 1);
    daemon.signal("TERM");
    let (status, took) = daemon.wait_for_end();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn times_that_a_wrong_clock_wrote_silence_nothing() {
    let web = Web::always(Answer::ok("application/rss+xml", FEED));
    let folder = Folder::new();
    let url = web.url("/rss").to_string();
    folder.write(
        "feedmill.toml",
        format!("{LOOPBACK}{}", text_feed_table("one", &url)),
    );
    folder.run(&["fetch", "--all"]).ends_with(0);
    let later = "2126-01-01T00:00:00.000Z";
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    database
        .execute("UPDATE feeds SET next_poll_at = ?1", [later])
        .unwrap();
    drop(database);
    folder
        .run(&["fetch"])
        .ends_with(0)
        .prints(&["1 feed: 1 ok"]);
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    database
        .execute("UPDATE feeds SET next_poll_at = ?1", [later])
        .unwrap();
    drop(database);
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready");
    wait_for(&folder, "SELECT count(*) FROM v1_polls", 3);
    daemon.signal("TERM");
    daemon.wait_for_end();
}

#[test]
fn a_user_in_a_link_is_not_kept() {
    let item = "<item><title>One of many</title><link>http://user:secret@a.example/1</link><description>short</description></item>";
    let web = Web::always(Answer::ok(
        "application/rss+xml",
        format!("<rss version='2.0'><channel><title>F</title>{item}</channel></rss>"),
    ));
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!(
            "{LOOPBACK}{}",
            text_feed_table("one", web.url("/rss").as_str())
        ),
    );
    let ran = folder.run(&["fetch", "--all", "-vv"]).ends_with(0);
    drop(ran);
    for entry in std::fs::read_dir(folder.path()).unwrap().flatten() {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let found = bytes.windows(6).any(|window| window == b"secret");
        assert!(!found, "in {}", entry.path().display());
    }
}

#[test]
fn entries_beyond_the_limit_wait_for_the_next_polls() {
    let items: Vec<String> = (0..12)
        .map(|n| format!("<item><title>Story number {n}</title><guid>{n}</guid><description>short {n}</description></item>"))
        .collect();
    let document = format!(
        "<rss version='2.0'><channel><title>F</title>{}</channel></rss>",
        items.concat()
    );
    let web = Web::start(move |seen| {
        if seen.header("if-none-match").is_some() {
            Answer::status(304)
        } else {
            Answer::ok("application/rss+xml", &document).header("ETag", "\"one\"")
        }
    });
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!(
            "{LOOPBACK}entries_per_poll = 5\n{}",
            text_feed_table("one", web.url("/rss").as_str())
        ),
    );
    for want in [
        "5 entries, 5 new",
        "5 entries, 5 new",
        "2 entries, 2 new",
        "not modified",
    ] {
        folder
            .run(&["fetch", "--all", "--force"])
            .ends_with(0)
            .prints(&[want]);
    }
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    let (articles, gaps): (i64, i64) = database
        .query_row(
            "SELECT (SELECT count(*) FROM v1_articles), (SELECT count(*) FROM v1_gaps)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!((articles, gaps), (12, 0));
}

#[test]
fn a_redirect_to_what_robots_txt_does_not_allow_is_not_followed() {
    let web = Web::start(|seen| match seen.target.as_str() {
        "/robots.txt" => Answer::ok("text/plain", "User-agent: *\nDisallow: /no\n"),
        "/page" => Answer::redirect(302, "/no/secret"),
        "/rss" => {
            let link = format!("http://{}/page", seen.header("host").unwrap_or_default());
            Answer::ok(
                "application/rss+xml",
                format!(
                    "<rss version='2.0'><channel><title>F</title><item><title>One of many</title><link>{link}</link></item></channel></rss>"
                ),
            )
        }
        _ => Answer::ok("text/html", "<p>secret"),
    });
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!("{LOOPBACK}{}", feed_table("one", web.url("/rss").as_str())),
    );
    folder.run(&["fetch", "--all"]).ends_with(0);
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    let class: String = database
        .query_row("SELECT error_class FROM v1_fetches", [], |row| row.get(0))
        .unwrap();
    assert_eq!(class, "robots");
    assert!(
        web.seen()
            .iter()
            .all(|seen| !seen.target.starts_with("/no"))
    );
}

#[test]
fn a_reader_that_keeps_the_log_stops_polling_at_the_limit_until_it_is_gone() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let text = "The council met again and spoke about the harbour. ".repeat(2_000);
    let web = Web::start(move |_| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let items: String = (0..5).fold(String::new(), |items, k| {
            items
                + &format!("<item><title>{n} {k}</title><guid>{n}-{k}</guid><description>{n} {k} {text}</description></item>")
        });
        Answer::ok(
            "application/rss+xml",
            format!("<rss version='2.0'><channel><title>F</title>{items}</channel></rss>"),
        )
    });
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!(
            "{LOOPBACK}journal_size_limit = \"256KiB\"\njournal_stop = \"3MiB\"\n{}",
            text_feed_table("one", web.url("/rss").as_str())
        ),
    );
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready");
    folder.run(&["fetch", "--all", "--force"]).ends_with(0);
    let reader = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let n_seen: i64 = reader
        .query_row("SELECT count(*) FROM v1_articles", [], |row| row.get(0))
        .unwrap();
    let mut n_rounds = 0;
    while folder.run(&["fetch", "--all", "--force"]).status == Some(0) {
        n_rounds += 1;
        assert!(n_rounds < 60, "it never paused");
    }
    daemon.wait_for("journal_stop");
    folder
        .run(&["status"])
        .ends_with(0)
        .prints(&["paused", "a reader keeps its -wal"]);
    folder
        .run(&["fetch", "--all", "--force"])
        .ends_with(74)
        .complains_of(&["polls nothing"]);
    // The reader still sees what it saw.
    let n_again: i64 = reader
        .query_row("SELECT count(*) FROM v1_articles", [], |row| row.get(0))
        .unwrap();
    assert_eq!(n_again, n_seen);
    drop(reader);
    daemon.wait_for("polling goes on");
    folder.run(&["fetch", "--all", "--force"]).ends_with(0);
    // Cut back within ten seconds.
    let log = folder.path().join("a.db-wal");
    let deadline = Instant::now() + Duration::from_secs(10);
    while std::fs::metadata(&log).unwrap().len() > 256 << 10 {
        assert!(Instant::now() < deadline, "{:?}", std::fs::metadata(&log));
        std::thread::sleep(Duration::from_millis(50));
    }
    daemon.signal("TERM");
    let (status, _) = daemon.wait_for_end();
    assert_eq!(status.code(), Some(0));
}
