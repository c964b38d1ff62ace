//! A page to its article: the gate before the parser, the parser, the blocks, the rules, the metadata.
#![no_main]

use chrono::DateTime;
use feedmill::extract::{ExtractLimits, Page, extract};
use feedmill::markup::{HtmlLimits, XmlLimits, gate_html, gate_xml};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|html: &str| {
    let url = Url::parse("https://site.example/2026/01/a-story").ok();
    let page = Page {
        html,
        url: url.as_ref(),
        witness: None,
        now: DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default(),
    };
    let limits = ExtractLimits::default();
    if let Ok(article) = extract(&page, &limits) {
        let text = article.text.as_str();
        assert!(text.len() <= limits.text_bytes, "a text too long");
        let is_unclean = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}');
        assert!(!text.contains(is_unclean), "a text that is not clean: {text:?}");
        assert!((0.0..=1.0).contains(&article.quality), "{}", article.quality);
    }
    let _ = gate_html(html, HtmlLimits::default());
    let _ = gate_xml(html, XmlLimits::default());
});
