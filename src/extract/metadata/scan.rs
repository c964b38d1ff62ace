//! One walk over the tree that gathers everything the fields are chosen from.

use ego_tree::{NodeId, iter::Edge};
use scraper::{Html, Node, node::Element};

use super::{
    asides::Asides,
    marks::{self, Marks},
};

/// Text kept of one block: bylines, dates, headlines and label lines are shorter.
const LINE_BYTES: usize = 700;
/// Text kept of a page, in bytes; what lies beyond is no metadata.
const TEXT_BYTES: usize = 1_000_000;
/// Things of one kind kept of a page; real pages stay far below.
const MAX_ITEMS: usize = 4_000;
/// JSON-LD kept of one page, in bytes.
const LD_BYTES: usize = 2_000_000;

/// What a marked element is likely to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `h1`.
    Headline,
    /// `h2` to `h6`.
    Heading,
    /// Marked as author or byline.
    Author,
    /// `rel=author`.
    AuthorLink,
    /// A link to a page about an author, by its address.
    AuthorPage,
    /// `itemprop=author`, or inside one `itemprop=name`.
    AuthorItem,
    /// `itemprop=name`.
    NameItem,
    /// `<time>`, or marked as a date.
    Time,
    /// Marked as the date of a change.
    Updated,
    /// A link to a tag.
    Tag,
    /// Marked as dek.
    Dek,
    /// `itemprop=headline`, or a class of that name.
    TitleMark,
}

/// A marked element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit<'a> {
    pub(super) kind: Kind,
    pub(super) element: &'a Element,
    pub(super) node: NodeId,
    /// Its text, as a range of [`Scan::text`].
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One block's text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The element around its first text.
    pub(super) node: NodeId,
}

/// A `meta` element, by whatever attribute it is named.
#[derive(Debug, Clone)]
pub(super) struct Meta<'a> {
    /// Lower case.
    pub(super) name: String,
    pub(super) content: &'a str,
}

/// Everything gathered, in document order.
#[derive(Debug, Default)]
pub(super) struct Scan<'a> {
    /// The page's visible text, one line a block, long blocks cut.
    pub(super) text: String,
    pub(super) lines: Vec<Line>,
    pub(super) hits: Vec<Hit<'a>>,
    /// Navigation, footers, comments, lists of other articles, hidden parts.
    pub(super) asides: Asides,
    pub(super) metas: Vec<Meta<'a>>,
    pub(super) ld: Vec<&'a str>,
    pub(super) title: Option<&'a str>,
    pub(super) canonical: Option<&'a str>,
    pub(super) language: Option<&'a str>,
}

impl Scan<'_> {
    /// Text of a range.
    pub(super) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default().trim()
    }
}

/// Walks the tree once.
pub(super) fn scan(document: &Html) -> Scan<'_> {
    let mut walk = Walk::default();
    let mut skipped: Option<NodeId> = None;
    for edge in document.tree.root().traverse() {
        match edge {
            Edge::Open(node) if skipped.is_none() => {
                if let Node::Text(text) = node.value() {
                    walk.text(text, node.parent().map(|parent| parent.id()));
                } else if let Node::Element(element) = node.value() {
                    let child = node
                        .first_child()
                        .and_then(|child| child.value().as_text())
                        .map(|text| &**text);
                    if walk.open(element, node.id(), child) == Visit::Skip {
                        skipped = Some(node.id());
                    }
                }
            }
            Edge::Close(node) => {
                if skipped == Some(node.id()) {
                    skipped = None;
                } else if skipped.is_none()
                    && let Node::Element(element) = node.value()
                {
                    walk.close(element, node.id());
                }
            }
            Edge::Open(_) => {}
        }
    }
    walk.end_line();
    walk.scan
}

#[derive(PartialEq, Eq)]
enum Visit {
    Enter,
    Skip,
}

#[derive(Default)]
struct Walk<'a> {
    scan: Scan<'a>,
    /// Open hits: index into `scan.hits`, and the node that closes them.
    open: Vec<(usize, NodeId)>,
    /// Elements that began an aside, with where their text starts.
    asides: Vec<(NodeId, usize)>,
    line_start: usize,
    line_node: Option<NodeId>,
    ld_bytes: usize,
    /// The last thing seen was the edge of an element that stands apart in a line.
    is_gap: bool,
}

impl<'a> Walk<'a> {
    fn open(&mut self, element: &'a Element, node: NodeId, child: Option<&'a str>) -> Visit {
        let name = element.name();
        match name {
            "meta" => self.meta(element),
            "link" => self.link(element),
            "title" => {
                if self.scan.title.is_none() {
                    self.scan.title = child;
                }
                return Visit::Skip;
            }
            "script" => {
                self.script(element, child);
                return Visit::Skip;
            }
            "style" | "noscript" | "template" | "svg" | "textarea" | "select" | "iframe"
            | "object" | "math" => return Visit::Skip,
            "html" => {
                self.scan.language = element.attr("lang").or_else(|| element.attr("xml:lang"));
            }
            _ => {}
        }
        let marks = marks::of(element);
        if is_block(name) {
            self.end_line();
        } else if is_apart(name) {
            self.is_gap = true;
        }
        let is_aside = match name {
            "body" | "html" | "article" | "main" => false,
            "nav" | "aside" => true,
            "footer" => self.asides.is_empty(),
            _ => marks.has(Marks::ASIDE) || marks.has(Marks::HIDDEN),
        };
        if is_aside {
            self.asides.push((node, self.scan.text.len()));
        }
        self.hits(element, node, marks);
        Visit::Enter
    }

    fn close(&mut self, element: &Element, node: NodeId) {
        while let Some((index, owner)) = self.open.last().copied()
            && owner == node
        {
            self.open.pop();
            let end = self.scan.text.len();
            if let Some(hit) = self.scan.hits.get_mut(index) {
                hit.end = end;
            }
        }
        let name = element.name();
        if is_block(name) {
            self.end_line();
        } else if is_apart(name) {
            self.is_gap = true;
        }
        if let Some((owner, start)) = self.asides.last().copied()
            && owner == node
        {
            self.asides.pop();
            self.scan.asides.add(start, self.scan.text.len());
        }
    }

    fn hits(&mut self, element: &'a Element, node: NodeId, marks: Marks) {
        let name = element.name();
        if marks == Marks::default()
            && !matches!(
                name,
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "time" | "address"
            )
        {
            return;
        }
        let kinds = [
            (name == "h1", Kind::Headline),
            (
                matches!(name, "h2" | "h3" | "h4" | "h5" | "h6"),
                Kind::Heading,
            ),
            (marks.has(Marks::AUTHOR_ITEM), Kind::AuthorItem),
            (marks.has(Marks::NAME_ITEM), Kind::NameItem),
            (marks.has(Marks::AUTHOR_LINK), Kind::AuthorLink),
            (marks.has(Marks::AUTHOR_PAGE), Kind::AuthorPage),
            (marks.has(Marks::AUTHOR) || name == "address", Kind::Author),
            (marks.has(Marks::UPDATED), Kind::Updated),
            (
                name == "time" || (marks.has(Marks::DATE) && !marks.has(Marks::UPDATED)),
                Kind::Time,
            ),
            (marks.has(Marks::TAG_LINK), Kind::Tag),
            (marks.has(Marks::DEK), Kind::Dek),
            (marks.has(Marks::TITLE), Kind::TitleMark),
        ];
        for (is_hit, kind) in kinds {
            if !is_hit || self.scan.hits.len() >= MAX_ITEMS {
                continue;
            }
            let at = self.scan.text.len();
            self.open.push((self.scan.hits.len(), node));
            self.scan.hits.push(Hit {
                kind,
                element,
                node,
                start: at,
                end: at,
            });
        }
    }

    fn meta(&mut self, element: &'a Element) {
        let Some(content) = element.attr("content").or_else(|| element.attr("value")) else {
            return;
        };
        for key in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = element.attr(key)
                && self.scan.metas.len() < MAX_ITEMS
            {
                let name = name.trim().to_ascii_lowercase();
                // Some frameworks print the script as a meta element.
                if name.ends_with("ld+json") {
                    self.add_ld(content);
                }
                self.scan.metas.push(Meta { name, content });
            }
        }
    }

    fn link(&mut self, element: &'a Element) {
        let is_canonical = element.attr("rel").is_some_and(|rel| {
            rel.split_ascii_whitespace()
                .any(|rel| rel.eq_ignore_ascii_case("canonical"))
        });
        if is_canonical && self.scan.canonical.is_none() {
            self.scan.canonical = element.attr("href");
        }
    }

    fn script(&mut self, element: &'a Element, child: Option<&'a str>) {
        let is_ld = element
            .attr("type")
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"));
        if let Some(text) = child
            && is_ld
        {
            self.add_ld(text);
        }
    }

    fn add_ld(&mut self, text: &'a str) {
        if self.ld_bytes + text.len() <= LD_BYTES {
            self.ld_bytes += text.len();
            self.scan.ld.push(text);
        }
    }

    fn text(&mut self, text: &str, parent: Option<NodeId>) {
        let line_len = self.scan.text.len() - self.line_start;
        if line_len > LINE_BYTES || self.scan.text.len() > TEXT_BYTES {
            return;
        }
        let is_start = text.starts_with(char::is_whitespace) || self.is_gap;
        let mut words = text.split_whitespace();
        let Some(first) = words.next() else {
            self.is_gap = true;
            return;
        };
        let out = &mut self.scan.text;
        if out.len() == self.line_start {
            self.line_node = parent;
        } else if is_start {
            out.push(' ');
        }
        out.push_str(first);
        let start = out.len();
        for word in words {
            out.push(' ');
            out.push_str(word);
            if out.len() > start + LINE_BYTES {
                break;
            }
        }
        self.is_gap = text.ends_with(char::is_whitespace);
    }

    fn end_line(&mut self) {
        let end = self.scan.text.len();
        self.is_gap = false;
        if end > self.line_start {
            self.scan.text.push('\n');
            self.scan.lines.extend(self.line_node.map(|node| Line {
                start: self.line_start,
                end,
                node,
            }));
        }
        self.line_start = self.scan.text.len();
    }
}

/// Elements whose edges do not end a line.
fn is_block(name: &str) -> bool {
    !matches!(
        name,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "nobr"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "img"
            | "picture"
            | "source"
            | "meta"
            | "link"
            | "input"
            | "strike"
            | "acronym"
            | "button"
    )
}

/// Inline elements that sites set apart by style, not by a space: `<span>By</span><a>Ann</a>`.
fn is_apart(name: &str) -> bool {
    matches!(
        name,
        "a" | "span" | "time" | "label" | "cite" | "img" | "data" | "button"
    )
}
