//! `feeds discover` and `feeds add`: from a site's address to its feed.

use crate::support::{
    cli::{Folder, LOOPBACK},
    web::{Answer, Web},
};

const FEED: &str = "<rss version='2.0'><channel><title>The feed</title></channel></rss>";

/// A site with a page at `/`, and a feed at one place.
fn site(page: &'static str, feed_at: &'static str) -> Web {
    Web::start(move |seen| match seen.target.as_str() {
        "/" | "/blog" => Answer::ok("text/html", page),
        target if target == feed_at => Answer::ok("application/rss+xml", FEED),
        _ => Answer::status(404),
    })
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("feedmill.toml", LOOPBACK);
    folder
}

#[test]
fn a_feed_that_no_page_advertises_is_found_where_feeds_usually_stand() {
    let bare = "<html><body><p>Welcome</p></body></html>";
    for (page, feed_at) in [
        ("/", "/rss.xml"),
        ("/blog", "/blog/feed"),
        ("/blog", "/index.xml"),
    ] {
        let web = site(bare, feed_at);
        let folder = folder();
        let want = web.url(feed_at).to_string();
        folder
            .run(&["feeds", "discover", web.url(page).as_str()])
            .ends_with(0)
            .prints(&[&want]);
        folder
            .run(&["feeds", "add", web.url(page).as_str()])
            .ends_with(0)
            .prints(&[&want]);
    }
}

#[test]
fn nothing_is_guessed_where_a_feed_is_advertised() {
    let web = site(
        "<html><head><link rel='alternate' type='application/rss+xml' href='/own'></head></html>",
        "/own",
    );
    let folder = folder();
    folder
        .run(&["feeds", "add", web.url("/").as_str()])
        .ends_with(0)
        .prints(&["/own"]);
    let targets: Vec<String> = web.seen().into_iter().map(|seen| seen.target).collect();
    assert!(
        targets
            .iter()
            .all(|target| target == "/" || target == "/own"),
        "{targets:?}"
    );
}

#[test]
fn a_site_without_a_feed_is_said_to_have_none() {
    let web = site("<html><body><p>Welcome</p></body></html>", "/nowhere-usual");
    folder()
        .run(&["feeds", "discover", web.url("/").as_str()])
        .ends_with(65)
        .complains_of(&["well-known place"]);
}

#[test]
fn a_feed_that_only_the_header_names_is_found() {
    let web = Web::start(|seen| match seen.target.as_str() {
        "/" => Answer::ok("text/html", "<p>Welcome</p>").header(
            "Link",
            "</>; rel=self, </hidden>; rel=\"alternate\"; type=\"application/rss+xml\"",
        ),
        "/hidden" => Answer::ok("application/rss+xml", FEED),
        _ => Answer::status(404),
    });
    let want = web.url("/hidden").to_string();
    for command in ["discover", "add"] {
        folder()
            .run(&["feeds", command, web.url("/").as_str()])
            .ends_with(0)
            .prints(&[&want]);
    }
}

#[test]
fn an_archive_leads_to_its_feed() {
    let web = Web::start(|seen| {
        let archive = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Old</title>\
            <link rel='current' href='/feed'/><entry><id>1</id><title>One</title></entry></feed>";
        match seen.target.as_str() {
            "/archive" => Answer::ok("application/atom+xml", archive),
            "/feed" => Answer::ok("application/rss+xml", FEED),
            _ => Answer::status(404),
        }
    });
    folder()
        .run(&["feeds", "add", web.url("/archive").as_str()])
        .ends_with(0)
        .prints(&[web.url("/feed").as_str()]);
}

#[test]
fn a_gzip_file_is_read_as_what_is_in_it() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(FEED.as_bytes()).unwrap();
    let folder = folder();
    folder.write("feed.xml.gz", packed.finish().unwrap());
    folder
        .run(&["parse", "feed.xml.gz", "--format", "json"])
        .ends_with(0)
        .prints(&["The feed"]);
}
