//! Made-up prose: a seeded generator and a vocabulary with the shape of a language.

/// Function words come first: they make the text look like prose to an extractor.
const COMMON: &str = "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many off before must well back through years where much your way down should because long each just state those people too mr little good world make very year still see own work men day get here old life both between being under three never know same last another while us might great go come since against right came take used himself few house use place during high without again home around small however found thought went say part once general upon school every don't does got united left number course war until always away something fact water though less public put think almost hand enough took far head yet government system better set told nothing night end why didn't find asked later next point look program city business give group toward young let room side present given several order rice port harbour council river bridge market";

/// Words beyond the common ones are built of these.
const SYLLABLES: &[&str] = &[
    "al", "an", "ar", "bel", "bor", "ca", "cor", "da", "den", "dor", "el", "en", "er", "fa", "fen",
    "gar", "gel", "ha", "hol", "im", "in", "ka", "kel", "la", "len", "lo", "ma", "mer", "mi", "mo",
    "na", "nel", "no", "or", "pa", "per", "po", "ra", "ren", "ri", "ro", "sa", "sel", "si", "sol",
    "ta", "tel", "ti", "tor", "tra", "ul", "va", "vel", "vi", "wen", "wor", "yel", "zan",
];

/// Different words; English newspapers use about as many in a hundred thousand articles.
const VOCABULARY: usize = 60_000;

/// `SplitMix64`: small, seeded, the same everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// A generator for one thing of the world, named by numbers.
    pub(crate) fn of(seed: u64, parts: &[u64]) -> Self {
        let mut rng = Self(seed);
        for part in parts {
            rng.0 ^= part.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            rng.0 = rng.next();
        }
        rng
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// In 0..1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A rank by Zipf's law: the n-th word of a language is about 1/n as frequent as the first.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 60,000"
    )]
    pub(crate) fn rank(&mut self) -> usize {
        (VOCABULARY as f64).powf(self.fraction()) as usize - 1
    }
}

/// All words by rank.
#[derive(Debug)]
pub(crate) struct Vocabulary(Vec<String>);

impl Vocabulary {
    pub(crate) fn new() -> Self {
        let mut words: Vec<String> = COMMON.split(' ').map(Into::into).collect();
        let mut n = 0;
        while words.len() < VOCABULARY {
            let syllable = |at: usize| SYLLABLES.get(at % SYLLABLES.len()).copied().unwrap_or("");
            let base = SYLLABLES.len();
            let mut word = format!("{}{}", syllable(n), syllable(n / base + n));
            if n >= base * base {
                word.push_str(syllable(n / base / base + 7));
            }
            words.push(word);
            n += 1;
        }
        Self(words)
    }

    /// The word at a rank, the most frequent first.
    pub(crate) fn word(&self, rank: usize) -> &str {
        self.0.get(rank).map_or("word", String::as_str)
    }

    /// A sentence of 8 to 24 words.
    pub(crate) fn sentence(&self, rng: &mut Rng) -> String {
        let n_words = 8 + rng.below(17);
        let mut sentence = String::new();
        for n in 0..n_words {
            let word = self.word(rng.rank());
            if n == 0 {
                let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
                sentence.push_str(&first.to_uppercase());
                sentence.push_str(rest);
            } else {
                sentence.push_str(if n % 9 == 5 { ", " } else { " " });
                sentence.push_str(word);
            }
        }
        sentence.push('.');
        sentence
    }

    /// A paragraph of 2 to 4 sentences.
    pub(crate) fn paragraph(&self, rng: &mut Rng) -> String {
        let n_sentences = 2 + rng.below(3);
        let sentences: Vec<String> = (0..n_sentences).map(|_| self.sentence(rng)).collect();
        sentences.join(" ")
    }

    /// Six to nine words, as headlines have.
    pub(crate) fn title(&self, rng: &mut Rng) -> String {
        let sentence = self.sentence(rng);
        let n_words = 6 + rng.below(4);
        let words: Vec<&str> = sentence
            .trim_end_matches('.')
            .split(' ')
            .take(n_words)
            .collect();
        words.join(" ").trim_end_matches(',').to_owned()
    }
}
