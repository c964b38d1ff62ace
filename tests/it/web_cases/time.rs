//! Servers that take their time, with limits of time that suit a test.

use std::time::Duration;

use feedmill::model::ErrorClass as E;

use super::{
    case::{Case, FEED, RSS, feed, feed_by, joined, page},
    compression::gzip,
};
use crate::support::web::{Answer, Step};

const MS: fn(u64) -> Duration = Duration::from_millis;

/// The limits that the cases are made for. `min_rate` counts after ten seconds, so a deadline has to be
/// longer.
pub const LIMITS: &str = "connect_timeout = \"2s\"\nidle_timeout = \"3s\"\nfeed_deadline = \"12s\"\npage_deadline = \"12s\"\n\
    concurrency = 64\n";

/// What a verdict at the deadline may take.
const DEADLINE_MS: i64 = 14_000;

/// What a verdict after a pause may take.
const IDLE_MS: i64 = 6_000;

pub fn cases() -> Vec<Case> {
    joined([
        read(),
        at_the_deadline(),
        after_a_pause(),
        of_refusals(),
        of_pages(),
    ])
}

/// Nothing for longer than any limit.
fn silence() -> Step {
    Step::Wait(MS(60_000))
}

fn head() -> Answer {
    Answer::status(200).header("Content-Length", "50000")
}

/// Pieces of this many bytes, a pause after each.
fn pieces(n_pieces: usize, n_bytes: usize, pause: u64) -> Vec<Step> {
    (0..n_pieces)
        .flat_map(|_| [Step::Send(vec![b' '; n_bytes]), Step::Wait(MS(pause))])
        .collect()
}

fn with(answer: Answer, steps: Vec<Step>) -> Answer {
    steps.into_iter().fold(answer, Answer::then)
}

fn read() -> Vec<Case> {
    let n = FEED.len();
    let late = Answer::steps(vec![Step::Wait(MS(2000))]);
    let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {n}\r\n\r\n{FEED}");
    let slow = with(
        Answer::status(200).header("Content-Length", (n + 8000).to_string()),
        pieces(8, 1000, 250),
    );
    let mut parts: Vec<Step> = FEED.bytes().map(|byte| Step::Send(vec![byte])).collect();
    parts.insert(30, Step::Wait(MS(2000)));
    vec![
        feed(
            "an answer after two seconds",
            late.then(Step::Send(text.into_bytes())),
        ),
        feed(
            "four thousand bytes a second",
            slow.then(Step::Send(FEED.into())),
        ),
        feed(
            "a pause of two seconds in the body",
            with(
                Answer::status(200).header("Content-Length", n.to_string()),
                parts,
            ),
        ),
        feed("a header a byte at a time", dripping_header()),
        feed(
            "a connection that stays open behind the body",
            Answer::ok(RSS, FEED).then(silence()),
        )
        .within_ms(3000),
    ]
}

fn dripping_header() -> Answer {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", FEED.len());
    Answer::steps(vec![
        Step::Drip(head.into_bytes(), MS(20)),
        Step::Send(FEED.into()),
    ])
}

fn at_the_deadline() -> Vec<Case> {
    let text = format!("HTTP/1.1 200 OK\r\nX-One: {}", "y".repeat(500));
    let interim = (0..200).flat_map(|_| {
        [
            Step::Send(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
            Step::Wait(MS(100)),
        ]
    });
    let hints = (0..200).flat_map(|n| {
        [
            Step::Send(format!("HTTP/1.1 103 Early Hints\r\nLink: </{n}>\r\n\r\n").into_bytes()),
            Step::Wait(MS(100)),
        ]
    });
    let redirects = feed_by("redirects that take three seconds each", |seen| {
        let text = format!(
            "HTTP/1.1 302 Found\r\nLocation: {}x\r\nContent-Length: 0\r\n\r\n",
            seen.target
        );
        Answer::steps(vec![Step::Wait(MS(3000)), Step::Send(text.into_bytes())])
    });
    let endless = with(
        Answer::raw("HTTP/1.1 200 OK\r\n\r\n"),
        pieces(400, 1000, 100),
    );
    let chunks = (0..400).flat_map(|_| [Step::Send(b"1\r\n \r\n".to_vec()), Step::Wait(MS(100))]);
    let chunked = with(
        Answer::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        chunks.collect(),
    );
    let cases = vec![
        feed("no answer", Answer::steps(vec![silence()])),
        feed(
            "a header without end, a byte at a time",
            Answer::steps(vec![Step::Drip(text.into_bytes(), MS(100))]),
        ),
        feed(
            "half a header and nothing more",
            Answer::raw("HTTP/1.1 200 OK\r\nContent-Ty").then(silence()),
        ),
        feed(
            "interim answers without end",
            Answer::steps(interim.collect()),
        ),
        feed("early hints without end", Answer::steps(hints.collect())),
        feed("a body without end that is fast enough", endless).status(200),
        feed(
            "ten bytes a second",
            head().then(Step::Drip(vec![b' '; 5000], MS(100))),
        )
        .status(200),
        feed("ten chunks a second", chunked).status(200),
        redirects.requests(4..=5),
    ];
    cases
        .into_iter()
        .map(|case| case.fails(E::Timeout).within_ms(DEADLINE_MS))
        .collect()
}

fn after_a_pause() -> Vec<Case> {
    let part = || head().then(Step::Send(FEED.into()));
    let chunk = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{FEED}\r\n",
        FEED.len()
    );
    let whole = gzip(FEED);
    let coded = Answer::status(200)
        .header("Content-Encoding", "gzip")
        .header("Content-Length", whole.len().to_string())
        .then(Step::Send(whole[..30].to_vec()));
    let cases = vec![
        feed("no byte of the body", head().then(silence())),
        feed(
            "a part of the body and nothing more",
            part().then(silence()),
        ),
        feed(
            "no last chunk and no end",
            Answer::raw(chunk).then(silence()),
        ),
        feed(
            "a body until the end that never comes",
            Answer::raw(format!("HTTP/1.1 200 OK\r\n\r\n{FEED}")).then(silence()),
        ),
        feed("a part of gzip and nothing more", coded.then(silence())),
    ];
    cases
        .into_iter()
        .map(|case| case.fails(E::Timeout).status(200).within_ms(IDLE_MS))
        .collect()
}

fn of_refusals() -> Vec<Case> {
    let drips = |status: u16| {
        Answer::status(status)
            .header("Content-Length", "5000")
            .then(Step::Drip(vec![b'x'; 5000], MS(20)))
    };
    let silent = |status: u16| {
        Answer::status(status)
            .header("Content-Length", "5000")
            .then(silence())
    };
    let to = Answer::status(302)
        .header("Location", "/feed.xml")
        .header("Content-Length", "5000");
    vec![
        feed("a 404 whose body drips", drips(404))
            .fails(E::HttpStatus)
            .status(404)
            .within_ms(IDLE_MS),
        feed("a 500 whose body never comes", silent(500))
            .fails(E::HttpStatus)
            .status(500)
            .within_ms(IDLE_MS),
        feed("a 429 whose body never comes", silent(429))
            .fails(E::RateLimited)
            .status(429)
            .within_ms(IDLE_MS),
        feed("a redirect whose body never comes", to.then(silence()))
            .fails(E::RedirectLoop)
            .within_ms(IDLE_MS),
        feed(
            "a large length and nothing more",
            Answer::status(200)
                .header("Content-Length", "99999999")
                .then(silence()),
        )
        .fails(E::TooLarge)
        .within_ms(2900),
        Case {
            is_https: true,
            ..feed("no TLS where TLS is wanted", Answer::status(404))
        }
        .requests(0..=0)
        .fails(E::ConnectTimeout)
        .within_ms(4000),
    ]
}

fn of_pages() -> Vec<Case> {
    let html = || {
        Answer::status(200)
            .header("Content-Type", "text/html")
            .header("Content-Length", "50000")
    };
    let silent = Answer::steps(vec![silence()]);
    vec![
        page("a page without an answer", silent.clone())
            .fails(E::Timeout)
            .within_ms(DEADLINE_MS),
        page("a page that stops", html().body("<p>Half").then(silence()))
            .fails(E::Timeout)
            .status(200)
            .within_ms(IDLE_MS),
        page(
            "a page at ten bytes a second",
            html().then(Step::Drip(vec![b'x'; 5000], MS(100))),
        )
        .fails(E::Timeout)
        .within_ms(DEADLINE_MS),
        page("robots.txt without an answer", Answer::status(404))
            .robots(silent)
            .requests(0..=0)
            .refused(E::Robots),
        page("robots.txt that stops", Answer::status(404))
            .robots(
                Answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser").then(silence()),
            )
            .requests(0..=0)
            .refused(E::Robots),
    ]
}
