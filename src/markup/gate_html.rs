//! The gate before the HTML tree builder.

use std::borrow::Cow;

use super::{
    HtmlLimits,
    attribute::is_wanted,
    gate_tag::{
        AttributeScan, TagScan, find_byte, find_end_tag, find_from, scan_tag, scan_tag_with,
    },
    nesting::{Nesting, Step},
    tag_name::TagName,
};

/// Makes a page cheap and safe for the tree builder, in one linear pass.
///
/// Goes: comments; scripts (save `application/ld+json`), styles, `svg`, `noscript`, `iframe`,
/// `select` with all they hold; the variants of pictures and films; every attribute that nothing
/// here looks at. Tags nested deeper than `limits.depth`, or behind `limits.elements` others, go, their text
/// stays. A formatting element that is
/// still open where its parent ends is closed there: the tree builder would open it again in every
/// block that follows, which is quadratic in a hostile page.
pub fn gate_html(html: &str, limits: HtmlLimits) -> Cow<'_, str> {
    let mut gate = Gate {
        html,
        bytes: html.as_bytes(),
        out: None,
        copied: 0,
        nesting: Nesting::new(limits.depth),
        limits,
        n_elements: 0,
        missing_ends: Vec::new(),
        attributes: Vec::new(),
    };
    gate.run();
    gate.finish()
}

struct Gate<'a> {
    html: &'a str,
    bytes: &'a [u8],
    /// What has been written; `None` while nothing had to be changed.
    out: Option<String>,
    /// The input is copied up to here.
    copied: usize,
    nesting: Nesting,
    limits: HtmlLimits,
    n_elements: usize,
    /// Elements whose end tag does not come any more, so that it is looked for only once.
    missing_ends: Vec<&'static str>,
    /// Those of the tag at hand.
    attributes: Vec<AttributeScan>,
}

impl<'a> Gate<'a> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(start) = find_byte(self.bytes, at, b'<') {
            at = match self.bytes.get(start + 1) {
                Some(b'!' | b'?') => self.declaration(start),
                Some(b'/') if self.is_letter(start + 2) => self.end_tag(start),
                Some(byte) if byte.is_ascii_alphabetic() => self.start_tag(start),
                _ => start + 1,
            };
        }
    }

    fn is_letter(&self, at: usize) -> bool {
        self.bytes.get(at).is_some_and(u8::is_ascii_alphabetic)
    }

    fn declaration(&mut self, start: usize) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        if !rest.starts_with(b"<!--") {
            let end = find_byte(self.bytes, start, b'>').map_or(self.bytes.len(), |end| end + 1);
            return end;
        }
        let end = if rest.starts_with(b"<!-->") {
            start + 5
        } else {
            // An open comment reaches to the end, as in browsers.
            find_from(self.bytes, start + 4, b"-->").map_or(self.bytes.len(), |end| end + 3)
        };
        self.drop_range(start, end);
        end
    }

    fn end_tag(&mut self, start: usize) -> usize {
        let tag = scan_tag(self.bytes, start + 2);
        if self.n_elements > self.limits.elements {
            self.drop_range(start, tag.end);
            return tag.end;
        }
        match self.nesting.close(TagName::new(tag.name(self.bytes))) {
            Step::Keep => {}
            Step::Drop => self.drop_range(start, tag.end),
            Step::CloseFirst(names) => self.insert_ends(start, &names),
        }
        tag.end
    }

    fn start_tag(&mut self, start: usize) -> usize {
        let room = self.limits.attributes.saturating_add(1);
        self.attributes.clear();
        let tag = scan_tag_with(self.bytes, start + 1, |attribute| {
            if self.attributes.len() < room {
                self.attributes.push(attribute);
            }
        });
        if !tag.is_closed {
            self.drop_range(start, tag.end);
            return tag.end;
        }
        let name = tag.name(self.bytes);
        if let Some(end) = self.dropped_element(start, &tag) {
            return end;
        }
        self.n_elements += 1;
        if self.n_elements > self.limits.elements {
            self.drop_range(start, tag.end);
            return self.raw_text_end(name, tag.end);
        }
        match self.nesting.open(TagName::new(name)) {
            Step::Keep => self.filter_attributes(&tag),
            Step::Drop => {
                self.drop_range(start, tag.end);
                return tag.end;
            }
            Step::CloseFirst(names) => {
                self.insert_ends(start, &names);
                self.filter_attributes(&tag);
            }
        }
        self.raw_text_end(name, tag.end)
    }

    /// End of an element that goes with its content; `None` when it stays.
    fn dropped_element(&mut self, start: usize, tag: &TagScan) -> Option<usize> {
        const WITH_CONTENT: [&str; 8] = [
            "script", "style", "svg", "noscript", "iframe", "select", "noembed", "noframes",
        ];
        const TAG_ONLY: [&str; 7] = [
            "plaintext",
            "frameset",
            "frame",
            "xmp",
            "source",
            "track",
            "param",
        ];
        let name = tag.name(self.bytes);
        if let Some(raw) = find_name(&WITH_CONTENT, name) {
            if raw == "script" && self.is_ld_json() {
                let end = find_end_tag(self.bytes, tag.end, name).unwrap_or(self.bytes.len());
                return Some(end);
            }
            let end = self.element_end(raw, tag);
            self.drop_range(start, end);
            return Some(end);
        }
        find_name(&TAG_ONLY, name)?;
        self.drop_range(start, tag.end);
        Some(tag.end)
    }

    /// Behind the end tag; an element whose end tag is missing loses its start tag only, save
    /// scripts and styles, which reach to the end of the page as in browsers.
    fn element_end(&mut self, name: &'static str, tag: &TagScan) -> usize {
        if tag.is_empty_element && name == "svg" {
            return tag.end;
        }
        if self.missing_ends.contains(&name) {
            return tag.end;
        }
        if let Some(found) = find_end_tag(self.bytes, tag.end, name.as_bytes()) {
            scan_tag(self.bytes, found + 2).end
        } else if matches!(name, "script" | "style") {
            self.bytes.len()
        } else {
            self.missing_ends.push(name);
            tag.end
        }
    }

    fn is_ld_json(&self) -> bool {
        self.attributes.iter().any(|attribute| {
            attribute.name(self.bytes).eq_ignore_ascii_case(b"type")
                && std::str::from_utf8(attribute.value(self.bytes))
                    .is_ok_and(|value| value.to_ascii_lowercase().contains("ld+json"))
        })
    }

    /// Markup in `title` and `textarea` is text: the gate passes over it.
    fn raw_text_end(&self, name: &[u8], end: usize) -> usize {
        if name.eq_ignore_ascii_case(b"title") || name.eq_ignore_ascii_case(b"textarea") {
            find_end_tag(self.bytes, end, name).unwrap_or(self.bytes.len())
        } else {
            end
        }
    }

    fn filter_attributes(&mut self, tag: &TagScan) {
        let name = TagName::new(tag.name(self.bytes));
        let attributes = std::mem::take(&mut self.attributes);
        for (index, attribute) in attributes.iter().enumerate() {
            if index >= self.limits.attributes {
                self.drop_range(attribute.start, tag.end.saturating_sub(1));
                break;
            }
            if !is_wanted(
                name,
                attribute.name(self.bytes),
                attribute.value(self.bytes),
            ) {
                self.drop_range(attribute.start, attribute.end);
            }
        }
        self.attributes = attributes;
    }

    fn copy_to(&mut self, end: usize) -> &mut String {
        let piece = self.html.get(self.copied..end).unwrap_or_default();
        let room = self.html.len();
        let out = self.out.get_or_insert_with(|| String::with_capacity(room));
        out.push_str(piece);
        self.copied = end;
        out
    }

    fn drop_range(&mut self, start: usize, end: usize) {
        self.copy_to(start);
        self.copied = end.max(start);
    }

    fn insert_ends(&mut self, at: usize, names: &[TagName]) {
        let out = self.copy_to(at);
        for name in names {
            out.push_str("</");
            name.push_to(out);
            out.push('>');
        }
    }

    fn finish(mut self) -> Cow<'a, str> {
        if self.out.is_none() {
            return Cow::Borrowed(self.html);
        }
        self.copy_to(self.html.len());
        self.out.map_or(Cow::Borrowed(self.html), Cow::Owned)
    }
}

fn find_name(names: &[&'static str], name: &[u8]) -> Option<&'static str> {
    names
        .iter()
        .copied()
        .find(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, want: &str) {
        let limits = HtmlLimits {
            depth: 4,
            attributes: 3,
            elements: 12,
        };
        assert_eq!(gate_html(html, limits), want, "{html}");
    }

    #[test]
    fn what_is_never_text_goes() {
        check("<p>a<!-- <p> -->b", "<p>ab");
        check("<script>if (a<b) {}</script>x<STYLE>p{}</style >y", "xy");
        check("<svg><title>x</title></svg>y<svg/>z", "yz");
        check("<svg>unclosed <p>x", "unclosed <p>x");
        check("a<script>rest <p>", "a");
        check("a<!-- rest <p>", "a");
        check("a<!-->b", "ab");
        check("<select><option>x</select>y", "y");
    }

    #[test]
    fn structured_data_stays() {
        let html = "<script type='application/ld+json'>{\"a\":\"<b>\"}</script>x";
        check(html, html);
    }

    #[test]
    fn unwanted_attributes_go_and_the_tag_stays() {
        check("<p onclick='a>b' class=x>", "<p  class=x>");
        check("<img srcset='a' src=b id=c>", "<img   id=c>");
        check("<a href=\"data:text/html;base64,AA\">", "<a >");
        check("<p id=1 id=2 id=3 id=4 id>", "<p id=1 id=2 id=3 >");
    }

    #[test]
    fn behind_so_many_elements_only_the_text_stays() {
        check(
            &format!(
                "{}<p>a <b>b</b> c<script>x</script></p>d",
                "<p>x</p>".repeat(11)
            ),
            &format!("{}<p>a b cd", "<p>x</p>".repeat(11)),
        );
    }

    #[test]
    fn nesting_beyond_the_limit_is_flattened() {
        check(
            "<div><div><div><div><div><div>x</div>y</div>z</div></div></div></div>",
            "<div><div><div><div>xyz</div></div></div></div>",
        );
        check("<p>a<p>b<p>c<p>d<p>e<p>f", "<p>a<p>b<p>c<p>d<p>e<p>f");
        check("<ul><li>a<li>b<li>c<li>d", "<ul><li>a<li>b<li>c<li>d");
        check(
            "<p><span>a<p><span>b<p><span>c",
            "<p><span>a<p><span>b<p><span>c",
        );
    }

    #[test]
    fn formatting_left_open_is_closed_with_its_parent() {
        check("<div><b>x</div><p>y</p>", "<div><b>x</b></div><p>y</p>");
        check("<p><font>x<p>y", "<p><font>x</font><p>y");
    }

    #[test]
    fn end_tags_that_close_nothing_do_not_lower_the_count() {
        check(
            "<table><td><div></table></div>",
            "<table><td><div></table></div>",
        );
        // The tree builder ignores `</div>` inside the cell, so the depth stays.
        check(
            "<div><table><td></div><div><div>x",
            "<div><table><td></div><div>x",
        );
    }

    #[test]
    fn text_that_looks_like_markup_passes() {
        check("1 < 2 and a<3 <é", "1 < 2 and a<3 <é");
        check("<title>a <b> c</title>", "<title>a <b> c</title>");
        check("x <p", "x ");
    }
}
