//! Time zones as they stand after a time: offsets, and the names people write.

use super::tokens::Token;

/// Offset in seconds east of Greenwich at the first tokens, and how many tokens it takes.
pub(super) fn zone_at(tokens: &[Token<'_>]) -> Option<(i32, usize)> {
    match tokens.first()? {
        Token::Mark { mark: '(', .. } => {
            let (offset, used) = zone_at(tokens.get(1..2)?)?;
            Some((offset, used + 1))
        }
        Token::Mark { mark, .. } => {
            let sign = match mark {
                '+' => 1,
                '-' | '−' => -1,
                _ => return None,
            };
            let (seconds, used) = hours_and_minutes(tokens.get(1..)?)?;
            Some((sign * seconds, used + 1))
        }
        Token::Word { text, .. } => {
            let offset = named(text)?;
            let is_base = matches!(*text, "GMT" | "UTC" | "Z");
            // "GMT+0200", "UTC -5".
            if is_base && let Some((shift, used)) = tokens.get(1..).and_then(signed_offset) {
                return Some((shift, used + 1));
            }
            Some((offset, 1))
        }
        Token::Number { .. } => None,
    }
}

fn signed_offset(tokens: &[Token<'_>]) -> Option<(i32, usize)> {
    let sign = match tokens.first()?.mark()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let (seconds, used) = hours_and_minutes(tokens.get(1..)?)?;
    Some((sign * seconds, used + 1))
}

fn hours_and_minutes(tokens: &[Token<'_>]) -> Option<(i32, usize)> {
    let Token::Number { value, digits, .. } = tokens.first()? else {
        return None;
    };
    let (hours, minutes, used) = match digits {
        4 => (value / 100, value % 100, 1),
        1 | 2 => match (tokens.get(1), tokens.get(2)) {
            (
                Some(Token::Mark { mark: ':', .. }),
                Some(Token::Number {
                    value: minutes,
                    digits: 2,
                    ..
                }),
            ) => (*value, *minutes, 3),
            _ => (*value, 0, 1),
        },
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Some((i32::try_from(hours * 3_600 + minutes * 60).ok()?, used))
}

/// Offset of a zone's name; of two meanings (`IST`, `CST`) the one of more readers.
fn named(name: &str) -> Option<i32> {
    let half_hours = match name {
        "Z" | "GMT" | "UTC" | "WET" | "UT" => 0,
        "CET" | "MEZ" | "BST" | "WEST" | "WAT" => 2,
        "CEST" | "MESZ" | "EET" | "OEZ" | "SAST" | "CAT" => 4,
        "EEST" | "OESZ" | "MSK" | "TRT" | "EAT" | "МСК" => 6,
        "IST" => 11,
        "PKT" => 10,
        "WIB" => 14,
        "WITA" | "HKT" | "SGT" | "AWST" => 16,
        "JST" | "KST" | "WIT" => 18,
        "AEST" => 20,
        "AEDT" => 22,
        "NZST" => 24,
        "NZDT" => 26,
        "EDT" | "AST" => -8,
        "EST" | "CDT" | "ET" => -10,
        "CST" | "MDT" => -12,
        "MST" | "PDT" => -14,
        "PST" => -16,
        "BRT" | "ART" | "ADT" => -6,
        _ => return None,
    };
    Some(half_hours * 1_800)
}
