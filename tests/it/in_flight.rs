//! What happens to a document that is being read when the process ends.

use std::{
    fmt::Write as _,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};

use crate::support::{
    cli::{Folder, LOOPBACK, Running, feed_table, text_feed_table},
    faultfs::Faults,
    web::{Answer, Web},
};

/// What stands in a document that nobody reads to its end and lives.
const DEADLY: &str = "a word that kills";

/// The feed of the innocent.
const GOOD: &str = "<rss version='2.0'><channel><title>Good</title><item><title>Good news</title><guid>1</guid>\
    <description>short</description></item></channel></rss>";

/// A folder with a server of which one document is deadly until it is mended.
struct Scene {
    folder: Folder,
    /// What ends a process that reads the document: the mark that it sets before, or the bytes themselves.
    faults: Faults,
    is_mended: Arc<AtomicBool>,
    _web: Web,
}

impl Scene {
    /// The deadly document is at `/bad`; `feeds` writes the configuration's feeds.
    fn start(
        kind: &'static str,
        bad: impl Fn(bool) -> String + Send + Sync + 'static,
        feeds: impl Fn(&Web) -> String,
    ) -> Self {
        let mut hash = String::new();
        for byte in Sha256::digest(bad(false).as_bytes()) {
            write!(hash, "{byte:02x}").unwrap();
        }
        let is_mended = Arc::new(AtomicBool::new(false));
        let mended = Arc::clone(&is_mended);
        let web = Web::start(move |seen| {
            let own = format!("http://{}", seen.header("host").unwrap_or_default());
            match seen.target.as_str() {
                "/bad" => Answer::ok(kind, bad(mended.load(Ordering::SeqCst))),
                "/good" => Answer::ok("application/rss+xml", GOOD),
                "/both" => Answer::ok("application/rss+xml", listing(&own)),
                "/fine" => Answer::ok("text/html", page(5)),
                _ => Answer::status(404),
            }
        });
        let folder = Folder::new();
        folder.write(
            "feedmill.toml",
            format!(
                "{LOOPBACK}min_interval = \"200ms\"\nmax_interval = \"400ms\"\nbackoff_max = \"400ms\"\n\
                 [defaults]\nevery = \"300ms\"\n{}",
                feeds(&web)
            ),
        );
        Self {
            folder,
            faults: Faults::none()
                .of_file("a.db-reading")
                .deadly(&format!("{hash},{DEADLY}")),
            is_mended,
            _web: web,
        }
    }

    /// The daemon, under which the document is deadly.
    fn run(&self) -> Running {
        let mut daemon = self.folder.start_with(&["run"], &self.faults.variables());
        daemon.wait_for("ready");
        daemon.signal("USR1");
        daemon
    }

    /// The daemon reads the document and dies of it.
    #[track_caller]
    fn run_to_death(&self) {
        let mut daemon = self.run();
        let (status, _) = daemon.wait_for_end();
        assert_eq!(status.code(), None, "{status}: {}", daemon.said());
    }

    /// A fetch after so many days, under which the document is as deadly.
    #[track_caller]
    fn fetch_after(&self, days: u32) {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        let sql = "UPDATE queue SET not_before =
            strftime('%Y-%m-%dT%H:%M:%SZ', not_before, '-' || ?1 || ' days')";
        database.execute(sql, [days]).unwrap();
        drop(database);
        let ran = self
            .folder
            .run_with(&["fetch", "--all", "--force"], &self.faults.variables());
        assert!(matches!(ran.status, Some(0 | 1)), "{ran:?}");
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("a.db")
    }

    /// The first column of a query's rows, as one line.
    fn look(&self, query: &str) -> String {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database = rusqlite::Connection::open_with_flags(self.database(), flags).unwrap();
        let mut statement = database.prepare(query).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0));
        let rows: rusqlite::Result<Vec<String>> = rows.unwrap().collect();
        rows.unwrap().join(" ")
    }

    #[track_caller]
    fn wait_until(&self, query: &str, want: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let found = self.look(query);
            if found == want {
                return;
            }
            assert!(Instant::now() < deadline, "`{found}`, never `{want}`");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A feed with two pages.
fn listing(own: &str) -> String {
    let items = ["bad", "fine"].map(|page| {
        format!("<item><title>The {page} one</title><link>{own}/{page}</link><description>as the feed says</description></item>")
    });
    format!(
        "<rss version='2.0'><channel><title>Both</title>{}</channel></rss>",
        items.concat()
    )
}

#[track_caller]
fn stop(daemon: &mut Running) {
    daemon.signal("TERM");
    let (status, _) = daemon.wait_for_end();
    assert_eq!(status.code(), Some(0), "{}", daemon.said());
}

#[test]
fn a_feed_that_kills_twice_is_quarantined_until_its_bytes_change() {
    let bad = |is_mended| {
        let word = if is_mended { "mended" } else { DEADLY };
        format!(
            "<rss version='2.0'><channel><title>Bad</title><item><title>Bad news</title><guid>1</guid>\
             <description>{word}</description></item></channel></rss>"
        )
    };
    let scene = Scene::start("application/rss+xml", bad, |web| {
        ["bad", "good"]
            .map(|name| text_feed_table(name, web.url(&format!("/{name}")).as_str()))
            .concat()
    });
    scene.run_to_death();

    let mut daemon = scene.run();
    let statuses = "SELECT status FROM v1_feeds ORDER BY id";
    scene.wait_until(statuses, "quarantined active");
    daemon.wait_for("ended a process for the second time");
    let classes = "SELECT error_class FROM v1_feeds WHERE name = 'bad'";
    assert_eq!(scene.look(classes), "crashed");
    let polls = "SELECT DISTINCT p.outcome || ' ' || p.error_class FROM v1_polls p JOIN v1_feeds f ON f.id = p.feed_id WHERE f.name = 'bad'";
    assert_eq!(scene.look(polls), "failed crashed");
    scene
        .folder
        .run(&["status"])
        .ends_with(0)
        .prints(&["quarantined", "crashed"]);
    scene.wait_until("SELECT title FROM v1_articles", "Good news");
    stop(&mut daemon);

    // What was learned outlives the process; nobody needs to die of it again.
    let mut daemon = scene.run();
    let n_polls = "SELECT CAST(count(*) > 5 AS TEXT) FROM v1_polls p JOIN v1_feeds f ON f.id = p.feed_id WHERE f.name = 'bad'";
    scene.wait_until(n_polls, "1");
    assert_eq!(scene.look(statuses), "quarantined active");
    assert!(!daemon.said().contains("second time"), "{}", daemon.said());

    scene.is_mended.store(true, Ordering::SeqCst);
    scene.wait_until(statuses, "active active");
    let titles = "SELECT title FROM v1_articles ORDER BY title";
    scene.wait_until(titles, "Bad news Good news");
    stop(&mut daemon);
}

#[test]
fn a_page_that_kills_twice_costs_itself_alone() {
    let scene = Scene::start("text/html", bad_page, |web| {
        feed_table("both", web.url("/both").as_str())
            + &text_feed_table("good", web.url("/good").as_str())
    });
    scene.run_to_death();

    let mut daemon = scene.run();
    let articles = "SELECT title || ': ' || text_source || ' ' || coalesce(page_error, '-') || ',' FROM v1_articles ORDER BY title";
    scene.wait_until(
        articles,
        "Good news: feed -, The bad one: summary crashed, The river: page -,",
    );
    let fetches = "SELECT outcome || ' ' || error_class FROM v1_fetches WHERE url LIKE '%/bad'";
    assert_eq!(scene.look(fetches), "failed crashed");
    let statuses = "SELECT status FROM v1_feeds ORDER BY id";
    assert_eq!(scene.look(statuses), "active active");
    stop(&mut daemon);
}

fn bad_page(is_mended: bool) -> String {
    if is_mended {
        return page(5).replace("river", "lake");
    }
    format!("<html><body><article><p>The page with {DEADLY}.</p></article></body></html>")
}

#[test]
fn a_page_that_is_left_out_is_asked_for_again_and_read_when_its_bytes_changed() {
    let scene = Scene::start("text/html", bad_page, |web| {
        feed_table("both", web.url("/both").as_str())
    });
    scene.run_to_death();
    let mut daemon = scene.run();
    let article = "SELECT text_source || ' ' || coalesce(page_error, '-') FROM v1_articles WHERE url LIKE '%/bad'";
    scene.wait_until(article, "summary crashed");
    stop(&mut daemon);
    let tries = "SELECT outcome || ' ' || coalesce(error_class, '-') FROM v1_fetches WHERE url LIKE '%/bad'";
    let queue = "SELECT attempts || ' ' || error_class FROM v1_queue";

    // Not before its time.
    assert_eq!(scene.look(queue), "1 crashed");
    scene.fetch_after(0);
    assert_eq!(scene.look(tries), "failed crashed");
    // The same bytes: left out without being read.
    scene.fetch_after(2);
    assert_eq!(scene.look(tries), "failed crashed failed crashed");
    assert_eq!(scene.look(queue), "2 crashed");
    assert_eq!(scene.look(article), "summary crashed");
    // Others are read.
    scene.is_mended.store(true, Ordering::SeqCst);
    scene.fetch_after(5);
    assert_eq!(scene.look(tries), "failed crashed failed crashed ok -");
    assert_eq!(scene.look(article), "page -");
    assert_eq!(scene.look(queue), "");
}

/// A page of so many paragraphs; 20,000 of them take a while to read.
fn page(n_paragraphs: usize) -> String {
    let paragraph =
        "<p>The <b>river</b> rose by a <i>metre</i> in one night, and the town watched it.</p>";
    format!(
        "<html><body><article><h1>The river</h1>{}</article></body></html>",
        paragraph.repeat(n_paragraphs)
    )
}

#[test]
fn a_kill_while_a_page_is_read_makes_it_a_suspect_and_no_more() {
    let web = Web::start(|seen| {
        if seen.target == "/rss" {
            let link = format!("http://{}/page", seen.header("host").unwrap_or_default());
            Answer::ok(
                "application/rss+xml",
                format!(
                    "<rss version='2.0'><channel><title>One</title><item><title>The river</title><link>{link}</link></item></channel></rss>"
                ),
            )
        } else {
            Answer::ok("text/html", page(20_000))
        }
    });
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!("{LOOPBACK}{}", feed_table("one", web.url("/rss").as_str())),
    );
    let mut daemon = folder.start(&["run"]);
    let marks = folder.path().join("a.db-reading");
    let deadline = Instant::now() + Duration::from_secs(20);
    while !std::fs::read_to_string(&marks).is_ok_and(|marks| marks.contains("/page")) {
        assert!(Instant::now() < deadline, "the page was never read");
        std::thread::yield_now();
    }
    daemon.signal("KILL");
    daemon.wait_for_end();

    let suspects = folder.path().join("a.db-suspects");
    folder
        .run(&["fetch", "--all", "-v"])
        .ends_with(0)
        .complains_of(&["the last run ended while the document at", "/page"]);
    assert!(!suspects.exists(), "it was read to its end: no suspect");
    folder.run(&["list"]).ends_with(0).prints(&["The river"]);
    folder.run(&["status"]).ends_with(0);
}
