//! Bytes to text, and text to the plain text that is stored.
//!
//! **Invariants:** pure; [`decode`] never panics and never fails on anything that is text at all.
//! Only this room makes a [`CleanText`], so nothing unclean can reach the store as article text.

mod builder;
mod bytes;
mod charset;
mod choose;
mod clean;
mod codepages;
mod control;
mod declared;
mod entities;
mod error;
mod label;
mod line;
mod mend;
mod twice;
mod unicode;
mod wide;
mod words;

/// Version of the rules by which a [`CleanText`] is made: raised when the same characters come out
/// otherwise, so that a hash can be recomputed by whoever knows the rules of its time.
pub const NORMALISATION: u32 = 1;

pub use bytes::has_byte;
pub use charset::{Decoded, DocumentKind, decode};
pub use clean::CleanText;
pub use control::{has_c1, storable};
pub use entities::unescape;
pub use error::CharsetError;
pub use line::{cap, clean_line};
pub use words::count_words;
