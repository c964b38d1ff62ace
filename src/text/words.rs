//! Counting words.

use unicode_normalization::char::is_combining_mark;

/// Words in `text`, near enough to UAX 29 for statistics and limits: a run of letters and digits is
/// a word, and an apostrophe, a dot or a comma between two of them does not part it (`don't`,
/// `3.14`). Scripts that put no spaces between words (Han, kana, Thai, Lao, Khmer, Burmese) count
/// one word a letter; Hangul has spaces and counts as other scripts do.
pub fn count_words(text: &str) -> u32 {
    let mut n_words = 0_u32;
    let mut is_in_word = false;
    let mut is_after_link = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            n_words = n_words.saturating_add(u32::from(!is_in_word));
            is_in_word = true;
            is_after_link = false;
        } else if !c.is_ascii() && c.is_alphanumeric() {
            let is_own_word = is_spaceless(c);
            if is_own_word || !is_in_word {
                n_words = n_words.saturating_add(1);
            }
            is_in_word = !is_own_word;
            is_after_link = false;
        } else if is_in_word && !is_after_link && matches!(c, '\'' | '’' | '.' | ',') {
            is_after_link = true;
        } else if c.is_ascii() || !(is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}')) {
            is_in_word = false;
            is_after_link = false;
        }
    }
    n_words
}

fn is_spaceless(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_people_count() {
        #[track_caller]
        fn check(text: &str, want: u32) {
            assert_eq!(count_words(text), want, "{text:?}");
        }
        check("", 0);
        check(" ,. ", 0);
        check("one", 1);
        check("one two\n\nthree", 3);
        check("don't cost 3.14 — l’été", 4);
        check("well-known", 2);
        check("end.Begin", 1);
        check("end. Begin", 2);
        check("wait...what", 2);
        check("日本語 テスト", 6);
        check("한국어 시험", 2);
        check("हिन्दी में", 2);
        check("Привет, мир", 2);
        check("mixed 中文 text", 4);
        check("می\u{200c}خواهم", 1);
    }
}
