//! Marks of news agencies: who wrote a text that many print.
//!
//! Looked for where agencies sign: the dateline, the names of the authors, the last line. An agency that is
//! spoken of ("the minister told Reuters") has not written the text, so nothing between the first words
//! and the last line counts. A mark is a hint: outlets add paragraphs of their own below it.

use super::agencies::{AGENCIES, Agency, CLOSINGS};
use crate::model::AgencyMark;

/// Bytes at the head of a paragraph in which a dateline ends: two cities, a date and the bracket.
const DATELINE_BYTES: usize = 160;

/// Words before the bracket of a dateline: `Frankfurt am Main, 3. November 2026`.
const DATELINE_WORDS: usize = 9;

/// A first line with fewer characters (a byline, a time) may stand before the dateline.
const SHORT_LINE: usize = 80;

/// Most characters of a last line that is a signature.
const SIGNATURE: usize = 120;

/// Finds the mark of an agency; the dateline counts before the authors, these before the last line.
pub fn agency_mark(text: &str, authors: &[String]) -> Option<AgencyMark> {
    dateline(text)
        .or_else(|| byline(authors))
        .or_else(|| last_line(text))
}

fn mark(agency: &Agency, mark: &str) -> AgencyMark {
    AgencyMark {
        agency: agency.name,
        mark: mark.trim().chars().take(SIGNATURE).collect(),
    }
}

fn dateline(text: &str) -> Option<AgencyMark> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    let is_short = first.chars().count() < SHORT_LINE;
    let second = lines.next().filter(|_| is_short);
    dateline_of(first).or_else(|| dateline_of(second?))
}

fn dateline_of(line: &str) -> Option<AgencyMark> {
    let head = line.get(..line.floor_char_boundary(DATELINE_BYTES))?;
    in_chinese(head)
        .or_else(|| in_brackets(head))
        .or_else(|| before_dash(head))
}

/// `新华社北京3月9日电`.
fn in_chinese(head: &str) -> Option<AgencyMark> {
    let after = head
        .strip_prefix("新华社")
        .or(head.strip_prefix("新華社"))?;
    let end = after
        .char_indices()
        .take(20)
        .find(|(_, c)| matches!(c, '电' | '電'))?;
    let end = head.len() - after.len() + end.0 + end.1.len_utf8();
    Some(mark(named("新华社")?, head.get(..end)?))
}

const BRACKETS: &[(char, char)] = &[
    ('(', ')'),
    ('[', ']'),
    ('【', '】'),
    ('（', '）'),
    ('/', '/'),
];

/// `BERLIN (AP) —`, `PARIS, Nov 3 (Reuters) -`, `МОСКВА, 3 ноября. /ТАСС/.`, `【ワシントン共同】`.
fn in_brackets(head: &str) -> Option<AgencyMark> {
    BRACKETS.iter().find_map(|(open, close)| {
        let mut from = 0;
        // India's ANI names the country in a pair of its own, so the next pair is looked at too.
        while let Some((before, inside, after)) = bracketed(head, from, *open, *close) {
            from = head.len() - after.len();
            if let Some(agency) = signed(inside)
                && is_dateline(before)
                && (is_parted(after) || agency.has_bare_dateline || *open == '【')
            {
                return Some(mark(agency, head.get(..from)?));
            }
        }
        None
    })
}

/// The first pair of brackets from a place on: what stands before, in and behind it.
fn bracketed(head: &str, from: usize, open: char, close: char) -> Option<(&str, &str, &str)> {
    let start = from + head.get(from..)?.find(open)?;
    let (before, rest) = head.split_at_checked(start)?;
    let (inside, after) = rest.get(open.len_utf8()..)?.split_once(close)?;
    Some((before, inside, after))
}

/// `Tehran, IRNA –`, `TOKYO, Nov 3, Kyodo -`, `Москва. 3 ноября. INTERFAX.RU -`.
fn before_dash(head: &str) -> Option<AgencyMark> {
    let (before, _) = [" - ", " – ", " — ", " -- "]
        .iter()
        .filter_map(|dash| head.split_once(dash))
        .min_by_key(|(before, _)| before.len())?;
    let (place, sign) = before.rsplit_once([',', '.']).map(|(place, sign)| {
        // The name itself may end in `.ru`.
        let is_domain = sign.len() <= 3 && !sign.starts_with(' ');
        match place.rsplit_once([',', '.']).filter(|_| is_domain) {
            Some((place, _)) => (place, before.get(place.len() + 1..).unwrap_or("")),
            None => (place, sign),
        }
    })?;
    let agency = named(sign.trim())?;
    is_dateline(place).then(|| mark(agency, before))
}

/// The agency that signs a bracket or a line: alone, or before others and short signs of editors
/// (`dpa/lsw`, `AFP/Reuters`, `서울=연합뉴스`).
fn signed(signature: &str) -> Option<&'static Agency> {
    if let Some(agency) = named(signature.trim()) {
        return Some(agency);
    }
    let mut parts = signature.split(['/', '=', '＝', ',', '|']).map(str::trim);
    let is_signature = parts
        .clone()
        .all(|part| named(part).is_some() || part.chars().count() <= 4 || !part.is_ascii());
    if let Some(agency) = parts.find_map(named)
        && is_signature
    {
        return Some(agency);
    }
    // Japanese datelines put the place before the name without a mark.
    ["共同", "時事"]
        .iter()
        .find(|sign| signature.ends_with(**sign) && signature.chars().count() <= 12)
        .and_then(|sign| named(sign))
}

fn named(sign: &str) -> Option<&'static Agency> {
    AGENCIES.iter().find(|agency| agency.signs.contains(&sign))
}

/// Places and dates only: words with a capital, numbers, short words between them.
fn is_dateline(before: &str) -> bool {
    let mut n_words = 0;
    let mut is_after_number = false;
    for word in before
        .split([' ', ',', '/', '\u{a0}'])
        .filter(|word| !word.is_empty())
    {
        n_words += 1;
        let is_number = word.starts_with(|c: char| c.is_numeric());
        let is_small = word.starts_with(char::is_lowercase);
        // `am` Main, `de` Janeiro; 3 `ноября`, 14 `mai`.
        let is_allowed = !is_small || n_letters(word) <= 3 || is_after_number;
        if !is_allowed || n_words > DATELINE_WORDS || is_of_an_agency(word) {
            return false;
        }
        is_after_number = is_number;
    }
    !before.starts_with(char::is_lowercase)
}

fn n_letters(word: &str) -> usize {
    word.chars().filter(|c| c.is_alphabetic()).count()
}

/// "The Associated Press (AP) has asked …" speaks of the agency.
fn is_of_an_agency(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "press", "presse", "agency", "agence", "agencia", "agenzia", "agentur", "news",
    ];
    let word = word.to_lowercase();
    WORDS.contains(&word.as_str()) || word.ends_with("agentur")
}

/// What parts a dateline from the text.
fn is_parted(after: &str) -> bool {
    let after = after.trim_start();
    after.is_empty() || after.starts_with(['-', '–', '—', '−', ':', '.', '=', '・'])
}

/// The names of the authors, exactly; `Ann Doe, Associated Press` is two names.
fn byline(authors: &[String]) -> Option<AgencyMark> {
    authors.iter().find_map(|author| {
        let agency = author
            .split([',', '/', '|', ';'])
            .find_map(|part| author_agency(part.trim()))
            .or_else(|| author_agency(author))?;
        Some(mark(agency, author))
    })
}

fn author_agency(author: &str) -> Option<&'static Agency> {
    let author = ["By ", "by ", "Von ", "von ", "Por ", "Par "]
        .iter()
        .find_map(|by| author.strip_prefix(by))
        .unwrap_or(author);
    let has_name = |agency: &&Agency| {
        agency
            .names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(author))
    };
    // Two letters are as often somebody's initials.
    let is_sign = author.chars().count() > 2 || author == "AP";
    named(author)
        .filter(|_| is_sign)
        .or_else(|| AGENCIES.iter().find(has_name))
}

fn last_line(text: &str) -> Option<AgencyMark> {
    let line = text
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())?
        .trim();
    closing(line)
        .or_else(|| signature(line))
        .or_else(|| at_the_end(line))
}

/// A sentence that is the agency's own.
fn closing(line: &str) -> Option<AgencyMark> {
    let (_, name) = CLOSINGS
        .iter()
        .find(|(parts, _)| parts.iter().all(|part| line.contains(part)))?;
    let agency = AGENCIES.iter().find(|agency| agency.name == *name)?;
    Some(mark(agency, line))
}

/// `dpa/cgs`, `© AFP`, `(With inputs from PTI)`, `Quelle: dpa`, `AGERPRES/(AS - …)`.
fn signature(line: &str) -> Option<AgencyMark> {
    if line.chars().count() > SIGNATURE {
        return None;
    }
    let bare = line.trim_matches(|c: char| " ()[]【】（）/-–—.*".contains(c));
    let unmarked = CREDITS
        .iter()
        .find_map(|credit| {
            let head = bare.get(..credit.len())?;
            head.eq_ignore_ascii_case(credit)
                .then(|| bare.get(credit.len()..))?
        })
        .unwrap_or(bare);
    let year_less = unmarked.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let agency = signed(year_less)
        .or_else(|| author_agency(year_less).filter(|_| year_less.len() < bare.len()))
        .or_else(|| {
            line.strip_prefix("AGERPRES/(")
                .and_then(|_| named("AGERPRES"))
        })
        .or_else(|| line.strip_prefix("© dpa").and_then(|_| named("dpa")))?;
    Some(mark(agency, line))
}

/// What may stand before the name in a line of its own.
const CREDITS: &[&str] = &[
    "©",
    "(c)",
    "Copyright",
    "Source:",
    "Quelle:",
    "Quellen:",
    "Fuente:",
    "Fonte:",
    "Bron:",
    "Kilde:",
    "Källa:",
    "Źródło:",
    "Zdroj:",
    "Источник:",
    "With inputs from ",
    "With input from ",
    "With agency inputs from ",
    "Mit Material von ",
    "Mit Material der ",
    "Avec ",
];

/// `… until Friday. (PAP)`: the last words of the text.
fn at_the_end(line: &str) -> Option<AgencyMark> {
    let open = line
        .rfind(['(', '（', '/'].as_slice())
        .filter(|_| line.ends_with([')', '）', '/']))?;
    let open = if line.ends_with('/') {
        line.trim_end_matches('/').rfind('/')?
    } else {
        open
    };
    let (before, sign) = line.split_at_checked(open)?;
    let is_sentence = before
        .trim_end()
        .ends_with(['.', '!', '?', '"', '”', '“', '»', '。']);
    let agency = signed(sign.trim_matches(['(', ')', '（', '）', '/']))?;
    is_sentence.then(|| mark(agency, sign))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<&str>) {
        let found = agency_mark(text, &[]);
        assert_eq!(
            found.as_ref().map(|found| found.agency),
            want,
            "{text}: {found:?}"
        );
    }

    #[track_caller]
    fn check_all(cases: &[(&str, &str)]) {
        for (text, want) in cases {
            check(text, Some(want));
        }
    }

    const BODY: &str =
        "The council met. It talked for hours, and went home late.\n\nNobody minded.";

    #[test]
    fn datelines_tell_the_agency() {
        check_all(&[
            ("BERLIN (AP) — The council met.", "AP"),
            ("PARIS, Nov 3 (Reuters) - The council met.", "Reuters"),
            ("PARIS, 14 mai (AFP) - Le conseil", "AFP"),
            ("Berlin (dpa) - Der Rat", "dpa"),
            ("Berlin (dpa/bb) - Der Rat", "dpa"),
            ("Frankfurt am Main (dpa) Der Rat", "dpa"),
            ("(ANSA) - ROMA, 7 MAR - Il consiglio", "ANSA"),
            ("Madrid, 3 nov (EFE).- El consejo", "EFE"),
            ("MADRID 3 Nov. (EUROPA PRESS) - El consejo", "Europa Press"),
            ("МОСКВА, 3 ноября. /ТАСС/. Совет", "TASS"),
            ("Москва. 3 ноября. INTERFAX.RU - Совет", "Interfax"),
            ("BEIJING, Nov. 3 (Xinhua) -- The council", "Xinhua"),
            ("新华社北京3月9日电（记者李文）全长", "Xinhua"),
            ("【ワシントン共同】米政府は", "Kyodo"),
            ("【ワシントン時事】米政府は", "Jiji"),
            ("【AFP＝時事】フランスの", "AFP"),
            ("New Delhi, Nov 3 (PTI) The government", "PTI"),
            ("New Delhi [India], November 3 (ANI): The government", "ANI"),
            ("Wien (APA) - Der Rat", "APA"),
            ("AMSTERDAM (ANP) - De raad", "ANP"),
            ("Praha 3. listopadu (ČTK) - Rada", "CTK"),
            ("Budapest, 2026. november 3., kedd (MTI) - A tanács", "MTI"),
            ("ANKARA (AA) - The council", "Anadolu"),
            ("Tehran, IRNA – The council", "IRNA"),
            ("(서울=연합뉴스) 홍길동 기자 = 시의회가", "Yonhap"),
            ("KUALA LUMPUR, Nov 3 (Bernama) -- The council", "Bernama"),
            ("Jakarta (ANTARA) - Dewan", "Antara"),
            ("Lisboa, 03 nov 2026 (Lusa) – O conselho", "Lusa"),
            ("Nov. 3 (UPI) -- The council", "UPI"),
            ("Bonn (KNA) Der Rat", "KNA"),
            ("Frankfurt a.M. (epd). Der Rat", "epd"),
            ("Köln (SID) Der Verein", "SID"),
            ("By Ann Doe\n\nTHE HAGUE, Netherlands (AP) — Judges", "AP"),
        ]);
    }

    #[test]
    fn last_lines_tell_the_agency() {
        for (line, want) in [
            ("dpa/cgs", "dpa"),
            ("© AFP", "AFP"),
            ("© 2026 AFP", "AFP"),
            ("© Agence France-Presse", "AFP"),
            ("© dpa-infocom, dpa:261103-930-1/1", "dpa"),
            ("(With inputs from PTI)", "PTI"),
            ("Quelle: dpa", "dpa"),
            ("(PAP)", "PAP"),
            ("Nothing more is known. (PAP)", "PAP"),
            ("Mere vides ikke. /ritzau/", "Ritzau"),
            ("AAP", "AAP"),
            ("STT", "STT"),
            ("AGERPRES/(AS - autor: Ana Pop)", "Agerpres"),
            ("(Reporting by Ann Doe; Editing by Bob Roe)", "Reuters"),
            (
                "This report by The Canadian Press was first published Nov. 3, 2026.",
                "CP",
            ),
            (
                "Associated Press writer Ann Doe in Rusk contributed to this report.",
                "AP",
            ),
        ] {
            check(&format!("{BODY}\n\n{line}"), Some(want));
        }
    }

    #[test]
    fn authors_tell_the_agency() {
        let by = |author: &str| {
            agency_mark(BODY, &["Ann Doe".to_owned(), author.to_owned()]).map(|mark| mark.agency)
        };
        assert_eq!(by("Associated Press"), Some("AP"));
        assert_eq!(by("By Reuters"), Some("Reuters"));
        assert_eq!(by("Ann Doe, Associated Press"), Some("AP"));
        assert_eq!(by("dpa"), Some("dpa"));
        assert_eq!(by("Kyodo News"), Some("Kyodo"));
        assert_eq!(by("Pa Ap"), None);
        assert_eq!(by("TT"), None, "initials");
        assert_eq!(by("Ann Reuters"), None);
    }

    #[test]
    fn an_agency_that_is_spoken_of_has_not_written_the_text() {
        check(BODY, None);
        check("", None);
        check(
            "The minister told Reuters on Monday - and nobody else - that he would go.",
            None,
        );
        check("The Associated Press (AP) — an agency — was there.", None);
        check("Die Nachrichtenagentur (dpa) - so heißt es - war da.", None);
        check(
            "Photographs that an agency (AFP) - not ours - took were shown.",
            None,
        );
        check(
            "The state agency Tass reported the fire. The mayor denied it.",
            None,
        );
        check(
            &format!("{BODY}\n\nHe told AFP that nobody had minded."),
            None,
        );
        check(
            &format!("{BODY}\n\nShe used to work for the press (mostly AP)"),
            None,
        );
        check("All (AP) reports are late, and (Reuters) too.", None);
    }

    #[test]
    fn the_mark_is_what_stands_there() {
        let found = agency_mark("PARIS, Nov 3 (Reuters) - The council met.", &[]);
        assert_eq!(found.unwrap().mark, "PARIS, Nov 3 (Reuters)");
        let found = agency_mark(&format!("{BODY}\n\ndpa/cgs"), &[]);
        assert_eq!(found.unwrap().mark, "dpa/cgs");
    }

    proptest! {
        #[test]
        fn never_panics(text in "([A-Z][a-z]{0,5}|[(/)【】]|dpa|AFP|[ ,.—\n-]|\\PC){0,30}") {
            let _mark = agency_mark(&text, std::slice::from_ref(&text));
        }
    }
}
