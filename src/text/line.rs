//! One line of text.

use super::builder::Builder;

/// One line: in NFC, without controls and invisible characters, white space folded to single
/// spaces, trimmed. For titles, names and the like. Idempotent.
pub fn clean_line(raw: &str) -> String {
    if is_clean_ascii_line(raw) {
        return raw.to_owned();
    }
    let mut builder = Builder::with_capacity(raw.len());
    builder.push_line(raw);
    builder.finish()
}

/// The longest start of `text` of at most `limit_bytes` bytes that ends between characters, and
/// whether something was cut off.
pub fn cap(text: &str, limit_bytes: usize) -> (&str, bool) {
    if text.len() <= limit_bytes {
        return (text, false);
    }
    (
        text.get(..text.floor_char_boundary(limit_bytes))
            .unwrap_or_default(),
        true,
    )
}

/// Whether there is nothing to clean, for the many lines of plain ASCII.
pub(super) fn is_clean_ascii_line(raw: &str) -> bool {
    let mut before = b' ';
    let is_fine = raw.bytes().all(|byte| {
        let is_fine = (0x21..=0x7e).contains(&byte) || (byte == b' ' && before != b' ');
        before = byte;
        is_fine
    });
    is_fine && before != b' '
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_one_line() {
        #[track_caller]
        fn check(raw: &str, want: &str) {
            assert_eq!(clean_line(raw), want, "{raw:?}");
        }
        check("A title", "A title");
        check(
            "  A\u{a0} title\r\n of\ttwo\u{2029}lines ",
            "A title of two lines",
        );
        check("so\u{ad}ft\u{200b}ly\u{feff}", "softly");
        check("e\u{ad}\u{301}", "é");
        check("\u{1}\u{9b}", "");
        check("\u{202e}reversed\u{202c}", "reversed");
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
        check("a\u{200d}b\u{200c} c", "ab c");
        check("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧");
        check("", "");
        check("   ", "");
    }

    #[test]
    fn a_cut_falls_between_characters() {
        assert_eq!(cap("aé", 3), ("aé", false));
        assert_eq!(cap("aé", 2), ("a", true));
        assert_eq!(cap("日本", 0), ("", true));
        assert_eq!(cap("", 0), ("", false));
    }

    proptest! {
        #[test]
        fn cleaning_a_line_twice_changes_nothing(raw in any::<String>()) {
            let once = clean_line(&raw);
            prop_assert_eq!(clean_line(&once), once.clone());
            prop_assert!(!once.contains(['\n', '\t', '\r']));
        }

        #[test]
        fn a_cut_is_a_start(raw in any::<String>(), limit in 0_usize..20) {
            let (start, is_cut) = cap(&raw, limit);
            prop_assert!(raw.starts_with(start) && start.len() <= limit.max(raw.len()));
            prop_assert_eq!(is_cut, start.len() < raw.len());
        }
    }
}
