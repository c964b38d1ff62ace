//! Encodings that show by their first bytes.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use super::codepages::Page;
use super::declared::xml_label;
use super::label::{Charset, Order};

/// The encoding of a byte order mark, and the bytes behind it.
pub(super) fn by_mark(bytes: &[u8]) -> Option<(Charset, &[u8])> {
    const MARKS: &[(&[u8], Charset)] = &[
        (b"\xef\xbb\xbf", Charset::Known(UTF_8)),
        // Before UTF-16, whose mark it begins with.
        (b"\xff\xfe\0\0", Charset::Utf32(Order::Little)),
        (b"\0\0\xfe\xff", Charset::Utf32(Order::Big)),
        (b"\xff\xfe", Charset::Utf16(Order::Little)),
        (b"\xfe\xff", Charset::Utf16(Order::Big)),
    ];
    let (charset, rest) = MARKS
        .iter()
        .find_map(|(mark, charset)| Some((*charset, bytes.strip_prefix(*mark)?)))?;
    // Some programs put the mark before text of single bytes.
    let is_plain = matches!(rest, [b'<', b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?', ..])
        && !rest.iter().take(64).any(|byte| *byte == 0);
    Some((
        if is_plain {
            Charset::Known(UTF_8)
        } else {
            charset
        },
        rest,
    ))
}

/// The encoding that markup shows by where its zero bytes stand, or by being EBCDIC.
pub(super) fn by_pattern(bytes: &[u8]) -> Option<Charset> {
    /// `<?xm` in every EBCDIC page.
    const MAINFRAME: &[u8] = &[0x4c, 0x6f, 0xa7, 0x94];
    if bytes.starts_with(MAINFRAME) {
        return mainframe_page(bytes).map(Charset::Page);
    }
    let mut zeros = [0_usize; 4];
    let mut n_units = 0;
    for unit in bytes.chunks_exact(4).take(16) {
        n_units += 1;
        for (count, byte) in zeros.iter_mut().zip(unit) {
            *count += usize::from(*byte == 0);
        }
    }
    let is_mostly = |count: usize| n_units > 0 && count * 4 >= n_units * 3;
    let is_often = |count: usize| n_units > 0 && count * 3 >= n_units;
    match zeros {
        [a, b, c, 0] if is_mostly(a) && is_mostly(b) && is_often(c) => {
            Some(Charset::Utf32(Order::Big))
        }
        [0, b, c, d] if is_often(b) && is_mostly(c) && is_mostly(d) => {
            Some(Charset::Utf32(Order::Little))
        }
        [a, 0, c, 0] if is_often(a) && is_often(c) => Some(Charset::Utf16(Order::Big)),
        [0, b, 0, d] if is_often(b) && is_often(d) => Some(Charset::Utf16(Order::Little)),
        _ => None,
    }
}

/// The EBCDIC page a document names, else the commonest.
fn mainframe_page(bytes: &[u8]) -> Option<&'static Page> {
    let common = Page::mainframe()?;
    let start = common.decode(bytes.get(..bytes.len().min(512))?);
    let named = xml_label(&start).and_then(|label| match Charset::of(&label)? {
        Charset::Page(page) => Some(page),
        Charset::Known(_) | Charset::Utf16(_) | Charset::Utf32(_) => None,
    });
    Some(named.filter(|page| page.is_mainframe()).unwrap_or(common))
}

/// UTF-16; lone surrogates and half units become U+FFFD.
pub(super) fn decode_utf16(bytes: &[u8], order: Order) -> String {
    let encoding = match order {
        Order::Little => UTF_16LE,
        Order::Big => UTF_16BE,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-32; what is no character becomes U+FFFD, an incomplete unit at the end is left out.
pub(super) fn decode_utf32(bytes: &[u8], order: Order) -> String {
    let (units, _) = bytes.as_chunks::<4>();
    let char_of = |unit: &[u8; 4]| {
        let value = match order {
            Order::Little => u32::from_le_bytes(*unit),
            Order::Big => u32::from_be_bytes(*unit),
        };
        char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    units.iter().map(char_of).collect()
}
