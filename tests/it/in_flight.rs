//! What happens to a document that is being read when the process ends.

use std::time::{Duration, Instant};

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table},
    web::{Answer, Web},
};

/// A page that takes a while to read.
fn long_page() -> String {
    let paragraph =
        "<p>The <b>river</b> rose by a <i>metre</i> in one night, and the town watched it.</p>";
    format!(
        "<html><body><article><h1>The river</h1>{}</article></body></html>",
        paragraph.repeat(20_000)
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
            Answer::ok("text/html", long_page())
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
