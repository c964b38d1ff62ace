//! What a site repeats: learned from its articles, left out of the next ones.
//!
//! A paragraph that stands in several articles which otherwise tell different things is the
//! site's, not the articles': "About the author", "Follow us". What speaks against it is as
//! important, because a text must not lose what it says:
//!
//! - Versions of one article (updates, tickers, the same text under two addresses) are one article.
//! - Articles whose titles share telling words (a series, the days of a ticker) prove nothing.
//! - Long runs of shared paragraphs are a document that both quote.
//! - What the feed says of the article is the article's.
//! - Where much of a text would go, nothing goes.

use std::collections::{HashMap, VecDeque};

use super::{
    fold::for_each_word,
    passage::{Own, Passage},
    shingle::hash_word,
};
use crate::text::CleanText;

/// Articles of a site that are remembered: enough for what stands in one of ten to be seen thrice.
pub const REMEMBERED: usize = 32;

/// Paragraphs of an article that are remembered at its head, and as many at its tail: bounds the
/// memory of a site to about 10 KB.
const ENDS: usize = 20;

/// Articles after which a paragraph is the site's if it stands in at least half of those
/// remembered …
const PROOFS_COMMON: u32 = 3;

/// … and if it does not: an author's lines stand in few articles, but so does a paragraph of
/// background that a newsroom puts under every report of one affair.
const PROOFS_RARE: u32 = 5;

/// Articles after which it goes where it stands amid the text, too.
const PROOFS_WITHIN: u32 = 6;

/// Letters (bytes of them) under which a paragraph amid the text stays: a crosshead, a "No.", a
/// speaker's name are short and repeat.
const LETTERS_WITHIN: usize = 40;

/// Paragraphs in a row amid the text that a box of the site has at most; more are a quotation.
const RUN_WITHIN: usize = 3;

/// The same for the head and the tail of a text, where boxes stand one after the other.
const RUN_AT_END: usize = 8;

/// Tenths of the shorter text from which on two texts are versions of one. Parts in ten of a text
/// beyond which nothing is left out of it.
const TENTHS: usize = 4;

/// Telling words that make two titles speak of one thing.
const TITLE_WORDS: usize = 2;

/// Characters from which on a word tells something, and how many words of a title are looked at.
const WORD_CHARS: usize = 4;
const TITLE_LONGEST: usize = 16;

/// Paragraphs that are known of a site at once.
const MOST_KNOWN: usize = 256;

/// An article's text as it came from its page, with the marks of its paragraphs.
#[derive(Debug)]
pub struct SiteText {
    identity: u64,
    title: Vec<u64>,
    text: CleanText,
    passages: Vec<Passage>,
    size: usize,
}

impl SiteText {
    /// `address` is what tells the article from others: its canonical address.
    pub fn new(address: &str, title: Option<&str>, text: CleanText) -> Self {
        let passages: Vec<Passage> = text.paragraphs().map(Passage::of).collect();
        Self {
            identity: hash_word(address),
            title: telling_words(title.unwrap_or_default()),
            size: passages.iter().map(|passage| passage.size).sum(),
            text,
            passages,
        }
    }
}

fn telling_words(title: &str) -> Vec<u64> {
    let mut words = Vec::new();
    for_each_word(title, |word| {
        if words.len() < TITLE_LONGEST && word.folded.chars().count() >= WORD_CHARS {
            words.push(hash_word(word.folded));
        }
    });
    words.sort_unstable();
    words.dedup();
    words
}

/// A text without what its site repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trimmed {
    /// The text.
    pub text: CleanText,
    /// The paragraphs that are not in it, in the order of the page.
    pub left_out: Vec<String>,
}

/// A paragraph that is now known as its site's, or was seen again often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedPassage {
    /// What it is known by; the same in every version.
    pub hash: u64,
    /// Articles it was seen in.
    pub n_articles: u32,
    /// As it stood in the last of them.
    pub passage: String,
}

/// An article that is remembered.
#[derive(Debug)]
struct Remembered {
    identity: u64,
    title: Vec<u64>,
    size: usize,
    /// Hashes of its paragraphs, sorted.
    passages: Vec<u64>,
}

impl Remembered {
    fn of(text: &SiteText) -> Self {
        let n_passages = text.passages.len();
        let is_end = |at: usize| at < ENDS || at + ENDS >= n_passages;
        let ends = text
            .passages
            .iter()
            .enumerate()
            .filter(|(at, _)| is_end(*at));
        let mut passages: Vec<u64> = ends.map(|(_, passage)| passage.hash).collect();
        passages.sort_unstable();
        passages.dedup();
        Self {
            identity: text.identity,
            title: text.title.clone(),
            size: text.size,
            passages,
        }
    }
}

/// What is remembered of one site.
#[derive(Debug, Default)]
pub struct SiteMemory {
    /// Articles that tell different things, the latest last.
    recent: VecDeque<Remembered>,
    /// Its own paragraphs with the number of articles they were seen in.
    known: HashMap<u64, u32>,
    /// Not handed out yet.
    learned: Vec<LearnedPassage>,
}

/// How an article compares with those remembered.
struct Comparison {
    /// The one it is a version of.
    same: Option<usize>,
    /// For each of its paragraphs, the articles that prove it the site's.
    proofs: Vec<u32>,
}

impl SiteMemory {
    /// The memory of a site of which these paragraphs are known, with the number of articles.
    pub fn new(known: impl IntoIterator<Item = (u64, u32)>) -> Self {
        Self {
            known: known.into_iter().take(MOST_KNOWN).collect(),
            ..Self::default()
        }
    }

    /// Remembers an article that was seen before: it is not counted for what is known already.
    pub fn recall(&mut self, text: &SiteText) {
        let comparison = self.compare(text);
        self.learn_new(text, &comparison.proofs);
        self.remember(text, comparison.same);
    }

    /// Learns from an article that has just been read.
    pub fn learn(&mut self, text: &SiteText) {
        let comparison = self.compare(text);
        if comparison.same.is_none() {
            self.count_known(text);
        }
        self.learn_new(text, &comparison.proofs);
        self.remember(text, comparison.same);
    }

    /// What was learned since this was last asked, to be kept.
    pub fn take_learned(&mut self) -> Vec<LearnedPassage> {
        std::mem::take(&mut self.learned)
    }

    /// The text without the paragraphs that are known as the site's. `own` is what the feed and the
    /// titles say of the article: what stands in it stays.
    pub fn trim(&self, text: SiteText, own: &[&str]) -> Trimmed {
        let goes = self.what_goes(&text, own);
        let size_gone: usize = (goes.iter().zip(&text.passages))
            .map(|(goes, passage)| if *goes { passage.size } else { 0 })
            .sum();
        let is_whole = !goes.contains(&true);
        if is_whole || !goes.contains(&false) || size_gone * 10 > text.size * TENTHS {
            return Trimmed {
                text: text.text,
                left_out: Vec::new(),
            };
        }
        let (mut kept, mut left_out) = (Vec::new(), Vec::new());
        for (goes, paragraph) in goes.iter().zip(text.text.paragraphs()) {
            if *goes {
                left_out.push(paragraph.to_owned());
            } else {
                kept.push(paragraph);
            }
        }
        Trimmed {
            text: CleanText::from_blocks(kept),
            left_out,
        }
    }

    /// For each paragraph, whether it is to go.
    fn what_goes(&self, text: &SiteText, own: &[&str]) -> Vec<bool> {
        let n_seen = |passage: &Passage| self.known.get(&passage.hash).copied().unwrap_or(0);
        let mut n_articles: Vec<u32> = text.passages.iter().map(n_seen).collect();
        if n_articles.iter().all(|n| *n == 0) {
            return vec![false; n_articles.len()];
        }
        let own: Vec<Own> = own.iter().map(|own| Own::of(own)).collect();
        for (n, paragraph) in n_articles.iter_mut().zip(text.text.paragraphs()) {
            if *n > 0 && own.iter().any(|own| own.holds(paragraph)) {
                *n = 0;
            }
        }
        let goes_within: Vec<bool> = (n_articles.iter().zip(&text.passages))
            .map(|(n, passage)| {
                *n >= PROOFS_WITHIN && passage.size >= LETTERS_WITHIN && !passage.has_digit
            })
            .collect();
        let mut goes = short_runs(&goes_within, RUN_WITHIN, RUN_WITHIN);
        let is_known = |n: &&u32| **n > 0;
        let n_head = n_articles.iter().take_while(is_known).count();
        let n_tail = n_articles.iter().rev().take_while(is_known).count();
        let at_head = goes.iter_mut().take(n_head);
        at_head.for_each(|goes| *goes = true);
        let at_tail = goes.iter_mut().rev().take(n_tail);
        at_tail.for_each(|goes| *goes = true);
        goes
    }

    fn compare(&self, text: &SiteText) -> Comparison {
        let mut proofs = vec![0_u32; text.passages.len()];
        let mut nearest: Option<(usize, usize)> = None;
        for (at, remembered) in self.recent.iter().enumerate() {
            let is_shared =
                |passage: &Passage| remembered.passages.binary_search(&passage.hash).is_ok();
            let shared: Vec<bool> = text.passages.iter().map(is_shared).collect();
            let size_shared = self.size_shared(text, &shared);
            let is_same = remembered.identity == text.identity;
            let shorter = remembered.size.min(text.size);
            if is_same || size_shared * 10 > shorter * TENTHS {
                let nearness = if is_same { usize::MAX } else { size_shared };
                if nearest.is_none_or(|(_, other)| nearness > other) {
                    nearest = Some((at, nearness));
                }
            } else if shared.contains(&true) && !self.is_one_affair(remembered, text) {
                let proven = short_runs(&shared, RUN_WITHIN, RUN_AT_END);
                for (n, is_proven) in proofs.iter_mut().zip(proven) {
                    *n += u32::from(is_proven);
                }
            }
        }
        Comparison {
            same: nearest.map(|(at, _)| at),
            proofs,
        }
    }

    /// What two texts share beyond what is known as the site's, which makes no two texts one.
    fn size_shared(&self, text: &SiteText, shared: &[bool]) -> usize {
        let both = shared.iter().zip(&text.passages);
        both.filter(|(shared, passage)| **shared && !self.known.contains_key(&passage.hash))
            .map(|(_, passage)| passage.size)
            .sum()
    }

    /// The titles share words that not nearly every title of the site has.
    fn is_one_affair(&self, remembered: &Remembered, text: &SiteText) -> bool {
        let shared = remembered
            .title
            .iter()
            .filter(|word| text.title.binary_search(word).is_ok());
        let is_telling = |word: &&u64| {
            let titles = self.recent.iter();
            let n_with = titles
                .filter(|other| other.title.binary_search(word).is_ok())
                .count();
            (n_with + 1) * 4 <= (self.recent.len() + 1) * 3
        };
        shared.filter(is_telling).take(TITLE_WORDS).count() == TITLE_WORDS
    }

    fn count_known(&mut self, text: &SiteText) {
        let mut counted = Vec::new();
        for (passage, paragraph) in text.passages.iter().zip(text.text.paragraphs()) {
            let Some(n_articles) = self.known.get_mut(&passage.hash) else {
                continue;
            };
            if counted.contains(&passage.hash) {
                continue;
            }
            counted.push(passage.hash);
            *n_articles = n_articles.saturating_add(1);
            if is_worth_keeping(*n_articles) {
                self.learned.push(LearnedPassage {
                    hash: passage.hash,
                    n_articles: *n_articles,
                    passage: paragraph.to_owned(),
                });
            }
        }
    }

    fn learn_new(&mut self, text: &SiteText, proofs: &[u32]) {
        let n_recent = u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
        let paragraphs = text.passages.iter().zip(text.text.paragraphs());
        for (n_others, (passage, paragraph)) in proofs.iter().zip(paragraphs) {
            let n_articles = n_others + 1;
            let is_common = n_articles * 2 > n_recent;
            let is_proven = n_articles >= PROOFS_RARE || (is_common && n_articles >= PROOFS_COMMON);
            if !is_proven
                || self.known.len() >= MOST_KNOWN
                || self.known.contains_key(&passage.hash)
            {
                continue;
            }
            self.known.insert(passage.hash, n_articles);
            self.learned.push(LearnedPassage {
                hash: passage.hash,
                n_articles,
                passage: paragraph.to_owned(),
            });
        }
    }

    /// A version takes the place of the one before.
    fn remember(&mut self, text: &SiteText, same: Option<usize>) {
        if let Some(same) = same {
            self.recent.remove(same);
        }
        if self.recent.len() >= REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(Remembered::of(text));
    }
}

/// Counts that are kept: few, because each is a write.
fn is_worth_keeping(n_articles: u32) -> bool {
    n_articles.is_power_of_two() || n_articles.is_multiple_of(32)
}

/// The same marks without runs that are too long: amid the text, and at its head and tail.
fn short_runs(marks: &[bool], most_within: usize, most_at_end: usize) -> Vec<bool> {
    let mut kept = Vec::with_capacity(marks.len());
    for run in marks.chunk_by(|a, b| a == b) {
        let is_marked = run.first() == Some(&true);
        let is_at_end = kept.is_empty() || kept.len() + run.len() == marks.len();
        let most = if is_at_end { most_at_end } else { most_within };
        kept.extend(std::iter::repeat_n(
            is_marked && run.len() <= most,
            run.len(),
        ));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &str = "About the author: Mary Miller writes on harbours for the Example Post.";
    const FOLLOW: &str = "Follow us on every network there is, and sign up for our letter.";

    /// Paragraphs of its own for each article.
    fn body(article: usize, n_paragraphs: usize) -> Vec<String> {
        let sentence = |n: usize| {
            let words = (0..12).map(|word| format!("word{}", article * 10_007 + n * 101 + word));
            words.collect::<Vec<_>>().join(" ")
        };
        (0..n_paragraphs).map(sentence).collect()
    }

    fn text_of(address: &str, title: &str, paragraphs: &[String]) -> SiteText {
        let text = CleanText::from_blocks(paragraphs.iter().map(String::as_str));
        SiteText::new(address, Some(title), text)
    }

    /// An article with these passages at its tail.
    fn article(n: usize, tail: &[&str]) -> SiteText {
        let mut paragraphs = body(n, 8);
        paragraphs.extend(tail.iter().map(ToString::to_string));
        text_of(
            &format!("https://a.example/{n}"),
            &format!("Title {n}"),
            &paragraphs,
        )
    }

    /// An article with a passage amid its text.
    fn article_around(n: usize, amid: &[&str]) -> SiteText {
        let mut paragraphs = body(n, 8);
        let amid = amid.iter().map(ToString::to_string);
        paragraphs.splice(4..4, amid);
        text_of(
            &format!("https://a.example/{n}"),
            &format!("Title {n}"),
            &paragraphs,
        )
    }

    fn read(memory: &mut SiteMemory, text: SiteText) -> Vec<String> {
        memory.learn(&text);
        memory.trim(text, &[]).left_out
    }

    /// What is left out of each of the articles, read one after the other.
    fn read_all(texts: impl IntoIterator<Item = SiteText>) -> Vec<Vec<String>> {
        let mut memory = SiteMemory::default();
        texts
            .into_iter()
            .map(|text| read(&mut memory, text))
            .collect()
    }

    #[test]
    fn what_stands_at_the_end_of_every_article_goes_from_the_third_on() {
        let left_out = read_all((0..5).map(|n| article(n, &[ABOUT, FOLLOW])));
        assert_eq!(left_out[..2], [vec![], Vec::<String>::new()]);
        for left_out in &left_out[2..] {
            assert_eq!(left_out, &[ABOUT, FOLLOW]);
        }
    }

    #[test]
    fn what_is_left_is_the_text_without_it() {
        let mut memory = SiteMemory::default();
        for n in 0..3 {
            read(&mut memory, article(n, &[ABOUT]));
        }
        let trimmed = memory.trim(article(7, &[ABOUT]), &[]);
        assert_eq!(trimmed.text.as_str(), body(7, 8).join("\n\n"));
        let learned = memory.take_learned();
        assert_eq!(learned.len(), 1);
        assert_eq!(
            (learned[0].n_articles, learned[0].passage.as_str()),
            (3, ABOUT)
        );
        assert!(memory.take_learned().is_empty());
    }

    #[test]
    fn what_stands_in_few_articles_needs_more_of_them() {
        let with = |n: usize| n.is_multiple_of(4);
        let left_out = read_all((0..32).map(|n| article(n, if with(n) { &[ABOUT] } else { &[] })));
        let trimmed: Vec<usize> = (0..32).filter(|n| !left_out[*n].is_empty()).collect();
        assert_eq!(trimmed, [16, 20, 24, 28]);
    }

    #[test]
    fn amid_the_text_it_needs_six() {
        let left_out = read_all((0..7).map(|n| article_around(n, &[FOLLOW])));
        let trimmed: Vec<usize> = (0..7).filter(|n| !left_out[*n].is_empty()).collect();
        assert_eq!(trimmed, [5, 6]);
    }

    #[test]
    fn short_lines_and_numbers_amid_the_text_stay() {
        for line in [
            "What happened next",
            "The quake struck at a depth of 10 km under the sea, says the office.",
        ] {
            let left_out = read_all((0..9).map(|n| article_around(n, &[line])));
            assert!(left_out.iter().all(Vec::is_empty), "{line}");
        }
    }

    #[test]
    fn a_document_that_many_quote_stays() {
        let document: Vec<String> = (0..4)
            .map(|n| format!("Section {n} of the law says who may fish where."))
            .collect();
        let quoted: Vec<&str> = document.iter().map(String::as_str).collect();
        let left_out = read_all((0..9).map(|n| article_around(n, &quoted)));
        assert!(left_out.iter().all(Vec::is_empty));
    }

    #[test]
    fn versions_of_one_article_are_one_article() {
        let mut memory = SiteMemory::default();
        // A ticker: each version has a new paragraph on top and an address of its own.
        for version in 0..30 {
            let mut paragraphs: Vec<String> =
                (0..=version).rev().flat_map(|n| body(500 + n, 1)).collect();
            paragraphs.extend(body(499, 3));
            let address = format!("https://a.example/ticker/{version}");
            let left_out = read(
                &mut memory,
                text_of(&address, "Storm on the coast", &paragraphs),
            );
            assert_eq!(left_out, Vec::<String>::new(), "version {version}");
        }
        // The same address with another text is no second article either.
        for version in 0..9 {
            let mut paragraphs = body(600 + version, 8);
            paragraphs.push(ABOUT.to_owned());
            let left_out = read(
                &mut memory,
                text_of("https://a.example/x", "X", &paragraphs),
            );
            assert_eq!(left_out, Vec::<String>::new(), "version {version}");
        }
    }

    #[test]
    fn the_window_of_a_ticker_may_move_far() {
        let mut memory = SiteMemory::default();
        for n in 0..6 {
            read(&mut memory, article(n, &[]));
        }
        for version in 0..30 {
            let window = version * 3..version * 3 + 10;
            let paragraphs: Vec<String> = window.rev().flat_map(|n| body(500 + n, 1)).collect();
            let address = format!("https://a.example/ticker/{version}");
            let left_out = read(
                &mut memory,
                text_of(&address, "Storm on the coast", &paragraphs),
            );
            assert_eq!(left_out, Vec::<String>::new(), "version {version}");
        }
    }

    #[test]
    fn instalments_of_a_series_prove_nothing() {
        let mut memory = SiteMemory::default();
        for n in 0..12 {
            read(&mut memory, article(n, &[]));
            let mut paragraphs =
                vec!["The story so far: the ferry has sunk, and nobody knows why.".to_owned()];
            paragraphs.extend(body(100 + n, 8));
            let address = format!("https://a.example/ferry/{n}");
            let title = format!("The sunken ferry, part {n}");
            let left_out = read(&mut memory, text_of(&address, &title, &paragraphs));
            assert_eq!(left_out, Vec::<String>::new(), "instalment {n}");
        }
    }

    #[test]
    fn what_the_feed_says_of_the_article_stays() {
        let mut memory = SiteMemory::default();
        for n in 0..4 {
            read(&mut memory, article(n, &[ABOUT]));
        }
        let summary = format!("A portrait. {ABOUT}");
        assert!(
            memory
                .trim(article(9, &[ABOUT]), &["Title 9", &summary])
                .left_out
                .is_empty()
        );
        assert_eq!(
            memory
                .trim(article(9, &[ABOUT]), &["Title 9", "A portrait."])
                .left_out,
            [ABOUT]
        );
    }

    #[test]
    fn where_much_would_go_nothing_goes() {
        let mut memory = SiteMemory::default();
        for n in 0..4 {
            read(&mut memory, article(n, &[ABOUT, FOLLOW]));
        }
        let mut short = body(50, 1);
        short.extend([ABOUT.to_owned(), FOLLOW.to_owned()]);
        let short = text_of("https://a.example/short", "Short", &short);
        assert!(memory.trim(short, &[]).left_out.is_empty());
        let alone = text_of("https://a.example/alone", "Alone", &[ABOUT.to_owned()]);
        assert!(memory.trim(alone, &[]).left_out.is_empty());
    }

    #[test]
    fn learning_goes_on_with_what_is_recalled() {
        let mut memory = SiteMemory::default();
        memory.recall(&article(1, &[ABOUT]));
        memory.recall(&article(2, &[ABOUT]));
        assert_eq!(read(&mut memory, article(3, &[ABOUT])), [ABOUT]);
        let known = memory
            .take_learned()
            .into_iter()
            .map(|learned| (learned.hash, learned.n_articles));
        let mut next = SiteMemory::new(known);
        assert_eq!(read(&mut next, article(4, &[ABOUT])), [ABOUT]);
    }

    #[test]
    fn the_count_goes_on_and_is_kept_now_and_then() {
        let mut memory = SiteMemory::default();
        let mut kept = Vec::new();
        for n in 0..100 {
            read(&mut memory, article(n, &[ABOUT]));
            kept.extend(
                memory
                    .take_learned()
                    .into_iter()
                    .map(|learned| learned.n_articles),
            );
        }
        assert_eq!(kept, [3, 4, 8, 16, 32, 64, 96]);
    }

    #[test]
    fn a_memory_is_small() {
        let mut memory = SiteMemory::default();
        for n in 0..100 {
            let text = text_of(&format!("https://a.example/{n}"), "T", &body(n, 500));
            memory.learn(&text);
        }
        assert_eq!(memory.recent.len(), REMEMBERED);
        assert!(
            memory
                .recent
                .iter()
                .all(|article| article.passages.len() <= 2 * ENDS)
        );
    }

    proptest::proptest! {
        #[test]
        fn paragraphs_go_or_stay_and_never_change(texts in proptest::collection::vec("[ab1 \\n]{0,60}", 1..30)) {
            let mut memory = SiteMemory::default();
            for (n, raw) in texts.iter().enumerate() {
                let text = CleanText::from_raw(raw);
                let before: Vec<String> = text.paragraphs().map(ToOwned::to_owned).collect();
                let text = SiteText::new(&n.to_string(), Some(raw), text);
                memory.learn(&text);
                let trimmed = memory.trim(text, &[]);
                let mut after: Vec<&str> = trimmed.text.paragraphs().collect();
                after.extend(trimmed.left_out.iter().map(String::as_str));
                proptest::prop_assert_eq!(after.len(), before.len());
                proptest::prop_assert!(after.iter().all(|paragraph| before.iter().any(|b| b.trim() == paragraph.trim())));
            }
        }
    }
}
