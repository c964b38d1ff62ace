//! A conversation with the daemon that owns the database.

use std::path::PathBuf;

use super::exit::{Failed, Status};
use crate::daemon::{ControlClient, ControlReply, ControlRequest};

/// A request that was sent, and the answers to it.
pub(super) struct Asked {
    client: ControlClient,
    socket: PathBuf,
}

impl Asked {
    /// Sends a request.
    pub(super) async fn send(socket: PathBuf, request: &ControlRequest) -> Result<Self, Failed> {
        let sent = async {
            let mut client = ControlClient::connect(&socket).await?;
            client.send(request).await?;
            Ok(client)
        };
        match sent.await {
            Ok(client) => Ok(Self { client, socket }),
            Err(error) => Err(lost(&socket, error)),
        }
    }

    /// The next answer; `None` when the daemon has hung up.
    pub(super) async fn next(&mut self) -> Result<Option<ControlReply>, Failed> {
        let answer = self.client.next().await;
        answer.map_err(|error| lost(&self.socket, error))
    }
}

fn lost(socket: &std::path::Path, error: std::io::Error) -> Failed {
    Failed::new(
        Status::Busy,
        anyhow::Error::new(error).context(format!(
            "a daemon owns the database, but its control socket `{}` does not answer",
            socket.display()
        )),
    )
    .with_hint("it may be starting or stopping: try again in a moment".to_owned())
}
