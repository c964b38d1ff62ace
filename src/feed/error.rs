//! Why a document gave no feed.

use crate::markup::GateError;
use crate::model::ErrorClass;
use crate::text::CharsetError;

/// Why a document gave no feed at all. Faults that cost less are warnings in the
/// [`ParsedFeed`](crate::model::ParsedFeed).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// No bytes, or nothing but white space.
    #[error("cannot read the feed: the document is empty")]
    Empty,
    /// The document is something else.
    #[error("cannot read the feed: the document is {what}, not a feed")]
    NotAFeed {
        /// What it is, with its article: `an HTML page`.
        what: &'static str,
        /// The feeds that an HTML page advertises, best first.
        discovered: Vec<String>,
    },
    /// It passes a limit of depth, attributes or namespaces, or defines entities that could grow.
    #[error("cannot read the feed: its XML passes a limit or defines entities")]
    Gate(#[source] GateError),
    /// The bytes are no text.
    #[error("cannot read the feed: its bytes are no text in a known encoding")]
    Charset(#[source] CharsetError),
    /// Nested deeper than the JSON reader goes.
    #[error("cannot read the feed: its JSON is nested deeper than {limit}")]
    JsonTooDeep {
        /// Deepest nesting that is read.
        limit: usize,
    },
    /// It looks like a feed, but nothing could be read from it.
    #[error("cannot read the feed: {why}")]
    Parse {
        /// Where and why.
        why: String,
    },
}

impl FeedError {
    /// The message, with the limit or the encoding behind it.
    pub fn with_cause(&self) -> String {
        match std::error::Error::source(self) {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }

    /// The class in the closed list.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Empty => ErrorClass::Empty,
            Self::NotAFeed { .. } => ErrorClass::NotAFeed,
            Self::Gate(gate) => gate.class(),
            Self::Charset(_) => ErrorClass::Charset,
            Self::JsonTooDeep { .. } => ErrorClass::TooDeep,
            Self::Parse { .. } => ErrorClass::Parse,
        }
    }

    /// The feeds that the page advertises which came instead of a feed; empty for other faults.
    pub fn discovered(&self) -> &[String] {
        match self {
            Self::NotAFeed { discovered, .. } => discovered,
            Self::Empty
            | Self::Gate(_)
            | Self::Charset(_)
            | Self::JsonTooDeep { .. }
            | Self::Parse { .. } => &[],
        }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAFeed { discovered, .. } => discovered
                .first()
                .map(|feed| format!("the page advertises the feed `{feed}`")),
            Self::Gate(gate) => gate.hint(),
            Self::Empty | Self::Charset(_) | Self::JsonTooDeep { .. } | Self::Parse { .. } => None,
        }
    }
}
