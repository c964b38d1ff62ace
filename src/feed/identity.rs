//! What makes an entry the same entry at the next poll.

use std::collections::HashMap;

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

/// What it takes, beside the guid, to tell the entries of a feed apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyWidth {
    /// The link: some entries share a guid and lead to different addresses.
    pub has_link: bool,
    /// The title: some entries share guid and link and are different all the same.
    pub has_title: bool,
}

impl KeyWidth {
    /// What the entries of this document need, at least as much as was needed before.
    ///
    /// Two entries with one guid and one link to a page are one entry, listed before and after an edit of
    /// its title. Where there is no page to tell (no link, or only the site's front page), or where
    /// three titles share a link, they are different entries of a feed that repeats itself.
    #[must_use]
    pub fn widened_by(self, entries: &[Entry]) -> Self {
        let mut seen: HashMap<&str, (Option<&str>, Vec<&str>)> = HashMap::new();
        let mut width = self;
        for entry in entries {
            let url = entry.url.as_deref();
            let title = label(entry);
            let Some((known_url, titles)) = seen.get_mut(entry.guid.as_str()) else {
                seen.insert(&entry.guid, (url, vec![title]));
                continue;
            };
            if *known_url != url {
                width.has_link = true;
            } else if titles.len() < 3 && !titles.contains(&title) {
                titles.push(title);
                width.has_title |= titles.len() >= 3 || !leads_to_a_page(url);
            }
        }
        width
    }

    /// The key of an entry within its feed.
    pub fn key(self, entry: &Entry, link: Option<&str>) -> String {
        let mut key = entry.guid.clone();
        if self.has_link {
            key.push(' ');
            key.push_str(link.unwrap_or_default());
        }
        if self.has_title {
            key.push(' ');
            key.push_str(&hashed([label(entry)]));
        }
        key
    }
}

/// What a reader would tell an entry by: its title, else how it begins.
fn label(entry: &Entry) -> &str {
    let texts = [&entry.title, &entry.summary_html, &entry.content_html];
    let text = texts.into_iter().flatten().find(|text| !text.is_empty());
    crate::text::cap(text.map_or("", String::as_str), 200).0
}

fn leads_to_a_page(url: Option<&str>) -> bool {
    let parsed = url.and_then(|url| Url::parse(url).ok());
    parsed.is_some_and(|url| !url.path().trim_matches('/').is_empty() || url.query().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(guid: &str, url: &str, title: &str) -> Entry {
        Entry {
            guid: guid.to_owned(),
            url: Some(url.to_owned()).filter(|url| !url.is_empty()),
            title: Some(title.to_owned()),
            ..Entry::default()
        }
    }

    #[track_caller]
    fn check(entries: &[(&str, &str, &str)], has_link: bool, has_title: bool) {
        let entries: Vec<Entry> = entries.iter().map(|(g, u, t)| entry(g, u, t)).collect();
        let want = KeyWidth {
            has_link,
            has_title,
        };
        assert_eq!(KeyWidth::default().widened_by(&entries), want);
        assert_eq!(want.widened_by(&[]), want, "remembered");
    }

    #[test]
    fn a_key_is_as_wide_as_it_must_be() {
        let page = "https://a.example/1";
        check(
            &[("1", page, "a"), ("2", "https://a.example/2", "b")],
            false,
            false,
        );
        check(
            &[("1", page, "a"), ("1", "https://a.example/2", "b")],
            true,
            false,
        );
        check(&[("1", page, "a"), ("1", page, "a, edited")], false, false);
        check(
            &[("1", page, "a"), ("1", page, "b"), ("1", page, "c")],
            false,
            true,
        );
        check(&[("1", "", "a"), ("1", "", "b")], false, true);
        check(&[("1", "", "a"), ("1", "", "a")], false, false);
        let home = "https://a.example/";
        check(&[(home, home, "a"), (home, home, "b")], false, true);
    }
}
