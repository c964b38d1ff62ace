//! How long anything waits.

use std::time::Duration;

/// Longest wait that any rule asks for, with a day to spare: a feed that is gone is asked every 30 days. A
/// stored time further ahead was written by a clock that was wrong, and silences nothing (R39).
pub const LONGEST_WAIT: Duration = Duration::from_hours(31 * 24);
