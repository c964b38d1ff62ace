//! The guard on addresses: every notation, every hop, names too. Nothing here sends a packet to
//! another machine: what is not refused would fail the test before.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use feedmill::{
    http::{ClientOptions, Fetched, LookingUp, Lookup, Request, RequestKind},
    model::ErrorClass as E,
    url::AllowList,
};
use url::Url;

use super::http_common::{block_on, class_of, client, options};
use crate::support::web::{Answer, Seen, Web};

fn strict() -> ClientOptions {
    ClientOptions {
        allow: AllowList::default(),
        ..options()
    }
}

fn allowing(entry: &str) -> ClientOptions {
    ClientOptions {
        allow: AllowList::parse(&[entry.to_owned()]).unwrap(),
        ..options()
    }
}

fn class_at(options: ClientOptions, url: &str) -> Option<E> {
    let request = Request::new(Url::parse(url).unwrap(), RequestKind::Page);
    let fetched = block_on(client(options).fetch(&request));
    if class_of(&fetched) == Some(E::AddressRefused) {
        assert_eq!(fetched.n_requests, 0, "{url}");
    }
    class_of(&fetched)
}

#[test]
fn private_addresses_are_refused_in_every_notation() {
    let web = Web::always(Answer::ok("text/html", "<p>secret"));
    let port = web.address.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "１２７.０.０.１",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST.",
        "sub.localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:1::]",
        "[fe80::1]",
        "[fec0::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[ff02::1]",
        "[100::1]",
        "[2001:db8::1]",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{port}/");
            assert_eq!(class_at(strict(), &url), Some(E::AddressRefused), "{url}");
        }
    }
    assert_eq!(web.n_connections(), 0);
}

#[test]
fn exceptions_are_for_their_port_only() {
    let web = Web::always(Answer::ok("text/html", "<p>text"));
    let url = web.url("/").to_string();
    let port = web.address.port();
    for (entry, want) in [
        (format!("127.0.0.1:{port}"), None),
        ("127.0.0.0/8".to_owned(), None),
        (format!("127.0.0.0/8:{port}"), None),
        (format!("127.0.0.1:{}", port ^ 1), Some(E::AddressRefused)),
        ("127.0.0.2".to_owned(), Some(E::AddressRefused)),
        ("::1".to_owned(), Some(E::AddressRefused)),
    ] {
        assert_eq!(class_at(allowing(&entry), &url), want, "{entry}");
    }
}

#[test]
fn a_redirect_into_the_inside_is_refused_at_the_hop() {
    let inside = Web::always(Answer::ok("text/html", "<p>secret"));
    let to = inside.url("/").to_string();
    let web = Web::start(move |_| Answer::redirect(302, &to));
    let entry = format!("127.0.0.1:{}", web.address.port());
    let request = Request::new(web.url("/"), RequestKind::Page);
    let fetched = block_on(client(allowing(&entry)).fetch(&request));
    assert_eq!(class_of(&fetched), Some(E::AddressRefused));
    assert_eq!(fetched.n_requests, 1);
    assert_eq!(inside.n_connections(), 0);
}

#[test]
fn other_schemes_are_refused() {
    for url in [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "data:,x",
        "feed:http://127.0.0.1/",
    ] {
        assert_eq!(class_at(options(), url), Some(E::SchemeRefused), "{url}");
    }
}

/// The machine's own name leads to itself without any packet (glibc's `myhostname`, `/etc/hosts`).
/// Where it does not resolve, the class is `dns`: either way nothing is connected to.
#[test]
fn a_name_that_leads_inside_is_refused_when_it_is_resolved() {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() || Url::parse(&format!("http://{name}/")).is_err() {
        return;
    }
    let got = class_at(strict(), &format!("http://{name}:9/"));
    assert!(matches!(got, Some(E::AddressRefused | E::Dns)), "{got:?}");
}

/// A resolver that gives a name another address each time it is asked.
#[derive(Debug, Default)]
struct Rebinding {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
}

impl Lookup for Rebinding {
    fn look_up(&self, name: String) -> LookingUp {
        let next = self.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            let addresses = next.unwrap_or_else(|| panic!("`{name}` was looked up once too often"));
            Ok(addresses.into_iter().map(|ip| (ip, 0).into()).collect())
        })
    }
}

/// Fetches `http://rebound.example/start` of the server, each connection by the next answer.
fn fetch_rebound(web: &Web, answers: &[&[&str]]) -> Fetched {
    let lookup = Rebinding::default();
    for answer in answers {
        let addresses = answer.iter().map(|ip| ip.parse().unwrap()).collect();
        lookup.answers.lock().unwrap().push_back(addresses);
    }
    let options = ClientOptions {
        lookup: Arc::new(lookup),
        ..options()
    };
    let port = web.address.port();
    let url = Url::parse(&format!("http://rebound.example:{port}/start")).unwrap();
    block_on(client(options).fetch(&Request::new(url, RequestKind::Feed)))
}

#[test]
fn a_name_that_is_bound_anew_is_judged_by_the_address_of_each_connection() {
    let answer = |seen: &Seen| match seen.target.as_str() {
        "/start" => Answer::status(302)
            .header("Location", "/next")
            .header("Connection", "close"),
        _ => Answer::ok("application/rss+xml", "<rss/>"),
    };
    for (answers, want, n_seen) in [
        (vec![&["127.0.0.1"][..], &["127.0.0.1"]], None, 2),
        (
            vec![&["127.0.0.1"][..], &["10.1.2.3"]],
            Some(E::AddressRefused),
            1,
        ),
        (vec![&["169.254.169.254"][..]], Some(E::AddressRefused), 0),
        // Of several addresses only those that are allowed are tried.
        (
            vec![
                &["10.1.2.3", "127.0.0.1"][..],
                &["192.168.0.1", "127.0.0.1"],
            ],
            None,
            2,
        ),
        (vec![&[][..]], Some(E::Dns), 0),
    ] {
        let web = Web::start(move |seen| answer(seen));
        let fetched = fetch_rebound(&web, &answers);
        assert_eq!(
            class_of(&fetched),
            want,
            "{answers:?}: {:?}",
            fetched.result
        );
        assert_eq!(web.seen().len(), n_seen, "{answers:?}");
    }
}

/// A resolver that never answers.
#[derive(Debug)]
struct Silent;

impl Lookup for Silent {
    fn look_up(&self, _name: String) -> LookingUp {
        Box::pin(std::future::pending())
    }
}

#[test]
fn a_lookup_that_hangs_ends_with_the_time_for_connecting() {
    let options = ClientOptions {
        lookup: Arc::new(Silent),
        ..options()
    };
    let url = Url::parse("http://hangs.example/").unwrap();
    let started = Instant::now();
    let fetched = block_on(client(options).fetch(&Request::new(url, RequestKind::Feed)));
    assert_eq!(class_of(&fetched), Some(E::ConnectTimeout));
    assert!(started.elapsed() < Duration::from_secs(3));
}
