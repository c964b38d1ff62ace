//! Dates as feeds write them: RFC 822 in all its decay, ISO 8601 in all its profiles, and what
//! servers print when nobody told them a format.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveDateTime, TimeZone as _, Utc};

use super::date_lex::{Lexed, Piece, lex};
use super::date_names::{Unit, half_day, month, zone};

/// The instant that a written date means; `None` when it means none.
///
/// Without a zone it is UTC; a date alone is its first second; two-digit years are 1950 to 2049
/// (RFC 5322, 4.3); `24:00` is the next day's start, a leap second the one before. Month names may
/// be in some twenty languages. Ambiguous numbers with slashes are read month first, with dots or
/// dashes day first. Never guesses from garbage: an hour 33 makes the whole date `None`.
pub fn parse_date(raw: &str) -> Option<DateTime<Utc>> {
    parse(raw, None)
}

/// The same, and a date without a year is the last one that is not after `now`.
pub(super) fn parse_date_at(raw: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    parse(raw, Some(now))
}

/// Whether a date can be that of an article: from 1990 to 48 hours after `now`.
pub fn plausible(date: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    date.year() >= 1990 && date <= now + Duration::hours(48)
}

fn parse(raw: &str, now: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    let raw = raw.trim().trim_matches(['"', '\'']).trim();
    if !raw.bytes().any(|b| b.is_ascii_digit()) || raw.len() > 1_000 {
        return None;
    }
    if let Some(digits) = digits_alone(raw) {
        return number_date(digits);
    }
    let pieces = lex(raw);
    let mut reading = Reading::default();
    let mut at = 0;
    while at < pieces.len() {
        at += reading.take(pieces.get(at..).unwrap_or_default(), at == 0)?;
    }
    reading.date(now)
}

/// The digits of a text that is one number, without its fraction.
fn digits_alone(raw: &str) -> Option<&str> {
    let whole = match raw.split_once('.') {
        Some((whole, fraction))
            if whole.len() >= 9 && fraction.bytes().all(|b| b.is_ascii_digit()) =>
        {
            whole
        }
        Some(_) | None => raw,
    };
    whole.bytes().all(|b| b.is_ascii_digit()).then_some(whole)
}

/// A date that is one number: seconds, milliseconds, … since 1970, or the digits of a date.
fn number_date(whole: &str) -> Option<DateTime<Utc>> {
    let digits = |from: usize, to: usize| -> Option<u32> {
        let part = whole.get(from..to).unwrap_or_default();
        if part.is_empty() {
            Some(0)
        } else {
            part.parse().ok()
        }
    };
    let civil = || {
        let year = i32::try_from(digits(0, 4)?).ok()?;
        let (month, day) = (digits(4, 6)?.max(1), digits(6, 8)?.max(1));
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        let time = date.and_hms_opt(digits(8, 10)?, digits(10, 12)?, digits(12, 14)?)?;
        (1800..2200).contains(&year).then(|| time.and_utc())
    };
    let seconds = |divisor: i64| {
        let number: i64 = whole.parse().ok()?;
        Utc.timestamp_opt(number / divisor, 0).single()
    };
    match whole.len() {
        4 | 6 | 8 | 12 | 14 => civil(),
        9..=11 => seconds(1),
        13 => seconds(1_000),
        16 => seconds(1_000_000),
        19 => seconds(1_000_000_000),
        _ => None,
    }
}

/// What has been read of a date.
#[derive(Debug, Default)]
struct Reading {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    ordinal: Option<u32>,
    time: Option<(u32, u32, u32)>,
    offset_minutes: Option<i32>,
    is_afternoon: Option<bool>,
    /// Numbers that stand alone: day and year beside a month's name.
    numbers: Vec<(u64, usize)>,
    has_month_name: bool,
    has_unknown_word: bool,
}

fn number(pieces: &[Lexed], at: usize) -> Option<(u64, usize)> {
    match pieces.get(at)?.piece {
        Piece::Number { value, n_digits } => Some((value, n_digits)),
        Piece::Word(_) | Piece::Unit(_) | Piece::Sign(_) => None,
    }
}

fn sign(pieces: &[Lexed], at: usize) -> Option<char> {
    match pieces.get(at)?.piece {
        Piece::Sign(sign) => Some(sign),
        Piece::Word(_) | Piece::Unit(_) | Piece::Number { .. } => None,
    }
}

fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

impl Reading {
    /// Takes what the pieces begin with; gives how many were used, `None` for nonsense.
    fn take(&mut self, pieces: &[Lexed], is_first: bool) -> Option<usize> {
        match &pieces.first()?.piece {
            Piece::Number { value, n_digits } => self.take_number(pieces, *value, *n_digits),
            Piece::Word(word) => {
                self.take_word(word);
                Some(1)
            }
            Piece::Sign(sign @ ('+' | '-' | '−')) if self.time.is_some() => {
                Some(self.take_offset(pieces, *sign == '+'))
            }
            // ISO 8601 with the century left out: `-03-12`.
            Piece::Sign('-') if is_first => {
                let (Some((year, 2)), Some('-'), Some((month, 2))) =
                    (number(pieces, 1), sign(pieces, 2), number(pieces, 3))
                else {
                    return Some(1);
                };
                self.year = Some(full_year(small(year)));
                self.month = Some(small(month));
                Some(4)
            }
            Piece::Sign(_) | Piece::Unit(_) => Some(1),
        }
    }

    fn take_word(&mut self, word: &str) {
        if let Some(is_afternoon) = half_day(word) {
            self.is_afternoon = Some(is_afternoon);
        } else if let Some(minutes) = zone(word).filter(|_| self.time.is_some()) {
            self.offset_minutes = self.offset_minutes.or(Some(minutes));
        } else if let Some(month) = month(word) {
            // The last wins: Spanish and French write `mar` for Tuesday, too, and it stands first.
            self.month = Some(month);
            self.has_month_name = true;
        } else if word.chars().count() > 2 {
            self.has_unknown_word = true;
        }
    }

    fn take_number(&mut self, pieces: &[Lexed], value: u64, n_digits: usize) -> Option<usize> {
        if let Some(used) = self.take_time(pieces, value) {
            return Some(used);
        }
        if let Some(used) = self.take_date(pieces, value, n_digits) {
            return Some(used);
        }
        if let Some(Piece::Unit(unit)) = pieces.get(1).map(|next| &next.piece) {
            self.take_unit(*unit, small(value));
            return Some(2);
        }
        let is_after_date = self.day.is_some() || self.month.is_some();
        match n_digits {
            // Basic format: `20021002T130000Z`.
            8 if self.year.is_none() => {
                self.year = i32::try_from(value / 10_000).ok();
                self.month = Some(small(value / 100 % 100));
                self.day = Some(small(value % 100));
            }
            6 if is_after_date && self.time.is_none() => {
                self.time = Some((
                    small(value / 10_000),
                    small(value / 100 % 100),
                    small(value % 100),
                ));
            }
            4 if is_after_date && self.year.is_some() && self.time.is_none() => {
                self.time = Some((small(value / 100), small(value % 100), 0));
            }
            1..=4 => self.numbers.push((value, n_digits)),
            _ => return None,
        }
        Some(1)
    }

    fn take_unit(&mut self, unit: Unit, value: u32) {
        let (hour, minute, second) = self.time.unwrap_or_default();
        match unit {
            Unit::Year => self.year = i32::try_from(value).ok(),
            Unit::Month => self.month = Some(value),
            Unit::Day => self.day = Some(value),
            Unit::Hour => self.time = Some((value, minute, second)),
            Unit::Minute => self.time = Some((hour, value, second)),
            Unit::Second => self.time = Some((hour, minute, value)),
        }
    }

    /// `13:00`, `13:00:00`, `13:00:00.123`, `13h30`.
    fn take_time(&mut self, pieces: &[Lexed], hour: u64) -> Option<usize> {
        if self.time.is_some() {
            return None;
        }
        let is_french = matches!(pieces.get(1).map(|next| &next.piece),
            Some(Piece::Word(word)) if word == "h");
        if sign(pieces, 1) != Some(':') && !is_french {
            return None;
        }
        let (minute, _) = number(pieces, 2)?;
        let mut second = 0;
        let mut used = 3;
        if sign(pieces, 3) == Some(':')
            && let Some((value, _)) = number(pieces, 4)
        {
            second = value;
            used = 5;
            if matches!(sign(pieces, 5), Some('.' | ','))
                && let Some(true) = pieces.get(6).map(|next| !next.is_spaced)
                && number(pieces, 6).is_some()
            {
                used = 7;
            }
        }
        self.time = Some((small(hour), small(minute), small(second)));
        Some(used)
    }

    /// Numbers joined by dashes, slashes or dots.
    fn take_date(&mut self, pieces: &[Lexed], first: u64, n_digits: usize) -> Option<usize> {
        let separator = sign(pieces, 1).filter(|sign| matches!(sign, '-' | '/' | '.'))?;
        let (second, n_second) = number(pieces, 2)?;
        let is_joined = separator == '.' || pieces.get(2).is_some_and(|next| !next.is_spaced);
        if !is_joined || self.day.is_some() {
            return None;
        }
        let third = (sign(pieces, 3) == Some(separator))
            .then(|| number(pieces, 4))
            .flatten();
        if n_digits == 4 {
            self.year = i32::try_from(first).ok();
            return Some(match third {
                Some((third, _)) => {
                    self.month = Some(small(second));
                    self.day = Some(small(third));
                    5
                }
                None if n_second == 3 => {
                    self.ordinal = Some(small(second));
                    3
                }
                None => {
                    self.month = Some(small(second));
                    3
                }
            });
        }
        let (third, n_third) = third?;
        let is_month_first = first <= 12 && (second > 12 || separator == '/');
        let (month, day) = if is_month_first {
            (first, second)
        } else {
            (second, first)
        };
        self.month = Some(small(month));
        self.day = Some(small(day));
        self.year = Some(if n_third == 4 {
            i32::try_from(third).ok()?
        } else {
            full_year(small(third))
        });
        Some(5)
    }

    /// `+0200`, `+02:00`, `+2`.
    fn take_offset(&mut self, pieces: &[Lexed], is_east: bool) -> usize {
        let Some((value, n_digits)) = number(pieces, 1) else {
            return 1;
        };
        if pieces.get(1).is_some_and(|next| next.is_spaced) {
            return 1;
        }
        let (hours, minutes, used) = match (n_digits, sign(pieces, 2), number(pieces, 3)) {
            (1 | 2, Some(':'), Some((minutes, _))) => (value, minutes, 4),
            (1 | 2, _, _) => (value, 0, 2),
            (3 | 4, _, _) => (value / 100, value % 100, 2),
            _ => return 1,
        };
        if hours <= 18 && minutes < 60 {
            let total = i32::try_from(hours * 60 + minutes).unwrap_or_default();
            self.offset_minutes = Some(if is_east { total } else { -total });
        }
        used
    }

    fn date(mut self, now: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        self.place_numbers();
        let year = match self.year {
            Some(year) => year,
            None => self.missing_year(now?)?,
        };
        // A year or month alone is a date only if nothing else is there to doubt it.
        let is_partial = self.day.is_none() && self.ordinal.is_none();
        if is_partial && (self.has_unknown_word || (self.month.is_none() && self.time.is_some())) {
            return None;
        }
        let date = match self.ordinal {
            Some(ordinal) => NaiveDate::from_yo_opt(year, ordinal)?,
            None => NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        let time = self.at(date)?;
        let offset = Duration::minutes(i64::from(self.offset_minutes.unwrap_or(0)));
        let date = time.and_utc().checked_sub_signed(offset)?;
        (1..=9999).contains(&date.year()).then_some(date)
    }

    fn at(&self, date: NaiveDate) -> Option<NaiveDateTime> {
        let (hour, minute, second) = self.time.unwrap_or_default();
        let hour = match self.is_afternoon {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            Some(_) | None => hour,
        };
        if hour == 24 && minute == 0 && second == 0 {
            return date.succ_opt()?.and_hms_opt(0, 0, 0);
        }
        let second = if second == 60 { 59 } else { second };
        date.and_hms_opt(hour, minute, second)
    }

    /// Gives the numbers that stand alone their place: a day fits in 31, a year does not.
    fn place_numbers(&mut self) {
        for (value, n_digits) in std::mem::take(&mut self.numbers) {
            if n_digits <= 2 && (1..=31).contains(&value) && self.day.is_none() {
                self.day = Some(small(value));
            } else if self.year.is_none() && (n_digits == 4 || n_digits == 2) {
                self.year = match n_digits {
                    4 => i32::try_from(value).ok(),
                    _ => Some(full_year(small(value))),
                };
            }
        }
    }

    /// The last year in which the date was not after `now` (with a day for zones).
    fn missing_year(&self, now: DateTime<Utc>) -> Option<i32> {
        let (month, day) = (self.month.filter(|_| self.has_month_name)?, self.day?);
        if self.has_unknown_word && self.time.is_none() {
            return None;
        }
        let this_year = NaiveDate::from_ymd_opt(now.year(), month, day)?;
        let is_ahead = this_year > now.date_naive() + Duration::days(1);
        Some(now.year() - i32::from(is_ahead))
    }
}

/// A year of two digits (RFC 5322, 4.3).
fn full_year(short: u32) -> i32 {
    let short = i32::try_from(short).unwrap_or_default();
    match short {
        0..=49 => short + 2000,
        50..=99 => short + 1900,
        _ => short,
    }
}

#[cfg(test)]
mod tests;
