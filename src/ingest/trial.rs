//! A suspected document, read by a process of its own.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::in_flight::{Document, Kind};

/// A process that has not read the document after so long never will.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often is looked whether it ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The program that tries documents: this one.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// The configuration file in force, for its limits.
    pub(super) config: Option<PathBuf>,
}

/// Whether a process of this program reads the document without being ended by it. What it makes of the
/// document does not matter. Where no process can be started nothing is known against the document.
pub(super) async fn survives(program: &Program, document: &Document) -> bool {
    let mut command = Command::new(&program.path);
    if let Some(config) = &program.config {
        command.env("FEEDMILL_CONFIG", config);
    }
    match document.kind {
        Kind::Feed => {
            command.args(["parse", "-", "--format", "json", "--base"]);
            command.arg(&document.address);
            if let Some(content_type) = &document.content_type {
                command.arg("--content-type").arg(content_type);
            }
        }
        Kind::Page => {
            command.args(["extract", "-", "--format", "json", "--url"]);
            command.arg(&document.address);
        }
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let body = document.body.clone();
    let address = document.address.clone();
    let tried = tokio::task::spawn_blocking(move || match command.spawn() {
        Ok(child) => ended_by_itself(child, &body),
        Err(error) => {
            tracing::warn!(url = %address, "no process could be started to try the document at {address}: {error}");
            true
        }
    });
    tried.await.unwrap_or(true)
}

fn ended_by_itself(mut child: Child, body: &[u8]) -> bool {
    // A child that dies while it reads closes the pipe; its end says the rest.
    if let Some(mut input) = child.stdin.take()
        && let Err(error) = input.write_all(body)
    {
        tracing::debug!("the document was not taken whole: {error}");
    }
    let n_looks = PATIENCE.as_millis() / LOOK_EVERY.as_millis();
    for _ in 0..n_looks {
        match child.try_wait() {
            Ok(Some(status)) => return status.code().is_some(),
            Ok(None) => std::thread::sleep(LOOK_EVERY),
            Err(_) => break,
        }
    }
    if let Err(error) = child.kill().and_then(|()| child.wait().map(drop)) {
        tracing::debug!("cannot end the process that tries a document: {error}");
    }
    false
}
