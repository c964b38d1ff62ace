//! Labels: the words a short line starts with.

/// The rest of a text after a label in lower case, whatever the text's letter case.
pub(super) fn strip_label<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    let mut wanted = label.chars();
    let mut next = wanted.next();
    while let Some(want) = next {
        let got = rest.next()?;
        let is_same = got == want || got.to_lowercase().eq(std::iter::once(want));
        if is_same || (got == '\u{a0}' && want == ' ') {
            next = wanted.next();
        } else {
            return None;
        }
    }
    Some(rest.as_str())
}

/// The rest after the longest of the labels that ends at a word's end.
pub(super) fn after_label<'a>(text: &'a str, labels: &[&str]) -> Option<&'a str> {
    labels
        .iter()
        .filter_map(|label| {
            let rest = strip_label(text, label)?;
            let is_ended = !rest.starts_with(char::is_alphanumeric)
                || !label.ends_with(|c: char| c.is_lowercase());
            is_ended.then_some((label.len(), rest))
        })
        .max_by_key(|(len, _)| *len)
        .map(|(_, rest)| rest)
}

/// Where the last of the labels that stand in the text as whole words ends.
pub(super) fn last_label(text: &str, labels: &[&str]) -> Option<usize> {
    let lower = text.to_lowercase();
    if !lower.chars().any(char::is_alphabetic) {
        return None;
    }
    labels
        .iter()
        .filter(|label| label.len() <= lower.len())
        .filter_map(|label| {
            lower.rmatch_indices(label).find_map(|(at, found)| {
                let before = lower.get(..at)?;
                let end = at + found.len();
                let after = lower.get(end..)?;
                // Scripts without letter case hardly ever part words.
                let is_cased = label.chars().any(char::is_lowercase);
                let is_whole = !before.ends_with(char::is_alphanumeric)
                    && !after.starts_with(char::is_alphanumeric);
                (is_whole || !is_cased).then_some(end)
            })
        })
        .max()
}
