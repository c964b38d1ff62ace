//! The articles of a large store: which feed brings them, what they say.

use chrono::{DateTime, Utc};

use crate::{
    store::Draft,
    words::{Rng, Vocabulary},
};

pub(crate) const FEEDS: u64 = 500;

/// Articles that come in a day.
pub(crate) const A_DAY: u64 = 10_000;

/// A feed that fell silent after the first tenth: all it has is old. No other has its language and its
/// second tag.
pub(crate) const SILENT: u64 = 497;

/// The only feed in Japanese.
const JAPANESE: u64 = 498;

/// About how long a text is in most of the measurement, and one in Japanese, which takes three bytes for each.
pub(crate) const CHARACTERS: usize = 5_000;
const CHARACTERS_JAPANESE: usize = 1_700;

/// A word that stands in one article of all.
pub(crate) const UNIQUE: &str = "quixotry";

const TAGS: [&str; 10] = [
    "world", "politics", "business", "science", "health", "sport", "culture", "travel", "weather",
    "local",
];

/// The tags of a feed.
pub(crate) fn feed_tags(feed: u64) -> Vec<String> {
    let mut tags = vec![tag(feed).to_owned()];
    if feed == SILENT {
        tags.push("opera".to_owned());
    }
    tags
}

fn tag(n: u64) -> &'static str {
    let at = usize::try_from(n).unwrap_or(0) % TAGS.len();
    TAGS.get(at).copied().unwrap_or("world")
}

/// What a feed declares as its language.
pub(crate) fn language(feed: u64) -> &'static str {
    match (feed, feed % 20) {
        (SILENT, _) => "fi",
        (JAPANESE, _) => "ja",
        (_, 0..=11) => "en",
        (_, 12..=15) => "de",
        (_, 16 | 17) => "fr",
        (_, 18) => "es",
        _ => "en-GB",
    }
}

/// A world of articles by number.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) n_articles: u64,
    /// About how long a text is, in characters, but for those in Japanese.
    pub(crate) text_length: usize,
}

impl Corpus {
    /// The feed whose poll brings the articles from `first` on; feeds take turns.
    pub(crate) fn feed(&self, first: u64, a_poll: u64) -> u64 {
        let feed = first / a_poll % FEEDS;
        if feed == SILENT && first > self.n_articles / 10 {
            SILENT - 1
        } else {
            feed
        }
    }

    /// An article as its feed gives it; `version` 1 is an edit of it.
    pub(crate) fn draft(
        &self,
        (n, feed): (u64, u64),
        version: u64,
        published_at: DateTime<Utc>,
    ) -> Draft {
        let text = if feed == JAPANESE {
            japanese(n, version)
        } else {
            self.text(n, version)
        };
        let summary: String = text.chars().take(200).collect();
        let mut rng = Rng::of(3, &[n]);
        let topic = self.vocabulary.word(200 + rng.below(5_000));
        Draft {
            url: format!("https://site{feed}.example/news/{n}/{topic}"),
            title: self.vocabulary.title(&mut Rng::of(2, &[n])),
            summary: Some(summary),
            text,
            language: Some(language(feed).to_owned()),
            tags: vec![tag(rng.next()).to_owned(), topic.to_owned()],
            published_at: Some(published_at),
        }
    }

    /// Every twentieth article is an earlier one of another feed, without its second paragraph and
    /// with another first one.
    fn text(&self, n: u64, version: u64) -> String {
        let is_copy = n % 20 == 19 && n > 2_000;
        let of = if is_copy {
            n - 101 - Rng::of(4, &[n]).next() % 1_800
        } else {
            n
        };
        let mut paragraphs = Vec::new();
        let (mut length, mut place) = (0, 0);
        while length < self.text_length {
            let is_own = is_copy && place == 0;
            let is_edited = version > 0 && place == 1;
            let parts = [
                if is_own { n } else { of },
                place,
                u64::from(is_edited) * version,
            ];
            let paragraph = self.vocabulary.paragraph(&mut Rng::of(1, &parts));
            length += paragraph.len();
            paragraphs.push(paragraph);
            place += 1;
        }
        if is_copy && paragraphs.len() > 2 {
            paragraphs.remove(1);
        }
        if n == self.n_articles / 2 {
            paragraphs.push(format!("Nothing but {UNIQUE}."));
        }
        paragraphs.join("\n\n")
    }
}

/// Chinese characters by Zipf's law, in sentences of forty.
fn japanese(n: u64, version: u64) -> String {
    let mut rng = Rng::of(5, &[n, version]);
    (0..CHARACTERS_JAPANESE)
        .map(|at| {
            if at % 40 == 39 {
                return '。';
            }
            let rank = u32::try_from(rng.rank() % 2_000).unwrap_or(0);
            char::from_u32(0x4e00 + rank * 10).unwrap_or('一')
        })
        .collect()
}
