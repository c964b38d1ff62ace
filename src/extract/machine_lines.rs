//! Lines meant for machines that themes leave in sight: an image's address, a timestamp.

use super::choose::{Choice, drop_block};
use crate::markup::BlockView;

/// Longer lines are not looked at.
const MAX_BYTES: usize = 400;

const IMAGES: [&str; 7] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif"];

/// Leaves out blocks that are nothing but the address of an image or a timestamp.
pub(super) fn drop_machine_lines(view: &BlockView, choices: &mut [Choice]) {
    for (block, choice) in view.blocks.iter().zip(choices.iter_mut()) {
        if choice.is_kept && is_machine_line(&block.text) {
            drop_block(choice, "is a line for machines");
        }
    }
}

fn is_machine_line(text: &str) -> bool {
    text.len() <= MAX_BYTES && (is_image_address(text) || is_timestamp(text))
}

fn is_image_address(text: &str) -> bool {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return false;
    }
    let path = text.split(['?', '#']).next().unwrap_or(text);
    let has_space = text.contains(char::is_whitespace);
    !has_space
        && IMAGES
            .iter()
            .any(|end| path.to_ascii_lowercase().ends_with(end))
}

/// RFC 3339 to the second, in any of its shapes.
fn is_timestamp(text: &str) -> bool {
    text.as_bytes().get(10) == Some(&b'T')
        && (chrono::DateTime::parse_from_rfc3339(text).is_ok()
            || text.parse::<chrono::NaiveDateTime>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_addresses_and_timestamps_are_for_machines() {
        for (line, want) in [
            ("https://img.example/a/river.JPG?w=500", true),
            ("2019-11-19T08:57:40+01:00", true),
            ("2019-11-19T08:57:40", true),
            ("https://example.com/a-story", false),
            ("See https://img.example/river.jpg", false),
            ("2019-11-19", false),
            ("On 2019-11-19 the river rose", false),
            ("", false),
        ] {
            assert_eq!(is_machine_line(line), want, "{line}");
        }
    }
}
