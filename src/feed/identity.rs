//! What makes an entry the same entry at the next poll.

use ::url::Url;
use sha2::{Digest, Sha256};

use crate::model::Entry;

use super::complaint::{Complaint, Complaints};

/// The identity of an entry, never empty: the guid it gives, else its canonical address, else a
/// hash of what it says. A guid longer than `limit_bytes` is replaced by its hash.
///
/// `rest` is all its text, for an entry that says nothing a field knows.
pub(super) fn identity(
    given: Option<String>,
    entry: &Entry,
    rest: &str,
    limit_bytes: usize,
    complaints: &mut Complaints,
) -> String {
    let given = given
        .map(|guid| crate::text::storable(guid.trim()).trim().to_owned())
        .filter(|guid| !guid.is_empty());
    if let Some(guid) = given {
        if guid.len() <= limit_bytes {
            return guid;
        }
        complaints.note(Complaint::HashedGuid);
        return hashed([guid.as_str()]);
    }
    if let Some(url) = &entry.url {
        let canonical = Url::parse(url).map(|url| String::from(crate::url::canonical_url(&url)));
        let guid = canonical.unwrap_or_else(|_| url.clone());
        if guid.len() <= limit_bytes {
            return guid;
        }
        return hashed([guid.as_str()]);
    }
    complaints.note(Complaint::NoIdentity);
    let parts = [
        entry.title.as_deref(),
        entry.published_raw.as_deref(),
        entry.summary_html.as_deref(),
        entry.content_html.as_deref(),
        entry
            .enclosures
            .first()
            .map(|enclosure| enclosure.url.as_str()),
    ];
    if parts.iter().all(Option::is_none) {
        return hashed([rest]);
    }
    hashed(parts.map(Option::unwrap_or_default))
}

fn hashed<const N: usize>(parts: [&str; N]) -> String {
    use std::fmt::Write as _;

    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut out = String::from("sha256:");
    for byte in hasher.finalize() {
        // Writing to a string cannot fail.
        write!(out, "{byte:02x}").unwrap_or_default();
    }
    out
}

/// Whether two entries of one document share a guid although they lead to different addresses:
/// then the guid alone does not tell them apart, and the pipeline has to add the link.
pub fn colliding_guids(entries: &[Entry]) -> bool {
    let mut seen = std::collections::HashMap::new();
    entries.iter().any(|entry| {
        let url = entry.url.as_deref();
        *seen.entry(entry.guid.as_str()).or_insert(url) != url
    })
}
