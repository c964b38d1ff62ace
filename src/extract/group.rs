//! Class and id words by what they say of an element.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::OnceLock,
};

use super::letter_hash::Letters;

/// The words; a line a group.
const TABLE: &str = include_str!("groups.txt");

/// How many groups there are.
pub(super) const N_GROUPS: usize = 24;

/// The words are ours, so nobody chooses them to collide, and the hash may be a cheap one.
type Index = HashMap<&'static str, usize, BuildHasherDefault<Letters>>;

impl Hasher for Letters {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.push_byte(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.end()
    }
}

/// Group of a class or id word (lower case).
fn group_of(word: &str) -> Option<usize> {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(read_table).get(word).copied()
}

fn read_table() -> Index {
    let groups = TABLE.lines().filter(|line| !line.starts_with('#'));
    groups
        .enumerate()
        .flat_map(|(group, line)| {
            let words = line.split_once(": ").map_or("", |(_, words)| words);
            words.split(' ').map(move |word| (word, group))
        })
        .collect()
}

/// Calls `found` with the group of each word of a class or id value.
///
/// Words end at anything but a letter and where a small letter meets a capital; the whole run of
/// letters counts too (`articleBody` is `articlebody`, `article` and `body`).
pub(super) fn for_each_group(value: &str, mut found: impl FnMut(usize)) {
    let mut whole = WordBuffer::default();
    let mut part = WordBuffer::default();
    let mut last_is_lower = false;
    for byte in value.bytes().take(MAX_BYTES).chain(std::iter::once(b' ')) {
        let is_letter = byte.is_ascii_alphabetic() || byte >= 0x80;
        if !is_letter || (byte.is_ascii_uppercase() && last_is_lower) {
            let is_same = part.len == whole.len;
            if let Some(group) = part.take().as_str().and_then(group_of) {
                found(group);
            }
            if !is_letter {
                let word = whole.take();
                if !is_same && let Some(group) = word.as_str().and_then(group_of) {
                    found(group);
                }
            }
        }
        if is_letter {
            part.push(byte.to_ascii_lowercase());
            whole.push(byte.to_ascii_lowercase());
        }
        last_is_lower = byte.is_ascii_lowercase();
    }
}

/// Utility frameworks write classes of a thousand bytes; the words that say something come first.
const MAX_BYTES: usize = 160;

/// A word without an allocation; longer ones are in no list.
#[derive(Default, Clone, Copy)]
struct WordBuffer {
    bytes: [u8; 24],
    len: usize,
}

impl WordBuffer {
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
        }
        self.len += 1;
    }

    fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    fn as_str(&self) -> Option<&str> {
        let word = self.bytes.get(..self.len)?;
        std::str::from_utf8(word)
            .ok()
            .filter(|word| !word.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, want: &[&str]) {
        let names: Vec<&str> = TABLE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(':').map(|(name, _)| name))
            .collect();
        assert_eq!(names.len(), N_GROUPS);
        let mut got = Vec::new();
        for_each_group(value, |group| got.push(names[group]));
        assert_eq!(got, want, "{value}");
    }

    #[test]
    fn words_are_cut_at_signs_and_capitals() {
        check("articleBody", &["entry", "body", "body"]);
        check("post-content", &["entry", "body"]);
        check("js-share__button2 x", &["share"]);
        check("related_posts-3", &["related"]);
        check("col-md-8 xyzzy", &[]);
        check("", &[]);
    }
}
