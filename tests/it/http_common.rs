//! What the tests of the HTTP client share: a client for loopback with small limits, and the
//! check of one scripted case.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use feedmill::{
    clock::SystemClock,
    http::{Client, ClientOptions, Fetched, HttpLimits, Request, RequestKind},
    model::ErrorClass,
    url::AllowList,
};

use crate::support::web::{Answer, Web};

/// Options that allow loopback, without spacing, with times that suit a test.
pub fn options() -> ClientOptions {
    let allow = ["127.0.0.0/8".to_owned(), "::1".to_owned()];
    ClientOptions {
        user_agent: "feedmill/test (+https://feedmill.example/bot)".to_owned(),
        allow: AllowList::parse(&allow).unwrap(),
        host_delay: Duration::ZERO,
        per_host: 8,
        limits: HttpLimits {
            connect_timeout: Duration::from_millis(800),
            feed_deadline: Duration::from_secs(3),
            page_deadline: Duration::from_secs(3),
            idle_timeout: Duration::from_millis(400),
            min_rate: 1000,
            rate_grace: Duration::from_millis(300),
            feed_wire_bytes: 100_000,
            feed_bytes: 200_000,
            page_bytes: 50_000,
            ..HttpLimits::default()
        },
        ..ClientOptions::default()
    }
}

/// A client with these options.
pub fn client(options: ClientOptions) -> Client {
    Client::new(options, Arc::new(SystemClock::new())).unwrap()
}

/// A runtime of one thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// Fetches a path of a server as a feed.
pub fn fetch(web: &Web, path: &str) -> Fetched {
    let request = Request::new(web.url(path), RequestKind::Feed);
    block_on(client(options()).fetch(&request))
}

/// Class of the failure; `None` when the fetch succeeded.
pub fn class_of(fetched: &Fetched) -> Option<ErrorClass> {
    fetched.result.as_ref().err().map(|failure| failure.class)
}

/// What has to come of a scripted answer.
#[derive(Debug, Clone, Copy)]
pub enum Want {
    /// A body of this many bytes.
    Body(usize),
    /// A failure of this class.
    Fail(ErrorClass),
}

/// One answer and what has to come of it.
pub struct Case {
    /// For the message.
    pub name: &'static str,
    /// What is asked for.
    pub kind: RequestKind,
    /// What the server does.
    pub answer: Answer,
    /// What has to come of it.
    pub want: Want,
    /// The verdict has to be there by then.
    pub within: Duration,
}

/// A case about a feed whose verdict has to be there within 2 s.
pub fn feed(name: &'static str, answer: Answer, want: Want) -> Case {
    Case {
        name,
        kind: RequestKind::Feed,
        answer,
        want,
        within: Duration::from_secs(2),
    }
}

/// The same about a page.
pub fn page(name: &'static str, answer: Answer, want: Want) -> Case {
    Case {
        kind: RequestKind::Page,
        ..feed(name, answer, want)
    }
}

/// Runs a case and checks class, time, counts and message.
#[track_caller]
pub fn check(case: Case) {
    let name = case.name;
    let web = Web::always(case.answer);
    let request = Request::new(web.url("/x"), case.kind);
    let started = Instant::now();
    let fetched = block_on(client(options()).fetch(&request));
    let took = started.elapsed();
    assert!(took < case.within, "{name}: took {took:?}");
    assert_eq!(fetched.n_requests, 1, "{name}: {:?}", fetched.result);
    assert_eq!(
        web.seen().len(),
        1,
        "{name}: no status and no error is retried"
    );
    match (case.want, &fetched.result) {
        (Want::Body(n_bytes), Ok(response)) => {
            assert_eq!(response.body.len(), n_bytes, "{name}");
            assert_eq!(fetched.bytes_body, n_bytes as u64, "{name}");
        }
        (Want::Fail(class), Err(failure)) => {
            assert_eq!(failure.class, class, "{name}: {failure}");
            let message = &failure.message;
            assert!(
                message.contains(&web.address.to_string()),
                "{name}: {message}"
            );
            assert!(!message.contains(char::is_control), "{name}: {message:?}");
            assert!(message.len() < 1500, "{name}: {message}");
        }
        (want, got) => panic!("{name}: wanted {want:?}, got {got:?}"),
    }
    let most = 100_000 + (1 << 20);
    assert!(
        fetched.bytes_wire <= most,
        "{name}: read {}",
        fetched.bytes_wire
    );
    assert!(
        fetched.bytes_body <= 200_001,
        "{name}: kept {}",
        fetched.bytes_body
    );
}
