//! Writing.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::super::value::escape_quoted;
use super::folders::{self, Step};
use super::name::{
    Kept, OWN_PREFIX, OWN_SPACE, OWN_TAGS, Role, Spaces, is_feed_type, meaning, names, role,
};
use super::{
    MAX_FOLDERS, OpmlFeed, OpmlFolder, OpmlList, filled, is_plain_category, line, short_line,
};

/// Most prefixes declared at the root; further ones are where they are used.
const MAX_ROOT_PREFIXES: usize = 50;

/// Writes a subscription list (OPML 2.0, with namespaces) that [`read()`](super::read()) gives back
/// unchanged.
///
/// A feed stands in each of its folders, folders inside each other, those of one folder together.
/// Tags that are no folders are its `category`; where one holds a comma or a slash, all of them
/// also stand in `feedmill:tags` as a JSON array. A feed without a name has its address as `text`.
/// Folders in which no feed stands come last in their own folder.
pub fn write(title: &str, list: &OpmlList, now: DateTime<Utc>) -> String {
    let list = folders::in_order(OpmlList {
        feeds: list.feeds.iter().filter_map(tidy).collect(),
        folders: list.folders.iter().filter_map(tidy_folder).collect(),
    });
    let mut writer = Writer::default();
    let out = &mut writer.out;
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\"");
    let root = root_prefixes(&list);
    let mut declared: Vec<(&str, String)> = root.into_iter().collect();
    declared.sort_unstable();
    for (prefix, uri) in declared {
        push(out, &format!("xmlns:{prefix}"), &uri);
        writer.spaces.declare(prefix, uri);
    }
    out.push_str(">\n  <head>\n    <title>");
    out.push_str(&escape_quoted(&line(title)));
    out.push_str("</title>\n    <dateCreated>");
    out.push_str(&now.to_rfc2822());
    out.push_str("</dateCreated>\n  </head>\n  <body>\n");
    for step in folders::walk(&list.feeds, &list.folders) {
        match step {
            Step::Open(name, at) => {
                let listed = at.and_then(|at| list.folders.get(at));
                writer.open(name, listed.map_or(&[], |folder| &folder.attributes));
            }
            Step::Close => writer.close(),
            Step::Feed(at) => {
                if let Some(feed) = list.feeds.get(at) {
                    writer.feed(feed);
                }
            }
        }
    }
    writer.out.push_str("  </body>\n</opml>\n");
    writer.out
}

/// The feed as reading would give it; `None` without an address.
fn tidy(feed: &OpmlFeed) -> Option<OpmlFeed> {
    let url = Some(line(&feed.url)).filter(|url| !url.is_empty())?;
    let fill = |text: &String| filled(text);
    let tidied = Tidied::of(&feed.attributes, |role, _| role != Role::Category);
    let name = feed.title.as_ref().and_then(fill);
    let names = names(Some(&url), name, tidied.title);
    let path = |path: &Vec<String>| path.iter().filter_map(fill).take(MAX_FOLDERS).collect();
    Some(OpmlFeed {
        url,
        title: names.name,
        folders: feed.folders.iter().map(path).collect(),
        tags: feed.tags.iter().filter_map(fill).collect(),
        attributes: tidied.kept.finish(tidied.kind, names.other_title, true),
    })
}

/// The folder as reading would give it; `None` without a name, or where it stands too deep.
fn tidy_folder(folder: &OpmlFolder) -> Option<OpmlFolder> {
    let path: Vec<String> = folder.path.iter().filter_map(|name| filled(name)).collect();
    let name = Some(path.last()?.clone()).filter(|_| path.len() <= MAX_FOLDERS)?;
    let is_typed = folder
        .attributes
        .iter()
        .any(|(name, value)| role(name) == Role::Type && is_feed_type(value));
    // What would make it a feed cannot stand.
    let tidied = Tidied::of(&folder.attributes, |role, value| match role {
        Role::Address(_) => line(value).is_empty(),
        Role::TypedAddress(_) => !is_typed || line(value).is_empty(),
        Role::Text | Role::Title | Role::Category | Role::Type | Role::Page | Role::Other => true,
    });
    let names = names(None, Some(name), tidied.title);
    Some(OpmlFolder {
        path,
        attributes: tidied.kept.finish(tidied.kind, names.other_title, false),
    })
}

/// The attributes of an outline, sorted out.
#[derive(Debug, Default)]
struct Tidied {
    kept: Kept,
    kind: Option<String>,
    title: Option<String>,
}

impl Tidied {
    fn of(attributes: &[(String, String)], may_stand: impl Fn(Role, &str) -> bool) -> Self {
        let mut tidied = Self::default();
        for (name, value) in attributes {
            let role = role(name);
            match role {
                Role::Address(0) | Role::Text => {}
                Role::Title => tidied.title = filled(value).or(tidied.title),
                Role::Type => tidied.kind = filled(value).or(tidied.kind),
                Role::Page => {
                    if let Some(page) = filled(value) {
                        tidied.kept.keep("htmlUrl", page, None);
                    }
                }
                Role::Address(_) | Role::TypedAddress(_) | Role::Category | Role::Other => {
                    if may_stand(role, value) {
                        let prefix = name.split_once(':').map(|(prefix, _)| prefix);
                        let uri = prefix.map(|prefix| meaning(attributes, prefix));
                        tidied.kept.keep(name, short_line(value), uri.as_deref());
                    }
                }
            }
        }
        tidied
    }
}

/// What the root declares: each prefix as the first feed that has it means it, else the first
/// folder.
fn root_prefixes(list: &OpmlList) -> HashMap<&str, String> {
    let of_feeds = list.feeds.iter().map(|feed| &feed.attributes);
    let of_folders = list.folders.iter().map(|folder| &folder.attributes);
    let mut root = HashMap::new();
    for attributes in of_feeds.chain(of_folders) {
        for prefix in prefixes(attributes) {
            if root.len() < MAX_ROOT_PREFIXES && !root.contains_key(prefix) {
                root.insert(prefix, meaning(attributes, prefix));
            }
        }
    }
    let has_own_tags = |feed: &OpmlFeed| own_tags(&categories(feed)).is_some();
    if list.feeds.iter().any(has_own_tags) {
        root.insert(OWN_PREFIX, OWN_SPACE.to_owned());
    }
    root
}

/// The prefixes that need a declaration.
fn prefixes(attributes: &[(String, String)]) -> impl Iterator<Item = &str> {
    attributes
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

/// What is written so far, and what is open at its end.
#[derive(Debug, Default)]
struct Writer<'a> {
    out: String,
    spaces: Spaces<'a>,
    /// For each open folder the prefixes that it declares.
    open: Vec<Vec<&'a str>>,
}

impl<'a> Writer<'a> {
    fn open(&mut self, name: &str, attributes: &'a [(String, String)]) {
        self.indent();
        self.out.push_str("<outline");
        if let Some(kind) = value_of(attributes, "type") {
            push(&mut self.out, "type", kind);
        }
        push(&mut self.out, "text", name);
        let title = value_of(attributes, "title").unwrap_or(name);
        push(&mut self.out, "title", title);
        let declared = self.others(attributes);
        self.open.push(declared);
        self.out.push_str(">\n");
    }

    fn close(&mut self) {
        if let Some(declared) = self.open.pop() {
            self.spaces.forget(&declared);
        }
        self.indent();
        self.out.push_str("</outline>\n");
    }

    fn feed(&mut self, feed: &'a OpmlFeed) {
        self.indent();
        let out = &mut self.out;
        let title = feed.title.as_deref();
        out.push_str("<outline");
        push(
            out,
            "type",
            value_of(&feed.attributes, "type").unwrap_or("rss"),
        );
        push(out, "text", title.unwrap_or(&feed.url));
        if let Some(title) = value_of(&feed.attributes, "title").or(title) {
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
        let declared = self.others(&feed.attributes);
        self.spaces.forget(&declared);
        self.out.push_str("/>\n");
    }

    /// The further attributes, after declarations of the prefixes that mean something else here;
    /// which these are.
    fn others(&mut self, attributes: &'a [(String, String)]) -> Vec<&'a str> {
        let mut declared = Vec::new();
        for prefix in prefixes(attributes) {
            let uri = meaning(attributes, prefix);
            if self.spaces.get(prefix) != Some(uri.as_str()) {
                push(&mut self.out, &format!("xmlns:{prefix}"), &uri);
                self.spaces.declare(prefix, uri);
                declared.push(prefix);
            }
        }
        for (name, value) in attributes {
            if !matches!(name.as_str(), "type" | "title") && !name.starts_with("xmlns:") {
                push(&mut self.out, name, value);
            }
        }
        declared
    }

    fn indent(&mut self) {
        let depth = self.open.len() + 2;
        self.out.extend(std::iter::repeat_n("  ", depth));
    }
}

/// The value of an attribute.
fn value_of<'a>(attributes: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.as_str())
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
