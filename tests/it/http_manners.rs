//! What we send, how often, and whom we leave alone.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use feedmill::{
    clock::ManualClock,
    http::{Client, Fetched, Request, RequestKind, RetryAfterScope},
    model::{ErrorClass as E, Validators},
};
use url::Url;

use super::http_common::{block_on, class_of, client, fetch, options};
use crate::support::web::{Answer, Step, Web};

const MS: fn(u64) -> Duration = Duration::from_millis;

fn feed_at(url: Url) -> Request {
    Request::new(url, RequestKind::Feed)
}

#[test]
fn each_kind_says_what_it_wants_and_who_asks() {
    let web = Web::always(Answer::ok("text/html", "<p>x"));
    let client = client(options());
    block_on(async {
        for kind in [RequestKind::Feed, RequestKind::Page, RequestKind::Robots] {
            client.fetch(&Request::new(web.url("/"), kind)).await;
        }
    });
    let seen = web.seen();
    assert!(
        seen[0]
            .header("accept")
            .unwrap()
            .starts_with("application/atom+xml, application/rss+xml")
    );
    assert!(seen[0].header("accept").unwrap().ends_with("*/*;q=0.1"));
    assert!(seen[1].header("accept").unwrap().starts_with("text/html"));
    for seen in &seen {
        assert_eq!(
            seen.header("user-agent").unwrap(),
            "feedmill/test (+https://feedmill.example/bot)"
        );
        for absent in [
            "cookie",
            "referer",
            "if-none-match",
            "if-modified-since",
            "a-im",
            "authorization",
            "cache-control",
            "pragma",
            "range",
        ] {
            assert_eq!(seen.header(absent), None, "{absent}");
        }
        assert_eq!(seen.method, "GET");
    }
    assert_eq!(web.n_connections(), 1, "connections are reused");
    assert!(seen.iter().all(|seen| seen.connection == 0));
}

#[test]
fn cookies_are_not_kept() {
    let web = Web::always(Answer::ok("text/xml", "<rss/>").header("Set-Cookie", "id=1; Path=/"));
    let client = client(options());
    block_on(async {
        client.fetch(&feed_at(web.url("/"))).await;
        client.fetch(&feed_at(web.url("/"))).await;
    });
    assert_eq!(web.seen()[1].header("cookie"), None);
}

#[test]
fn odd_validators_come_back_byte_for_byte() {
    let odd: &[(&str, &[u8])] = &[
        ("ETag", b"\"plain\""),
        ("ETag", b"W/\"weak\""),
        ("ETag", b"no quotes"),
        ("ETag", b"\"with \\\"inner\\\" quotes\""),
        ("ETag", b"\"\xe9\xff latin\""),
        ("ETag", b"w/\"small\""),
        ("ETag", b"\"a\",\"b\""),
        ("Last-Modified", b"Tue, 24 Nov 2026 06:00:00 GMT"),
        ("Last-Modified", b"Mon, 24 Nov 2026 06:00:00 GMT"),
        ("Last-Modified", b"Tue, 24 Nov 26 06:00:00 +0000"),
        ("Last-Modified", b"yesterday"),
        ("Last-Modified", b"0"),
    ];
    for (name, value) in odd {
        let (name, value) = ((*name).to_owned(), value.to_vec());
        let sent = (name.clone(), value.clone());
        let web = Web::start(move |_| Answer::ok("text/xml", "<rss/>").header(&sent.0, &sent.1));
        let client = client(options());
        let mut request = feed_at(web.url("/"));
        block_on(async {
            let first = client.fetch(&request).await;
            request.validators = first.result.unwrap().validators(&first.final_url);
            client.fetch(&request).await;
        });
        let seen = web.seen();
        let back = if name == "ETag" {
            "if-none-match"
        } else {
            "if-modified-since"
        };
        let other = if name == "ETag" {
            "if-modified-since"
        } else {
            "if-none-match"
        };
        assert_eq!(seen[0].header(back), None);
        assert_eq!(seen[1].header_bytes(back).unwrap(), value, "{name}");
        assert_eq!(seen[1].header(other), None);
        assert_eq!(seen[1].header("a-im").unwrap(), "feed");
    }
}

#[test]
fn a_304_is_a_success_when_it_was_asked_for() {
    let web = Web::start(|seen| match seen.header("if-none-match") {
        Some(_) => Answer::status(304)
            .header("ETag", "\"2\"")
            .header("Content-Length", "600"),
        None => Answer::ok("text/xml", "<rss/>"),
    });
    let mut request = feed_at(web.url("/"));
    request.validators = Some(Validators {
        url: web.url("/").into(),
        etag: Some(b"\"1\"".to_vec()),
        last_modified: None,
    });
    let client = client(options());
    let fetched = block_on(client.fetch(&request));
    let response = fetched.result.unwrap();
    assert!(response.is_not_modified());
    assert_eq!(
        response
            .validators(&fetched.final_url)
            .unwrap()
            .etag
            .unwrap(),
        b"\"2\""
    );
    assert_eq!(web.seen().len(), 1);
}

#[test]
fn starts_are_spaced_and_one_is_in_flight() {
    let web = Web::start(|_| Answer::ok("text/xml", "<rss/>"));
    let mut options = options();
    (options.host_delay, options.per_host) = (MS(150), 1);
    let client = client(options);
    let fetched: Vec<Fetched> = block_on(async {
        let request = feed_at(web.url("/"));
        let (a, b, c) = tokio::join!(
            client.fetch(&request),
            client.fetch(&request),
            client.fetch(&request)
        );
        vec![a, b, c]
    });
    let seen = web.seen();
    for pair in seen.windows(2) {
        let gap = pair[1].at - pair[0].at;
        assert!(gap >= MS(145), "{gap:?}");
    }
    assert!(fetched.iter().any(|fetched| fetched.waited >= MS(280)));
    assert!(fetched.iter().all(|fetched| fetched.took < MS(200)));
}

#[test]
fn a_redirect_on_the_same_host_waits_for_its_turn_too() {
    let web = Web::start(|seen| match seen.target.as_str() {
        "/a" => Answer::redirect(302, "/b"),
        _ => Answer::ok("text/xml", "<rss/>"),
    });
    let mut options = options();
    options.host_delay = MS(150);
    block_on(client(options).fetch(&feed_at(web.url("/a"))));
    let seen = web.seen();
    assert!(seen[1].at - seen[0].at >= MS(145));
}

#[test]
fn hosts_do_not_wait_for_each_other() {
    let webs: Vec<Web> = (0..8)
        .map(|_| Web::always(Answer::ok("text/xml", "<rss/>")))
        .collect();
    let mut options = options();
    (options.host_delay, options.per_host) = (MS(2000), 1);
    let client = client(options);
    let started = Instant::now();
    block_on(async {
        for web in &webs {
            client.fetch(&feed_at(web.url("/"))).await;
        }
    });
    assert!(started.elapsed() < MS(1500));
}

#[test]
fn no_more_than_concurrency_are_in_flight() {
    let webs: Vec<Web> = (0..6)
        .map(|_| {
            Web::always(Answer::steps(vec![
                Step::Wait(MS(100)),
                Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>".to_vec()),
            ]))
        })
        .collect();
    let mut options = options();
    options.concurrency = 2;
    let client = client(options);
    let started = Instant::now();
    block_on(async {
        let requests: Vec<Request> = webs.iter().map(|web| feed_at(web.url("/"))).collect();
        tokio::join!(
            client.fetch(&requests[0]),
            client.fetch(&requests[1]),
            client.fetch(&requests[2]),
            client.fetch(&requests[3]),
            client.fetch(&requests[4]),
            client.fetch(&requests[5]),
        );
    });
    assert!(started.elapsed() >= MS(295), "{:?}", started.elapsed());
}

fn refused_url(path: &str) -> Url {
    // A port that was free a moment ago and has nobody behind it now.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    Url::parse(&format!("http://{address}{path}")).unwrap()
}

#[test]
fn a_host_that_is_down_is_left_alone_for_ten_minutes() {
    let clock = Arc::new(ManualClock::at("2026-11-24T06:00:00Z".parse().unwrap()));
    let client = Client::new(options(), clock.clone()).unwrap();
    let first = refused_url("/1");
    let second = first.join("/2").unwrap();
    block_on(async {
        let fetched = client.fetch(&feed_at(first.clone())).await;
        assert_eq!(class_of(&fetched), Some(E::ConnectionRefused));
        assert_eq!(fetched.n_requests, 0);
        clock.advance(Duration::from_mins(1));
        let fetched = client.fetch(&feed_at(second.clone())).await;
        let failure = fetched.result.unwrap_err();
        assert_eq!(failure.class, E::ConnectionRefused);
        assert!(failure.message.contains("not asked"), "{failure}");
        assert_eq!(failure.retry_after, Some(Duration::from_mins(9)));
        // By hand it may be asked.
        let mut forced = feed_at(second.clone());
        forced.ignore_host_wait = true;
        let message = client.fetch(&forced).await.result.unwrap_err().message;
        assert!(!message.contains("not asked"), "{message}");
        // The memory survives new options.
        let other = client.with_options(options()).unwrap();
        let message = other
            .fetch(&feed_at(first.join("/3").unwrap()))
            .await
            .result
            .unwrap_err()
            .message;
        assert!(message.contains("not asked"), "{message}");
        // When it was our own line, nobody is to blame.
        client.forget_down_hosts();
        let message = client
            .fetch(&feed_at(first.clone()))
            .await
            .result
            .unwrap_err()
            .message;
        assert!(!message.contains("not asked"), "{message}");
        clock.advance(Duration::from_secs(601));
        let message = client
            .fetch(&feed_at(second))
            .await
            .result
            .unwrap_err()
            .message;
        assert!(!message.contains("not asked"), "{message}");
    });
}

#[test]
fn retry_after_binds_the_host_unless_it_is_a_private_bridge() {
    let web = Web::start(|seen| match seen.target.as_str() {
        "/1" => Answer::status(429).header("Retry-After", "300"),
        _ => Answer::ok("text/xml", "<rss/>"),
    });
    for (scope, want) in [
        (RetryAfterScope::PublicHosts, None),
        (RetryAfterScope::Url, None),
        (RetryAfterScope::AllHosts, Some(E::RateLimited)),
    ] {
        let mut options = options();
        options.retry_after_scope = scope;
        let client = client(options);
        block_on(async {
            assert_eq!(
                class_of(&client.fetch(&feed_at(web.url("/1"))).await),
                Some(E::RateLimited)
            );
            let fetched = client.fetch(&feed_at(web.url("/2"))).await;
            assert_eq!(class_of(&fetched), want, "{scope:?}");
            if let Err(failure) = fetched.result {
                assert!(failure.retry_after.unwrap() > Duration::from_secs(290));
                assert_eq!(fetched.n_requests, 0);
            }
        });
    }
}

/// Behind a proxy on this machine hosts can be public although no packet leaves it.
#[test]
fn retry_after_binds_a_public_host_and_of_a_private_one_the_url_alone() {
    const HELD: Option<E> = Some(E::RateLimited);
    let proxy = Web::start(|seen| {
        if seen.target.ends_with("/1") {
            Answer::status(429).header("Retry-After", "300")
        } else {
            Answer::ok("text/xml", "<rss/>")
        }
    });
    for (scope, host, want) in [
        (RetryAfterScope::PublicHosts, "news.invalid", HELD),
        (RetryAfterScope::PublicHosts, "127.0.0.9", None),
        (RetryAfterScope::PublicHosts, "bridge.localhost", None),
        (RetryAfterScope::AllHosts, "news.invalid", HELD),
        (RetryAfterScope::AllHosts, "127.0.0.9", HELD),
        (RetryAfterScope::Url, "news.invalid", None),
        (RetryAfterScope::Url, "127.0.0.9", None),
    ] {
        let mut options = options();
        options.retry_after_scope = scope;
        let client = client(options);
        let n_before = proxy.seen().len();
        let classes = ["/1", "/2"].map(|path| {
            let mut request = feed_at(Url::parse(&format!("http://{host}{path}")).unwrap());
            request.proxy = Some(proxy.url("/").to_string());
            class_of(&block_on(client.fetch(&request)))
        });
        assert_eq!(classes, [HELD, want], "{scope:?} {host}");
        let n_asked = 1 + usize::from(want.is_none());
        assert_eq!(proxy.seen().len() - n_before, n_asked, "{scope:?} {host}");
    }
}

#[test]
fn robots_txt_that_is_too_long_is_cut() {
    let mut text = b"User-agent: *\nDisallow: /a\n".to_vec();
    text.resize(5_000_000, b'#');
    let web = Web::always(Answer::ok("text/plain", text));
    let request = Request::new(web.url("/robots.txt"), RequestKind::Robots);
    let response = block_on(client(options()).fetch(&request)).result.unwrap();
    let robots = feedmill::http::Robots::parse(&response.body);
    assert!(!robots.allows("feedmill", &web.url("/a")));
    assert!(response.body.len() >= 500 << 10);
    assert!(response.body.len() <= 2 << 20);
}

#[test]
fn bodies_beyond_the_budget_wait_and_all_arrive() {
    let mut options = options();
    options.limits.body_budget = 250_000;
    let web = Web::always(Answer::ok("text/xml", vec![b'x'; 90_000]));
    let client = client(options);
    block_on(async {
        let request = feed_at(web.url("/"));
        let one = || async {
            let fetched = client.fetch(&request).await;
            fetched.result.map(|response| response.body.len())
        };
        let got = tokio::join!(one(), one(), one(), one(), one());
        assert_eq!(
            got,
            (Ok(90_000), Ok(90_000), Ok(90_000), Ok(90_000), Ok(90_000))
        );
    });
}

#[test]
fn a_proxy_is_used_when_it_is_configured_and_only_then() {
    let proxy = Web::always(Answer::ok("text/xml", "<rss/>"));
    let mut request = feed_at(Url::parse("http://feed.invalid/x").unwrap());
    request.proxy = Some(proxy.url("/").to_string());
    let client = client(options());
    let fetched = block_on(client.fetch(&request));
    assert_eq!(class_of(&fetched), None);
    assert_eq!(proxy.seen()[0].target, "http://feed.invalid/x");
    request.url = Url::parse("http://10.0.0.1/x").unwrap();
    assert_eq!(
        class_of(&block_on(client.fetch(&request))),
        Some(E::AddressRefused)
    );
    request.url = Url::parse("http://feed.invalid/x").unwrap();
    request.proxy = Some("http://user:secret@:::/".to_owned());
    let failure = block_on(client.fetch(&request)).result.unwrap_err();
    assert!(!failure.message.contains("secret"), "{failure}");
}

#[test]
fn a_name_that_does_not_exist_is_a_dns_failure() {
    // `.invalid` never resolves (RFC 6761, 6.4); without a resolver it fails all the same.
    let mut options = options();
    options.limits.connect_timeout = Duration::from_secs(30);
    options.limits.feed_deadline = Duration::from_secs(30);
    let url = Url::parse("http://nobody.invalid/").unwrap();
    let fetched = block_on(client(options).fetch(&feed_at(url)));
    assert_eq!(class_of(&fetched), Some(E::Dns));
    assert_eq!(fetched.n_requests, 0);
}

#[test]
fn nothing_but_the_address_is_asked_for() {
    let web = Web::always(
        Answer::ok(
            "text/xml",
            "<?xml-stylesheet href='/x.xsl'?><rss><img src='/y'/></rss>",
        )
        .header("Link", "</hub>; rel=hub, </style.css>; rel=preload"),
    );
    fetch(&web, "/");
    assert_eq!(web.seen().len(), 1);
}
