//! Markup made safe and readable: gates before any tree builder, the one HTML parse of a page, and
//! the page as a list of text blocks.
//!
//! html5ever takes quadratic time in nesting depth (400 KB of `<div>`: 17 s), in attributes a tag
//! and in formatting elements left open, and feed-rs has overflowed its stack on nested XML; so no
//! document reaches a tree builder without passing a gate.
//!
//! **Invariant:** pure; time linear in the input; no recursion over the tree.

mod attribute;
mod block;
mod error;
mod gate_html;
mod gate_tag;
mod gate_xml;
mod hidden;
mod limits;
mod nesting;
mod open_block;
mod parse;
mod segment;
mod table_row;
mod tag;
mod tag_name;
mod view;

pub use block::{Block, BlockKind};
pub use error::GateError;
pub use gate_html::gate_html;
pub use gate_xml::gate_xml;
pub use limits::{HtmlLimits, XmlLimits};
pub use parse::{html_to_text, parse_html};
pub use segment::{block_view, fragment_view};
pub use tag::Tag;
pub use view::{BlockView, Container};
