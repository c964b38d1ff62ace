//! Servers that take their time: one deadline over everything, and two limits within the body.

use std::time::{Duration, Instant};

use feedmill::{
    http::{Request, RequestKind},
    model::ErrorClass as E,
};

use super::http_common::{Case, Want, block_on, check, class_of, client, feed, options};
use crate::support::web::{Answer, Step, Web};

const MS: fn(u64) -> Duration = Duration::from_millis;

/// A case that may take as long as the deadline of 3 s and half a second.
fn slow(name: &'static str, answer: Answer, want: Want) -> Case {
    Case {
        within: MS(3500),
        ..feed(name, answer, want)
    }
}

#[test]
fn a_server_that_says_nothing_ends_at_the_deadline() {
    let answer = Answer::steps(vec![Step::Wait(MS(20_000))]);
    check(slow("no answer", answer, Want::Fail(E::Timeout)));
}

#[test]
fn a_header_that_drips_ends_at_the_deadline() {
    let text =
        b"HTTP/1.1 200 OK\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy".to_vec();
    let answer = Answer::steps(vec![Step::Drip(text, MS(100))]);
    check(slow("a dripping header", answer, Want::Fail(E::Timeout)));
}

#[test]
fn interim_answers_without_end_stop_at_the_deadline() {
    let mut steps = Vec::new();
    for _ in 0..100 {
        steps.push(Step::Send(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()));
        steps.push(Step::Wait(MS(100)));
    }
    check(slow(
        "only interim answers",
        Answer::steps(steps),
        Want::Fail(E::Timeout),
    ));
}

/// R04 and R16: the HTTP library reads interim answers where it stands, megabytes of them without looking up. Who sent
/// so many once keeps nobody waiting again.
#[test]
fn floods_of_interim_answers_keep_neither_deadlines_nor_others_waiting_again() {
    let flood = b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(300_000);
    let step = vec![Step::Send(flood), Step::Wait(MS(10_000))];
    let floods: Vec<Web> = (0..4)
        .map(|_| Web::always(Answer::steps(step.clone())))
        .collect();
    let good = Web::always(Answer::ok("application/rss+xml", "<rss/>"));
    let mut options = options();
    options.limits.feed_deadline = MS(1_000);
    let client = client(options);
    let get = |web: &Web| {
        let (client, request) = (
            client.clone(),
            Request::new(web.url("/"), RequestKind::Feed),
        );
        async move {
            let started = Instant::now();
            let fetched = client.fetch(&request).await;
            (class_of(&fetched), started.elapsed())
        }
    };
    let (ends, slowest) = block_on(async {
        for web in &floods {
            assert_eq!(get(web).await.0, Some(E::Timeout));
        }
        let mut flooded = tokio::task::JoinSet::new();
        for web in &floods {
            flooded.spawn(get(web));
        }
        let mut slowest = Duration::ZERO;
        for _ in 0..100 {
            let (class, took) = get(&good).await;
            assert_eq!(class, None);
            slowest = slowest.max(took);
        }
        (flooded.join_all().await, slowest)
    });
    for (class, took) in ends {
        assert_eq!(class, Some(E::Timeout));
        assert!(took < MS(3_000), "a flood took {took:?}");
    }
    assert!(slowest < MS(2_000), "another fetch took {slowest:?}");
}

#[test]
fn a_body_that_stalls_or_drips_ends_early() {
    let head = || Answer::status(200).header("Content-Length", "5000");
    let stalls = head().body("<rss>").then(Step::Wait(MS(20_000)));
    check(feed("a stall", stalls, Want::Fail(E::Timeout)));
    let nothing = head().then(Step::Wait(MS(20_000)));
    check(feed("no byte of the body", nothing, Want::Fail(E::Timeout)));
    let drips = head().then(Step::Drip(vec![b'x'; 5000], MS(20)));
    check(feed("50 bytes a second", drips, Want::Fail(E::Timeout)));
    let gzip = Answer::raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        .then(Step::Drip(vec![0x1f; 5000], MS(20)));
    check(feed("a dripping coding", gzip, Want::Fail(E::BadEncoding)));
}

#[test]
fn a_slow_body_that_is_fast_enough_is_had() {
    let pieces = (0..8).flat_map(|_| [Step::Send(vec![b'x'; 500]), Step::Wait(MS(100))]);
    let mut steps = vec![Step::Send(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n".to_vec(),
    )];
    steps.extend(pieces);
    check(slow(
        "5,000 bytes a second",
        Answer::steps(steps),
        Want::Body(4000),
    ));
}

#[test]
fn a_fast_body_without_end_of_time_meets_the_deadline() {
    let mut options = options();
    options.limits.feed_deadline = MS(500);
    let pieces = (0..200).flat_map(|_| [Step::Send(vec![b'x'; 200]), Step::Wait(MS(20))]);
    let mut steps = vec![Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())];
    steps.extend(pieces);
    let web = Web::always(Answer::steps(steps));
    let started = Instant::now();
    let fetched = block_on(client(options).fetch(&Request::new(web.url("/"), RequestKind::Feed)));
    assert_eq!(class_of(&fetched), Some(E::Timeout));
    assert!(started.elapsed() < MS(900));
    assert!(fetched.bytes_wire > 0, "what was read is counted");
    assert_eq!(fetched.result.unwrap_err().http_status, Some(200));
}

#[test]
fn the_deadline_counts_over_redirects() {
    let mut options = options();
    options.limits.page_deadline = MS(600);
    let web = Web::start(|seen| {
        let n: u32 = seen.target[1..].parse().unwrap_or(0);
        let mut answer = Answer::steps(vec![Step::Wait(MS(250))]);
        let text = format!(
            "HTTP/1.1 302 Found\r\nLocation: /{}\r\nContent-Length: 0\r\n\r\n",
            n + 1
        );
        answer = answer.then(Step::Send(text.into_bytes()));
        answer
    });
    let started = Instant::now();
    let fetched = block_on(client(options).fetch(&Request::new(web.url("/0"), RequestKind::Page)));
    assert_eq!(class_of(&fetched), Some(E::Timeout));
    assert!(started.elapsed() < MS(1000));
    assert_eq!(fetched.hops.len(), 2);
    assert_eq!(fetched.n_requests, 3);
}

#[test]
fn a_refusal_that_drips_its_body_keeps_its_status() {
    let answer = Answer::status(404)
        .header("Content-Length", "5000")
        .then(Step::Drip(vec![b'x'; 5000], MS(20)));
    check(feed("a dripping 404", answer, Want::Fail(E::HttpStatus)));
}

#[test]
fn a_fetch_that_is_dropped_gives_its_turn_back() {
    let mut options = options();
    (options.per_host, options.concurrency) = (1, 1);
    let web = Web::start(|seen| match seen.target.as_str() {
        "/hangs" => Answer::steps(vec![Step::Wait(MS(20_000))]),
        _ => Answer::ok("text/xml", "<rss/>"),
    });
    let client = client(options);
    let hangs = Request::new(web.url("/hangs"), RequestKind::Feed);
    let answers = Request::new(web.url("/"), RequestKind::Feed);
    block_on(async {
        let dropped = tokio::time::timeout(MS(100), client.fetch(&hangs)).await;
        assert!(dropped.is_err());
        let fetched = tokio::time::timeout(MS(1000), client.fetch(&answers))
            .await
            .unwrap();
        assert_eq!(class_of(&fetched), None);
    });
}
