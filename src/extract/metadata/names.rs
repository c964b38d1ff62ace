//! Names of people out of what stands where a name should: labels off, lists split, junk away.

use super::{
    dates::{self, Order},
    words::{AGENCIES, BYLINE_OPENERS, JOINERS, JUNK_AUTHORS, ROLES, Words},
};
use crate::text::clean_line;

/// The longest text that is read as names, in bytes.
const LONGEST: usize = 400;
/// Names taken from one text.
const MAX_NAMES: usize = 30;

/// Letters and digits of a text, lower case: what two spellings have in common.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        return letters
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .collect();
    }
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A text without the words that open a byline, and whether there were any.
pub(super) fn without_opener(text: &str) -> (&str, bool) {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || "-–—•|·/:".contains(c));
    let mut is_opened = false;
    for _ in 0..3 {
        let Some(after) = BYLINE_OPENERS.iter().find_map(|label| opener(rest, label)) else {
            break;
        };
        rest = after;
        is_opened = true;
    }
    (rest, is_opened)
}

/// The text is nothing but words that open a byline: "Written by", "Author:".
pub(super) fn is_opener(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || ":：-–—•|".contains(c));
    let bare = bare.to_lowercase();
    !bare.is_empty()
        && bare.len() <= 60
        && BYLINE_OPENERS
            .iter()
            .any(|label| label.trim_end_matches(':').trim_end() == bare)
}

/// The text opens with "written by" or the like, not with a bare "by".
pub(super) fn has_long_opener(text: &str) -> bool {
    static LONG: Words = Words::new(|| {
        let long = |label: &&'static str| label.len() >= 7 && label.contains(' ');
        BYLINE_OPENERS.iter().copied().filter(long).collect()
    });
    LONG.iter().any(|label| opener(text, label).is_some())
}

/// What follows a label, when the text starts with it and the label ends there.
fn opener<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let after = super::labels::strip_label(text, label)?;
    let is_ended = !label.ends_with(char::is_alphanumeric)
        || after.starts_with(|c: char| c.is_whitespace() || c == ':' || c == '：');
    let name = after.trim_start_matches(|c: char| c.is_whitespace() || ":：".contains(c));
    (is_ended && !name.is_empty()).then_some(name)
}

/// Names in a text that is known to hold nothing else.
pub(super) fn split(raw: &str) -> Vec<String> {
    let line = clean_line(raw);
    if line.is_empty() || line.len() > LONGEST {
        return Vec::new();
    }
    let (line, _) = without_opener(&line);
    let mut found: Vec<String> = Vec::new();
    let parts = line.split(['|', '•', '·', ';', '\n', '、', '，', '／', '●', '■', '▪']);
    for part in parts
        .flat_map(|part| part.split(" - "))
        .flat_map(|part| part.split(" – "))
        .flat_map(|part| part.split(" — "))
    {
        for name in commas(part) {
            let name = tidy(&name);
            if is_name(&name) && !found.iter().any(|known| fold(known) == fold(&name)) {
                found.push(name);
            }
            if found.len() >= MAX_NAMES {
                return found;
            }
        }
    }
    found
}

/// Splits at commas, slashes and joining words; degrees stay with their name.
fn commas(part: &str) -> Vec<String> {
    let pieces: Vec<&str> = part.split(',').map(str::trim).collect();
    if let [family, given] = pieces.as_slice()
        && n_words(family) == 1
        && (1..=2).contains(&n_words(given))
        && !is_credential(given)
        && !is_agency(given)
        && family
            .chars()
            .all(|c| c.is_alphabetic() || c == '-' || c == '\'')
        && n_words(given) == 1 + usize::from(given.ends_with('.'))
    {
        return vec![part.trim().to_owned()];
    }
    let mut names: Vec<String> = Vec::new();
    for piece in pieces {
        match names.last_mut() {
            Some(last) if is_credential(piece) && !is_agency(piece) => {
                last.push_str(", ");
                last.push_str(piece);
            }
            Some(_) if is_role(piece) => {}
            _ => names.extend(joined(piece)),
        }
    }
    names
}

/// Splits at joining words. The short ones (`y`, `e`, `en`) part only two full names.
fn joined(piece: &str) -> Vec<String> {
    let words: Vec<&str> = piece.split_whitespace().collect();
    let mut names = Vec::new();
    let mut name: Vec<&str> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let n_after = words.len() - at - 1;
        let is_joiner =
            !name.is_empty() && n_after > 0 && JOINERS.contains(&word.to_lowercase().as_str());
        let is_short = word.chars().count() <= 2 && word.chars().all(char::is_alphabetic);
        let is_split = if is_short {
            name.len() >= 2 && n_after >= 2 && word.chars().all(char::is_lowercase)
        } else {
            name.len() >= 2 || n_after >= 2
        };
        if is_joiner && is_split {
            names.extend(slashes(&name.join(" ")));
            name.clear();
        } else {
            name.push(word);
        }
    }
    names.extend(slashes(&name.join(" ")));
    names
}

fn slashes(piece: &str) -> Vec<String> {
    let piece = [" and ", "and ", "und ", "et ", "y ", "& "]
        .iter()
        .find_map(|lead| piece.strip_prefix(lead.trim_start()))
        .unwrap_or(piece);
    let parts: Vec<&str> = piece.split('/').map(str::trim).collect();
    if parts.len() > 1
        && parts
            .iter()
            .all(|part| n_words(part) >= 2 || is_agency(part))
    {
        return parts.into_iter().map(str::to_owned).collect();
    }
    vec![piece.trim().to_owned()]
}

/// A name without what a byline adds to it: "Ann Smith in Berlin", "Ann Smith for the Times".
pub(super) fn without_tail(name: &str) -> &str {
    const TAILS: [&str; 14] = [
        " in ", " for ", " on ", " at ", " from ", " aus ", " für ", " pour ", " para ", " per ",
        " voor ", " i ", " à ", " behalf ",
    ];
    TAILS
        .iter()
        .filter_map(|tail| name.find(tail))
        .min()
        .and_then(|at| name.get(..at))
        .filter(|before| n_words(before) >= 2)
        .unwrap_or(name)
}

/// A name without the mail address, handle, quotes and marks around it.
fn tidy(name: &str) -> String {
    let kept: Vec<&str> = name
        .split_whitespace()
        .filter(|word| !word.contains('@') && !word.starts_with("http"))
        .collect();
    let joined = kept.join(" ");
    let mut bare = joined
        .trim_matches(|c: char| c.is_whitespace() || "\"“”„«»*:,|-–—_<>•[]".contains(c))
        .to_owned();
    if let Some(start) = bare.strip_suffix("()") {
        bare = start.trim_end().to_owned();
    }
    // "Ann Smith (ans)": the initials a paper signs with.
    if let Some((before, initials)) = bare.rsplit_once(" (")
        && let Some(initials) = initials.strip_suffix(')')
        && initials.len() <= 5
        && initials.chars().all(|c| c.is_lowercase() || c == '.')
    {
        bare = before.trim_end().to_owned();
    }
    for opener in ["(", "["] {
        if bare.starts_with(opener) {
            bare = bare.trim_matches(|c| "()[]".contains(c)).to_owned();
        }
    }
    bare
}

/// A text that can be the name of a person, a team or an agency.
pub(super) fn is_name(name: &str) -> bool {
    let n_chars = name.chars().count();
    let n_letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let n_digits = name.chars().filter(|c| c.is_numeric()).count();
    if !(2..=70).contains(&n_chars) || n_letters < 2 || n_letters * 2 < n_chars || n_digits > 3 {
        return false;
    }
    if n_words(name) > 7 || name.contains("://") || name.starts_with("www.") {
        return false;
    }
    // "page.author", "andrew.smith": names of variables and accounts.
    if name.contains('.')
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b".-_".contains(&b))
    {
        return false;
    }
    if name.contains(['?', '!', ':', '{', '}', '=', '<', '>', '#', '%', '…', '\\']) {
        return false;
    }
    if name.starts_with("in ") || name.starts_with("In ") {
        return false;
    }
    if n_digits > 0 && dates::read(name, Order::DayFirst).is_some() {
        return false;
    }
    !is_junk(name)
}

/// A placeholder where a name should stand.
fn is_junk(name: &str) -> bool {
    let folded = fold(name);
    JUNK_AUTHORS.contains(&folded.as_str()) || (n_words(name) <= 2 && is_all_roles(name))
}

fn is_all_roles(name: &str) -> bool {
    name.split_whitespace()
        .all(|word| ROLES.contains(&word.to_lowercase().as_str()))
}

/// A name that looks like a person's: two to five words, each with a capital where the script has
/// them. For texts of which it is only supposed that they hold a name.
pub(super) fn is_personal(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let bare: Vec<&str> = words
        .iter()
        .filter(|word| !is_particle(word))
        .copied()
        .collect();
    let is_capital = |word: &&str| {
        word.trim_start_matches(|c: char| !c.is_alphanumeric())
            .chars()
            .next()
            .is_some_and(|c| !c.is_lowercase() && !c.is_numeric())
    };
    let is_cased = name.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    let n_wanted = if is_cased { 2..=5 } else { 1..=5 };
    n_wanted.contains(&words.len())
        && !bare.is_empty()
        && bare.iter().all(is_capital)
        && !name.ends_with(['.', ':', ';']) | is_initial_end(name)
        && !words.iter().any(|word| is_role(word))
}

fn is_initial_end(name: &str) -> bool {
    name.split_whitespace()
        .last()
        .is_some_and(|word| word.chars().count() <= 4 && word.ends_with('.'))
}

fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "de" | "da"
            | "di"
            | "do"
            | "dos"
            | "das"
            | "del"
            | "della"
            | "der"
            | "den"
            | "van"
            | "von"
            | "vom"
            | "zu"
            | "zur"
            | "la"
            | "le"
            | "du"
            | "des"
            | "el"
            | "al"
            | "bin"
            | "ibn"
            | "ben"
            | "y"
            | "e"
            | "af"
            | "av"
            | "ten"
            | "ter"
            | "te"
            | "und"
            | "d'"
            | "dela"
            | "dal"
            | "in"
            | "'t"
    )
}

fn is_role(piece: &str) -> bool {
    piece
        .split(|c: char| c.is_whitespace() || c == '/')
        .any(|word| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            ROLES.contains(&word.to_lowercase().as_str())
        })
}

/// `MD`, `Ph.D.`, `E-RYT 200`, `Jr.`: what stands after a name and belongs to it.
fn is_credential(piece: &str) -> bool {
    if matches!(piece.trim_end_matches('.'), "Jr" | "Sr" | "Esq") {
        return true;
    }
    let words: Vec<&str> = piece.split_whitespace().collect();
    !words.is_empty()
        && words.len() <= 3
        && words.iter().all(|word| {
            let n_upper = word.chars().filter(char::is_ascii_uppercase).count();
            let n_letters = word.chars().filter(|c| c.is_alphabetic()).count();
            word.chars().count() <= 8
                && (n_letters == 0 || (n_upper * 2 >= n_letters && n_upper >= 2))
        })
        && piece.chars().any(char::is_alphabetic)
}

fn is_agency(piece: &str) -> bool {
    AGENCIES.contains(&fold(piece).as_str())
}

pub(super) fn n_words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(raw: &str, want: &[&str]) {
        assert_eq!(split(raw), want, "{raw}");
    }

    #[test]
    fn names_are_split_and_labels_go() {
        check("Ann Smith", &["Ann Smith"]);
        check("By Ann Smith", &["Ann Smith"]);
        check("BY ANN SMITH AND BO JONES", &["ANN SMITH", "BO JONES"]);
        check(
            "Ann Smith, Bo Jones and Eve Brown",
            &["Ann Smith", "Bo Jones", "Eve Brown"],
        );
        check("Von Ann Smith und Bo Jones", &["Ann Smith", "Bo Jones"]);
        check("Par Ann Smith et Bo Jones", &["Ann Smith", "Bo Jones"]);
        check("Por Ann Smith y Bo Jones", &["Ann Smith", "Bo Jones"]);
        check("di Ann Smith e Bo Jones", &["Ann Smith", "Bo Jones"]);
        check("Tekst: Ann Smith og Bo Jones", &["Ann Smith", "Bo Jones"]);
        check("Автор: Анна Иванова", &["Анна Иванова"]);
        check("Penulis: Ann Smith", &["Ann Smith"]);
        check("作者：王小明", &["王小明"]);
        check("Ann Smith/Bo Jones", &["Ann Smith", "Bo Jones"]);
        check("Ann Smith | Bo Jones", &["Ann Smith", "Bo Jones"]);
        check("Ann Smith; Bo Jones", &["Ann Smith", "Bo Jones"]);
        check("José Ortega y Gasset", &["José Ortega y Gasset"]);
        check("Maria & Katerina", &["Maria & Katerina"]);
    }

    #[test]
    fn degrees_stay_roles_go_agencies_count() {
        check("Ann Smith, MD, Ph.D.", &["Ann Smith, MD, Ph.D."]);
        check("Ann Smith, Senior Editor", &["Ann Smith"]);
        check("Ann Smith, dpa", &["Ann Smith", "dpa"]);
        check("Ann Smith, AFP", &["Ann Smith", "AFP"]);
        check("Ann Smith (ans)", &["Ann Smith"]);
        check("Ann Smith ann@example.org", &["Ann Smith"]);
        check("Ann Smith @ann", &["Ann Smith"]);
    }

    #[test]
    fn a_person_looks_like_one() {
        for name in [
            "Ann Smith",
            "Ursula von der Leyen",
            "Jeff T.",
            "José Ortega y Gasset",
            "王小明",
            "Анна Иванова",
        ] {
            assert!(is_personal(name), "{name}");
        }
        for name in [
            "Read more about",
            "machine learning",
            "Senior Editor",
            "5 min read",
            "The story goes on and on here",
        ] {
            assert!(!is_personal(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_gives_names(raw: String) {
            for name in split(&raw) {
                prop_assert!(is_name(&name));
            }
        }
    }
}
