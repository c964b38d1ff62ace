//! Why bytes are no text.

/// The bytes are no text in any encoding we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CharsetError {
    /// The first bytes are those of a format that is not text.
    #[error("cannot read document: its bytes are {format}, not text")]
    Binary {
        /// What the bytes look like, for example `a PDF document`.
        format: &'static str,
    },
    /// Decoded by the best guess, it is mostly control characters.
    #[error(
        "cannot read document: as `{encoding}` {n_control} of {n_chars} characters are control characters"
    )]
    Controls {
        /// The best guess.
        encoding: &'static str,
        /// Control characters seen.
        n_control: usize,
        /// Characters looked at.
        n_chars: usize,
    },
}

impl CharsetError {
    /// The way out.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Binary { .. } => Some("look at what the address sends; compressed bodies must be announced by Content-Encoding".to_owned()),
            Self::Controls { .. } => Some("if it is text, its encoding must be declared in Content-Type or in the document".to_owned()),
        }
    }
}
