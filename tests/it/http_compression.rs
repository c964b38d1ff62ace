//! Content codings over the wire: one layer of what we offered, decoded within a limit.

use std::io::Write;

use feedmill::{http::Coding, model::ErrorClass as E};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

use super::http_common::{Want, check, feed, fetch, page};
use crate::support::web::{Answer, Step, Web};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 3).unwrap()
}

/// `<rss/>` in Brotli: a stored metablock and an empty last one (RFC 7932, 9.2).
const BROTLI: &[u8] = &[0x50, 0x00, 0x10, b'<', b'r', b's', b's', b'/', b'>', 0x03];

fn encoded(coding: &str, body: impl AsRef<[u8]>) -> Answer {
    Answer::status(200)
        .header("Content-Type", "text/xml")
        .header("Content-Encoding", coding)
        .body(body)
}

#[test]
fn every_coding_that_is_offered_is_read() {
    let text = b"<rss>some words</rss>";
    let n_bytes = text.len();
    check(feed(
        "gzip",
        encoded("gzip", gzip(text)),
        Want::Body(n_bytes),
    ));
    check(feed(
        "x-gzip",
        encoded("x-gzip", gzip(text)),
        Want::Body(n_bytes),
    ));
    check(feed(
        "GZIP",
        encoded("GZIP", gzip(text)),
        Want::Body(n_bytes),
    ));
    check(feed(
        "deflate in zlib's frame",
        encoded("deflate", zlib(text)),
        Want::Body(n_bytes),
    ));
    check(feed(
        "bare deflate",
        encoded("deflate", deflate(text)),
        Want::Body(n_bytes),
    ));
    check(feed(
        "zstd",
        encoded("zstd", zstd(text)),
        Want::Body(n_bytes),
    ));
    check(feed("br", encoded("br", BROTLI), Want::Body(6)));
    check(feed(
        "identity",
        encoded("identity", text),
        Want::Body(n_bytes),
    ));
    check(feed(
        "nothing named",
        encoded("", text),
        Want::Body(n_bytes),
    ));
    let members = [gzip(b"<rss>"), gzip(b"some words"), gzip(b"</rss>")].concat();
    check(feed(
        "gzip in members",
        encoded("gzip", members),
        Want::Body(n_bytes),
    ));
    let frames = [zstd(b"<rss>"), zstd(b"some words</rss>")].concat();
    check(feed(
        "zstd in frames",
        encoded("zstd", frames),
        Want::Body(n_bytes),
    ));
    let padded = [gzip(text), vec![0; 300]].concat();
    check(feed(
        "gzip with padding",
        encoded("gzip", padded),
        Want::Body(n_bytes),
    ));
    let chunked = Answer::status(200).header("Content-Encoding", "gzip");
    let whole = gzip(text);
    let (a, b) = whole.split_at(7);
    check(feed(
        "gzip in chunks",
        chunked.chunks(&[a, b]),
        Want::Body(n_bytes),
    ));
}

#[test]
fn codings_that_were_not_offered_and_layers_are_refused() {
    let text = b"<rss/>";
    for coding in [
        "compress",
        "utf-8",
        "bzip2",
        "none",
        "gzip, gzip",
        "br,gzip",
        "gzip;q=1",
    ] {
        let name = "a coding that was not offered";
        check(feed(
            name,
            encoded(coding, gzip(text)),
            Want::Fail(E::BadEncoding),
        ));
    }
    let twice = encoded("gzip", gzip(&gzip(text))).header("X", "y");
    check(feed(
        "two layers, one named: one is undone",
        twice,
        Want::Body(gzip(text).len()),
    ));
    let lines = Answer::status(200)
        .header("Content-Encoding", "gzip")
        .header("Content-Encoding", "gzip");
    check(feed(
        "two header lines",
        lines.body(gzip(&gzip(text))),
        Want::Fail(E::BadEncoding),
    ));
    let raw = Answer::raw(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n6\r\n<rss/>\r\n0\r\n\r\n",
    );
    check(feed("a coded transfer", raw, Want::Fail(E::BadEncoding)));
}

#[test]
fn broken_streams_are_never_taken_for_whole() {
    let text = b"<rss>some words that are long enough to be damaged</rss>".repeat(20);
    check(feed(
        "plain text called gzip",
        encoded("gzip", &text),
        Want::Fail(E::BadEncoding),
    ));
    check(feed(
        "plain text called zstd",
        encoded("zstd", &text),
        Want::Fail(E::BadEncoding),
    ));
    check(feed(
        "gzip called zstd",
        encoded("zstd", gzip(&text)),
        Want::Fail(E::BadEncoding),
    ));
    let mut wrong_sum = gzip(&text);
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 0xff;
    check(feed(
        "a wrong checksum",
        encoded("gzip", wrong_sum),
        Want::Fail(E::BadEncoding),
    ));
    for (coding, whole) in [
        ("gzip", gzip(&text)),
        ("deflate", zlib(&text)),
        ("deflate", deflate(&text)),
        ("zstd", zstd(&text)),
        ("br", BROTLI.to_vec()),
    ] {
        let part = &whole[..whole.len() - 1];
        check(feed(
            "a stream without its end",
            encoded(coding, part),
            Want::Fail(E::Truncated),
        ));
    }
    let second = [gzip(&text), gzip(&text)[..20].to_vec()].concat();
    check(feed(
        "a second member without its end",
        encoded("gzip", second),
        Want::Fail(E::Truncated),
    ));
    check(feed(
        "no byte at all",
        encoded("gzip", ""),
        Want::Fail(E::Empty),
    ));
}

#[test]
fn bombs_stop_at_the_limit() {
    let zeros = vec![b'0'; 8_000_000];
    for (coding, bomb) in [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("deflate", deflate(&zeros)),
        ("zstd", zstd(&zeros)),
    ] {
        check(feed(
            "a bomb",
            encoded(coding, bomb),
            Want::Fail(E::DecompressedTooLarge),
        ));
    }
    let member = gzip(&vec![b'0'; 1_000_000]);
    let many = Answer::raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        .then(Step::Flood(member, 1000));
    check(feed(
        "a bomb of members",
        many,
        Want::Fail(E::DecompressedTooLarge),
    ));
    let page_bomb = Answer::status(200)
        .header("Content-Type", "text/html")
        .header("Content-Encoding", "gzip")
        .body(gzip(&vec![b'0'; 50_001]));
    check(page(
        "a page just beyond the limit",
        page_bomb,
        Want::Fail(E::DecompressedTooLarge),
    ));
    let fits = encoded("gzip", gzip(&vec![b'0'; 200_000]));
    check(feed(
        "a feed just within the limit",
        fits,
        Want::Body(200_000),
    ));
}

#[test]
fn what_is_offered_is_what_is_sent_and_both_sizes_are_counted() {
    let text = b"words ".repeat(1000);
    let wire = gzip(&text);
    let n_wire = wire.len() as u64;
    let web = Web::always(encoded("gzip", wire));
    let fetched = fetch(&web, "/");
    assert_eq!(
        web.seen()[0].header("accept-encoding").unwrap(),
        Coding::OFFER
    );
    assert_eq!(
        (fetched.bytes_wire, fetched.bytes_body),
        (n_wire, text.len() as u64)
    );
    assert_eq!(fetched.result.unwrap().headers["content-encoding"], "gzip");
}
