//! One line of plain text from a title that may hold HTML.

use super::token::split;

/// The text of a title.
///
/// Titles are the one field where nobody knows whether it is HTML: `<i>Emphasis</i>` is, `A<B` and
/// `Vec<u8>` are not. So only tags that HTML knows are taken for tags, the rest is text; references
/// are resolved once.
pub(super) fn title_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, from) = split(rest, at);
        out.push_str(&crate::text::unescape(before));
        rest = if let Some(tag) = tag(from) {
            if tag.is_break {
                out.push(' ');
            }
            tag.rest
        } else {
            out.push('<');
            split(from, 1).1
        };
    }
    out.push_str(&crate::text::unescape(rest));
    out
}

/// The text on one line: white space folded, controls and invisible spaces dropped, everything
/// that carries meaning (no-break spaces, joiners of emoji and Persian) kept as the feed has it.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_pending = false;
    for c in text.chars() {
        match c {
            ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                is_pending = !out.is_empty();
            }
            '\u{200b}' | '\u{2060}' | '\u{feff}' => {}
            c if c.is_control() => {}
            c => {
                if std::mem::take(&mut is_pending) {
                    out.push(' ');
                }
                out.push(c);
            }
        }
    }
    out
}

struct TitleTag<'a> {
    rest: &'a str,
    is_break: bool,
}

/// Reads a tag that HTML knows at the start of `from`.
fn tag(from: &str) -> Option<TitleTag<'_>> {
    if let Some(comment) = from.strip_prefix("<!--") {
        // Open comments and scripts reach to the end, as in HTML: that also keeps this linear.
        let end = comment.find("-->");
        let rest = end.and_then(|end| comment.get(end + 3..)).unwrap_or("");
        return Some(TitleTag {
            rest,
            is_break: false,
        });
    }
    let name_at = 1 + usize::from(from.starts_with("</"));
    let after = from.get(name_at..)?;
    // A name longer than any that HTML has is none.
    let len = after
        .bytes()
        .take(12)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let name = after.get(..len)?.to_ascii_lowercase();
    let follows = after.get(len..)?;
    if !is_html_tag(&name) || !follows.starts_with([' ', '\t', '\n', '\r', '/', '>']) {
        return None;
    }
    let end = follows.find(['>', '<'])?;
    let mut rest = follows.get(end..)?.strip_prefix('>')?;
    if name_at == 1 && matches!(name.as_str(), "script" | "style") {
        let close = format!("</{name}");
        let tail = rest
            .find(&close)
            .and_then(|at| rest.get(at..))
            .unwrap_or("");
        rest = tail
            .find('>')
            .and_then(|end| tail.get(end + 1..))
            .unwrap_or("");
    }
    Some(TitleTag {
        rest,
        is_break: matches!(name.as_str(), "br" | "p" | "div" | "li" | "tr"),
    })
}

/// The elements of HTML, old and new, that titles may hold.
const HTML_TAGS: &str = "a abbr acronym applet article b base basefont bdi bdo big blink blockquote body br \
    button center cite code dd del dfn div dl dt em embed font form frame frameset h1 h2 h3 \
    h4 h5 h6 head hr html i iframe img input ins kbd label li link mark meta nobr noscript \
    object ol option p param pre q rp rt ruby s samp script select small span strike strong \
    style sub sup svg table tbody td textarea th thead time tr tt u ul var video wbr";

fn is_html_tag(name: &str) -> bool {
    !name.is_empty() && HTML_TAGS.split(' ').any(|tag| tag == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_what_carries_meaning() {
        assert_eq!(one_line("  a\n\t b\u{200b}\u{1}c "), "a bc");
        assert_eq!(one_line("a\u{a0}b\u{200d}c"), "a\u{a0}b\u{200d}c");
    }

    #[test]
    fn known_tags_go_and_the_rest_is_text() {
        for (html, want) in [
            ("<i>Emph</i> title", "Emph title"),
            ("A<B", "A<B"),
            ("Vec<u8> &amp; Box<dyn T>", "Vec<u8> & Box<dyn T>"),
            ("Nice &lt;gorilla&gt;", "Nice <gorilla>"),
            ("a<br>b", "a b"),
            ("x<script>alert(1)</script>y", "xy"),
            ("1 < 2 <b", "1 < 2 <b"),
        ] {
            assert_eq!(title_text(html), want, "{html}");
        }
    }
}
