//! The gate before every XML parser.

use super::{
    GateError, XmlLimits,
    gate_tag::{TagScan, find_from, scan_tag},
};

/// Looks over an XML document before a parser sees it: depth, attributes, namespaces, entities.
///
/// One linear pass that builds nothing. It does not check that the document is well-formed: an end
/// tag closes the nearest open element of its name, one that closes nothing is passed over, and what
/// is cut off at the end is fine. A plain `DOCTYPE` passes; one that defines entities does not.
///
/// # Errors
/// [`GateError`] for the first limit that is passed, with the place.
pub fn gate_xml(xml: &str, limits: XmlLimits) -> Result<(), GateError> {
    let bytes = xml.as_bytes();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut n_namespaces = 0;
    let mut at = 0;
    while let Some(start) = find_from(bytes, at, b"<") {
        let rest = bytes.get(start..).unwrap_or_default();
        if let Some(end) = skip_markup(bytes, start)? {
            at = end;
        } else if rest.starts_with(b"</") {
            let tag = scan_tag(bytes, start + 2);
            close(&mut open, tag.name(bytes), &mut n_namespaces);
            at = tag.end.max(start + 2);
        } else if rest.get(1).is_some_and(|byte| is_name_start(*byte)) {
            let tag = scan_tag(bytes, start + 1);
            check_tag(&tag, bytes, limits, start)?;
            let declared = n_declared(&tag, bytes);
            if n_namespaces + declared > limits.namespaces {
                return Err(GateError::TooManyNamespaces {
                    limit: limits.namespaces,
                    at_byte: start,
                });
            }
            if !tag.is_empty_element {
                if open.len() >= limits.depth {
                    return Err(GateError::TooDeep {
                        limit: limits.depth,
                        at_byte: start,
                    });
                }
                n_namespaces += declared;
                open.push(Open {
                    name: tag.name(bytes),
                    n_namespaces: declared,
                });
            }
            at = tag.end.max(start + 1);
        } else {
            at = start + 1;
        }
    }
    Ok(())
}

struct Open<'a> {
    name: &'a [u8],
    n_namespaces: usize,
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b':' || byte >= 0x80
}

/// End of a comment, CDATA section, processing instruction or DOCTYPE that starts here.
fn skip_markup(bytes: &[u8], start: usize) -> Result<Option<usize>, GateError> {
    let rest = bytes.get(start..).unwrap_or_default();
    let past = |open: usize, close: &[u8]| {
        find_from(bytes, start + open, close).map_or(bytes.len(), |found| found + close.len())
    };
    Ok(if rest.starts_with(b"<!--") {
        Some(past(4, b"-->"))
    } else if rest.starts_with(b"<![CDATA[") {
        Some(past(9, b"]]>"))
    } else if rest.starts_with(b"<?") {
        Some(past(2, b"?>"))
    } else if rest.starts_with(b"<!") {
        Some(skip_doctype(bytes, start)?)
    } else {
        None
    })
}

/// End of a declaration with its internal subset, which must define no entities (billion laughs).
fn skip_doctype(bytes: &[u8], start: usize) -> Result<usize, GateError> {
    let mut in_subset = false;
    let mut quote = None;
    for (offset, &byte) in bytes.iter().enumerate().skip(start) {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => in_subset = true,
            (None, b']') => in_subset = false,
            (None, b'>') if !in_subset => return Ok(offset + 1),
            (None, b'<') if offset > start => {
                let word = bytes.get(offset..offset + 8).unwrap_or_default();
                if word.eq_ignore_ascii_case(b"<!ENTITY") {
                    return Err(GateError::Dtd { at_byte: offset });
                }
            }
            (Some(_) | None, _) => {}
        }
    }
    Ok(bytes.len())
}

fn close<'a>(open: &mut Vec<Open<'a>>, name: &'a [u8], n_namespaces: &mut usize) {
    if let Some(found) = open.iter().rposition(|element| element.name == name) {
        for element in open.drain(found..) {
            *n_namespaces = n_namespaces.saturating_sub(element.n_namespaces);
        }
    }
}

fn check_tag(
    tag: &TagScan,
    bytes: &[u8],
    limits: XmlLimits,
    start: usize,
) -> Result<(), GateError> {
    if tag.attributes(bytes).take(limits.attributes + 1).count() > limits.attributes {
        return Err(GateError::TooManyAttributes {
            limit: limits.attributes,
            at_byte: start,
        });
    }
    Ok(())
}

fn n_declared(tag: &TagScan, bytes: &[u8]) -> usize {
    tag.attributes(bytes)
        .filter(|attribute| attribute.name(bytes).starts_with(b"xmlns"))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(xml: &str, want: Result<(), &str>) {
        let limits = XmlLimits {
            depth: 3,
            attributes: 2,
            namespaces: 2,
        };
        let got = gate_xml(xml, limits).map_err(|error| error.to_string());
        match want {
            Ok(()) => assert_eq!(got, Ok(()), "{xml}"),
            Err(part) => assert!(
                got.as_ref().is_err_and(|error| error.contains(part)),
                "{xml}: {got:?}"
            ),
        }
    }

    #[test]
    fn depth_is_counted_over_open_elements_only() {
        check("<a><b><c/></b><b><c></c></b></a>", Ok(()));
        check("<a><b><c><d/></c></b></a>", Ok(()));
        check("<a><b><c><d></d></c></b></a>", Err("deeper than 3"));
        check("<a><br><br><br></a>", Err("deeper"));
        check(
            "<a><!-- <b><c><d><e> --><![CDATA[<b><c><d><e>]]></a>",
            Ok(()),
        );
        check("<a><b></c></b></a><a><b><c", Ok(()));
    }

    #[test]
    fn attributes_and_namespaces_are_counted() {
        check("<a x='1' y='2'/>", Ok(()));
        check("<a x='1' y='>' z=\"3\"/>", Err("more than 2 attributes"));
        check(
            "<a xmlns='x'><b xmlns:y='y'/><b xmlns:z='z'></b></a>",
            Ok(()),
        );
        check(
            "<a xmlns='x' xmlns:y='y'><b xmlns:z='z'/></a>",
            Err("more than 2 namespaces"),
        );
    }

    #[test]
    fn only_entity_definitions_are_refused() {
        check("<!DOCTYPE rss><rss/>", Ok(()));
        check("<!DOCTYPE rss PUBLIC \"-//x>//\" 'y'><rss/>", Ok(()));
        check("<!DOCTYPE x [<!ELEMENT x ANY>]><x/>", Ok(()));
        check(
            "<!DOCTYPE x [<!entity a 'b'>]><x/>",
            Err("defines entities"),
        );
        check("<!DOCTYPE x [", Ok(()));
        check("<?xml version='1.0'?><x/>", Ok(()));
    }
}
