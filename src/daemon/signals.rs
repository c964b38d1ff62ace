//! Signals, as the loop sees them.

use std::{io, os::unix::net::UnixStream};

use tokio::signal::unix::{Signal as UnixSignal, SignalKind, signal};

use super::DaemonError;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// TERM or INT: drain and end.
    Stop,
    /// HUP: read the configuration again.
    Reload,
    /// USR1: poll all feeds now.
    PollAll,
}

/// Installed handlers. Make it before READY is sent: a HUP right after READY would end a process
/// without handlers.
#[derive(Debug)]
pub struct Signals {
    term: UnixSignal,
    int: UnixSignal,
    hup: UnixSignal,
    usr1: UnixSignal,
}

/// `SIGXFSZ` of every Linux architecture but MIPS and SPARC (signal(7)).
const FILE_SIZE: i32 = 25;

/// Whether there are descriptors for a first runtime: it takes three for itself and two for signals, and panics
/// when it lacks the latter.
///
/// # Errors
///
/// The system's account, when there are too few.
pub fn room_for_runtime() -> io::Result<()> {
    let _six = [
        UnixStream::pair()?,
        UnixStream::pair()?,
        UnixStream::pair()?,
    ];
    Ok(())
}

/// From now on a write beyond `ulimit -f` fails like one on a full disk instead of ending the process.
/// Where no handler can be had all stays as it was.
pub fn outlive_file_size_limit() {
    if room_for_runtime().is_err() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    if let Ok(runtime) = runtime {
        let _inside = runtime.enter();
        // The handler outlives this: it is never taken back.
        drop(signal(SignalKind::from_raw(FILE_SIZE)));
    }
}

impl Signals {
    /// Installs the handlers.
    ///
    /// # Errors
    ///
    /// The system takes no handler.
    pub fn install() -> Result<Self, DaemonError> {
        let listen = |kind| signal(kind).map_err(|source| DaemonError::Signals { source });
        Ok(Self {
            term: listen(SignalKind::terminate())?,
            int: listen(SignalKind::interrupt())?,
            hup: listen(SignalKind::hangup())?,
            usr1: listen(SignalKind::user_defined1())?,
        })
    }

    /// Returns when a signal asks for the end; others wait for [`next`](Self::next).
    pub async fn stop(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }

    /// The next signal.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.term.recv() => Signal::Stop,
            _ = self.int.recv() => Signal::Stop,
            _ = self.hup.recv() => Signal::Reload,
            _ = self.usr1.recv() => Signal::PollAll,
        }
    }
}
