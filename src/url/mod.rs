//! Addresses: reading them as people write them, one canonical form, and the guard that keeps
//! feedmill off the inside network.
//!
//! **Invariant:** pure; nothing here resolves a name or opens a connection. Whether a *name* leads
//! to a public address is known only when it is resolved, so the HTTP client asks [`is_public`]
//! again for each address it is about to connect to.

mod address;
mod allow;
mod canonical;
mod error;
mod guard;
mod host;
mod plausible;
mod resolve;
mod tracking;

pub use address::{is_public, special_range};
pub use allow::AllowList;
pub use canonical::{canonical_url, match_form};
pub use error::AllowError;
pub use guard::refuses;
pub use host::{host_key, origin, site_key, without_credentials};
pub use plausible::plausible_canonical;
pub use resolve::{resolve, typed_url};
pub use tracking::{TRACKING_PARAMETERS, Tracking};
