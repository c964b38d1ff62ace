//! A hash for comparing what stands in one page, never where somebody could gain from a collision.

/// The numbers of FNV-1a (Fowler, Noll, Vo).
const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// A hash of letters one after the other. Single bytes are gathered to eight before they are mixed,
/// since a multiplication for each is what hashing text costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    hash: u64,
    /// Up to seven bytes, none of them zero.
    gathered: u64,
}

impl Default for Letters {
    fn default() -> Self {
        Self {
            hash: START,
            gathered: 0,
        }
    }
}

impl Letters {
    /// The hash of some letters.
    pub(super) fn of(letters: impl Iterator<Item = char>) -> u64 {
        let mut hash = Self::default();
        for letter in letters {
            hash.push(letter);
        }
        hash.end()
    }

    pub(super) fn push(&mut self, letter: char) {
        match u8::try_from(letter) {
            Ok(byte) if byte.is_ascii() => self.push_byte(byte),
            _ => {
                self.mix_gathered();
                self.mix(u64::from(u32::from(letter)));
            }
        }
    }

    /// A byte other than zero.
    pub(super) fn push_byte(&mut self, byte: u8) {
        self.gathered = self.gathered << 8 | u64::from(byte);
        if self.gathered >> 56 != 0 {
            self.mix_gathered();
        }
    }

    pub(super) fn end(mut self) -> u64 {
        self.mix_gathered();
        self.hash
    }

    fn mix_gathered(&mut self) {
        if self.gathered != 0 {
            let gathered = std::mem::take(&mut self.gathered);
            self.mix(gathered);
        }
    }

    /// The turn brings what the product moved to the top back to where it counts.
    fn mix(&mut self, unit: u64) {
        self.hash = (self.hash.rotate_left(27) ^ unit).wrapping_mul(PRIME);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> u64 {
        Letters::of(text.chars())
    }

    #[test]
    fn every_letter_and_its_place_count() {
        let texts = [
            "",
            "a",
            "b",
            "ab",
            "ba",
            "é",
            "aé",
            "éa",
            "abcdefg",
            "abcdefgh",
            "abcdefghi",
            "bbcdefghi",
            "abcdefghabcdefgh",
            "abcdefghbbcdefgh",
            "bbcdefghabcdefgh",
            "abcdéfgh",
            "ａ",
        ];
        let mut hashes: Vec<u64> = texts.iter().map(|text| of(text)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), texts.len());
        assert_eq!(of("abcdefghi"), of("abcdefghi"));
    }
}
