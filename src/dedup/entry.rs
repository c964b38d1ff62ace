//! What an entry says, as one hash: it tells an edit from mere noise.

use sha2::{Digest, Sha256};

use super::fold::for_each_word;
use crate::{
    model::Entry,
    text::unescape,
    url::{canonical_url, match_form, resolve},
};

/// In a block of at most this many words numbers are counters or times ("12 comments",
/// "Points: 48", "3 minutes ago") and do not count as an edit.
const SHORT_BLOCK_WORDS: usize = 4;

/// Hash of an entry's title, address and text, by which a poll sees that an entry changed.
///
/// Left out is what changes without an edit: guid, dates, authors, categories, enclosures, tags of
/// the markup with all their attributes, tracking parameters, scheme and `www.` of the address,
/// case, punctuation and space, and numbers in blocks of a few words. The text is the content when
/// there is one, else the summary.
pub fn entry_hash(entry: &Entry) -> [u8; 32] {
    let mut hash = Sha256::new();
    if let Some(title) = &entry.title {
        for_each_word(title, |word| hash.update(word.folded));
    }
    hash.update([0xff]);
    if let Some(url) = &entry.url {
        match resolve(url, None) {
            Some(url) => hash.update(match_form(&canonical_url(&url))),
            None => hash.update(url),
        }
    }
    hash.update([0xff]);
    if let Some(html) = entry.content_html.as_ref().or(entry.summary_html.as_ref()) {
        for_each_block(html, |block| hash_block(&mut hash, block));
    }
    hash.finalize().into()
}

fn hash_block(hash: &mut Sha256, block: &str) {
    let block = unescape(block);
    let mut n_words = 0;
    for_each_word(&block, |_| n_words += 1);
    for_each_word(&block, |word| {
        let is_counter =
            n_words <= SHORT_BLOCK_WORDS && word.folded.contains(|c: char| c.is_numeric());
        if !is_counter {
            hash.update(word.folded);
        }
    });
}

/// Calls `visit` with each run of text between block-level tags, inline tags left out.
///
/// Much rougher than [`crate::markup`], which builds a tree: a hash needs the same answer for the
/// same bytes, not the right one, and every entry of every changed feed passes here.
fn for_each_block(html: &str, mut visit: impl FnMut(&str)) {
    let mut block = String::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        block.push_str(text);
        let (tag, end) = read_tag(after);
        match tag {
            Tag::Inline => {}
            Tag::Block => {
                visit(&block);
                block.clear();
            }
            Tag::None => block.push('<'),
        }
        rest = after.split_at_checked(end).map_or("", |(_, rest)| rest);
    }
    block.push_str(rest);
    visit(&block);
}

enum Tag {
    Inline,
    Block,
    None,
}

/// What stands after a `<`, and where it ends.
fn read_tag(after: &str) -> (Tag, usize) {
    if let Some(comment) = after.strip_prefix("!--") {
        let end = comment.find("-->").map_or(after.len(), |at| at + 6);
        return (Tag::Inline, end);
    }
    let name = after.strip_prefix('/').unwrap_or(after);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
        return (Tag::None, 0);
    }
    let n_name = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = name.get(..n_name).unwrap_or("");
    let end = after.find('>').map_or(after.len(), |at| at + 1);
    let skipped = ["script", "style"]
        .iter()
        .find(|skipped| name.eq_ignore_ascii_case(skipped));
    if let Some(skipped) = skipped
        && !after.starts_with('/')
    {
        return (Tag::Block, end + end_of_raw(after, end, skipped));
    }
    let is_inline = INLINE
        .iter()
        .any(|inline| name.eq_ignore_ascii_case(inline));
    (if is_inline { Tag::Inline } else { Tag::Block }, end)
}

/// Bytes of raw text before the closing tag of a script or style.
fn end_of_raw(after: &str, start: usize, name: &str) -> usize {
    let raw = after.get(start..).unwrap_or("");
    let closes = |at: usize| {
        raw.get(at + 2..at + 2 + name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
    };
    raw.match_indices("</")
        .map(|(at, _)| at)
        .find(|at| closes(*at))
        .unwrap_or(raw.len())
}

/// Elements that stand inside a line of text.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd",
    "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(title: &str, url: &str, html: &str) -> Entry {
        Entry {
            guid: "g".to_owned(),
            url: Some(url.to_owned()),
            title: Some(title.to_owned()),
            authors: Vec::new(),
            published: None,
            published_raw: None,
            updated: None,
            summary_html: Some(html.to_owned()),
            content_html: None,
            enclosures: Vec::new(),
            categories: Vec::new(),
            language: None,
            rights: None,
            image_url: None,
        }
    }

    const URL: &str = "https://site.example/a";
    const LONG: &str = "<p>The mayor said that 12 streets would be closed on Sunday.</p>";

    #[track_caller]
    fn check(is_same: bool, a: &Entry, b: &Entry) {
        assert_eq!(entry_hash(a) == entry_hash(b), is_same, "{a:?}\n{b:?}");
    }

    #[test]
    fn noise_is_no_change() {
        let old = entry("A title", URL, LONG);
        let mut new = old.clone();
        new.guid = "other".to_owned();
        new.published_raw = Some("now".to_owned());
        new.categories = vec!["x".to_owned()];
        check(true, &old, &new);
        check(true, &old, &entry("“A  Title”", URL, LONG));
        check(
            true,
            &old,
            &entry(
                "A title",
                "http://www.site.example/a?utm_source=rss#x",
                LONG,
            ),
        );
    }

    #[test]
    fn markup_and_counters_are_no_change() {
        let with = |counter: &str| {
            let html = format!("{LONG}<p>Points: {counter}</p><img src='/pixel?{counter}'>");
            entry("A title", URL, &html)
        };
        check(true, &with("3"), &with("4711"));
        let scripted = format!("<script>var a = '</p>';</script><style>p{{}}</style>{LONG}");
        check(true, &entry("t", URL, LONG), &entry("t", URL, &scripted));
        check(
            true,
            &entry("t", URL, "fish &amp; chips &ndash; today only"),
            &entry("t", URL, "<!-- <p> -->fish <b>&#38;</b> chips today only"),
        );
    }

    #[test]
    fn an_edit_is_a_change() {
        let old = entry("A title", URL, LONG);
        check(false, &old, &entry("Another title", URL, LONG));
        check(
            false,
            &old,
            &entry("A title", "https://site.example/b", LONG),
        );
        check(
            false,
            &old,
            &entry("A title", URL, &LONG.replace("12", "13")),
        );
        check(
            false,
            &old,
            &entry("A title", URL, &LONG.replace("said", "denied")),
        );
    }

    #[test]
    fn the_content_counts_before_the_summary() {
        let mut old = entry("A title", URL, "teaser");
        old.content_html = Some(LONG.to_owned());
        let mut new = old.clone();
        new.summary_html = Some("another teaser of it".to_owned());
        check(true, &old, &new);
    }

    #[test]
    fn a_lone_less_than_is_text() {
        let mut blocks = Vec::new();
        for_each_block("a < b<p>c</p", |block| blocks.push(block.to_owned()));
        assert_eq!(blocks, ["a < b", "c", ""]);
    }

    proptest! {
        #[test]
        fn never_panics(title: String, url: String, html in "(<[a-z/!-]{0,6}|[^a]|script|>|-->){0,20}") {
            let one = entry(&title, &url, &html);
            prop_assert_eq!(entry_hash(&one), entry_hash(&one.clone()));
        }
    }
}
