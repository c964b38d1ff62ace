//! A search as typed: read, and its faults shown with their place.

use std::ops::Range;

use super::{
    exit::{Failed, Status},
    open, output, rows,
};
use crate::store::{Reader, Search};

/// Reads a search.
pub(super) fn read(typed: &str) -> Result<Search, Failed> {
    let now = open::clock().now().wall;
    Search::read(typed, now).map_err(|error| {
        let message = format!("{error}{}", shown(typed, &error.place));
        Failed::message(Status::Usage, message).with_hint(error.fault.hint())
    })
}

/// A feed in a search that nobody knows is a slip of the pen, as one behind `--feed` is.
pub(super) fn expect_feeds(reader: &Reader, typed: &str, search: &Search) -> Result<(), Failed> {
    for (feed, place) in search.feeds() {
        if let Err(failed) = rows::named_feed(reader, feed) {
            let message = format!("{:#}{}", failed.error, shown(typed, &place));
            return Err(Failed::message(failed.status, message).with_hint(failed.hint));
        }
    }
    Ok(())
}

/// The search with a line under it that marks the place; nothing for a search of spaces.
fn shown(typed: &str, place: &Range<usize>) -> String {
    if typed.trim().is_empty() {
        return String::new();
    }
    let before = typed.get(..place.start).unwrap_or_default();
    let marked = typed.get(place.clone()).unwrap_or_default();
    let marks: String = marked.chars().map(|c| blank(c).replace(' ', "^")).collect();
    let blanks: String = before.chars().map(blank).collect();
    let line: String = typed
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!(
        "\n  {}\n  {}{}",
        line.trim_end(),
        blanks,
        marks.replace('\u{3000}', "^^")
    )
}

/// As much room as the character takes: letters of East Asia take that of two.
fn blank(c: char) -> &'static str {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{20000}'..='\u{3fffd}' => "\u{3000}",
        _ => " ",
    }
}

/// A line for the person when not all that was found could be ranked.
pub(super) fn note_ranked(ranked: Option<u32>) {
    if let Some(n) = ranked {
        output::note(format!(
            "note: more than {n} articles match; only the newest {n} were ranked: add words or a filter such as since:30d, or use --sort date"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, place: Range<usize>, want: &str) {
        assert_eq!(shown(typed, &place), want, "{typed}");
    }

    #[test]
    fn the_marks_stand_under_the_fault() {
        check("a tag: b", 2..6, "\n  a tag: b\n    ^^^^");
        check("é\tx:", 3..5, "\n  é x:\n    ^^");
        check("東京 \"a", 7..9, "\n  東京 \"a\n  \u{3000}\u{3000} ^^");
        check("東", 0..3, "\n  東\n  ^^");
        check("  ", 2..2, "");
    }
}
