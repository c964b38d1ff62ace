//! Base64 (RFC 4648, section 4) of Atom content, as text.

/// The text that `raw` encodes; `None` when it is no base64 or no UTF-8. White space and missing
/// padding are forgiven.
pub(super) fn decode(raw: &str) -> Option<String> {
    let mut out = Vec::with_capacity(raw.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut n_bits = 0_u32;
    for byte in raw.trim().trim_end_matches('=').bytes() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        bits = (bits << 6 | u32::from(digit(byte)?)) & 0xffff;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            out.push(u8::try_from(bits >> n_bits & 0xff).ok()?);
        }
    }
    String::from_utf8(out).ok()
}

const fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded() {
        assert_eq!(decode(" RXhhbX\nBsZQ== ").as_deref(), Some("Example"));
        assert_eq!(decode("not base64!"), None);
    }
}
