//! HTTP/2 with a server that offers it (C41).

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::http::{Response, Version};
use bytes::Bytes;
use feedmill::http::{Request, RequestKind};
use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::{
    http_common::{block_on, class_of, client},
    http_tls::{identity, trusting},
};
use crate::support::web::{Answer, Web};

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    /// Number of the connection it came on, from 0.
    connection: usize,
    path: String,
    version: Version,
}

type Record = Arc<Mutex<Vec<Asked>>>;

/// A server on loopback that speaks HTTP/2 and nothing else; stops when it is dropped.
struct Server {
    address: SocketAddr,
    record: Record,
    _runtime: Runtime,
}

impl Server {
    fn start(config: Arc<ServerConfig>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let record = Record::default();
        let shared = Arc::clone(&record);
        runtime.spawn(async move {
            let acceptor = TlsAcceptor::from(config);
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(
                    stream,
                    acceptor.clone(),
                    connection,
                    Arc::clone(&shared),
                ));
            }
        });
        Self {
            address,
            record,
            _runtime: runtime,
        }
    }

    fn request(&self, path: &str, kind: RequestKind) -> Request {
        let url = Url::parse(&format!("https://{}{path}", self.address)).unwrap();
        Request::new(url, kind)
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, connection: usize, record: Record) {
    let stream = acceptor.accept(stream).await.unwrap();
    let mut connected = h2::server::handshake(stream).await.unwrap();
    // The other side goes when it likes.
    while let Some(Ok((request, mut respond))) = connected.accept().await {
        record.lock().unwrap().push(Asked {
            connection,
            path: request.uri().path().to_owned(),
            version: request.version(),
        });
        let head = Response::builder().header("content-type", "text/html");
        let mut body = respond
            .send_response(head.body(()).unwrap(), false)
            .unwrap();
        body.send_data(Bytes::from_static(b"<p>x"), true).unwrap();
    }
}

#[test]
fn one_connection_of_http_2_serves_a_host_that_offers_it() {
    let mine = identity("127.0.0.1", &[b"h2", b"http/1.1"]);
    let server = Server::start(Arc::clone(&mine.config));
    let client = client(trusting(&mine));
    block_on(async {
        for (path, kind) in [
            ("/feed", RequestKind::Feed),
            ("/robots.txt", RequestKind::Robots),
        ] {
            let fetched = client.fetch(&server.request(path, kind)).await;
            assert_eq!(class_of(&fetched), None, "{:?}", fetched.result);
        }
        // At once as well: that is what HTTP/2 is for.
        let pages = ["/1", "/2", "/3"].map(|path| server.request(path, RequestKind::Page));
        let (one, two, three) = tokio::join!(
            client.fetch(&pages[0]),
            client.fetch(&pages[1]),
            client.fetch(&pages[2])
        );
        for fetched in [one, two, three] {
            assert_eq!(fetched.result.unwrap().body.as_ref(), b"<p>x");
        }
    });
    let mut asked = server.record.lock().unwrap().clone();
    asked.sort_by(|a, b| a.path.cmp(&b.path));
    let want = ["/1", "/2", "/3", "/feed", "/robots.txt"].map(|path| Asked {
        connection: 0,
        path: path.to_owned(),
        version: Version::HTTP_2,
    });
    assert_eq!(asked, want);
}

#[test]
fn a_server_that_does_not_offer_http_2_is_asked_by_http_1() {
    for alpn in [&[][..], &[b"http/1.1".as_slice()]] {
        let mine = identity("127.0.0.1", alpn);
        // It can read nothing but HTTP/1.
        let web = Web::tls(Arc::clone(&mine.config), |_| {
            Answer::ok("text/xml", "<rss/>")
        });
        let request = Request::new(web.url("/feed"), RequestKind::Feed);
        let fetched = block_on(client(trusting(&mine)).fetch(&request));
        assert_eq!(class_of(&fetched), None, "{:?}", fetched.result);
        assert_eq!(web.seen()[0].target, "/feed");
    }
}
