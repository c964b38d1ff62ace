//! What a host asked of us outlives the process that was asked.

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table, text_feed_table},
    web::{Answer, Web},
};

/// A server whose `/busy` asks to be left alone for five minutes.
fn busy() -> Web {
    Web::start(|seen| match seen.target.as_str() {
        "/busy" => Answer::status(429).header("Retry-After", "300"),
        _ => Answer::ok(
            "application/rss+xml",
            "<rss version='2.0'><channel><title>F</title></channel></rss>",
        ),
    })
}

fn folder(web: &Web, scope: &str) -> Folder {
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!(
            "database = \"a.db\"\n[network]\nallow = [\"127.0.0.0/8\"]\nretry_after = \"{scope}\"\n\
             [limits]\nhost_delay = \"0s\"\n{}{}",
            text_feed_table("busy", web.url("/busy").as_str()),
            text_feed_table("other", web.url("/other").as_str())
        ),
    );
    folder
}

fn n_asked(web: &Web, target: &str) -> usize {
    web.seen()
        .iter()
        .filter(|seen| seen.target == target)
        .count()
}

#[test]
fn retry_after_binds_the_next_process_too() {
    for (scope, n_other) in [("hosts", 0), ("url", 1), ("public-hosts", 1)] {
        let web = busy();
        let folder = folder(&web, scope);
        folder.run(&["fetch", "busy"]).ends_with(1);
        let other = folder.run(&["fetch", "other"]);
        assert_eq!(n_asked(&web, "/other"), n_other, "{scope}: {other:?}");
        if n_other == 0 {
            let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
            let (outcome, class): (String, String) = database
                .query_row(
                    "SELECT outcome, error_class FROM v1_polls ORDER BY id DESC LIMIT 1",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .unwrap();
            assert_eq!(
                (outcome.as_str(), class.as_str()),
                ("refused", "rate_limited")
            );
            let held: i64 = database
                .query_row(
                    "SELECT count(*) FROM v1_hosts WHERE held_until > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+4 minutes')",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(held, 1);
            // A person may insist.
            folder.run(&["fetch", "other", "--force"]).ends_with(0);
            assert_eq!(n_asked(&web, "/other"), 1);
        }
    }
}

#[test]
fn a_reload_forgets_no_host() {
    let web = busy();
    let folder = folder(&web, "hosts");
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready");
    folder.run(&["fetch", "busy"]);
    let n_before = n_asked(&web, "/other");
    daemon.signal("HUP");
    daemon.wait_for("configuration read again");
    folder.run(&["fetch", "other"]);
    assert_eq!(n_asked(&web, "/other"), n_before);
    daemon.signal("TERM");
    daemon.wait_for_end();
}

#[test]
fn an_unknown_scope_is_named() {
    let web = busy();
    folder(&web, "everybody")
        .run(&["config", "check"])
        .ends_with(78)
        .complains_of(&["network.retry_after", "everybody", "public-hosts"]);
}

#[test]
fn restarts_ask_for_nothing_anew() {
    let web = Web::always(Answer::ok(
        "application/rss+xml",
        "<rss version='2.0'><channel><title>F</title></channel></rss>",
    ));
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!(
            "{LOOPBACK}{}",
            text_feed_table("one", web.url("/rss").as_str())
        ),
    );
    for n_start in 0..10 {
        let mut daemon = folder.start(&["run"]);
        daemon.wait_for("ready");
        if n_start == 0 {
            daemon.wait_for("polled one");
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        // By turns in order and not: a kill must not make it forget either.
        daemon.signal(if n_start % 2 == 0 { "TERM" } else { "KILL" });
        daemon.wait_for_end();
    }
    assert_eq!(web.seen().len(), 1);
}

#[test]
fn one_connection_serves_the_pages_of_a_host() {
    let web = Web::start(|seen| {
        let own = format!("http://{}", seen.header("Host").unwrap_or_default());
        match seen.target.as_str() {
            "/rss" => {
                let items = (0..8).fold(String::new(), |items, n| {
                    items + &format!("<item><title>Item {n}</title><link>{own}/{n}</link></item>")
                });
                Answer::ok(
                    "application/rss+xml",
                    format!("<rss version='2.0'><channel><title>F</title>{items}</channel></rss>"),
                )
            }
            "/robots.txt" => Answer::status(404),
            target => Answer::ok(
                "text/html",
                format!("<p>The page at {target} says a few words."),
            ),
        }
    });
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!("{LOOPBACK}{}", feed_table("one", web.url("/rss").as_str())),
    );
    folder.run(&["fetch", "--all"]);
    assert_eq!(web.seen().len(), 10, "feed, robots.txt, eight pages");
    assert!(web.n_connections() <= 2, "{}", web.n_connections());
}
