//! Elements that are not shown.

use scraper::node::Element;

/// Classes by which frameworks and themes hide a label from the eye.
const CLASSES: [&str; 10] = [
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "screen-reader-text",
    "screen-reader-only",
    "screenreader",
    "offscreen",
    "a11y-hidden",
    "element-invisible",
    "u-hidden-visually",
];

/// The element says of itself that it is not shown.
pub(super) fn is_hidden(element: &Element) -> bool {
    element.attrs().any(|(name, value)| match name {
        "hidden" => {
            !value.eq_ignore_ascii_case("until-found") && !value.eq_ignore_ascii_case("false")
        }
        "style" => is_hiding_style(value),
        "class" => value
            .split_ascii_whitespace()
            .any(|class| CLASSES.contains(&class)),
        _ => false,
    })
}

fn is_hiding_style(style: &str) -> bool {
    // Most styles are short; a long one is no reason to look longer.
    let start = style
        .as_bytes()
        .get(..style.len().min(400))
        .unwrap_or_default();
    let folded: Vec<u8> = start
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase)
        .collect();
    let has = |needle: &[u8]| folded.windows(needle.len()).any(|window| window == needle);
    has(b"display:none") || has(b"visibility:hidden")
}
