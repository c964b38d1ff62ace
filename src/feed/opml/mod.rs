//! Subscription lists (OPML 1.0 and 2.0), read as people have them and written as they should be.
//!
//! **Invariant:** what [`read()`] gives comes back from [`write()`] and [`read()`] unchanged, whatever the
//! bytes were. For that, the feeds of one folder stand together in both, and the folders that hold no
//! feed behind what else their own folder holds.

mod folders;
mod name;
mod read;
mod write;

use ::url::Url;

use crate::text::{cap, clean_line};

pub use name::is_attribute_name;
pub use read::read;
pub use write::write;

/// A subscription list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpmlList {
    /// Its feeds, those of one folder together.
    pub feeds: Vec<OpmlFeed>,
    /// What the feeds do not say of its folders: those with attributes, and the innermost of those
    /// without a feed. Each once, in the order in which they are written.
    pub folders: Vec<OpmlFolder>,
}

/// A folder in a subscription list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpmlFolder {
    /// Its names, outermost first.
    pub path: Vec<String>,
    /// All its attributes but its name, as for a feed; here `category` is one of them.
    pub attributes: Vec<(String, String)>,
}

/// A feed in a subscription list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpmlFeed {
    /// Address of the feed as written, as one line; [`address`] says what it means.
    pub url: String,
    /// Its name: `text`, else `title`. The feed's own address is none.
    pub title: Option<String>,
    /// The folders it stands in, each as its path, outermost name first. Empty: in none.
    pub folders: Vec<Vec<String>>,
    /// The names of its folders, outermost first, then its categories; each once.
    pub tags: Vec<String>,
    /// All other attributes in order: `htmlUrl`, `title` where it is not the name, and what other
    /// programs put there, names as written. Before the first with a prefix stands the declaration
    /// of the prefix (`xmlns:…`), if there was one.
    pub attributes: Vec<(String, String)>,
}

/// Why a document gave no subscription list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpmlError {
    /// No outline with a feed's address in it.
    #[error("cannot read the subscription list: no outline with `xmlUrl` in it")]
    NoFeeds,
    /// The bytes are no text.
    #[error("cannot read the subscription list: its bytes are no text in a known encoding")]
    Charset(#[source] crate::text::CharsetError),
    /// It defines entities that could grow or reach out.
    #[error("cannot read the subscription list: its DOCTYPE defines entities")]
    Gate(#[source] crate::markup::GateError),
}

impl OpmlError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoFeeds => Some("is the file an OPML export of subscriptions?".to_owned()),
            Self::Charset(_) | Self::Gate(_) => None,
        }
    }
}

/// Most feeds read from one list.
const MAX_FEEDS: usize = 100_000;
/// Most folders read that have attributes or hold no feed.
const MAX_LISTED_FOLDERS: usize = 100_000;
/// Most folders of a feed, most names in the path of one, and most tags.
pub const MAX_FOLDERS: usize = 32;
/// Most further attributes kept of a feed or a folder, with the declarations of their prefixes. With what is
/// written beside them they stay below what is read of a tag.
const MAX_ATTRIBUTES: usize = 40;
/// Most attributes read of a tag.
const MAX_TAG_ATTRIBUTES: usize = 100;
/// Longest value kept of an attribute; an address is never cut.
const MAX_VALUE_BYTES: usize = 4_000;

/// The http or https address that an outline, or a person, means: `https://` may be missing, and
/// `feed:` may stand before it (`feed://host/path` is http). `None` for any other scheme.
pub fn address(raw: &str) -> Option<Url> {
    let raw = raw.trim();
    let is_feed = |(head, _): &(&str, &str)| head.eq_ignore_ascii_case("feed:");
    let Some((_, rest)) = raw.split_at_checked(5).filter(is_feed) else {
        return crate::url::typed_url(raw);
    };
    let inner = rest.strip_prefix("//").unwrap_or(rest);
    let has_scheme = ["http://", "https://"].iter().any(|scheme| {
        inner
            .get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    match (has_scheme, rest.strip_prefix("//")) {
        (true, _) => crate::url::resolve(inner, None),
        (false, Some(host)) => crate::url::resolve(&format!("http://{host}"), None),
        (false, None) => crate::url::typed_url(rest),
    }
}

/// A value as one line, without what XML has no way to write. Idempotent.
fn line(raw: &str) -> String {
    if raw.contains(['\u{fffe}', '\u{ffff}']) {
        return clean_line(&raw.replace(['\u{fffe}', '\u{ffff}'], ""));
    }
    clean_line(raw)
}

/// [`line()`] of limited length. Idempotent: what a cut leaves at the end is cleaned again.
fn short_line(raw: &str) -> String {
    let whole = line(raw);
    match cap(&whole, MAX_VALUE_BYTES) {
        (_, false) => whole,
        (short, true) => line(short),
    }
}

/// [`short_line()`], unless nothing is in it.
fn filled(raw: &str) -> Option<String> {
    Some(short_line(raw)).filter(|line| !line.is_empty())
}

/// `/News/World,Local` (OPML 2.0): the parts of each path.
fn split_categories(list: &str) -> impl Iterator<Item = String> {
    list.split([',', '/']).filter_map(filled)
}

/// Whether a tag comes back from a `category` as it is.
fn is_plain_category(tag: &str) -> bool {
    !tag.contains([',', '/'])
}

#[cfg(test)]
mod tests;
