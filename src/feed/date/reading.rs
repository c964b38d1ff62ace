//! Puts the pieces of a date together.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveDateTime, Utc, Weekday};

use super::ReadDate;
use super::clock::{Clock, colon_clock, dotted_clock, half_day_at, iso_clock, six_digits};
use super::pieces::{is_joined, number, sign, small, word};
use super::zone::{Zone, named_zone};
use crate::feed::date_lex::{Lexed, Piece};
use crate::feed::date_names::{Unit, is_weekday, is_weekday_too, month, zone};

/// Years that can be written again.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// The date that the pieces make.
pub(super) fn read(pieces: &[Lexed], now: Option<DateTime<Utc>>) -> Option<ReadDate> {
    let mut reading = Reading::default();
    let mut at = 0;
    while at < pieces.len() {
        at += reading.take(pieces.get(at..).unwrap_or_default(), at == 0)?;
    }
    reading.date(now)
}

/// What has been read of a date.
#[derive(Debug, Default)]
struct Reading {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    ordinal: Option<u32>,
    /// Week and day of the week (ISO 8601).
    week: Option<(u32, u32)>,
    time: Option<(u32, u32, u32)>,
    zone: Option<Zone>,
    is_afternoon: Option<bool>,
    /// Numbers that stand alone: day and year beside a month's name.
    numbers: Vec<(u64, usize)>,
    /// By its name, and by one that means nothing else.
    month_name: Option<Certainty>,
    has_unknown_word: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certainty {
    Certain,
    /// The word means a day of the week, too.
    Doubtful,
}

impl Reading {
    /// Takes what the pieces begin with; gives how many were used, `None` for nonsense.
    fn take(&mut self, pieces: &[Lexed], is_first: bool) -> Option<usize> {
        match &pieces.first()?.piece {
            Piece::Number { value, n_digits } => self.take_number(pieces, *value, *n_digits),
            Piece::Word(word) => Some(self.take_word(pieces, word)),
            Piece::Sign(sign @ ('+' | '-' | '−')) if self.time.is_some() => {
                Some(self.take_offset(pieces, *sign == '+'))
            }
            Piece::Sign('-') if is_first => self.take_short_year(pieces),
            Piece::Sign(_) | Piece::Unit(_) => Some(1),
        }
    }

    /// ISO 8601 with the century left out: `-03-12`. A year before Christ is nonsense.
    fn take_short_year(&mut self, pieces: &[Lexed]) -> Option<usize> {
        let year = number(pieces, 1).filter(|_| is_joined(pieces, 1));
        let Some((year, n_digits)) = year else {
            return Some(1);
        };
        if n_digits >= 4 {
            return None;
        }
        let (2, Some('-'), Some((month, 2))) = (n_digits, sign(pieces, 2), number(pieces, 3))
        else {
            return Some(1);
        };
        self.year = Some(full_year(small(year)));
        self.month = Some(small(month));
        Some(4)
    }

    fn take_word(&mut self, pieces: &[Lexed], word: &str) -> usize {
        if let Some(used) = self.take_iso_time(pieces) {
            return used;
        }
        if let Some((is_afternoon, used)) = half_day_at(pieces) {
            // `am` before the date is German.
            if !word.is_ascii() || self.time.is_some() || self.is_day_told() {
                self.is_afternoon = Some(is_afternoon);
            }
            return used;
        }
        if self.time.is_some() {
            let named = named_zone(pieces);
            // `pt.` and `st.` behind a time are days of the week, shortened.
            let is_shortened = word.len() == 2 && sign(pieces, 1) == Some('.');
            let short = || Some((Zone::Offset(zone(word).filter(|_| !is_shortened)?), 1));
            let named = named.or_else(short);
            if let Some((zone, used)) = named {
                self.zone = self.zone.or(Some(zone));
                return used;
            }
        }
        self.take_name(word);
        1
    }

    /// The `T` of ISO 8601 and the time behind it.
    fn take_iso_time(&mut self, pieces: &[Lexed]) -> Option<usize> {
        let is_marked = word(pieces, 0) == Some("t") && is_joined(pieces, 1);
        if !is_marked || self.time.is_some() || !self.is_day_told() {
            return None;
        }
        let clock = iso_clock(pieces.get(1..)?)?;
        self.time = Some(clock.time);
        Some(clock.used + 1)
    }

    /// A month's name. The last certain one wins; one that means a day of the week, too (Spanish
    /// and French `mar`), counts only as long as there is no other, and none counts after a date
    /// that is whole.
    fn take_name(&mut self, word: &str) {
        let is_certain = self.month_name == Some(Certainty::Certain);
        let is_whole = self.month.is_some()
            && (self.day.is_some() || (is_certain && self.is_day_told() && self.numbers.len() > 1));
        match month(word).filter(|_| !is_weekday(word)) {
            Some(_) if is_weekday_too(word) && self.month.is_some() => {}
            Some(month) if !is_whole => {
                self.month = Some(month);
                self.month_name = Some(if is_weekday_too(word) {
                    Certainty::Doubtful
                } else {
                    Certainty::Certain
                });
            }
            Some(_) | None => self.has_unknown_word |= word.chars().count() > 2,
        }
    }

    /// Whether the day is known, so that a number which follows can be a time.
    fn is_day_told(&self) -> bool {
        let is_named =
            self.month_name.is_some() && self.numbers.iter().any(|&(_, n_digits)| n_digits <= 2);
        is_named || self.day.is_some() || self.ordinal.is_some() || self.week.is_some()
    }

    fn take_number(&mut self, pieces: &[Lexed], value: u64, n_digits: usize) -> Option<usize> {
        // `07/Sep/2002:14:05:09`, as logs of servers have it.
        let is_before_time = n_digits == 4 && sign(pieces, 1) == Some(':');
        if is_before_time && self.month_name.is_some() && self.numbers.len() == 1 {
            self.numbers.push((value, n_digits));
            return Some(2);
        }
        let used = self
            .take_time(pieces, value, n_digits)
            .or_else(|| self.take_week(pieces, value, n_digits))
            .or_else(|| self.take_date(pieces, value, n_digits));
        if used.is_some() {
            return used;
        }
        if let Some(Piece::Unit(unit)) = pieces.get(1).map(|next| &next.piece) {
            self.take_unit(*unit, small(value));
            return Some(2);
        }
        self.take_lone_number(value, n_digits, word(pieces, 1) == Some("t"))
    }

    fn take_lone_number(
        &mut self,
        value: u64,
        n_digits: usize,
        is_before_t: bool,
    ) -> Option<usize> {
        let is_after_date = self.day.is_some() || self.month.is_some();
        match n_digits {
            // Basic format: `20021002T130000Z`.
            8 if self.year.is_none() => {
                self.year = i32::try_from(value / 10_000).ok();
                self.month = Some(small(value / 100 % 100));
                self.day = Some(small(value % 100));
            }
            7 if self.year.is_none() && is_before_t => {
                self.year = i32::try_from(value / 1_000).ok();
                self.ordinal = Some(small(value % 1_000));
            }
            6 if is_after_date && self.time.is_none() => self.time = Some(six_digits(value)),
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

    /// `13:00` and its like; `13.00` after a day; `2` before `pm`.
    fn take_time(&mut self, pieces: &[Lexed], value: u64, n_digits: usize) -> Option<usize> {
        if self.time.is_some() || n_digits == 4 {
            return None;
        }
        let is_day_told = self.is_day_told();
        let dotted = || dotted_clock(pieces).filter(|_| is_day_told);
        let hour = || {
            half_day_at(pieces.get(1..)?).filter(|_| (1..=12).contains(&value))?;
            Some(Clock {
                time: (small(value), 0, 0),
                used: 1,
            })
        };
        let clock = colon_clock(pieces).or_else(dotted).or_else(hour)?;
        self.time = Some(clock.time);
        Some(clock.used)
    }

    /// `2002-W40-3`, `2002W403`, `2002-W40` (ISO 8601): a week alone is its Monday.
    fn take_week(&mut self, pieces: &[Lexed], year: u64, n_digits: usize) -> Option<usize> {
        let at = if sign(pieces, 1) == Some('-') { 2 } else { 1 };
        if n_digits != 4 || word(pieces, at) != Some("w") || !is_joined(pieces, at + 1) {
            return None;
        }
        let next_day = || {
            let is_day = sign(pieces, at + 2) == Some('-') && is_joined(pieces, at + 3);
            number(pieces, at + 3).filter(|_| is_day)
        };
        let (week, day, used) = match (number(pieces, at + 1)?, next_day()) {
            ((value, 3), _) => (value / 10, value % 10, at + 2),
            ((week, 2), Some((day, 1))) => (week, day, at + 4),
            ((week, 2), _) => (week, 1, at + 2),
            _ => return None,
        };
        self.year = i32::try_from(year).ok();
        self.week = Some((small(week), small(day)));
        Some(used)
    }

    /// Numbers joined by dashes, slashes or dots; by colons when the year is first (as cameras
    /// write it).
    fn take_date(&mut self, pieces: &[Lexed], first: u64, n_digits: usize) -> Option<usize> {
        let separator = sign(pieces, 1)?;
        let is_separator =
            matches!(separator, '-' | '/' | '.') || (separator == ':' && n_digits == 4);
        let second = number(pieces, 2)?;
        let is_whole = separator == '.' || is_joined(pieces, 2);
        if !is_separator || !is_whole || self.day.is_some() {
            return None;
        }
        let third = (sign(pieces, 3) == Some(separator))
            .then(|| number(pieces, 4))
            .flatten();
        if n_digits == 4 {
            return Some(self.take_year_first(first, second, third));
        }
        let (third, n_third) = third?;
        // `July 20. 12.28` is a day and a time.
        let has_year = self.numbers.iter().any(|&(_, n_digits)| n_digits == 4);
        if n_third != 4 && (has_year || self.month_name == Some(Certainty::Certain)) {
            return None;
        }
        let second = second.0;
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

    /// `2002-10-02`, `2002-275`, `2002-10`.
    fn take_year_first(
        &mut self,
        year: u64,
        (second, n_second): (u64, usize),
        third: Option<(u64, usize)>,
    ) -> usize {
        self.year = i32::try_from(year).ok();
        match third {
            Some((day, _)) => {
                self.month = Some(small(second));
                self.day = Some(small(day));
                return 5;
            }
            None if n_second == 3 => self.ordinal = Some(small(second)),
            None => self.month = Some(small(second)),
        }
        3
    }

    /// `+0200`, `+02:00`, `+2`. An impossible one is none.
    fn take_offset(&mut self, pieces: &[Lexed], is_east: bool) -> usize {
        let Some((value, n_digits)) = number(pieces, 1).filter(|_| is_joined(pieces, 1)) else {
            return 1;
        };
        let (hours, minutes, used) = match (n_digits, sign(pieces, 2), number(pieces, 3)) {
            (1 | 2, Some(':'), Some((minutes, _))) => (value, minutes, 4),
            (1 | 2, _, _) => (value, 0, 2),
            (3 | 4, _, _) => (value / 100, value % 100, 2),
            _ => return 1,
        };
        if hours <= 18 && minutes < 60 {
            let total = i32::try_from(hours * 60 + minutes).unwrap_or_default();
            self.zone = Some(Zone::Offset(if is_east { total } else { -total }));
        }
        used
    }

    fn date(mut self, now: Option<DateTime<Utc>>) -> Option<ReadDate> {
        self.place_numbers()?;
        let year = match self.year {
            Some(year) => year,
            None => self.missing_year(now?)?,
        };
        if !YEARS.contains(&year) {
            return None;
        }
        // A year or month alone is a date only if nothing else is there to doubt it.
        let is_partial = self.day.is_none() && self.ordinal.is_none() && self.week.is_none();
        if is_partial && (self.has_unknown_word || (self.month.is_none() && self.time.is_some())) {
            return None;
        }
        let time = self.at(self.civil(year)?)?;
        let at = self.zone.unwrap_or(Zone::Offset(0)).instant(time)?;
        YEARS.contains(&at.year()).then_some(ReadDate {
            at,
            is_zone_assumed: self.time.is_some() && self.zone.is_none(),
        })
    }

    /// The day on the calendar.
    fn civil(&self, year: i32) -> Option<NaiveDate> {
        if let Some((week, day)) = self.week {
            let day = u8::try_from(day.checked_sub(1)?).ok()?;
            return NaiveDate::from_isoywd_opt(year, week, Weekday::try_from(day).ok()?);
        }
        if let Some(ordinal) = self.ordinal {
            return NaiveDate::from_yo_opt(year, ordinal);
        }
        if self.month.is_none() && self.day.is_some() {
            return None;
        }
        NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))
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
        // Leap seconds; POSIX once allowed two at a time.
        let second = if matches!(second, 60 | 61) {
            59
        } else {
            second
        };
        date.and_hms_opt(hour, minute, second)
    }

    /// Gives the numbers that stand alone their place: a day fits in 31, a year does not. `0001`
    /// or the like instead of a year is what servers print for no date at all.
    fn place_numbers(&mut self) -> Option<()> {
        let numbers = std::mem::take(&mut self.numbers);
        for &(value, n_digits) in &numbers {
            if n_digits <= 2 && (1..=31).contains(&value) && self.day.is_none() {
                self.day = Some(small(value));
            } else if self.year.is_none() && (n_digits == 4 || n_digits == 2) {
                self.year = match n_digits {
                    4 if value < 1_000 => return None,
                    4 => i32::try_from(value).ok(),
                    _ => Some(full_year(small(value))),
                };
            }
        }
        // Three digits are a year only where nothing else can be one.
        let short = numbers.iter().find(|&&(_, n_digits)| n_digits == 3);
        self.year = self
            .year
            .or_else(|| short.map(|&(value, _)| full_year(small(value))));
        Some(())
    }

    /// The last year in which the date was not after `now` (with a day for zones).
    fn missing_year(&self, now: DateTime<Utc>) -> Option<i32> {
        let (month, day) = (self.month.filter(|_| self.month_name.is_some())?, self.day?);
        if self.has_unknown_word && self.time.is_none() {
            return None;
        }
        let this_year = NaiveDate::from_ymd_opt(now.year(), month, day)?;
        let is_ahead = this_year > now.date_naive() + Duration::days(1);
        Some(now.year() - i32::from(is_ahead))
    }
}

/// A year of two or three digits (RFC 5322, 4.3).
fn full_year(short: u32) -> i32 {
    let short = i32::try_from(short).unwrap_or_default();
    match short {
        0..=49 => short + 2000,
        50..=999 => short + 1900,
        _ => short,
    }
}
