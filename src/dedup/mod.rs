//! Recognising what is known: marks of a text, the rule of the same article, near-duplicates.
//!
//! A text has three marks. The content hash is for others (anyone can recompute it). The match key
//! folds case, punctuation and space, so that a copy with other quotation marks is still the same
//! text. The samples are a few hashes of word sequences, by which the store finds texts that share
//! whole passages; [`containment`] then measures how much they really share, and [`near()`] decides whether
//! that makes them one story.
//!
//! [`SiteMemory`] learns which paragraphs a site repeats, and leaves them out of a text.
//!
//! **Invariant:** values in, values out; no I/O, no clock, no state between calls but what a caller
//! holds ([`SiteMemory`]). Every pass is linear in its input (sorting of hashes aside).

mod agencies;
mod agency;
mod churn;
mod differ;
mod entry;
mod fingerprint;
mod fold;
mod near;
mod passage;
mod place;
mod shingle;
mod site;

pub use agency::agency_mark;
pub use churn::is_no_edit;
pub use entry::entry_hash;
pub use fingerprint::fingerprint;
pub use near::near;
pub use place::{MERGE_WORDS, place};
pub use shingle::{SAMPLES, containment, is_unlike};
pub use site::{LearnedPassage, REMEMBERED, SiteMemory, SiteText, Trimmed};
