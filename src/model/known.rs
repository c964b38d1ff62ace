//! What the store knows of an article, and where a new text goes.

use super::{ArticleId, FeedId};

/// Hash and match key of a text, with what it takes to place the article that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Lower-case hex SHA-256 of the bytes of the text.
    pub content_hash: String,
    /// SHA-256 of the text folded to letters and digits; equal for texts that differ in case,
    /// punctuation and space only.
    pub match_key: [u8; 32],
    /// Words in the text.
    pub n_words: u32,
    /// Sampled hashes of word shingles, for finding near-duplicates; sorted, without repeats.
    pub samples: Vec<u32>,
}

/// A text that asks for its place.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The feed that lists it.
    pub feed: FeedId,
    /// Title, when there is one.
    pub title: Option<&'a str>,
    /// Canonical address.
    pub canonical_url: Option<&'a str>,
    /// Marks of the text.
    pub fingerprint: &'a Fingerprint,
    /// The text comes from the feed because the page could not be had: it must not replace a
    /// text that came from the page.
    pub is_fallback: bool,
}

/// An article the store has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its row.
    pub article: ArticleId,
    /// Its current title.
    pub title: Option<String>,
    /// Hash of its current text.
    pub content_hash: String,
    /// Match key of its current text.
    pub match_key: [u8; 32],
    /// Words in its current text.
    pub n_words: u32,
    /// Its current text came from the page, not the feed.
    pub is_from_page: bool,
    /// Its `page_error` is set: the page is still wanted.
    pub lacks_page: bool,
}

/// What the store found for a candidate, by each way of knowing it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    /// The article that this very listing (feed and guid) or queue row already stands for.
    pub listed: Option<Known>,
    /// The article with the same canonical address.
    pub same_url: Option<Known>,
    /// An article with the same match key.
    pub same_key: Option<Known>,
    /// An article of the same feed with the same title, listed in the last 7 days.
    pub same_title: Option<Known>,
}

/// Where a candidate goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// A new article.
    New,
    /// The article has this very text: add the listing, change nothing else.
    Same(ArticleId),
    /// The article has another text: add a revision.
    Revise(ArticleId),
}

/// The rule that places a candidate; pure, called by the writer inside its transaction.
pub type PlaceRule = fn(&Candidate<'_>, &Matches) -> Placement;

/// Two texts that may tell one story.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The text that asks.
    pub new: &'a str,
    /// A text the store has.
    pub known: &'a str,
    /// Both come from one site, whose articles of a kind have one form.
    pub is_same_site: bool,
}

/// How near the texts of a [`Pair`] are that do tell one story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Share of the shorter text that stands in the other, 0..=1.
    pub containment: f64,
    /// Share of both together that they have in common, 0..=1.
    pub resemblance: f64,
}

/// The rule of one story; `None`: two stories.
pub type NearRule = fn(&Pair<'_>) -> Option<Likeness>;

/// What shows that a text comes from a news agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyMark {
    /// Short name of the agency.
    pub agency: &'static str,
    /// The mark as it stands in the text or among the authors.
    pub mark: String,
}

/// Finds the mark of an agency in a text and the names of its authors.
pub type AgencyRule = fn(&str, &[String]) -> Option<AgencyMark>;
