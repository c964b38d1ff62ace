//! Takes a search apart as a person typed it.
//!
//! **Invariant:** pure; a place is a range of bytes of what was typed, on borders of characters.

use std::ops::Range;

use chrono::{DateTime, Utc};

use super::{
    filter::Wish,
    fulltext::is_unspaced,
    when::{TIME_FORMS, typed_time},
};

/// More words, phrases and filters are refused.
const TERMS: usize = 256;

/// What is wrong with a search, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct SearchError {
    /// What is wrong.
    pub fault: SearchFault,
    /// The bytes of the search that are at fault.
    pub place: Range<usize>,
}

/// What can be wrong with a search.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchFault {
    /// A quote that nothing closes.
    #[error("this quote is never closed")]
    OpenQuote,
    /// A filter without a value.
    #[error("`{0}:` has no value")]
    NoValue(&'static str),
    /// A time that cannot be read.
    #[error("`{value}` is no time")]
    NoTime {
        /// What stands there.
        value: String,
    },
    /// `OR` between a word and a filter.
    #[error("`OR` stands between a word and a filter")]
    MixedOr,
    /// More than can be asked at once.
    #[error("there are more than {TERMS} words here")]
    TooMany,
    /// Nothing that a hit must have.
    #[error("a search that only takes hits away finds nothing")]
    OnlyNot,
    /// No word, phrase or filter at all.
    #[error("there is nothing to search for")]
    Nothing,
}

impl SearchFault {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::OpenQuote => {
                "put a second \" behind the phrase, or leave this one out".to_owned()
            }
            Self::NoValue(key) => format!(
                "write the value right behind the colon, as {}; for the text itself put \"{key}:\" in quotes",
                Key::example(key)
            ),
            Self::NoTime { .. } => format!("write {TIME_FORMS}"),
            Self::TooMany => format!("leave some of them out; {TERMS} can be asked at once"),
            Self::MixedOr => {
                "join words with words and filters with filters, as `a OR b feed:x OR feed:y`"
                    .to_owned()
            }
            Self::OnlyNot | Self::Nothing => {
                "give at least one word or filter that a hit must have \
                 (`feedmill search --help` shows what a query may hold)"
                    .to_owned()
            }
        }
    }
}

/// A word or phrase to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) text: String,
    /// A beginning of a word.
    pub(super) is_prefix: bool,
    /// In the title only.
    pub(super) is_title: bool,
}

/// A part of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Or,
    Not,
    Term(Term),
    Wish(Wish),
}

/// The words before a colon that mean something; all others are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Feed,
    Lang,
    Since,
    Until,
    Tag,
    Title,
}

impl Key {
    const ALL: [Self; 6] = [
        Self::Feed,
        Self::Lang,
        Self::Since,
        Self::Until,
        Self::Tag,
        Self::Title,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Lang => "lang",
            Self::Since => "since",
            Self::Until => "until",
            Self::Tag => "tag",
            Self::Title => "title",
        }
    }

    fn example(name: &str) -> &'static str {
        match name {
            "feed" => "`feed:example`",
            "lang" => "`lang:de`",
            "since" => "`since:7d`",
            "until" => "`until:2026-11-24`",
            "tag" => "`tag:world` or `tag:\"climate change\"`",
            _ => "`title:court`",
        }
    }
}

/// One part as it stands there.
struct Raw<'q> {
    is_not: bool,
    key: Option<Key>,
    value: &'q str,
    is_phrase: bool,
    is_starred: bool,
}

/// The parts of a search with their places.
///
/// # Errors
/// The first quote, filter or time that cannot be read.
pub(super) fn words(
    typed: &str,
    now: DateTime<Utc>,
) -> Result<Vec<(Word, Range<usize>)>, SearchError> {
    let mut words = Vec::new();
    let mut rest = typed.trim_start();
    let mut n_terms = 0;
    while !rest.is_empty() {
        let start = typed.len() - rest.len();
        if n_terms >= TERMS {
            return Err(SearchError {
                fault: SearchFault::TooMany,
                place: start..typed.trim_end().len(),
            });
        }
        let (raw, after) = raw(rest).map_err(|from_quote| SearchError {
            fault: SearchFault::OpenQuote,
            place: typed.len() - from_quote.len()..typed.trim_end().len(),
        })?;
        let place = start..typed.len() - after.len();
        if let Some(word) = meant(&raw, now).map_err(|fault| SearchError {
            fault,
            place: place.clone(),
        })? {
            if raw.is_not {
                words.push((Word::Not, place.clone()));
            }
            if !matches!(word, Word::Or | Word::Not) {
                n_terms += 1;
            }
            words.push((word, place));
        }
        rest = after.trim_start();
    }
    Ok(words)
}

/// The part that a text begins with, and what follows it; in error the text from the open quote.
fn raw(rest: &str) -> Result<(Raw<'_>, &str), &str> {
    let opens = |c: char| c.is_alphanumeric() || c == '"';
    let (is_not, body) = match rest.strip_prefix('-') {
        Some(body) if body.starts_with(opens) => (true, body),
        Some(_) | None => (false, rest),
    };
    let keyed = Key::ALL.into_iter().find_map(|key| {
        let value = body.strip_prefix(key.name())?.strip_prefix(':')?;
        Some((key, value))
    });
    let (key, value) = keyed.map_or((None, body), |(key, value)| (Some(key), value));
    let (value, is_phrase, after) = if let Some(inner) = value.strip_prefix('"') {
        let (phrase, after) = inner.split_once('"').ok_or(value)?;
        (phrase, true, after)
    } else {
        let end = value
            .find(|c: char| c.is_whitespace() || c == '"')
            .unwrap_or(value.len());
        let (word, after) = value.split_at_checked(end).unwrap_or((value, ""));
        (word, false, after)
    };
    let (is_starred, after) = match after.strip_prefix('*') {
        Some(after) if is_phrase => (true, after),
        Some(_) | None => (value.ends_with('*') && !is_phrase, after),
    };
    let raw = Raw {
        is_not,
        key,
        value,
        is_phrase,
        is_starred,
    };
    Ok((raw, after))
}

/// What a part means; `None` for what has no letter or digit: it has no token and would match nothing.
fn meant(raw: &Raw<'_>, now: DateTime<Utc>) -> Result<Option<Word>, SearchFault> {
    let value = raw.value.trim();
    let has_token = value.chars().any(char::is_alphanumeric);
    let Some(key) = raw.key else {
        return Ok(match value {
            "OR" if !raw.is_phrase => Some(Word::Or),
            "NOT" if !raw.is_phrase => Some(Word::Not),
            "AND" if !raw.is_phrase => None,
            _ => has_token.then(|| Word::Term(term(raw, false))),
        });
    };
    if value.is_empty() || (key == Key::Title && !has_token) {
        return Err(SearchFault::NoValue(key.name()));
    }
    let time = || {
        typed_time(value, now).ok_or_else(|| SearchFault::NoTime {
            value: value.to_owned(),
        })
    };
    Ok(Some(match key {
        Key::Title => Word::Term(term(raw, true)),
        Key::Feed => Word::Wish(Wish::Feed(value.to_owned())),
        Key::Lang => Word::Wish(Wish::Language(value.to_owned())),
        Key::Tag => Word::Wish(Wish::Tag(value.to_owned())),
        Key::Since => Word::Wish(Wish::Since(time()?)),
        Key::Until => Word::Wish(Wish::Until(time()?)),
    }))
}

/// Stops, commas, brackets, quotes: of Latin and of East Asian writing.
fn is_sign(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{205e}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

fn term(raw: &Raw<'_>, is_title: bool) -> Term {
    let text = raw.value.trim_end_matches('*');
    // FTS5's words leave signs out by themselves, its trigrams take them as they stand.
    let text = if text.chars().any(is_unspaced) && !raw.is_phrase {
        text.trim_matches(is_sign)
    } else {
        text
    };
    Term {
        text: text.to_owned(),
        is_prefix: raw.is_starred,
        is_title,
    }
}
