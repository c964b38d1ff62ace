//! Where a tag and its attributes begin and end, as the HTML tokenizer sees it (WHATWG, 13.2.5).

/// A tag in the bytes it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct TagScan {
    name_start: usize,
    name_end: usize,
    /// First byte behind `>`; the end of the input when the tag is cut off.
    pub(super) end: usize,
    /// It ends with `/>`.
    pub(super) is_empty_element: bool,
    /// It has its `>`.
    pub(super) is_closed: bool,
}

/// An attribute in the bytes it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttributeScan {
    /// First byte of the name.
    pub(super) start: usize,
    name_end: usize,
    value_start: usize,
    value_end: usize,
    /// First byte behind the value and its quote.
    pub(super) end: usize,
}

impl TagScan {
    pub(super) fn name<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes
            .get(self.name_start..self.name_end)
            .unwrap_or_default()
    }

    pub(super) fn attributes<'a>(&self, bytes: &'a [u8]) -> Attributes<'a> {
        Attributes {
            bytes,
            at: self.name_end,
        }
    }
}

impl AttributeScan {
    pub(super) fn name<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.start..self.name_end).unwrap_or_default()
    }

    pub(super) fn value<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes
            .get(self.value_start..self.value_end)
            .unwrap_or_default()
    }
}

/// The attributes of a tag, up to its `>`.
pub(super) struct Attributes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Attributes<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn pass(&self, mut at: usize, wanted: impl Fn(u8) -> bool) -> usize {
        while self.byte(at).is_some_and(&wanted) {
            at += 1;
        }
        at
    }
}

impl Iterator for Attributes<'_> {
    type Item = AttributeScan;

    fn next(&mut self) -> Option<AttributeScan> {
        let start = self.pass(self.at, |byte| is_space(byte) || byte == b'/');
        self.at = start;
        if matches!(self.byte(start), None | Some(b'>')) {
            return None;
        }
        // A name may begin with `=` (parse error, but that is what browsers do).
        let name_end = self.pass(start + 1, |byte| {
            !is_space(byte) && !matches!(byte, b'/' | b'>' | b'=')
        });
        let equals = self.pass(name_end, is_space);
        let mut scan = AttributeScan {
            start,
            name_end,
            value_start: name_end,
            value_end: name_end,
            end: name_end,
        };
        if self.byte(equals) == Some(b'=') {
            let value = self.pass(equals + 1, is_space);
            if let Some(quote @ (b'"' | b'\'')) = self.byte(value) {
                let close = find_byte(self.bytes, value + 1, quote);
                scan.value_start = value + 1;
                scan.value_end = close.unwrap_or(self.bytes.len());
                scan.end = close.map_or(self.bytes.len(), |close| close + 1);
            } else {
                scan.value_start = value;
                scan.value_end = self.pass(value, |byte| !is_space(byte) && byte != b'>');
                scan.end = scan.value_end;
            }
        }
        self.at = scan.end;
        Some(scan)
    }
}

/// Scans the tag whose name starts at `name_start`.
pub(super) fn scan_tag(bytes: &[u8], name_start: usize) -> TagScan {
    scan_tag_with(bytes, name_start, |_| {})
}

/// The same, handing out the attributes as they come.
pub(super) fn scan_tag_with(
    bytes: &[u8],
    name_start: usize,
    mut found: impl FnMut(AttributeScan),
) -> TagScan {
    let rest = bytes.get(name_start..).unwrap_or_default();
    let name_len = rest
        .iter()
        .position(|&byte| is_space(byte) || matches!(byte, b'/' | b'>'))
        .unwrap_or(rest.len());
    let name_end = name_start + name_len;
    let mut attributes = Attributes {
        bytes,
        at: name_end,
    };
    let mut last_end = name_end;
    for attribute in attributes.by_ref() {
        last_end = attribute.end;
        found(attribute);
    }
    let close = attributes.at;
    let is_closed = bytes.get(close) == Some(&b'>');
    TagScan {
        name_start,
        name_end,
        end: if is_closed { close + 1 } else { bytes.len() },
        is_empty_element: is_closed && close > last_end && bytes.get(close - 1) == Some(&b'/'),
        is_closed,
    }
}

/// Place of `needle` at or behind `from`.
pub(super) fn find_from(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, needle).map(|found| from + found)
}

/// Place of the end tag `</name` at or behind `from`, in any case.
pub(super) fn find_end_tag(bytes: &[u8], from: usize, name: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(found) = find_from(bytes, at, b"</") {
        let end = found + 2 + name.len();
        let is_name = bytes
            .get(found + 2..end)
            .is_some_and(|found| found.eq_ignore_ascii_case(name));
        let ends = bytes
            .get(end)
            .is_none_or(|&byte| is_space(byte) || matches!(byte, b'/' | b'>'));
        if is_name && ends {
            return Some(found);
        }
        at = found + 2;
    }
    None
}

/// Place of `wanted` at or behind `from`.
pub(super) fn find_byte(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    memchr::memchr(wanted, bytes.get(from..)?).map(|found| from + found)
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}
