//! The value of a text field: as HTML, or as one line of plain text.

use std::borrow::Cow;

use ::url::Url;

use super::absolute::{absolute_address, absolute_links};
use super::base64;
use super::complaint::{Complaint, Complaints};
use super::names::Space;
use super::role::is_void;
use super::title::{one_line, title_text};
use super::tree::{Kind, NodeId, Tree};

/// A tree with what it takes to read values from it.
pub(super) struct Values<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) complaints: &'t mut Complaints,
    /// Where relative addresses start when the document says nothing.
    pub(super) fallback_base: Option<&'t Url>,
}

enum Text<'t> {
    Html(Cow<'t, str>),
    Plain(Cow<'t, str>),
}

impl<'t> Values<'t, '_> {
    /// The base in force at an element.
    pub(super) fn base(&self, node: NodeId) -> Option<&'t Url> {
        self.tree
            .element(node)
            .and_then(|element| element.base.as_deref())
            .or(self.fallback_base)
    }

    /// The text of a field that holds no markup, trimmed; `None` when nothing is left.
    pub(super) fn word(&self, node: NodeId) -> Option<String> {
        trimmed(self.tree.text(node))
    }

    /// The field as it is written, its markup included: for identities.
    pub(super) fn source_text(&self, node: NodeId) -> Option<String> {
        if !self.tree.has_elements(node) {
            return self.word(node);
        }
        trimmed(Cow::Owned(self.serialise(node, false)))
    }

    /// The field as HTML with absolute links; `None` when it is empty.
    pub(super) fn html(&mut self, node: NodeId) -> Option<String> {
        let html = match self.text(node) {
            Text::Html(html) => {
                let html = self.unescaped(html);
                match absolute_links(&html, self.base(node)) {
                    Cow::Borrowed(_) => html,
                    Cow::Owned(mended) => Cow::Owned(mended),
                }
            }
            Text::Plain(text) => Cow::Owned(escape(&text).into_owned()),
        };
        trimmed(html)
    }

    /// The field as one line of plain text; `None` when it is empty.
    pub(super) fn line(&mut self, node: NodeId) -> Option<String> {
        let text = match self.text(node) {
            Text::Html(html) => title_text(&html),
            Text::Plain(text) => crate::text::unescape(&text).into_owned(),
        };
        let line = one_line(&text);
        // A title of no-break spaces alone is none.
        (!line.trim().is_empty()).then_some(line)
    }

    /// HTML that was escaped once too often, unescaped.
    fn unescaped(&mut self, html: Cow<'t, str>) -> Cow<'t, str> {
        if !is_escaped_twice(&html) {
            return html;
        }
        self.complaints.note(Complaint::DoublyEscaped);
        Cow::Owned(crate::text::unescape(&html).into_owned())
    }

    fn text(&mut self, node: NodeId) -> Text<'t> {
        let Some(element) = self.tree.element(node) else {
            return Text::Plain(Cow::Borrowed(""));
        };
        let media_type = element.filled("type").map(|value| {
            value
                .split(';')
                .next()
                .unwrap_or(value)
                .trim()
                .to_ascii_lowercase()
        });
        let mode = element.filled("mode").map(str::to_ascii_lowercase);
        let is_atom = element.space == Space::Atom;
        let is_xhtml = media_type
            .as_deref()
            .is_some_and(|kind| kind.contains("xhtml"))
            || mode.as_deref() == Some("xml");
        if self.tree.has_elements(node) {
            if !is_atom {
                self.complaints.note(Complaint::NakedMarkup);
            }
            return Text::Html(Cow::Owned(self.markup(node, is_xhtml)));
        }
        let text = self.tree.text(node);
        // CDF may say it in an attribute.
        if let Some(value) = element.filled("value").filter(|_| text.trim().is_empty()) {
            return Text::Html(Cow::Borrowed(value));
        }
        if mode.as_deref() == Some("base64")
            || (is_atom && mode.is_none() && media_type.as_deref().is_some_and(is_binary))
        {
            match base64::decode(&text) {
                Some(decoded) if media_type.as_deref() == Some("text/plain") => {
                    return Text::Plain(Cow::Owned(decoded));
                }
                Some(decoded) => return Text::Html(Cow::Owned(decoded)),
                // A picture or a sound is no text, and needs no complaint.
                None if media_type.as_deref().is_some_and(is_medium) => {
                    return Text::Plain(Cow::Borrowed(""));
                }
                None => self.complaints.note(Complaint::BadBase64),
            }
        }
        if !is_atom {
            return Text::Html(text);
        }
        match media_type.as_deref() {
            Some("text" | "text/plain") | None if !looks_like_html(&text) => Text::Plain(text),
            Some("text") => Text::Plain(text),
            Some(_) | None => Text::Html(text),
        }
    }

    /// The markup below a node as HTML; the `div` that Atom wraps round XHTML is left out.
    fn markup(&self, node: NodeId, is_xhtml: bool) -> String {
        let mut inside = node;
        let mut children = self
            .tree
            .children(node)
            .filter(|&child| !self.is_blank(child));
        if let (Some(only), None) = (children.next(), children.next())
            && is_xhtml
            && self
                .tree
                .element(only)
                .is_some_and(|element| element.name == "div")
        {
            inside = only;
        }
        self.serialise(inside, is_xhtml)
    }

    fn is_blank(&self, node: NodeId) -> bool {
        match self.tree.kind(node) {
            Some(Kind::Text(text)) => text.trim().is_empty(),
            Some(Kind::Raw(raw)) => raw.trim().is_empty(),
            Some(Kind::Element(_)) | None => false,
        }
    }

    fn serialise(&self, node: NodeId, is_xhtml: bool) -> String {
        let mut out = String::new();
        let mut open: Vec<(NodeId, &str)> = Vec::new();
        let end = self.tree.end(node);
        for id in node + 1..end {
            close_until(&mut open, id, &mut out);
            match self.tree.kind(id) {
                Some(Kind::Text(text)) => out.push_str(&escape(text)),
                // CDATA inside naked markup is how RSS writes HTML; inside XHTML it is text.
                Some(Kind::Raw(raw)) if is_xhtml => out.push_str(&escape(raw)),
                Some(Kind::Raw(raw)) => out.push_str(raw),
                Some(Kind::Element(element)) => {
                    out.push('<');
                    out.push_str(&element.name);
                    for (name, value) in &element.attributes {
                        self.push_attribute(id, name, value, &mut out);
                    }
                    out.push('>');
                    if !is_void(&element.name) {
                        open.push((self.tree.end(id), &element.name));
                    }
                }
                None => {}
            }
        }
        close_until(&mut open, end, &mut out);
        out
    }

    fn push_attribute(&self, node: NodeId, name: &str, value: &str, out: &mut String) {
        let local = name.rsplit(':').next().unwrap_or(name);
        if name.starts_with("xml:") {
            return;
        }
        let value = absolute_address(local, value, self.base(node));
        out.push(' ');
        out.push_str(local);
        out.push_str("=\"");
        out.push_str(&escape_quoted(&value));
        out.push('"');
    }
}

/// The text without white space around it; `None` when nothing is left.
fn trimmed(text: Cow<'_, str>) -> Option<String> {
    let inside = text.trim();
    if inside.is_empty() {
        return None;
    }
    Some(if inside.len() == text.len() {
        text.into_owned()
    } else {
        inside.to_owned()
    })
}

fn close_until(open: &mut Vec<(NodeId, &str)>, id: NodeId, out: &mut String) {
    while let Some(&(end, name)) = open.last()
        && end <= id
    {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
        open.pop();
    }
}

/// Plain text as HTML.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Plain text as the value of an attribute in double quotes.
pub(super) fn escape_quoted(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}

/// Whether content of this media type is base64 (RFC 4287, 4.1.3.3): whatever is neither text nor
/// XML.
fn is_binary(media_type: &str) -> bool {
    media_type.contains('/')
        && !media_type.starts_with("text/")
        && !media_type.ends_with("xml")
        && !media_type.ends_with("html")
        && !media_type.ends_with("json")
}

/// Whether HTML has no tag of its own but begins with an escaped one and has the end of one: a text about
/// HTML begins otherwise.
fn is_escaped_twice(html: &str) -> bool {
    let after = html.trim_start().strip_prefix("&lt;");
    after.is_some_and(|after| after.starts_with(|c: char| c.is_ascii_alphabetic()))
        && !html.contains('<')
        && html.contains("&lt;/")
        && looks_like_html(&crate::text::unescape(html))
}

fn is_medium(media_type: &str) -> bool {
    ["image/", "audio/", "video/"]
        .iter()
        .any(|kind| media_type.starts_with(kind))
}

/// Whether a text that claims to be plain is HTML: it has a paired tag or a line break that HTML
/// knows. Many Atom feeds forget `type="html"`.
fn looks_like_html(text: &str) -> bool {
    const SIGNS: &[&str] = &[
        "</p>",
        "</a>",
        "<br",
        "</div>",
        "</b>",
        "</i>",
        "</em>",
        "</strong>",
        "</span>",
        "</li>",
        "<img ",
        "<p>",
        "</blockquote>",
        "</h2>",
        "</code>",
        "</pre>",
    ];
    text.contains('<') && SIGNS.iter().any(|sign| text.contains(sign))
}
