//! Entries that a feed does not tell apart, and what comes of them in the store.

use std::sync::{Arc, Mutex};

use crate::support::{
    cli::{Folder, LOOPBACK, text_feed_table},
    web::{Answer, Web},
};

/// An item with a text of its own.
fn item(guid: &str, link: &str, title: &str) -> String {
    let text =
        format!("The news of {title} came late in the day and nobody had expected it. ").repeat(8);
    format!("<item>{guid}{link}<title>{title}</title><description>{text}</description></item>")
}

fn feed(items: &[String]) -> Answer {
    let items = items.concat();
    Answer::ok(
        "application/rss+xml",
        format!("<rss version='2.0'><channel><title>One</title>{items}</channel></rss>"),
    )
}

/// Polls three items twice, the second time without the first of them.
#[track_caller]
fn check(guid: &str, link: &str) {
    let items = ["Amber", "Basalt", "Cobalt"].map(|title| item(guid, link, title));
    let shown = Arc::new(Mutex::new(items.to_vec()));
    let web = {
        let shown = Arc::clone(&shown);
        Web::start(move |_| feed(&shown.lock().unwrap()))
    };
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!(
            "{LOOPBACK}{}",
            text_feed_table("one", web.url("/rss").as_str())
        ),
    );
    folder
        .run(&["fetch", "--all"])
        .ends_with(0)
        .prints(&["3 entries, 3 new"]);
    shown.lock().unwrap().remove(0);
    folder
        .run(&["fetch", "--all", "--force"])
        .ends_with(0)
        .prints(&["2 entries, 0 new, 0 revised"]);
    folder
        .run(&["list"])
        .ends_with(0)
        .prints(&["Amber", "Basalt", "Cobalt"]);
}

#[test]
fn entries_of_one_guid_without_a_link_are_told_apart() {
    check("<guid isPermaLink='false'>same</guid>", "");
}

#[test]
fn entries_of_one_guid_and_one_link_are_told_apart() {
    check(
        "<guid isPermaLink='false'>same</guid>",
        "<link>https://a.example/board</link>",
    );
}

#[test]
fn entries_that_all_link_to_the_front_page_are_told_apart() {
    check("", "<link>https://a.example/</link>");
}

/// A feed that says something else at each poll.
struct Changing {
    document: Arc<Mutex<String>>,
    folder: Folder,
    _web: Web,
}

impl Changing {
    fn start() -> Self {
        let document = Arc::new(Mutex::new(String::new()));
        let served = Arc::clone(&document);
        let web =
            Web::start(move |_| Answer::ok("application/rss+xml", served.lock().unwrap().as_str()));
        let folder = Folder::new();
        let table = text_feed_table("one", web.url("/rss").as_str());
        folder.write("feedmill.toml", format!("{LOOPBACK}{table}"));
        Self {
            document,
            folder,
            _web: web,
        }
    }

    /// Polls the feed as it is from now on.
    fn next(&self, feed: String) {
        *self.document.lock().unwrap() = feed;
        self.folder.run(&["fetch", "--all", "--force"]).ends_with(0);
    }

    fn count(&self, sql: &str) -> i64 {
        let database = rusqlite::Connection::open(self.folder.path().join("a.db")).unwrap();
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

/// A feed of a site with so many entries.
fn feed_of(site: &str, first: u32) -> String {
    let mut items = String::new();
    for n in first..first + 3 {
        let item = format!(
            "<item><title>{site} {n}</title><link>http://{site}.example/{n}</link><guid>{site}-{n}</guid>\
             <description>about {n}</description></item>"
        );
        items.push_str(&item);
    }
    format!(
        "<rss version='2.0'><channel><title>The {site}</title><link>http://{site}.example/</link>{items}</channel></rss>"
    )
}

#[test]
fn a_feed_that_becomes_another_is_flagged_and_its_new_articles_are_marked() {
    let changing = Changing::start();
    let flags = |what| changing.count(what);
    let flagged = "SELECT count(*) FROM v1_feeds WHERE flags LIKE '%identity_changed%'";
    let marked = "SELECT count(*) FROM v1_articles WHERE flags LIKE '%feed_changed%'";
    let next = |feed| changing.next(feed);
    next(feed_of("news", 0));
    // New entries of the same feed, or a new title alone, are nothing to wonder at.
    next(feed_of("news", 10));
    next(feed_of("news", 20).replace("The news", "The new news"));
    assert_eq!((flags(flagged), flags(marked)), (0, 0));
    next(feed_of("casino", 0));
    assert_eq!((flags(flagged), flags(marked)), (1, 3));
    next(feed_of("casino", 10));
    assert_eq!((flags(flagged), flags(marked)), (1, 6));
    assert_eq!(flags("SELECT count(*) FROM v1_articles"), 15);
    changing
        .folder
        .run(&["status"])
        .ends_with(0)
        .prints(&["still the same feed"]);
    // A person has looked.
    changing.folder.run(&["feeds", "pause", "one"]).ends_with(0);
    changing.folder.run(&["fetch", "--all"]);
    changing
        .folder
        .run(&["feeds", "resume", "one"])
        .ends_with(0);
    next(feed_of("casino", 20));
    assert_eq!((flags(flagged), flags(marked)), (0, 6));
}

#[test]
fn the_first_entries_of_an_empty_feed_are_no_gap() {
    let changing = Changing::start();
    let empty = "<rss version='2.0'><channel><title>The news</title></channel></rss>".to_owned();
    for (feed, n_gaps) in [
        (empty, 0),
        (feed_of("news", 0), 0),
        (feed_of("news", 10), 1),
    ] {
        changing.next(feed);
        assert_eq!(changing.count("SELECT count(*) FROM v1_gaps"), n_gaps);
    }
}

#[test]
fn guids_that_move_from_http_to_https_are_the_same_entries() {
    let changing = Changing::start();
    let with_addresses = feed_of("news", 0).replace("<guid>news-", "<guid>http://news.example/");
    for feed in [
        with_addresses.clone(),
        with_addresses.replace("http://", "https://"),
    ] {
        changing.next(feed);
        assert_eq!(changing.count("SELECT count(*) FROM v1_articles"), 3);
        assert_eq!(changing.count("SELECT count(*) FROM v1_gaps"), 0);
    }
}
