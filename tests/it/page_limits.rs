//! No page makes the extractor panic, loop or pass its limits.

use std::time::{Duration, Instant};

use feedmill::{
    extract::{ExtractError, ExtractLimits, Page, explain, extract},
    markup::{HtmlLimits, XmlLimits, gate_html, gate_xml, html_to_text},
    model::ErrorClass,
};
use proptest::prelude::*;

fn page(html: &str) -> Page<'_> {
    Page {
        html,
        url: None,
        witness: None,
        now: chrono::DateTime::UNIX_EPOCH,
    }
}

fn class_of(html: &str) -> Option<ErrorClass> {
    extract(&page(html), &ExtractLimits::default())
        .err()
        .map(|error: ExtractError| error.class())
}

#[track_caller]
fn check_time(what: &str, html: &str) {
    // A debug build is some ten times slower than the release build, which is held to 2 s.
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });
    let start = Instant::now();
    drop(extract(&page(html), &ExtractLimits::default()));
    let took = start.elapsed();
    assert!(took < limit, "{what}: {took:?}");
}

#[test]
fn hostile_shapes_take_no_longer_than_others() {
    let n = if cfg!(debug_assertions) {
        20_000
    } else {
        200_000
    };
    check_time("nested divs", &"<div>".repeat(n));
    check_time("nested fonts", &"<font color=1>x".repeat(n / 4));
    check_time(
        "tables in cells",
        &"<div><table><tr><td></div>".repeat(n / 8),
    );
    check_time("list items", &"<li><ul></li>".repeat(n / 4));
    check_time("open svg", &"<svg><p>".repeat(n / 4));
    check_time("open comments", &"<!-- <p>".repeat(n));
    check_time("open quotes", &"<a href=\"".repeat(n));
    check_time(
        "attributes",
        &format!("<p {}>x", "a=1 b=2 c=3 ".repeat(n / 4)),
    );
    let fonts: Vec<String> = (0..200).map(|i| format!("<font size={i}>")).collect();
    let fonts = fonts.concat();
    check_time(
        "formatting reopened",
        &format!("<p>{fonts}</p>{}", "<p>x</p>".repeat(n / 8)),
    );
    check_time("one long word", &"x".repeat(n * 10));
    check_time(
        "many paragraphs",
        &"<p>The river rose by a metre. ".repeat(n / 8),
    );
    check_time("many links", &"<a href=x>y</a><br>".repeat(n / 8));
}

#[test]
fn pages_without_an_article_say_so() {
    assert_eq!(class_of(" \n"), Some(ErrorClass::Empty));
    assert_eq!(class_of("<p></p>"), Some(ErrorClass::Extract));
    let shell = "<html><head><title>Paper</title></head><body><noscript>You need to enable JavaScript to \
                 run this app.</noscript><div id=\"root\"></div><script src=a.js></script></body></html>";
    assert_eq!(class_of(shell), Some(ErrorClass::JsRequired));
    let challenge = "<html><head><title>Just a moment...</title></head><body><h1>example.org</h1><p>Verifying \
                     you are human.</p><script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate\"></script></body></html>";
    assert_eq!(class_of(challenge), Some(ErrorClass::Blocked));
    let missing = "<html><head><title>404 Not Found</title></head><body><h1>Page not found</h1><p>The page you \
                   are looking for does not exist or has been moved to another place.</p></body></html>";
    assert_eq!(class_of(missing), Some(ErrorClass::Extract));
}

#[test]
fn a_section_front_is_no_article() {
    let card = |i: usize| {
        format!(
            "<div class=card><h3><a href=\"/{i}\">Story number {i} of the island and its people</a></h3>\
             <p>A short lead of story {i}, which says in one sentence what happened and where it did.</p></div>"
        )
    };
    let cards: String = (0..20).map(card).collect();
    let front = format!(
        "<html><head><title>Island news</title></head><body><h1>Island</h1><div class=list>{cards}</div></body></html>"
    );
    assert_eq!(class_of(&front), Some(ErrorClass::Extract));
}

#[test]
fn a_text_that_stands_in_the_structured_data_only_is_taken_from_there() {
    let sentence = "The harbour council voted to rebuild the old ferry pier before the summer. ";
    let html = format!(
        "<html><head><title>Pier</title><script type=\"application/ld+json\">{{\"@type\":\"NewsArticle\",\
         \"headline\":\"Pier\",\"articleBody\":\"{}\"}}</script></head><body><div id=\"root\"></div>\
         <script src=a.js></script></body></html>",
        sentence.repeat(12)
    );
    let article = extract(&page(&html), &ExtractLimits::default()).unwrap();
    assert!(article.text.as_str().starts_with("The harbour council"));
}

#[test]
fn the_text_limit_cuts_with_a_flag() {
    let html = format!(
        "<article><h1>Pier</h1>{}</article>",
        "<p>The harbour council voted to rebuild the old ferry pier before the summer begins, and nobody spoke \
         against it on the evening of the vote, although many had come.</p>"
            .repeat(3)
            .replace("Pier", "")
    );
    let limits = ExtractLimits {
        text_bytes: 60,
        ..ExtractLimits::default()
    };
    let article = extract(&page(&html), &limits).unwrap();
    assert!(article.text.as_str().len() <= 60);
    assert!(article.flags.contains(&feedmill::model::Flag::Truncated));
}

/// Pieces of markup as hostile and careless pages put them together.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</table>",
        "<li>",
        "<ul>",
        "</ul>",
        "<b>",
        "</b>",
        "<a href=\"x\">",
        "</a>",
        "<br>",
        "<br/>",
        "<pre>",
        "</pre>",
        "<h2>",
        "</h2>",
        "<svg>",
        "</svg>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<title>",
        "</title>",
        "<select>",
        "<template>",
        "<x-y>",
        "</x-y>",
        "<p hidden>",
        "<span style=\"display:none\">",
        "&nbsp;",
        "&amp;",
        "\u{0}",
        "\u{feff}",
        "é",
        "字",
        "\n",
        " ",
        "word ",
        "A sentence, with a comma. ",
        "<",
        ">",
        "\"",
        "'",
        "=",
        "</",
        "<!",
        "<?",
        "<p class='a\"b'",
        "<noscript>",
        "</noscript>",
        "<textarea>",
        "<blockquote>",
        "<figure><figcaption>",
        "<math><mi>",
        "<frameset>",
        "<body>",
        "<html>",
        "</body>",
        "<form>",
        "<button>",
        "<script type=application/ld+json>{",
    ]);
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_survived(text in ".{0,400}") {
        let _ = explain(&page(&text), &ExtractLimits::default());
        drop(gate_xml(&text, XmlLimits::default()));
        let _ = html_to_text(&text, HtmlLimits::default());
    }

    #[test]
    fn any_markup_is_survived_and_leaves_clean_text(html in pieces()) {
        drop(gate_xml(&html, XmlLimits::default()));
        let text = html_to_text(&html, HtmlLimits::default());
        let has_null = text.as_str().contains('\0');
        prop_assert!(!has_null, "a null in the text");
        if let Ok(article) = extract(&page(&html), &ExtractLimits::default()) {
            prop_assert!((0.0..=1.0).contains(&article.quality));
            prop_assert!(!article.text.as_str().contains("\n\n\n"));
        }
    }

    #[test]
    fn the_gate_holds_the_depth(html in pieces(), depth in 1_usize..6) {
        let limits = HtmlLimits { depth, attributes: 4, elements: 60_000 };
        let gated = gate_html(&html, limits).into_owned();
        // Behind the gate there is nothing left for it to flatten.
        let twice = gate_html(&gated, limits).into_owned();
        prop_assert!(twice.len() <= gated.len() + 16 * depth, "{gated}\n{twice}");
    }
}
