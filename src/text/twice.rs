//! Text that was encoded twice: UTF-8 that somebody read as windows-1252 or Latin-1 and wrote as UTF-8
//! again, so that `don’t` shows as `donâ€™t`.

use encoding_rs::WINDOWS_1252;

/// Sequences that no writing uses by itself, from which a document is taken to be encoded twice.
const LEAST_SURE: usize = 3;

/// The text with what was encoded twice put right, and in how many places; `None` when there is no
/// sign of it.
///
/// A run of text between tags, quotes or line ends is read backwards as a whole: each character as the
/// byte it was made from, the bytes as UTF-8. A run that is no such bytes (it holds a character that
/// is right already) keeps all but the sequences that are beyond doubt. Only documents with
/// several of those are touched: `NESCAFÉ®` could be read backwards too.
pub(super) fn mend_twice_encoded(text: &str) -> Option<(String, usize)> {
    if n_sure(text) < LEAST_SURE {
        return None;
    }
    let mut mended = String::with_capacity(text.len());
    let mut n_places = 0;
    let mut bytes = Vec::new();
    for run in text.split_inclusive(['<', '>', '"', '\n']) {
        if run.is_ascii() {
            mended.push_str(run);
        } else if let Some(n) = read_backwards(run, &mut bytes) {
            n_places += n;
            mended.push_str(std::str::from_utf8(&bytes).unwrap_or(run));
        } else {
            n_places += mend_sure(run, &mut mended);
        }
    }
    Some((mended, n_places))
}

/// How many sequences stand in the text that are beyond doubt.
fn n_sure(text: &str) -> usize {
    // Every sequence begins with a character from U+00C2 to U+00F4.
    let bytes = text.as_bytes();
    memchr::memchr_iter(0xc3, bytes)
        .filter(|&at| text.get(at..).is_some_and(|rest| sure(rest).is_some()))
        .count()
}

/// The character that the start of the text means without a doubt, and the bytes that stand for it:
/// a sequence of three or more, or one with a control character or a no-break space in it.
fn sure(text: &str) -> Option<(char, usize)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let lead = byte_of(first)?;
    let n_more = match lead {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => return None,
    };
    let mut bytes = [lead, 0, 0, 0];
    let mut n_bytes = first.len_utf8();
    let mut has_control = false;
    for slot in bytes.iter_mut().skip(1).take(n_more) {
        let c = chars.next()?;
        has_control |= c.is_control();
        *slot = byte_of(c).filter(|byte| (0x80..0xc0).contains(byte))?;
        n_bytes += c.len_utf8();
    }
    let is_space = bytes.starts_with(&[0xc2, 0xa0]);
    if n_more < 2 && !has_control && !is_space {
        return None;
    }
    let meant = std::str::from_utf8(bytes.get(..=n_more)?).ok()?;
    Some((meant.chars().next()?, n_bytes))
}

/// The run as the bytes it was made from, if they are UTF-8; the number of characters put right.
fn read_backwards(run: &str, bytes: &mut Vec<u8>) -> Option<usize> {
    bytes.clear();
    for c in run.chars() {
        bytes.push(byte_of(c)?);
    }
    let meant = std::str::from_utf8(bytes).ok()?;
    let wide = || meant.chars().filter(|c| !c.is_ascii());
    // Letters of phonetics and old alphabets are what `É®` and `È»` would give.
    let is_strange = |c: char| matches!(u32::from(c), 0x0180..=0x0217 | 0x021C..=0x02FF);
    (!wide().any(is_strange)).then(|| wide().count())
}

/// Puts down the run with the sure sequences put right; their number.
fn mend_sure(run: &str, mended: &mut String) -> usize {
    let mut n = 0;
    let mut rest = run;
    while let Some(c) = rest.chars().next() {
        let (meant, length) = match sure(rest) {
            Some(found) => {
                n += 1;
                found
            }
            None => (c, c.len_utf8()),
        };
        mended.push(meant);
        rest = rest.get(length..).unwrap_or_default();
    }
    n
}

/// The byte that a reader of windows-1252 or Latin-1 takes for this character.
fn byte_of(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(c) {
        return Some(byte);
    }
    let mut buffer = [0; 4];
    let (bytes, _, is_other) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    match bytes.as_ref() {
        [byte] if !is_other => Some(*byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn twice(text: &str, is_latin: bool) -> String {
        let bytes = text.bytes();
        if is_latin {
            return bytes.map(char::from).collect();
        }
        let bytes: Vec<u8> = bytes.collect();
        WINDOWS_1252.decode_without_bom_handling(&bytes).0.into()
    }

    #[test]
    fn text_encoded_twice_is_put_right() {
        let texts = [
            "“Don’t,” she said — “the river’s rising.” Café Ärger œuvre…",
            "Мост снова открыт, и паром стоит.",
            "橋は再び開通し、渡し船は動かない。",
            "10\u{a0}km, 12\u{a0}m, 14\u{a0}s",
        ];
        for text in texts {
            for is_latin in [true, false] {
                let page = format!("<p title=\"©\">{}</p>\n<p>Ö® é</p>", twice(text, is_latin));
                let (got, n) = mend_twice_encoded(&page).unwrap();
                assert!(got.contains(text), "{got}");
                assert!(got.contains("title=\"©\"") && got.contains("Ö® é"), "{got}");
                assert!(n >= 3, "{n}");
            }
        }
    }

    #[test]
    fn a_run_with_right_characters_keeps_them() {
        let page = "<p>l’été: donâ€™t, itâ€™s, thereâ€™s Ã©";
        let (got, n) = mend_twice_encoded(page).unwrap();
        assert_eq!(got, "<p>l’été: don’t, it’s, there’s Ã©");
        assert_eq!(n, 3);
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in [
            "",
            "plain",
            "L’été à la plage: « déjà vu », café», “né”, voilà… NESCAFÉ® CAFÉ… CLÉ® É® É® É®",
            "AMANHÃ… IRMÃ» SÃO NÃO Â Â Â",
            "„Ä“ »Ö« “Ü” Ä… Ö–",
            "Ärger über Öl – 20 °C, «Größe» ‚ä‘ › ß‹",
            "VÂN ÂN Ð Ñ Ø Ù à â ã",
        ] {
            assert_eq!(mend_twice_encoded(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_twice_comes_back(text in "[a-z ’“”é—]{0,60}") {
            let page = format!("<p>{}</p><p>{}</p>", twice("’’’", true), twice(&text, true));
            let (got, _) = mend_twice_encoded(&page).unwrap();
            prop_assert_eq!(got, format!("<p>’’’</p><p>{text}</p>"));
        }

        #[test]
        fn nothing_makes_it_panic(text in "\\PC*[â€™Ã©Â\u{a0}ð\u{80}-\u{9f}<]*\\PC*") {
            if let Some((got, _)) = mend_twice_encoded(&text) {
                prop_assert!(got.chars().count() <= text.chars().count());
            }
        }
    }
}
