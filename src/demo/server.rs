//! A server for loopback, just large enough for the demo.
//!
//! Written by hand because it must do what a server library prevents: announce a length and break
//! off before it.

use std::{
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU8, atomic::Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    answer::{Answer, Question, answer, http_date},
    town::Town,
};
use crate::clock::Clock;

/// Longest request head that is read; a client of this crate sends less than 1 KiB.
const HEAD_BYTES: u64 = 16 * 1024;

/// How long a connection may stay idle; longer than a client keeps it in its pool for one demo.
const IDLE: Duration = Duration::from_secs(30);

/// One request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Name of the outlet that was asked.
    pub outlet: &'static str,
    /// Path and query.
    pub target: String,
    /// Status of the answer.
    pub status: u16,
}

/// What the connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) town: Town,
    pub(super) edition: AtomicU8,
    pub(super) served: Mutex<Vec<Served>>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Answers on `listener` as the outlet at `place` until `stop`.
pub(super) async fn serve(
    listener: TcpListener,
    place: usize,
    shared: Arc<Shared>,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        // A connection that was reset before it was accepted is the client's affair.
        let Ok((stream, _)) = accepted else { continue };
        let (shared, stop) = (Arc::clone(&shared), stop.clone());
        connections.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = converse(stream, place, &shared) => {}
            }
        });
    }
    connections.close();
    connections.wait().await;
}

/// Answers the requests of one connection until the client leaves or an answer breaks off.
async fn converse(stream: TcpStream, place: usize, shared: &Shared) {
    let mut stream = BufReader::new(stream);
    while let Ok(Some(question)) = timeout(IDLE, read_question(&mut stream)).await {
        let Some(place) = shared.town.places.get(place) else {
            return;
        };
        let reply = answer(place, shared.edition.load(Ordering::SeqCst), &question);
        let served = Served {
            outlet: place.outlet.name,
            target: question.target,
            status: reply.status,
        };
        shared
            .served
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(served);
        let wire = on_the_wire(&reply, &http_date(shared.clock.now().wall));
        if stream.write_all(&wire).await.is_err() || reply.breaks_off {
            return;
        }
    }
}

/// The next request; `None` when the client is gone or sends what is not HTTP.
async fn read_question(stream: &mut BufReader<TcpStream>) -> Option<Question> {
    let mut head = stream.take(HEAD_BYTES);
    let mut line = String::new();
    head.read_line(&mut line).await.ok()?;
    let mut words = line.split_ascii_whitespace();
    let mut question = Question {
        method: words.next()?.into(),
        target: words.next()?.into(),
        ..Question::default()
    };
    loop {
        line.clear();
        if head.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.split_once(':') else {
            return line.trim().is_empty().then_some(question);
        };
        let field = match name.to_ascii_lowercase().as_str() {
            "if-none-match" => &mut question.if_none_match,
            "if-modified-since" => &mut question.if_modified_since,
            "accept-encoding" => &mut question.accept_encoding,
            _ => continue,
        };
        *field = Some(value.trim().into());
    }
}

/// The response's bytes (RFC 9112); half of the body where it breaks off.
fn on_the_wire(answer: &Answer, date: &str) -> Vec<u8> {
    let status = answer.status;
    let length = answer.body.len();
    let mut lines = vec![
        format!("HTTP/1.1 {status} {}", reason(status)),
        format!("Date: {date}"),
    ];
    for (name, value) in &answer.headers {
        lines.push(format!("{name}: {value}"));
    }
    // RFC 9110, 8.6: a 304 has no body, and no length of one that it does not describe.
    if status != 304 {
        lines.push(format!("Content-Length: {length}"));
    }
    let head = lines.join("\r\n") + "\r\n\r\n";
    let sent = if answer.breaks_off {
        length / 2
    } else {
        length
    };
    let mut wire = head.into_bytes();
    wire.extend(answer.body.iter().take(sent));
    wire
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        304 => "Not Modified",
        404 => "Not Found",
        405 => "Method Not Allowed",
        410 => "Gone",
        _ => "",
    }
}
