//! robots.txt: what it says is done, and what cannot be had allows nothing (RFC 9309).

use feedmill::model::ErrorClass as E;

use super::{
    case::{Case, joined, page, page_by},
    compression::gzip,
    pages::{article, html},
};
use crate::support::web::{Answer, Step};

pub fn cases() -> Vec<Case> {
    joined([refusing(), unreachable(), allowing()])
}

fn text(body: &str) -> Answer {
    Answer::ok("text/plain", body)
}

fn refused(name: &str, robots: Answer) -> Case {
    page(name, html(article("what is not allowed")))
        .robots(robots)
        .requests(0..=0)
        .refused(E::Robots)
}

fn allowed(name: &str, about: &'static str, robots: Answer) -> Case {
    page(name, html(article(about))).robots(robots)
}

fn refusing() -> Vec<Case> {
    let bomb = Answer::status(200)
        .header("Content-Encoding", "gzip")
        .body(gzip(
            ["User-agent: *\nDisallow: /\n", &"\n".repeat(20_000_000)].concat(),
        ));
    let to_no = page_by("a page that redirects to what is not allowed", |_| {
        Answer::redirect(302, "/no/page")
    });
    vec![
        refused(
            "robots.txt allows nobody",
            text("User-agent: *\nDisallow: /\n"),
        ),
        refused(
            "robots.txt does not allow us",
            text("User-agent: feedmill\nDisallow: /page\n\nUser-agent: *\nAllow: /\n"),
        ),
        refused(
            "robots.txt with a mark and old line ends",
            text("\u{feff}User-agent: *\rDisallow: /pa*\r"),
        ),
        refused("robots.txt that is a bomb behind its rules", bomb),
        to_no
            .robots(text("User-agent: *\nDisallow: /no/\n"))
            .refused(E::Robots),
    ]
}

fn unreachable() -> Vec<Case> {
    vec![
        refused("robots.txt with status 500", Answer::status(500)),
        refused("robots.txt with status 503", Answer::status(503)),
        refused("robots.txt with status 429", Answer::status(429)),
        refused(
            "robots.txt that is cut off",
            Answer::status(200)
                .header("Content-Length", "999")
                .body("User-agent: x\n")
                .then(Step::Close),
        ),
        refused(
            "robots.txt that is not HTTP",
            Answer::raw("SSH-2.0-x\r\n").then(Step::Close),
        ),
        refused("robots.txt of status 304", Answer::status(304)),
        refused(
            "robots.txt that redirects to the inside",
            Answer::redirect(302, "http://10.0.0.1/robots.txt"),
        ),
    ]
}

fn allowing() -> Vec<Case> {
    // The page is asked for on the same connection.
    let second =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\n<p>not this";
    let smuggled = Answer::status(200)
        .header("Content-Length", "0")
        .then(Step::Send(second.into()));
    let long = "# words\n".repeat(130_000) + "User-agent: *\nDisallow: /\n";
    vec![
        allowed("robots.txt with status 404", "404", Answer::status(404)),
        allowed("robots.txt with status 401", "401", Answer::status(401)),
        allowed(
            "robots.txt that redirects to itself",
            "redirects without end",
            Answer::redirect(302, "/robots.txt"),
        ),
        allowed("robots.txt with an answer too many", "smuggling", smuggled),
        allowed("robots.txt with status 403", "403", Answer::status(403)),
        allowed("robots.txt with status 410", "410", Answer::status(410)),
        allowed("robots.txt that is empty", "emptiness", text("")),
        allowed(
            "robots.txt that is a page",
            "a page for robots",
            html("<html><body>Not here</body></html>"),
        ),
        allowed(
            "robots.txt of zeros",
            "zeros",
            Answer::ok("text/plain", vec![0; 1000]),
        ),
        allowed(
            "robots.txt for others only",
            "others",
            text("User-agent: otherbot\nDisallow: /\n"),
        ),
        allowed(
            "robots.txt whose rule stands beyond 1 MB",
            "length",
            text(&long),
        ),
    ]
}
