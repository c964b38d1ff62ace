//! Text folded to words of letters and digits, by which texts are compared.

use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfkc_quick,
};

/// How the words of a script are told apart, which sets how many of them make a shingle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters between spaces or punctuation.
    Word,
    /// One character of Chinese or Japanese, which puts no spaces between words.
    Ideograph,
    /// One character of Thai, Lao, Khmer or Burmese: alphabets without spaces.
    Unspaced,
}

/// One folded word and how its script is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) folded: &'a str,
    pub(super) kind: Kind,
    /// It has a capital letter although no sentence begins with it: a name, in most languages.
    pub(super) is_name: bool,
}

/// Calls `visit` with each word of `text` in order.
///
/// Folding is NFKC, lower case, `ß` as `ss`, final sigma as sigma; what is no letter, digit or mark
/// on a letter parts words. This is close to `NFKC_Casefold` (Unicode, chapter 3.13) without its
/// language-dependent cases: Turkish dotless i stays a letter of its own.
pub(super) fn for_each_word(text: &str, mut visit: impl FnMut(Word<'_>)) {
    let mut folder = Folder::default();
    let mut rest = text;
    while !rest.is_empty() {
        let n_ascii = rest.bytes().take_while(u8::is_ascii).count();
        // The character before a non-ASCII one may compose with it, so it goes the slow way.
        let n_plain = if n_ascii == rest.len() {
            n_ascii
        } else {
            n_ascii.saturating_sub(1)
        };
        let (plain, after) = rest.split_at_checked(n_plain).unwrap_or((rest, ""));
        for byte in plain.bytes() {
            if byte.is_ascii_alphanumeric() {
                folder.see_first(byte.is_ascii_uppercase());
                folder.word.push(char::from(byte.to_ascii_lowercase()));
            } else {
                folder.end_word(&mut visit);
                folder.is_opening |= matches!(byte, b'.' | b'!' | b'?' | b':' | b'\n' | b'"');
            }
        }
        // Two ASCII characters in a row never compose: the slow run ends before the second.
        let n_slow = slow_run(after);
        let (slow, after) = after.split_at_checked(n_slow).unwrap_or((after, ""));
        // Most text is in that form already, and asking is much cheaper than composing.
        let is_settled = slow.chars().all(is_settled_alone);
        if is_settled || is_nfkc_quick(slow.chars()) == IsNormalized::Yes {
            for character in slow.chars() {
                folder.push(character, &mut visit);
            }
        } else {
            for character in slow.nfkc() {
                folder.push(character, &mut visit);
            }
        }
        rest = after;
    }
    folder.end_word(&mut visit);
}

/// Letters and quotation marks of everyday text that NFKC leaves alone and that join with nothing
/// before them; what is not here is looked up in Unicode's tables.
fn is_settled_alone(character: char) -> bool {
    matches!(character,
        '\0'..='\u{7f}'
        | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ı' | 'Ĵ'..='ľ' | 'Ł'..='ň' | 'Ŋ'..='ž'
        | 'Α'..='Ρ' | 'Σ'..='ώ' | 'Ѐ'..='ҁ'
        | '–'..='—' | '‘'..='„' | '。' | '「'..='』'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '가'..='힣')
}

/// Bytes up to where two ASCII characters stand side by side (the first is included).
fn slow_run(text: &str) -> usize {
    let mut was_ascii = false;
    let mut n_bytes = 0;
    for (at, character) in text.char_indices() {
        if character.is_ascii() && was_ascii {
            return at;
        }
        // The leading ASCII character stands alone: what came before it is done.
        was_ascii = character.is_ascii();
        n_bytes = at + character.len_utf8();
    }
    n_bytes
}

/// The word that is being read.
#[derive(Debug)]
struct Folder {
    word: String,
    is_capital: bool,
    /// The next word begins a sentence.
    is_opening: bool,
}

impl Default for Folder {
    fn default() -> Self {
        Self {
            word: String::new(),
            is_capital: false,
            is_opening: true,
        }
    }
}

impl Folder {
    /// Notes the first letter of a word.
    fn see_first(&mut self, is_capital: bool) {
        if self.word.is_empty() {
            self.is_capital = is_capital;
        }
    }

    fn push(&mut self, character: char, visit: &mut impl FnMut(Word<'_>)) {
        match unspaced(character) {
            Some(kind) => {
                self.end_word(visit);
                let mut buffer = [0; 4];
                visit(Word {
                    folded: character.encode_utf8(&mut buffer),
                    kind,
                    is_name: false,
                });
            }
            None if character.is_alphanumeric() => {
                self.see_first(character.is_uppercase());
                self.push_folded(character);
            }
            None if is_mark(character) && !self.word.is_empty() => self.word.push(character),
            // Soft hyphens and joiners stand inside words and are not seen.
            None if is_invisible(character) || is_mark(character) => {}
            None => {
                self.end_word(visit);
                self.is_opening |= is_opening(character);
            }
        }
    }

    fn push_folded(&mut self, character: char) {
        match character {
            'ß' | 'ẞ' => self.word.push_str("ss"),
            'ς' => self.word.push('σ'),
            other => self.word.extend(other.to_lowercase()),
        }
    }

    fn end_word(&mut self, visit: &mut impl FnMut(Word<'_>)) {
        if !self.word.is_empty() {
            visit(Word {
                folded: &self.word,
                kind: Kind::Word,
                is_name: self.is_capital && !self.is_opening,
            });
            self.word.clear();
            self.is_opening = false;
        }
    }
}

/// Before the first word of a sentence or of what somebody says.
fn is_opening(character: char) -> bool {
    matches!(
        character,
        '.' | '!' | '?' | ':' | '\n' | '"' | '“' | '„' | '«' | '»' | '…'
    )
}

/// A mark that belongs to the letter before it; variation selectors only choose a glyph.
fn is_mark(character: char) -> bool {
    is_combining_mark(character)
        && !matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{20dd}'..='\u{20e4}')
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// The kind of a letter whose script puts no spaces between words.
fn unspaced(character: char) -> Option<Kind> {
    match character {
        '\u{0e01}'..='\u{0e3a}'
        | '\u{0e40}'..='\u{0e4e}'
        | '\u{0e81}'..='\u{0ece}'
        | '\u{1000}'..='\u{103f}'
        | '\u{1050}'..='\u{108f}'
        | '\u{1780}'..='\u{17d3}' => Some(Kind::Unspaced),
        // Hiragana, katakana, bopomofo, ideographs with their extensions.
        '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{3096}'
        | '\u{3099}'..='\u{309a}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'
        | '\u{3105}'..='\u{312f}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Some(Kind::Ideograph),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(words(text).join(" "), want, "words of {text:?}");
    }

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        for_each_word(text, |word| words.push(word.folded.to_owned()));
        words
    }

    #[test]
    fn case_and_punctuation_go() {
        check("Hello, World! It's 3.14", "hello world it s 3 14");
        check("“Quoted” — «text»…", "quoted text");
        check("", "");
        check("— … ·", "");
    }

    #[test]
    fn letters_with_marks_stay_in_either_form() {
        check("Žluťoučký kůň", "žluťoučký kůň");
        check("Z\u{30c}lut\u{30c}ouc\u{30c}ky\u{301}", "žluťoučký");
        check("e\u{301} abc e\u{301}", "é abc é");
    }

    #[test]
    fn folds_beyond_ascii() {
        check("STRASSE Straße", "strasse strasse");
        check("ΟΔΟΣ οδος οδός", "οδοσ οδοσ οδόσ");
        check("ﬁnal ２０２４ Ⅳ", "final 2024 iv");
    }

    #[test]
    fn invisible_characters_do_not_part_words() {
        check("in\u{ad}vis\u{200b}ible", "invisible");
    }

    #[test]
    fn names_have_a_capital_within_a_sentence() {
        let mut names = Vec::new();
        let text = "The mayor of Rusk, Ann Öke, spoke. She said: “We wait.” In Überlingen too";
        for_each_word(text, |word| {
            if word.is_name {
                names.push(word.folded.to_owned());
            }
        });
        assert_eq!(names, ["rusk", "ann", "öke", "überlingen"]);
    }

    #[test]
    fn scripts_without_spaces_give_characters() {
        check("東京の天気 OK", "東 京 の 天 気 ok");
        check("ไทย", "ไ ท ย");
        check("한국어 뉴스", "한국어 뉴스");
        check("हिन्दी समाचार", "हिन्दी समाचार");
    }

    #[test]
    fn settled_characters_are_settled() {
        for character in ('\0'..=char::MAX).filter(|character| is_settled_alone(*character)) {
            assert_eq!(
                is_nfkc_quick(std::iter::once(character)),
                IsNormalized::Yes,
                "{character:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn folding_its_own_output_changes_nothing(text: String) {
            let once = words(&text);
            prop_assert_eq!(words(&once.join(" ")), once);
        }

        #[test]
        fn the_fast_way_agrees_with_the_slow_one(text in "[a-cA-C ,.\u{301}éßﬁ東]{0,40}") {
            let mut slow = Vec::new();
            let mut folder = Folder::default();
            for character in text.nfkc() {
                folder.push(character, &mut |word: Word<'_>| slow.push(word.folded.to_owned()));
            }
            folder.end_word(&mut |word: Word<'_>| slow.push(word.folded.to_owned()));
            prop_assert_eq!(words(&text), slow);
        }
    }
}
