//! Zones of time, by their distance from Greenwich or by their name in the IANA database.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Duration, NaiveDateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::pieces::{is_joined, sign, word};
use crate::feed::date_lex::{Lexed, Piece};

/// The zone of a written time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Zone {
    /// Minutes east of Greenwich.
    Offset(i32),
    Named(Tz),
}

impl Zone {
    /// The instant at which clocks in the zone show a time: the first of two when they are put
    /// back; when they are put forward over it, as if they had not been.
    pub(super) fn instant(self, time: NaiveDateTime) -> Option<DateTime<Utc>> {
        let zone = match self {
            Self::Offset(minutes) => {
                let offset = Duration::minutes(i64::from(minutes));
                return time.and_utc().checked_sub_signed(offset);
            }
            Self::Named(zone) => zone,
        };
        if let Some(first) = zone.from_local_datetime(&time).earliest() {
            return Some(first.to_utc());
        }
        // No clock was ever put forward by more than a day.
        let before = time.checked_sub_signed(Duration::days(1))?;
        let offset = zone.offset_from_utc_datetime(&before).fix();
        time.checked_sub_offset(offset).map(|time| time.and_utc())
    }
}

/// Names of the IANA database that have a slash, in lower case. Those without one are rather
/// abbreviations or names of countries.
static NAMED: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    let named = TZ_VARIANTS.iter().filter(|zone| zone.name().contains('/'));
    named
        .map(|zone| (zone.name().to_ascii_lowercase(), *zone))
        .collect()
});

/// The zone that the pieces begin with the name of (`Europe/Berlin`), and how many it takes.
pub(super) fn named_zone(pieces: &[Lexed]) -> Option<(Zone, usize)> {
    if sign(pieces, 1) != Some('/') || !is_joined(pieces, 1) {
        return None;
    }
    let mut name = word(pieces, 0)?.to_owned();
    let mut used = 1;
    while is_joined(pieces, used)
        && let Some(part) = pieces.get(used).and_then(|next| part_of_name(&next.piece))
    {
        name.push_str(&part);
        used += 1;
    }
    let zone = NAMED.get(name.as_str())?;
    Some((Zone::Named(*zone), used))
}

/// `America/Port-au-Prince`, `Etc/GMT+3`.
fn part_of_name(piece: &Piece) -> Option<String> {
    match piece {
        Piece::Word(word) => Some(word.clone()),
        Piece::Number { value, .. } => Some(value.to_string()),
        Piece::Sign(sign @ ('/' | '_' | '-' | '+')) => Some(sign.to_string()),
        Piece::Sign(_) | Piece::Unit(_) => None,
    }
}
