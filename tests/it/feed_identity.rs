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
