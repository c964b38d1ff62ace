//! What changes on a page without a change of the article: counters, times, reading times.

use super::fold::for_each_word;

/// Most words of a paragraph that may be a counter or a stamp: "Updated 12:30, 14 comments".
const STAMP_WORDS: usize = 12;

/// Most words of what a page says below the beginning of an article that it shows no longer in full.
const OFFER_WORDS: usize = 60;

/// Whether the newer of two texts is no edit: it has nothing that anybody wrote, or less than before.
pub fn is_no_edit(old: &str, new: &str) -> bool {
    is_churn(old, new) || is_cut_short(old, new)
}

/// Whether a text is the beginning of the other, less than half of it, with a few words below: what a page shows of an
/// article once it wants to be paid for it.
fn is_cut_short(old: &str, new: &str) -> bool {
    let (mut olds, mut news) = (old.split("\n\n"), new.split("\n\n").peekable());
    let (mut n_same, mut n_below) = (0, 0);
    while let Some(paragraph) = news.peek() {
        let beginning = paragraph.trim_end_matches(['.', '…', ' ', '[', ']']);
        match olds.next() {
            Some(old) if old == *paragraph => n_same += n_words(paragraph),
            // The last of it may break off.
            Some(old) if !beginning.is_empty() && old.starts_with(beginning) => {
                n_same += n_words(paragraph);
                news.next();
                break;
            }
            _ => break,
        }
        news.next();
    }
    for paragraph in news {
        n_below += n_words(paragraph);
    }
    n_same > 0 && n_below <= OFFER_WORDS && (n_same + n_below) * 2 < n_words(old)
}

fn n_words(text: &str) -> usize {
    let mut n = 0;
    for_each_word(text, |_| n += 1);
    n
}

/// Whether two texts differ in nothing that anybody wrote: the paragraphs that differ are short, end no
/// sentence, and say the same but for their digits ("3 min read", "1,204 shares", "Updated 14:05").
/// Numbers within sentences count: a toll that rises is news.
fn is_churn(old: &str, new: &str) -> bool {
    let (mut olds, mut news) = (old.split("\n\n"), new.split("\n\n"));
    loop {
        match (olds.next(), news.next()) {
            (None, None) => return true,
            (Some(old), Some(new)) if old == new || is_same_stamp(old, new) => {}
            _ => return false,
        }
    }
}

fn is_same_stamp(old: &str, new: &str) -> bool {
    let (old_words, new_words) = (masked(old), masked(new));
    if old_words != new_words {
        return false;
    }
    // The same letters and digits with other signs are the same text (see `place`).
    letters(old) == letters(new) || (old_words.len() <= STAMP_WORDS && !ends_sentence(old))
}

fn ends_sentence(paragraph: &str) -> bool {
    paragraph
        .trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」', '』'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟'])
}

/// Words with every run of digits as one sign.
fn masked(paragraph: &str) -> Vec<String> {
    let mut words = Vec::new();
    for_each_word(paragraph, |word| {
        let mut mask = String::with_capacity(word.folded.len());
        for c in word.folded.chars() {
            if !c.is_numeric() {
                mask.push(c);
            } else if !mask.ends_with('0') {
                mask.push('0');
            }
        }
        words.push(mask);
    });
    // "1,204" is two words and "980" is one.
    words.dedup_by(|next, word| word == "0" && next == "0");
    words
}

fn letters(paragraph: &str) -> String {
    let mut letters = String::with_capacity(paragraph.len());
    for_each_word(paragraph, |word| letters.push_str(word.folded));
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, want: bool) {
        let (old, new) = (
            format!("It rained.\n\n{old}"),
            format!("It rained.\n\n{new}"),
        );
        assert_eq!(is_churn(&old, &new), want, "{old:?} / {new:?}");
    }

    #[test]
    fn counters_and_stamps_are_churn() {
        check("14 comments", "1,204 comments", true);
        check("Updated 12:30", "Updated 9:05", true);
        check("3 min read", "4 min read", true);
        check("Lesezeit: 3 Minuten", "Lesezeit: 12 Minuten", true);
        check("A quote, “so”", "A quote, \"so\"", true);
    }

    #[test]
    fn the_beginning_of_what_was_there_is_no_edit() {
        let first = "The harbour was closed on Monday, said the master of the port.";
        let second = "Ships wait outside, and nobody knows for how long they will have to.";
        let whole = format!("{first}\n\n{second}\n\n{second} {second}\n\n{first} {second}");
        let offer = "Subscribe now to read the whole article.";
        for cut in [
            first.to_owned(),
            format!("{first}\n\n{offer}"),
            format!("{first}\n\nShips wait outside, and nobody …\n\n{offer}"),
        ] {
            assert!(is_no_edit(&whole, &cut), "{cut}");
            assert!(!is_no_edit(&cut, &whole), "{cut}");
        }
        for edit in [
            offer.to_owned(),
            format!("{first}\n\n{second}\n\n{second} {second}"),
            format!(
                "{first}\n\n{}",
                "It was all a mistake, he says now. ".repeat(9)
            ),
        ] {
            assert!(!is_no_edit(&whole, &edit), "{edit}");
        }
    }

    #[test]
    fn what_somebody_wrote_is_none() {
        check("10 people died.", "12 people died.", false);
        check("14 comments", "14 votes", false);
        check("Updated 12:30", "", false);
        check(
            "A long line of twelve words and more that ends without a stop 12",
            "A long line of twelve words and more that ends without a stop 13",
            false,
        );
        assert!(!is_churn("One.", "One.\n\nTwo."));
        assert!(is_churn("One.", "One."));
    }
}
