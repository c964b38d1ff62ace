//! Content codings: what was offered is read, anything else and anything broken is not.

use std::io::Write;

use feedmill::model::ErrorClass as E;
use flate2::{
    Compression, GzBuilder,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

use super::case::{Case, FEED, RSS, document, feed, joined, page};
use crate::support::web::{Answer, Step};

/// More than a feed may have once decoded.
const BOMB_BYTES: usize = 20_100_000;

pub fn cases() -> Vec<Case> {
    joined([read(), refused(), broken(), cut_off(), bombs()])
}

pub fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    gzip_at(6, bytes)
}

fn gzip_at(level: u32, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    ::zstd::encode_all(bytes.as_ref(), 3).unwrap()
}

/// Brotli without compression: stored metablocks and an empty last one (RFC 7932, 9.2). A window of 16
/// bits, of which the first block's header says so in a bit before its own.
fn brotli(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut stream = Vec::new();
    for block in bytes.as_ref().chunks(0x1_0000) {
        let shift = u32::from(stream.is_empty());
        let n_bytes = u32::try_from(block.len() - 1).unwrap();
        let header = (n_bytes << (3 + shift)) | (1 << (19 + shift));
        stream.extend_from_slice(&header.to_le_bytes()[..3]);
        stream.extend_from_slice(block);
    }
    stream.push(0x03);
    stream
}

/// A feed's answer that names this coding.
fn encoded(coding: &str, body: impl AsRef<[u8]>) -> Answer {
    Answer::status(200)
        .header("Content-Type", RSS)
        .header("Content-Encoding", coding)
        .body(body)
}

fn read() -> Vec<Case> {
    let (head, tail) = FEED.split_at(40);
    let members = [gzip(head), gzip(""), gzip(tail)].concat();
    let frames = [zstd(head), zstd(tail)].concat();
    let padded = [gzip(FEED), vec![0; 300]].concat();
    let mut named = GzBuilder::new()
        .filename("feed.xml")
        .comment("as of today")
        .extra(vec![b'A', b'p', 2, 0, 1, 2])
        .write(Vec::new(), Compression::best());
    named.write_all(FEED.as_bytes()).unwrap();
    let whole = gzip(FEED);
    let (one, two) = whole.split_at(7);
    let chunked = Answer::status(200).header("Content-Encoding", "gzip");
    let until_close = Answer::status(200).header("Content-Encoding", "gzip");
    vec![
        feed("gzip", encoded("gzip", gzip(FEED))),
        feed(
            "gzip without compression",
            encoded("gzip", gzip_at(0, FEED)),
        ),
        feed("x-gzip", encoded("x-gzip", gzip(FEED))),
        feed("GZIP in capitals", encoded("GZIP", gzip(FEED))),
        feed("deflate in zlib's frame", encoded("deflate", zlib(FEED))),
        feed("bare deflate", encoded("deflate", deflate(FEED))),
        feed("zstd", encoded("zstd", zstd(FEED))),
        feed("br", encoded("br", brotli(FEED))),
        feed("identity", encoded("identity", FEED)),
        feed("identity and gzip", encoded("identity, gzip", gzip(FEED))),
        feed("no coding named", encoded("", FEED)),
        feed("gzip in three members", encoded("gzip", members)),
        feed("zstd in two frames", encoded("zstd", frames)),
        feed("gzip padded with zeros", encoded("gzip", padded)),
        feed(
            "gzip with name, comment and extra field",
            encoded("gzip", named.finish().unwrap()),
        ),
        feed("gzip in chunks", chunked.chunks(&[one, two])),
        feed(
            "gzip until the connection ends",
            until_close.until_close(gzip(FEED)),
        ),
        document(
            "a gzip file without a coding",
            "application/gzip",
            gzip(FEED),
        ),
    ]
}

fn refused() -> Vec<Case> {
    let codings = [
        "compress",
        "utf-8",
        "bzip2",
        "none",
        "gzip;q=1",
        "gzip, gzip",
        "br, gzip",
        "gzip, zstd, br",
        "\u{e9}",
    ];
    let mut cases: Vec<Case> = codings
        .iter()
        .map(|coding| {
            let name = format!("the coding `{coding}`");
            feed(&name, encoded(coding, gzip(gzip(FEED)))).fails(E::BadEncoding)
        })
        .collect();
    let two_lines = encoded("gzip", "")
        .header("Content-Encoding", "gzip")
        .then(Step::Send(gzip(gzip(FEED))));
    let transfer = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n{:x}\r\n{FEED}\r\n0\r\n\r\n",
        FEED.len()
    );
    cases.push(feed("two lines of coding", two_lines).fails(E::BadEncoding));
    cases.push(feed("a coded transfer", Answer::raw(transfer)).fails(E::BadEncoding));
    let page_of = Answer::status(200)
        .header("Content-Type", "text/html")
        .header("Content-Encoding", "compress")
        .body("x");
    cases.push(page("a page in a coding nobody offered", page_of).fails(E::BadEncoding));
    cases
}

fn broken() -> Vec<Case> {
    let text = FEED.repeat(20);
    let mut wrong_sum = gzip(&text);
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 0xff;
    let mut wrong_length = gzip(&text);
    *wrong_length.last_mut().unwrap() ^= 0xff;
    let mut flipped = gzip(&text);
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    let mut wrong_adler = zlib(&text);
    *wrong_adler.last_mut().unwrap() ^= 0xff;
    let mut reserved = gzip(&text);
    reserved[2] = 7;
    let second = [gzip(&text), b"\x1f\x8b no member".to_vec()].concat();
    let frames = [zstd(&text), b"no frame".to_vec()].concat();
    // A frame that wants a window of 2 GiB (RFC 8878, 3.1.1.1.2).
    let window = b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00".to_vec();
    [
        ("plain text called gzip", "gzip", text.clone().into_bytes()),
        ("plain text called zstd", "zstd", text.clone().into_bytes()),
        ("plain text called br", "br", text.clone().into_bytes()),
        (
            "plain text called deflate",
            "deflate",
            text.clone().into_bytes(),
        ),
        ("gzip called zstd", "zstd", gzip(&text)),
        ("gzip called br", "br", gzip(&text)),
        ("gzip called deflate", "deflate", gzip(&text)),
        ("zlib called gzip", "gzip", zlib(&text)),
        ("a wrong checksum of gzip", "gzip", wrong_sum),
        ("a wrong length of gzip", "gzip", wrong_length),
        ("a damaged gzip", "gzip", flipped),
        ("a method that gzip does not have", "gzip", reserved),
        ("a second member that is none", "gzip", second),
        ("a wrong checksum of zlib", "deflate", wrong_adler),
        ("bytes after zstd that are no frame", "zstd", frames),
        ("a window of 2 GiB", "zstd", window),
    ]
    .into_iter()
    .map(|(name, coding, body)| feed(name, encoded(coding, body)).fails(E::BadEncoding))
    .collect()
}

fn cut_off() -> Vec<Case> {
    let text = FEED.repeat(20);
    let second = [gzip(&text), gzip(&text)[..20].to_vec()].concat();
    let mut cases: Vec<Case> = [
        ("gzip", gzip(&text)),
        ("deflate", zlib(&text)),
        ("deflate", deflate(&text)),
        ("zstd", zstd(&text)),
        ("br", brotli(&text)),
        ("gzip", b"\x1f\x8b".to_vec()),
        ("gzip", gzip(&text)[..11].to_vec()),
        ("gzip", second),
    ]
    .into_iter()
    .enumerate()
    .map(|(n, (coding, mut body))| {
        if n < 5 {
            body.pop();
        }
        let name = format!("{coding} without its end, number {n}");
        feed(&name, encoded(coding, body)).fails(E::Truncated)
    })
    .collect();
    cases.push(feed("gzip without a byte", encoded("gzip", "")).fails(E::Empty));
    cases.push(feed("gzip of nothing", encoded("gzip", gzip(""))).fails(E::Empty));
    let half = document("half a gzip file without a coding", RSS, &gzip(&text)[..60]);
    cases.push(half.fails(E::NotAFeed));
    cases
}

fn bombs() -> Vec<Case> {
    let zeros = vec![b'0'; BOMB_BYTES];
    let members = Answer::raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        .then(Step::Flood(gzip(&zeros[..2_000_000]), 1000));
    let of_page = Answer::status(200)
        .header("Content-Type", "text/html")
        .header("Content-Encoding", "gzip")
        .body(gzip(&zeros[..5_000_001]));
    let mut cases = vec![
        feed("a bomb of gzip", encoded("gzip", gzip(&zeros))),
        feed("a bomb of zlib", encoded("deflate", zlib(&zeros))),
        feed("a bomb of zstd", encoded("zstd", zstd(&zeros))),
        feed("a bomb of many members", members),
        page("a bomb of a page", of_page),
    ];
    for case in &mut cases {
        case.want.wire_bytes = 3_000_000;
    }
    let mut cases: Vec<Case> = cases
        .into_iter()
        .map(|case| case.fails(E::DecompressedTooLarge))
        .collect();
    // What a decoder gives up is no feed; what it gives is one layer.
    let file = document("a bomb in a gzip file without a coding", RSS, gzip(&zeros));
    cases.push(file.fails(E::NotAFeed));
    let within = [FEED, &" ".repeat(8_000_000)].concat();
    cases.push(feed(
        "eight MB of space behind the feed",
        encoded("gzip", gzip(within)),
    ));
    cases
}
