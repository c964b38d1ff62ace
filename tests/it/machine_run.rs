//! The daemon on a machine that changes under it: a clock that jumps, a foreign lock, a reader that never lets go
//! (R34, R36, R37, R39).

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::support::{
    cli::{Folder, Running, feed_table, text_feed_table},
    faultfs::{Faults, is_thorough},
    news::News,
    web::{Answer, Step, Web},
    witness::Watch,
};

/// Short waits, so that a daemon polls all the time.
const BUSY: &str = "min_interval = \"200ms\"\nmax_interval = \"400ms\"\n";

/// A daemon that polls all the time.
struct Scene {
    news: News,
    folder: Folder,
    daemon: Running,
}

impl Scene {
    fn start(
        n_feeds: usize,
        limits: &str,
        more_feeds: &str,
        faults: impl FnOnce(&Folder) -> Faults,
    ) -> Self {
        let news = News::start(n_feeds);
        let folder = Folder::new();
        let config = news.config(&format!("{BUSY}{limits}"));
        let defaults = "[defaults]\nevery = \"300ms\"\n";
        folder.write("feedmill.toml", format!("{config}{defaults}{more_feeds}"));
        let mut daemon = folder.start_with(&["run"], &faults(&folder).variables());
        daemon.wait_for("ready");
        daemon.signal("USR1");
        let scene = Self {
            news,
            folder,
            daemon,
        };
        scene.wait_until_all_is_stored("at first");
        scene
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("a.db")
    }

    #[track_caller]
    fn wait_until_all_is_stored(&self, when: &str) {
        let patience = Duration::from_secs(20);
        self.news
            .wait_until_stored(&self.database(), patience, when);
    }

    /// Another program's connection that may write.
    fn other_program(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.database()).unwrap()
    }

    /// Ends the daemon in order, in the time of the contract.
    #[track_caller]
    fn stop(&mut self) {
        self.daemon.signal("TERM");
        let (status, took) = self.daemon.wait_for_end();
        assert_eq!(status.code(), Some(0), "{}", self.daemon.said());
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

#[test]
fn a_clock_that_jumps_makes_neither_storm_nor_stall() {
    // On a host of its own: its others wait as well.
    let slow = Web::at("127.0.0.2:0", None, |_| {
        Answer::status(429).header("Retry-After", "3600")
    });
    let slow_feed = text_feed_table("slow", slow.url("/rss").as_str());
    let mut scene = Scene::start(2, "", &slow_feed, |folder| {
        Faults::none().clock_by(&folder.path().join("clock"))
    });
    let watch = Watch::start(scene.database(), None);
    let deadline = Instant::now() + Duration::from_secs(10);
    while slow.seen().is_empty() {
        assert!(
            Instant::now() < deadline,
            "the feed that asks for an hour was never asked"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let (hour, year) = (3_600, 365 * 86_400);
    for jump in [2 * year, hour, -hour, -10 * year, 0] {
        scene.folder.write("clock", jump.to_string());
        let before = scene.news.web.seen().len();
        scene.news.move_on(1);
        scene.wait_until_all_is_stored(&format!("clock ahead by {jump} s"));
        std::thread::sleep(Duration::from_secs(1));
        // Two feeds at most every 200 ms, with at most one page a poll; the wait above took no longer than need be.
        let n_asked = scene.news.web.seen().len() - before;
        assert!((1..100).contains(&n_asked), "{jump} s: {n_asked} requests");
        assert_eq!(slow.seen().len(), 1, "{jump} s: asked within the hour");
    }
    scene.stop();
    let witness = watch.end();
    assert!(witness.cursor() > 0);
    witness.check(&scene.database(), "after the jumps");
}

#[test]
fn a_foreign_lock_while_the_daemon_runs_costs_nothing_but_time() {
    // Longer than a start would wait; the contract's 30 s in a thorough run.
    let held = Duration::from_secs(if is_thorough() { 30 } else { 4 });
    let mut scene = Scene::start(2, "busy_timeout = \"1s\"\n", "", |_| Faults::none());
    let other = scene.other_program();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    scene.news.move_on(3);
    std::thread::sleep(held);
    scene.folder.run(&["list"]).ends_with(0).prints(&["Report"]);
    other.execute_batch("COMMIT").unwrap();
    scene.wait_until_all_is_stored("after the lock");
    let sql = "SELECT count(*) FROM v1_polls WHERE outcome NOT IN ('ok', 'not_modified')";
    let n_failed: i64 = other.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(n_failed, 0);
    scene.stop();
    scene.daemon.says("stopped", Duration::from_secs(1));
    assert!(
        !scene.daemon.said().contains("polling pauses"),
        "{}",
        scene.daemon.said()
    );
}

#[test]
fn a_stop_under_a_foreign_lock_with_hanging_fetches_ends_in_order() {
    let hanging = Web::at("127.0.0.2:0", None, |_| {
        Answer::steps(vec![Step::Wait(Duration::from_mins(1))])
    });
    let feeds: String = (0..20)
        .map(|n| {
            text_feed_table(
                &format!("stuck-{n}"),
                hanging.url(&format!("/{n}")).as_str(),
            )
        })
        .collect();
    let mut scene = Scene::start(12, "concurrency = 40\nper_host = 12\n", &feeds, |_| {
        Faults::none()
    });
    let other = scene.other_program();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    scene.news.move_on(2);
    let n_before = scene.news.web.seen().len();
    // Beside other tests that flood the machine ten seconds were too few.
    let deadline = Instant::now() + Duration::from_secs(40);
    while scene.news.web.seen().len() < n_before + 6 || hanging.seen().is_empty() {
        assert!(Instant::now() < deadline, "nothing was asked");
        std::thread::sleep(Duration::from_millis(20));
    }
    scene.stop();
    other.execute_batch("COMMIT").unwrap();
    let names: Vec<String> = (0..12).map(|n| format!("feed-{n}")).collect();
    let mut again = vec!["fetch", "--force"];
    again.extend(names.iter().map(String::as_str));
    scene.folder.run(&again).ends_with(0);
    assert_eq!(scene.news.missing(&scene.database()), None);
}

#[test]
fn a_stop_while_a_page_is_read_and_a_fetch_hangs_leaves_a_file_to_read() {
    let hanging = Web::at("127.0.0.2:0", None, |_| {
        Answer::steps(vec![Step::Wait(Duration::from_mins(1))])
    });
    let is_listed = Arc::new(AtomicBool::new(false));
    let listed = Arc::clone(&is_listed);
    let paged = Web::at("127.0.0.3:0", None, move |seen| {
        let own = format!("http://{}", seen.header("host").unwrap_or_default());
        let item = format!("<item><title>Long</title><link>{own}/page</link></item>");
        let items = if listed.load(Ordering::SeqCst) {
            &item
        } else {
            ""
        };
        if seen.target == "/rss" {
            let feed =
                format!("<rss version='2.0'><channel><title>One</title>{items}</channel></rss>");
            Answer::ok("application/rss+xml", feed)
        } else {
            // Without optimisation, as tests are built, it takes longer to read than the daemon may take to end.
            let paragraph = "<p>The <b>river</b> rose by a <i>metre</i> in one night.</p>";
            Answer::ok("text/html", paragraph.repeat(200_000))
        }
    });
    let feeds = text_feed_table("stuck", hanging.url("/rss").as_str())
        + &feed_table("long", paged.url("/rss").as_str());
    let limits = "document_cpu = \"60s\"\nhtml_elements = 1000000\npage_bytes = \"20MB\"\n";
    let mut scene = Scene::start(2, limits, &feeds, |_| Faults::none());
    is_listed.store(true, Ordering::SeqCst);
    let marks = scene.folder.path().join("a.db-reading");
    let is_read = || fs::read_to_string(&marks).is_ok_and(|marks| marks.contains("/page"));
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_read() || hanging.seen().is_empty() {
        assert!(Instant::now() < deadline, "nothing is under way");
        std::thread::sleep(Duration::from_millis(5));
    }
    scene.stop();
    assert!(!is_read(), "an end in order makes no suspect");
    let log = fs::metadata(scene.folder.path().join("a.db-wal"));
    assert!(log.is_ok_and(|log| log.len() == 0), "the log is cut");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let reader = rusqlite::Connection::open_with_flags(scene.database(), flags).unwrap();
    let sql = "SELECT count(*) FROM v1_articles";
    let n_articles: i64 = reader.query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(n_articles > 0);
    assert_eq!(scene.news.missing(&scene.database()), None);
}

#[test]
fn a_reader_that_does_not_let_go_is_told_of_and_the_log_is_cut_when_it_does() {
    let mut scene = Scene::start(2, "journal_size_limit = \"64KiB\"\n", "", |_| {
        Faults::none()
    });
    let log = scene.folder.path().join("a.db-wal");
    let length = || fs::metadata(&log).unwrap().len();
    let reader = scene.other_program();
    reader
        .execute_batch("PRAGMA query_only = 1; BEGIN")
        .unwrap();
    let count = "SELECT count(*) FROM v1_changes";
    let n_before: i64 = reader.query_row(count, [], |row| row.get(0)).unwrap();
    scene.news.move_on(4);
    scene.wait_until_all_is_stored("with a reader that does not let go");
    let line = scene.daemon.wait_for("a reader has kept");
    assert!(
        line.contains("a.db-wal") && line.contains("bytes"),
        "{line}"
    );
    assert!(length() > 64 * 1024);
    let n_seen: i64 = reader.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(n_seen, n_before, "the reader sees one state");
    reader.execute_batch("COMMIT").unwrap();
    let start = Instant::now();
    while length() > 64 * 1024 {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{} bytes",
            length()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    scene.stop();
}
