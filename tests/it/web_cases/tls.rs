//! Certificates that are not as they should be, and connections that leave TLS or join it.

use std::sync::Arc;

use feedmill::model::ErrorClass as E;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};

use super::{
    bench::Others,
    case::{Case, FEED, RSS, feed, feed_by},
};
use crate::support::web::{Answer, Step};

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// The roots of the cases: one that the configuration trusts and one that nobody does.
pub struct Roots {
    ours: Issuer,
    theirs: Issuer,
}

impl Roots {
    pub fn make() -> Self {
        Self {
            ours: issuer(),
            theirs: issuer(),
        }
    }

    /// For `ca_file`.
    pub fn pem(&self) -> String {
        self.ours.pem()
    }
}

fn issuer() -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn config(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], private(key))
        .unwrap();
    Arc::new(config)
}

fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::Pkcs8(key.serialize_der().into())
}

fn signed(params: &CertificateParams, by: &Issuer) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, by).unwrap();
    config(leaf.der().clone(), &key)
}

fn self_signed(name: &str) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let leaf = params(name).self_signed(&key).unwrap();
    config(leaf.der().clone(), &key)
}

/// A server that wants a certificate of its client. In TLS 1.3 it says so after the handshake, when the client may have
/// found the connection closed already.
fn asking(name: &str, by: &Issuer) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let leaf = params(name).signed_by(&key, by).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(by.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .unwrap();
    let config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![leaf.der().clone()], private(&key))
        .unwrap();
    Arc::new(config)
}

fn good() -> Answer {
    Answer::ok(RSS, FEED)
}

pub fn cases(roots: &Roots, others: &Others) -> Vec<Case> {
    let Roots { ours, theirs } = roots;
    let of = |host: &'static str| signed(&params(host), ours);
    let (mut expired, mut early) = (params("127.77.201.2"), params("127.77.201.3"));
    (expired.not_before, expired.not_after) =
        (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    (early.not_before, early.not_after) = (date_time_ymd(2200, 1, 1), date_time_ymd(2201, 1, 1));
    let unverified = Case {
        settings: "tls_verify = false",
        ..feed("a certificate of its own that may be", good())
    };
    let refused = vec![
        feed("a certificate that is over", good()).tls("127.77.201.2", &signed(&expired, ours)),
        feed("a certificate that is to come", good()).tls("127.77.201.3", &signed(&early, ours)),
        feed("a certificate of another address", good()).tls("127.77.201.4", &of("127.77.201.1")),
        feed("a certificate of a name", good()).tls("127.77.201.5", &of("site.example")),
        feed("a certificate of an unknown root", good())
            .tls("127.77.201.6", &signed(&params("127.77.201.6"), theirs)),
        feed("a certificate of its own", good()).tls("127.77.201.7", &self_signed("127.77.201.7")),
        feed("a server that wants a certificate", good())
            .tls("127.77.201.8", &asking("127.77.201.8", ours)),
    ];
    let mut cases: Vec<Case> = refused
        .into_iter()
        .map(|case| case.requests(0..=0).fails(E::Tls))
        .collect();
    cases.extend([
        feed("a certificate as it should be", good()).tls("127.77.201.1", &of("127.77.201.1")),
        unverified.tls("127.77.201.10", &self_signed("127.77.201.10")),
        leaving("a redirect that leaves TLS", &others.good)
            .tls("127.77.201.11", &of("127.77.201.11")),
        feed(
            "a body that ends without TLS saying so",
            Answer::raw(format!("HTTP/1.1 200 OK\r\n\r\n{FEED}")).then(Step::Reset),
        )
        .fails(E::Truncated)
        .tls("127.77.201.12", &of("127.77.201.12")),
        feed(
            "a body that ends as TLS says",
            Answer::status(200).until_close(FEED),
        )
        .tls("127.77.201.13", &of("127.77.201.13")),
        feed(
            "closed at once behind TLS",
            Answer::steps(vec![Step::Close]),
        )
        .fails(E::Connection)
        .tls("127.77.201.14", &of("127.77.201.14")),
    ]);
    cases
}

/// From https to http, and on to a page as well.
fn leaving(name: &str, to: &str) -> Case {
    let to = to.to_owned();
    feed_by(name, move |_| Answer::redirect(301, &to))
        .refused(E::DowngradeRefused)
        .status(301)
}
