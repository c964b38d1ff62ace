//! A line of text as numbers, words and marks, for the date reader.

/// One token and where it starts and ends, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A run of decimal digits of any script.
    Number {
        value: u32,
        digits: u8,
        start: usize,
        end: usize,
    },
    /// A run of letters.
    Word {
        text: &'a str,
        start: usize,
        end: usize,
    },
    /// Any other character but white space.
    Mark {
        mark: char,
        start: usize,
        end: usize,
    },
}

impl Token<'_> {
    pub(super) fn start(&self) -> usize {
        match self {
            Self::Number { start, .. } | Self::Word { start, .. } | Self::Mark { start, .. } => {
                *start
            }
        }
    }

    pub(super) fn end(&self) -> usize {
        match self {
            Self::Number { end, .. } | Self::Word { end, .. } | Self::Mark { end, .. } => *end,
        }
    }

    pub(super) fn mark(&self) -> Option<char> {
        match self {
            Self::Mark { mark, .. } => Some(*mark),
            Self::Number { .. } | Self::Word { .. } => None,
        }
    }
}

/// Dates stand in short texts; what comes after this many tokens is not read.
const MAX_TOKENS: usize = 120;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Digit(u32),
    Letter,
    /// The counters of Chinese, Japanese and Korean dates: each a word of its own.
    Counter,
    Mark,
}

/// The first [`MAX_TOKENS`] tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if found.len() >= MAX_TOKENS {
            break;
        }
        let class = class(first);
        let mut end = start + first.len_utf8();
        let mut value = 0_u32;
        let mut digits = 0_u8;
        if let Class::Digit(digit) = class {
            (value, digits) = (digit, 1);
        }
        while let Some(&(at, next)) = chars.peek() {
            let is_same = match (class, self::class(next)) {
                (Class::Digit(_), Class::Digit(digit)) => {
                    value = value.saturating_mul(10).saturating_add(digit);
                    digits = digits.saturating_add(1);
                    true
                }
                (Class::Letter, Class::Letter) => true,
                _ => false,
            };
            if !is_same {
                break;
            }
            end = at + next.len_utf8();
            chars.next();
        }
        found.push(match class {
            Class::Space => continue,
            Class::Digit(_) => Token::Number {
                value,
                digits,
                start,
                end,
            },
            Class::Letter | Class::Counter => Token::Word {
                text: text.get(start..end).unwrap_or_default(),
                start,
                end,
            },
            Class::Mark => Token::Mark {
                mark: first,
                start,
                end,
            },
        });
    }
    found
}

fn class(c: char) -> Class {
    if let Some(digit) = digit(c) {
        return Class::Digit(digit);
    }
    match c {
        '年' | '月' | '日' | '년' | '월' | '일' | '時' | '시' | '点' => Class::Counter,
        // ISO's T and Z stand between digits; a word that starts with them goes on with letters.
        _ if c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' => Class::Space,
        _ if c.is_alphabetic() || is_joiner(c) => Class::Letter,
        _ => Class::Mark,
    }
}

/// Vowel signs of Indic scripts, Thai and Arabic, combining accents: parts of words.
fn is_joiner(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036f | 0x0591..=0x05c7 | 0x064b..=0x065f | 0x0900..=0x0903 | 0x093a..=0x094f
        | 0x0981..=0x0983 | 0x09bc..=0x09cd | 0x0a3c..=0x0a4d | 0x0abc..=0x0acd | 0x0b3c..=0x0b4d
        | 0x0bbe..=0x0bcd | 0x0c3e..=0x0c4d | 0x0cbc..=0x0ccd | 0x0d3e..=0x0d4d
        | 0x0e31..=0x0e4e)
}

/// Value of a decimal digit in the scripts that dates are written in.
fn digit(c: char) -> Option<u32> {
    const ZEROS: [u32; 10] = [
        0x30, 0x0660, 0x06f0, 0x0966, 0x09e6, 0x0ae6, 0x0be6, 0x0c66, 0x0e50, 0xff10,
    ];
    let code = u32::from(c);
    ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))
        .map(|zero| code - zero)
}
