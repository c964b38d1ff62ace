//! Dates as pages write them: ISO 8601 shapes, RFC 822, and dates written out in many languages.
//!
//! A time without a zone counts as UTC. A date without a time is midnight. Years outside
//! 1900..=2200 are no dates; Buddhist years (2400..=2700) are turned into common ones.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

use super::{months::month, tokens::Token, tokens::tokens};

/// A date found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// The date with the offset it was given with.
    pub(super) at: DateTime<FixedOffset>,
    /// A time of day was given.
    pub(super) has_time: bool,
    /// Where in the text the date starts, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// How an ambiguous `3/4/2025` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// 3 April.
    DayFirst,
    /// 4 March.
    MonthFirst,
}

/// The date that a whole value states, also as Unix seconds or milliseconds.
pub(super) fn read(raw: &str, order: Order) -> Option<Moment> {
    let raw = raw.trim();
    if !raw.is_empty() && raw.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(raw);
    }
    find_all(raw, order).into_iter().next()
}

/// Every date that stands in a line of text, in order.
pub(super) fn find_all(text: &str, order: Order) -> Vec<Moment> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(rest) = tokens.get(at..) else { break };
        let Some((date, used)) = date_at(rest, order) else {
            at += 1;
            continue;
        };
        let before = tokens.get(at.saturating_sub(6)..at).unwrap_or_default();
        let start = rest.first().map_or(0, Token::start);
        let after = rest.get(used..).unwrap_or_default();
        let time = time_after(after).or_else(|| time_before(before));
        let taken = used + time.map_or(0, |time| time.used);
        let end = rest.get(taken.saturating_sub(1)).map_or(start, Token::end);
        found.extend(moment(date, time, start, end));
        at += taken.max(1);
    }
    found
}

/// Midnight of a plain date, UTC.
pub(super) fn midnight(date: NaiveDate) -> DateTime<FixedOffset> {
    Utc.from_utc_datetime(&date.and_time(NaiveTime::MIN))
        .fixed_offset()
}

#[derive(Debug, Clone, Copy)]
struct Time {
    seconds: u32,
    offset: Option<i32>,
    used: usize,
}

fn moment(date: NaiveDate, time: Option<Time>, start: usize, end: usize) -> Option<Moment> {
    let seconds = time.map_or(0, |time| time.seconds);
    let offset = FixedOffset::east_opt(time.and_then(|time| time.offset).unwrap_or(0))?;
    // 24:00 is the end of the day (ISO 8601).
    let days = chrono::Days::new(u64::from(seconds / 86_400));
    let time_of_day = NaiveTime::from_num_seconds_from_midnight_opt(seconds % 86_400, 0)?;
    let local = date.checked_add_days(days)?.and_time(time_of_day);
    Some(Moment {
        at: offset.from_local_datetime(&local).single()?,
        has_time: time.is_some(),
        start,
        end,
    })
}

fn digits(raw: &str) -> Option<Moment> {
    let number: i64 = raw.parse().ok()?;
    let at = match raw.len() {
        10 => Utc.timestamp_opt(number, 0).single()?.fixed_offset(),
        13 => Utc.timestamp_millis_opt(number).single()?.fixed_offset(),
        8 => midnight(compact(number)?),
        12 | 14 => return packed(raw),
        _ => return None,
    };
    Some(Moment {
        at,
        has_time: raw.len() != 8,
        start: 0,
        end: raw.len(),
    })
}

fn packed(raw: &str) -> Option<Moment> {
    let (date, time) = raw.split_at_checked(8)?;
    let date = compact(date.parse().ok()?)?;
    let part = |at: usize| {
        time.get(at..at + 2)
            .and_then(|text| text.parse::<u32>().ok())
    };
    let seconds = clock(part(0)?, part(2)?, part(4).unwrap_or(0))?;
    let time = Time {
        seconds,
        offset: None,
        used: 0,
    };
    moment(date, Some(time), 0, raw.len())
}

/// `20250114`.
fn compact(number: i64) -> Option<NaiveDate> {
    let number = u32::try_from(number).ok()?;
    ymd(number / 10_000, number / 100 % 100, number % 100)
}

fn ymd(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = match year {
        2_400..=2_700 => year - 543,
        1_900..=2_200 => year,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn clock(hour: u32, minute: u32, second: u32) -> Option<u32> {
    let is_time =
        (hour < 24 && minute < 60 && second <= 60) || (hour == 24 && minute == 0 && second == 0);
    is_time.then(|| hour * 3_600 + minute * 60 + second.min(59))
}

/// A date at the first token, and how many tokens it takes.
fn date_at(tokens: &[Token<'_>], order: Order) -> Option<(NaiveDate, usize)> {
    match tokens.first()? {
        Token::Number { value, digits, .. } if *digits == 4 => year_first(tokens, *value),
        Token::Number { value, digits, .. } if *digits == 8 => {
            Some((compact(i64::from(*value))?, 1))
        }
        Token::Number { value, digits, .. } if *digits <= 2 => day_first(tokens, *value, order),
        Token::Word { text, .. } => month_first(tokens, month(text)?),
        Token::Number { .. } | Token::Mark { .. } => None,
    }
}

/// `2025-01-14`, `2025/1/14`, `2025年1月14日`, `2025년 1월 14일`, `2025 január 14`.
fn year_first(tokens: &[Token<'_>], year: u32) -> Option<(NaiveDate, usize)> {
    let mut at = 1;
    at += skip(tokens, at);
    let month_value = match tokens.get(at)? {
        Token::Number { value, digits, .. } if *digits <= 2 && at > 1 => *value,
        Token::Word { text, .. } => month(text)?,
        Token::Number { .. } | Token::Mark { .. } => return None,
    };
    at += 1;
    at += skip(tokens, at);
    let (day, _) = small_number(tokens, at)?;
    let date = ymd(year, month_value, day)?;
    at += 1;
    if let Some(Token::Word { text, .. }) = tokens.get(at)
        && text.starts_with(['日', '일', '號', '号'])
    {
        at += 1;
    }
    Some((date, at))
}

/// `14.01.2025`, `14/1/25`, `14 de enero de 2025`, `14. Januar 2025`, `14 tháng 1, 2025`.
fn day_first(tokens: &[Token<'_>], day: u32, order: Order) -> Option<(NaiveDate, usize)> {
    let mut at = 1;
    at += skip_ordinal(tokens, at);
    let gap = skip(tokens, at);
    at += gap;
    match tokens.get(at)? {
        Token::Word { text, .. } => {
            let month_value = month(text)?;
            at += 1;
            at += skip(tokens, at);
            let (year, digits) = number(tokens, at)?;
            Some((ymd(full_year(year, digits)?, month_value, day)?, at + 1))
        }
        Token::Number { value, digits, .. } if *digits <= 2 && gap > 0 => {
            let separator = tokens.get(1)?.mark();
            let gap = skip(tokens, at + 1);
            let (year, year_digits) = number(tokens, at + 1 + gap)?;
            let is_alike = tokens.get(at + 1)?.mark() == separator;
            if gap == 0 || (year_digits == 2 && !is_alike) {
                return None;
            }
            let year = full_year(year, year_digits)?;
            let is_month_first =
                (order == Order::MonthFirst && separator == Some('/') && day <= 12)
                    || (*value > 12 && separator != Some('.'));
            let (day, month_value) = if is_month_first {
                (*value, day)
            } else {
                (day, *value)
            };
            Some((ymd(year, month_value, day)?, at + 2 + gap))
        }
        Token::Number { .. } | Token::Mark { .. } => None,
    }
}

/// `January 14, 2025`, `Jan 14th 2025`, `Jan 14 10:00:00 2025` (asctime).
fn month_first(tokens: &[Token<'_>], month_value: u32) -> Option<(NaiveDate, usize)> {
    let mut at = 1;
    at += skip(tokens, at);
    let (day, digits) = number(tokens, at)?;
    if digits > 2 {
        return None;
    }
    at += 1;
    at += skip_ordinal(tokens, at);
    at += skip(tokens, at);
    let (year, digits) = number(tokens, at)?;
    if digits == 4 {
        return Some((ymd(year, month_value, day)?, at + 1));
    }
    // asctime: the year comes after the time.
    let year = (at + 1..at + 8).find_map(|next| match tokens.get(next)? {
        Token::Number {
            value, digits: 4, ..
        } => Some(*value),
        Token::Number { .. } | Token::Word { .. } | Token::Mark { .. } => None,
    })?;
    tokens
        .get(at + 1)
        .filter(|token| token.mark() == Some(':'))?;
    Some((ymd(year, month_value, day)?, at))
}

fn full_year(year: u32, digits: u8) -> Option<u32> {
    match digits {
        4 => Some(year),
        2 if year < 70 => Some(2_000 + year),
        2 => Some(1_900 + year),
        _ => None,
    }
}

fn number(tokens: &[Token<'_>], at: usize) -> Option<(u32, u8)> {
    match tokens.get(at)? {
        Token::Number { value, digits, .. } => Some((*value, *digits)),
        Token::Word { .. } | Token::Mark { .. } => None,
    }
}

fn small_number(tokens: &[Token<'_>], at: usize) -> Option<(u32, u8)> {
    number(tokens, at).filter(|(_, digits)| *digits <= 2)
}

/// How many tokens between the parts of a date carry no meaning.
fn skip(tokens: &[Token<'_>], from: usize) -> usize {
    let mut at = from;
    while at < from + 3 {
        let is_filler = match tokens.get(at) {
            Some(Token::Mark { mark, .. }) => {
                matches!(mark, '-' | '/' | '.' | ',' | '\'' | '’' | '–')
            }
            Some(Token::Word { text, .. }) => is_filler(text),
            Some(Token::Number { .. }) | None => false,
        };
        if !is_filler {
            break;
        }
        at += 1;
    }
    at - from
}

fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "de" | "del"
            | "di"
            | "of"
            | "da"
            | "do"
            | "den"
            | "the"
            | "年"
            | "月"
            | "년"
            | "월"
            | "tháng"
            | "năm"
            | "thg"
            | "d"
            | "г"
            | "р"
            | "r"
            | "m"
            | "mês"
            | "e"
            | "ta"
    )
}

fn skip_ordinal(tokens: &[Token<'_>], at: usize) -> usize {
    match tokens.get(at) {
        Some(Token::Word { text, .. }) => usize::from(matches!(
            text.to_ascii_lowercase().as_str(),
            "st" | "nd" | "rd" | "th" | "er" | "º" | "ª" | "-го" | "го" | "a"
        )),
        Some(Token::Number { .. } | Token::Mark { .. }) | None => 0,
    }
}

/// A time of day that follows a date, after at most five tokens such as `,`, `T`, `um`, `at`.
fn time_after(tokens: &[Token<'_>]) -> Option<Time> {
    for lead in 0..6 {
        let rest = tokens.get(lead..)?;
        let is_compact = lead == 1 && matches!(tokens.first(), Some(Token::Word { text: "T", .. }));
        let time = time_at(rest).or_else(|| is_compact.then(|| compact_time(rest)).flatten());
        if let Some(time) = time {
            return Some(Time {
                used: lead + time.used,
                ..time
            });
        }
        match rest.first()? {
            Token::Number { .. } => return None,
            Token::Word { text, .. } if month(text).is_some() => return None,
            Token::Word { .. } | Token::Mark { .. } => {}
        }
    }
    None
}

/// `102030` and `1020` after the T of ISO 8601's basic form.
fn compact_time(tokens: &[Token<'_>]) -> Option<Time> {
    let (value, digits) = number(tokens, 0)?;
    let seconds = match digits {
        6 => clock(value / 10_000, value / 100 % 100, value % 100)?,
        4 => clock(value / 100, value % 100, 0)?,
        _ => return None,
    };
    let zone = super::zones::zone_at(tokens.get(1..).unwrap_or_default());
    Some(Time {
        seconds,
        offset: zone.map(|(offset, _)| offset),
        used: 1 + zone.map_or(0, |(_, used)| used),
    })
}

fn time_before(tokens: &[Token<'_>]) -> Option<Time> {
    (0..tokens.len()).find_map(|at| {
        let rest = tokens.get(at..)?;
        let time = time_at(rest)?;
        Some(Time { used: 0, ..time })
    })
}

/// `10:00`, `10:00:30.5+02:00`, `14h30`, `14.30 Uhr`, `9:05 pm EST`.
fn time_at(tokens: &[Token<'_>]) -> Option<Time> {
    let (mut hour, hour_digits) = small_number(tokens, 0)?;
    let mut at = 3;
    let (minute, minute_digits) = match tokens.get(1)? {
        Token::Mark { mark: ':', .. } => small_number(tokens, 2)?,
        Token::Mark { mark: '.', .. } => clock_word(tokens)?,
        Token::Word { text, .. } if matches!(*text, "h" | "H" | "ч" | "時" | "시" | "点") => {
            small_number(tokens, 2)?
        }
        Token::Word { text, .. } if meridiem(text).is_some() => {
            at = 1;
            (0, 2)
        }
        Token::Word { .. } | Token::Number { .. } | Token::Mark { .. } => return None,
    };
    if minute_digits != 2 || hour_digits > 2 {
        return None;
    }
    let mut second = 0;
    if tokens.get(at).and_then(Token::mark) == Some(':') {
        let (value, _) = small_number(tokens, at + 1)?;
        second = value;
        at += 2;
        if matches!(tokens.get(at).and_then(Token::mark), Some('.' | ','))
            && number(tokens, at + 1).is_some()
        {
            at += 2;
        }
    }
    if let Some(Token::Word { text, .. }) = tokens.get(at)
        && let Some(is_afternoon) = meridiem(text)
    {
        hour = hour % 12 + if is_afternoon { 12 } else { 0 };
        at += 1;
        // "p.m."
        while tokens.get(at).and_then(Token::mark) == Some('.')
            || matches!(
                tokens.get(at),
                Some(Token::Word {
                    text: "m" | "M",
                    ..
                })
            )
        {
            at += 1;
        }
    }
    let zone = super::zones::zone_at(tokens.get(at..).unwrap_or_default());
    let (offset, used) = zone.map_or((None, 0), |(offset, used)| (Some(offset), used));
    Some(Time {
        seconds: clock(hour, minute, second)?,
        offset,
        used: at + used,
    })
}

/// `14.30` is a time only before a word such as `Uhr`.
fn clock_word(tokens: &[Token<'_>]) -> Option<(u32, u8)> {
    match tokens.get(3)? {
        Token::Word { text, .. } if matches!(*text, "Uhr" | "uhr" | "Uhrzeit" | "klo" | "h") => {
            small_number(tokens, 2)
        }
        Token::Word { .. } | Token::Number { .. } | Token::Mark { .. } => None,
    }
}

fn meridiem(word: &str) -> Option<bool> {
    match word {
        "am" | "AM" | "Am" | "a" => Some(false),
        "pm" | "PM" | "Pm" | "p" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(raw: &str, want: &str) {
        let got = read(raw, Order::DayFirst).map(|moment| moment.at.to_utc().to_rfc3339());
        assert_eq!(
            got.as_deref(),
            Some(want).filter(|want| !want.is_empty()),
            "{raw}"
        );
    }

    #[test]
    fn machine_forms_are_read() {
        check("2024-05-03", "2024-05-03T00:00:00+00:00");
        check("2024-05-03T10:20:30Z", "2024-05-03T10:20:30+00:00");
        check("2024-05-03T10:20:30.123+02:00", "2024-05-03T08:20:30+00:00");
        check("2024-05-03 10:20", "2024-05-03T10:20:00+00:00");
        check("2024-05-03T10:20:30+0200", "2024-05-03T08:20:30+00:00");
        check("20240503", "2024-05-03T00:00:00+00:00");
        check("20240503102030", "2024-05-03T10:20:30+00:00");
        check("20240503T102030Z", "2024-05-03T10:20:30+00:00");
        check("1714731630", "2024-05-03T10:20:30+00:00");
        check("1714731630000", "2024-05-03T10:20:30+00:00");
        check("Fri, 03 May 2024 10:20:30 GMT", "2024-05-03T10:20:30+00:00");
        check(
            "Fri, 3 May 2024 10:20:30 -0400",
            "2024-05-03T14:20:30+00:00",
        );
        check(
            "Fri May 03 2024 10:20:30 GMT+0200 (CEST)",
            "2024-05-03T08:20:30+00:00",
        );
        check("Fri May  3 10:20:30 2024", "2024-05-03T10:20:30+00:00");
        check("2024-05-03T24:00:00Z", "2024-05-04T00:00:00+00:00");
    }

    #[test]
    fn written_out_dates_are_read() {
        for raw in [
            "May 3, 2024",
            "May 3rd, 2024",
            "3 May 2024",
            "3rd of May 2024",
            "3. Mai 2024",
            "3 mai 2024",
            "3 de mayo de 2024",
            "3 maggio 2024",
            "3 de maio de 2024",
            "3 mei 2024",
            "3 maj 2024",
            "3. mai 2024",
            "3. toukokuuta 2024",
            "3 maja 2024",
            "3. května 2024",
            "3 мая 2024 г.",
            "3 травня 2024",
            "3 Mayıs 2024",
            "3 Μαΐου 2024",
            "2024. május 3.",
            "3 mai 2024",
            "3 Mei 2024",
            "3 tháng 5, 2024",
            "2024年5月3日",
            "2024년 5월 3일",
            "3 مايو 2024",
            "٣ مايو ٢٠٢٤",
            "3 במאי 2024",
            "3 मई 2024",
            "3 พฤษภาคม 2567",
            "03.05.2024",
            "03/05/2024",
            "3.5.24",
            "2024/5/3",
            "03-May-2024",
        ] {
            check(raw, "2024-05-03T00:00:00+00:00");
        }
    }

    #[test]
    fn times_and_zones_are_read() {
        check("3. Mai 2024, 10:20 Uhr", "2024-05-03T10:20:00+00:00");
        check("3. Mai 2024 um 10.20 Uhr", "2024-05-03T10:20:00+00:00");
        check("3 mai 2024 à 10h20", "2024-05-03T10:20:00+00:00");
        check("May 3, 2024 at 10:20 PM EDT", "2024-05-04T02:20:00+00:00");
        check("May 3, 2024, 1:05 p.m. ET", "2024-05-03T18:05:00+00:00");
        check("3 May 2024 | 10:20 IST", "2024-05-03T04:50:00+00:00");
        check("10:20, 3 May 2024", "2024-05-03T10:20:00+00:00");
    }

    #[test]
    fn the_month_comes_first_where_it_does() {
        let read = |raw, order| read(raw, order).map(|moment| moment.at.date_naive().to_string());
        assert_eq!(
            read("05/03/2024", Order::MonthFirst).as_deref(),
            Some("2024-05-03")
        );
        assert_eq!(
            read("05/03/2024", Order::DayFirst).as_deref(),
            Some("2024-03-05")
        );
        assert_eq!(
            read("05/13/2024", Order::DayFirst).as_deref(),
            Some("2024-05-13")
        );
    }

    #[test]
    fn what_is_no_date_is_none() {
        for raw in [
            "",
            "2024",
            "May 2024",
            "31/31/2024",
            "2024-13-01",
            "version 3.14.15",
            "12345",
            "hello",
            "10:20",
            "30 February 2024",
            "1.2.3.4",
        ] {
            check(raw, "");
        }
    }

    proptest! {
        #[test]
        fn never_panics(raw in "([0-9]{1,4}|[-/.,: T+]|May|am|年|Z|GMT|[^a]){0,30}") {
            let _ = find_all(&raw, Order::MonthFirst);
            let _ = read(&raw, Order::DayFirst);
        }
    }
}
