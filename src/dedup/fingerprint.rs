//! The marks of a text.

use sha2::{Digest, Sha256};

use super::{fold::for_each_word, shingle::Sampler};
use crate::{model::Fingerprint, text::CleanText};

/// Marks of a text: content hash, match key, number of words, samples of its word sequences.
///
/// The match key hashes the folded letters and digits without anything between them, so a copy
/// with other spaces, hyphens or line breaks has the same one. A text without a letter or digit
/// (a row of emoji) has no folded form: its match key is then the hash of its bytes.
pub fn fingerprint(text: &CleanText) -> Fingerprint {
    let content_hash: [u8; 32] = Sha256::digest(text.as_str().as_bytes()).into();
    let mut folded = String::with_capacity(text.as_str().len());
    let mut sampler = Sampler::default();
    for_each_word(text.as_str(), |word| {
        folded.push_str(word.folded);
        sampler.push(word);
    });
    let match_key = if folded.is_empty() {
        content_hash
    } else {
        Sha256::digest(folded.as_bytes()).into()
    };
    Fingerprint {
        content_hash: hex(&content_hash),
        match_key,
        n_words: text.n_words(),
        samples: sampler.finish(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks(text: &str) -> Fingerprint {
        fingerprint(&CleanText::from_raw(text))
    }

    #[test]
    fn content_hash_is_what_sha256sum_prints() {
        // printf 'abc' | sha256sum
        assert_eq!(
            marks("abc").content_hash,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn case_punctuation_and_space_do_not_change_the_match_key() {
        let plain = marks("The \"quick\" brown-fox jumps.\n\nOver it");
        let other = marks("the “Quick” brown fox jumps: over it!");
        assert_eq!(plain.match_key, other.match_key);
        assert_ne!(plain.content_hash, other.content_hash);
    }

    #[test]
    fn another_word_or_number_changes_the_match_key() {
        assert_ne!(marks("3 dead").match_key, marks("5 dead").match_key);
        assert_ne!(marks("a cat").match_key, marks("a cats").match_key);
    }

    #[test]
    fn texts_without_letters_do_not_share_a_key() {
        assert_ne!(marks("😀").match_key, marks("😢").match_key);
    }

    proptest! {
        #[test]
        fn equal_texts_have_equal_marks(text: String) {
            let marks = marks(&text);
            prop_assert_eq!(marks.content_hash.len(), 64);
            prop_assert!(marks.samples.is_sorted_by(|a, b| a < b));
            prop_assert_eq!(fingerprint(&CleanText::from_raw(&text)), marks);
        }
    }
}
