//! What stands above the text: title, dek, byline, date.

use super::{
    choose::{Choice, drop_block},
    metadata::Metadata,
};
use crate::markup::{Block, BlockKind, BlockView};

/// A block of more bytes is text; what stands above the text ends there.
const RUNNING_TEXT_BYTES: usize = 200;

/// A dek stays if the model is this sure of it: some papers begin their text with it.
const SURE: f32 = 0.75;

/// Most words of a line that may be a name.
const NAME_WORDS: usize = 5;

/// Most words of a line that is a byline or a date.
const MAX_WORDS: usize = 12;

/// The title, the dek, the byline and the date are fields of their own: they go where they stand
/// above the text.
pub(super) fn drop_front_matter(view: &BlockView, metadata: &Metadata, choices: &mut [Choice]) {
    let known = Known::new(metadata);
    // A dek that was seen: it goes when a byline or date follows, which parts it from the text.
    let mut dek: Option<usize> = None;
    for (index, block) in view.blocks.iter().enumerate() {
        let Some(choice) = choices.get_mut(index).filter(|choice| choice.is_kept) else {
            continue;
        };
        if !matches!(block.kind, BlockKind::Heading(_) | BlockKind::Paragraph) {
            return;
        }
        if known.holds_all(&block.text) {
            drop_block(choice, "is title, byline or date");
            if let Some(choice) = dek.take().and_then(|dek| choices.get_mut(dek)) {
                drop_block(choice, "is the dek");
            }
        } else if known.is_dek(block) {
            if choice.score < SURE {
                drop_block(choice, "is the dek");
            } else {
                dek = Some(index);
            }
        } else if block.text.len() > RUNNING_TEXT_BYTES {
            return;
        }
    }
}

struct Known {
    titles: Vec<String>,
    deks: Vec<String>,
    subtitle: Option<String>,
    authors: Vec<String>,
}

impl Known {
    fn new(metadata: &Metadata) -> Self {
        let deks = metadata.dek.iter().chain(&metadata.description);
        Self {
            titles: metadata
                .headlines
                .iter()
                .chain(&metadata.title)
                .map(|line| folded(line))
                .collect(),
            deks: deks.map(|line| folded(line)).collect(),
            subtitle: metadata.subtitle.as_deref().map(folded),
            authors: metadata.authors.iter().map(|line| folded(line)).collect(),
        }
    }

    /// The dek, when it is marked up as something else than a paragraph of the text: as a heading,
    /// or by a class that says subtitle.
    fn is_dek(&self, block: &Block) -> bool {
        let text = folded(&block.text);
        let is_subtitle = self.subtitle.as_ref() == Some(&text);
        is_subtitle || (matches!(block.kind, BlockKind::Heading(_)) && self.deks.contains(&text))
    }

    /// Every line is known, or one is and the others are as short as a name.
    fn holds_all(&self, text: &str) -> bool {
        let is_name = |line: &str| {
            line.split_whitespace().count() <= NAME_WORDS && !line.ends_with(['.', '!', '?', ':'])
        };
        text.lines().any(|line| self.holds(line))
            && text.lines().all(|line| is_name(line) || self.holds(line))
    }

    fn holds(&self, line: &str) -> bool {
        let line_folded = folded(line);
        if self.is_title(&line_folded) {
            return true;
        }
        if line.split_whitespace().count() > MAX_WORDS || ends_like_a_sentence(line) {
            return false;
        }
        let names_author = self
            .authors
            .iter()
            .any(|author| !author.is_empty() && line_folded.contains(author.as_str()));
        names_author || is_date(line)
    }
}

impl Known {
    /// A title, or most of one: the site's name is often part of it.
    fn is_title(&self, line: &str) -> bool {
        self.titles.iter().any(|title| {
            title == line || (line.len() * 10 >= title.len() * 6 && title.contains(line))
        })
    }
}

/// Letters and digits in lower case.
fn folded(line: &str) -> String {
    line.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn ends_like_a_sentence(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with(['.', '!', '?', ':', '"', '”', '。']) && line.chars().count() > 30
}

/// A year with a day, or a time of day, and little else.
fn is_date(line: &str) -> bool {
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).count();
    let has_year = line
        .split(|c: char| !c.is_ascii_digit())
        .any(|run| run.len() == 4 && (run.starts_with("19") || run.starts_with("20")));
    let n_numbers = line
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .count();
    let n_words = line.split_whitespace().count();
    has_year && n_numbers >= 2 && n_words <= 8 && digits(line) >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, want: bool) {
        let metadata = Metadata {
            headlines: vec!["A bridge nobody asked for".to_owned()],
            authors: vec!["Petra Holm".to_owned()],
            ..Metadata::default()
        };
        assert_eq!(Known::new(&metadata).holds(line), want, "{line}");
    }

    #[test]
    fn titles_bylines_and_dates_are_known() {
        check("A bridge nobody asked for", true);
        check("By Petra Holm", true);
        check("PETRA HOLM, staff writer", true);
        check("November 12, 2015", true);
        check("2026年2月3日 21時14分", true);
    }

    #[test]
    fn text_is_not_taken_for_them() {
        check("In 2015 a bridge was built", false);
        check(
            "Petra Holm has lived in the village for twenty years.",
            false,
        );
        check("What the critics say", false);
    }
}
