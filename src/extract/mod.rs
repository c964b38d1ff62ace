//! From a page to its article: the text a person would take from it, and what the page says of it.
//!
//! **Invariant:** pure; one parse a page; no recursion over the tree, nothing quadratic in the
//! page's size.

mod article;
mod error;
mod metadata;
mod page;
mod run;

pub use article::{Article, BlockReport, Explanation};
pub use error::ExtractError;
pub use page::{ExtractLimits, Page};
pub use run::{explain, extract};
