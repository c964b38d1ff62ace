//! What the HTTP client makes of framing: lengths that lie, chunks that break, things that are
//! not HTTP. The classes are told by sentences of the HTTP library, which this pins.

use feedmill::model::ErrorClass as E;

use super::http_common::{Want, check, class_of, feed, fetch, page};
use crate::support::web::{Answer, Step, Web};

#[test]
fn whole_bodies_in_every_framing_are_had() {
    check(feed(
        "a length",
        Answer::ok("text/xml", "<rss/>"),
        Want::Body(6),
    ));
    check(feed(
        "chunks",
        Answer::status(200).chunks(&[b"<rss", b"/>"]),
        Want::Body(6),
    ));
    check(feed(
        "the end of the connection",
        Answer::status(200).until_close("<rss/>"),
        Want::Body(6),
    ));
    check(feed(
        "HTTP/1.0",
        Answer::raw("HTTP/1.0 200 OK\r\n\r\n<rss/>").then(Step::Close),
        Want::Body(6),
    ));
    check(feed(
        "no reason phrase",
        Answer::raw("HTTP/1.1 200\r\nContent-Length: 6\r\n\r\n<rss/>"),
        Want::Body(6),
    ));
    check(feed(
        "bare line feeds",
        Answer::raw("HTTP/1.1 200 OK\nContent-Length: 6\n\n<rss/>"),
        Want::Body(6),
    ));
    check(feed(
        "a space before the colon and a line that is no header",
        Answer::raw(
            "HTTP/1.1 200 OK\r\nContent-Length : 6\r\nthis is no header\r\nX: y\r\n\r\n<rss/>",
        ),
        Want::Body(6),
    ));
    check(feed(
        "a folded header line",
        Answer::raw("HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 6\r\n\r\n<rss/>"),
        Want::Body(6),
    ));
    check(feed(
        "interim answers first",
        Answer::raw(
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>",
        ),
        Want::Body(6),
    ));
    check(feed(
        "more bytes than the length: what was announced counts",
        Answer::status(200)
            .header("Content-Length", "6")
            .body("<rss/>and more"),
        Want::Body(6),
    ));
    check(feed(
        "the same length twice",
        Answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 6\r\n\r\n<rss/>"),
        Want::Body(6),
    ));
    check(feed(
        "chunk extensions and trailers",
        Answer::raw(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6;a=b\r\n<rss/>\r\n0\r\nX: y\r\n\r\n",
        ),
        Want::Body(6),
    ));
}

#[test]
fn bodies_that_stop_early_are_never_taken_for_whole() {
    check(feed(
        "fewer bytes than the length",
        Answer::status(200)
            .header("Content-Length", "600")
            .body("<rss/>")
            .then(Step::Close),
        Want::Fail(E::Truncated),
    ));
    check(feed(
        "a length and no byte",
        Answer::status(200)
            .header("Content-Length", "600")
            .then(Step::Close),
        Want::Fail(E::Truncated),
    ));
    check(feed(
        "reset in the body",
        Answer::status(200)
            .header("Content-Length", "600")
            .body("<rss/>")
            .then(Step::Reset),
        Want::Fail(E::Truncated),
    ));
    check(feed(
        "reset in a body without length",
        Answer::raw("HTTP/1.1 200 OK\r\n\r\n<rss/>").then(Step::Reset),
        Want::Fail(E::Truncated),
    ));
    check(feed(
        "no last chunk",
        Answer::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<rss/>\r\n")
            .then(Step::Close),
        Want::Fail(E::Truncated),
    ));
    check(feed(
        "half a chunk",
        Answer::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n60\r\n<rss/>")
            .then(Step::Close),
        Want::Fail(E::Truncated),
    ));
    check(page(
        "a page cut off",
        Answer::status(200)
            .header("Content-Type", "text/html")
            .header("Content-Length", "600")
            .body("<p>")
            .then(Step::Close),
        Want::Fail(E::Truncated),
    ));
}

#[test]
fn connections_that_end_before_the_header_are_told() {
    check(feed(
        "closed at once",
        Answer::steps(vec![Step::Close]),
        Want::Fail(E::Connection),
    ));
    check(feed(
        "reset at once",
        Answer::steps(vec![Step::Reset]),
        Want::Fail(E::Connection),
    ));
    check(feed(
        "half a header",
        Answer::raw("HTTP/1.1 200 OK\r\nContent-Le").then(Step::Close),
        Want::Fail(E::Connection),
    ));
    check(feed(
        "reset in the header",
        Answer::raw("HTTP/1.1 200 OK\r\nContent-Le").then(Step::Reset),
        Want::Fail(E::Connection),
    ));
}

#[test]
fn what_is_not_http_is_a_protocol_failure() {
    for (name, bytes) in [
        ("another protocol", &b"SSH-2.0-OpenSSH_9.2p1\r\n"[..]),
        ("bare HTML", b"<html><body>hello</body></html>\r\n\r\n"),
        ("binary", b"\x00\x01\x02\x03\x04\x05\x06\x07\r\n\r\n"),
        ("TLS where none was spoken", b"\x15\x03\x01\x00\x02\x02\x46"),
        ("no status", b"HTTP/1.1 OK\r\n\r\n"),
        ("a status of words", b"HTTP/1.1 2xx OK\r\n\r\n"),
        (
            "two lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\n<rss/>",
        ),
        (
            "a negative length",
            b"HTTP/1.1 200 OK\r\nContent-Length: -6\r\n\r\n<rss/>",
        ),
        (
            "a chunk size of words",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nsix\r\n<rss/>\r\n0\r\n\r\n",
        ),
        (
            "a chunk size beyond 64 bits",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n<rss/>",
        ),
    ] {
        check(feed(
            name,
            Answer::raw(bytes).then(Step::Close),
            Want::Fail(E::Protocol),
        ));
    }
}

#[test]
fn headers_have_limits() {
    let mut many = Answer::status(200);
    for n in 0..101 {
        many = many.header(&format!("X-{n}"), "y");
    }
    check(feed(
        "101 fields",
        many.body("<rss/>"),
        Want::Fail(E::TooLarge),
    ));
    let mut full = Answer::status(200);
    for n in 0..99 {
        full = full.header(&format!("X-{n}"), "y");
    }
    check(feed("100 fields", full.body("<rss/>"), Want::Body(6)));
    let wide = Answer::status(200)
        .header("X", "y".repeat(257_000))
        .body("<rss/>");
    check(feed("257 KB in a field", wide, Want::Fail(E::TooLarge)));
    let endless = Answer::raw("HTTP/1.1 200 OK\r\nX: ").then(Step::Flood(vec![b'y'; 1000], 2000));
    check(feed("2 MB of header", endless, Want::Fail(E::TooLarge)));
    let drops = Answer::raw("HTTP/1.1 200 OK\r\n").then(Step::Flood(b"X: y\r\n".to_vec(), 400_000));
    check(feed("fields without end", drops, Want::Fail(E::TooLarge)));
}

#[test]
fn bodies_have_limits() {
    let announced = Answer::status(200)
        .header("Content-Length", "100001")
        .then(Step::Flood(vec![b'x'; 1000], 1000));
    check(feed(
        "announced too large",
        announced,
        Want::Fail(E::TooLarge),
    ));
    let lie = Answer::status(200)
        .header("Content-Length", "999999999999")
        .body("<rss/>");
    check(feed("a terabyte announced", lie, Want::Fail(E::TooLarge)));
    let endless =
        Answer::raw("HTTP/1.1 200 OK\r\n\r\n").then(Step::Flood(vec![b'x'; 10_000], 100_000));
    check(feed("a body without end", endless, Want::Fail(E::TooLarge)));
    let chunk = [b"2710\r\n".as_slice(), &[b'x'; 10_000], b"\r\n"].concat();
    let chunks = Answer::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .then(Step::Flood(chunk, 100_000));
    check(feed("chunks without end", chunks, Want::Fail(E::TooLarge)));
    let whole = Answer::ok("text/xml", vec![b'x'; 100_000]);
    check(feed("just within the limit", whole, Want::Body(100_000)));
    let wide = Answer::ok("text/html", vec![b'x'; 50_001]);
    check(page(
        "a page beyond its limit",
        wide,
        Want::Fail(E::TooLarge),
    ));
}

#[test]
fn reading_stops_soon_after_the_limit() {
    let endless =
        Answer::raw("HTTP/1.1 200 OK\r\n\r\n").then(Step::Flood(vec![b'x'; 10_000], 10_000));
    let web = Web::always(endless);
    let fetched = fetch(&web, "/");
    assert_eq!(class_of(&fetched), Some(E::TooLarge));
    assert!(fetched.bytes_wire <= 100_000 + (1 << 20));
    // What the kernel holds on both sides comes on top.
    assert!(
        web.n_bytes() < 20_000_000,
        "the server got rid of {}",
        web.n_bytes()
    );
}
