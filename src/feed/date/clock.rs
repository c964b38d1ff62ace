//! Times of the day as they stand in a date.

use super::pieces::{is_joined, number, sign, small, word};
use crate::feed::date_lex::Lexed;
use crate::feed::date_names::half_day;

/// A time of the day and how many pieces it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// Hour, minute and second as written: nothing is checked yet.
    pub(super) time: (u32, u32, u32),
    pub(super) used: usize,
}

/// `13:00`, `13:00:00`, `13:00:00.123`, `13h30`.
pub(super) fn colon_clock(pieces: &[Lexed]) -> Option<Clock> {
    let (hour, _) = number(pieces, 0)?;
    if sign(pieces, 1) != Some(':') && word(pieces, 1) != Some("h") {
        return None;
    }
    let (minute, _) = number(pieces, 2)?;
    let mut clock = Clock {
        time: (small(hour), small(minute), 0),
        used: 3,
    };
    if sign(pieces, 3) == Some(':')
        && let Some((second, _)) = number(pieces, 4)
    {
        clock.time.2 = small(second);
        clock.used = 5;
        if fraction(pieces, 5).is_some() {
            clock.used = 7;
        }
    }
    Some(clock)
}

/// `13.00` and `13.00.00`, as Finns, Danes and Italians write it.
///
/// Dates are written with dots, too: only where a day was read before is this a time, and only
/// when all its numbers can be of one.
pub(super) fn dotted_clock(pieces: &[Lexed]) -> Option<Clock> {
    let (hour, 1 | 2) = number(pieces, 0)? else {
        return None;
    };
    let minute = sixtieth(pieces, 1)?;
    let mut clock = Clock {
        time: (small(hour), minute, 0),
        used: 3,
    };
    if sign(pieces, 3) == Some('.') && fraction(pieces, 3).is_some() {
        clock.time.2 = sixtieth(pieces, 3)?;
        clock.used = 5;
        if fraction(pieces, 5).is_some() {
            clock.used = 7;
        }
    }
    (hour <= 24).then_some(clock)
}

/// Two digits behind a dot that can be minutes or (leap) seconds.
fn sixtieth(pieces: &[Lexed], at: usize) -> Option<u32> {
    let (value, 2) = fraction(pieces, at)? else {
        return None;
    };
    (sign(pieces, at) == Some('.') && value <= 61).then_some(small(value))
}

/// What stands behind the `T` of ISO 8601: `13`, `1300`, `130000` or with colons, and the last of
/// them with a fraction.
pub(super) fn iso_clock(pieces: &[Lexed]) -> Option<Clock> {
    if let Some(clock) = colon_clock(pieces) {
        return Some(if clock.used == 3 {
            with_fraction(clock, pieces, 60)
        } else {
            clock
        });
    }
    let (value, n_digits) = number(pieces, 0)?;
    let (time, unit_seconds) = match n_digits {
        2 => ((small(value), 0, 0), 3_600),
        4 => ((small(value / 100), small(value % 100), 0), 60),
        6 => (six_digits(value), 1),
        _ => return None,
    };
    Some(with_fraction(Clock { time, used: 1 }, pieces, unit_seconds))
}

/// `130000`.
pub(super) fn six_digits(value: u64) -> (u32, u32, u32) {
    (
        small(value / 10_000),
        small(value / 100 % 100),
        small(value % 100),
    )
}

/// Adds the decimal fraction that may follow, of a unit of so many seconds; whole seconds are kept.
fn with_fraction(clock: Clock, pieces: &[Lexed], unit_seconds: u64) -> Clock {
    let Some((value, n_digits)) = fraction(pieces, clock.used) else {
        return clock;
    };
    let scale = u32::try_from(n_digits)
        .ok()
        .and_then(|n| 10_u64.checked_pow(n));
    let scaled = scale.and_then(|scale| Some(value.checked_mul(unit_seconds)? / scale));
    let seconds = scaled.unwrap_or_default();
    let (hour, minute, second) = clock.time;
    Clock {
        time: (
            hour,
            minute.saturating_add(small(seconds / 60)),
            second.saturating_add(small(seconds % 60)),
        ),
        used: clock.used + 2,
    }
}

/// The number behind a dot or comma, joined to it.
fn fraction(pieces: &[Lexed], at: usize) -> Option<(u64, usize)> {
    let is_point = matches!(sign(pieces, at), Some('.' | ','));
    number(pieces, at + 1).filter(|_| is_point && is_joined(pieces, at + 1))
}

/// Whether the pieces begin with a word for the hours after noon (`true`) or before it, and how
/// many pieces it takes: `pm`, `p.m.`
pub(super) fn half_day_at(pieces: &[Lexed]) -> Option<(bool, usize)> {
    let first = word(pieces, 0)?;
    if let Some(is_afternoon) = half_day(first) {
        return Some((is_afternoon, 1));
    }
    if first.chars().count() > 1 || sign(pieces, 1) != Some('.') {
        return None;
    }
    let both = [first, word(pieces, 2)?].concat();
    Some((half_day(&both)?, 3))
}
