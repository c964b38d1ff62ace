//! Redirects: followed by us, every hop checked anew.

use feedmill::{
    http::{Credentials, Request, RequestKind},
    model::{ErrorClass as E, Validators},
};

use super::http_common::{block_on, class_of, client, fetch, options};
use crate::support::web::{Answer, Web};

/// `/to/STATUS/TARGET` redirects, everything else is a feed.
fn start() -> Web {
    Web::start(|seen| match seen.target.strip_prefix("/to/") {
        Some(rest) => {
            let (status, to) = rest.split_once('/').unwrap();
            Answer::redirect(status.parse().unwrap(), to)
        }
        None => Answer::ok("text/xml", "<rss/>").header("ETag", "\"1\""),
    })
}

#[test]
fn every_redirect_status_is_followed_and_recorded() {
    let web = start();
    for status in [301, 302, 303, 307, 308] {
        let fetched = fetch(&web, &format!("/to/{status}//end"));
        assert_eq!(class_of(&fetched), None, "{status}");
        assert_eq!(fetched.final_url, web.url("/end"));
        assert_eq!(fetched.n_requests, 2);
        assert_eq!(fetched.hops[0].status, status);
        assert_eq!(fetched.hops[0].to, web.url("/end"));
        assert_eq!(fetched.is_moved_for_good(), matches!(status, 301 | 308));
        let validators = fetched
            .result
            .unwrap()
            .validators(&fetched.final_url)
            .unwrap();
        assert_eq!(validators.url, web.url("/end").as_str());
    }
    for seen in web.seen() {
        assert_eq!(seen.method, "GET");
        assert_eq!(seen.header("referer"), None);
    }
}

#[test]
fn statuses_that_are_no_redirects_are_not_followed() {
    let web = start();
    for status in [300, 305, 306] {
        let fetched = fetch(&web, &format!("/to/{status}//end"));
        assert_eq!(class_of(&fetched), Some(E::HttpStatus), "{status}");
        assert_eq!(fetched.n_requests, 1);
    }
}

#[test]
fn bad_targets_are_told() {
    let cases: &[(&str, E)] = &[
        ("ftp://127.0.0.1/x", E::SchemeRefused),
        ("file:///etc/passwd", E::SchemeRefused),
        ("gopher://127.0.0.1:70/_x", E::SchemeRefused),
        ("data:text/xml,<rss/>", E::SchemeRefused),
        ("javascript:alert(1)", E::SchemeRefused),
        ("feed://127.0.0.1/", E::SchemeRefused),
        ("http://", E::Redirect),
        ("http://[::1", E::Redirect),
        ("http://127.0.0.1:99999/", E::Redirect),
        ("", E::Redirect),
        ("  ", E::Redirect),
        ("http://10.0.0.1/", E::AddressRefused),
        (
            "http://169.254.169.254/latest/meta-data/",
            E::AddressRefused,
        ),
        ("http://2130706433/", E::Connect),
    ];
    for (to, want) in cases {
        let to_owned = (*to).to_owned();
        let web = Web::start(move |_| Answer::redirect(302, &to_owned));
        let fetched = fetch(&web, "/");
        if *want == E::Connect {
            // 127.0.0.1 in another notation is allowed here: whatever answers there, we asked.
            assert_eq!(fetched.final_url.host_str(), Some("127.0.0.1"));
            continue;
        }
        assert_eq!(class_of(&fetched), Some(*want), "{to}");
        assert_eq!(fetched.n_requests, 1, "{to}");
    }
    let web = Web::always(Answer::status(302));
    assert_eq!(class_of(&fetch(&web, "/")), Some(E::Redirect));
}

#[test]
fn loops_and_long_ways_end() {
    let web = Web::start(|seen| {
        let text = seen.target.as_str();
        match text {
            "/self" => Answer::redirect(302, "/self#part"),
            "/a" => Answer::redirect(302, "/b"),
            "/b" => Answer::redirect(301, "/a"),
            _ => {
                let n: usize = text[1..].parse().unwrap_or(0);
                match n {
                    0 => Answer::ok("text/xml", "<rss/>"),
                    _ => Answer::redirect(302, &format!("/{}", n - 1)),
                }
            }
        }
    });
    for (path, want, n_requests) in [
        ("/self", Some(E::RedirectLoop), 1),
        ("/a", Some(E::RedirectLoop), 2),
        ("/5", None, 6),
        ("/6", Some(E::TooManyRedirects), 6),
        ("/1000", Some(E::TooManyRedirects), 6),
    ] {
        let fetched = fetch(&web, path);
        assert_eq!(class_of(&fetched), want, "{path}");
        assert_eq!(fetched.n_requests, n_requests, "{path}");
    }
    let mut options = options();
    options.limits.redirects = 0;
    let request = Request::new(web.url("/1"), RequestKind::Feed);
    let fetched = block_on(client(options).fetch(&request));
    assert_eq!(class_of(&fetched), Some(E::TooManyRedirects));
    assert_eq!(fetched.n_requests, 1);
}

#[test]
fn secrets_stay_with_the_configured_origin() {
    let other = Web::always(Answer::ok("text/xml", "<rss/>"));
    let to = other.url("/end").to_string();
    let web = Web::start(move |seen| match seen.target.as_str() {
        "/inside" => Answer::redirect(302, "/out"),
        _ => Answer::redirect(302, &to),
    });
    let mut request = Request::new(web.url("/inside"), RequestKind::Feed);
    request.credentials = Some(Credentials {
        user: "me".into(),
        password: Some("secret".into()),
    });
    request.headers = vec![("X-Key".into(), "secret".into())];
    let fetched = block_on(client(options()).fetch(&request));
    assert_eq!(class_of(&fetched), None);
    for seen in web.seen() {
        assert_eq!(seen.header("authorization").unwrap(), "Basic bWU6c2VjcmV0");
        assert_eq!(seen.header("x-key").unwrap(), "secret");
    }
    assert_eq!(web.seen().len(), 2);
    let seen = &other.seen()[0];
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.header("x-key"), None);
}

#[test]
fn credentials_in_the_address_are_sent_as_such_and_shown_nowhere() {
    let web = Web::always(Answer::status(404));
    let mut url = web.url("/feed");
    url.set_username("me").unwrap();
    url.set_password(Some("p@ss word")).unwrap();
    let fetched = block_on(client(options()).fetch(&Request::new(url, RequestKind::Feed)));
    let sent = web.seen()[0].header("authorization").unwrap();
    assert_eq!(sent, "Basic bWU6cEBzcyB3b3Jk");
    assert_eq!(fetched.final_url, web.url("/feed"));
    let message = fetched.result.unwrap_err().message;
    assert!(
        !message.contains("word") && !message.contains("me:"),
        "{message}"
    );
}

#[test]
fn credentials_in_a_redirect_are_not_taken_up() {
    let web = Web::start(|seen| match seen.target.as_str() {
        "/a" => {
            let host = seen.header("host").unwrap();
            Answer::redirect(302, &format!("http://user:pass@{host}/b"))
        }
        _ => Answer::ok("text/xml", "<rss/>"),
    });
    assert_eq!(class_of(&fetch(&web, "/a")), None);
    assert_eq!(web.seen()[1].header("authorization"), None);
}

#[test]
fn validators_go_only_to_the_url_that_gave_them() {
    let web = start();
    let mut request = Request::new(web.url("/to/302//end"), RequestKind::Feed);
    request.validators = Some(Validators {
        url: web.url("/end").into(),
        etag: Some(b"\"1\"".to_vec()),
        last_modified: None,
    });
    block_on(client(options()).fetch(&request));
    let seen = web.seen();
    assert_eq!(seen[0].header("if-none-match"), None);
    assert_eq!(seen[1].header("if-none-match").unwrap(), "\"1\"");
    let mut request = Request::new(web.url("/to/302//elsewhere"), RequestKind::Feed);
    request.validators = Some(Validators {
        url: web.url("/end").into(),
        etag: Some(b"\"1\"".to_vec()),
        last_modified: Some(b"x".to_vec()),
    });
    block_on(client(options()).fetch(&request));
    for seen in &web.seen()[2..] {
        assert_eq!(seen.header("if-none-match"), None);
        assert_eq!(seen.header("if-modified-since"), None);
        assert_eq!(seen.header("a-im"), None);
    }
}
