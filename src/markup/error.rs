//! Why an XML document is refused before it is parsed.

use crate::model::ErrorClass;

/// Why an XML document is refused before it is parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GateError {
    /// Nested deeper than the limit.
    #[error("cannot read the XML: elements are nested deeper than {limit} at byte {at_byte}")]
    TooDeep {
        /// The limit that was passed.
        limit: usize,
        /// Offset of the tag.
        at_byte: usize,
    },
    /// A tag with more attributes than the limit.
    #[error("cannot read the XML: a tag has more than {limit} attributes at byte {at_byte}")]
    TooManyAttributes {
        /// The limit that was passed.
        limit: usize,
        /// Offset of the tag.
        at_byte: usize,
    },
    /// More namespace declarations in scope than the limit.
    #[error("cannot read the XML: more than {limit} namespaces are declared at byte {at_byte}")]
    TooManyNamespaces {
        /// The limit that was passed.
        limit: usize,
        /// Offset of the tag.
        at_byte: usize,
    },
    /// The document defines entities of its own.
    #[error("cannot read the XML: its DOCTYPE defines entities at byte {at_byte}")]
    Dtd {
        /// Offset of the definition.
        at_byte: usize,
    },
}

impl GateError {
    /// Its class in the closed list.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::TooDeep { .. }
            | Self::TooManyAttributes { .. }
            | Self::TooManyNamespaces { .. } => ErrorClass::TooDeep,
            Self::Dtd { .. } => ErrorClass::DtdRefused,
        }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        let key = match self {
            Self::TooDeep { .. } => "xml_depth",
            Self::TooManyAttributes { .. } => "xml_attributes",
            Self::TooManyNamespaces { .. } => "xml_namespaces",
            Self::Dtd { .. } => {
                return Some(
                    "entity definitions are never read: they can grow without bound".into(),
                );
            }
        };
        Some(format!(
            "raise `limits.{key}` if the document is to be trusted"
        ))
    }
}
