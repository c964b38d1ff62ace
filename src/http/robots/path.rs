//! Paths and patterns in one spelling, and whether one matches the other (RFC 9309, 2.2.2).

use url::Url;

/// A pattern of an `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    is_anchored: bool,
}

impl Pattern {
    /// The pattern as written; `None` for an empty one, which says nothing.
    pub(super) fn read(raw: &[u8]) -> Option<Self> {
        let (raw, is_anchored) = match raw.strip_suffix(b"$") {
            Some(rest) => (rest, true),
            None => (raw, false),
        };
        if raw.is_empty() {
            return None;
        }
        let mut text = normal(raw, Spelling::Pattern);
        while text.contains("**") {
            text = text.replace("**", "*");
        }
        Some(Self { text, is_anchored })
    }

    /// Octets, for "the most specific match": the longer pattern is.
    pub(super) fn n_octets(&self) -> usize {
        self.text.len() + usize::from(self.is_anchored)
    }

    /// Whether the pattern matches a path made by [`path_of`]. Linear in the path.
    pub(super) fn matches(&self, path: &str) -> bool {
        let mut parts = self.text.split('*');
        let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        // An anchored pattern has to end where the path ends: its last part is matched there.
        let last = if self.is_anchored { parts.pop() } else { None };
        for part in parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        match last {
            Some(last) => rest.ends_with(last),
            None => !self.is_anchored || rest.is_empty(),
        }
    }
}

/// Path and query of an address, in the spelling that patterns have.
pub(super) fn path_of(url: &Url) -> String {
    let mut raw = url.path().to_owned();
    if let Some(query) = url.query() {
        raw.push('?');
        raw.push_str(query);
    }
    normal(raw.as_bytes(), Spelling::Path)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// `*` is a wildcard.
    Pattern,
    /// `*` is a character like others.
    Path,
}

/// One spelling: escapes of unreserved characters (RFC 3986, 2.3) are undone, other escapes have
/// upper-case digits, everything beyond ASCII and what stands for itself is escaped.
fn normal(raw: &[u8], spelling: Spelling) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let [byte, after @ ..] = rest {
        rest = after;
        let escaped = match (byte, after) {
            (b'%', [high, low, beyond @ ..]) => {
                let value = hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low);
                if value.is_some() {
                    rest = beyond;
                }
                value
            }
            _ => None,
        };
        match escaped {
            Some(value) if is_unreserved(value) => text.push(char::from(value)),
            Some(value) => push_escape(&mut text, value),
            None if must_escape(*byte, spelling) => push_escape(&mut text, *byte),
            None => text.push(char::from(*byte)),
        }
    }
    text
}

fn must_escape(byte: u8, spelling: Spelling) -> bool {
    match byte {
        b'*' => spelling == Spelling::Path,
        b'$' => true,
        _ => !byte.is_ascii_graphic(),
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn push_escape(text: &mut String, byte: u8) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    text.push('%');
    for digit in [byte >> 4, byte & 0x0f] {
        text.extend(DIGITS.get(usize::from(digit)));
    }
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}
