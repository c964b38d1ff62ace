//! What several tests need.

pub mod cli;
pub mod faultfs;
pub mod news;
pub mod power_cut;
pub mod web;
pub mod witness;
