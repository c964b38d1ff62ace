//! Why a body could not be decoded.

/// Why a body could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The decoded bytes passed the limit.
    #[error("more than {limit_bytes} bytes after decoding")]
    TooLarge {
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// The stream breaks the rules of its coding.
    #[error("broken {coding} stream: {why}")]
    Broken {
        /// Name of the coding.
        coding: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The stream stops before its end.
    #[error("the {coding} stream stops before its end")]
    Incomplete {
        /// Name of the coding.
        coding: &'static str,
    },
}

impl DecodeError {
    pub(super) fn broken(coding: &'static str, why: impl Into<String>) -> Self {
        Self::Broken {
            coding,
            why: why.into(),
        }
    }
}
