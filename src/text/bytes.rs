//! Looking for bytes.

/// Whether a text has a byte that is meant. Blocks without a branch are compared many bytes at a time,
/// so this is the quick look before a slow one.
pub fn has_byte(text: &str, is_meant: impl Fn(u8) -> bool) -> bool {
    let mut blocks = text.as_bytes().chunks(64);
    blocks.any(|block| block.iter().fold(false, |any, byte| any | is_meant(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        let plain = "x".repeat(200);
        assert!(!has_byte(&plain, |byte| byte == b'y'));
        for at in [0, 63, 64, 150, 200] {
            let mut text = plain.clone();
            text.insert(at, 'y');
            assert!(has_byte(&text, |byte| byte == b'y'), "{at}");
        }
        assert!(!has_byte("", |_| true));
    }
}
