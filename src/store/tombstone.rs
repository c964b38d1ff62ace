//! What was forgotten on purpose stays out; kept as hashes, so that a tombstone tells nothing of
//! what lies under it.

use sha2::{Digest as _, Sha256};

use super::{
    row::{Statements, bind},
    work::{Done, Work},
};

/// The tombstone of a listing.
pub(super) fn of_listing(feed: i64, guid: &str) -> [u8; 32] {
    hash("guid", &feed.to_string(), guid)
}

/// The tombstone of an address (its match form).
pub(super) fn of_address(form: &str) -> [u8; 32] {
    hash("url", "", form)
}

/// The tombstone of a page that others were made small with.
pub(super) fn of_dictionary(id: i64) -> [u8; 32] {
    hash("dictionary", "", &id.to_string())
}

fn hash(kind: &str, scope: &str, name: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [kind, scope, name] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}

/// Whether nothing was ever forgotten: saves the hashing.
pub(super) fn is_empty(on: &impl Statements) -> Done<bool> {
    Ok(on.number("SELECT EXISTS (SELECT 1 FROM tombstones)", &[])? == 0)
}

/// Whether this was forgotten.
pub(super) fn has(on: &impl Statements, key: &[u8; 32]) -> Done<bool> {
    Ok(on
        .first(
            "SELECT 1 FROM tombstones WHERE key = ?1",
            &bind![key],
            |_| Ok(()),
        )?
        .is_some())
}

/// Whether this address was forgotten, or the page on which it is one of several.
pub(super) fn has_address(on: &impl Statements, form: &str) -> Done<bool> {
    if has(on, &of_address(form))? {
        return Ok(true);
    }
    match form.split_once('#') {
        Some((page, fragment)) if !fragment.starts_with('!') => has(on, &of_address(page)),
        Some(_) | None => Ok(false),
    }
}

/// Puts up a tombstone.
pub(super) fn set(work: &Work<'_>, key: &[u8; 32], entry_hash: Option<&[u8]>) -> Done<()> {
    work.run(
        "INSERT INTO tombstones (key, entry_hash, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO NOTHING",
        &bind![key, entry_hash, work.now],
    )?;
    Ok(())
}
