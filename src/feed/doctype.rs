//! Entities that a document declares for itself.
//!
//! Short literal ones (`<!ENTITY nbsp "&#160;">`) are honoured, since old feeds live by them. What
//! could grow or reach out, entities made of entities and external ones, refuses the document.
//! Parameter entities are never read.

use std::cell::Cell;
use std::collections::HashMap;

use crate::markup::GateError;

use super::token::{is_space, split};

/// Entities declared, and how much text they may still become.
#[derive(Debug)]
pub(super) struct Entities {
    values: HashMap<String, String>,
    left_bytes: Cell<usize>,
}

/// What all uses of declared entities in one document may add up to: names and signs, no texts.
const MAX_EXPANSION_BYTES: usize = 256 * 1024;
/// Longest value: what is longer is not a sign or a name.
const MAX_VALUE_BYTES: usize = 1024;
/// Most declarations: HTML has 253 Latin-1, symbol and special entities.
const MAX_ENTITIES: usize = 512;

impl Entities {
    pub(super) fn new(values: HashMap<String, String>) -> Self {
        Self {
            values,
            left_bytes: Cell::new(MAX_EXPANSION_BYTES),
        }
    }

    /// The text of an entity; `None` when it is not declared or too much was used already.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let value = self.values.get(name)?;
        let left = self.left_bytes.get().checked_sub(value.len())?;
        self.left_bytes.set(left);
        Some(value)
    }
}

/// Reads the entities of a document's `DOCTYPE`.
///
/// # Errors
/// [`GateError::Dtd`] when one is external, made of other entities, or too much.
pub(super) fn entities(text: &str) -> Result<Entities, GateError> {
    let Some(start) = doctype_start(text) else {
        return Ok(Entities::new(HashMap::new()));
    };
    let doctype = text.get(start..).unwrap_or_default();
    let subset = match doctype.find(['[', '>']) {
        Some(at) if doctype.as_bytes().get(at) == Some(&b'[') => split(doctype, at).1,
        Some(_) | None => return Ok(Entities::new(HashMap::new())),
    };
    // Past the subset stands markup, whose `<!ENTITY` would be text at most.
    let end = subset.find("]>").or_else(|| subset.find(']'));
    let subset = split(subset, end.unwrap_or(subset.len())).0;
    let refused = || GateError::Dtd { at_byte: start };
    let mut values = HashMap::new();
    for declaration in subset.split("<!ENTITY").skip(1) {
        let declaration = declaration.trim_start_matches(is_space);
        if declaration.starts_with('%') {
            continue;
        }
        let (name, value) = literal(declaration).ok_or_else(refused)?;
        if values.len() >= MAX_ENTITIES {
            return Err(refused());
        }
        // The first declaration binds (XML 1.0, 4.2).
        values.entry(name).or_insert(value);
    }
    Ok(Entities::new(values))
}

/// Name and text of `name "text">`.
fn literal(declaration: &str) -> Option<(String, String)> {
    let (name, rest) = split(declaration, declaration.find(is_space)?);
    let rest = rest.trim_start_matches(is_space);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest.get(1..)?;
    let value = split(value, value.find(quote)?).0;
    let is_made_of_others = value
        .split('&')
        .skip(1)
        .any(|after| !after.starts_with('#'));
    if is_made_of_others
        || value.contains('%')
        || value.contains('<')
        || value.len() > MAX_VALUE_BYTES
    {
        return None;
    }
    Some((name.to_owned(), crate::text::unescape(value).into_owned()))
}

/// Where the document type stands, if it stands before the first element.
fn doctype_start(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find('<')?;
        let rest = text.get(at..)?;
        if let Some(comment) = rest.strip_prefix("<!--") {
            at = text.len() - comment.len() + comment.find("-->")?;
        } else if rest
            .get(..9)
            .is_some_and(|head| head.eq_ignore_ascii_case("<!DOCTYPE"))
        {
            return Some(at);
        } else if rest
            .get(1..)
            .is_some_and(|rest| rest.starts_with(char::is_alphabetic))
        {
            return None;
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_literal_entities_are_read() {
        let found = entities(
            "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY nbsp \"&#160;\"><!ENTITY % x SYSTEM 'y'>\
             <!ENTITY co 'A &#169; B'>]><rss>",
        )
        .unwrap();
        assert_eq!(found.value("nbsp"), Some("\u{a0}"));
        assert_eq!(found.value("co"), Some("A © B"));
        assert_eq!(entities("<!DOCTYPE html><rss>").unwrap().value("a"), None);
        assert_eq!(
            entities("<rss><!DOCTYPE rss [<!ENTITY a SYSTEM 'b'>]>")
                .unwrap()
                .value("a"),
            None
        );
    }

    #[test]
    fn entities_that_grow_or_reach_out_are_refused() {
        for subset in [
            "<!ENTITY a 'x'><!ENTITY b '&a;&a;'>",
            "<!ENTITY a SYSTEM 'file:///etc/passwd'>",
            "<!ENTITY a PUBLIC 'x' 'http://x.test/'>",
            "<!ENTITY a '<b>'>",
            "<!ENTITY a",
        ] {
            assert!(
                entities(&format!("<!DOCTYPE rss [{subset}]><rss>")).is_err(),
                "{subset}"
            );
        }
    }

    #[test]
    fn uses_are_bounded() {
        let found = Entities::new(HashMap::from([("a".to_owned(), "x".repeat(1000))]));
        let n_used = (0..1000).filter(|_| found.value("a").is_some()).count();
        assert_eq!(n_used, MAX_EXPANSION_BYTES / 1000);
    }
}
