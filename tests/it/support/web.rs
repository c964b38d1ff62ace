//! A web server on loopback that misbehaves by script: each answer is a list of steps on the raw
//! socket. Records every request with its time.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When its last byte was read.
    pub at: Instant,
    /// Number of the connection it came on, from 0.
    pub connection: usize,
    /// For example `GET`.
    pub method: String,
    /// For example `/feed?x=1`.
    pub target: String,
    /// In order, names as they came.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Seen {
    /// The value of a header field as text.
    pub fn header(&self, name: &str) -> Option<String> {
        self.header_bytes(name)
            .map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    /// The value of a header field.
    pub fn header_bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
    }
}

/// One step of an answer.
#[derive(Debug, Clone)]
pub enum Step {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Does nothing for a while.
    Wait(Duration),
    /// Sends a byte at a time, with pauses.
    Drip(Vec<u8>, Duration),
    /// Sends a piece this many times, or until the other side has enough.
    Flood(Vec<u8>, usize),
    /// Closes properly.
    Close,
    /// Breaks the connection off (RST). Not over TLS.
    Reset,
}

/// What the server does about a request.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    head: Vec<u8>,
    has_length: bool,
    steps: Vec<Step>,
}

impl Answer {
    /// A response with this status.
    pub fn status(status: u16) -> Self {
        Self {
            head: format!("HTTP/1.1 {status} Whatever\r\n").into_bytes(),
            ..Self::default()
        }
    }

    /// 200 with a body and its length.
    pub fn ok(content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self::status(200)
            .header("Content-Type", content_type)
            .body(body)
    }

    /// Nothing but these bytes.
    pub fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self {
            has_length: true,
            steps: vec![Step::Send(bytes.as_ref().to_vec())],
            ..Self::default()
        }
    }

    /// Nothing but these steps.
    pub fn steps(steps: Vec<Step>) -> Self {
        Self {
            has_length: true,
            steps,
            ..Self::default()
        }
    }

    /// A redirect.
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).header("Location", to)
    }

    /// One more header line.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.head.extend_from_slice(name.as_bytes());
        self.head.extend_from_slice(b": ");
        self.head.extend_from_slice(value.as_ref());
        self.head.extend_from_slice(b"\r\n");
        self.has_length |= ["content-length", "transfer-encoding"]
            .iter()
            .any(|other| name.eq_ignore_ascii_case(other));
        self
    }

    /// The body, with its length if no header said otherwise.
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        if !self.has_length {
            let length = body.as_ref().len().to_string();
            self = self.header("Content-Length", length);
        }
        self.then(Step::Send(body.as_ref().to_vec()))
    }

    /// The body in chunks (RFC 9112, 7.1), the last one included.
    pub fn chunks(self, chunks: &[&[u8]]) -> Self {
        let mut bytes = Vec::new();
        for chunk in chunks {
            bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
        self.header("Transfer-Encoding", "chunked")
            .then(Step::Send(bytes))
    }

    /// A body without length, which ends with the connection.
    pub fn until_close(mut self, body: impl AsRef<[u8]>) -> Self {
        self.has_length = true;
        self.then(Step::Send(body.as_ref().to_vec()))
            .then(Step::Close)
    }

    /// One more step after the header.
    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    fn into_steps(mut self) -> Vec<Step> {
        if self.head.is_empty() {
            return self.steps;
        }
        if !self.has_length && self.steps.is_empty() {
            self = self.header("Content-Length", "0");
        }
        self.head.extend_from_slice(b"\r\n");
        let mut steps = vec![Step::Send(self.head)];
        steps.append(&mut self.steps);
        steps
    }
}

type Handler = dyn Fn(&Seen) -> Answer + Send + Sync;

#[derive(Default)]
struct Record {
    seen: Mutex<Vec<Seen>>,
    n_connections: AtomicUsize,
    n_bytes: AtomicU64,
    is_over: AtomicBool,
}

/// The server; stops when it is dropped.
pub struct Web {
    /// Where it listens.
    pub address: SocketAddr,
    /// `http` or `https`.
    pub scheme: &'static str,
    record: Arc<Record>,
}

impl Web {
    /// A server on a free port of 127.0.0.1.
    pub fn start(handler: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", None, handler)
    }

    /// A server that always answers the same.
    pub fn always(answer: Answer) -> Self {
        Self::start(move |_| answer.clone())
    }

    /// A server that speaks TLS with this configuration.
    pub fn tls(
        config: Arc<ServerConfig>,
        handler: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::at("127.0.0.1:0", Some(config), handler)
    }

    /// A server at a given address of the machine itself.
    pub fn at(
        address: &str,
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        assert!(address.ip().is_loopback());
        let record = Arc::new(Record::default());
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::clone(&record);
        let handler: Arc<Handler> = Arc::new(handler);
        thread::spawn(move || accept(&listener, &shared, tls.as_ref(), &handler));
        Self {
            address,
            scheme,
            record,
        }
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> url::Url {
        let text = format!("{}://{}{path}", self.scheme, self.address);
        url::Url::parse(&text).unwrap()
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.record.seen.lock().unwrap().clone()
    }

    /// Connections so far.
    pub fn n_connections(&self) -> usize {
        self.record.n_connections.load(Ordering::SeqCst)
    }

    /// Bytes sent so far.
    pub fn n_bytes(&self) -> u64 {
        self.record.n_bytes.load(Ordering::SeqCst)
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.record.is_over.store(true, Ordering::SeqCst);
        // Wakes the one that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

fn accept(
    listener: &TcpListener,
    record: &Arc<Record>,
    tls: Option<&Arc<ServerConfig>>,
    handler: &Arc<Handler>,
) {
    for stream in listener.incoming() {
        if record.is_over.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { return };
        let number = record.n_connections.fetch_add(1, Ordering::SeqCst);
        let (record, handler, tls) = (Arc::clone(record), Arc::clone(handler), tls.cloned());
        thread::spawn(move || {
            // The other side goes when it likes: errors are its business.
            if let Ok(mut peer) = Peer::new(stream, tls) {
                drop(serve(&mut peer, number, &record, handler.as_ref()));
            }
        });
    }
}

fn serve(peer: &mut Peer, number: usize, record: &Record, handler: &Handler) -> io::Result<()> {
    while let Some(seen) = peer.read_request(number)? {
        record.seen.lock().unwrap().push(seen.clone());
        for step in handler(&seen).into_steps() {
            if !run_step(peer, step, record)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Runs one step; `false` when the connection is over.
fn run_step(peer: &mut Peer, step: Step, record: &Record) -> io::Result<bool> {
    let send = |peer: &mut Peer, bytes: &[u8]| {
        peer.write(bytes)?;
        record
            .n_bytes
            .fetch_add(bytes.len() as u64, Ordering::SeqCst);
        if record.is_over.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        io::Result::Ok(())
    };
    match step {
        Step::Send(bytes) => send(peer, &bytes)?,
        Step::Wait(time) => pause(time, record),
        Step::Drip(bytes, time) => {
            for byte in bytes {
                send(peer, &[byte])?;
                pause(time, record);
            }
        }
        Step::Flood(piece, times) => {
            for _ in 0..times {
                send(peer, &piece)?;
            }
        }
        Step::Close => {
            peer.close()?;
            return Ok(false);
        }
        Step::Reset => {
            // What was sent has to arrive first; then a byte is left unread, see `Peer`.
            thread::sleep(Duration::from_millis(30));
            return Ok(false);
        }
    }
    Ok(true)
}

fn pause(time: Duration, record: &Record) {
    let until = Instant::now() + time;
    while !record.is_over.load(Ordering::SeqCst) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(Duration::from_millis(20)));
    }
}

enum Peer {
    Plain {
        stream: TcpStream,
        /// The last byte of the request is left in the kernel: closing a socket that has unread
        /// bytes resets the connection.
        has_unread: bool,
    },
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Peer {
    fn new(stream: TcpStream, tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_write_timeout(Some(Duration::from_secs(30)))?;
        let Some(config) = tls else {
            return Ok(Self::Plain {
                stream,
                has_unread: false,
            });
        };
        let connection = ServerConnection::new(config).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(StreamOwned::new(connection, stream))))
    }

    fn read_request(&mut self, connection: usize) -> io::Result<Option<Seen>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match self {
                Self::Plain { stream, has_unread } => {
                    if std::mem::take(has_unread) {
                        stream.read_exact(&mut byte)?;
                    }
                    if head.ends_with(b"\r\n\r") {
                        if stream.peek(&mut byte)? == 0 {
                            return Ok(None);
                        }
                        *has_unread = true;
                    } else if stream.read(&mut byte)? == 0 {
                        return Ok(None);
                    }
                }
                Self::Tls(stream) => {
                    if stream.read(&mut byte)? == 0 {
                        return Ok(None);
                    }
                }
            }
            head.extend_from_slice(&byte);
        }
        Ok(Some(parse_request(&head, connection)))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain { stream, .. } => stream.write_all(bytes),
            Self::Tls(stream) => {
                stream.write_all(bytes)?;
                stream.flush()
            }
        }
    }

    fn close(&mut self) -> io::Result<()> {
        match self {
            Self::Plain { stream, has_unread } => {
                if std::mem::take(has_unread) {
                    stream.read_exact(&mut [0])?;
                }
                stream.shutdown(std::net::Shutdown::Write)?;
                // Waits until the other side has read it all.
                drop(stream.read(&mut [0]));
                Ok(())
            }
            Self::Tls(stream) => {
                stream.conn.send_close_notify();
                stream.flush()
            }
        }
    }
}

fn parse_request(head: &[u8], connection: usize) -> Seen {
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let mut words = first.split(' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (method, target) = (word(), word());
    let headers = lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(&line[..colon]).into_owned();
            Some((name, line[colon + 1..].trim_ascii().to_vec()))
        })
        .collect();
    Seen {
        at: Instant::now(),
        connection,
        method,
        target,
        headers,
    }
}
