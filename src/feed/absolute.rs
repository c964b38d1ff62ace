//! Relative addresses inside HTML made absolute, everything else left as it stands.

use std::borrow::Cow;

use ::url::Url;
use memchr::memchr;

use super::token::{is_space, split};

/// The HTML with the links of its tags resolved against `base`.
pub(super) fn absolute_links<'a>(html: &'a str, base: Option<&Url>) -> Cow<'a, str> {
    match base {
        Some(base) => with_attributes(html, |name, value| resolved(name, value, base)),
        None => Cow::Borrowed(html),
    }
}

/// The HTML without what is written into addresses themselves: a picture as `data:` can be longer than all
/// the text.
pub(super) fn without_data(html: &str) -> Cow<'_, str> {
    with_attributes(html, |_, value| {
        let start = value.trim_start().get(..5)?;
        start.eq_ignore_ascii_case("data:").then(String::new)
    })
}

/// The HTML with the attributes' values as `edit` says, by name and value; `None` leaves one as it is.
fn with_attributes(html: &str, edit: impl Fn(&str, &str) -> Option<String>) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(start) = html
        .as_bytes()
        .get(at..)
        .and_then(|rest| memchr(b'<', rest))
    {
        let tag_at = at + start;
        let mut cursor = Cursor {
            html,
            at: tag_at + 1,
        };
        if !cursor.skip_name() {
            at = tag_at + 1;
            continue;
        }
        while let Some((name, from, to)) = cursor.attribute() {
            let value = html.get(from..to).unwrap_or_default();
            if let Some(mended) = edit(name, value) {
                out.push_str(html.get(copied..from).unwrap_or_default());
                out.push_str(&mended);
                copied = to;
            }
        }
        at = cursor.at.max(tag_at + 1);
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(html.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// The value of an attribute, resolved if it is an address.
pub(super) fn absolute_address<'a>(name: &str, value: &'a str, base: Option<&Url>) -> Cow<'a, str> {
    base.filter(|_| is_address(name))
        .and_then(|base| resolve(value, base))
        .map_or(Cow::Borrowed(value), Cow::Owned)
}

/// The value to put in place of `value` (both with references), if it changes.
fn resolved(name: &str, value: &str, base: &Url) -> Option<String> {
    if name.eq_ignore_ascii_case("srcset") {
        let plain = crate::text::unescape(value);
        return srcset(&plain, base).map(|list| list.replace('&', "&amp;").replace('"', "&quot;"));
    }
    if !is_address(name) || has_scheme(value) {
        return None;
    }
    let plain = crate::text::unescape(value);
    resolve(&plain, base).map(|url| url.replace('&', "&amp;"))
}

fn resolve(value: &str, base: &Url) -> Option<String> {
    let trimmed = value.trim();
    // `#note` leads to a place in the article, wherever that is shown; a scheme needs no base.
    if trimmed.is_empty() || trimmed.starts_with('#') || has_scheme(trimmed) {
        return None;
    }
    crate::url::resolve(trimmed, Some(base)).map(String::from)
}

fn srcset(value: &str, base: &Url) -> Option<String> {
    let mut is_changed = false;
    let mut candidates: Vec<String> = Vec::new();
    let is_between = |c: char| is_space(c) || c == ',';
    let mut rest = value.trim_start_matches(is_between);
    // An address may hold commas, but does not end with one; its size ends at a comma (HTML, srcset).
    while !rest.is_empty() {
        let (written, after) = split(rest, rest.find(is_space).unwrap_or(rest.len()));
        let address = written.trim_end_matches(',');
        let (size, after) = if address.len() < written.len() {
            ("", after)
        } else {
            split(after, after.find(',').unwrap_or(after.len()))
        };
        let url = resolve(address, base);
        is_changed |= url.is_some();
        candidates.push(format!(
            "{}{}",
            url.as_deref().unwrap_or(address),
            size.trim_end()
        ));
        rest = after.trim_start_matches(is_between);
    }
    is_changed.then(|| candidates.join(", "))
}

/// Attributes of HTML whose value is an address.
const ADDRESSES: [&str; 13] = [
    "href",
    "src",
    "data-src",
    "poster",
    "action",
    "cite",
    "data",
    "background",
    "longdesc",
    "usemap",
    "codebase",
    "classid",
    "profile",
];

fn is_address(name: &str) -> bool {
    ADDRESSES
        .iter()
        .any(|address| address.eq_ignore_ascii_case(name))
}

pub(super) fn has_scheme(address: &str) -> bool {
    let Some((scheme, _)) = address.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Walks the attributes of one tag.
struct Cursor<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    /// Skips the name of a start tag; false when this is none.
    fn skip_name(&mut self) -> bool {
        let rest = self.rest();
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return false;
        }
        let end = position(rest, |b| {
            is_space_byte(b) || matches!(b, b'>' | b'/' | b'<')
        });
        self.at += end.unwrap_or(rest.len());
        end.is_some()
    }

    /// The next attribute with a value: its name and where the value stands.
    fn attribute(&mut self) -> Option<(&'a str, usize, usize)> {
        loop {
            let is_between = |b| is_space_byte(b) || matches!(b, b'/' | b'"' | b'\'' | b'=');
            self.at += position(self.rest(), |b| !is_between(b))?;
            let rest = self.rest();
            if rest.starts_with(['>', '<']) {
                return None;
            }
            let ends_name = |b| is_space_byte(b) || matches!(b, b'=' | b'>' | b'/' | b'<');
            let end = position(rest, ends_name)?;
            let (name, after) = split(rest, end);
            self.at += end;
            let trimmed = after.trim_start_matches(is_space);
            let Some(value) = trimmed.strip_prefix('=') else {
                continue;
            };
            let value = value.trim_start_matches(is_space);
            self.at = self.html.len() - value.len();
            let quote = *value.as_bytes().first()?;
            if matches!(quote, b'"' | b'\'') {
                let from = self.at + 1;
                let len = memchr(quote, value.as_bytes().get(1..)?)?;
                self.at = from + len + 1;
                return Some((name, from, from + len));
            }
            let end = position(value, |b| is_space_byte(b) || b == b'>');
            let from = self.at;
            self.at += end.unwrap_or(value.len());
            return Some((name, from, self.at));
        }
    }
}

/// Where the first byte that is meant stands; only ASCII is meant, so that is between characters.
fn position(text: &str, is_meant: impl Fn(u8) -> bool) -> Option<usize> {
    text.bytes().position(is_meant)
}

fn is_space_byte(b: u8) -> bool {
    is_space(char::from(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, want: &str) {
        let base = Url::parse("http://example.org/a/b").unwrap();
        assert_eq!(absolute_links(html, Some(&base)), want);
    }

    #[test]
    fn links_become_absolute() {
        check(
            "<a href=\"c\">x</a>",
            "<a href=\"http://example.org/a/c\">x</a>",
        );
        check(
            "<img alt='' src=/i.png>",
            "<img alt='' src=http://example.org/i.png>",
        );
        check(
            "<img srcset='a 1x, /b 2x'>",
            "<img srcset='http://example.org/a/a 1x, http://example.org/b 2x'>",
        );
        check(
            "<img srcset='a.png 1x,b,1.png 2x , c.png'>",
            "<img srcset='http://example.org/a/a.png 1x, http://example.org/a/b,1.png 2x, http://example.org/a/c.png'>",
        );
        check(
            "<a href='?a=1&amp;b'>",
            "<a href='http://example.org/a/b?a=1&amp;b'>",
        );
    }

    #[test]
    fn the_rest_stays() {
        for html in [
            "<a href=\"http://x.test/\">",
            "<a href=\"#n\">",
            "<a href=\"mailto:a@b\">",
            "1 < 2",
            "<a href",
            "<a href=\"c",
            "<a title='href=c'>",
            "<p",
            "<a href=>",
        ] {
            check(html, html);
        }
    }
}
