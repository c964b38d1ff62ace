//! One entry of an XML feed: each field by a chain of places, the best first.

use ::url::Url;
use chrono::{DateTime, Utc};

use crate::model::Entry;

use super::address::is_web;
use super::complaint::Complaints;
use super::date::read_date;
use super::identity::identity;
use super::link::{Link, links, page_link};
use super::names::Space;
use super::person::authors;
use super::role::Family;
use super::source::FeedLimits;
use super::tree::{Element, NodeId, Tree};
use super::value::Values;
use super::{category, media};

/// Most authors, categories or enclosures kept of an entry: no honest feed has more.
pub(super) const MAX_PARTS: usize = 200;

/// Title, best first.
const TITLE: &[(Space, &str)] = &[
    (Space::Plain, "title"),
    (Space::Atom, "title"),
    (Space::Dc, "title"),
    (Space::DcTerms, "title"),
    (Space::Media, "title"),
    (Space::Itunes, "title"),
    (Space::News, "title"),
    // CDF's link, where it has words.
    (Space::Plain, "a"),
];
const PUBLISHED: &[(Space, &str)] = &[
    (Space::Plain, "pubdate"),
    (Space::Atom, "published"),
    (Space::Atom, "issued"),
    (Space::DcTerms, "issued"),
    (Space::DcTerms, "created"),
    (Space::Atom, "created"),
    (Space::Plain, "published"),
    (Space::Dc, "date"),
    (Space::DcTerms, "date"),
    (Space::News, "publication_date"),
    (Space::Plain, "date"),
    (Space::Plain, "created"),
    (Space::Plain, "expirationdate"),
];
const UPDATED: &[(Space, &str)] = &[
    (Space::Atom, "updated"),
    (Space::Atom, "modified"),
    (Space::DcTerms, "modified"),
    (Space::Plain, "updated"),
    (Space::Plain, "modified"),
    (Space::Plain, "lastmod"),
    (Space::Plain, "lastbuilddate"),
    (Space::Sitemap, "lastmod"),
];
const SUMMARY: &[(Space, &str)] = &[
    (Space::Plain, "description"),
    (Space::Plain, "abstract"),
    (Space::Atom, "summary"),
    (Space::Plain, "summary"),
    (Space::Dc, "description"),
    (Space::DcTerms, "abstract"),
    (Space::Itunes, "summary"),
    (Space::Media, "description"),
    (Space::Media, "text"),
    (Space::Itunes, "subtitle"),
];
const CONTENT: &[(Space, &str)] = &[
    (Space::Content, "encoded"),
    (Space::Xhtml, "body"),
    (Space::Plain, "body"),
    (Space::Plain, "fulltext"),
    (Space::Plain, "fullitem"),
    (Space::Atom, "content"),
    (Space::Plain, "content"),
    (Space::Xhtml, "div"),
    (Space::Content, "content"),
];

/// What is said of rights, by an entry or a feed.
pub(super) const RIGHTS: &[(Space, &str)] = &[
    (Space::Dc, "rights"),
    (Space::DcTerms, "rights"),
    (Space::Atom, "rights"),
    (Space::Atom, "copyright"),
    (Space::Plain, "copyright"),
    (Space::Media, "copyright"),
];

/// What a video's entry says inside of its `media:group` or `media:content`.
const MEDIA_TITLE: &[(Space, &str)] = &[(Space::Media, "title")];
const MEDIA_TEXT: &[(Space, &str)] = &[(Space::Media, "description"), (Space::Media, "text")];

/// What an entry takes from its document.
pub(super) struct Surroundings<'s> {
    pub(super) family: Family,
    pub(super) limits: &'s FeedLimits,
    pub(super) fallback_base: Option<&'s Url>,
    pub(super) now: DateTime<Utc>,
}

/// Reads the entry at `node`.
pub(super) fn read_entry(
    tree: &Tree<'_>,
    complaints: &mut Complaints,
    node: NodeId,
    around: &Surroundings<'_>,
) -> Entry {
    let mut values = Values {
        tree,
        complaints,
        fallback_base: around.fallback_base,
    };
    let limits = around.limits;
    let links = links(&values, node, limits.link_bytes);
    let (published, published_raw) = date(&mut values, node, PUBLISHED, around.now);
    let (updated, _) = date(&mut values, node, UPDATED, around.now);
    // CDF keeps its date in an attribute.
    let last_modified = tree.element(node).and_then(|item| item.filled("lastmod"));
    let updated = updated.or_else(|| read_date(last_modified?, values.complaints, around.now));
    let mut entry = Entry {
        guid: String::new(),
        url: entry_url(&values, node, &links, around),
        title: first(&mut values, node, TITLE, Values::line)
            .or_else(|| first_in_media(&mut values, node, MEDIA_TITLE, Values::line)),
        authors: authors(&mut values, node),
        published,
        published_raw,
        updated,
        summary_html: first(&mut values, node, SUMMARY, Values::html)
            .or_else(|| first_in_media(&mut values, node, MEDIA_TEXT, Values::html)),
        content_html: first(&mut values, node, CONTENT, Values::html),
        enclosures: media::enclosures(&mut values, node, &links, limits),
        categories: category::categories(&mut values, node),
        language: language(&values, node),
        image_url: media::image(&values, node, limits),
        rights: first(&mut values, node, RIGHTS, Values::line),
    };
    if entry.authors.is_empty() && around.family == Family::Atom {
        entry.authors = source_authors(&mut values, node);
    }
    let given = given_id(&values, node, around.family);
    let rest = if given.is_none() && entry.url.is_none() {
        tree.text(node)
    } else {
        std::borrow::Cow::Borrowed("")
    };
    entry.guid = identity(given, &entry, &rest, limits.guid_bytes, complaints);
    entry
}

/// The value of the first place that has one.
pub(super) fn first<'t, 'a, T>(
    values: &mut Values<'t, 'a>,
    node: NodeId,
    places: &[(Space, &str)],
    read: impl Fn(&mut Values<'t, 'a>, NodeId) -> Option<T>,
) -> Option<T> {
    let fields = fields_at(values.tree, node, places);
    fields
        .into_iter()
        .find_map(|(_, child)| read(values, child))
}

/// The value of the first place inside the entry's media that has one.
fn first_in_media<'t, 'a, T>(
    values: &mut Values<'t, 'a>,
    node: NodeId,
    places: &[(Space, &str)],
    read: impl Fn(&mut Values<'t, 'a>, NodeId) -> Option<T>,
) -> Option<T> {
    const MEDIA: &[(Space, &str)] = &[(Space::Media, "group"), (Space::Media, "content")];
    let media = fields_at(values.tree, node, MEDIA);
    let mut groups = media.into_iter().take(MAX_PARTS);
    groups.find_map(|(_, group)| {
        let inner = fields_at(values.tree, group, MEDIA)
            .into_iter()
            .take(MAX_PARTS);
        let own = first(values, group, places, &read);
        own.or_else(|| {
            inner
                .into_iter()
                .find_map(|(_, content)| first(values, content, places, &read))
        })
    })
}

/// The child elements that stand at one of the places, in the order of the places, each with its
/// place.
fn fields_at(tree: &Tree<'_>, node: NodeId, places: &[(Space, &str)]) -> Vec<(usize, NodeId)> {
    let place_of = |(child, element): (NodeId, &Element<'_>)| {
        let place = places
            .iter()
            .position(|&(space, name)| element.is(space, name))?;
        Some((place, child))
    };
    let mut fields: Vec<(usize, NodeId)> = tree.elements(node).filter_map(place_of).collect();
    fields.sort_unstable();
    fields
}

/// The first date that is understood, and the first that is written.
pub(super) fn date(
    values: &mut Values<'_, '_>,
    node: NodeId,
    places: &[(Space, &str)],
    now: DateTime<Utc>,
) -> (Option<DateTime<Utc>>, Option<String>) {
    let mut raw = None;
    for (_, child) in fields_at(values.tree, node, places) {
        let Some(text) = values.word(child) else {
            continue;
        };
        if let Some(date) = read_date(&text, values.complaints, now) {
            return (Some(date), Some(kept(&text)));
        }
        raw = raw.or_else(|| Some(kept(&text)));
    }
    (None, raw)
}

/// A date as written, short enough to be kept.
fn kept(text: &str) -> String {
    let line = crate::text::clean_line(text);
    crate::text::cap(&line, 200).0.to_owned()
}

fn entry_url(
    values: &Values<'_, '_>,
    node: NodeId,
    links: &[Link],
    around: &Surroundings<'_>,
) -> Option<String> {
    let element = values.tree.element(node)?;
    let limit = around.limits.link_bytes;
    let of_text = |space: Space, name: &'static str| {
        let (child, _) = values.tree.named(node, space, name).next()?;
        super::address::address(&values.word(child)?, values.base(child), limit)
    };
    if around.family == Family::Sitemap {
        return of_text(Space::Plain, "loc").or_else(|| of_text(Space::Sitemap, "loc"));
    }
    let page = page_link(links);
    page.filter(|url| is_web(url))
        .map(str::to_owned)
        .or_else(|| super::address::address(element.filled("href")?, values.base(node), limit))
        .or_else(|| anchor(values, node, limit))
        .or_else(|| permalink(values, node, limit))
        .or_else(|| of_text(Space::Feedburner, "origlink"))
        .or_else(|| web_address(element.filled("about")?, limit))
        .or_else(|| web_address(&of_text(Space::Dc, "identifier")?, limit))
        .or_else(|| content_page(values, node, limit))
        .or_else(|| page.map(str::to_owned))
}

/// CDF's `<A HREF="…">`, or an address written inside of one.
fn anchor(values: &Values<'_, '_>, node: NodeId, limit_bytes: usize) -> Option<String> {
    let (child, element) = values.tree.named(node, Space::Plain, "a").next()?;
    let raw = element.filled("href").map(str::to_owned);
    let raw = raw.or_else(|| values.word(child))?;
    super::address::address(&raw, values.base(child), limit_bytes)
}

/// The page that Atom content stands in (`content src`, RFC 4287, 4.1.3.2), if it is one.
fn content_page(values: &Values<'_, '_>, node: NodeId, limit_bytes: usize) -> Option<String> {
    let (child, element) = values.tree.named(node, Space::Atom, "content").next()?;
    let is_page = element
        .filled("type")
        .is_none_or(|kind| kind.contains("html"));
    let raw = element.filled("src").filter(|_| is_page)?;
    super::address::address(raw, values.base(child), limit_bytes).filter(|url| is_web(url))
}

/// A guid that says it is the page's address, or does not deny it and looks like one.
fn permalink(values: &Values<'_, '_>, node: NodeId, limit_bytes: usize) -> Option<String> {
    let (child, guid) = values.tree.named(node, Space::Plain, "guid").next()?;
    let is_denied = guid
        .filled("ispermalink")
        .is_some_and(|value| value.eq_ignore_ascii_case("false") || value == "0");
    if is_denied {
        return None;
    }
    web_address(&values.word(child)?, limit_bytes)
}

fn web_address(raw: &str, limit_bytes: usize) -> Option<String> {
    let url = crate::url::resolve(raw, None)?;
    Some(String::from(url)).filter(|url| url.len() <= limit_bytes)
}

/// The identity that the entry gives itself.
fn given_id(values: &Values<'_, '_>, node: NodeId, family: Family) -> Option<String> {
    let of = |space: Space, name: &'static str| {
        values
            .tree
            .named(node, space, name)
            .find_map(|(child, _)| values.source_text(child))
    };
    let own = match family {
        Family::Atom => of(Space::Atom, "id"),
        Family::Rss | Family::Rdf | Family::Cdf | Family::Sitemap => {
            of(Space::Plain, "guid").or_else(|| of(Space::Atom, "id"))
        }
    };
    own.or_else(|| of(Space::Plain, "id")).or_else(|| {
        let about = values.tree.element(node)?.filled("about")?;
        Some(about.to_owned())
    })
}

fn language(values: &Values<'_, '_>, node: NodeId) -> Option<String> {
    let of = |space: Space| {
        let (child, _) = values.tree.named(node, space, "language").next()?;
        values.word(child)
    };
    let own = of(Space::Plain).or_else(|| of(Space::Dc));
    let inherited = values.tree.element(node)?.language.as_deref();
    own.or_else(|| inherited.map(str::to_owned))
        .filter(|language| language.len() <= 40)
}

/// Authors of the feed an entry was taken from (RFC 4287, 4.2.11).
fn source_authors(values: &mut Values<'_, '_>, node: NodeId) -> Vec<String> {
    let source = values.tree.named(node, Space::Atom, "source").next();
    match source {
        Some((source, _)) => authors(values, source),
        None => Vec::new(),
    }
}
