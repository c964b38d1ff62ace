//! From a feed's response to what is to be done about each entry. Pure but for the types it
//! carries; runs on a reading thread.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{compose, compose::Caps, fulltext};
use crate::{
    config::{ContentMode, FeedConfig},
    dedup,
    feed::{self, FeedError, FeedLimits, KeyWidth},
    markup,
    model::{Entry, FeedMemory, ParsedFeed, TextSource},
    store::{EntryAction, EntryRecord, KnownListing, Listing, QueuedPage},
    text::clean_line,
    url,
};

/// An entry with its key in the feed and its address, before the store was asked about it.
#[derive(Debug, Clone)]
pub(super) struct KeyedEntry {
    pub(super) entry: Entry,
    pub(super) listing: Listing,
}

/// A document read: the feed itself, its entries keyed.
#[derive(Debug)]
pub(super) struct ReadFeed {
    /// The feed without its entries.
    pub(super) feed: ParsedFeed,
    pub(super) entries: Vec<KeyedEntry>,
    /// What tells the entries apart from now on.
    pub(super) key_width: KeyWidth,
    /// Entries of this document taken in so far, while more of them wait; 0 when none does.
    pub(super) entries_taken: u64,
}

/// Reads a document and keys its entries. Once `is_over` says that it has had its processor time, the
/// entries that are left wait for the next poll, like those beyond the limit (R05).
pub(super) fn read(
    source: &feed::Source<'_>,
    limits: &FeedLimits,
    caps: Caps,
    known_width: KeyWidth,
    is_over: &dyn Fn() -> bool,
) -> Result<ReadFeed, FeedError> {
    let mut parsed = feed::parse(source, limits)?;
    let entries = std::mem::take(&mut parsed.entries);
    let n_read = entries.len();
    let key_width = known_width.widened_by(&entries);
    let (entries, n_looked_at) = key_entries(entries, key_width, caps, is_over);
    let is_rest_waiting = parsed.n_entries_beyond > 0 || n_looked_at < n_read;
    let taken = limits.entries_from.saturating_add(n_looked_at);
    let entries_taken = if is_rest_waiting {
        u64::try_from(taken).unwrap_or(u64::MAX)
    } else {
        0
    };
    Ok(ReadFeed {
        feed: parsed,
        entries,
        key_width,
        entries_taken,
    })
}

/// The entries with their keys, and how many were looked at.
fn key_entries(
    entries: Vec<Entry>,
    key_width: KeyWidth,
    caps: Caps,
    is_over: &dyn Fn() -> bool,
) -> (Vec<KeyedEntry>, usize) {
    let shared = shared_addresses(&entries, key_width);
    let without_link = KeyWidth {
        has_link: false,
        ..key_width
    };
    let mut keys = HashSet::new();
    let mut keyed = Vec::with_capacity(entries.len());
    let mut n_looked_at = 0;
    for mut entry in entries {
        // One at least, or it would never come to an end.
        if n_looked_at > 0 && is_over() {
            break;
        }
        n_looked_at += 1;
        if !says_something(&entry) {
            continue;
        }
        hide_credentials(&mut entry);
        let canonical_url = entry.url.as_deref().and_then(|raw| {
            let parsed = url::resolve(raw, None)?;
            let canonical = url::canonical_url(&parsed);
            Some(if shared.contains(&url::match_form(&canonical)) {
                told_apart(&parsed, canonical, &without_link.key(&entry, None))
            } else {
                canonical.into()
            })
        });
        let entry_hash = dedup::entry_hash(&entry);
        let guid = key_width.key(&entry, canonical_url.as_deref());
        // The same key twice in one document with the same content is one entry.
        if !keys.insert(guid.clone()) {
            continue;
        }
        keyed.push(KeyedEntry {
            listing: Listing {
                guid,
                url: entry.url.clone(),
                canonical_url,
                title: entry.title.as_deref().map(clean_line),
                summary: entry
                    .summary_html
                    .as_deref()
                    .map(|html| markup::html_to_text(html, caps.html).into_string())
                    .filter(|text| !text.is_empty()),
                entry_hash,
            },
            entry,
        });
    }
    (keyed, n_looked_at)
}

/// A user and password in a link are nobody's business but the site's (R11), nor are they in a guid that is
/// the link.
fn hide_credentials(entry: &mut Entry) {
    if let Some(bare) = entry.url.as_deref().and_then(bare_of_credentials) {
        entry.url = Some(bare);
    }
    if let Some(bare) = bare_of_credentials(&entry.guid) {
        entry.guid = bare;
    }
}

/// The address without user and password; `None` when it has none.
fn bare_of_credentials(address: &str) -> Option<String> {
    if !address.contains('@') {
        return None;
    }
    let parsed = ::url::Url::parse(address).ok()?;
    let has_any = !parsed.username().is_empty() || parsed.password().is_some();
    has_any.then(|| url::without_credentials(&parsed).into())
}

/// `<item/>` and its like are counted by the reader, but they are no articles.
fn says_something(entry: &Entry) -> bool {
    let has = |field: &Option<String>| field.as_deref().is_some_and(|text| !text.trim().is_empty());
    has(&entry.url) || has(&entry.title) || has(&entry.content_html) || has(&entry.summary_html)
}

/// Addresses that several different entries of one document share: a feed whose items all link
/// to one page (a live ticker, a front page). Such an address identifies nothing.
fn shared_addresses(entries: &[Entry], key_width: KeyWidth) -> HashSet<String> {
    let mut first: HashMap<String, (String, [u8; 32])> = HashMap::new();
    let mut shared = HashSet::new();
    for entry in entries {
        let Some(parsed) = entry.url.as_deref().and_then(|raw| url::resolve(raw, None)) else {
            continue;
        };
        let form = url::match_form(&url::canonical_url(&parsed));
        let hash = dedup::entry_hash(entry);
        match first.get(&form) {
            None => {
                first.insert(form, (key_width.key(entry, None), hash));
            }
            Some((key, known)) if *known != hash && *key != key_width.key(entry, None) => {
                shared.insert(form);
            }
            Some(_) => {}
        }
    }
    shared
}

/// A canonical address of its own for an entry whose address others share: with the fragment it
/// was listed with, else with one made from its guid.
fn told_apart(listed: &::url::Url, mut canonical: ::url::Url, guid: &str) -> String {
    let fragment = listed
        .fragment()
        .filter(|f| !f.is_empty())
        .map_or_else(|| format!("entry-{}", short_hash(guid)), ToOwned::to_owned);
    canonical.set_fragment(Some(&fragment));
    canonical.into()
}

/// The address was made for an entry that shares its page with others: canonical addresses have
/// no fragment otherwise, save `#!`.
pub(super) fn is_told_apart(canonical_url: &str) -> bool {
    canonical_url
        .split_once('#')
        .is_some_and(|(_, fragment)| !fragment.starts_with('!'))
}

/// The first six bytes of the SHA-256.
fn short_hash(text: &str) -> String {
    hex(Sha256::digest(text.as_bytes()).iter().take(6))
}

/// Lower-case hexadecimal.
pub(super) fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes
        .into_iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

/// What the store knows of a document's entries.
#[derive(Debug, Default)]
pub(super) struct KnownEntries {
    /// By key.
    pub(super) by_guid: HashMap<String, KnownListing>,
    /// By match form of the canonical address, for keys not known.
    pub(super) by_url: HashMap<String, KnownListing>,
}

/// What a poll has to do, entry by entry.
#[derive(Debug, Default)]
pub(super) struct FeedPlan {
    pub(super) records: Vec<EntryRecord>,
    /// Entries with a key or address known before this poll.
    pub(super) n_known: u32,
    /// Entries not known before.
    pub(super) n_fresh: u32,
    /// Entries that `include` and `exclude` left out.
    pub(super) n_filtered: u32,
}

/// What decides about entries besides what is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlanContext<'a> {
    pub(super) feed: &'a FeedConfig,
    pub(super) memory: &'a FeedMemory,
    pub(super) caps: Caps,
    pub(super) now: DateTime<Utc>,
}

/// Decides about each entry: seen, page wanted, or kept with the feed's own text.
pub(super) fn plan_entries(
    entries: Vec<KeyedEntry>,
    known: &KnownEntries,
    context: PlanContext<'_>,
) -> FeedPlan {
    let mut plan = FeedPlan::default();
    for keyed in entries {
        if !is_wanted(&keyed.listing, context.feed) {
            plan.n_filtered += 1;
            continue;
        }
        let listed = known.by_guid.get(&keyed.listing.guid).or_else(|| {
            let form = match_form(keyed.listing.canonical_url.as_deref()?)?;
            known.by_url.get(&form)
        });
        let is_same_key = known.by_guid.contains_key(&keyed.listing.guid);
        let action = match listed {
            Some(known) if known.entry_hash == keyed.listing.entry_hash && is_same_key => {
                plan.n_known += 1;
                EntryAction::Seen
            }
            Some(known) => {
                plan.n_known += 1;
                let is_refresh = known.has_article && known.entry_hash != keyed.listing.entry_hash;
                action_for(&keyed, is_refresh, 0, context)
            }
            None => {
                plan.n_fresh += 1;
                action_for(&keyed, false, plan.n_fresh, context)
            }
        };
        plan.records.push(EntryRecord {
            listing: keyed.listing,
            action,
        });
    }
    plan
}

fn match_form(canonical: &str) -> Option<String> {
    Some(url::match_form(&::url::Url::parse(canonical).ok()?))
}

fn action_for(
    keyed: &KeyedEntry,
    is_refresh: bool,
    n_fresh: u32,
    context: PlanContext<'_>,
) -> EntryAction {
    let Some(url) = keyed.entry.url.clone() else {
        return keep_feed_text(keyed, context);
    };
    let has_content = keyed.entry.content_html.is_some();
    let takes_feed_text = match context.feed.content {
        ContentMode::Feed => true,
        ContentMode::Page => false,
        ContentMode::Auto => has_content && fulltext::can_skip_page(context.memory, n_fresh),
    };
    match keyed.listing.canonical_url.clone() {
        // An address shared by several entries cannot give each of them its own text.
        Some(canonical_url) if !takes_feed_text && !is_told_apart(&canonical_url) => {
            EntryAction::Queue(Box::new(QueuedPage {
                url,
                canonical_url,
                entry: keyed.entry.clone(),
                is_refresh,
            }))
        }
        Some(_) | None => keep_feed_text(keyed, context),
    }
}

fn keep_feed_text(keyed: &KeyedEntry, context: PlanContext<'_>) -> EntryAction {
    let url = keyed.entry.url.clone().unwrap_or_default();
    let page = QueuedPage {
        canonical_url: keyed
            .listing
            .canonical_url
            .clone()
            .unwrap_or_else(|| url.clone()),
        url,
        entry: keyed.entry.clone(),
        is_refresh: false,
    };
    let mut article = compose::from_feed(&page, None, context.now, context.caps);
    // A lone short text is all there is: no summary of something longer is known.
    if article.text_source == TextSource::Summary && context.feed.content == ContentMode::Feed {
        article.text_source = TextSource::Feed;
    }
    EntryAction::Keep(Box::new(article))
}

/// `include` and `exclude` look at title and address; `exclude` wins.
fn is_wanted(listing: &Listing, feed: &FeedConfig) -> bool {
    let hits = |patterns: &[regex::Regex]| {
        patterns.iter().any(|pattern| {
            [&listing.title, &listing.url]
                .into_iter()
                .flatten()
                .any(|value| pattern.is_match(value))
        })
    };
    (feed.include.is_empty() || hits(&feed.include)) && !hits(&feed.exclude)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::markup::HtmlLimits;

    #[test]
    fn entries_for_which_there_is_no_time_wait_for_the_next_reading() {
        let items = (0..10).fold(String::new(), |items, n| {
            items + &format!("<item><title>{n}</title></item>")
        });
        let document = format!("<rss version='2.0'><channel>{items}</channel></rss>");
        let source = feed::Source {
            bytes: document.as_bytes(),
            content_type: None,
            base: None,
            now: DateTime::UNIX_EPOCH,
        };
        let caps = Caps {
            html: HtmlLimits::default(),
            title_bytes: 1_000,
            link_bytes: 1_000,
            text_bytes: 1_000,
        };
        let mut from = 0;
        let mut titles = Vec::new();
        loop {
            let limits = FeedLimits {
                entries_from: from,
                ..FeedLimits::default()
            };
            let n_asked = Cell::new(0);
            let is_over = || n_asked.replace(n_asked.get() + 1) >= 3;
            let read = read(&source, &limits, caps, KeyWidth::default(), &is_over).unwrap();
            titles.extend(
                read.entries
                    .into_iter()
                    .filter_map(|keyed| keyed.entry.title),
            );
            if read.entries_taken == 0 {
                break;
            }
            from = usize::try_from(read.entries_taken).unwrap();
        }
        let want: Vec<String> = (0..10).map(|n| n.to_string()).collect();
        assert_eq!(titles, want);
    }
}
