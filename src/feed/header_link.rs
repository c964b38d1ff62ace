//! The `Link` field of a response (RFC 8288, 3).

use super::discover::bare_type;

/// One link of the field.
#[derive(Debug)]
pub(super) struct HeaderLink<'a> {
    /// As written between the angle brackets.
    pub(super) target: &'a str,
    /// Names as written, values without their quotes.
    parameters: Vec<(&'a str, &'a str)>,
}

impl HeaderLink<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        let is_named = |(own, _): &&(&str, &str)| own.eq_ignore_ascii_case(name);
        self.parameters
            .iter()
            .find(is_named)
            .map(|(_, value)| *value)
    }

    pub(super) fn has_rel(&self, rel: &str) -> bool {
        self.parameter("rel").is_some_and(|own| {
            own.split_ascii_whitespace()
                .any(|word| word.eq_ignore_ascii_case(rel))
        })
    }

    /// The media type in lower case, without its own parameters.
    pub(super) fn media_type(&self) -> Option<String> {
        self.parameter("type").map(bare_type)
    }
}

/// The links of one field line; what is no link ends it.
pub(super) fn header_links(field: &str) -> impl Iterator<Item = HeaderLink<'_>> {
    let mut rest = field;
    std::iter::from_fn(move || {
        let (target, mut after) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
        let mut parameters = Vec::new();
        while let Some(tail) = after.trim_start().strip_prefix(';') {
            let (name, value, next) = parameter(tail);
            parameters.push((name, value));
            after = next;
        }
        // The next link stands behind a comma.
        rest = after.split_once(',').map_or("", |(_, next)| next);
        Some(HeaderLink {
            target: target.trim(),
            parameters,
        })
    })
}

/// A name, its value, and what follows.
fn parameter(tail: &str) -> (&str, &str, &str) {
    let end = tail.find(['=', ';', ',']).unwrap_or(tail.len());
    let (name, after) = tail.split_at(end);
    let Some(value) = after.strip_prefix('=') else {
        return (name.trim(), "", after);
    };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        let inner = value.strip_prefix(quote);
        if let Some((value, next)) = inner.and_then(|inner| inner.split_once(quote)) {
            return (name.trim(), value, next);
        }
    }
    let end = value.find([';', ',']).unwrap_or(value.len());
    let (value, next) = value.split_at(end);
    (name.trim(), value.trim(), next)
}
