//! Elements that are not shown.

use scraper::node::Element;

use super::attribute::find_in_any_case;

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

/// Words of classes for what comes up when a reader points at a word.
const TIP_WORDS: [&str; 7] = [
    "tooltip",
    "popover",
    "hovercard",
    "rollover",
    "infotip",
    "flyout",
    "tippy",
];

/// Words of classes for the part of a tip that comes up, as opposed to the word pointed at.
const TIP_PARTS: [&str; 9] = [
    "text", "content", "body", "block", "box", "inner", "card", "panel", "bubble",
];

/// A class with a word and a part in it is no shorter.
const SHORTEST_TIP: usize = 9;

/// The text that comes up when a reader points at a word: no part of the sentence it stands in.
pub(super) fn is_tip(element: &Element) -> bool {
    element.attrs().any(|(name, value)| match name {
        "role" => value.eq_ignore_ascii_case("tooltip"),
        "class" => value.split_ascii_whitespace().any(is_tip_class),
        _ => false,
    })
}

fn is_tip_class(class: &str) -> bool {
    if class.len() < SHORTEST_TIP {
        return false;
    }
    let class = class.as_bytes();
    TIP_WORDS.iter().any(|tip| {
        find_in_any_case(class, tip)
            .and_then(|at| class.get(at + tip.len()..))
            .is_some_and(|part| {
                let mut words = TIP_PARTS.iter();
                words.any(|word| find_in_any_case(part, word).is_some())
            })
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
