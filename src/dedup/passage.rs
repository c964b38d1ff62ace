//! A paragraph as it is compared with the paragraphs of a site's other articles.

use super::{
    fold::for_each_word,
    shingle::{mix, n_shared, shingles},
};

/// Marks of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Passage {
    /// Of its letters and digits. Stored: it never changes between versions.
    pub(super) hash: u64,
    /// Bytes of its letters and digits.
    pub(super) size: usize,
    pub(super) has_digit: bool,
}

impl Passage {
    /// Looks at a paragraph once, byte by byte.
    ///
    /// Case is folded for ASCII alone and nothing is composed: a site's template says its passages
    /// to the letter, and each paragraph of each page comes this way. Digits are not masked: texts
    /// written by machines (quakes, results, weather) differ in nothing else.
    pub(super) fn of(paragraph: &str) -> Self {
        let mut passage = Self {
            hash: 0x9e37_79b9_7f4a_7c15,
            size: 0,
            has_digit: false,
        };
        let (mut eight, mut n_held) = (0_u64, 0_u64);
        for byte in paragraph.bytes() {
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
                continue;
            }
            passage.has_digit |= byte.is_ascii_digit();
            passage.size += 1;
            eight = eight << 8 | u64::from(byte.to_ascii_lowercase());
            n_held += 1;
            if n_held == 8 {
                passage.hash = mix(passage.hash ^ eight);
                (eight, n_held) = (0, 0);
            }
        }
        passage.hash = mix(passage.hash ^ eight ^ n_held << 56);
        passage
    }
}

/// What the feed says of an article by itself: passages that stand in it are the article's.
#[derive(Debug)]
pub(super) struct Own {
    /// Words with one space between them and at both ends.
    folded: String,
    shingles: Vec<u64>,
}

impl Own {
    pub(super) fn of(text: &str) -> Self {
        Self {
            folded: folded(text),
            shingles: shingles(text),
        }
    }

    /// The paragraph stands in it, or half of the shorter of both does in the other: feeds cut
    /// their summaries off, and shorten them.
    pub(super) fn holds(&self, paragraph: &str) -> bool {
        if self.shingles.is_empty() {
            return false;
        }
        if self.folded.contains(&folded(paragraph)) {
            return true;
        }
        let theirs = shingles(paragraph);
        let fewer = theirs.len().min(self.shingles.len());
        fewer > 0 && n_shared(&theirs, &self.shingles) * 2 >= fewer
    }
}

fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    folded.push(' ');
    for_each_word(text, |word| {
        folded.push_str(word.folded);
        folded.push(' ');
    });
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_punctuation_do_not_count() {
        let plain = Passage::of("Follow us on “Example”, daily!");
        assert_eq!(plain.hash, Passage::of("FOLLOW US on “example” daily").hash);
        assert_ne!(plain.hash, Passage::of("Follow him on “Example”").hash);
    }

    #[test]
    fn numbers_tell_passages_apart() {
        let quake = Passage::of("The quake struck at a depth of 10 km.");
        assert!(quake.has_digit);
        assert_ne!(
            quake.hash,
            Passage::of("The quake struck at a depth of 12 km.").hash
        );
    }

    #[test]
    fn hashes_never_change_between_versions() {
        assert_eq!(
            Passage::of("Follow us on Example and sign up.").hash,
            1_319_392_088_514_907_286
        );
    }

    #[test]
    fn a_summary_holds_what_stands_in_it_whole_or_cut_off() {
        #[track_caller]
        fn check(own: &str, passage: &str, want: bool) {
            assert_eq!(Own::of(own).holds(passage), want, "{own:?}");
        }
        let passage = "The Harbour Post is written by its readers, who meet every Tuesday in the \
                       old customs house and decide what is printed.";
        check(passage, passage, true);
        check(&format!("First. {passage} Last."), passage, true);
        check(
            "The Harbour Post is written by its readers, who meet every Tuesday in the o…",
            passage,
            true,
        );
        check(
            "What the council said of the ferry on Monday",
            passage,
            false,
        );
        check("", passage, false);
        check("Berlin (dpa) The council met", "BERLIN", true);
        check("The council met", "coun", false);
    }
}
