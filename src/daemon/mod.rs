//! `feedmill run`: polls each feed when it is due, for years.
//!
//! One loop owns the schedule. Polls are tasks; what they report comes back to the loop. Signals,
//! the control socket, the watchdog and the clock all feed the same loop, so nothing is shared.
//!
//! **Invariant:** the daemon stops only by signal or because its database is not usable; no feed,
//! page or configuration file can end it.

mod callers;
mod calls;
mod chores;
mod control;
mod error;
mod host_share;
mod lock;
mod notify;
mod pause;
mod protocol;
mod reload;
mod run;
mod schedule;
mod signals;
mod snapshot;
mod under_way;
mod work;

pub use control::{ControlClient, ControlServer};
pub use error::DaemonError;
pub use lock::{Lock, LockError, Owner};
pub use protocol::{ControlReply, ControlRequest};
pub use run::{DaemonParts, run};
pub use signals::{Signal, Signals, outlive_file_size_limit, room_for_runtime};
