//! The status page, metrics and health checks over a real loopback socket.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use feedmill::{
    model::{FeedHealth, Status, TransactionTimes},
    web,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::sync::CancellationToken;

fn now() -> DateTime<Utc> {
    "2026-11-24T06:00:00Z".parse().unwrap()
}

fn feed(id: i64, label: &str, failures: u64) -> FeedHealth {
    FeedHealth {
        id,
        label: label.to_owned(),
        url: format!("https://site{id}.example/rss"),
        status: "active".to_owned(),
        last_ok_at: Some("2026-11-24T05:30:00Z".to_owned()),
        next_poll_at: Some("2026-11-24T06:30:00Z".to_owned()),
        failures,
        error_class: (failures > 0).then(|| "dns".to_owned()),
        error: (failures > 0).then(|| "cannot resolve <b>site</b>".to_owned()),
        articles: 12,
    }
}

fn status() -> Status {
    Status {
        version: "0.1.0",
        pid: 42,
        started_at: now() - TimeDelta::hours(3),
        taken_at: now(),
        database: "/var/lib/feedmill/feedmill.db".into(),
        n_articles: 1234,
        n_waiting: 7,
        n_in_flight: 1,
        last_poll_at: Some(now() - TimeDelta::minutes(2)),
        polls: BTreeMap::from([("ok".to_owned(), 5), ("failed".to_owned(), 2)]),
        pages: BTreeMap::from([("ok".to_owned(), 9)]),
        errors: BTreeMap::from([("dns".to_owned(), 2)]),
        n_new: 9,
        n_revised: 1,
        transactions: {
            let mut times = TransactionTimes::default();
            times.add(Duration::from_millis(30));
            times.add(Duration::from_millis(500));
            times
        },
        paused: None,
        feeds: vec![
            feed(1, "Ordinary", 0),
            feed(2, "<script>alert(1)</script>", 3),
        ],
    }
}

/// Status code, header part and body of an answer.
struct Answer {
    code: u16,
    head: String,
    body: String,
}

async fn ask_as(status: Status, path: &str, host: &str) -> Answer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = watch::channel(Arc::new(status));
    let shutdown = CancellationToken::new();
    let server = tokio::task::spawn(web::serve(listener, receiver, shutdown.clone()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    shutdown.cancel();
    server.await.unwrap().unwrap();
    drop(sender);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Answer {
        code: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

async fn ask(status: Status, path: &str) -> Answer {
    ask_as(status, path, "localhost").await
}

#[tokio::test]
async fn the_page_shows_feeds_and_escapes_what_they_say() {
    let answer = ask(status(), "/").await;
    assert_eq!(answer.code, 200);
    assert!(
        answer
            .head
            .contains("content-type: text/html; charset=utf-8"),
        "{}",
        answer.head
    );
    for part in [
        "1234",
        "Ordinary",
        "30m ago",
        "in 30m",
        "&lt;script&gt;",
        "cannot resolve &lt;b&gt;",
    ] {
        assert!(answer.body.contains(part), "no `{part}` in {}", answer.body);
    }
    assert!(!answer.body.contains("<script"), "no scripts");
    assert!(
        !answer.body.contains("style="),
        "no inline style, the policy forbids it"
    );
    let failing = answer.body.find("alert(1)").unwrap();
    assert!(
        failing < answer.body.find("Ordinary").unwrap(),
        "troubles first"
    );
}

#[tokio::test]
async fn every_answer_carries_the_guarding_headers() {
    for path in [
        "/",
        "/metrics",
        "/healthz",
        "/readyz",
        "/style.css",
        "/nothing",
    ] {
        let answer = ask(status(), path).await;
        assert_eq!(
            answer.code,
            if path == "/nothing" { 404 } else { 200 },
            "{path}"
        );
        for header in [
            "content-security-policy: default-src 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(answer.head.contains(header), "{path}: {}", answer.head);
        }
    }
}

#[tokio::test]
async fn foreign_names_are_not_answered() {
    for host in [
        "evil.example",
        "evil.example:8087",
        "10.0.0.1",
        "127.0.0.1.evil.example",
    ] {
        let answer = ask_as(status(), "/", host).await;
        assert_eq!(answer.code, 421, "{host}");
        assert!(!answer.body.contains("Ordinary"));
    }
    for host in ["127.0.0.1:8087", "[::1]:8087", "localhost:1"] {
        assert_eq!(ask_as(status(), "/metrics", host).await.code, 200, "{host}");
    }
}

#[tokio::test]
async fn metrics_are_in_prometheus_text_format() {
    let answer = ask(status(), "/metrics").await;
    assert!(
        answer
            .head
            .contains("content-type: text/plain; version=0.0.4"),
        "{}",
        answer.head
    );
    for line in [
        "feedmill_build_info{version=\"0.1.0\"} 1",
        "# TYPE feedmill_polls_total counter",
        "feedmill_polls_total{outcome=\"ok\"} 5",
        "feedmill_polls_total{outcome=\"refused\"} 0",
        "feedmill_poll_errors_total{class=\"dns\"} 2",
        "feedmill_articles 1234",
        "feedmill_queued_pages 7",
        "feedmill_feeds{status=\"active\"} 2",
        "feedmill_feeds_failing 1",
        "feedmill_paused 0",
        "# TYPE feedmill_transaction_seconds histogram",
        "feedmill_transaction_seconds_bucket{le=\"0.025\"} 0",
        "feedmill_transaction_seconds_bucket{le=\"0.05\"} 1",
        "feedmill_transaction_seconds_bucket{le=\"+Inf\"} 2",
        "feedmill_transaction_seconds_sum 0.53",
        "feedmill_transaction_seconds_count 2",
        "feedmill_start_time_seconds 1795489200",
    ] {
        assert!(
            answer.body.lines().any(|found| found == line),
            "no `{line}` in {}",
            answer.body
        );
    }
    for line in answer.body.lines() {
        let is_comment = line.starts_with("# HELP ") || line.starts_with("# TYPE ");
        let value = line.rsplit(' ').next().unwrap();
        assert!(is_comment || value.parse::<f64>().is_ok(), "{line}");
    }
}

#[tokio::test]
async fn ready_says_why_not() {
    assert_eq!(ask(status(), "/readyz").await.body, "ready\n");
    let paused = Status {
        paused: Some("the disk is full".to_owned()),
        ..status()
    };
    let answer = ask(paused.clone(), "/readyz").await;
    assert_eq!(answer.code, 503);
    assert!(answer.body.contains("the disk is full"));
    assert_eq!(ask(paused.clone(), "/healthz").await.code, 200);
    assert!(ask(paused, "/").await.body.contains("the disk is full"));
}

#[tokio::test]
async fn thousands_of_feeds_come_in_pages() {
    let many = Status {
        feeds: (0..1001)
            .map(|id| feed(id, &format!("Feed {id:04}"), 0))
            .collect(),
        ..status()
    };
    let first = ask(many.clone(), "/").await.body;
    assert!(
        first.contains("Page 1 of 6")
            && first.contains("Feed 0199")
            && !first.contains("Feed 0200")
    );
    let last = ask(many.clone(), "/?page=99").await.body;
    assert!(last.contains("Page 6 of 6") && last.contains("Feed 1000"));
    assert_eq!(ask(many, "/?page=nonsense").await.code, 200);
}
