//! Encoding labels, as they are written.

use encoding_rs::Encoding;

use super::codepages::Page;
use super::{cap, clean_line};

/// An encoding we can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// One of the WHATWG Encoding Standard, but UTF-16.
    Known(&'static Encoding),
    /// UTF-16, the byte order as named.
    Utf16(Order),
    /// UTF-32, the byte order as named.
    Utf32(Order),
    /// An old code page.
    Page(&'static Page),
}

/// Which byte comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The low one.
    Little,
    /// The high one.
    Big,
}

impl Charset {
    /// The name for messages and the record.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Known(encoding) => encoding.name(),
            Self::Utf16(Order::Little) => "UTF-16LE",
            Self::Utf16(Order::Big) => "UTF-16BE",
            Self::Utf32(Order::Little) => "UTF-32LE",
            Self::Utf32(Order::Big) => "UTF-32BE",
            Self::Page(page) => page.name,
        }
    }

    /// The encoding of a label: by the WHATWG standard, else by the spellings people use, else an old
    /// code page.
    pub(super) fn of(label: &str) -> Option<Self> {
        let label =
            label.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';'));
        let folded: String = label
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if let Some(wide) = wide(&folded) {
            return Some(wide);
        }
        let whatwg = |label: &str| {
            Encoding::for_label_no_replacement(label.as_bytes())
                .filter(|encoding| *encoding != encoding_rs::X_USER_DEFINED)
        };
        whatwg(label)
            .or_else(|| whatwg(&label.replace('_', "-")))
            .or_else(|| whatwg(&spelling(&folded)?))
            .map(Self::Known)
            .or_else(|| Page::of(&folded).map(Self::Page))
    }

    /// A warning where a label names another encoding than this one, which the bytes begin like.
    pub(super) fn doubt(self, label: &str) -> Option<String> {
        let named = Self::of(label)?;
        // UTF-16 and UTF-32 are named with and without their byte order.
        let is_same = match (self, named) {
            (Self::Utf16(_), Self::Utf16(_)) | (Self::Utf32(_), Self::Utf32(_)) => true,
            // ASCII says nothing about the bytes that are none.
            _ => self == named || is_ascii_label(label),
        };
        (!is_same).then(|| {
            format!(
                "the declared encoding is {}, but the bytes begin like {}",
                named.name(),
                self.name()
            )
        })
    }

    /// The encoding of a label that neither is unknown nor contradicts the bytes.
    pub(super) fn believable(
        label: &str,
        place: &str,
        bytes: &[u8],
        warnings: &mut Vec<String>,
    ) -> Option<Self> {
        // ASCII says nothing about the bytes that are none.
        if is_ascii_label(label) {
            return None;
        }
        let shown = clean_line(cap(label, 40).0);
        let Some(charset) = Self::of(label) else {
            warnings.push(format!("{place} names the unknown encoding `{shown}`"));
            return None;
        };
        let is_contradicted = match charset {
            Self::Known(_) => false,
            // The patterns of zero bytes have been looked for; there are none.
            Self::Utf16(_) | Self::Utf32(_) => true,
            Self::Page(page) => page.is_mainframe() && looks_like_ascii(bytes),
        };
        if is_contradicted {
            warnings.push(format!(
                "{place} names the encoding `{shown}`, but the bytes are not in it"
            ));
            return None;
        }
        Some(charset)
    }
}

fn looks_like_ascii(bytes: &[u8]) -> bool {
    let start = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(start, Some(b'<' | b'{' | b'['))
}

fn wide(folded: &str) -> Option<Charset> {
    Some(match folded {
        "utf16" | "utf16le" | "u16" | "ucs2" | "iso10646ucs2" | "unicode" | "csunicode"
        | "csutf16" | "csutf16le" | "unicodefeff" => Charset::Utf16(Order::Little),
        "utf16be" | "unicodefffe" | "csutf16be" => Charset::Utf16(Order::Big),
        "utf32" | "utf32le" | "u32" | "ucs4" | "iso10646ucs4" | "csucs4" | "csutf32" => {
            Charset::Utf32(Order::Little)
        }
        "utf32be" => Charset::Utf32(Order::Big),
        _ => return None,
    })
}

/// The WHATWG label for spellings the standard does not know.
fn spelling(folded: &str) -> Option<String> {
    for (prefix, label) in [
        ("windows", "windows-"),
        ("win", "windows-"),
        ("cp", "windows-"),
        ("mswin", "windows-"),
        ("iso", "iso-"),
        ("8859", "iso-8859-"),
    ] {
        let Some(number) = folded.strip_prefix(prefix) else {
            continue;
        };
        match label {
            "windows-" if is_number(number, 4, "125") => return Some(format!("windows-{number}")),
            "iso-8859-" if is_number(number, number.len(), "") && number.len() <= 2 => {
                return Some(format!("iso-8859-{number}"));
            }
            "iso-" => {
                if let Some(part) = number.strip_prefix("8859") {
                    return Some(format!("iso-8859-{part}"));
                }
            }
            _ => {}
        }
    }
    Some(
        match folded {
            "utf" | "utf8mb4" | "u8" | "utf8bom" | "utf8n" | "unicode11utf8" => "utf-8",
            "ansi" | "latin" | "latin1" | "win" | "usascii" | "ascii7" | "646" | "us" => {
                "windows-1252"
            }
            "latin2" => "iso-8859-2",
            "latin3" => "iso-8859-3",
            "latin4" => "iso-8859-4",
            "latin5" | "latin9e" => "windows-1254",
            "latin9" | "latin0" => "iso-8859-15",
            "sjis" | "sjiswin" | "cp932" | "ms932" | "windows932" | "mskanji" | "shiftjis"
            | "932" => "shift_jis",
            "eucjp" | "eucjpwin" | "ujis" | "eucjpms" => "euc-jp",
            "iso2022jp1" | "iso2022jp2" | "iso2022jpms" | "jis" => "iso-2022-jp",
            "euckr" | "cp949" | "ms949" | "uhc" | "949" | "ksc5601" | "ksx1001" => "euc-kr",
            "gb" | "cp936" | "ms936" | "936" | "euccn" | "gb2312" | "gb180302000"
            | "gb23121980" => "gb18030",
            "cp950" | "ms950" | "950" | "big5hk" | "big5eten" | "big5tw" => "big5",
            "cp874" | "tis620" | "874" | "iso885911" => "windows-874",
            "cp866" | "866" | "dos866" => "ibm866",
            "koi8" | "koi" | "koi8rus" => "koi8-r",
            "macroman" | "mac" | "macintosh" | "macosroman" => "macintosh",
            "maccyrillic" | "macukraine" | "macukrainian" => "x-mac-cyrillic",
            _ => return None,
        }
        .to_owned(),
    )
}

fn is_number(text: &str, len: usize, start: &str) -> bool {
    text.len() == len && text.starts_with(start) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_ascii_label(label: &str) -> bool {
    matches!(label.to_ascii_lowercase().as_str(), "us-ascii" | "ascii")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_as_people_write_them() {
        #[track_caller]
        fn check(label: &str, want: &str) {
            assert_eq!(Charset::of(label).map(Charset::name), Some(want), "{label}");
        }
        check("UTF8", "UTF-8");
        check(" utf-8 ", "UTF-8");
        check("'utf-8'", "UTF-8");
        check("utf_8", "UTF-8");
        check("utf8mb4", "UTF-8");
        check("iso-8859-1", "windows-1252");
        check("ISO_8859-15", "ISO-8859-15");
        check("8859-2", "ISO-8859-2");
        check("latin_1", "windows-1252");
        check("us-ascii", "windows-1252");
        check("windows_1251", "windows-1251");
        check("win1251", "windows-1251");
        check("cp1250", "windows-1250");
        check("gb2312", "GBK");
        check("ks_c_5601-1987", "EUC-KR");
        check("tis-620", "windows-874");
        check("SJIS-win", "Shift_JIS");
        check("utf-16", "UTF-16LE");
        check("UTF-32BE", "UTF-32BE");
        check("437", "ibm437");
        check("ebcdic-cp-us", "ibm037");
        check("mac-latin2", "mac-latin2");
        check("macroman", "macintosh");
        for label in ["", "none", "x-unknown", "binary"] {
            assert_eq!(Charset::of(label), None, "{label}");
        }
    }
}
