//! A page that cannot be had is tried three times over five days and then no more (C47), by the real
//! binary; the days are moved in the store.

use std::net::TcpListener;

use rusqlite::Connection;
use url::Url;

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table},
    web::{Answer, Seen, Web},
};

/// A feed with one entry, which leads to a page.
struct Paper {
    folder: Folder,
    _feed: Web,
}

impl Paper {
    fn of(page: &Url, settings: &str) -> Self {
        let feed = Web::always(Answer::ok(
            "application/rss+xml",
            format!(
                "<rss version='2.0'><channel><title>F</title><item><title>One</title><link>{page}</link>\
                 <description>as the feed says</description></item></channel></rss>"
            ),
        ));
        let folder = Folder::new();
        let table = feed_table("one", feed.url("/rss").as_str());
        folder.write("feedmill.toml", format!("{LOOPBACK}{table}{settings}"));
        Self {
            folder,
            _feed: feed,
        }
    }

    /// Polls twice, whatever waits are due: no more than one try may come of it.
    fn poll(&self) {
        for _ in 0..2 {
            self.folder.run(&["fetch", "--all", "--force"]);
        }
    }

    fn number(&self, sql: &str) -> i64 {
        self.database()
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    }

    fn database(&self) -> Connection {
        Connection::open(self.folder.path().join("a.db")).unwrap()
    }

    fn n_tries(&self) -> i64 {
        self.number("SELECT count(*) FROM v1_fetches")
    }

    /// Whole days until the next try; `None`: there will be none.
    fn days_to_wait(&self) -> Option<i64> {
        let sql = "SELECT max(CAST(round(julianday(not_before) - julianday('now')) AS INTEGER)) FROM v1_queue";
        self.database()
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    }

    /// The wait for the next try is over.
    fn let_days_pass(&self) {
        let sql =
            "UPDATE queue SET not_before = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-1 minutes')";
        assert_eq!(self.database().execute(sql, []).unwrap(), 1);
    }

    /// Three tries, with the article in the store from the first on.
    #[track_caller]
    fn check_three_tries(&self, name: &str) {
        for (n_tries, days) in [(1, Some(1)), (2, Some(4)), (3, None)] {
            self.poll();
            assert_eq!(self.n_tries(), n_tries, "{name}");
            assert_eq!(self.days_to_wait(), days, "{name}: after {n_tries} tries");
            let stored = "SELECT count(*) FROM v1_articles WHERE page_error IS NOT NULL";
            assert_eq!(
                self.number(stored),
                1,
                "{name}: the feed's own text stands in"
            );
            if days.is_some() {
                self.let_days_pass();
            }
        }
        self.poll();
        assert_eq!(self.n_tries(), 3, "{name}: it was given up");
    }
}

#[test]
fn a_page_that_fails_is_tried_three_times_over_five_days() {
    for (name, status) in [
        ("error of the server", 500),
        ("unavailable", 503),
        ("forbidden", 403),
    ] {
        let web = Web::start(move |seen| match seen.target.as_str() {
            "/robots.txt" => Answer::status(404),
            _ => Answer::status(status),
        });
        Paper::of(&web.url("/page"), "").check_three_tries(name);
        let is_page = |seen: &&Seen| seen.target == "/page";
        assert_eq!(web.seen().iter().filter(is_page).count(), 3, "{name}");
    }
}

#[test]
fn a_page_whose_host_is_dead_is_given_up_too() {
    // A port that was free a moment ago and has nobody behind it now.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let page = format!("http://{}/page", listener.local_addr().unwrap());
    drop(listener);
    let page = Url::parse(&page).unwrap();
    Paper::of(&page, "").check_three_tries("with robots.txt");
    Paper::of(&page, "robots = false\n").check_three_tries("without robots.txt");
}

#[test]
fn a_missing_page_is_tried_once() {
    let web = Web::always(Answer::status(404));
    let paper = Paper::of(&web.url("/page"), "");
    paper.poll();
    paper.poll();
    assert_eq!((paper.n_tries(), paper.days_to_wait()), (1, None));
}
