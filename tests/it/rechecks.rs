//! Pages that are asked for again (`recheck`), by the daemon.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table},
    web::{Answer, Seen, Web},
};

const TEXT: &str = "The council met on Monday to speak of the harbour and of the old bridge. \
    It will be mended in spring, the mayor said, and the ferry goes on until then. \
    Fishermen had asked for a longer season, which the council did not grant this time.";

fn page(text: &str, stamp: &str) -> Answer {
    let html = format!(
        "<html><head><title>Harbour</title></head><body><article><h1>Harbour</h1>\
         <p>{text}</p><p>{stamp}</p></article></body></html>"
    );
    Answer::ok("text/html", html)
}

/// A feed with one page, which answers each request by its number, the first with 0.
fn paper(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Web {
    let n_asked = AtomicUsize::new(0);
    Web::start(move |seen| {
        let own = format!("http://{}", seen.header("Host").unwrap_or_default());
        match seen.target.as_str() {
            "/rss" => Answer::ok(
                "application/rss+xml",
                format!(
                    "<rss version='2.0'><channel><title>F</title><item><title>Harbour</title>\
                     <link>{own}/page</link><guid>1</guid></item></channel></rss>"
                ),
            ),
            "/page" => answer(n_asked.fetch_add(1, Ordering::SeqCst)),
            "/front" => front_page(),
            _ => Answer::status(404),
        }
    })
}

/// Runs the daemon until `sql` gives something else than 0, and some time more.
fn run_until(web: &Web, steps: &str, sql: &str) -> Folder {
    let folder = Folder::new();
    let table = feed_table("one", web.url("/rss").as_str());
    let config = format!("{LOOPBACK}{table}recheck = {steps}\n");
    folder.write("feedmill.toml", config);
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready:");
    let deadline = Instant::now() + Duration::from_mins(1);
    while number(&folder, sql) == 0 {
        assert!(Instant::now() < deadline, "never: {sql}\n{}", daemon.said());
        std::thread::sleep(Duration::from_millis(100));
    }
    daemon.signal("TERM");
    assert!(daemon.wait_for_end().0.success());
    folder.run(&["db", "verify"]).ends_with(0);
    folder
}

fn number(folder: &Folder, sql: &str) -> i64 {
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    database
        .query_row(sql, [], |row| row.get(0))
        .unwrap_or_default()
}

fn lines(folder: &Folder, sql: &str) -> Vec<String> {
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    let mut statement = database.prepare(sql).unwrap();
    let lines = statement.query_map([], |row| row.get(0)).unwrap();
    lines.collect::<Result<_, _>>().unwrap()
}

fn page_requests(web: &Web) -> Vec<Seen> {
    let seen = web.seen().into_iter();
    seen.filter(|seen| seen.target == "/page").collect()
}

#[test]
fn an_edit_is_a_revision_and_a_page_that_goes_is_retracted() {
    let edited = TEXT.replace("in spring", "in autumn");
    let web = paper(move |n| match n {
        0 => page(TEXT, "3 min read").header("ETag", "\"1\""),
        1 => Answer::status(304),
        2 => page(&edited, "3 min read").header("ETag", "\"2\""),
        _ => Answer::status(410),
    });
    let retracted = "SELECT count(*) FROM v1_changes WHERE kind = 'retracted'";
    let folder = run_until(&web, r#"["1s", "2s", "3s", "4s", "5s"]"#, retracted);

    let kinds = lines(&folder, "SELECT kind FROM v1_changes ORDER BY cursor");
    assert_eq!(kinds, ["new", "revised", "retracted"]);
    let reasons = "SELECT reason FROM v1_revisions ORDER BY revision";
    assert_eq!(lines(&folder, reasons), ["first", "page"]);
    let outcomes = lines(&folder, "SELECT outcome FROM v1_fetches ORDER BY id");
    assert_eq!(outcomes, ["ok", "not_modified", "ok", "failed"]);
    let sent: Vec<_> = page_requests(&web)
        .iter()
        .map(|seen| seen.header("If-None-Match"))
        .collect();
    let [one, two] = ["\"1\"", "\"2\""].map(|etag| Some(etag.to_owned()));
    assert_eq!(sent, [None, one.clone(), one, two]);
    // The text stays, and the page is not asked for any more.
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_rechecks"), 0);
    let kept = "SELECT count(*) FROM v1_articles WHERE instr(text, 'in autumn') AND instr(flags, 'retracted')";
    assert_eq!(number(&folder, kept), 1);
    folder
        .run(&["show", "1", "--diff"])
        .ends_with(0)
        .prints(&["[-spring,-]{+autumn,+}"]);
}

#[test]
fn counters_and_times_make_no_revision() {
    let web = paper(|n| page(TEXT, &format!("Updated 12:{n:02}, {n} comments")));
    let third = "SELECT count(*) > 3 FROM v1_fetches";
    let folder = run_until(&web, r#"["1s", "2s", "3s"]"#, third);
    let kinds = lines(&folder, "SELECT kind FROM v1_changes");
    assert_eq!(kinds, ["new"]);
    assert_eq!(page_requests(&web).len(), 4);
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_rechecks"), 0);
}

#[test]
fn a_page_that_fails_is_looked_at_again_at_its_next_time() {
    let web = paper(|n| match n {
        1 => Answer::status(503),
        _ => page(TEXT, ""),
    });
    let third = "SELECT count(*) > 2 FROM v1_fetches";
    let folder = run_until(&web, r#"["1s", "2s"]"#, third);
    assert_eq!(lines(&folder, "SELECT kind FROM v1_changes"), ["new"]);
    let error = "SELECT count(page_error) FROM v1_articles";
    assert_eq!(number(&folder, error), 0);
}

#[test]
fn without_the_key_no_page_is_asked_for_twice() {
    let web = paper(|_| page(TEXT, ""));
    let folder = run_until(&web, "[]", "SELECT count(*) FROM v1_articles");
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_rechecks"), 0);
    assert_eq!(page_requests(&web).len(), 1);
}

/// Words enough to be told apart from the article's.
fn front_page() -> Answer {
    page(
        "Welcome to the front page, with the weather of today and tomorrow, the tides of the week, the best of last \
         year, letters from readers far away, and a crossword puzzle for the evening at home.",
        "",
    )
}

#[test]
fn a_front_page_or_a_notice_in_the_place_of_the_article_is_no_edit() {
    let long = format!("{TEXT}</p><p>{TEXT} Once more.</p><p>It went on until the evening.");
    for other in [
        Answer::status(302).header("Location", "/front"),
        page(
            "This article is no longer to be had here. We are sorry for that, and wish you a good day.",
            "",
        ),
        page(&TEXT[..60], "Subscribe now to read the whole article."),
    ] {
        let (long, other) = (long.clone(), other.clone());
        let web = paper(move |n| {
            if n == 0 {
                page(&long, "")
            } else {
                other.clone()
            }
        });
        let third = "SELECT count(*) > 2 FROM v1_fetches";
        let folder = run_until(&web, r#"["1s", "2s"]"#, third);
        assert_eq!(lines(&folder, "SELECT kind FROM v1_changes"), ["new"]);
        let kept = "SELECT count(*) FROM v1_articles WHERE instr(text, 'until the evening')";
        assert_eq!(number(&folder, kept), 1);
    }
}
