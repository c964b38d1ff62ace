//! The one parse of a page, and the text of a fragment.

use super::{HtmlLimits, fragment_view, gate_html};
use crate::text::{CleanText, unescape};

/// Parses a page behind the gate; always gives a tree.
pub fn parse_html(html: &str, limits: HtmlLimits) -> scraper::Html {
    scraper::Html::parse_document(&gate_html(html, limits))
}

/// The paragraphs of an HTML fragment such as a feed's summary or content.
///
/// The same rules as for a page's text: lists with a dash, tables as rows, line breaks kept; nothing
/// is judged or left out, save what is never text or not shown. Plain text passes unharmed, with its
/// character references decoded.
pub fn html_to_text(fragment: &str, limits: HtmlLimits) -> CleanText {
    if !has_markup(fragment) {
        return CleanText::from_raw(&unescape(fragment));
    }
    let document = scraper::Html::parse_fragment(&gate_html(fragment, limits));
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
