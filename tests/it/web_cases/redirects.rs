//! Redirects, and the addresses that nobody may be led to.

use feedmill::model::ErrorClass as E;

use super::{
    bench::Others,
    case::{Case, FEED, RSS, feed, feed_at, feed_by, joined, page_at, page_by},
};
use crate::support::web::{Answer, Seen};

pub fn cases(others: &Others) -> Vec<Case> {
    joined([
        followed(others),
        without_target(),
        schemes(),
        long_ways(),
        inside(others),
        inside_by_name(others),
        of_pages(others),
    ])
}

/// Redirects `/feed.xml` or `/page` to `to`, and answers anything else with a feed.
fn to(name: &str, status: u16, to: &str) -> Case {
    let to = to.to_owned();
    feed_by(name, move |seen| match seen.target.as_str() {
        "/feed.xml" => Answer::redirect(status, &to),
        _ => Answer::ok(RSS, FEED),
    })
}

/// The same, to an address that is made of the server's own authority.
fn to_own(name: &str, make: fn(&str) -> String) -> Case {
    feed_by(name, move |seen| match seen.target.as_str() {
        "/feed.xml" => Answer::redirect(302, &make(&host(seen))),
        _ => Answer::ok(RSS, FEED),
    })
    .requests(2..=2)
}

fn host(seen: &Seen) -> String {
    seen.header("host").unwrap_or_default()
}

fn followed(others: &Others) -> Vec<Case> {
    let mut cases: Vec<Case> = [301, 302, 303, 307, 308]
        .into_iter()
        .map(|status| {
            let name = format!("a redirect of status {status}");
            to(&name, status, "/end").requests(2..=2).status(200)
        })
        .collect();
    let html = "<html><head><title>Sign in</title></head><body><p>Please sign in.</body></html>";
    let to_html = feed_by("a redirect to a page to sign in", move |seen| {
        match seen.target.as_str() {
            "/feed.xml" => Answer::redirect(302, "/login"),
            _ => Answer::ok("text/html", html),
        }
    });
    let far = format!("/{}", "x".repeat(100_000));
    let long = feed_by(
        "a redirect to an address of 100 KB",
        move |seen| match seen.target.as_str() {
            "/feed.xml" => Answer::redirect(302, &far),
            _ => Answer::status(404),
        },
    );
    let bodied = feed_by("a redirect with a body of its own", |seen| {
        match seen.target.as_str() {
            "/feed.xml" => Answer::redirect(302, "/end").body("x".repeat(100_000)),
            _ => Answer::ok(RSS, FEED),
        }
    });
    cases.extend([
        to_html.requests(2..=2).fails(E::NotAFeed),
        bodied.requests(1..=2),
        long.fails(E::Redirect).status(302),
        to("a redirect to another host", 301, &others.good),
        to_own("a redirect with a user", |host| {
            format!("http://user:secret@{host}/end")
        }),
        to_own("a redirect with a fragment", |host| {
            format!("http://{host}/end#part")
        }),
        to_own("a redirect without a scheme", |host| {
            format!("//{host}/end")
        }),
        to_own("a redirect to a query", |_| "?end".to_owned()),
        to_own("a redirect with dots", |_| "/a/../../end".to_owned()),
        to_own("a redirect with a space", |_| "/the end".to_owned()),
        to_own("a redirect with letters that are no ASCII", |_| {
            "/\u{e9}nd".to_owned()
        }),
        to_own("a redirect with backslashes", |host| {
            format!("http:\\\\{host}\\end")
        }),
        to_own("a redirect in capitals", |host| {
            format!("HTTP://{host}/end")
        }),
    ]);
    cases
}

fn without_target() -> Vec<Case> {
    let mut cases = vec![
        feed("a redirect without a target", Answer::status(302)),
        feed("a permanent redirect without a target", Answer::status(301)),
    ];
    for (name, target) in [
        ("nowhere", ""),
        ("space", "   "),
        ("a scheme alone", "http://"),
        ("half an address", "http://[::1"),
        ("a port beyond all", "http://127.77.0.9:99999/"),
        ("a host with a space", "http://exam ple/"),
        ("an address with five parts", "http://127.77.0.0.9/"),
        ("an address part beyond all", "http://127.77.0.999/"),
    ] {
        cases.push(to(&format!("a redirect to {name}"), 302, target));
    }
    cases
        .into_iter()
        .map(|case| case.fails(E::Redirect))
        .collect()
}

fn schemes() -> Vec<Case> {
    [
        "ftp://127.77.0.9/x",
        "file:///etc/passwd",
        "gopher://127.77.0.9:70/_x",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
        "feed://127.77.0.9/",
        "ws://127.77.0.9/",
        "about:blank",
        "mailto:a@site.example",
    ]
    .into_iter()
    .map(|target| {
        let name = format!("a redirect to `{target}`");
        to(&name, 302, target).refused(E::SchemeRefused).status(302)
    })
    .collect()
}

fn long_ways() -> Vec<Case> {
    // `/feed.xml` leads to `/N`, that to `/N-1`, and `/0` is the feed.
    let chain = |name: &str, n_hops: usize| {
        feed_by(name, move |seen| {
            let at = match seen.target.as_str() {
                "/feed.xml" => n_hops,
                target => target[1..].parse().unwrap_or(0),
            };
            match at {
                0 => Answer::ok(RSS, FEED),
                _ => Answer::redirect(302, &format!("/{}", at - 1)),
            }
        })
    };
    let growing = feed_by("a redirect that grows", |seen| {
        Answer::redirect(302, &format!("{}x", seen.target))
    });
    let pair = feed_by("two redirects to each other", |seen| {
        let to = if seen.target == "/a" {
            "/feed.xml"
        } else {
            "/a"
        };
        Answer::redirect(301, to)
    });
    vec![
        chain("five redirects", 5).requests(6..=6).status(200),
        chain("six redirects", 6)
            .requests(6..=6)
            .fails(E::TooManyRedirects),
        chain("a thousand redirects", 1000)
            .requests(6..=6)
            .fails(E::TooManyRedirects),
        growing.requests(6..=6).fails(E::TooManyRedirects),
        pair.requests(2..=2).fails(E::RedirectLoop),
        to("a redirect to itself", 302, "/feed.xml")
            .fails(E::RedirectLoop)
            .status(302),
        to("a redirect to a part of itself", 302, "/feed.xml#part").fails(E::RedirectLoop),
        to_own("a redirect to itself with a user", |host| {
            format!("http://user@{host}/feed.xml")
        })
        .requests(1..=1)
        .fails(E::RedirectLoop),
    ]
}

/// Addresses that lead to the machine itself, to its neighbours or to nobody, in every notation. What
/// listens at the port of the first ones counts its connections.
pub fn inside_hosts() -> Vec<&'static str> {
    vec![
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
        "0",
        "localhost",
        "LOCALHOST.",
        "sub.localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[2001:0:1::]",
        "[fe80::1]",
        "[fec0::1]",
        "[fd12:3456::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
    ]
}

fn inside(others: &Others) -> Vec<Case> {
    let hosts = inside_hosts().into_iter();
    hosts
        .map(|host| {
            let target = format!("http://{host}:{}/", others.inside_port);
            to(&format!("a redirect to {host}"), 302, &target).refused(E::AddressRefused)
        })
        .collect()
}

fn inside_by_name(others: &Others) -> Vec<Case> {
    let port = others.inside_port;
    let mut cases: Vec<Case> = [
        "127.0.0.1",
        "0x7f.1",
        "localhost",
        "[::1]",
        "10.0.0.1",
        "169.254.169.254",
    ]
    .into_iter()
    .enumerate()
    .flat_map(|(n, host)| {
        let url = format!("http://{host}:{port}/{n}.xml");
        [
            feed_at(&format!("a feed at {host}"), &url).refused(E::AddressRefused),
            page_at(&format!("a page at {host}"), &url).refused(E::AddressRefused),
        ]
    })
    .collect();
    // The other side of the port that is allowed.
    let https = format!("https://127.0.0.1:{port}/");
    cases.push(to("a redirect to the inside by TLS", 302, &https).refused(E::AddressRefused));
    cases
}

fn of_pages(others: &Others) -> Vec<Case> {
    let inside = format!("http://127.0.0.1:{}/", others.inside_port);
    let redirects = |name: &str, to: String| page_by(name, move |_| Answer::redirect(302, &to));
    let long = format!("/{}", "x".repeat(10_000));
    let long_page = page_by(
        "a page that redirects to an address of 10 KB",
        move |seen| match seen.target.as_str() {
            "/page" => Answer::redirect(302, &long),
            _ => Answer::status(404),
        },
    );
    let looped = page_by("a page that redirects to itself", |_| {
        Answer::redirect(302, "/page")
    });
    vec![
        redirects("a page that redirects to the inside", inside).refused(E::AddressRefused),
        redirects(
            "a page that redirects to a file",
            "file:///etc/passwd".to_owned(),
        )
        .refused(E::SchemeRefused),
        redirects("a page that redirects to a feed", others.good.clone()).fails(E::NotHtml),
        looped.fails(E::RedirectLoop),
        long_page.requests(2..=2).fails(E::HttpStatus).status(404),
    ]
}
