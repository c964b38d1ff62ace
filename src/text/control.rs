//! Characters that no text in the store may hold.

use std::borrow::Cow;

use super::bytes::has_byte;

/// What any TEXT value of the store may hold: no C0 but line break and tab, no DEL, no C1. A lone
/// carriage return is a line break. Borrows when there is nothing to do, which is nearly always.
pub fn storable(text: &str) -> Cow<'_, str> {
    if !has_byte(text, is_c0_or_del) && !has_c1(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut kept_from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !c.is_control() || c == '\n' || c == '\t' {
            continue;
        }
        out.push_str(text.get(kept_from..at).unwrap_or_default());
        kept_from = at + c.len_utf8();
        if c == '\r' && chars.peek().is_none_or(|(_, next)| *next != '\n') {
            out.push('\n');
        }
    }
    out.push_str(text.get(kept_from..).unwrap_or_default());
    Cow::Owned(out)
}

const fn is_c0_or_del(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0b..=0x1f | 0x7f)
}

/// Whether a text holds a character of the C1 range, which is `C2 80` to `C2 9F` in UTF-8.
pub fn has_c1(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(0xc2, bytes).any(|at| matches!(bytes.get(at + 1), Some(0x80..=0x9f)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn controls_go_and_line_ends_become_one() {
        #[track_caller]
        fn check(raw: &str, want: &str) {
            assert_eq!(storable(raw), want, "{raw:?}");
        }
        check("a\tb\nc", "a\tb\nc");
        check("a\r\nb\rc\r\r\n", "a\nb\nc\n\n");
        check("\u{0}a\u{7f}b\u{85}c\u{9f}\u{a0}", "abc\u{a0}");
        check("\u{feff}é\u{1b}[31m", "\u{feff}é[31m");
        assert!(matches!(storable("plain é 日本"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn idempotent_and_free_of_controls(raw in any::<String>()) {
            let once = storable(&raw).into_owned();
            prop_assert!(once.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'));
            prop_assert_eq!(storable(&once), once.as_str());
        }
    }
}
