//! The control socket: how a one-shot command reaches the daemon that owns the database.

use std::path::{Path, PathBuf};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::mpsc,
    task::JoinSet,
};

use super::{ControlReply, ControlRequest, DaemonError};
use crate::store::beside;

/// Longest request: a command line with ten thousand addresses fits.
const REQUEST_BYTES: u64 = 4 << 20;

/// Replies that wait for a slow reader before the daemon stops telling it.
const REPLIES_QUEUED: usize = 256;

/// Requests that wait for the daemon's loop.
pub(super) const CALLS_QUEUED: usize = 16;

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 32;

/// Longest path a Unix socket can have, less the closing zero (unix(7)).
const PATH_BYTES: usize = 107;

/// A request on its way to the daemon's loop, and where its replies go.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) request: ControlRequest,
    pub(super) replies: mpsc::Sender<ControlReply>,
}

/// The listening end. The socket file is removed when it is dropped.
#[derive(Debug)]
pub struct ControlServer {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlServer {
    /// Where the socket of a database is: beside it, or in the temporary folder when that path
    /// would be too long for a socket.
    pub fn path_for(database: &Path) -> PathBuf {
        let path = beside(database, ".sock");
        if path.as_os_str().len() <= PATH_BYTES {
            return path;
        }
        let mut hash = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(&path, &mut hash);
        let name = format!("feedmill-{:016x}.sock", std::hash::Hasher::finish(&hash));
        std::env::temp_dir().join(name)
    }

    /// Listens. The caller holds the database's lock, so a file left there is stale.
    ///
    /// # Errors
    ///
    /// No socket can be made at `path`: its folder is missing, not ours or full, or the path is
    /// too long for a socket.
    pub fn bind(path: PathBuf) -> Result<Self, DaemonError> {
        if let Err(source) = std::fs::remove_file(&path)
            && source.kind() != std::io::ErrorKind::NotFound
        {
            return Err(DaemonError::Control { path, source });
        }
        match UnixListener::bind(&path) {
            Ok(listener) => Ok(Self { listener, path }),
            Err(source) => Err(DaemonError::Control { path, source }),
        }
    }

    /// Serves connections until the loop's end of `calls` is gone.
    pub(super) async fn serve(self, calls: mpsc::Sender<Call>) {
        let mut connections = JoinSet::new();
        loop {
            if connections.len() >= CONNECTIONS {
                connections.join_next().await;
            }
            tokio::select! {
                () = calls.closed() => return,
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(converse(stream, calls.clone()));
                    }
                    Err(error) => {
                        tracing::warn!("control socket: cannot accept a connection: {error}");
                        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                    }
                },
            }
        }
    }
}

impl Drop for ControlServer {
    fn drop(&mut self) {
        // Nothing to be done about a file that is gone already.
        drop(std::fs::remove_file(&self.path));
    }
}

async fn converse(stream: UnixStream, calls: mpsc::Sender<Call>) {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = BufReader::new(read.take(REQUEST_BYTES));
    if reader.read_line(&mut line).await.is_err() || line.is_empty() {
        return;
    }
    let (replies, mut to_send) = mpsc::channel(REPLIES_QUEUED);
    match serde_json::from_str(&line) {
        Ok(request) => {
            if calls.send(Call { request, replies }).await.is_err() {
                return;
            }
        }
        Err(error) => {
            let refusal = ControlReply::Failed {
                error: format!("the daemon does not know this request: {error}"),
                hint: Some("command and daemon must be of the same version".to_owned()),
            };
            drop(replies.try_send(refusal));
            drop(replies);
        }
    }
    while let Some(reply) = to_send.recv().await {
        let Ok(mut line) = serde_json::to_vec(&reply) else {
            return;
        };
        line.push(b'\n');
        if write.write_all(&line).await.is_err() {
            return;
        }
    }
}

/// The asking end.
#[derive(Debug)]
pub struct ControlClient {
    reader: BufReader<tokio::net::unix::OwnedReadHalf>,
    writer: tokio::net::unix::OwnedWriteHalf,
}

impl ControlClient {
    /// Connects to a daemon's socket.
    ///
    /// # Errors
    ///
    /// Nobody listens at `path`.
    pub async fn connect(path: &Path) -> std::io::Result<Self> {
        let (read, writer) = UnixStream::connect(path).await?.into_split();
        Ok(Self {
            reader: BufReader::new(read),
            writer,
        })
    }

    /// Sends the request; read the answers with [`next`](Self::next).
    ///
    /// # Errors
    ///
    /// The daemon has hung up.
    pub async fn send(&mut self, request: &ControlRequest) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.writer.write_all(&line).await
    }

    /// The next answer; `None` when the daemon has hung up.
    ///
    /// # Errors
    ///
    /// The connection broke, or what came is no answer.
    pub async fn next(&mut self) -> std::io::Result<Option<ControlReply>> {
        let mut line = String::new();
        if self.reader.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        Ok(Some(serde_json::from_str(&line)?))
    }
}
