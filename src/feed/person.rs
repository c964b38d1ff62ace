//! Names of authors.

use super::names::Space;
use super::tree::NodeId;
use super::value::Values;

/// Names, and whether each is nothing but a mail address.
struct Found {
    names: Vec<String>,
    is_mail_only: bool,
}

/// The authors that stand directly below a node.
///
/// `author` (RSS text or Atom person) first, then `dc:creator`, `itunes:author`, Atom authors in
/// RSS, `media:credit`; the first kind that gives a name wins, a mail address alone only if no
/// kind does.
pub(super) fn authors(values: &mut Values<'_, '_>, node: NodeId) -> Vec<String> {
    const KINDS: &[(Space, &str)] = &[
        (Space::Plain, "author"),
        (Space::Atom, "author"),
        (Space::Dc, "creator"),
        (Space::DcTerms, "creator"),
        (Space::Dc, "author"),
        (Space::Itunes, "author"),
        (Space::Dc, "publisher"),
        (Space::Plain, "managingeditor"),
        (Space::Media, "credit"),
        (Space::Dc, "contributor"),
        (Space::Plain, "creator"),
    ];
    let mut weak = Vec::new();
    for &(space, name) in KINDS {
        let nodes: Vec<NodeId> = values
            .tree
            .named(node, space, name)
            .map(|(child, _)| child)
            .collect();
        let found = names(values, &nodes);
        if found.names.is_empty() {
            continue;
        }
        if !found.is_mail_only {
            return found.names;
        }
        if weak.is_empty() {
            weak = found.names;
        }
    }
    weak
}

fn names(values: &mut Values<'_, '_>, nodes: &[NodeId]) -> Found {
    let mut found = Found {
        names: Vec::new(),
        is_mail_only: true,
    };
    for &node in nodes {
        for (name, is_mail) in person(values, node) {
            if !found.names.contains(&name) && found.names.len() < super::entry::MAX_PARTS {
                found.is_mail_only &= is_mail;
                found.names.push(name);
            }
        }
    }
    found
}

/// The person that an element names: by its children, else by its text.
fn person(values: &mut Values<'_, '_>, node: NodeId) -> Vec<(String, bool)> {
    let child = |name: &'static str| {
        values
            .tree
            .elements(node)
            .find(|(_, element)| element.name == name)
            .map(|(child, _)| child)
    };
    let parts = (
        child("name"),
        child("email").or_else(|| child("mbox")),
        child("uri"),
    );
    match parts {
        (Some(name), mail, _) => values
            .line(name)
            .map(|name| (name, false))
            .or_else(|| Some((values.line(mail?)?, true)))
            .into_iter()
            .collect(),
        (None, Some(mail), _) => values
            .line(mail)
            .map(|mail| (mail, true))
            .into_iter()
            .collect(),
        (None, None, Some(_)) => Vec::new(),
        (None, None, None) => values
            .line(node)
            .map(|line| read_person(&line))
            .into_iter()
            .collect(),
    }
}

/// The name in `mail (Name)`, `Name <mail>` or `Name (mail)`, and whether there was only a mail
/// address.
pub(super) fn read_person(line: &str) -> (String, bool) {
    let line = line.strip_prefix("mailto:").unwrap_or(line).trim();
    let split = [('(', ')'), ('<', '>'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| {
            let (before, after) = line.split_once(open)?;
            let (inside, rest) = after.rsplit_once(close)?;
            rest.trim()
                .is_empty()
                .then(|| (before.trim(), inside.trim()))
        });
    if let Some((before, inside)) = split {
        let before = before.trim_matches(['"', '\'']).trim();
        if is_mail(before) && !inside.is_empty() {
            return (inside.to_owned(), is_mail(inside));
        }
        if is_mail(inside) && !before.is_empty() {
            return (before.to_owned(), false);
        }
    }
    // `jane@example.com Jane Doe`, `Jane Doe jane@example.com`.
    let (mails, names): (Vec<&str>, Vec<&str>) =
        line.split_whitespace().partition(|word| is_mail(word));
    if !mails.is_empty() && !names.is_empty() {
        let name = names.join(" ");
        return (name.trim_matches(['-', ',', '"', ' ']).to_owned(), false);
    }
    (line.to_owned(), is_mail(line))
}

fn is_mail(word: &str) -> bool {
    word.split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
        && !word.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_beside_mail_addresses() {
        for (line, want) in [
            ("jane@example.com (Jane Doe)", "Jane Doe"),
            ("Jane Doe <jane@example.com>", "Jane Doe"),
            ("Jane Doe (jane@example.com)", "Jane Doe"),
            ("jane@example.com Jane Doe", "Jane Doe"),
            ("jane@example.com", "jane@example.com"),
            ("Jane Doe (staff)", "Jane Doe (staff)"),
            ("AFP, dpa", "AFP, dpa"),
        ] {
            assert_eq!(read_person(line).0, want);
        }
    }
}
