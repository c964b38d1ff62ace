//! From a page to its article: the text a person would take from it, and what the page says of it.
//!
//! The page is parsed once, cut into blocks of text, each block is described by numbers, and a
//! small learned model says how likely it belongs to the article; rules then make one story of the
//! blocks chosen.
//!
//! **Invariant:** pure; one parse a page; no recursion over the tree, nothing quadratic in the
//! page's size.

mod article;
mod choose;
mod company;
mod container_facts;
mod copies;
mod doubt;
mod error;
mod features;
mod front_matter;
mod group;
mod hidden_parts;
mod letter_hash;
mod link_lines;
mod machine_lines;
mod metadata;
mod model;
mod page;
mod phrases;
mod quality;
mod run;
mod shape;
mod text_facts;
mod verdict;
mod words;

/// Version of the extractor: raised with every change of what it makes of a page, so that texts made by an
/// older one can be told.
pub const VERSION: u32 = 1;

pub use article::{Article, BlockReport, Explanation};
pub use error::ExtractError;
pub use model::use_table;
pub use page::{ExtractLimits, Page};
pub use run::{explain, extract};
