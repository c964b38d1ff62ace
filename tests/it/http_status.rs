//! Statuses, `Retry-After`, challenges and types, over the wire.

use std::time::Duration;

use feedmill::model::ErrorClass as E;

use super::http_common::{Want, check, feed, fetch, page};
use crate::support::web::{Answer, Web};

#[test]
fn statuses_have_their_classes_and_are_asked_once() {
    for (status, class) in [
        (204, E::Empty),
        (206, E::Protocol),
        (304, E::Protocol),
        (400, E::HttpStatus),
        (401, E::Auth),
        (403, E::Auth),
        (404, E::HttpStatus),
        (407, E::Auth),
        (408, E::HttpStatus),
        (410, E::Gone),
        (425, E::HttpStatus),
        (429, E::RateLimited),
        (451, E::HttpStatus),
        (500, E::HttpStatus),
        (502, E::HttpStatus),
        (503, E::HttpStatus),
        (999, E::HttpStatus),
    ] {
        let mut answer = Answer::status(status);
        if !matches!(status, 204 | 304) {
            answer = answer.body("no");
        }
        check(feed("a status", answer, Want::Fail(class)));
    }
}

#[test]
fn status_wait_and_headers_are_kept() {
    let web = Web::always(
        Answer::status(503)
            .header("Retry-After", "120")
            .header("Cache-Control", "max-age=60")
            .body("later"),
    );
    let fetched = fetch(&web, "/");
    assert_eq!(fetched.headers["cache-control"], "max-age=60");
    assert_eq!(fetched.retry_after, Some(Duration::from_mins(2)));
    let failure = fetched.result.unwrap_err();
    assert_eq!(failure.class, E::RateLimited);
    assert_eq!(failure.http_status, Some(503));
    assert_eq!(failure.retry_after, Some(Duration::from_mins(2)));
}

#[test]
fn a_redirect_may_say_when_to_come_back() {
    let web = Web::start(|seen| match seen.target.as_str() {
        "/" => Answer::redirect(302, "/end").header("Retry-After", "3600"),
        _ => Answer::ok("text/xml", "<rss/>"),
    });
    let fetched = fetch(&web, "/");
    assert!(fetched.result.is_ok());
    assert_eq!(fetched.retry_after, Some(Duration::from_hours(1)));
}

#[test]
fn challenges_are_blocked_whatever_their_status() {
    let html = |status, body: &str| {
        Answer::status(status)
            .header("Content-Type", "text/html")
            .body(body)
    };
    let cloudflare = "<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>";
    check(feed(
        "a header",
        Answer::status(403)
            .header("cf-mitigated", "challenge")
            .body("x"),
        Want::Fail(E::Blocked),
    ));
    check(feed(
        "Cloudflare, 503",
        html(503, cloudflare),
        Want::Fail(E::Blocked),
    ));
    check(page(
        "Cloudflare, 200",
        html(200, cloudflare),
        Want::Fail(E::Blocked),
    ));
    check(feed(
        "DDoS-Guard",
        html(200, "<title>DDOS-GUARD</title>"),
        Want::Fail(E::Blocked),
    ));
    check(page(
        "a plain refusal",
        html(403, "<title>403 Forbidden</title>"),
        Want::Fail(E::Auth),
    ));
    check(page(
        "a page about it",
        html(200, "<title>Just a moment</title><p>text"),
        Want::Body(35),
    ));
}

#[test]
fn pages_have_to_be_html() {
    check(page(
        "HTML",
        Answer::ok("text/html; charset=utf-8", "<p>x"),
        Want::Body(4),
    ));
    check(page(
        "XHTML",
        Answer::ok("application/xhtml+xml", "<html/>"),
        Want::Body(7),
    ));
    check(page(
        "HTML without a type",
        Answer::status(200).body("<!doctype html><p>x"),
        Want::Body(19),
    ));
    check(page(
        "HTML as text/plain",
        Answer::ok("text/plain", "<html><p>x"),
        Want::Body(10),
    ));
    check(page(
        "a PDF",
        Answer::ok("application/pdf", "%PDF-1.7"),
        Want::Fail(E::UnsupportedType),
    ));
    check(page(
        "a PDF called HTML",
        Answer::ok("text/html", "%PDF-1.7"),
        Want::Fail(E::UnsupportedType),
    ));
    check(page(
        "an image",
        Answer::ok("image/png", "\u{89}PNG"),
        Want::Fail(E::UnsupportedType),
    ));
    check(page(
        "a video",
        Answer::ok("video/mp4", "x"),
        Want::Fail(E::UnsupportedType),
    ));
    check(page(
        "JSON",
        Answer::ok("application/json", "{}"),
        Want::Fail(E::NotHtml),
    ));
    check(page(
        "plain text",
        Answer::ok("text/plain", "words"),
        Want::Fail(E::NotHtml),
    ));
    check(page(
        "nothing",
        Answer::ok("text/html", ""),
        Want::Fail(E::Empty),
    ));
    check(page(
        "white space",
        Answer::ok("text/html", " \r\n\t "),
        Want::Fail(E::Empty),
    ));
    check(feed(
        "an empty feed",
        Answer::ok("text/xml", ""),
        Want::Fail(E::Empty),
    ));
    check(feed(
        "a feed of any type",
        Answer::ok("image/png", "<rss/>"),
        Want::Body(6),
    ));
}
