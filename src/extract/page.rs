//! What goes in: a page with its context, and the limits.

use chrono::{DateTime, Utc};
use url::Url;

use crate::{markup::HtmlLimits, model::Witness};

/// A page to take the article from.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The decoded document.
    pub html: &'a str,
    /// Its address, for relative links; the final one after redirects.
    pub url: Option<&'a Url>,
    /// What a feed says of the article.
    pub witness: Option<&'a Witness>,
    /// The present, against which dates are judged.
    pub now: DateTime<Utc>,
}

/// How much is taken from a page; what is cut is flagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtractLimits {
    /// Limits on the markup.
    pub html: HtmlLimits,
    /// Longest title, in bytes.
    pub title_bytes: usize,
    /// Longest address, in bytes; a longer one is left out.
    pub link_bytes: usize,
    /// Longest text, in bytes.
    pub text_bytes: usize,
}

impl Default for ExtractLimits {
    /// The defaults of the configuration: 1 KB of title, 4 KB of link, 1 MB of text.
    fn default() -> Self {
        Self {
            html: HtmlLimits::default(),
            title_bytes: 1_000,
            link_bytes: 4_000,
            text_bytes: 1_000_000,
        }
    }
}
