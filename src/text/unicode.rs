//! What the cleaning needs to know of a character.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// What cleaning does with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Stays.
    Text,
    /// White space within a line, whatever its width.
    Space,
    /// End of a line.
    Break,
    /// End of a paragraph.
    Paragraph,
    /// Joiner: stays only between characters that it can shape.
    Joiner,
    /// Invisible or a control: goes.
    Nothing,
}

/// The kind of a character that is not ASCII, or ASCII too.
pub(super) fn kind(c: char) -> Kind {
    match c {
        '\n' | '\r' | '\u{2028}' => Kind::Break,
        ' ' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' => Kind::Space,
        '!'..='~' => Kind::Text,
        '\u{2029}' => Kind::Paragraph,
        '\u{200c}' | '\u{200d}' => Kind::Joiner,
        // Controls, soft hyphen, zero-width space, direction marks, embeddings and isolates, word joiner, invisible
        // operators, deprecated format characters, byte order mark, interlinear annotation, tags.
        '\0'..='\u{9f}'
        | '\u{ad}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Kind::Nothing,
        _ if c.is_whitespace() => Kind::Space,
        _ => Kind::Text,
    }
}

/// Characters of the scripts and symbols that joiners shape: Arabic, the scripts of India and
/// their kin, emoji. Canonical composition leads from no character in here to one outside.
pub(super) fn is_shaped(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{1cff}'
        | '\u{2190}'..='\u{21ff}'
        | '\u{2600}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}'
        | '\u{a800}'..='\u{abff}'
        | '\u{fb50}'..='\u{fe0f}'
        | '\u{fe70}'..='\u{fefc}'
        | '\u{11000}'..='\u{11fff}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Whether `c` stands in NFC text whatever its neighbours: `NFC_Quick_Check` yes and combining class
/// zero. Only the large ranges; what is not in here is looked up.
pub(super) fn is_always_nfc(c: char) -> bool {
    matches!(c,
        '\0'..='\u{2ff}'
        | '\u{391}'..='\u{482}'
        | '\u{48a}'..='\u{586}'
        | '\u{5d0}'..='\u{5ea}'
        | '\u{621}'..='\u{64a}'
        | '\u{660}'..='\u{66f}'
        | '\u{671}'..='\u{6d5}'
        | '\u{e01}'..='\u{e37}'
        | '\u{10a0}'..='\u{10ff}'
        | '\u{1e00}'..='\u{1eff}'
        | '\u{2002}'..='\u{206f}'
        | '\u{20a0}'..='\u{20bf}'
        | '\u{2460}'..='\u{2ad0}'
        | '\u{3000}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a0}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{fffd}'
        | '\u{1f000}'..='\u{1faff}')
}

/// The text in NFC (UAX 15), borrowed when it is already.
pub(super) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(is_always_nfc) || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::char::canonical_combining_class;
    use unicode_normalization::{IsNormalized, is_nfc_quick};

    #[test]
    fn the_quick_ranges_hold_no_character_that_composes() {
        for c in ('\0'..=char::MAX).filter(|c| is_always_nfc(*c)) {
            assert_eq!(canonical_combining_class(c), 0, "{c:?}");
            assert_eq!(is_nfc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
        }
    }

    #[test]
    fn composition_stays_within_the_shaped() {
        for c in ('\0'..=char::MAX).filter(|c| is_shaped(*c)) {
            for composed in std::iter::once(c).nfc() {
                assert!(is_shaped(composed), "{c:?} {composed:?}");
            }
        }
    }
}
