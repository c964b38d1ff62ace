//! TLS: verified, with the extra roots, with an exception per feed.

use std::{io::Write, sync::Arc};

use feedmill::{
    http::{ClientOptions, Request, RequestKind},
    model::ErrorClass as E,
};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};

use super::http_common::{block_on, class_of, client, options};
use crate::support::web::{Answer, Seen, Step, Web};

/// A root of our own and a server certificate of it for `name`.
pub struct Identity {
    root_pem: String,
    pub config: Arc<ServerConfig>,
}

/// `alpn`: the protocols that the server offers.
pub fn identity(name: &str, alpn: &[&[u8]]) -> Identity {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let leaf = params.signed_by(&key, &root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Identity {
        root_pem: root.pem(),
        config: Arc::new(config),
    }
}

/// A client's options that trust its root.
pub fn trusting(identity: &Identity) -> ClientOptions {
    ClientOptions {
        ca_file_pem: Some(identity.root_pem.clone().into_bytes()),
        ..options()
    }
}

fn plain(_: &Seen) -> Answer {
    Answer::ok("text/xml", "<rss/>")
}

fn class_at(options: ClientOptions, web: &Web) -> Option<E> {
    let request = Request::new(web.url("/"), RequestKind::Feed);
    class_of(&block_on(client(options).fetch(&request)))
}

#[test]
fn a_root_of_ones_own_is_trusted_and_others_are_not() {
    let mine = identity("127.0.0.1", &[]);
    let web = Web::tls(Arc::clone(&mine.config), plain);
    assert_eq!(class_at(trusting(&mine), &web), None);
    assert_eq!(class_at(options(), &web), Some(E::Tls));
    let other = identity("127.0.0.1", &[]);
    assert_eq!(class_at(trusting(&other), &web), Some(E::Tls));
    assert_eq!(
        web.seen().len(),
        1,
        "nothing is sent before the certificate is known"
    );
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let mine = identity("other.example", &[]);
    let web = Web::tls(Arc::clone(&mine.config), plain);
    assert_eq!(class_at(trusting(&mine), &web), Some(E::Tls));
}

#[test]
fn an_exception_is_for_one_request() {
    let mine = identity("other.example", &[]);
    let web = Web::tls(Arc::clone(&mine.config), plain);
    let client = client(options());
    let mut request = Request::new(web.url("/"), RequestKind::Feed);
    request.is_tls_unverified = true;
    assert_eq!(class_of(&block_on(client.fetch(&request))), None);
    request.is_tls_unverified = false;
    assert_eq!(class_of(&block_on(client.fetch(&request))), Some(E::Tls));
}

#[test]
fn a_server_that_does_not_speak_tls_is_told() {
    let web = Web::start(plain);
    let mut url = web.url("/");
    url.set_scheme("https").unwrap();
    let fetched = block_on(client(options()).fetch(&Request::new(url, RequestKind::Feed)));
    assert!(
        matches!(class_of(&fetched), Some(E::Tls | E::ConnectTimeout)),
        "{:?}",
        fetched.result
    );
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answers = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let url = url::Url::parse(&format!("https://{address}/")).unwrap();
    let fetched = block_on(client(options()).fetch(&Request::new(url, RequestKind::Feed)));
    assert_eq!(class_of(&fetched), Some(E::Tls), "{:?}", fetched.result);
    answers.join().unwrap();
}

#[test]
fn a_handshake_that_hangs_is_a_connect_timeout() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = url::Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    let fetched = block_on(client(options()).fetch(&Request::new(url, RequestKind::Feed)));
    assert_eq!(
        class_of(&fetched),
        Some(E::ConnectTimeout),
        "{:?}",
        fetched.result
    );
}

#[test]
fn leaving_tls_is_refused_and_joining_it_is_not() {
    let mine = identity("127.0.0.1", &[]);
    let open = Web::start(plain);
    let to = open.url("/").to_string();
    let web = Web::tls(Arc::clone(&mine.config), move |seen| {
        match seen.target.as_str() {
            "/" => Answer::redirect(301, &to),
            _ => plain(seen),
        }
    });
    assert_eq!(class_at(trusting(&mine), &web), Some(E::DowngradeRefused));
    assert_eq!(open.seen().len(), 0);
    let to = web.url("/end").to_string();
    let up = Web::start(move |_| Answer::redirect(301, &to));
    assert_eq!(class_at(trusting(&mine), &up), None);
}

#[test]
fn a_body_that_ends_without_tls_saying_so_is_truncated() {
    let mine = identity("127.0.0.1", &[]);
    let web = Web::tls(Arc::clone(&mine.config), |_| {
        Answer::raw("HTTP/1.1 200 OK\r\n\r\n<rss/>").then(Step::Reset)
    });
    assert_eq!(class_at(trusting(&mine), &web), Some(E::Truncated));
    let web = Web::tls(Arc::clone(&mine.config), |_| {
        Answer::status(200).until_close("<rss/>")
    });
    assert_eq!(class_at(trusting(&mine), &web), None);
}

#[test]
fn unusable_roots_are_told_at_once() {
    let clock = Arc::new(feedmill::clock::SystemClock::new());
    for pem in [
        "",
        "no pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let options = ClientOptions {
            ca_file_pem: Some(pem.into()),
            ..options()
        };
        let error = feedmill::http::Client::new(options, clock.clone()).unwrap_err();
        assert!(error.to_string().contains("ca_file"), "{error}");
        assert!(error.hint().is_some());
    }
}
