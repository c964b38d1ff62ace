//! The one parse of a page, and the text of a fragment.

use ego_tree::Tree;
use html5ever::{
    driver::{self, ParseOpts},
    tendril::TendrilSink as _,
};
use scraper::{Html, HtmlTreeSink, Node};

use super::{HtmlLimits, fragment_view, gate_html};
use crate::text::{CleanText, unescape};

/// Parses a page behind the gate; always gives a tree.
pub fn parse_html(html: &str, limits: HtmlLimits) -> Html {
    let html = gate_html(html, limits);
    let mut empty = Html::new_document();
    // Room for the nodes at once: a tree that grows is copied a dozen times.
    empty.tree = Tree::with_capacity(
        Node::Document,
        (html.len() / BYTES_PER_NODE).min(MOST_NODES),
    );
    driver::parse_document(HtmlTreeSink::new(empty), ParseOpts::default()).one(&*html)
}

/// Room that is made: an element with its class and a few words is about this long. A wrong guess
/// costs a copy or a little memory.
const BYTES_PER_NODE: usize = 32;
/// A large page may be one long text.
const MOST_NODES: usize = 16_384;

/// Elements of a fragment: a feed has many of them.
const FRAGMENT_ELEMENTS: usize = 20_000;

/// The paragraphs of an HTML fragment such as a feed's summary or content.
///
/// The same rules as for a page's text: lists with a dash, tables as rows, line breaks kept; nothing
/// is judged or left out, save what is never text or not shown. Plain text passes unharmed, with its
/// character references decoded.
pub fn html_to_text(fragment: &str, limits: HtmlLimits) -> CleanText {
    if !has_markup(fragment) {
        return CleanText::from_raw(&unescape(fragment));
    }
    let limits = HtmlLimits {
        elements: limits.elements.min(FRAGMENT_ELEMENTS),
        ..limits
    };
    let document = Html::parse_fragment(&gate_html(fragment, limits));
    let view = fragment_view(&document);
    view.text(|index| view.blocks.get(index).is_some_and(|block| !block.is_hidden))
}

fn has_markup(fragment: &str) -> bool {
    fragment.split('<').skip(1).any(|behind| {
        behind
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?'))
    })
}
