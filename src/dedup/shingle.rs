//! Word sequences: how much of one text stands in another.

use super::fold::{Kind, Word, for_each_word};
use crate::model::Likeness;

/// Most samples a fingerprint carries: one sequence in 16 of a text of about 4,000 words. Of a
/// longer text the smallest hashes are kept, so that two copies keep the same ones.
pub const SAMPLES: usize = 256;

/// One sequence in this many is a sample: a text of 100 words still has about six.
const SAMPLE_RATE: u32 = 16;

/// With fewer sequences than this two texts are near only when they have the very same ones: a
/// line such as "read more on our site" stands whole in many articles and proves nothing.
const LEAST_SHINGLES: usize = 16;

/// [`containment`] below which texts have next to nothing in common.
const UNLIKE: f64 = 0.1;

/// Share of the word sequences of the text with fewer of them that stand in the other too, 0..=1.
///
/// A sequence is four words; six characters of Chinese or Japanese; twelve of Thai, Lao, Khmer or
/// Burmese, which have no spaces. 0 when one of the texts has no words.
pub fn containment(a: &str, b: &str) -> f64 {
    likeness(a, b).containment
}

/// Whether a page with the second text is another article's than one with the first: they have next to nothing in common.
pub fn is_unlike(old: &str, new: &str) -> bool {
    containment(old, new) < UNLIKE
}

/// [`containment`], and the share of all sequences of both texts that they have in common.
pub(super) fn likeness(a: &str, b: &str) -> Likeness {
    let (a, b) = (shingles(a), shingles(b));
    let (fewer, more) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if fewer.is_empty() || (fewer.len() < LEAST_SHINGLES && fewer != more) {
        return Likeness {
            containment: 0.0,
            resemblance: 0.0,
        };
    }
    let n_shared = n_shared(&fewer, &more);
    Likeness {
        containment: ratio(n_shared, fewer.len()),
        resemblance: ratio(n_shared, fewer.len() + more.len() - n_shared),
    }
}

/// A part as a share of the whole; the whole is not 0.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of words in a text are far below 2^52"
)]
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// How many values stand in both sorted lists.
pub(super) fn n_shared(a: &[u64], b: &[u64]) -> usize {
    let mut others = b.iter().peekable();
    a.iter()
        .filter(|value| {
            while others.next_if(|other| other < value).is_some() {}
            others.peek() == Some(value)
        })
        .count()
}

/// Hashes of all word sequences of a text, sorted, each once.
pub(super) fn shingles(text: &str) -> Vec<u64> {
    let mut all = Vec::with_capacity(text.len() / 6);
    let mut roller = Roller::default();
    for_each_word(text, |word| all.extend(roller.push(word)));
    all.extend(roller.finish());
    all.sort_unstable();
    all.dedup();
    all
}

/// Gathers the samples of a text while it is folded.
#[derive(Debug, Default)]
pub(super) struct Sampler {
    roller: Roller,
    samples: Vec<u32>,
}

impl Sampler {
    pub(super) fn push(&mut self, word: Word<'_>) {
        let shingle = self.roller.push(word);
        self.take(shingle);
    }

    fn take(&mut self, shingle: Option<u64>) {
        // The low half is the sample, so that a store can keep it in four bytes.
        if let Some(sample) = shingle.and_then(|hash| u32::try_from(hash & 0xffff_ffff).ok())
            && sample % SAMPLE_RATE == 0
        {
            self.samples.push(sample);
        }
    }

    /// The samples, sorted, each once, at most [`SAMPLES`].
    pub(super) fn finish(mut self) -> Vec<u32> {
        let short = self.roller.finish();
        self.take(short);
        self.samples.sort_unstable();
        self.samples.dedup();
        self.samples.truncate(SAMPLES);
        self.samples
    }
}

/// The longest sequence: twelve characters of an alphabet without spaces.
const LONGEST: usize = 12;

/// Hashes of the last words, newest last, and how many there were at all.
#[derive(Debug, Default)]
pub(super) struct Roller {
    last: [u64; LONGEST],
    n_words: usize,
    n_shingles: usize,
}

impl Roller {
    /// Takes a word; the hash of the sequence that ends with it, once there are enough words.
    pub(super) fn push(&mut self, word: Word<'_>) -> Option<u64> {
        self.last.rotate_left(1);
        if let Some(newest) = self.last.last_mut() {
            *newest = hash_word(word.folded);
        }
        self.n_words += 1;
        let length = length(word.kind);
        if self.n_words < length {
            return None;
        }
        self.n_shingles += 1;
        Some(self.hash_last(length))
    }

    /// A text shorter than one sequence is a sequence by itself.
    fn finish(&self) -> Option<u64> {
        (self.n_shingles == 0 && self.n_words > 0).then(|| self.hash_last(self.n_words))
    }

    fn hash_last(&self, n: usize) -> u64 {
        let words = self.last.iter().skip(LONGEST.saturating_sub(n));
        words.fold(0x9e37_79b9_7f4a_7c15, |hash, word| {
            mix(hash.rotate_left(23) ^ word)
        })
    }
}

/// Words of a sequence that ends with a word of this kind.
pub(super) const fn length(kind: Kind) -> usize {
    match kind {
        Kind::Word => 4,
        Kind::Ideograph => 6,
        Kind::Unspaced => LONGEST,
    }
}

/// Eight bytes a step; stable across versions and machines, because samples are stored.
pub(super) fn hash_word(word: &str) -> u64 {
    let mut hash = 0x2545_f491_4f6c_dd1d_u64;
    for chunk in word.as_bytes().chunks(8) {
        let value = chunk
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        hash = mix(hash ^ value);
    }
    hash
}

/// Steele and Vigna's 64-bit finaliser (splitmix64): each input bit reaches each output bit.
pub(super) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "none and whole are exact")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prose(from: usize, to: usize) -> String {
        let words: Vec<_> = (from..to).map(|n| format!("word{}", n * 7919)).collect();
        words.join(" ")
    }

    #[test]
    fn a_copy_is_contained_whole() {
        let text = prose(0, 80);
        assert_eq!(containment(&text, &text.to_uppercase()), 1.0);
    }

    #[test]
    fn a_shortened_copy_is_contained_whole() {
        assert_eq!(containment(&prose(0, 300), &prose(40, 120)), 1.0);
    }

    #[test]
    fn half_a_copy_is_half_contained() {
        let got = containment(&prose(0, 200), &prose(100, 300));
        assert!((0.45..0.55).contains(&got), "{got}");
    }

    #[test]
    fn other_texts_share_nothing() {
        assert_eq!(containment(&prose(0, 200), &prose(1000, 1200)), 0.0);
        assert_eq!(containment("", &prose(0, 200)), 0.0);
    }

    #[test]
    fn a_stock_phrase_proves_nothing() {
        let phrase = "read more about this story on our site";
        let article = format!("{} {phrase}", prose(0, 100));
        assert_eq!(containment(phrase, &article), 0.0);
        assert_eq!(containment(phrase, phrase), 1.0);
    }

    #[test]
    fn texts_without_spaces_are_compared_by_characters() {
        let news =
            "日本銀行は金融政策決定会合で政策金利を据え置くことを決めた。物価の動向を見極める。";
        let copy = format!("【速報】{news}詳しくは後ほど。");
        let other = "気象庁は台風が九州に接近していると発表し、住民に早めの避難を呼びかけている。";
        assert_eq!(containment(news, &copy), 1.0);
        assert!(containment(news, other) < 0.1);
    }

    #[test]
    fn samples_are_a_sixteenth_and_bounded() {
        let mut sampler = Sampler::default();
        for_each_word(&prose(0, 100_000), |word| sampler.push(word));
        assert_eq!(sampler.finish().len(), SAMPLES);

        let mut sampler = Sampler::default();
        for_each_word(&prose(0, 1000), |word| sampler.push(word));
        let n_samples = sampler.finish().len();
        assert!((40..90).contains(&n_samples), "{n_samples}");
    }

    #[test]
    fn hashes_never_change_between_versions() {
        let mut sampler = Sampler::default();
        for_each_word(&prose(0, 40), |word| sampler.push(word));
        assert_eq!(sampler.finish(), [2_887_148_864, 3_784_130_928]);
    }

    proptest! {
        #[test]
        fn is_a_share_and_symmetric(a: String, b: String) {
            let share = containment(&a, &b);
            prop_assert!((0.0..=1.0).contains(&share));
            prop_assert_eq!(share.to_bits(), containment(&b, &a).to_bits());
        }
    }
}
