//! An outage of our own is no fault of the feeds (R18), by the real binary.
//!
//! A host that cannot be reached is one that takes the connection and never says a word of TLS: the time for
//! connecting passes, and no packet leaves the machine.

use std::{net::TcpListener, time::Duration};

use rusqlite::Connection;

use crate::support::{
    cli::{Folder, text_feed_table},
    web::{Answer, Web},
};

const FEED: &str = "<rss version='2.0'><channel><title>F</title></channel></rss>";

/// Hosts of their own, some of which can be reached.
struct Hosts {
    folder: Folder,
    _silent: Vec<TcpListener>,
    _good: Vec<Web>,
}

impl Hosts {
    fn new(n_silent: u8, n_good: u8) -> Self {
        let silent: Vec<TcpListener> = (0..n_silent)
            .map(|n| TcpListener::bind(format!("127.0.0.{}:0", 2 + n)).unwrap())
            .collect();
        let good: Vec<Web> = (0..n_good)
            .map(|n| {
                let address = format!("127.0.0.{}:0", 102 + n);
                Web::at(&address, None, |_| Answer::ok("application/rss+xml", FEED))
            })
            .collect();
        let silent_feeds = silent.iter().enumerate().map(|(n, listener)| {
            let address = listener.local_addr().unwrap();
            text_feed_table(&format!("silent-{n}"), &format!("https://{address}/rss"))
        });
        let good_feeds = good.iter().enumerate();
        let good_feeds = good_feeds
            .map(|(n, web)| text_feed_table(&format!("good-{n}"), web.url("/rss").as_str()));
        let feeds: String = silent_feeds.chain(good_feeds).collect();
        let folder = Folder::new();
        folder.write(
            "feedmill.toml",
            format!(
                "database = \"a.db\"\n[network]\nallow = [\"127.0.0.0/8\"]\n\
                 [limits]\nhost_delay = \"0s\"\nconnect_timeout = \"500ms\"\n{feeds}"
            ),
        );
        Self {
            folder,
            _silent: silent,
            _good: good,
        }
    }

    fn database(&self) -> Connection {
        Connection::open(self.folder.path().join("a.db")).unwrap()
    }

    /// Failures in a row and seconds until the next poll of the feeds with such names.
    fn feeds(&self, name: &str) -> Vec<(i64, i64)> {
        let database = self.database();
        let sql =
            "SELECT failures, CAST(86400 * (julianday(coalesce(next_poll_at, '9999-01-01')) - julianday('now')) AS INTEGER)
             FROM v1_feeds WHERE name LIKE ?1 || '%' ORDER BY id";
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Each poll of a silent feed failed for want of a connection.
    #[track_caller]
    fn assert_unreached(&self, n_polls: i64) {
        let sql = "SELECT count(*) FROM v1_polls WHERE outcome = 'failed' AND error_class = 'connect_timeout'";
        let n_unreached: i64 = self
            .database()
            .query_row(sql, [], |row| row.get(0))
            .unwrap();
        assert_eq!(n_unreached, n_polls);
    }
}

#[test]
fn an_outage_leaves_every_feeds_failures_where_they_are_and_is_probed_soon() {
    let hosts = Hosts::new(6, 0);
    hosts.folder.run(&["fetch", "--all"]).ends_with(69);
    hosts.assert_unreached(6);
    for (failures, wait) in hosts.feeds("silent") {
        assert_eq!(failures, 0, "{:?}", hosts.feeds("silent"));
        assert!((60..=180).contains(&wait), "{:?}", hosts.feeds("silent"));
    }
    // The same with failures of better days.
    let sql = "UPDATE feeds SET failures = id";
    assert_eq!(hosts.database().execute(sql, []).unwrap(), 6);
    hosts
        .folder
        .run(&["fetch", "--all", "--force"])
        .ends_with(69);
    hosts.assert_unreached(12);
    let failures: Vec<i64> = hosts.feeds("silent").iter().map(|feed| feed.0).collect();
    assert_eq!(failures, [1, 2, 3, 4, 5, 6]);
    let explained = hosts
        .folder
        .run(&["status", "silent-0", "--explain"])
        .prints(&["local-outage"]);
    assert!(!explained.stdout.contains("backoff"), "{explained:?}");
}

#[test]
fn the_daemon_probes_soon_too() {
    let hosts = Hosts::new(6, 0);
    let mut daemon = hosts.folder.start(&["run"]);
    daemon.wait_for("this machine seems to be without network");
    // The last of them is counted once all have their row.
    let until = std::time::Instant::now() + Duration::from_secs(20);
    let is_excused = |feeds: &[(i64, i64)]| {
        feeds
            .iter()
            .all(|(failures, wait)| *failures == 0 && *wait <= 180)
    };
    while std::time::Instant::now() < until && !is_excused(&hosts.feeds("silent")) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(is_excused(&hosts.feeds("silent")));
    daemon.signal("TERM");
    daemon.wait_for_end();
}

#[test]
fn one_dead_host_among_good_ones_is_its_own_fault() {
    for (n_silent, n_good) in [(1, 5), (4, 1)] {
        let hosts = Hosts::new(n_silent, n_good);
        hosts.folder.run(&["fetch", "--all"]).ends_with(1);
        hosts.assert_unreached(n_silent.into());
        for (failures, wait) in hosts.feeds("silent") {
            assert_eq!(failures, 1);
            assert!(wait > 3600, "{wait}");
        }
        assert!(hosts.feeds("good").iter().all(|feed| feed.0 == 0));
    }
}
