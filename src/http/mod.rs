//! Fetching: one request in, one judged response out.
//!
//! Pure parts decide (what is sent, where a redirect leads, what a response means, when a host's
//! turn is, what robots.txt allows); `client/` holds the shells that open connections, read bodies
//! and sleep.
//!
//! **Invariant:** a body is given out only when it came whole, was decoded whole and is within
//! its limits. **Invariant:** no connection is opened to an address that is neither public nor on
//! the allow list, and credentials leave for the configured origin only.

mod challenge;
mod client;
mod decode;
mod error;
mod fetched;
mod media;
mod message;
mod options;
mod politeness;
mod redirect;
mod request;
mod retry_after;
mod robots;
mod verdict;

pub use client::{
    BodyLease, Client, HeaderMap, HeaderName, HeaderValue, LOOKUPS_MAX, LookingUp, Lookup,
    SystemLookup,
};
pub use decode::{BodyDecoder, Coding, DecodeError, unpacked};
pub use error::HttpError;
pub use fetched::{Fetched, Hop, Response};
pub use options::{ClientOptions, HttpLimits, RetryAfterScope};
pub use politeness::{Ask, CRAWL_DELAY_MAX, Hosts, Manners, Report, Turn};
pub use request::{Admitting, Credentials, OriginGate, OriginRules, Request, RequestKind};
pub use retry_after::retry_after;
pub use robots::Robots;
pub use verdict::{Answer, HeadVerdict, body_verdict, head_verdict, refusal};
