//! Feeds as they are, read.
//!
//! [`parse()`] takes the bytes of a document and gives one [`ParsedFeed`](crate::model::ParsedFeed)
//! whatever the format: RSS of any version, Atom 0.3 and 1.0, RDF, JSON Feed, CDF, news sitemaps.
//! Bytes become text (`text::decode`), the text tokens (`token`), the tokens one entry after
//! another (`reader`), each entry its fields (`entry`, `value`, `link`, `person`, `media`, `date`).
//! Beside it: [`discover()`] for the feeds a page advertises, [`opml`] for subscription lists.
//!
//! **Invariants:** pure; time linear in the input; no recursion over the document; one bad entry
//! costs that entry, one bad field that field.

mod absolute;
mod address;
mod base64;
mod category;
mod channel;
mod complaint;
mod date;
mod date_lex;
mod date_names;
mod discover;
mod doctype;
mod entry;
mod error;
mod finish;
mod header_link;
mod identity;
mod json;
mod json_mend;
mod json_root;
mod jsonfeed;
mod link;
mod media;
mod names;
pub mod opml;
mod parse;
mod person;
mod reader;
mod reference;
mod role;
mod sitemap;
mod sniff;
mod source;
mod title;
mod token;
mod tree;
mod value;

pub use date::{parse_date, plausible};
pub use discover::{discover, discover_in_header};
pub use error::FeedError;
pub use identity::KeyWidth;
pub use json::{error_to_json, to_json};
pub use parse::{HTML_PAGE, parse};
pub use source::{FeedLimits, Source};
