//! What several tests need.

pub mod cli;
pub mod web;
