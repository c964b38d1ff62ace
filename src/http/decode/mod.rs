//! Content codings (RFC 9110, 8.4.1): a body in, as it comes from the wire, its bytes out, with a
//! limit that counts decoded bytes while they are made (R06).
//!
//! **Invariant:** nothing is allocated by a length that the stream declares, and no more than one
//! step of growth beyond the limit is ever written.

mod brotli;
mod coding;
mod error;
mod gzip;
mod inflate;
mod sink;
mod stream;
mod zstandard;

pub use coding::Coding;
pub use error::DecodeError;
pub use stream::{BodyDecoder, unpacked};
