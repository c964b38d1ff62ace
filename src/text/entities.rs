//! HTML character references.

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// The longest name in HTML's table, `CounterClockwiseContourIntegral;`, and a little more.
const MAX_NAME_BYTES: usize = 40;

/// `text` with its character references replaced as HTML does (13.2.5.72 and following): named,
/// decimal and hexadecimal; C1 numbers as windows-1252; the old names also without a semicolon, but
/// not before a letter, a digit or `=`, so that `?a=1&copy=2` survives. Two numbers that form a
/// surrogate pair become the one character they mean. What is no reference stays as it is.
pub fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else {
        return Cow::Borrowed(text);
    };
    let (before, mut rest) = text.split_at_checked(first).unwrap_or((text, ""));
    let mut out = String::with_capacity(text.len());
    out.push_str(before);
    while let Some(after_amp) = rest.strip_prefix('&') {
        let n_read = reference(after_amp, &mut out).unwrap_or_else(|| {
            out.push('&');
            0
        });
        let after = after_amp.get(n_read..).unwrap_or_default();
        let (plain, next) = after
            .split_at_checked(after.find('&').unwrap_or(after.len()))
            .unwrap_or((after, ""));
        out.push_str(plain);
        rest = next;
    }
    Cow::Owned(out)
}

/// Reads the reference whose `&` stands before `text`; the bytes read, `None` if it is none.
fn reference(text: &str, out: &mut String) -> Option<usize> {
    match text.strip_prefix('#') {
        Some(number) => numeric(number, out).map(|n_read| n_read + 1),
        None => named(text, out),
    }
}

fn numeric(text: &str, out: &mut String) -> Option<usize> {
    let (value, n_read) = number(text)?;
    if let Some((low, n_more)) = low_surrogate(value, text.get(n_read..)) {
        let pair = 0x1_0000 + ((value - 0xd800) << 10) + (low - 0xdc00);
        out.push(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
        return Some(n_read + n_more);
    }
    out.push(scalar(value));
    Some(n_read)
}

/// A number with its `x` and its semicolon, and how long it is.
fn number(text: &str) -> Option<(u32, usize)> {
    let (digits, radix, n_prefix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (text, 10, 0),
    };
    let n_digits = digits
        .bytes()
        .take_while(|b| char::from(*b).is_digit(radix))
        .count();
    if n_digits == 0 {
        return None;
    }
    let value = digits
        .chars()
        .take(n_digits)
        .filter_map(|c| c.to_digit(radix))
        .fold(0_u32, |value, digit| {
            value.saturating_mul(radix).saturating_add(digit)
        });
    let n_semicolon = usize::from(digits.as_bytes().get(n_digits) == Some(&b';'));
    Some((value, n_prefix + n_digits + n_semicolon))
}

fn low_surrogate(high: u32, after: Option<&str>) -> Option<(u32, usize)> {
    if !(0xd800..0xdc00).contains(&high) {
        return None;
    }
    let (low, n_read) = number(after?.strip_prefix("&#")?)?;
    (0xdc00..0xe000).contains(&low).then_some((low, n_read + 2))
}

fn scalar(value: u32) -> char {
    let c1 = value
        .checked_sub(0x80)
        .and_then(|i| C1_REPLACEMENTS.get(usize::try_from(i).ok()?));
    match c1 {
        Some(Some(replacement)) => *replacement,
        _ if value == 0 => char::REPLACEMENT_CHARACTER,
        _ => char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

fn named(text: &str, out: &mut String) -> Option<usize> {
    let n_name = text
        .bytes()
        .take(MAX_NAME_BYTES)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let after = text.as_bytes().get(n_name);
    if after == Some(&b';') && put_named(text.get(..=n_name)?, out) {
        return Some(n_name + 1);
    }
    // Without a semicolon only the old names are in the table, and only a whole one counts.
    let is_plain = after != Some(&b'=');
    (is_plain && put_named(text.get(..n_name)?, out)).then_some(n_name)
}

fn put_named(name: &str, out: &mut String) -> bool {
    // The table also holds each start of a name, with zero for its character.
    let Some((first, second)) = NAMED_ENTITIES.get(name).filter(|(first, _)| *first != 0) else {
        return false;
    };
    out.extend(char::from_u32(*first));
    out.extend(char::from_u32(*second).filter(|c| *c != '\0'));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(raw: &str, want: &str) {
        assert_eq!(unescape(raw), want, "{raw:?}");
    }

    #[test]
    fn references_become_characters() {
        check("plain", "plain");
        check("&amp;&lt;&gt;&quot;&apos;&nbsp;", "&<>\"'\u{a0}");
        check("Caf&eacute; &mdash; it&rsquo;s", "Café — it’s");
        check("&#233;&#xE9;&#XE9;&#233 &#xe9", "ééé\u{e9} é");
        check("&copy 2020 &amp&lt", "© 2020 &<");
        check("&NotEqualTilde;", "\u{2242}\u{338}");
        check("&CounterClockwiseContourIntegral;", "∳");
        check("&#150;&#146;&#x80;&#129;", "–’€\u{81}");
        check("&#0;&#xD800;&#1114112;&#99999999999999999999;", "����");
        check("&#xD83D;&#xDE00; &#55357;&#56832", "😀 😀");
        check("&amp;amp;", "&amp;");
    }

    #[test]
    fn what_is_no_reference_stays() {
        for raw in [
            "&",
            "a & b",
            "&;",
            "&#;",
            "&#x;",
            "&unknown;",
            "AT&T",
            "?a=1&copy=2",
            "&copyright",
            "&notit;",
            "&&",
            "&\u{e9};",
            "&e",
        ] {
            check(raw, raw);
        }
    }

    proptest! {
        #[test]
        fn never_panics(raw in "(&|#|x|;|amp|D83D|[0-9]|\\PC){0,30}") {
            let _ = unescape(&raw);
        }
    }
}
