//! Two texts laid side by side: what do they say alike, and what differently in the same words?
//!
//! A copy leaves sentences out and adds others; a form keeps its sentences and changes what they say:
//! "a high of **14** degrees in **Rusk**", "a high of **19** degrees in **Merrow**". So the gaps
//! between passages that both texts have in the same order are looked at, the short ones: a number, a
//! name or a Chinese character there on one side that is another on the other side is a difference,
//! the same in a shared passage an agreement.

use super::{
    fold::{Kind, Word, for_each_word},
    shingle::{Roller, hash_word, length},
};

/// A gap with more words on either side is a sentence left out or put in, not a blank filled in.
const LONGEST_GAP: usize = 24;

/// Numbers and names on which two texts agree, and in which they differ within the same words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) same_numbers: usize,
    pub(super) other_numbers: usize,
    /// Names and characters of Chinese, which stand for them.
    pub(super) same_names: usize,
    pub(super) other_names: usize,
    /// Words of the shared passages.
    pub(super) n_shared: usize,
    /// Gaps in which each text has words that the other has not, whatever these say.
    pub(super) n_blanks: usize,
    /// Each text begins with a good part of its own, and both end alike.
    pub(super) is_tail_alone: bool,
}

/// Of a text, as one in so many words, that has to be its own at the head before the rest is called
/// its tail.
const HEAD_SHARE: usize = 4;

/// Words that may follow the last shared passage: a date, a name.
const AFTER_TAIL: usize = 8;

/// What a word says beyond the sentence that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    None,
    Name,
    /// Its digits, and how many.
    Number(u64, u32),
}

#[derive(Debug, Clone, Copy)]
struct Token {
    hash: u64,
    fact: Fact,
    /// The sequence that ends with it, and how many words that has.
    sequence: Option<(u64, usize)>,
}

/// Compares what two texts say in the passages they share.
pub(super) fn facts(a: &str, b: &str) -> Facts {
    let (a, b) = (tokens(a), tokens(b));
    let (shorter, longer) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let runs = runs(&shorter, &longer);
    let mut facts = Facts::default();
    for run in &runs {
        facts.n_shared += run.end - run.start;
        for token in shorter.get(run.start..run.end).unwrap_or(&[]) {
            match token.fact {
                Fact::None => {}
                Fact::Name => facts.same_names += 1,
                Fact::Number(..) => facts.same_numbers += 1,
            }
        }
    }
    facts.is_tail_alone = is_tail_alone(&runs, (shorter.len(), longer.len()));
    // What stands before the first shared passage and after the last one is a gap as well, but nobody can say
    // that its numbers stand for each other: a lead is written anew.
    let (mut end, mut other_end) = (0, 0);
    let last = Run {
        start: shorter.len(),
        end: shorter.len(),
        other_start: longer.len(),
        other_end: longer.len(),
    };
    for run in runs.iter().chain([&last]) {
        let here = shorter.get(end..run.start);
        let there = longer.get(other_end..run.other_start);
        if let (Some(here), Some(there)) = (here, there)
            && here.len().max(there.len()) <= LONGEST_GAP
        {
            let (mine, others) = (lacking(here, there), lacking(there, here));
            facts.n_blanks += usize::from(!mine.is_empty() && !others.is_empty());
            let is_between = end > 0 && run.start < shorter.len();
            if is_between {
                compare_gap(&mut facts, here, (&mine, &others));
            }
        }
        (end, other_end) = (run.end, run.other_end);
    }
    facts
}

fn is_tail_alone(runs: &[Run], (n_shorter, n_longer): (usize, usize)) -> bool {
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        return false;
    };
    let is_at_end = n_shorter - last.end <= AFTER_TAIL && n_longer - last.other_end <= AFTER_TAIL;
    // Passages that stand in another order in the two texts are no tail.
    let other_start = runs.iter().map(|run| run.other_start).min().unwrap_or(0);
    is_at_end && first.start * HEAD_SHARE >= n_shorter && other_start * HEAD_SHARE >= n_longer
}

/// Adds what the tokens of a gap say, with those that either side alone has.
fn compare_gap(facts: &mut Facts, here: &[Token], (mine, others): (&[Token], &[Token])) {
    let n_names = |tokens: &[Token]| tokens.iter().filter(|t| t.fact == Fact::Name).count();
    facts.other_names += n_names(mine).min(n_names(others));
    facts.same_names += n_names(here) - n_names(mine);
    let (n_mine, digits) = digits(mine);
    let (n_others, other_digits) = self::digits(others);
    // "9.000" and "9000" are one number in two houses.
    if digits != other_digits {
        facts.other_numbers += n_mine.min(n_others);
    }
    facts.same_numbers += self::digits(here).0 - n_mine;
}

/// Tokens of one side that the other has not, each as often as it is missing.
fn lacking(here: &[Token], there: &[Token]) -> Vec<Token> {
    let mut left: Vec<u64> = there.iter().map(|token| token.hash).collect();
    here.iter()
        .filter(
            |token| match left.iter().position(|hash| *hash == token.hash) {
                Some(at) => {
                    left.swap_remove(at);
                    false
                }
                None => true,
            },
        )
        .copied()
        .collect()
}

/// How many numbers there are, and all their digits in a row.
fn digits(tokens: &[Token]) -> (usize, u64) {
    tokens
        .iter()
        .fold((0, 0), |(n, all), token| match token.fact {
            Fact::Number(value, n_digits) => {
                let moved = all.wrapping_mul(10_u64.wrapping_pow(n_digits));
                (n + 1, moved.wrapping_add(value))
            }
            Fact::Name | Fact::None => (n, all),
        })
}

/// A passage that stands in both texts: words `start..end` of the shorter one.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    other_start: usize,
    other_end: usize,
}

fn runs(shorter: &[Token], longer: &[Token]) -> Vec<Run> {
    let mut places: Vec<(u64, usize)> = longer
        .iter()
        .enumerate()
        .filter_map(|(at, token)| Some((token.sequence?.0, at)))
        .collect();
    places.sort_unstable();
    let mut runs: Vec<Run> = Vec::new();
    for (at, token) in shorter.iter().enumerate() {
        let Some((hash, n_words)) = token.sequence else {
            continue;
        };
        let (end, start) = (at + 1, at + 1 - n_words);
        if let Some(run) = runs.last_mut()
            && run.end == at
            && has(longer, run.other_end, hash)
        {
            run.end = end;
            run.other_end += 1;
            continue;
        }
        let from = runs.last().map_or(0, |run| run.other_end);
        if let Some(other) = next_place(&places, hash, from) {
            let other_end = other + 1;
            // The words it has in common with the passage before count there.
            let start = runs.last().map_or(start, |run| run.end.max(start));
            let other_start = other_end - (end - start).min(n_words);
            runs.push(Run {
                start,
                end,
                other_start,
                other_end,
            });
        }
    }
    runs
}

fn has(tokens: &[Token], at: usize, hash: u64) -> bool {
    let sequence = tokens.get(at).and_then(|token| token.sequence);
    sequence.is_some_and(|(other, _)| other == hash)
}

/// Where a sequence stands in the longer text: the first place after the last passage, else the first of all.
fn next_place(places: &[(u64, usize)], hash: u64, from: usize) -> Option<usize> {
    let first = places.partition_point(|place| *place < (hash, 0));
    let all = places.get(first..)?;
    let own = || all.iter().take_while(|place| place.0 == hash);
    let next = own().find(|place| place.1 >= from).or_else(|| own().next());
    next.map(|place| place.1)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut roller = Roller::default();
    let mut tokens = Vec::with_capacity(text.len() / 6);
    for_each_word(text, |word| {
        let n_words = length(word.kind);
        tokens.push(Token {
            hash: hash_word(word.folded),
            fact: fact(word),
            sequence: roller.push(word).map(|hash| (hash, n_words)),
        });
    });
    tokens
}

fn fact(word: Word<'_>) -> Fact {
    let digits = word.folded.chars().map_while(|c| c.to_digit(10));
    let (value, n_digits) = digits.fold((0_u64, 0), |(value, n), digit| {
        let value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        (value, n + 1)
    });
    let is_character = word.kind == Kind::Ideograph && word.folded.chars().all(is_chinese);
    if n_digits > 0 {
        Fact::Number(value, n_digits)
    } else if word.is_name || is_character {
        Fact::Name
    } else {
        Fact::None
    }
}

/// Not kana, which write endings and small words.
fn is_chinese(character: char) -> bool {
    !matches!(character, '\u{3005}'..='\u{30ff}')
}
