//! Which of several encodings the bytes are in.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::charset::Decoded;
use super::label::Charset;
use super::mend::{Mended, mend};
use super::wide::{decode_utf16, decode_utf32};

/// Encodings that are declared and could be true.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    /// By the Content-Type header.
    pub(super) http: Option<Charset>,
    /// By the document itself.
    pub(super) document: Option<Charset>,
}

impl Declared {
    fn first(self) -> Option<Charset> {
        self.http.or(self.document)
    }

    fn names_utf8(self) -> bool {
        [self.http, self.document].contains(&Some(Charset::Known(UTF_8)))
    }

    /// In order of trust, without UTF-8.
    fn others(self) -> impl Iterator<Item = Charset> {
        [self.http, self.document]
            .into_iter()
            .flatten()
            .filter(|charset| *charset != Charset::Known(UTF_8))
    }
}

/// The bytes are valid UTF-8.
pub(super) fn read_valid(text: &str, declared: Declared, mut warnings: Vec<String>) -> Decoded<'_> {
    let utf8 = |warnings| Decoded {
        text: Cow::Borrowed(text),
        encoding: UTF_8.name(),
        warnings,
    };
    if text.is_ascii() && !text.contains('\u{1b}') {
        return utf8(warnings);
    }
    let Some(charset) = declared
        .first()
        .filter(|charset| *charset != Charset::Known(UTF_8))
    else {
        let has_escapes = text.is_ascii();
        return if has_escapes {
            guessed(text.as_bytes(), warnings)
        } else {
            utf8(warnings)
        };
    };
    // By chance a text of another encoding is valid UTF-8 only when it is short.
    let n_wide = text.bytes().filter(|byte| *byte >= 0xc0).count();
    let n_enough = if is_single_byte(charset) { 3 } else { 8 };
    if n_wide >= n_enough || (n_wide > 0 && declared.names_utf8()) {
        warnings.push(format!(
            "the declared encoding is {}, but the bytes are UTF-8",
            charset.name()
        ));
        return utf8(warnings);
    }
    Decoded {
        text: text_in(charset, text.as_bytes()).into(),
        encoding: charset.name(),
        warnings,
    }
}

/// The bytes are not valid UTF-8.
pub(super) fn read_invalid(
    bytes: &[u8],
    declared: Declared,
    mut warnings: Vec<String>,
) -> Decoded<'_> {
    let mended = mend(bytes);
    let is_mostly_utf8 = mended.n_right >= mended.n_wrong;
    if is_mostly_utf8
        && mended.n_right > 0
        && declared.first().is_none_or(|_| declared.names_utf8())
    {
        return mended_utf8(mended, warnings);
    }
    for charset in declared.others() {
        let text = text_in(charset, bytes);
        if is_fluent(&text) {
            if let Some(first) = declared.first().filter(|first| *first != charset) {
                warnings.push(format!(
                    "the declared encoding is {}, but the bytes are in {}",
                    first.name(),
                    charset.name()
                ));
            }
            return Decoded {
                text: text.into(),
                encoding: charset.name(),
                warnings,
            };
        }
        warnings.push(format!(
            "the declared encoding is {}, but the bytes are not in it",
            charset.name()
        ));
    }
    // A few foreign bytes are too little to guess from.
    if declared.names_utf8() && (is_mostly_utf8 || mended.n_wrong <= 8) {
        return mended_utf8(mended, warnings);
    }
    let guess = guessed(bytes, warnings);
    match declared.others().next() {
        Some(charset) if !is_fluent(&guess.text) => Decoded {
            text: text_in(charset, bytes).into(),
            encoding: charset.name(),
            warnings: guess.warnings,
        },
        _ => guess,
    }
}

/// The bytes as UTF-8, whatever a declaration says.
pub(super) fn plain_or_mended(bytes: &[u8], warnings: Vec<String>) -> Decoded<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded {
            text: Cow::Borrowed(text),
            encoding: UTF_8.name(),
            warnings,
        },
        Err(_) => mended_utf8(mend(bytes), warnings),
    }
}

fn mended_utf8(mended: Mended, mut warnings: Vec<String>) -> Decoded<'static> {
    if mended.n_wrong > 0 {
        warnings.push(format!(
            "bytes that are not UTF-8 were read as windows-1252: {} places",
            mended.n_wrong
        ));
    }
    if mended.is_cut {
        warnings.push("the last character is cut off".to_owned());
    }
    Decoded {
        text: mended.text.into(),
        encoding: UTF_8.name(),
        warnings,
    }
}

/// The bytes in that encoding; what it leaves undefined becomes U+FFFD.
pub(super) fn text_in(charset: Charset, bytes: &[u8]) -> String {
    match charset {
        Charset::Known(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        Charset::Utf16(order) => decode_utf16(bytes, order),
        Charset::Utf32(order) => decode_utf32(bytes, order),
        Charset::Page(page) => page.decode(bytes),
    }
}

fn is_single_byte(charset: Charset) -> bool {
    match charset {
        Charset::Known(encoding) => encoding.is_single_byte(),
        Charset::Page(_) => true,
        Charset::Utf16(_) | Charset::Utf32(_) => false,
    }
}

/// Whether a text decoded without more than a few faults.
fn is_fluent(text: &str) -> bool {
    let n_wide = text.chars().filter(|c| !c.is_ascii()).count();
    let n_bad = text
        .chars()
        .filter(|c| *c == char::REPLACEMENT_CHARACTER)
        .count();
    n_bad * 20 <= n_wide
}

/// The text in the encoding that the bytes most look like.
fn guessed(bytes: &[u8], mut warnings: Vec<String>) -> Decoded<'_> {
    let encoding = guess(bytes);
    if encoding != UTF_8 {
        warnings.push(format!(
            "no usable declaration of the encoding; {} was guessed",
            encoding.name()
        ));
    }
    Decoded {
        text: text_in(Charset::Known(encoding), bytes).into(),
        encoding: encoding.name(),
        warnings,
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    /// More makes no guess better, and costs.
    const SAMPLE_BYTES: usize = 128 * 1024;
    let first = bytes
        .iter()
        .position(|byte| !byte.is_ascii() || *byte == 0x1b)
        .unwrap_or(0);
    let start = first.saturating_sub(1024);
    let end = bytes.len().min(start.saturating_add(SAMPLE_BYTES));
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes.get(start..end).unwrap_or_default(), true);
    detector.guess(None, Utf8Detection::Allow)
}
