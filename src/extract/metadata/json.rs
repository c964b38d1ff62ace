//! JSON as it stands in pages: read when it is JSON, mended when it nearly is.

use serde_json::{Deserializer, Value};

use crate::text::unescape;

/// Every JSON value of a script's text; none when it is beyond mending.
///
/// Mends comment and CDATA wrappers, comments, control characters and stray quotes in strings,
/// bad escapes, trailing and doubled commas, escaped markup, and missing closing brackets.
pub(super) fn values(block: &str) -> Vec<Value> {
    let bare = unwrapped(block);
    if bare.is_empty() {
        return Vec::new();
    }
    if let Ok(value) = serde_json::from_str(bare) {
        return vec![value];
    }
    let plain = if bare.contains('"') {
        mend(bare)
    } else {
        mend(&unescape(bare))
    };
    Deserializer::from_str(&plain)
        .into_iter::<Value>()
        .map_while(Result::ok)
        .take(50)
        .collect()
}

/// Without the wrappers that hid scripts from old browsers, and without a closing semicolon.
fn unwrapped(block: &str) -> &str {
    let mut bare = block.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    for opener in [
        "<!--",
        "//<![CDATA[",
        "/*<![CDATA[*/",
        "// <![CDATA[",
        "<![CDATA[",
    ] {
        bare = bare.strip_prefix(opener).unwrap_or(bare).trim_start();
    }
    for closer in ["-->", "//]]>", "/*]]>*/", "// ]]>", "]]>", ";"] {
        bare = bare.strip_suffix(closer).unwrap_or(bare).trim_end();
    }
    bare
}

fn mend(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut open = Vec::new();
    let mut rest = text.chars();
    let mut in_string = false;
    // The last character outside strings that is no white space.
    let mut last = ' ';
    while let Some(c) = rest.next() {
        if in_string {
            match c {
                '"' if closes(rest.as_str()) => {
                    in_string = false;
                    out.push('"');
                }
                '"' => out.push_str("\\\""),
                '\\' => escape(&mut out, &mut rest),
                '\n' | '\r' | '\t' => out.push(' '),
                _ if c.is_control() => {}
                _ => out.push(c),
            }
            continue;
        }
        let before = last;
        if !c.is_whitespace() {
            last = c;
        }
        match c {
            '"' => {
                in_string = true;
                out.push('"');
            }
            '/' => skip_comment(&mut rest),
            '{' | '[' => {
                open.push(if c == '{' { '}' } else { ']' });
                out.push(c);
            }
            '}' | ']' => {
                drop_comma(&mut out);
                if open.last() == Some(&c) {
                    open.pop();
                }
                out.push(c);
            }
            ',' if matches!(before, ',' | '{' | '[') => {}
            ';' => {}
            _ if c.is_control() && !c.is_whitespace() => {}
            _ => out.push(c),
        }
    }
    if in_string {
        out.push('"');
    }
    drop_comma(&mut out);
    out.extend(open.iter().rev());
    out
}

/// A quote ends a string when the text goes on as JSON does after one.
fn closes(rest: &str) -> bool {
    rest.trim_start()
        .chars()
        .next()
        .is_none_or(|next| matches!(next, ',' | ':' | '}' | ']'))
}

fn escape(out: &mut String, rest: &mut std::str::Chars<'_>) {
    match rest.clone().next() {
        Some(next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
            rest.next();
            out.push('\\');
            out.push(next);
        }
        Some('u') => {
            let digits = rest.as_str().get(1..5).unwrap_or_default();
            if digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                out.push('\\');
            }
        }
        _ => {}
    }
}

fn skip_comment(rest: &mut std::str::Chars<'_>) {
    match rest.clone().next() {
        Some('*') => {
            let mut last = ' ';
            rest.next();
            for c in rest.by_ref() {
                if last == '*' && c == '/' {
                    break;
                }
                last = c;
            }
        }
        Some('/') => {
            for c in rest.by_ref() {
                if c == '\n' {
                    break;
                }
            }
        }
        _ => {}
    }
}

fn drop_comma(out: &mut String) {
    let len = out.trim_end().len();
    if out.get(..len).is_some_and(|text| text.ends_with(',')) {
        out.truncate(len - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_is_nearly_json_is_mended() {
        #[track_caller]
        fn check(block: &str) {
            assert_eq!(values(block), [json!({"a": "b", "c": [1]})], "{block}");
        }
        check(r#"{"a":"b","c":[1]}"#);
        check("\n<!-- {\"a\":\"b\",\"c\":[1]} -->");
        check("//<![CDATA[\n{\"a\":\"b\",\"c\":[1]}\n//]]>");
        check(r#"{"a":"b","c":[1,],};"#);
        check(r#"{"a":"b",,"c":[1]}"#);
        check("/* x */ {\"a\":\"b\", // y\n \"c\":[1]}");
        check(r#"{"a":"b","c":[1"#);
        check("{&quot;a&quot;:&quot;b&quot;,&quot;c&quot;:[1]}");
    }

    #[test]
    fn strings_with_controls_quotes_and_bad_escapes_are_mended() {
        #[track_caller]
        fn check(block: &str, want: &str) {
            assert_eq!(values(block), [json!({ "a": want })], "{block}");
        }
        check("{\"a\":\"one\ntwo\tthree\u{1}\"}", "one two three");
        check(r#"{"a":"say "hello" twice",}"#, "say \"hello\" twice");
        check(r#"{"a":"it\'s",}"#, "it's");
        check(r#"{"a":"\u00e9\u00zz",}"#, "éu00zz");
    }

    #[test]
    fn several_values_in_a_block_are_all_read() {
        assert_eq!(values("{\"a\":1}\n{\"b\":2}").len(), 2);
        assert!(values("").is_empty());
        assert!(values("not json").is_empty());
    }

    proptest! {
        #[test]
        fn never_panics(block in r#"([{}\[\]",:;/*\\]|a|1|\PC|\n){0,60}"#) {
            values(&block);
        }
    }
}
