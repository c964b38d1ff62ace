//! Bytes to text.

use std::borrow::Cow;

use super::CharsetError;
use super::choose::{Declared, plain_or_mended, read_invalid, read_valid, text_in};
use super::declared::{document_label, http_label};
use super::label::Charset;
use super::twice::mend_twice_encoded;
use super::wide::{by_mark, by_pattern};

/// What the bytes are said to be: decides where a declaration is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// An XML declaration may name the encoding.
    Xml,
    /// A `meta` element may.
    Html,
    /// UTF-8 but for byte order marks (RFC 8259, 8.1).
    Json,
}

/// A document as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark. Declarations in it are left as they are.
    pub text: Cow<'a, str>,
    /// Name of the encoding it was read in.
    pub encoding: &'static str,
    /// One line for each declaration that was not believed and for mended bytes.
    pub warnings: Vec<String>,
}

/// Reads `bytes` as text. What decides, in this order: byte order mark, the pattern of zero bytes of
/// UTF-16 and UTF-32, the charset of `content_type`, the document's own declaration, UTF-8 if the
/// bytes are valid, and last a guess from the bytes.
///
/// A declaration that cannot be true is passed over with a warning: another encoding than the byte
/// order mark's, UTF-16 or EBCDIC over ASCII markup, UTF-8 over bytes that mostly are none, another encoding over text that is plainly UTF-8.
/// UTF-8 with a few foreign bytes is mended, and so is a page's text that was encoded twice.
///
/// # Errors
/// The bytes are a known binary format, or whatever encoding is tried gives mostly controls.
pub fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    kind: DocumentKind,
) -> Result<Decoded<'a>, CharsetError> {
    if let Some(format) = binary_format(bytes) {
        return Err(CharsetError::Binary { format });
    }
    let mut decoded = read(bytes, content_type, kind);
    let n_marks = decoded.text.len() - decoded.text.trim_start_matches('\u{feff}').len();
    if n_marks > 0 {
        decoded.text = match decoded.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(n_marks..).unwrap_or_default()),
            Cow::Owned(mut text) => {
                text.drain(..n_marks);
                Cow::Owned(text)
            }
        };
    }
    reject_controls(&decoded)?;
    if kind == DocumentKind::Html
        && let Some((text, n_places)) = mend_twice_encoded(&decoded.text)
    {
        decoded.text = text.into();
        let warning = format!("text encoded twice was put right: {n_places} characters");
        decoded.warnings.push(warning);
    }
    Ok(decoded)
}

fn read<'a>(bytes: &'a [u8], content_type: Option<&str>, kind: DocumentKind) -> Decoded<'a> {
    if let Some((charset, rest)) = by_mark(bytes).or_else(|| Some((by_pattern(bytes)?, bytes))) {
        let mut decoded = match charset {
            Charset::Known(_) => plain_or_mended(rest, Vec::new()),
            Charset::Page(_) | Charset::Utf16(_) | Charset::Utf32(_) => Decoded {
                text: text_in(charset, rest).into(),
                encoding: charset.name(),
                warnings: Vec::new(),
            },
        };
        let http = content_type.and_then(http_label).map(str::to_owned);
        let document = document_label(decoded.text.as_bytes(), kind);
        let against = [http, document].into_iter().flatten();
        let warnings = against.filter_map(|label| charset.doubt(&label));
        decoded.warnings.extend(warnings);
        return decoded;
    }
    let mut warnings = Vec::new();
    let declared = Declared {
        http: content_type.and_then(http_label).and_then(|label| {
            Charset::believable(label, "the Content-Type header", bytes, &mut warnings)
        }),
        document: document_label(bytes, kind)
            .and_then(|label| Charset::believable(&label, "the document", bytes, &mut warnings)),
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => read_valid(text, declared, warnings),
        Err(_) => read_invalid(bytes, declared, warnings),
    }
}

fn binary_format(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF-", "a PDF document"),
        (b"\x89PNG", "a PNG image"),
        (b"GIF8", "a GIF image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"RIFF", "a RIFF file"),
        (b"\x1f\x8b", "gzip-compressed"),
        (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
        (b"BZh", "bzip2-compressed"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x7fELF", "a program"),
        (b"OggS", "an Ogg stream"),
        (b"ID3\x03", "an MP3 file"),
        (b"ID3\x04", "an MP3 file"),
    ];
    MAGIC
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, format)| *format)
}

fn reject_controls(decoded: &Decoded<'_>) -> Result<(), CharsetError> {
    const SAMPLE_CHARS: usize = 4096;
    /// Text has next to no controls; random bytes are a tenth controls in any encoding.
    const CONTROLS_SHARE: usize = 20;
    let is_control =
        |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}');
    let n_chars = decoded.text.chars().take(SAMPLE_CHARS).count();
    let n_control = decoded
        .text
        .chars()
        .take(SAMPLE_CHARS)
        .filter(is_control)
        .count();
    if n_control * CONTROLS_SHARE > n_chars {
        return Err(CharsetError::Controls {
            encoding: decoded.encoding,
            n_control,
            n_chars,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::codepages::Page;
    use super::super::label::Order;
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(
        bytes: &[u8],
        content_type: Option<&str>,
        want: &str,
        want_encoding: &str,
        n_warnings: usize,
    ) {
        let kind = if bytes.first() == Some(&b'{') {
            DocumentKind::Json
        } else {
            DocumentKind::Xml
        };
        let got = decode(bytes, content_type, kind).unwrap();
        assert_eq!(got.text, want);
        assert_eq!(got.encoding, want_encoding, "{want}");
        assert_eq!(got.warnings.len(), n_warnings, "{want}: {:?}", got.warnings);
    }

    fn utf16(text: &str, order: Order) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| match order {
                Order::Little => unit.to_le_bytes(),
                Order::Big => unit.to_be_bytes(),
            })
            .collect()
    }

    fn utf32(text: &str, order: Order) -> Vec<u8> {
        text.chars()
            .flat_map(|c| match order {
                Order::Little => u32::from(c).to_le_bytes(),
                Order::Big => u32::from(c).to_be_bytes(),
            })
            .collect()
    }

    #[test]
    fn marks_and_patterns_come_first() {
        let xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><a>é – 日本</a>";
        check(
            format!("\u{feff}{xml}").as_bytes(),
            Some("text/xml; charset=koi8-r"),
            xml,
            "UTF-8",
            1,
        );
        check(
            format!("\u{feff}\u{feff}{xml}").as_bytes(),
            None,
            xml,
            "UTF-8",
            0,
        );
        // What is declared is not what the bytes begin like: by the header and by the document.
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}{xml}");
            check(
                &utf16(&text, Order::Little),
                Some("text/xml; charset=utf-8"),
                xml,
                "UTF-16LE",
                2,
            );
            check(&utf16(&text, Order::Big), None, xml, "UTF-16BE", 1);
            check(&utf32(&text, Order::Little), None, xml, "UTF-32LE", 1);
            check(&utf32(&text, Order::Big), None, xml, "UTF-32BE", 1);
            let honest = text.replace("utf-8", "utf-16");
            let header = Some("text/xml; charset=utf-16be");
            let want = xml.replace("utf-8", "utf-16");
            check(&utf16(&honest, Order::Big), header, &want, "UTF-16BE", 0);
        }
        let json = "{\"title\": \"日本語のニュースを毎日お届けします\"}";
        check(&utf16(json, Order::Little), None, json, "UTF-16LE", 0);
        check(b"\xff\xfe<a>x</a>", None, "<a>x</a>", "UTF-8", 0);
    }

    #[test]
    fn declarations_are_followed() {
        check(
            b"<a>\xd0\xd2\xc9\xd7\xc5\xd4</a>",
            Some("text/xml; charset=koi8-r"),
            "<a>привет</a>",
            "KOI8-R",
            0,
        );
        let declared = b"<?xml version='1.0' encoding='windows-1251'?><a>\xcf\xf0\xe8</a>";
        check(
            declared,
            None,
            "<?xml version='1.0' encoding='windows-1251'?><a>При</a>",
            "windows-1251",
            0,
        );
        check(
            declared,
            Some("text/xml; charset=none"),
            "<?xml version='1.0' encoding='windows-1251'?><a>При</a>",
            "windows-1251",
            1,
        );
        check(
            b"<?xml version='1.0' encoding='437'?>\x82",
            None,
            "<?xml version='1.0' encoding='437'?>é",
            "ibm437",
            0,
        );
        check(
            b"<?xml encoding='iso-8859-1'?>\x93x\x94",
            None,
            "<?xml encoding='iso-8859-1'?>“x”",
            "windows-1252",
            0,
        );
        check(
            b"<?xml encoding='iso-2022-jp'?>\x1b$B4A\x1b(B",
            None,
            "<?xml encoding='iso-2022-jp'?>漢",
            "ISO-2022-JP",
            0,
        );
        check(
            "<?xml encoding='iso-8859-1'?>Ã".as_bytes(),
            None,
            "<?xml encoding='iso-8859-1'?>Ãƒ",
            "windows-1252",
            0,
        );
        let page = b"<html><meta charset=windows-1251>\xcf\xf0\xe8";
        let got = decode(page, None, DocumentKind::Html).unwrap();
        assert_eq!((got.encoding, got.warnings.len()), ("windows-1251", 0));
    }

    #[test]
    fn lying_declarations_are_passed_over() {
        let text = "<?xml version='1.0' encoding='utf-16'?><a>Café – it’s</a>";
        check(text.as_bytes(), None, text, "UTF-8", 1);
        let text = "<?xml version='1.0' encoding='utf-8'?><a>Café</a>";
        check(
            text.as_bytes(),
            Some("text/xml; charset=iso-8859-1"),
            text,
            "UTF-8",
            1,
        );
        check(
            "<a>Café – it’s</a>".as_bytes(),
            Some("text/xml; charset=iso-8859-1"),
            "<a>Café – it’s</a>",
            "UTF-8",
            1,
        );
        let text = "<?xml version='1.0' encoding='ebcdic-cp-us'?><a/>";
        check(text.as_bytes(), None, text, "UTF-8", 1);
        check(b"<?xml version='1.0' encoding='windows-1251'?>\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\xf3", Some("text/xml; charset=utf-8"), "<?xml version='1.0' encoding='windows-1251'?>Привет миру", "windows-1251", 1);
    }

    #[test]
    fn without_a_declaration_the_bytes_decide() {
        check("<a>日本</a>".as_bytes(), None, "<a>日本</a>", "UTF-8", 0);
        check(
            b"<a>Caf\xe9 \x96 it\x92s</a>",
            None,
            "<a>Café – it’s</a>",
            "windows-1252",
            1,
        );
        check(b"", None, "", "UTF-8", 0);
        check(b"\xef\xbb\xbf", None, "", "UTF-8", 0);
    }

    #[test]
    fn a_few_foreign_bytes_in_utf8_are_mended() {
        let mut bytes = "<?xml version='1.0' encoding='utf-8'?>日本語 "
            .as_bytes()
            .to_vec();
        bytes.extend(b"caf\xe9");
        bytes.extend(" 本".as_bytes());
        check(
            &bytes,
            None,
            "<?xml version='1.0' encoding='utf-8'?>日本語 café 本",
            "UTF-8",
            1,
        );
        check(
            b"<?xml encoding='utf-8'?>caf\xe9 x",
            None,
            "<?xml encoding='utf-8'?>café x",
            "UTF-8",
            1,
        );
    }

    #[test]
    fn a_mainframe_document_is_read() {
        let page = Page::mainframe().unwrap();
        let text = "<?xml version='1.0' encoding='ebcdic-cp-us'?><a>\u{e9}</a>";
        let bytes: Vec<u8> = text
            .chars()
            .map(|c| {
                (0..=255)
                    .find(|b| page.decode(&[*b]) == c.to_string())
                    .unwrap()
            })
            .collect();
        check(&bytes, None, text, "ibm037", 0);
    }

    #[test]
    fn what_is_no_text_is_an_error() {
        for bytes in [
            &b"\x89PNG\r\n\x1a\n\0\0"[..],
            b"%PDF-1.7",
            b"\x1f\x8b\x08\0",
            b"\0\x01\x02\x03\x04\x05a",
            b"\x01\x02\x03<a/>",
        ] {
            let error = decode(bytes, None, DocumentKind::Xml).unwrap_err();
            assert!(error.hint().is_some(), "{error}");
        }
    }

    #[test]
    fn random_bytes_are_no_text() {
        // A linear congruential generator: the same bytes each time.
        let mut state = 12_345_u32;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(5_000)
        .collect();
        let got = decode(&bytes, Some("text/html"), DocumentKind::Html);
        assert!(matches!(got, Err(CharsetError::Controls { .. })), "{got:?}");
    }

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200), label in "[a-z0-9-]{0,12}") {
            for kind in [DocumentKind::Xml, DocumentKind::Html, DocumentKind::Json] {
                drop(decode(&bytes, Some(&format!("text/xml; charset={label}")), kind));
                drop(decode(&bytes, None, kind));
            }
        }

        #[test]
        fn utf8_is_read_as_it_is(text in "<[a-zа-яé日本 ]{0,40}>") {
            let got = decode(text.as_bytes(), None, DocumentKind::Xml).unwrap();
            prop_assert_eq!(got.text, text.as_str());
        }
    }
}
