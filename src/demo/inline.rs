//! Links inside a paragraph, written `[words](slug)`.

/// A piece of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span<'a> {
    /// Words.
    Text(&'a str),
    /// Words that link to another story of the same outlet.
    Link { words: &'a str, slug: &'a str },
}

/// The pieces of a paragraph, in order; a bracket that opens no link is text.
pub(super) fn spans(paragraph: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let mut rest = paragraph;
    while let Some((before, link, after)) = next_link(rest) {
        spans.push(Span::Text(before));
        spans.push(link);
        rest = after;
    }
    spans.push(Span::Text(rest));
    spans
}

/// The paragraph as a reader sees it.
pub(super) fn plain(paragraph: &str) -> String {
    spans(paragraph)
        .into_iter()
        .map(|span| match span {
            Span::Text(words) | Span::Link { words, .. } => words,
        })
        .collect()
}

fn next_link(text: &str) -> Option<(&str, Span<'_>, &str)> {
    let (before, from_bracket) = text.split_once('[')?;
    let (words, from_slug) = from_bracket.split_once("](")?;
    let (slug, after) = from_slug.split_once(')')?;
    Some((before, Span::Link { words, slug }, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_words_to_the_reader() {
        assert_eq!(plain("see [the bridge](bridge) now"), "see the bridge now");
        assert_eq!(plain("no [link here"), "no [link here");
        assert_eq!(
            spans("a [b](c)"),
            [
                Span::Text("a "),
                Span::Link {
                    words: "b",
                    slug: "c"
                },
                Span::Text("")
            ]
        );
    }
}
