//! Writing.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::super::value::escape_quoted;
use super::folders::{self, Step};
use super::name::{Kept, OWN_PREFIX, OWN_SPACE, OWN_TAGS, Role, meaning, names, role};
use super::{MAX_FOLDERS, OpmlFeed, filled, is_plain_category, line, short_line};

/// Most prefixes declared at the root; further ones are where they are used.
const MAX_ROOT_PREFIXES: usize = 50;

/// Writes a subscription list (OPML 2.0, with namespaces) that [`read()`](super::read()) gives back
/// unchanged.
///
/// A feed stands in each of its folders, folders inside each other, those of one folder together.
/// Tags that are no folders are its `category`; where one holds a comma or a slash, all of them
/// also stand in `feedmill:tags` as a JSON array. A feed without a name has its address as `text`.
pub fn write(title: &str, feeds: &[OpmlFeed], now: DateTime<Utc>) -> String {
    let feeds = folders::in_order(feeds.iter().filter_map(tidy).collect());
    let root = root_prefixes(&feeds);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\"");
    let mut declared: Vec<(&&str, &String)> = root.iter().collect();
    declared.sort_unstable();
    for (prefix, uri) in declared {
        push(&mut out, &format!("xmlns:{prefix}"), uri);
    }
    out.push_str(">\n  <head>\n    <title>");
    out.push_str(&escape_quoted(&line(title)));
    out.push_str("</title>\n    <dateCreated>");
    out.push_str(&now.to_rfc2822());
    out.push_str("</dateCreated>\n  </head>\n  <body>\n");
    let mut depth = 2;
    for step in folders::walk(&feeds) {
        match step {
            Step::Open(name) => {
                indent(&mut out, depth);
                out.push_str("<outline");
                push(&mut out, "text", name);
                push(&mut out, "title", name);
                out.push_str(">\n");
                depth += 1;
            }
            Step::Close => {
                depth -= 1;
                indent(&mut out, depth);
                out.push_str("</outline>\n");
            }
            Step::Feed(at) => {
                if let Some(feed) = feeds.get(at) {
                    indent(&mut out, depth);
                    push_feed(&mut out, feed, &root);
                }
            }
        }
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

/// The feed as reading would give it; `None` without an address.
fn tidy(feed: &OpmlFeed) -> Option<OpmlFeed> {
    let url = Some(line(&feed.url)).filter(|url| !url.is_empty())?;
    let fill = |text: &String| filled(text);
    let (mut kept, mut kind, mut title) = (Kept::default(), None, None);
    for (name, value) in &feed.attributes {
        match role(name) {
            Role::Address(0) | Role::Text | Role::Category => {}
            Role::Title => title = filled(value).or(title),
            Role::Type => kind = filled(value).or(kind),
            Role::Page => {
                if let Some(page) = filled(value) {
                    kept.keep("htmlUrl", page, None);
                }
            }
            Role::Address(_) | Role::TypedAddress(_) | Role::Other => {
                let prefix = name.split_once(':').map(|(prefix, _)| prefix);
                let uri = prefix.map(|prefix| meaning(&feed.attributes, prefix));
                kept.keep(name, short_line(value), uri.as_deref());
            }
        }
    }
    let names = names(Some(&url), feed.title.as_ref().and_then(fill), title);
    let path = |path: &Vec<String>| path.iter().filter_map(fill).take(MAX_FOLDERS).collect();
    Some(OpmlFeed {
        url,
        title: names.name,
        folders: feed.folders.iter().map(path).collect(),
        tags: feed.tags.iter().filter_map(fill).collect(),
        attributes: kept.finish(kind, names.other_title),
    })
}

/// What the root declares: each prefix as the first feed that has it means it.
fn root_prefixes(feeds: &[OpmlFeed]) -> HashMap<&str, String> {
    let mut root = HashMap::new();
    for feed in feeds {
        for prefix in prefixes(feed) {
            if root.len() < MAX_ROOT_PREFIXES && !root.contains_key(prefix) {
                root.insert(prefix, meaning(&feed.attributes, prefix));
            }
        }
    }
    if feeds
        .iter()
        .any(|feed| own_tags(&categories(feed)).is_some())
    {
        root.insert(OWN_PREFIX, OWN_SPACE.to_owned());
    }
    root
}

/// The prefixes that need a declaration.
fn prefixes(feed: &OpmlFeed) -> impl Iterator<Item = &str> {
    feed.attributes
        .iter()
        .filter_map(|(name, _)| Some(name.split_once(':')?.0))
        .filter(|prefix| !matches!(*prefix, "xmlns" | "xml"))
}

/// The tags that are no folders.
fn categories(feed: &OpmlFeed) -> Vec<&str> {
    let folders: HashSet<&String> = feed.folders.iter().flatten().collect();
    feed.tags
        .iter()
        .filter(|tag| !folders.contains(tag))
        .map(String::as_str)
        .collect()
}

/// The value of `feedmill:tags`, where `category` does not do.
fn own_tags(categories: &[&str]) -> Option<String> {
    if categories.iter().all(|tag| is_plain_category(tag)) {
        return None;
    }
    serde_json::to_string(categories).ok()
}

fn push_feed(out: &mut String, feed: &OpmlFeed, root: &HashMap<&str, String>) {
    let attribute = |wanted: &str| {
        feed.attributes
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    };
    let title = feed.title.as_deref();
    out.push_str("<outline");
    push(out, "type", attribute("type").unwrap_or("rss"));
    push(out, "text", title.unwrap_or(&feed.url));
    if let Some(title) = attribute("title").or(title) {
        push(out, "title", title);
    }
    push(out, "xmlUrl", &feed.url);
    let categories = categories(feed);
    let plain: Vec<&str> = categories
        .iter()
        .copied()
        .filter(|tag| is_plain_category(tag))
        .collect();
    if !plain.is_empty() {
        push(out, "category", &plain.join(","));
    }
    if let Some(tags) = own_tags(&categories) {
        push(out, &format!("{OWN_PREFIX}:{OWN_TAGS}"), &tags);
    }
    push_others(out, feed, root);
    out.push_str("/>\n");
}

fn push_others(out: &mut String, feed: &OpmlFeed, root: &HashMap<&str, String>) {
    let mut declared: HashSet<&str> = HashSet::new();
    for prefix in prefixes(feed) {
        let uri = meaning(&feed.attributes, prefix);
        if root.get(prefix) != Some(&uri) && declared.insert(prefix) {
            push(out, &format!("xmlns:{prefix}"), &uri);
        }
    }
    for (name, value) in &feed.attributes {
        if !matches!(name.as_str(), "type" | "title") && !name.starts_with("xmlns:") {
            push(out, name, value);
        }
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn push(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    if let Some(start) = value.strip_suffix('=') {
        // A reader that mends lost quotes could take ` name="` at the end for the next attribute.
        out.push_str(&escape_quoted(start));
        out.push_str("&#61;");
    } else {
        out.push_str(&escape_quoted(value));
    }
    out.push('"');
}
