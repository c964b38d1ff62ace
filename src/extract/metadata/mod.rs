//! What a page says of its article: title, authors, dates, language, tags and more.
//!
//! One walk gathers what the page holds (`scan`), JSON-LD is read beside it (`ld`, `json`), and
//! each field is chosen from its sources by rules of its own: `title`, `authors`, `published`,
//! `about`, `tags`.
//!
//! **Invariant:** pure; one walk over the tree, no recursion; every text that is looked at closely
//! is short, so the cost is linear in the page.

mod about;
mod asides;
mod authors;
mod bylines;
mod collect;
mod dates;
mod facts;
mod json;
mod labels;
mod ld;
mod marks;
mod months;
mod names;
mod outlet;
mod published;
mod scan;
mod shown_dates;
mod stated_dates;
mod tags;
mod title;
mod tokens;
mod words;
mod zones;

pub(crate) use collect::{Metadata, collect};
