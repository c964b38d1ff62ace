//! What systemd is told (`sd_notify(3)`); silent where nobody listens.

use std::time::Duration;

use sd_notify::NotifyState;

/// Tells the service manager how the daemon is.
#[derive(Debug, Default)]
pub(super) struct Notify {
    last_status: String,
}

impl Notify {
    /// Handlers are installed, the database is open, the schedule stands.
    pub(super) fn ready(&mut self, status: &str) {
        send(&[NotifyState::Ready, NotifyState::Status(status)]);
        status.clone_into(&mut self.last_status);
    }

    /// A line for `systemctl status`; sent when it changed.
    pub(super) fn status(&mut self, status: &str) {
        if self.last_status != status {
            send(&[NotifyState::Status(status)]);
            status.clone_into(&mut self.last_status);
        }
    }

    /// The configuration is being read again; [`ready`](Self::ready) follows.
    pub(super) fn reloading() {
        match NotifyState::monotonic_usec_now() {
            Ok(now) => send(&[NotifyState::Reloading, now]),
            Err(_) => send(&[NotifyState::Reloading]),
        }
    }

    /// The end has begun.
    pub(super) fn stopping() {
        send(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
    }

    /// The loop and the writer are alive.
    pub(super) fn alive() {
        send(&[NotifyState::Watchdog]);
    }

    /// How often [`alive`](Self::alive) is wanted: half of what the manager allows.
    pub(super) fn watchdog_every() -> Option<Duration> {
        sd_notify::watchdog_enabled().map(|allowed| allowed / 2)
    }
}

fn send(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("the service manager was not reached: {error}");
    }
}
