//! robots.txt for article pages (RFC 9309), by the real binary: what is asked, what is not, and what the
//! store says of it.

use crate::support::{
    cli::{Folder, feed_table},
    web::{Answer, Seen, Web},
};

const PAGE: &str = "<html><head><title>The page</title></head><body><article><p>The harbour of the old town was \
    opened again on Monday, after two years in which no ship had come in, the council said.</p><p>Three boats \
    lay at the quay by noon, and their crews were greeted with music and bread.</p></article></body></html>";

/// Where requests of a case go: a feed with one page, on hosts of their own.
struct Site {
    pages: Web,
    feed: Web,
    folder: Folder,
}

/// A feed whose only entry stands at `/page` of a server that answers as `pages` says.
fn site(pages: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Site {
    let pages = Web::start(pages);
    let entry = format!(
        "<rss version='2.0'><channel><title>F</title><item><title>One</title><link>{}</link>\
         <description>Its summary</description></item></channel></rss>",
        pages.url("/page")
    );
    let feed = Web::always(Answer::ok("application/rss+xml", entry));
    let folder = Folder::new();
    folder.write("feedmill.toml", configuration(&feed, ""));
    Site {
        pages,
        feed,
        folder,
    }
}

fn configuration(feed: &Web, more: &str) -> String {
    format!(
        "database = \"a.db\"\n[network]\nallow = [\"127.0.0.0/8\"]\n[limits]\nhost_delay = \"0s\"\n{}{more}",
        feed_table("one", feed.url("/rss").as_str())
    )
}

impl Site {
    fn fetch(&self) {
        self.folder.run(&["fetch", "--all", "--force"]);
    }

    fn asked(&self, target: &str) -> usize {
        let seen = self.pages.seen();
        seen.iter().filter(|seen| seen.target == target).count()
    }

    /// Outcome and class of the last page fetch.
    fn last_fetch(&self) -> (String, Option<String>) {
        self.one("SELECT outcome, error_class FROM v1_fetches ORDER BY id DESC LIMIT 1")
    }

    fn one<T: rusqlite::types::FromSql, U: rusqlite::types::FromSql>(&self, sql: &str) -> (T, U) {
        let database = rusqlite::Connection::open(self.folder.path().join("a.db")).unwrap();
        database
            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
    }
}

fn text(body: &str) -> Answer {
    Answer::ok("text/plain", body)
}

#[test]
fn each_answer_of_robots_txt_allows_or_does_not() {
    let long = format!(
        "{}\nUser-agent: *\nDisallow: /\n",
        "# filler\n".repeat(70_000)
    );
    for (name, robots, is_allowed) in [
        ("none", Answer::status(404), true),
        ("gone", Answer::status(410), true),
        ("forbidden", Answer::status(403), true),
        ("too many requests", Answer::status(429), false),
        ("server error", Answer::status(500), false),
        ("unavailable", Answer::status(503), false),
        (
            "cut off",
            Answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nUser-agent: *"),
            false,
        ),
        ("empty", text(""), true),
        ("all is closed", text("User-agent: *\nDisallow: /\n"), false),
        (
            "ours is open",
            text("User-agent: *\nDisallow: /\n\nUser-agent: FeedMill\nDisallow:\n"),
            true,
        ),
        (
            "ours is closed",
            text("User-agent: feedmill\nDisallow: /page\n\nUser-agent: *\nAllow: /\n"),
            false,
        ),
        (
            "longest match",
            text("User-agent: *\nDisallow: /p\nAllow: /page\n"),
            true,
        ),
        ("to the end", text("User-agent: *\nDisallow: /pag$\n"), true),
        ("wildcard", text("User-agent: *\nDisallow: /*ge\n"), false),
        (
            "another's",
            text("User-agent: otherbot\nDisallow: /\n"),
            true,
        ),
        (
            "with a mark",
            text("\u{feff}User-agent: *\r\nDisallow: /\r\n"),
            false,
        ),
        (
            "what no robot reads",
            text("<!DOCTYPE html><p>Not here"),
            true,
        ),
        ("closed beyond 500 KiB", text(&long), true),
        ("redirected", Answer::redirect(301, "/other.txt"), false),
    ] {
        let site = site(move |seen| match seen.target.as_str() {
            "/robots.txt" => robots.clone(),
            "/other.txt" => text("User-agent: *\nDisallow: /\n"),
            _ => Answer::ok("text/html", PAGE),
        });
        site.fetch();
        assert_eq!(site.asked("/page"), usize::from(is_allowed), "{name}");
        let want = if is_allowed {
            ("ok", None)
        } else {
            ("refused", Some("robots"))
        };
        let (outcome, class) = site.last_fetch();
        assert_eq!((outcome.as_str(), class.as_deref()), want, "{name}");
        // The entry is kept either way, with what the feed says of it.
        let (n, error): (i64, Option<String>) =
            site.one("SELECT count(*), max(page_error) FROM v1_articles");
        assert_eq!((n, error.as_deref()), (1, want.1), "{name}");
    }
}

#[test]
fn robots_txt_is_followed_over_five_redirects_and_taken_for_none_beyond() {
    for (n_redirects, settings, is_allowed) in [
        (5, "", false),
        (5, "redirects = 1\n", false),
        (6, "", true),
        (6, "redirects = 6\n", false),
    ] {
        // All but the first on another host: what is found there in the end is still about the page's.
        let name = format!("{n_redirects} redirects, {settings:?}");
        let hop = move |seen: &Seen, other: Option<&Web>| {
            let n: usize = seen.target.trim_start_matches("/hop/").parse().unwrap_or(0);
            if n == n_redirects {
                return text("User-agent: *\nDisallow: /page\n");
            }
            let next = format!("/hop/{}", n + 1);
            match other {
                Some(other) => Answer::redirect(301, other.url(&next).as_str()),
                None => Answer::redirect(302, &next),
            }
        };
        let other = Web::start(move |seen| hop(seen, None));
        let site = site(move |seen| match seen.target.as_str() {
            "/page" => Answer::ok("text/html", PAGE),
            _ => hop(seen, Some(&other)),
        });
        let limits = format!("[limits]\n{settings}");
        let changed = configuration(&site.feed, "").replace("[limits]\n", &limits);
        site.folder.write("feedmill.toml", changed);
        site.fetch();
        assert_eq!(site.asked("/page"), usize::from(is_allowed), "{name}");
    }
}

#[test]
fn robots_txt_is_asked_once_a_day_over_restarts() {
    let site = site(|seen| match seen.target.as_str() {
        "/robots.txt" => text("User-agent: *\nDisallow: /page\n").header("ETag", "\"r1\""),
        _ => Answer::ok("text/html", PAGE),
    });
    site.fetch();
    let database = rusqlite::Connection::open(site.folder.path().join("a.db")).unwrap();
    for _ in 0..3 {
        site.fetch();
    }
    assert_eq!(site.asked("/robots.txt"), 1);
    // A day later it is asked again, conditionally.
    database
        .execute(
            "UPDATE robots SET fetched_at = '2020-01-01T00:00:00.000Z'",
            [],
        )
        .unwrap();
    let entry = "<rss version='2.0'><channel><title>F</title><item><title>Two</title><link>/two</link></item></channel></rss>";
    let other = Web::always(Answer::ok(
        "application/rss+xml",
        entry.replace("/two", site.pages.url("/two").as_str()),
    ));
    site.folder.write(
        "feedmill.toml",
        configuration(&site.feed, &feed_table("two", other.url("/rss").as_str())),
    );
    site.fetch();
    let seen = site.pages.seen();
    let robots: Vec<&Seen> = seen
        .iter()
        .filter(|seen| seen.target == "/robots.txt")
        .collect();
    assert_eq!(robots.len(), 2);
    let condition = robots.get(1).and_then(|seen| seen.header("If-None-Match"));
    assert_eq!(condition.as_deref(), Some("\"r1\""));
}

#[test]
fn a_redirect_to_another_host_is_judged_by_the_rules_there() {
    for (rules, is_allowed) in [
        ("User-agent: *\nDisallow: /moved\n", false),
        ("User-agent: *\nDisallow: /elsewhere\n", true),
    ] {
        let other = Web::start(move |seen| match seen.target.as_str() {
            "/robots.txt" => text(rules),
            _ => Answer::ok("text/html", PAGE),
        });
        let to = other.url("/moved").to_string();
        let site = site(move |seen| match seen.target.as_str() {
            "/robots.txt" => Answer::status(404),
            _ => Answer::redirect(302, &to),
        });
        site.fetch();
        let seen = other.seen();
        let targets: Vec<&str> = seen.iter().map(|seen| seen.target.as_str()).collect();
        let (outcome, class) = site.last_fetch();
        if is_allowed {
            assert_eq!(targets, ["/robots.txt", "/moved"]);
            assert_eq!((outcome.as_str(), class), ("ok", None));
        } else {
            assert_eq!(targets, ["/robots.txt"]);
            assert_eq!(
                (outcome.as_str(), class.as_deref()),
                ("refused", Some("robots"))
            );
        }
    }
}

#[test]
fn a_feed_that_is_set_so_asks_for_no_robots_txt() {
    let site = site(|seen| match seen.target.as_str() {
        "/robots.txt" => text("User-agent: *\nDisallow: /\n"),
        _ => Answer::ok("text/html", PAGE),
    });
    site.folder.write(
        "feedmill.toml",
        configuration(&site.feed, "robots = false\n"),
    );
    site.fetch();
    assert_eq!((site.asked("/robots.txt"), site.asked("/page")), (0, 1));
}

#[test]
fn what_page_response_and_feed_reserve_stands_beside_the_article() {
    let head = "<meta name='robots' content='noindex, max-snippet:-1'><meta name='tdm-reservation' content='1'>";
    let reserved = PAGE.replace("<head>", &format!("<head>{head}"));
    let site = site(move |seen| match seen.target.as_str() {
        "/robots.txt" => Answer::status(404),
        _ => Answer::ok("text/html", reserved.as_str())
            .header("X-Robots-Tag", "noai, noimageai")
            .header("TDM-Policy", "https://a.example/policy"),
    });
    let entry = format!(
        "<rss version='2.0'><channel><title>F</title><copyright>© The paper</copyright><item><title>One</title>\
         <link>{}</link></item></channel></rss>",
        site.pages.url("/page")
    );
    let feed = Web::always(Answer::ok("application/rss+xml", entry));
    site.folder.write("feedmill.toml", configuration(&feed, ""));
    site.fetch();
    let (reservations, n): (String, i64) =
        site.one("SELECT reservations, count(*) FROM v1_articles");
    let said: Vec<String> = serde_json::from_str(&reservations).unwrap();
    assert_eq!(n, 1);
    assert_eq!(
        said,
        [
            "x-robots-tag: noai, noimageai",
            "tdm-policy: https://a.example/policy",
            "meta robots: noindex, max-snippet:-1",
            "meta tdm-reservation: 1",
            "rights: © The paper",
        ]
    );
    let url = site.pages.url("/page").to_string();
    site.folder.run(&["forget", &url]).ends_with(0);
    let (n, _): (i64, i64) = site.one("SELECT count(*), 0 FROM reservations");
    assert_eq!(n, 0);
}
