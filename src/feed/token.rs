//! A forgiving tokenizer: markup in, tags and texts out, whatever the input.
//!
//! It never fails and never looks at a byte more than a few times. What XML would refuse is read
//! the way a person would: a `<` that starts no tag is text, an attribute may lack its quotes, a
//! quoted value that swallows a tag ends before it. Comments, processing instructions and the
//! document type are skipped. References are left as they stand.

use memchr::{memchr_iter, memchr2, memmem};

use super::complaint::{Complaint, Complaints};

/// A piece of the document.
#[derive(Debug, Clone)]
pub(super) enum Token<'a> {
    /// `<name a="b">` or `<name/>`.
    Start(Tag<'a>),
    /// `</name>`.
    End(&'a str),
    /// Text with its references unresolved.
    Text(&'a str),
    /// The inside of a CDATA section.
    Raw(&'a str),
}

/// A start tag as written.
#[derive(Debug, Clone)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: Vec<(&'a str, &'a str)>,
    pub(super) is_empty: bool,
}

/// Splits a document into tokens.
#[derive(Debug)]
pub(super) struct Tokenizer<'a> {
    rest: &'a str,
    /// The document ends inside a tag, comment or CDATA section.
    pub(super) is_cut: bool,
    max_attributes: usize,
}

impl<'a> Tokenizer<'a> {
    pub(super) fn new(text: &'a str, max_attributes: usize) -> Self {
        Self {
            rest: text,
            is_cut: false,
            max_attributes,
        }
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self, complaints: &mut Complaints) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let (start, n_bare) = next_markup(self.rest);
            if start > 0 {
                let (text, rest) = split(self.rest, start);
                self.rest = rest;
                complaints.note_times(Complaint::BareAngle, n_bare);
                return Some(Token::Text(text));
            }
            if let Some(after) = self.rest.strip_prefix("</") {
                return self.end_tag(after);
            }
            if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                if let Some(raw) = self.declaration() {
                    return Some(Token::Raw(raw));
                }
                continue;
            }
            return match start_tag(self.rest, self.max_attributes, complaints) {
                Scan::Tag(tag, rest) => {
                    self.rest = rest;
                    Some(Token::Start(tag))
                }
                Scan::NoTag => {
                    complaints.note(Complaint::BareAngle);
                    let (angle, rest) = split(self.rest, 1);
                    self.rest = rest;
                    Some(Token::Text(angle))
                }
                Scan::Cut => self.cut(),
            };
        }
    }

    /// Bytes not read yet.
    pub(super) const fn n_left(&self) -> usize {
        self.rest.len()
    }

    fn cut(&mut self) -> Option<Token<'a>> {
        self.is_cut = true;
        self.rest = "";
        None
    }

    fn end_tag(&mut self, after: &'a str) -> Option<Token<'a>> {
        // `</title<link>`: the next tag ends this one.
        let Some(end) = memchr2(b'>', b'<', after.as_bytes()) else {
            return self.cut();
        };
        let (inside, rest) = split(after, end);
        self.rest = rest.strip_prefix('>').unwrap_or(rest);
        let name = inside.split(is_space).next().unwrap_or_default();
        Some(Token::End(name.trim_end_matches('/')))
    }

    /// Skips a comment, declaration or instruction; gives the inside of a CDATA section.
    fn declaration(&mut self) -> Option<&'a str> {
        let rest = self.rest;
        if let Some(after) = rest.strip_prefix("<!--") {
            self.skip_past(after, "-->");
            return None;
        }
        if let Some((head, after)) = rest.split_at_checked(9)
            && head.eq_ignore_ascii_case("<![CDATA[")
        {
            let Some(end) = memmem::find(after.as_bytes(), b"]]>") else {
                self.is_cut = true;
                self.rest = "";
                return None;
            };
            let (inside, tail) = split(after, end);
            self.rest = tail.get(3..).unwrap_or_default();
            return Some(inside);
        }
        if let Some((head, after)) = rest.split_at_checked(9)
            && head.eq_ignore_ascii_case("<!DOCTYPE")
            && let Some(stop) = after.find(['[', '>'])
            && after.get(stop..).is_some_and(|from| from.starts_with('['))
        {
            let subset = after.get(stop..).unwrap_or_default();
            match subset.find(']') {
                Some(end) => self.skip_past(subset.get(end..).unwrap_or_default(), ">"),
                None => self.skip_past("", ">"),
            }
            return None;
        }
        // An instruction ends at its first `>`: waiting for `?>` would swallow the feed when the
        // question mark is missing.
        self.skip_past(rest, ">");
        None
    }

    fn skip_past(&mut self, text: &'a str, end: &str) {
        if let Some(at) = memmem::find(text.as_bytes(), end.as_bytes()) {
            self.rest = text.get(at + end.len()..).unwrap_or_default();
        } else {
            self.is_cut = true;
            self.rest = "";
        }
    }
}

enum Scan<'a> {
    Tag(Tag<'a>, &'a str),
    NoTag,
    Cut,
}

fn start_tag<'a>(text: &'a str, max_attributes: usize, complaints: &mut Complaints) -> Scan<'a> {
    let after = text.strip_prefix('<').unwrap_or(text);
    let Some(end) = after.find(|c: char| is_space(c) || matches!(c, '>' | '/' | '<' | '=')) else {
        return Scan::Cut;
    };
    let (name, mut rest) = split(after, end);
    let mut attributes = Vec::new();
    loop {
        let is_empty = rest.starts_with('/');
        rest = rest.trim_start_matches(|c: char| is_space(c) || c == '/');
        let Some(first) = rest.chars().next() else {
            return Scan::Cut;
        };
        match first {
            '>' => {
                let tag = Tag {
                    name,
                    attributes,
                    is_empty: is_empty || text_before_is_slash(after, rest),
                };
                return Scan::Tag(tag, rest.get(1..).unwrap_or_default());
            }
            '<' => return Scan::NoTag,
            '"' | '\'' | '=' => {
                complaints.note(Complaint::OddAttribute);
                rest = rest.get(1..).unwrap_or_default();
            }
            _ => match attribute(rest, complaints) {
                Some((attribute, after_it)) => {
                    if attributes.len() < max_attributes {
                        attributes.push(attribute);
                    }
                    rest = after_it;
                }
                None => return Scan::Cut,
            },
        }
    }
}

/// Whether the last character of the tag before `>` is a slash.
fn text_before_is_slash(whole: &str, rest: &str) -> bool {
    let consumed = whole.len().saturating_sub(rest.len());
    whole
        .get(..consumed)
        .is_some_and(|part| part.ends_with('/'))
}

/// Reads `name`, `name=value` or `name="value"`; `None` when the document ends inside.
fn attribute<'a>(
    text: &'a str,
    complaints: &mut Complaints,
) -> Option<((&'a str, &'a str), &'a str)> {
    let end =
        text.find(|c: char| is_space(c) || matches!(c, '=' | '>' | '/' | '<' | '"' | '\''))?;
    let (name, rest) = split(text, end);
    let Some(value) = rest.trim_start_matches(is_space).strip_prefix('=') else {
        complaints.note(Complaint::OddAttribute);
        return Some(((name, ""), rest));
    };
    let value = value.trim_start_matches(is_space);
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        complaints.note(Complaint::OddAttribute);
        let end = value.find(|c: char| is_space(c) || matches!(c, '>' | '<'))?;
        let (raw, rest) = split(value, end);
        // `<link href=x/>` closes itself.
        let trimmed = raw.strip_suffix('/').filter(|_| rest.starts_with('>'));
        return Some((
            (name, trimmed.unwrap_or(raw)),
            value
                .get(trimmed.unwrap_or(raw).len()..)
                .unwrap_or_default(),
        ));
    };
    let inside = value.get(1..).unwrap_or_default();
    let end = inside.find(quote)?;
    let (raw, rest) = split(inside, end);
    // XML allows no `<` in a value: the quote is missing, and the tag ended before.
    if let Some(angle) = raw.find('<')
        && let Some(close) = raw.get(..angle).and_then(|before| before.find('>'))
    {
        complaints.note(Complaint::OddAttribute);
        let (short, _) = split(inside, close);
        let is_slashed = short.ends_with('/');
        let short = short.strip_suffix('/').unwrap_or(short);
        let from = close.saturating_sub(usize::from(is_slashed));
        return Some(((name, short), inside.get(from..).unwrap_or_default()));
    }
    // `url="http://x/a.mp3 type="audio/mpeg"`: the value that ends like the start of the next
    // attribute has swallowed it.
    if let Some(short) = before_swallowed_name(raw) {
        complaints.note(Complaint::OddAttribute);
        return Some(((name, short), inside.get(short.len()..).unwrap_or_default()));
    }
    Some(((name, raw), rest.get(1..).unwrap_or_default()))
}

/// The part of a value before ` name=` at its end.
fn before_swallowed_name(raw: &str) -> Option<&str> {
    let (value, name) = raw.strip_suffix('=')?.rsplit_once(is_space)?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':' | b'_'));
    is_name.then_some(value)
}

/// Byte offset of the next `<` that starts markup, or the length of the text, and how many there are
/// before that start none.
fn next_markup(text: &str) -> (usize, usize) {
    let mut n_bare = 0;
    for at in memchr_iter(b'<', text.as_bytes()) {
        let mut after = text.get(at + 1..).unwrap_or_default().chars();
        let is_markup = match after.next() {
            Some('/') => after.next().is_some_and(starts_name),
            Some('!') => after
                .next()
                .is_some_and(|c| matches!(c, '-' | '[') || c.is_alphabetic()),
            Some('?') => true,
            Some(c) => starts_name(c),
            None => false,
        };
        if is_markup {
            return (at, n_bare);
        }
        n_bare += 1;
    }
    (text.len(), n_bare)
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | ':')
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{c}')
}

pub(super) fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let mut tokenizer = Tokenizer::new(text, 8);
        let mut complaints = Complaints::default();
        let mut got = Vec::new();
        while let Some(token) = tokenizer.next(&mut complaints) {
            got.push(match token {
                Token::Start(tag) => {
                    let attributes = tag.attributes.iter();
                    let listed: Vec<String> = attributes
                        .map(|(name, value)| format!(" {name}={value}"))
                        .collect();
                    let end = if tag.is_empty { "/>" } else { ">" };
                    format!("<{}{}{end}", tag.name, listed.concat())
                }
                Token::End(name) => format!("</{name}>"),
                Token::Text(text) => format!("'{text}'"),
                Token::Raw(text) => format!("[{text}]"),
            });
        }
        if tokenizer.is_cut {
            got.push("CUT".to_owned());
        }
        assert_eq!(got.join(" "), want, "{text}");
    }

    #[test]
    fn well_formed_markup_is_split() {
        check("<a b='c'>t</a>", "<a b=c> 't' </a>");
        check("<a/><b />", "<a/> <b/>");
        check("<?xml version='1.0'?><!-- x --><a>", "<a>");
        check("<a><![CDATA[<b>]]></a>", "<a> [<b>] </a>");
        check("<!DOCTYPE rss [<!ELEMENT a (b)>]><a>", "<a>");
        check("<!DOCTYPE html><a>", "<a>");
    }

    #[test]
    fn broken_markup_is_read_as_meant() {
        check("1 < 2 <3 <", "'1 < 2 <3 <'");
        check("<title>a<b and</title>", "<title> 'a' '<' 'b and' </title>");
        check("<a b=c d e=f/>", "<a b=c d= e=f/>");
        check("<a b=\"x>t</a><c d=\"y\">", "<a b=x> 't' </a> <c d=y>");
        check("<a b=\"x c=\"y\" d='z'>", "<a b=x c=y d=z>");
        check("</title<link>", "</title> <link>");
        check("<a href=http://x/>", "<a href=http://x/>");
        check("<a \"b\">", "<a b=>");
    }

    #[test]
    fn a_cut_is_seen() {
        check("<a><b c=\"d", "<a> CUT");
        check("<a><![CDATA[x", "<a> CUT");
        check("<a><!-- x", "<a> CUT");
        check("<a></b", "<a> CUT");
    }
}
