//! Phrases that mark the furniture of a page, in the languages we know.
//!
//! They are evidence, not verdicts: the model weighs them with everything else.

use std::sync::OnceLock;

/// The phrases; a line a kind.
const TABLE: &str = include_str!("phrases.txt");

/// What a short block says by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phrase {
    /// Nothing known.
    None = 0,
    /// Read more, related, also on this site.
    ReadMore = 1,
    /// Newsletter, subscribe, sign in, paywall.
    Signup = 2,
    /// Share, follow, print.
    Share = 3,
    /// Advertisement.
    Ad = 4,
    /// Photo credit or caption.
    Photo = 5,
    /// Comments.
    Comment = 6,
    /// Copyright and rights reserved.
    Rights = 7,
    /// Published, updated, minutes to read.
    Dateline = 8,
    /// Byline or a note about the author.
    Byline = 9,
    /// Cookies and scripts.
    Consent = 10,
    /// Tags, filed under.
    Tags = 11,
    /// Correction, source, disclaimer, contact.
    Note = 12,
}

/// The kinds by their names in the table.
const NAMES: [(&str, Phrase); 12] = [
    ("read_more", Phrase::ReadMore),
    ("signup", Phrase::Signup),
    ("share", Phrase::Share),
    ("ad", Phrase::Ad),
    ("photo", Phrase::Photo),
    ("comment", Phrase::Comment),
    ("rights", Phrase::Rights),
    ("dateline", Phrase::Dateline),
    ("byline", Phrase::Byline),
    ("consent", Phrase::Consent),
    ("tags", Phrase::Tags),
    ("note", Phrase::Note),
];

/// The phrases of a place with their kinds, in the order of the table.
fn phrases(place: &str) -> impl Iterator<Item = (&'static str, Phrase)> {
    TABLE
        .lines()
        .filter_map(move |line| line.strip_prefix(place)?.trim_start().split_once(": "))
        .filter_map(|(name, phrases)| {
            let (_, kind) = NAMES.iter().find(|(known, _)| *known == name)?;
            Some(phrases.split(" / ").map(move |phrase| (phrase, *kind)))
        })
        .flatten()
}

/// Longest block that is looked at, in bytes.
const MAX_BYTES: usize = 400;

/// A list by the first byte of its phrases, so that a place in the text is compared with few.
struct Index(Vec<Bucket>);

/// The phrases with one first byte.
#[derive(Clone, Default)]
struct Bucket {
    /// A bit for each second byte; most places in a text have none of them.
    seconds: [u64; 4],
    phrases: Vec<(&'static str, Phrase)>,
}

impl Bucket {
    fn add(&mut self, phrase: &'static str, kind: Phrase) {
        match phrase.as_bytes().get(1) {
            Some(&second) => {
                if let Some(bits) = self.seconds.get_mut(usize::from(second >> 6)) {
                    *bits |= 1 << (second & 63);
                }
            }
            None => self.seconds = [u64::MAX; 4],
        }
        self.phrases.push((phrase, kind));
    }

    fn may_hold(&self, second: u8) -> bool {
        let bits = self.seconds.get(usize::from(second >> 6));
        bits.is_some_and(|bits| bits >> (second & 63) & 1 == 1)
    }
}

impl Index {
    fn new(place: &str) -> Self {
        let mut buckets = vec![Bucket::default(); 256];
        for (phrase, kind) in phrases(place) {
            let first = phrase.bytes().next().map_or(0, usize::from);
            if let Some(bucket) = buckets.get_mut(first) {
                bucket.add(phrase, kind);
            }
        }
        Self(buckets)
    }

    fn find(&self, text: &str) -> Option<Phrase> {
        let mut bytes = text.bytes();
        let bucket = self.0.get(usize::from(bytes.next()?))?;
        if !bucket.may_hold(bytes.next().unwrap_or(0)) {
            return None;
        }
        bucket
            .phrases
            .iter()
            .find(|(phrase, _)| text.starts_with(phrase))
            .map(|(_, kind)| *kind)
    }
}

/// What a block says by its first words, and by words anywhere in it.
pub(super) fn phrases_of(text: &str) -> (Phrase, Phrase) {
    static LISTS: OnceLock<(Index, Index)> = OnceLock::new();
    if text.len() > MAX_BYTES {
        return (Phrase::None, Phrase::None);
    }
    let (starts, parts) = LISTS.get_or_init(|| (Index::new("start"), Index::new("inside")));
    let lower = text.to_lowercase();
    let start = lower.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©' && c != '(');
    let inside = word_starts(&lower).find_map(|rest| parts.find(rest));
    (
        starts.find(start).unwrap_or(Phrase::None),
        inside.unwrap_or(Phrase::None),
    )
}

/// The text from each word on; an `@` counts as a word.
fn word_starts(text: &str) -> impl Iterator<Item = &str> {
    let mut is_in_word = false;
    text.char_indices().filter_map(move |(at, c)| {
        let was_in_word = std::mem::replace(&mut is_in_word, c.is_alphanumeric());
        let starts = c == '@' || (is_in_word && !was_in_word);
        starts.then(|| text.get(at..)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: (Phrase, Phrase)) {
        assert_eq!(phrases_of(text), want, "{text}");
    }

    #[test]
    fn furniture_is_known_by_its_words() {
        check("» Read more: The bridge", (Phrase::ReadMore, Phrase::None));
        check("Lesen Sie auch", (Phrase::ReadMore, Phrase::None));
        check("Get our newsletter", (Phrase::Signup, Phrase::Signup));
        check("© 2026 The Paper", (Phrase::Rights, Phrase::None));
        check("Write to x@example.org", (Phrase::None, Phrase::Byline));
        check("The river rose by a metre.", (Phrase::None, Phrase::None));
    }
}
