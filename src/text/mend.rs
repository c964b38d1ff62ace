//! UTF-8 with foreign bytes in it.

use encoding_rs::WINDOWS_1252;

/// What became of bytes that should have been UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mended {
    /// The text.
    pub(super) text: String,
    /// Characters of more than one byte that were right.
    pub(super) n_right: usize,
    /// Places that were not UTF-8, but for a character cut off at the very end.
    pub(super) n_wrong: usize,
    /// The last character is cut off.
    pub(super) is_cut: bool,
}

/// Reads UTF-8; single bytes that are none are taken for windows-1252 (templates of one encoding
/// around texts of another), cut characters become U+FFFD, pairs of encoded surrogates (CESU-8) the
/// character they mean. A character cut off at the very end is left out.
pub(super) fn mend(bytes: &[u8]) -> Mended {
    let mut mended = Mended {
        text: String::with_capacity(bytes.len() + bytes.len() / 16),
        n_right: 0,
        n_wrong: 0,
        is_cut: false,
    };
    let mut rest = bytes;
    loop {
        let error = match std::str::from_utf8(rest) {
            Ok(valid) => {
                mended.push_valid(valid);
                return mended;
            }
            Err(error) => error,
        };
        let (valid, after) = rest
            .split_at_checked(error.valid_up_to())
            .unwrap_or((rest, &[]));
        mended.push_valid(std::str::from_utf8(valid).unwrap_or_default());
        let Some(n_bad) = error.error_len() else {
            mended.is_cut = true;
            if after.len() == 1 {
                // One byte at the end may as well be a whole character of windows-1252.
                mended.push_foreign(after);
            }
            return mended;
        };
        rest = mended.push_wrong(after, n_bad);
    }
}

impl Mended {
    fn push_valid(&mut self, valid: &str) {
        if !valid.is_ascii() {
            self.n_right += valid.bytes().filter(|byte| *byte >= 0xc0).count();
        }
        self.text.push_str(valid);
    }

    /// Puts down what stands at the start of `bytes`, and gives what follows.
    fn push_wrong<'a>(&mut self, bytes: &'a [u8], n_bad: usize) -> &'a [u8] {
        if let Some((c, rest)) = surrogates(bytes) {
            self.text.push(c);
            self.n_right += 1;
            return rest;
        }
        self.n_wrong += 1;
        let (bad, rest) = bytes.split_at_checked(n_bad.max(1)).unwrap_or((bytes, &[]));
        if bad.len() > 1 {
            self.text.push(char::REPLACEMENT_CHARACTER);
        } else {
            self.push_foreign(bad);
        }
        rest
    }

    fn push_foreign(&mut self, bytes: &[u8]) {
        self.text
            .push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0);
    }
}

/// A character beyond the first plane written as two surrogates of three bytes each.
fn surrogates(bytes: &[u8]) -> Option<(char, &[u8])> {
    let (pair, rest) = bytes.split_first_chunk::<6>()?;
    let [
        0xed,
        high @ 0xa0..=0xaf,
        high_low @ 0x80..=0xbf,
        0xed,
        low @ 0xb0..=0xbf,
        low_low @ 0x80..=0xbf,
    ] = pair
    else {
        return None;
    };
    let half = |middle: &u8, last: &u8| (u32::from(middle & 0x0f) << 6) | u32::from(last & 0x3f);
    let value = 0x1_0000 + (half(high, high_low) << 10) + half(low, low_low);
    Some((char::from_u32(value)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_bytes_are_mended() {
        #[track_caller]
        fn check(bytes: &[u8], want: &str, n_wrong: usize, is_cut: bool) {
            let got = mend(bytes);
            assert_eq!(
                (got.text.as_str(), got.n_wrong, got.is_cut),
                (want, n_wrong, is_cut)
            );
        }
        check("é日".as_bytes(), "é日", 0, false);
        check(b"caf\xe9 \x93x\x94", "café “x”", 3, false);
        check("日本".as_bytes().get(..5).unwrap(), "日", 0, true);
        check(b"\xe6\x97.", "\u{fffd}.", 1, false);
        check(b"\xed\xa0\xbd\xed\xb8\x80", "😀", 0, false);
        check(b"caf\xe9", "café", 0, true);
        check(b"\xff\xfe\xc0", "ÿþÀ", 3, false);
    }
}
