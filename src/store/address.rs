//! Addresses as keys.

use crate::url;

/// The key of a stored address; `None` for an empty one. What does not parse is its own key.
pub(super) fn match_form(address: &str) -> Option<String> {
    if address.is_empty() {
        return None;
    }
    Some(match ::url::Url::parse(address) {
        Ok(parsed) => url::match_form(&parsed),
        Err(_) => address.to_owned(),
    })
}

/// The key of an address as a person writes it: the canonical form first.
pub(super) fn typed_match_form(address: &str) -> Option<String> {
    match ::url::Url::parse(address.trim()) {
        Ok(parsed) => Some(url::match_form(&url::canonical_url(&parsed))),
        Err(_) => match_form(address.trim()),
    }
}
