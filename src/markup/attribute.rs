//! Which attributes anything looks at.

use super::tag_name::{TagName, names};

names!(
    CLASS = "class",
    ID = "id",
    ROLE = "role",
    HIDDEN = "hidden",
    STYLE = "style",
    HREF = "href",
    REL = "rel",
    LANG = "lang",
    XML_LANG = "xml:lang",
    TITLE = "title",
    TYPE = "type",
    NAME = "name",
    CONTENT = "content",
    VALUE = "value",
    PROPERTY = "property",
    HTTP_EQUIV = "http-equiv",
    ITEMPROP = "itemprop",
    DATETIME = "datetime",
    DATA_TESTID = "data-testid",
    DATA_TEST = "data-test",
    DATA_QA = "data-qa",
    DATA_COMPONENT = "data-component",
    DATA_TYPE = "data-type",
    DATA_DATETIME = "data-datetime",
    DATA_DATE = "data-date",
    DATA_TIME = "data-time",
    DATA_TIMESTAMP = "data-timestamp",
);

names!(
    META = "meta",
    LINK = "link",
    SCRIPT = "script",
    INPUT = "input"
);

/// Longest value of an attribute in which only a date or a short name is looked for.
const SHORT: usize = 64;

/// An attribute that extraction reads. The tree builder would allocate for every other as well, and
/// they are half of what many pages send: pictures' variants, handlers, tracking, state.
pub(super) fn is_wanted(element: TagName, name: &[u8], value: &[u8]) -> bool {
    match TagName::new(name) {
        CLASS | ID | ROLE | HIDDEN | REL | LANG | XML_LANG | CONTENT | ITEMPROP | DATETIME => true,
        // `type` decides where the tree builder puts an `input`.
        TYPE | NAME | VALUE | PROPERTY | HTTP_EQUIV => {
            matches!(element, META | LINK | SCRIPT | INPUT)
        }
        // Read for whether it hides the element, and for nothing else.
        STYLE => {
            let has = |word| find_in_any_case(value, word).is_some();
            has("none") || has("hidden")
        }
        HREF => !value.starts_with(b"data:") && !value.starts_with(b"javascript:"),
        TITLE | DATA_TESTID | DATA_TEST | DATA_QA | DATA_COMPONENT | DATA_TYPE | DATA_DATETIME
        | DATA_DATE | DATA_TIME | DATA_TIMESTAMP => value.len() <= SHORT,
        _ => false,
    }
}

/// Place of an ASCII word in a value, in any case.
pub(super) fn find_in_any_case(value: &[u8], word: &str) -> Option<usize> {
    value
        .windows(word.len())
        .position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_reads_goes() {
        #[track_caller]
        fn check(name: &str, value: &str, want: bool) {
            let is = is_wanted(TagName::new(b"p"), name.as_bytes(), value.as_bytes());
            assert_eq!(is, want, "{name}={value}");
        }
        check("class", "story", true);
        check("CLASS", "story", true);
        check("datetime", "2026-01-02", true);
        check("style", "color:red", false);
        check("style", "DISPLAY: None", true);
        check("href", "/story", true);
        check("href", "data:text/html,x", false);
        check("onclick", "x()", false);
        check("srcset", "a.jpg 2x", false);
        check("data-date", "2026-01-02", true);
        check("data-component", &"x".repeat(65), false);
        check("data-state", "x", false);
        check("", "", false);
        check("name", "author", false);
        assert!(is_wanted(TagName::new(b"META"), b"name", b"author"));
    }
}
