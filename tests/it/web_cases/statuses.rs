//! Statuses, and the pages of bot defences that come with any of them.

use feedmill::model::ErrorClass as E;

use super::case::{Case, FEED, RSS, feed, joined, page};
use crate::support::web::Answer;

const CHALLENGE: &str = "<html><head><title>Just a moment...</title><script>window._cf_chl_opt={}</script></head>\
    <body>Verifying you are human.</body></html>";

pub fn cases() -> Vec<Case> {
    joined([usable(), refusals(), odd(), challenges(), of_pages()])
}

fn usable() -> Vec<Case> {
    let with = |status: u16| Answer::status(status).header("Content-Type", RSS);
    let mut cases: Vec<Case> = [200, 201, 202, 203, 226, 299]
        .into_iter()
        .map(|status| {
            feed(
                &format!("a feed with status {status}"),
                with(status).body(FEED),
            )
            .status(status)
        })
        .collect();
    let tag = format!("\"{}\"", "x".repeat(50_000));
    for (name, field, value) in [
        ("fresh for ten years", "Cache-Control", "max-age=315360000"),
        (
            "fresh for longer than time",
            "Cache-Control",
            "max-age=99999999999999999999999",
        ),
        (
            "fresh until yesterday",
            "Expires",
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ),
        (
            "fresh until the year 9999",
            "Expires",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ),
        ("fresh until no date", "Expires", "0"),
        ("an age of ages", "Age", "99999999999999999999"),
        ("a wait with a good feed", "Retry-After", "99999999999"),
        ("a tag of 50 KB", "ETag", &tag),
        ("a date that is none", "Last-Modified", "\u{1f600}"),
        ("a refresh", "Refresh", "0; url=http://10.0.0.1/"),
        ("a cookie", "Set-Cookie", "a=b"),
        ("a language that is none", "Content-Language", "\u{e9}"),
        ("a type that is no ASCII", "Content-Type", "\u{e9}"),
    ] {
        cases.push(feed(
            name,
            Answer::status(200).header(field, value).body(FEED),
        ));
    }
    cases.push(
        feed(
            "a delta of the feed",
            with(226).header("IM", "feed").body(FEED),
        )
        .status(226),
    );
    cases.push(
        feed(
            "a delta of another kind",
            with(226).header("IM", "vcdiff").body(FEED),
        )
        .fails(E::Protocol)
        .status(226),
    );
    cases
}

fn refusals() -> Vec<Case> {
    let classes: &[(&[u16], E)] = &[
        (&[204, 205], E::Empty),
        (&[304], E::Protocol),
        (&[206], E::Protocol),
        (
            &[
                400, 402, 404, 405, 406, 408, 409, 413, 418, 421, 425, 431, 451, 499,
            ],
            E::HttpStatus,
        ),
        (&[500, 501, 502, 503, 504, 520, 522, 599], E::HttpStatus),
        (&[401, 403, 407], E::Auth),
        (&[410], E::Gone),
        (&[429], E::RateLimited),
        (&[300, 305, 306, 399], E::HttpStatus),
        (&[600, 700, 999], E::HttpStatus),
    ];
    classes
        .iter()
        .flat_map(|(statuses, class)| statuses.iter().map(move |status| (*status, *class)))
        .map(|(status, class)| {
            let answer = Answer::status(status).header("Content-Type", RSS);
            // These have no body by definition (RFC 9110, 15).
            let answer = if [204, 304].contains(&status) {
                answer
            } else {
                answer.body(FEED)
            };
            feed(&format!("the status {status}"), answer)
                .fails(class)
                .status(status)
        })
        .collect()
}

fn odd() -> Vec<Case> {
    let later = |status: u16, value: &str| {
        Answer::status(status)
            .header("Retry-After", value)
            .body("later")
    };
    let basic = Answer::status(401)
        .header("WWW-Authenticate", "Basic realm=\"x\"")
        .body("who?");
    let to = Answer::status(300).header("Location", "/other");
    let proxy = Answer::status(305).header("Location", "http://10.0.0.1/");
    vec![
        feed("503 with a wait", later(503, "120"))
            .fails(E::RateLimited)
            .status(503),
        feed(
            "503 with a date",
            later(503, "Fri, 31 Dec 2100 23:59:59 GMT"),
        )
        .fails(E::RateLimited),
        feed("503 with a wait that is none", later(503, "soon"))
            .fails(E::HttpStatus)
            .status(503),
        feed("429 with a negative wait", later(429, "-1"))
            .fails(E::RateLimited)
            .status(429),
        feed(
            "429 with a wait of an age",
            later(429, "99999999999999999999"),
        )
        .fails(E::RateLimited),
        feed("404 with a wait", later(404, "60"))
            .fails(E::HttpStatus)
            .status(404),
        feed("401 that asks for a user", basic)
            .fails(E::Auth)
            .status(401),
        feed("300 with a place", to)
            .fails(E::HttpStatus)
            .status(300),
        feed("305 with a place inside", proxy)
            .fails(E::HttpStatus)
            .status(305),
        feed(
            "404 with a body of 30 MB announced",
            Answer::status(404)
                .header("Content-Length", "30000000")
                .body("x"),
        )
        .fails(E::HttpStatus)
        .bytes(100_000, 100_000),
        feed(
            "404 in a coding nobody offered",
            Answer::status(404)
                .header("Content-Encoding", "compress")
                .body("x"),
        )
        .fails(E::HttpStatus)
        .status(404),
    ]
}

fn challenges() -> Vec<Case> {
    let html = |status: u16, body: &str| {
        Answer::status(status)
            .header("Content-Type", "text/html")
            .body(body)
    };
    let mut cases: Vec<Case> = [200, 202, 403, 429, 503]
        .into_iter()
        .map(|status| {
            feed(
                &format!("a challenge with status {status}"),
                html(status, CHALLENGE),
            )
            .status(status)
        })
        .collect();
    cases.extend([
        feed(
            "a challenge by its header",
            Answer::status(403)
                .header("cf-mitigated", "challenge")
                .body("x"),
        ),
        feed(
            "a challenge of another defence",
            html(200, "<title>DDOS-GUARD</title>"),
        ),
        page("a challenge for a page", html(403, CHALLENGE)),
        page(
            "a challenge for a page with status 200",
            html(200, CHALLENGE),
        ),
    ]);
    let mut cases: Vec<Case> = cases
        .into_iter()
        .map(|case| case.fails(E::Blocked))
        .collect();
    let refusal = html(403, "<title>403 Forbidden</title>");
    cases.push(feed("a plain refusal", refusal).fails(E::Auth).status(403));
    cases
}

fn of_pages() -> Vec<Case> {
    let html = |status: u16| {
        Answer::status(status)
            .header("Content-Type", "text/html")
            .body("<p>no")
    };
    [
        (401, E::Auth),
        (404, E::HttpStatus),
        (410, E::Gone),
        (429, E::RateLimited),
        (500, E::HttpStatus),
        (999, E::HttpStatus),
        (206, E::Protocol),
    ]
    .into_iter()
    .map(|(status, class)| {
        page(&format!("a page with status {status}"), html(status))
            .fails(class)
            .status(status)
    })
    .chain([
        page("a page with status 304", Answer::status(304))
            .fails(E::Protocol)
            .status(304),
        page("a page with status 204", Answer::status(204))
            .fails(E::Empty)
            .status(204),
    ])
    .collect()
}
