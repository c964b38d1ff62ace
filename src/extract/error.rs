//! Why a page gives no article.

use crate::model::ErrorClass;

/// Why a page gives no article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// Nothing but white space.
    #[error("cannot extract an article: the page is empty")]
    Empty,
    /// The page has no text of an article: a section front, a gallery, an error page.
    #[error("cannot extract an article: {reason}")]
    NoArticle {
        /// What the page looks like instead.
        reason: String,
    },
    /// The text comes only by scripts, which are never run.
    #[error(
        "cannot extract an article: the page shows its text only after running scripts ({n_words} words stand in it)"
    )]
    JsRequired {
        /// Words that are there without scripts.
        n_words: u32,
    },
    /// A bot defence answered instead of the site.
    #[error("cannot extract an article: the page is a challenge of a bot defence: `{mark}`")]
    Blocked {
        /// What gives it away.
        mark: String,
    },
}

impl ExtractError {
    /// Its class in the closed list.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Empty => ErrorClass::Empty,
            Self::NoArticle { .. } => ErrorClass::Extract,
            Self::JsRequired { .. } => ErrorClass::JsRequired,
            Self::Blocked { .. } => ErrorClass::Blocked,
        }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Empty => None,
            Self::NoArticle { .. } => {
                Some("`feedmill extract --explain` shows what the page holds".to_owned())
            }
            Self::JsRequired { .. } => Some(
                "set `content = \"feed\"` for this feed to keep the feed's own text".to_owned(),
            ),
            Self::Blocked { .. } => Some(
                "the site refuses robots: raise `host_delay`, or ask its owner for access"
                    .to_owned(),
            ),
        }
    }
}
