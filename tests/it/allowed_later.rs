//! A feed refused for its address is due at once when `network.allow` is mended: the configuration refused it, not
//! the server. As long as the list stays as it is, no restart asks for it sooner.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::support::{
    cli::{Folder, text_feed_table},
    web::{Answer, Web},
};

const FEED: &str = "<rss version='2.0'><channel><title>Inside</title><item><title>News from inside</title>\
    <guid>1</guid><description>short</description></item></channel></rss>";

struct Scene {
    web: Web,
    folder: Folder,
}

impl Scene {
    fn new() -> Self {
        let scene = Self {
            web: Web::always(Answer::ok("application/rss+xml", FEED)),
            folder: Folder::new(),
        };
        scene.allow(&["10.0.0.0/8"]);
        scene
    }

    fn allow(&self, blocks: &[&str]) {
        let table = text_feed_table("inside", self.web.url("/rss").as_str());
        let config = format!("database = \"a.db\"\n[network]\nallow = {blocks:?}\n{table}");
        self.folder.write("feedmill.toml", config);
    }

    fn look(&self, what: &str) -> String {
        let database = Connection::open(self.folder.path().join("a.db")).unwrap();
        let sql = format!("SELECT {what}");
        database.query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    fn n_polls(&self) -> String {
        self.look("CAST(count(*) AS TEXT) FROM v1_polls")
    }
}

#[test]
fn a_fetch_after_the_mend_asks_and_one_without_a_mend_does_not() {
    let scene = Scene::new();
    scene.folder.run(&["fetch"]);
    let class = "error_class FROM v1_feeds";
    assert_eq!(scene.look(class), "address_refused");
    for _ in 0..3 {
        scene.folder.run(&["fetch"]);
    }
    assert_eq!(scene.n_polls(), "1");
    // Another list that does not help: tried once.
    scene.allow(&["10.0.0.0/8", "127.0.0.1:1"]);
    scene.folder.run(&["fetch"]);
    scene.folder.run(&["fetch"]);
    assert_eq!((scene.n_polls().as_str(), scene.web.seen().len()), ("2", 0));
    assert_eq!(scene.look("CAST(failures AS TEXT) FROM v1_feeds"), "1");

    scene.allow(&["127.0.0.0/8"]);
    scene.folder.run(&["fetch"]).ends_with(0);
    assert_eq!(scene.look("title FROM v1_articles"), "News from inside");
    assert_eq!(scene.look("CAST(failures AS TEXT) FROM v1_feeds"), "0");
    scene.folder.run(&["fetch"]).ends_with(0);
    assert_eq!(scene.web.seen().len(), 1);
}

#[test]
fn a_reload_after_the_mend_asks_at_once() {
    let scene = Scene::new();
    scene.folder.run(&["fetch"]);
    let mut daemon = scene.folder.start(&["run"]);
    daemon.wait_for("ready");
    scene.allow(&["127.0.0.0/8"]);
    daemon.signal("HUP");
    daemon.wait_for("configuration read again");
    let deadline = Instant::now() + Duration::from_secs(20);
    while scene.look("CAST(count(*) AS TEXT) FROM v1_articles") != "1" {
        assert!(Instant::now() < deadline, "{}", daemon.said());
        std::thread::sleep(Duration::from_millis(20));
    }
    daemon.signal("TERM");
    assert_eq!(daemon.wait_for_end().0.code(), Some(0));
}
