//! The last hand on a feed: limits on lengths, what every stored text may hold, warnings.

use std::borrow::Cow;

use crate::model::{Entry, ParsedFeed};
use crate::text::{cap, clean_line, storable};

use super::absolute::without_data;
use super::complaint::{Complaint, Complaints};
use super::source::FeedLimits;

/// Cuts what is too long, drops what no text may hold, and writes the warnings.
pub(super) fn finish(
    mut feed: ParsedFeed,
    limits: &FeedLimits,
    mut complaints: Complaints,
) -> ParsedFeed {
    cap_line(&mut feed.title, limits.title_bytes, &mut complaints);
    feed.language = feed.language.take().and_then(|language| clean(&language));
    for entry in &mut feed.entries {
        finish_entry(entry, limits, &mut complaints);
        if entry.language.is_none() {
            entry.language.clone_from(&feed.language);
        }
    }
    complaints.note_times(Complaint::TooManyEntries, feed.n_entries_beyond);
    feed.is_cut = complaints.has(Complaint::Truncated);
    feed.warnings.extend(complaints.lines());
    feed
}

fn finish_entry(entry: &mut Entry, limits: &FeedLimits, complaints: &mut Complaints) {
    cap_line(&mut entry.title, limits.title_bytes, complaints);
    cap_line(&mut entry.rights, limits.title_bytes, complaints);
    cap_text(&mut entry.summary_html, limits.text_bytes, complaints);
    cap_text(&mut entry.content_html, limits.text_bytes, complaints);
    for name in entry.authors.iter_mut().chain(&mut entry.categories) {
        cap_string(name, limits.title_bytes, complaints);
    }
    entry.language = entry.language.take().and_then(|language| clean(&language));
}

fn clean(raw: &str) -> Option<String> {
    let line = clean_line(raw);
    (!line.is_empty()).then_some(line)
}

fn cap_line(line: &mut Option<String>, limit_bytes: usize, complaints: &mut Complaints) {
    if let Some(line) = line {
        cap_string(line, limit_bytes, complaints);
    }
}

fn cap_text(text: &mut Option<String>, limit_bytes: usize, complaints: &mut Complaints) {
    if let Some(text) = text {
        if let Cow::Owned(clean) = storable(text) {
            *text = clean;
        }
        if text.len() > limit_bytes
            && let Cow::Owned(short) = without_data(text)
        {
            *text = short;
        }
        cap_string(text, limit_bytes, complaints);
    }
}

fn cap_string(text: &mut String, limit_bytes: usize, complaints: &mut Complaints) {
    let (kept, is_cut) = cap(text, limit_bytes);
    if is_cut {
        complaints.note(Complaint::Capped);
        *text = kept.trim_end().to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_in_the_text_does_not_cost_the_words_behind_it() {
        let picture = format!("<img src='data:image/png;base64,{}'>", "A".repeat(5_000));
        for (html, want, is_cut) in [
            (
                format!("<p>One{picture}two</p>"),
                "<p>One<img src=''>two</p>".to_owned(),
                false,
            ),
            ("<p>short".to_owned(), "<p>short".to_owned(), false),
            ("x".repeat(2_000), "x".repeat(1_000), true),
        ] {
            let mut complaints = Complaints::default();
            let mut text = Some(html);
            cap_text(&mut text, 1_000, &mut complaints);
            assert_eq!(text, Some(want));
            assert_eq!(complaints.has(Complaint::Capped), is_cut);
        }
    }
}
