//! feedmill: polls feeds, fetches each article's page, keeps the clean text in one SQLite file.
//!
//! The way of the data, each arrow one function with one type on either side:
//! due feed → request → response → text (decode) → entries (parse) → listing → known? → page →
//! article (extract) → same? near? → row + change → reader. The daemon, `fetch`, `demo` and the
//! tests all run this one pipeline with another source, clock or store.
//!
//! Rooms in reading order; ARCHITECTURE.md says who may import whom.

pub mod model;

pub mod clock;
pub mod http_date;
pub mod packing;
pub mod url;
pub mod whole_file;

pub mod markup;
pub mod text;

pub mod dedup;
pub mod extract;
pub mod feed;
pub mod http;
pub mod schedule;
pub mod store;

pub mod config;

pub mod ingest;

pub mod daemon;
pub mod demo;
pub mod web;

pub mod cli;
