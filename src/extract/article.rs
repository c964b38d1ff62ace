//! What comes out: the article, and why its text is what it is.

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;
use url::Url;

use super::ExtractError;
use crate::{model::Flag, text::CleanText};

/// An article as its page gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// Headline, one plain line, without the site's name.
    pub title: Option<String>,
    /// Names of people or, when there are none, of agencies.
    pub authors: Vec<String>,
    /// Usable date of publication.
    pub published: Option<DateTime<Utc>>,
    /// The same instant with the offset that the page gives it: a reader of the page sees this day.
    pub published_local: Option<DateTime<FixedOffset>>,
    /// Date of publication as written.
    pub published_raw: Option<String>,
    /// Usable date of the last change.
    pub updated: Option<DateTime<Utc>>,
    /// As declared, BCP 47.
    pub language: Option<String>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// Summary or dek, one plain line.
    pub description: Option<String>,
    /// A picture's address, absolute when the page's address is known.
    pub image_url: Option<String>,
    /// The article's own tags.
    pub tags: Vec<String>,
    /// What the page asks of robots and of text and data mining, each as `meta NAME: VALUE`.
    pub reservations: Vec<String>,
    /// Address the page names as its own, when it is plausible.
    pub canonical_url: Option<Url>,
    /// The text: paragraphs, headings, list items, quotations, preformatted text, table rows.
    pub text: CleanText,
    /// Estimate of how right the text is, 0..=1.
    pub quality: f64,
    /// Doubts, sorted, each once.
    pub flags: Vec<Flag>,
}

/// The article with the account of every block of the page.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// What [`extract`](super::extract) gives for the same page.
    pub article: Result<Article, ExtractError>,
    /// The page's blocks in order.
    pub blocks: Vec<BlockReport>,
    /// What its quality was made of, in the order of the training script; empty when nothing was chosen.
    pub witnesses: Vec<f64>,
}

/// One block of the page and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockReport {
    /// `paragraph`, `heading`, `item`, `quote`, `pre`, `row`, `caption`.
    pub kind: String,
    /// Its text.
    pub text: String,
    /// How sure it is part of the article, 0..=1.
    pub score: f64,
    /// It is part of the text.
    pub kept: bool,
    /// Why, for a person.
    pub reason: String,
    /// What the model saw, in the order of the training script's columns.
    pub features: Vec<f32>,
}
