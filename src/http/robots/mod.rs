//! robots.txt (RFC 9309): what a site asks crawlers to leave alone.

mod parse;
mod path;
mod rules;

pub use rules::Robots;
