//! What a server sends around the body: lengths that lie, chunks that break, things that are not HTTP.

use feedmill::model::ErrorClass as E;

use super::case::{Case, FEED, RSS, feed, joined, page};
use crate::support::web::{Answer, Step};

pub fn cases() -> Vec<Case> {
    joined([
        read(),
        cut_off(),
        unconnected(),
        no_http(),
        headers(),
        bodies(),
    ])
}

/// A raw answer with `head` before the feed and its length; the connection stays open.
fn with_head(head: &str) -> Answer {
    Answer::raw(format!(
        "{head}Content-Length: {}\r\n\r\n{FEED}",
        FEED.len()
    ))
}

fn chunked(rest: &str) -> Answer {
    Answer::raw(format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{rest}"
    ))
}

fn read() -> Vec<Case> {
    let n = FEED.len();
    let (head, tail) = FEED.as_bytes().split_at(33);
    let single: Vec<&[u8]> = FEED.as_bytes().chunks(1).collect();
    let twice = format!("HTTP/1.1 200 OK\r\nContent-Length: {n}\r\n");
    let both = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{n:x}\r\n{FEED}\r\n0\r\n\r\n"
    );
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n";
    let continues = "HTTP/1.1 100 Continue\r\n\r\n".repeat(20) + "HTTP/1.1 200 OK\r\n";
    vec![
        feed("two chunks", Answer::status(200).chunks(&[head, tail])),
        feed("a chunk for each byte", Answer::status(200).chunks(&single)),
        feed(
            "until the connection ends",
            Answer::status(200).until_close(FEED),
        ),
        feed(
            "HTTP/1.0",
            Answer::raw(format!("HTTP/1.0 200 OK\r\n\r\n{FEED}")).then(Step::Close),
        ),
        feed("no reason phrase", with_head("HTTP/1.1 200\r\n")),
        feed(
            "a reason that is no ASCII",
            with_head("HTTP/1.1 200 \u{e9}\r\n"),
        ),
        feed(
            "bare line feeds",
            Answer::raw(format!("HTTP/1.1 200 OK\nContent-Length: {n}\n\n{FEED}")),
        ),
        feed(
            "a space before the colon",
            with_head("HTTP/1.1 200 OK\r\nX-One : 1\r\n"),
        ),
        feed(
            "a line that is no header",
            with_head("HTTP/1.1 200 OK\r\nthis is none\r\n"),
        ),
        feed(
            "a folded line",
            with_head("HTTP/1.1 200 OK\r\nX-One: a\r\n  b\r\n"),
        ),
        feed(
            "a value that is no ASCII",
            with_head("HTTP/1.1 200 OK\r\nX-One: \u{e9}\r\n"),
        ),
        feed(
            "a header without a value",
            with_head("HTTP/1.1 200 OK\r\nX-One:\r\n"),
        ),
        feed("early hints", with_head(hints)),
        feed("twenty interim answers", with_head(&continues)),
        feed("the same length twice", with_head(&twice)),
        feed(
            "bytes behind the length",
            Answer::status(200)
                .header("Content-Length", n.to_string())
                .body([FEED, "and more"].concat()),
        ),
        feed(
            "chunk extensions and trailers",
            chunked(&format!("{n:x};a=b\r\n{FEED}\r\n0\r\nX-One: 1\r\n\r\n")),
        ),
        feed(
            "a chunk size in capitals with zeros before it",
            chunked(&format!("000{n:X}\r\n{FEED}\r\n0\r\n\r\n")),
        ),
        feed("a length and chunks: the chunks count", Answer::raw(both)),
        feed(
            "a body with another connection wanted",
            with_head("HTTP/1.1 200 OK\r\nConnection: upgrade\r\nUpgrade: h2c\r\n"),
        ),
    ]
}

fn cut_off() -> Vec<Case> {
    let long = || Answer::status(200).header("Content-Length", "6000");
    let part = || long().body(FEED);
    let of_page = Answer::status(200)
        .header("Content-Type", "text/html")
        .header("Content-Length", "6000")
        .body("<article><p>Half a story");
    let n = FEED.len();
    let cases = vec![
        feed("fewer bytes than the length", part().then(Step::Close)),
        feed("a length and no byte", long().then(Step::Close)),
        feed(
            "one byte less than the length",
            Answer::status(200)
                .header("Content-Length", (n + 1).to_string())
                .body(FEED)
                .then(Step::Close),
        ),
        feed("reset in the body", part().then(Step::Reset)),
        feed(
            "reset in a body without length",
            Answer::raw(format!("HTTP/1.1 200 OK\r\n\r\n{FEED}")).then(Step::Reset),
        ),
        feed(
            "no last chunk",
            chunked(&format!("{n:x}\r\n{FEED}\r\n")).then(Step::Close),
        ),
        feed(
            "half a chunk",
            chunked(&format!("fff\r\n{FEED}")).then(Step::Close),
        ),
        feed("half a chunk size", chunked("ff").then(Step::Close)),
        feed(
            "no end of the trailers",
            chunked(&format!("{n:x}\r\n{FEED}\r\n0\r\nX-One: 1")).then(Step::Close),
        ),
        page(
            "a page with fewer bytes than its length",
            of_page.then(Step::Close),
        ),
    ];
    cases
        .into_iter()
        .map(|case| case.fails(E::Truncated))
        .collect()
}

fn unconnected() -> Vec<Case> {
    let half = || Answer::raw("HTTP/1.1 200 OK\r\nContent-Le");
    let cases = vec![
        feed("closed at once", Answer::steps(vec![Step::Close])),
        feed("reset at once", Answer::steps(vec![Step::Reset])),
        feed("closed in the header", half().then(Step::Close)),
        feed("reset in the header", half().then(Step::Reset)),
        feed(
            "closed after an interim answer",
            Answer::raw("HTTP/1.1 100 Continue\r\n\r\n").then(Step::Close),
        ),
        page(
            "a page whose connection is closed",
            Answer::steps(vec![Step::Close]),
        ),
    ];
    // A request that met a closed connection may be sent once more (citizenship 27), not within 10 s.
    cases
        .into_iter()
        .map(|case| case.fails(E::Connection))
        .collect()
}

fn no_http() -> Vec<Case> {
    let zeros: &[u8] = b"\0\0\0\0\0\0\0\0\r\n\r\n";
    let null = b"HTTP/1.1 200 OK\r\nX-One: a\0b\r\nContent-Length: 1\r\n\r\nx";
    [
        ("another protocol", &b"SSH-2.0-OpenSSH_9.2p1\r\n"[..]),
        ("HTTP/0.9", FEED.as_bytes()),
        (
            "HTML without a header",
            b"<html><body>hello</body></html>\r\n\r\n",
        ),
        ("zeros", zeros),
        ("TLS where none was spoken", b"\x15\x03\x01\x00\x02\x02\x46"),
        ("a preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("no status", b"HTTP/1.1 OK\r\n\r\n"),
        ("a status of letters", b"HTTP/1.1 2xx OK\r\n\r\n"),
        (
            "a status of four digits",
            b"HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\nx",
        ),
        (
            "a status of two digits",
            b"HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\nx",
        ),
        (
            "HTTP of version 3.7",
            b"HTTP/3.7 200 OK\r\nContent-Length: 1\r\n\r\nx",
        ),
        ("a zero byte in a header", null),
        (
            "two lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\n<rss/>x",
        ),
        (
            "two lengths in a line",
            b"HTTP/1.1 200 OK\r\nContent-Length: 6, 7\r\n\r\n<rss/>x",
        ),
        (
            "a negative length",
            b"HTTP/1.1 200 OK\r\nContent-Length: -6\r\n\r\n<rss/>",
        ),
        (
            "a length of letters",
            b"HTTP/1.1 200 OK\r\nContent-Length: six\r\n\r\n<rss/>",
        ),
        (
            "a length beyond 64 bits",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n<rss/>",
        ),
        (
            "a chunk size of letters",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nsix\r\n<rss/>\r\n0\r\n\r\n",
        ),
        (
            "a negative chunk size",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-6\r\n<rss/>\r\n0\r\n\r\n",
        ),
        (
            "a chunk size beyond 64 bits",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n<rss/>",
        ),
        (
            "a chunk longer than its size",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<rss/>\r\n0\r\n\r\n",
        ),
    ]
    .into_iter()
    .map(|(name, bytes)| feed(name, Answer::raw(bytes).then(Step::Close)).fails(E::Protocol))
    .collect()
}

fn headers() -> Vec<Case> {
    let fields = |n_fields: usize| {
        (0..n_fields).fold(Answer::status(200), |answer, n| {
            answer.header(&format!("X-{n}"), "y")
        })
    };
    let wide = Answer::status(200).header("X-One", "y".repeat(257_000));
    let endless =
        Answer::raw("HTTP/1.1 200 OK\r\nX-One: ").then(Step::Flood(vec![b'y'; 1000], 2000));
    let lines = Answer::raw("HTTP/1.1 200 OK\r\n").then(Step::Flood(b"X: y\r\n".to_vec(), 400_000));
    let reason = Answer::raw("HTTP/1.1 200 ").then(Step::Flood(vec![b'y'; 1000], 2000));
    vec![
        feed("99 fields and a length", fields(99).body(FEED)),
        feed("101 fields and a length", fields(101).body(FEED)).fails(E::TooLarge),
        feed("257 KB in a field", wide.body(FEED)).fails(E::TooLarge),
        feed("2 MB in a field", endless).fails(E::TooLarge),
        feed("fields without end", lines).fails(E::TooLarge),
        feed("a reason of 2 MB", reason).fails(E::TooLarge),
    ]
}

fn bodies() -> Vec<Case> {
    let announced = |n_bytes: &str| {
        Answer::status(200)
            .header("Content-Type", RSS)
            .header("Content-Length", n_bytes)
    };
    let endless = || {
        Answer::raw("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            .then(Step::Flood(vec![b'x'; 100_000], 10_000))
    };
    let chunk = [b"186a0\r\n".as_slice(), &vec![b'x'; 100_000], b"\r\n"].concat();
    let chunks = chunked("").then(Step::Flood(chunk, 10_000));
    let padded = [FEED, &" ".repeat(10_000_000 - FEED.len())].concat();
    let cases = vec![
        feed(
            "ten million bytes and one announced",
            announced("10000001").then(Step::Flood(vec![b'x'; 1000], 10_000)),
        )
        .bytes(0, 10_000_000),
        feed("a terabyte announced", announced("999999999999").body(FEED)).bytes(0, 10_000_000),
        feed("a body without end", endless()).bytes(11_000_000, 11_000_000),
        feed("chunks without end", chunks).bytes(11_000_000, 11_000_000),
        page("a page without end", endless()).bytes(6_000_000, 6_000_000),
    ];
    let mut cases: Vec<Case> = cases
        .into_iter()
        .map(|case| case.fails(E::TooLarge))
        .collect();
    cases.extend(floods());
    cases.push(feed("ten million bytes", Answer::ok(RSS, padded)));
    cases
}

/// What comes between the parts of an answer, and goes on and on.
fn floods() -> Vec<Case> {
    let lines = Answer::steps(vec![Step::Flood(b"\r\n".repeat(1000), 20_000)]);
    let extension = chunked("6;x=").then(Step::Flood(vec![b'y'; 1000], 20_000));
    let trailers = chunked(&format!("{:x}\r\n{FEED}\r\n0\r\n", FEED.len()))
        .then(Step::Flood(b"X-One: y\r\n".repeat(100), 20_000));
    let empty = chunked(&format!("{:x}\r\n{FEED}\r\n", FEED.len())).then(Step::Flood(
        b"10\r\n                \r\n".repeat(100),
        200_000,
    ));
    vec![
        feed("empty lines in a flood", lines)
            .fails(E::TooLarge)
            .bytes(0, 1_000_000),
        feed("a chunk extension without end", extension)
            .fails(E::Protocol)
            .bytes(0, 1_000_000),
        feed("trailers without end", trailers)
            .fails(E::Protocol)
            .bytes(1000, 1_000_000),
        feed("small chunks without end", empty).fails(E::TooLarge),
    ]
}
