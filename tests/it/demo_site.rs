//! The demo's site over real connections.

use std::sync::Arc;

use chrono::DateTime;
use feedmill::{
    clock::ManualClock,
    demo::{Site, SiteFeed},
    model::ErrorClass,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn site() -> Site {
    let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    Site::start(Arc::new(ManualClock::at(now))).await.unwrap()
}

/// Head and body of one answer, read until the server closes.
async fn get(url: &str, headers: &str) -> (String, Vec<u8>) {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes.get(..end).unwrap().to_vec()).unwrap();
    (head, bytes.split_off(end + 4))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn feed(site: &Site, name: &str) -> SiteFeed {
    let mut feeds = site.feeds().into_iter();
    feeds.find(|feed| feed.name == name).unwrap()
}

#[tokio::test]
async fn every_page_answers_as_expected_says() {
    let site = site().await;
    for story in site.expected() {
        let (head, _) = get(&story.url, "").await;
        let want = match story.page_error {
            Some(ErrorClass::Gone) => "HTTP/1.1 410",
            _ => "HTTP/1.1 200",
        };
        assert!(head.starts_with(want), "{}: {head}", story.url);
    }
    assert_eq!(site.served().len(), site.expected().len());
    site.shutdown().await;
}

#[tokio::test]
async fn a_feed_answers_304_until_the_second_edition() {
    let site = site().await;
    let front = feed(&site, "courier-front");
    let (head, first) = get(&front.url, "").await;
    let tag = field(&head, "ETag").unwrap();
    let conditional = format!("If-None-Match: {tag}\r\n");
    let (head, body) = get(&front.url, &conditional).await;
    assert!(head.starts_with("HTTP/1.1 304"), "{head}");
    assert!(body.is_empty());
    site.advance();
    let (head, second) = get(&front.url, &conditional).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_ne!(first, second);
    site.shutdown().await;
}

#[tokio::test]
async fn the_archive_breaks_off_once() {
    let site = site().await;
    let archive = feed(&site, "lantern-archive");
    let (head, body) = get(&archive.url, "").await;
    let announced: usize = field(&head, "Content-Length").unwrap().parse().unwrap();
    assert!(body.len() < announced);
    site.advance();
    let (head, body) = get(&archive.url, "").await;
    assert_eq!(
        field(&head, "Content-Length"),
        Some(body.len().to_string().as_str())
    );
    site.shutdown().await;
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_accept_it() {
    let site = site().await;
    let feed = feed(&site, "anzeiger-feed");
    let (head, plain) = get(&feed.url, "").await;
    assert_eq!(field(&head, "Content-Encoding"), None);
    let (head, packed) = get(&feed.url, "Accept-Encoding: gzip, br\r\n").await;
    assert_eq!(field(&head, "Content-Encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(
        &mut flate2::read::GzDecoder::new(packed.as_slice()),
        &mut unpacked,
    )
    .unwrap();
    assert_eq!(unpacked, plain);
    site.shutdown().await;
}

#[tokio::test]
async fn a_moved_page_redirects_to_its_address() {
    let site = site().await;
    let choir = site
        .expected()
        .into_iter()
        .find(|it| it.url.ends_with("school-choir"));
    let choir = choir.unwrap();
    let origin = choir.url.split_inclusive('/').take(3).collect::<String>();
    let (head, _) = get(&format!("{origin}go/school-choir?utm_source=rss"), "").await;
    assert!(head.starts_with("HTTP/1.1 301"), "{head}");
    assert!(choir.url.ends_with(field(&head, "Location").unwrap()));
    site.shutdown().await;
}
