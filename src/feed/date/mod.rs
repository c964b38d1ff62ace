//! Dates as feeds write them: RFC 822 in all its decay, ISO 8601 in all its profiles, and what
//! servers print when nobody told them a format.

use chrono::{DateTime, Datelike as _, Duration, Utc};

use super::complaint::{Complaint, Complaints};
use super::date_lex::{fold, lex};

mod clock;
mod digits;
mod pieces;
mod reading;
mod zone;

/// The instant that a written date means; `None` when it means none.
///
/// Without a zone it is UTC; a date alone is its first second; two-digit years are 1950 to 2049,
/// three digits count from 1900 (RFC 5322, 4.3); `24:00` is the next day's start, a leap second
/// the one before. Month names may be in some twenty languages, zones may be named as in the IANA
/// database. Ambiguous numbers with slashes are read month first, with dots or dashes day first.
/// Never guesses from garbage: an hour 33 makes the whole date `None`.
pub fn parse_date(raw: &str) -> Option<DateTime<Utc>> {
    parse(raw, None).map(|date| date.at)
}

/// A date and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReadDate {
    pub(super) at: DateTime<Utc>,
    /// A time of the day is written and no zone that is understood: it was read as UTC.
    pub(super) is_zone_assumed: bool,
}

/// What [`parse_date`] reads with how sure it is; a date without a year is the last one that is
/// not after `now`.
pub(super) fn parse_date_at(raw: &str, now: DateTime<Utc>) -> Option<ReadDate> {
    parse(raw, Some(now))
}

/// A date of a feed; what is wrong or doubtful about it is noted.
pub(super) fn read_date(
    raw: &str,
    complaints: &mut Complaints,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let Some(date) = parse_date_at(raw, now) else {
        complaints.note(Complaint::BadDate);
        return None;
    };
    if date.is_zone_assumed {
        complaints.note(Complaint::ZonelessDate);
    }
    if !plausible(date.at, now) {
        complaints.note(Complaint::ImplausibleDate);
    }
    Some(date.at)
}

/// Whether a date can be that of an article: from 1990 to 48 hours after `now`.
pub fn plausible(date: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    date.year() >= 1990 && date <= now + Duration::hours(48)
}

fn parse(raw: &str, now: Option<DateTime<Utc>>) -> Option<ReadDate> {
    let raw = raw.trim().trim_matches(['"', '\'']).trim();
    if raw.len() > 1_000 {
        return None;
    }
    let folded = fold(raw);
    if !folded.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    match digits::digits_alone(&folded) {
        Some(digits) => digits::number_date(digits),
        None => reading::read(&lex(&folded), now),
    }
}

#[cfg(test)]
mod tests;
