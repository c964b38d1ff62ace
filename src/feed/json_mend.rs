//! JSON as people produce it, read anyway.

use super::complaint::{Complaint, Complaints};
use super::error::FeedError;
use super::json_root::{Root, read_root};

/// Deepest nesting that is read: the JSON parser's own limit.
const MAX_DEPTH: usize = 127;

/// The feed in a JSON text, with at most `max_items` items; mended once if it does not parse as it stands.
///
/// # Errors
/// When it is nested too deep, or cannot be mended.
pub(super) fn read_mended(
    text: &str,
    max_items: usize,
    complaints: &mut Complaints,
) -> Result<Root, FeedError> {
    let text =
        text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
    let text = text
        .strip_prefix(")]}'")
        .unwrap_or(text)
        .trim_start_matches(',');
    let first = match read_root(text, max_items) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let mended = mend(text)?;
    match read_root(&mended.text, max_items) {
        Ok(value) => {
            complaints.note(Complaint::BrokenJson);
            if mended.is_cut {
                complaints.note(Complaint::Truncated);
            }
            Ok(value)
        }
        Err(_) => Err(FeedError::Parse {
            why: format!("its JSON is broken: {first}"),
        }),
    }
}

struct Mended {
    text: String,
    is_cut: bool,
}

/// Mends what is common: trailing commas, control characters and half surrogates in strings,
/// unknown escapes, text behind the end; a document that is cut off ends after its last whole item.
fn mend(text: &str) -> Result<Mended, FeedError> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut open: Vec<char> = Vec::new();
    // Where the text could end, and what was open there.
    let mut last_whole = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '"' => match string(rest, &mut out) {
                Some(after) => rest = after,
                None => break,
            },
            '{' | '[' => {
                if open.len() >= MAX_DEPTH {
                    return Err(FeedError::JsonTooDeep { limit: MAX_DEPTH });
                }
                open.push(c);
                out.push(c);
            }
            '}' | ']' => {
                drop_comma(&mut out);
                open.pop();
                out.push(c);
                if open.is_empty() {
                    return Ok(Mended {
                        text: out,
                        is_cut: false,
                    });
                }
                if open.len() == 2 {
                    last_whole = Some(out.len());
                }
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    // Cut off: items are the objects at depth two, in the array of the feed.
    out.truncate(last_whole.unwrap_or(0));
    out.push_str("]}");
    Ok(Mended {
        text: out,
        is_cut: true,
    })
}

fn drop_comma(out: &mut String) {
    out.truncate(out.trim_end().len());
    if out.ends_with(',') {
        out.pop();
    }
}

/// Copies a string, mended, up to its end quote; `None` when the text ends first.
fn string<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    out.push('"');
    let mut rest = text;
    loop {
        let c = rest.chars().next()?;
        rest = rest.get(c.len_utf8()..)?;
        match c {
            '"' => {
                out.push('"');
                return Some(rest);
            }
            '\\' => rest = escape(rest, out)?,
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
}

/// Copies what follows a backslash.
fn escape<'a>(rest: &'a str, out: &mut String) -> Option<&'a str> {
    let kind = rest.chars().next()?;
    let after = rest.get(kind.len_utf8()..)?;
    match kind {
        'u' => {
            let Some(half) = hex(after) else {
                out.push_str("\\\\u");
                return Some(after);
            };
            let tail = after.get(4..)?;
            let low = tail.strip_prefix("\\u").and_then(hex);
            match (half, low) {
                (0xd800..=0xdbff, Some(0xdc00..=0xdfff)) => {
                    out.push_str("\\u");
                    out.push_str(after.get(..10)?);
                    after.get(10..)
                }
                (0xd800..=0xdfff, _) => {
                    out.push_str("\\ufffd");
                    Some(tail)
                }
                _ => {
                    out.push_str("\\u");
                    out.push_str(after.get(..4)?);
                    Some(tail)
                }
            }
        }
        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => {
            out.push('\\');
            out.push(kind);
            Some(after)
        }
        other => {
            out.push(other);
            Some(after)
        }
    }
}

fn hex(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let got = mended_value(text);
        assert_eq!(got.to_string(), want, "{text}");
    }

    fn mended_value(text: &str) -> serde_json::Value {
        let text = text.strip_prefix(")]}'").unwrap_or(text);
        serde_json::from_str(&mend(text.trim()).unwrap().text).unwrap()
    }

    #[test]
    fn broken_json_is_mended() {
        check("{\"a\":[1,2,],}", "{\"a\":[1,2]}");
        check("{\"a\":\"x\ny\"}", "{\"a\":\"x\\ny\"}");
        check(
            "{\"a\":\"\\ud83d x \\udead\"}",
            "{\"a\":\"\u{fffd} x \u{fffd}\"}",
        );
        check("{\"a\":\"\\ud83d\\ude00\",}", "{\"a\":\"😀\"}");
        check("{\"a\":\"it\\'s\"}", "{\"a\":\"it's\"}");
        check("{\"a\":1} <script>", "{\"a\":1}");
        check(")]}'\n{\"a\":1}", "{\"a\":1}");
        check("{\"items\":[{\"b\":1},{\"b\":2", "{\"items\":[{\"b\":1}]}");
    }

    #[test]
    fn the_rest_is_an_error() {
        let read = |text: &str| read_mended(text, 10, &mut Complaints::default());
        assert!(read("{a:1}").is_err());
        assert!(read("{\"items\":[{\"b\"").is_err());
        let deep = "[".repeat(1_000_000);
        assert!(matches!(read(&deep), Err(FeedError::JsonTooDeep { .. })));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_value_or_an_error(text in "[\\[\\]{}\",:a1\\\\u]{0,40}") {
            let _value = read_mended(&text, 10, &mut Complaints::default());
        }
    }
}
