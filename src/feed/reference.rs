//! Character and entity references in XML text, resolved as far as they can be.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::text;

use super::complaint::{Complaint, Complaints};
use super::doctype::Entities;
use super::token::split;

/// Longest entity name looked up: HTML's longest is `CounterClockwiseContourIntegral`.
const LONGEST_NAME: usize = 40;

/// Resolves references and drops what XML allows in no text.
///
/// Numeric references in the C1 range mean windows-1252, as everywhere on the web; halves of a
/// surrogate pair written as two references become one character. Names need their semicolon:
/// `?a=1&copy=2` is an address, not a sign. What cannot be resolved stays as written.
pub(super) fn decode<'a>(
    raw: &'a str,
    entities: &Entities,
    complaints: &mut Complaints,
) -> Cow<'a, str> {
    if memchr(b'&', raw.as_bytes()).is_none() {
        return clean(raw, complaints);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut high = None;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        let (before, from) = split(rest, at);
        push_text(before, &mut out, complaints);
        let reference = read(from, entities, complaints);
        rest = split(from, reference.len).1;
        match (reference.value, high.take().filter(|_| before.is_empty())) {
            (Value::Text(text), _) => push_text(&text, &mut out, complaints),
            (Value::Surrogate(low @ 0xdc00..=0xdfff), Some(high)) => {
                let code = 0x1_0000_u32 + ((high - 0xd800_u32) << 10) + (low - 0xdc00);
                out.extend(char::from_u32(code));
            }
            (Value::Surrogate(half @ 0xd800..=0xdbff), _) => high = Some(half),
            (Value::Surrogate(_), _) => {}
            (Value::None, _) => out.push('&'),
        }
    }
    push_text(rest, &mut out, complaints);
    Cow::Owned(out)
}

/// Text without references: what XML allows in no text is dropped.
pub(super) fn clean<'a>(raw: &'a str, complaints: &mut Complaints) -> Cow<'a, str> {
    if !is_odd(raw) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    push_text(raw, &mut out, complaints);
    Cow::Owned(out)
}

/// Whether a text holds what XML allows in none: most controls, and the two that are no characters.
fn is_odd(text: &str) -> bool {
    let is_control = |b| matches!(b, 0..=8 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f);
    let bytes = text.as_bytes();
    text::has_byte(text, is_control)
        || text::has_c1(text)
        || memchr_iter(0xef, bytes)
            .any(|at| matches!(bytes.get(at + 1..at + 3), Some([0xbf, 0xbe | 0xbf])))
}

fn push_text(part: &str, out: &mut String, complaints: &mut Complaints) {
    if !is_odd(part) {
        out.push_str(part);
        return;
    }
    for c in part.chars() {
        if matches!(c, '\u{80}'..='\u{9f}') {
            // A byte of windows-1252 that somebody took for Latin-1 on its way here.
            complaints.note(Complaint::BadReference);
            out.push_str(&text::unescape(&format!("&#{};", u32::from(c))));
        } else if (c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r'))
            || matches!(c, '\u{fffe}' | '\u{ffff}')
        {
            complaints.note(Complaint::ControlCharacter);
        } else {
            out.push(c);
        }
    }
}

enum Value<'a> {
    Text(Cow<'a, str>),
    Surrogate(u32),
    None,
}

struct Reference<'a> {
    value: Value<'a>,
    len: usize,
}

impl Reference<'_> {
    const BARE: Self = Self {
        value: Value::None,
        len: 1,
    };
}

/// Reads the reference at the start of `from`, which begins with `&`.
fn read<'a>(from: &'a str, entities: &'a Entities, complaints: &mut Complaints) -> Reference<'a> {
    if let Some(number) = from.strip_prefix("&#") {
        return numeric(number, complaints);
    }
    let name_len = from
        .bytes()
        .skip(1)
        .take(LONGEST_NAME)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let is_closed = from.as_bytes().get(name_len + 1) == Some(&b';');
    if name_len == 0 || !is_closed {
        complaints.note(Complaint::BareAmpersand);
        return Reference::BARE;
    }
    let whole = from.get(..name_len + 2).unwrap_or_default();
    let name = whole.get(1..name_len + 1).unwrap_or_default();
    let len = whole.len();
    let predefined = match name {
        "amp" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        "quot" => Some("\""),
        "apos" => Some("'"),
        _ => entities.value(name),
    };
    if let Some(text) = predefined {
        return Reference {
            value: Value::Text(Cow::Borrowed(text)),
            len,
        };
    }
    let resolved = text::unescape(whole);
    if resolved == whole {
        complaints.note(Complaint::UnknownEntity);
        return Reference::BARE;
    }
    complaints.note(Complaint::NamedEntity);
    Reference {
        value: Value::Text(resolved),
        len,
    }
}

fn numeric(number: &str, complaints: &mut Complaints) -> Reference<'static> {
    let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 3),
        None => (number, 10, 2),
    };
    let n_digits = digits
        .bytes()
        .take_while(|b| char::from(*b).is_digit(radix))
        .count();
    if n_digits == 0 {
        complaints.note(Complaint::BareAmpersand);
        return Reference::BARE;
    }
    let code = u32::from_str_radix(digits.get(..n_digits).unwrap_or_default(), radix);
    let is_closed = digits.as_bytes().get(n_digits) == Some(&b';');
    let len = prefix + n_digits + usize::from(is_closed);
    let value = match code {
        Ok(half @ 0xd800..=0xdfff) => Value::Surrogate(half),
        Ok(code @ 0x80..=0x9f) => {
            Value::Text(text::unescape(&format!("&#{code};")).into_owned().into())
        }
        Ok(code) => match char::from_u32(code).filter(|&c| c != '\0') {
            Some(c) => Value::Text(c.to_string().into()),
            None => Value::Text(Cow::Borrowed("")),
        },
        Err(_) => Value::Text(Cow::Borrowed("")),
    };
    let is_odd = matches!(&value, Value::Surrogate(_))
        || !is_closed
        || matches!(&value, Value::Text(text) if text.is_empty());
    if is_odd {
        complaints.note(Complaint::BadReference);
    }
    Reference { value, len }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, want: &str) {
        let entities = Entities::new([("co".to_owned(), "Example".to_owned())].into());
        assert_eq!(
            decode(raw, &entities, &mut Complaints::default()),
            want,
            "{raw}"
        );
    }

    #[test]
    fn references_are_resolved() {
        check("a &amp; b &lt;c&gt; &#65;&#x42;", "a & b <c> AB");
        check("&eacute;&nbsp;&hellip;", "é\u{a0}…");
        check("don&#146;t", "don’t");
        check("&co; Ltd", "Example Ltd");
        check("&amp;lt;", "&lt;");
    }

    #[test]
    fn broken_references_stay_or_vanish() {
        check("?a=1&b=2&copy=3", "?a=1&b=2&copy=3");
        check("Tom & Jerry &foo; &;", "Tom & Jerry &foo; &;");
        check("a&#0;b&#1;c&#99999999999;d", "abcd");
        check("&#55357;&#56832; &#55357; x", "😀  x");
        check("a\u{1}b\u{7f}c\td", "abc\td");
        check("&#8217 s", "’ s");
        check("don\u{92}t é", "don’t é");
    }
}
