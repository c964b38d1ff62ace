//! The shells of the room: connections, bodies, turns.

mod body;
mod budget;
mod classify;
mod connections;
mod handle;
mod hop;
mod journey;
mod lanes;
mod lookup;
mod resolver;
mod turns;

pub use budget::BodyLease;
pub use handle::Client;
pub use lookup::{LOOKUPS_MAX, LookingUp, Lookup, SystemLookup};
/// Header fields of requests and responses, as the HTTP library has them.
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
