//! Categories and keywords of an entry.

use super::complaint::Complaint;
use super::names::Space;
use super::tree::{Element, NodeId};
use super::value::Values;

/// Terms and labels in document order, each once.
pub(super) fn categories(values: &mut Values<'_, '_>, node: NodeId) -> Vec<String> {
    let mut found = Vec::new();
    let tree = values.tree;
    for (child, element) in tree.elements(node) {
        match (element.space, element.name.as_ref()) {
            (Space::Plain | Space::Media | Space::Atom | Space::Itunes, "category") => {
                let n_before = found.len();
                push_labels(values, element, &mut found);
                if found.len() == n_before {
                    push_text(values, child, &mut found);
                }
                nested(values, child, &mut found);
            }
            (Space::Dc | Space::DcTerms, "subject") | (Space::Plain, "tag") => {
                push_text(values, child, &mut found);
            }
            (Space::Itunes | Space::Media | Space::News, "keywords") => {
                let list = values.line(child).unwrap_or_default();
                for word in list.split([',', ';']) {
                    push(values, word, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

/// Label and term of an Atom category (the term is what feeds filter by, the label what people
/// read), the text of an iTunes category.
fn push_labels(values: &mut Values<'_, '_>, element: &Element<'_>, found: &mut Vec<String>) {
    for name in ["label", "term", "text"] {
        if let Some(label) = element.filled(name) {
            push(values, label, found);
        }
    }
}

/// Categories inside a category: iTunes nests them.
fn nested(values: &mut Values<'_, '_>, node: NodeId, found: &mut Vec<String>) {
    let tree = values.tree;
    for id in node + 1..tree.end(node) {
        if let Some(element) = tree.element(id)
            && element.name == "category"
        {
            push_labels(values, element, found);
        }
    }
}

fn push_text(values: &mut Values<'_, '_>, node: NodeId, found: &mut Vec<String>) {
    if let Some(line) = values.line(node) {
        push(values, &line, found);
    }
}

fn push(values: &mut Values<'_, '_>, raw: &str, found: &mut Vec<String>) {
    let line = crate::text::clean_line(raw);
    if line.is_empty() || found.contains(&line) {
        return;
    }
    if found.len() >= super::entry::MAX_PARTS {
        values.complaints.note(Complaint::TooManyParts);
        return;
    }
    found.push(line);
}
