//! A feed with far more pages than a poll may fetch, beside one with a few (R26).

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table},
    web::{Answer, Web},
};

/// Entries of the large feed.
const LARGE: u32 = 2_000;

/// Entries of the small one.
const SMALL: u32 = 5;

/// Pages that one poll may fetch.
const PER_POLL: u32 = 10;

/// Both feeds, with all their pages, on one host: the worst place to wait for each other.
struct Scene {
    web: Web,
    folder: Folder,
    has_small: Arc<AtomicBool>,
}

impl Scene {
    /// The small feed is empty until [`fill_small`](Self::fill_small).
    fn start(more: &str) -> Self {
        let has_small = Arc::new(AtomicBool::new(false));
        let filled = Arc::clone(&has_small);
        let web = Web::start(move |seen| {
            let own = format!("http://{}", seen.header("host").unwrap_or_default());
            let n_small = if filled.load(Ordering::SeqCst) {
                SMALL
            } else {
                0
            };
            match seen.target.as_str() {
                "/large.xml" => Answer::ok("application/rss+xml", listing(&own, "large", LARGE)),
                "/small.xml" => Answer::ok("application/rss+xml", listing(&own, "small", n_small)),
                "/robots.txt" => Answer::status(404),
                page => Answer::ok("text/html", article(page)),
            }
        });
        let folder = Folder::new();
        let feeds = ["large", "small"]
            .map(|name| feed_table(name, web.url(&format!("/{name}.xml")).as_str()));
        folder.write(
            "feedmill.toml",
            format!(
                "{LOOPBACK}pages_per_poll = {PER_POLL}\n{more}{}",
                feeds.concat()
            ),
        );
        Self {
            web,
            folder,
            has_small,
        }
    }

    fn fill_small(&self) {
        self.has_small.store(true, Ordering::SeqCst);
    }

    /// Pages asked for so far, by feed.
    fn asked(&self, feed: &str) -> u32 {
        let pages = format!("/{feed}/");
        let seen = self.web.seen();
        let asked = seen.iter().filter(|seen| seen.target.starts_with(&pages));
        u32::try_from(asked.count()).unwrap()
    }

    /// Pages that wait, by feed.
    fn waiting(&self) -> BTreeMap<String, u32> {
        let path: PathBuf = self.folder.path().join("a.db");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database = rusqlite::Connection::open_with_flags(path, flags).unwrap();
        let sql = "SELECT f.name, count(*) FROM v1_queue q JOIN v1_feeds f ON f.id = q.feed_id GROUP BY f.id";
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }
}

fn listing(own: &str, name: &str, n_entries: u32) -> String {
    let items = (0..n_entries).fold(String::new(), |items, n| {
        items + &format!("<item><title>{name} {n}</title><link>{own}/{name}/{n}</link></item>")
    });
    format!("<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>")
}

fn article(target: &str) -> String {
    let sentence = format!("The page at {target} says a few words about the river. ");
    format!(
        "<html><body><article><p>{}</p></article></body></html>",
        sentence.repeat(6)
    )
}

#[test]
fn a_poll_fetches_so_many_pages_and_no_more_and_the_backlog_starves_nobody() {
    let scene = Scene::start("");
    let fetch = ["fetch", "--all", "--force"];
    scene.folder.run(&fetch).ends_with(0);
    assert_eq!(scene.asked("large"), PER_POLL);
    let left = |n_rounds: u32| BTreeMap::from([("large".to_owned(), LARGE - n_rounds * PER_POLL)]);
    assert_eq!(scene.waiting(), left(1));

    scene.fill_small();
    scene
        .folder
        .run(&fetch)
        .ends_with(0)
        .prints(&["small", "large"]);
    assert_eq!(scene.asked("small"), SMALL);
    assert_eq!(scene.asked("large"), 2 * PER_POLL);
    assert_eq!(scene.waiting(), left(2));
    scene
        .folder
        .run(&["status"])
        .ends_with(0)
        .prints(&[&(LARGE - 2 * PER_POLL).to_string()]);
}

#[test]
fn a_daemon_that_works_off_a_backlog_takes_a_new_page_of_another_feed_between() {
    let scene = Scene::start(
        "concurrency = 1\nmin_interval = \"200ms\"\nmax_interval = \"400ms\"\n[defaults]\nevery = \"300ms\"\n",
    );
    let mut daemon = scene.folder.start(&["run"]);
    daemon.wait_for("ready");
    daemon.signal("USR1");
    let patience = Duration::from_secs(30);
    let wait_until = |what: &str, is_so: &dyn Fn() -> bool| {
        let deadline = Instant::now() + patience;
        while !is_so() {
            assert!(Instant::now() < deadline, "never: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_until("a backlog", &|| scene.asked("large") > PER_POLL);
    scene.fill_small();
    wait_until("the new pages", &|| scene.asked("small") == SMALL);
    let n_waiting = scene.waiting().get("large").copied().unwrap_or_default();
    assert!(n_waiting > LARGE / 2, "{n_waiting} of the large feed wait");
    daemon.signal("TERM");
    let (status, took) = daemon.wait_for_end();
    assert_eq!(status.code(), Some(0), "{}", daemon.said());
    assert!(took < Duration::from_secs(5), "{took:?}");
}
