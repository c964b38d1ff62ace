//! Documents that say one encoding and have another, or say none.

use feedmill::model::ErrorClass as E;

use super::{
    case::{Case, document, joined},
    documents::rss,
};

const XML: &str = "text/xml";

pub fn cases() -> Vec<Case> {
    joined([wide(), declared(), lying(), broken()])
}

fn item(title: &str) -> String {
    rss(&format!(
        "<item><title>{title}</title><guid>1</guid><description>short words</description></item>"
    ))
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn utf32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|c| bytes(u32::from(c))).collect()
}

/// A document whose title is these bytes.
fn around(declaration: &str, title: &[u8]) -> Vec<u8> {
    let text = format!("{declaration}{}", item("@"));
    let (head, tail) = text.split_once('@').unwrap();
    [head.as_bytes(), title, tail.as_bytes()].concat()
}

fn wide() -> Vec<Case> {
    let text = item("\u{e9}t\u{e9} \u{65e5}\u{672c}");
    let marked = format!("\u{feff}{text}");
    let want = "\u{e9}t\u{e9} \u{65e5}\u{672c}";
    [
        (
            "UTF-16 with a mark, little end first",
            utf16(&marked, u16::to_le_bytes),
        ),
        (
            "UTF-16 with a mark, big end first",
            utf16(&marked, u16::to_be_bytes),
        ),
        (
            "UTF-16 without a mark, little end first",
            utf16(&text, u16::to_le_bytes),
        ),
        (
            "UTF-16 without a mark, big end first",
            utf16(&text, u16::to_be_bytes),
        ),
        (
            "UTF-32 with a mark, little end first",
            utf32(&marked, u32::to_le_bytes),
        ),
        (
            "UTF-32 without a mark, big end first",
            utf32(&text, u32::to_be_bytes),
        ),
        (
            "two marks of UTF-8",
            format!("\u{feff}{marked}").into_bytes(),
        ),
    ]
    .into_iter()
    .map(|(name, body)| document(name, "text/xml; charset=utf-8", body).text(want))
    .collect()
}

fn declared() -> Vec<Case> {
    let of = |name: &str, label: &str, title: &[u8]| {
        let declaration = format!("<?xml version='1.0' encoding='{label}'?>");
        document(name, XML, around(&declaration, title))
    };
    vec![
        of("Latin-1", "iso-8859-1", b"\xe9t\xe9").text("\u{e9}t\u{e9}"),
        of(
            "Latin-1 with the quotes of Windows",
            "iso-8859-1",
            b"\x93x\x94",
        )
        .text("\u{201c}x\u{201d}"),
        of("windows-1251", "windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2")
            .text("\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}"),
        of("Shift_JIS", "shift_jis", b"\x93\xfa\x96\x7b").text("\u{65e5}\u{672c}"),
        of("ISO-2022-JP", "iso-2022-jp", b"\x1b$B4A\x1b(B").text("\u{6f22}"),
        of("GB 18030", "gb18030", b"\xd6\xd0\xb9\xfa").text("\u{4e2d}\u{56fd}"),
        document(
            "KOI8-R by the header",
            "text/xml; charset=koi8-r",
            around("", b"\xd0\xd2\xc9\xd7\xc5\xd4"),
        )
        .text("\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}"),
    ]
}

fn lying() -> Vec<Case> {
    let utf8 = "\u{e9}t\u{e9} \u{2013} \u{65e5}\u{672c}";
    let of = |name: &str, label: &str| {
        let declaration = format!("<?xml version='1.0' encoding='{label}'?>");
        document(name, XML, around(&declaration, utf8.as_bytes())).text(utf8)
    };
    let russian = around(
        "<?xml version='1.0' encoding='windows-1251'?>",
        b"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\xf3",
    );
    vec![
        of("UTF-8 called UTF-16", "utf-16"),
        of("UTF-8 called EBCDIC", "ebcdic-cp-us"),
        of("UTF-8 called nothing known", "x-klingon"),
        of("UTF-8 called Latin-1", "iso-8859-1"),
        of("UTF-8 called UTF-7", "utf-7"),
        of("UTF-8 called nothing", ""),
        document(
            "Latin-1 called UTF-8",
            XML,
            around("<?xml version='1.0' encoding='utf-8'?>", b"\xe9t\xe9"),
        )
        .text("\u{e9}t\u{e9}"),
        document(
            "Latin-1 called nothing",
            XML,
            around("", b"Un \xe9t\xe9 \xe0 la mer"),
        )
        .text("\u{e9}t\u{e9}"),
        document(
            "windows-1251 called UTF-8 by the header",
            "text/xml; charset=utf-8",
            russian,
        )
        .text("\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}"),
        document(
            "UTF-8 called US-ASCII by the header",
            "text/xml; charset=us-ascii",
            around("", utf8.as_bytes()),
        )
        .text(utf8),
    ]
}

fn broken() -> Vec<Case> {
    let of = |name: &str, title: &[u8]| document(name, XML, around("", title));
    let odd = {
        let mut bytes = utf16(&item("One of many"), u16::to_le_bytes);
        bytes.pop();
        bytes
    };
    let halves: Vec<u8> = utf16(&item("One of @ many"), u16::to_le_bytes)
        .chunks(2)
        .flat_map(|unit| {
            if unit == b"@\0" {
                [0x00, 0xd8]
            } else {
                [unit[0], unit[1]]
            }
        })
        .collect();
    let zeros = [vec![0; 3], item("One of many").into_bytes()].concat();
    vec![
        of("an overlong slash", b"One \xc0\xaf of many").text("of many"),
        of("half a surrogate in UTF-8", b"One \xed\xa0\x80 of many").text("of many"),
        of("half a character at the end", b"One of many \xe6\x97").text("of many"),
        of("a byte that no encoding has", b"One \xff of many").text("of many"),
        document("UTF-16 of an odd length", XML, odd).text("One of many"),
        document("half a surrogate in UTF-16", XML, halves).text("many"),
        document("zeros before the feed", XML, zeros).text("One of many"),
        document("a feed of controls", XML, around("", &[1; 2000])).fails(E::Charset),
    ]
}
