//! The only reader of time.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

/// One reading of both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Calendar time; may jump.
    pub wall: DateTime<Utc>,
    /// Time since the clock was made; never jumps, never runs back.
    pub mono: Duration,
}

/// Gives the time. Everything that decides takes a [`Now`]; only shells hold a clock.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Both clocks at this moment.
    fn now(&self) -> Now;
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts at zero here.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of time")]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of time")]
    fn now(&self) -> Now {
        Now {
            wall: DateTime::<Utc>::from(std::time::SystemTime::now()),
            mono: self.start.elapsed(),
        }
    }
}

/// A clock that stands still until it is moved; for tests and replays.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Now>,
}

impl ManualClock {
    /// A clock that shows `wall` and a monotonic zero.
    pub fn at(wall: DateTime<Utc>) -> Self {
        Self {
            now: Mutex::new(Now {
                wall,
                mono: Duration::ZERO,
            }),
        }
    }

    /// Moves both clocks forward.
    pub fn advance(&self, by: Duration) {
        let mut now = self.lock();
        now.mono += by;
        if let Ok(by) = chrono::TimeDelta::from_std(by) {
            now.wall = now.wall.checked_add_signed(by).unwrap_or(now.wall);
        }
    }

    /// Sets calendar time alone, as a jump of the machine's clock does.
    pub fn jump_to(&self, wall: DateTime<Utc>) {
        self.lock().wall = wall;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Now {
        *self.lock()
    }
}
