//! Characters that no text in the store may hold.

use std::borrow::Cow;

use super::bytes::has_byte;

/// What any TEXT value of the store may hold: no C0 but line break and tab, no DEL, no C1. A lone
/// carriage return is a line break. Borrows when there is nothing to do, which is nearly always.
pub fn storable(text: &str) -> Cow<'_, str> {
    if !has_control(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() != Some(&'\n') => out.push('\n'),
            '\n' | '\t' => out.push(c),
            _ if c.is_control() => {}
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// C1 is `C2 80` to `C2 9F` in UTF-8.
fn has_control(text: &str) -> bool {
    let is_suspect = |byte| matches!(byte, 0..=8 | 0x0b..=0x1f | 0x7f | 0xc2);
    if !has_byte(text, is_suspect) {
        return false;
    }
    let mut before = 0;
    text.bytes().any(|byte| {
        let is_c0 = byte < 0x20 && byte != b'\n' && byte != b'\t';
        let is_c1 = before == 0xc2 && (0x80..=0x9f).contains(&byte);
        before = byte;
        is_c0 || is_c1 || byte == 0x7f
    })
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
