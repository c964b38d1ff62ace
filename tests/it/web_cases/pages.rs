//! Article pages: what one of them costs is itself, and the entry is there all the same.

use feedmill::model::ErrorClass as E;

use super::{
    case::{Case, all, joined, page, page_by},
    compression::gzip,
};
use crate::support::web::Answer;

pub fn cases() -> Vec<Case> {
    joined([read(), no_pages(), no_articles(), heavy()])
}

/// A page about something, which keeps its text from being that of another page.
pub fn article(about: &str) -> String {
    let sentences = all(["spring", "summer", "autumn", "winter"]
        .iter()
        .map(|season| {
            format!(
                "<p>In the {season} the council of the harbour town spoke about {about} for a whole evening, and nobody who \
                 had come to listen left the hall before the last of the speakers had said what there was to say of it.</p>"
            )
        }));
    format!(
        "<html><head><title>News of {about}</title></head><body><article><h1>News of {about}</h1>{sentences}</article></body></html>"
    )
}

pub fn html(body: impl AsRef<[u8]>) -> Answer {
    Answer::ok("text/html", body)
}

fn read() -> Vec<Case> {
    let latin: Vec<u8> = article("caf@s")
        .replace("<head>", "<head><meta charset=iso-8859-1>")
        .bytes()
        .map(|byte| if byte == b'@' { 0xe9 } else { byte })
        .collect();
    let lying = Answer::ok(
        "text/html; charset=windows-1251",
        article("caf\u{e9}s and th\u{e9}s"),
    );
    let wide: Vec<u8> = format!("\u{feff}{}", article("wide letters"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let coded = Answer::status(200)
        .header("Content-Type", "text/html")
        .header("Content-Encoding", "gzip")
        .body(gzip(article("gzip")));
    let hungry = article("pictures").replace(
        "<h1>",
        "<meta http-equiv=refresh content='0;url=/other'><img src=/a.png><iframe src=/b></iframe><script src=/c.js></script>\
         <link rel=stylesheet href=/d.css><link rel=canonical href='http://10.0.0.1/x'><h1>",
    );
    let controls = article("contr\u{1}ol\0s\u{85}");
    vec![
        page("a page as it should be", html(article("pages")))
            .text("the harbour town spoke about pages"),
        page(
            "a page called XHTML",
            Answer::ok("application/xhtml+xml", article("XHTML")),
        )
        .text("about XHTML"),
        page(
            "a page called plain text",
            Answer::ok("text/plain", article("plain text")),
        )
        .text("about plain text"),
        page(
            "a page without a type",
            Answer::status(200).body(article("no type")),
        )
        .text("about no type"),
        page(
            "a page of a type without sense",
            Answer::ok(";;;", article("no sense")),
        )
        .text("about no sense"),
        page("a page in Latin-1", html(latin)).text("about caf\u{e9}s"),
        page("a page in UTF-8 called windows-1251", lying).text("caf\u{e9}s and th\u{e9}s"),
        page("a page in UTF-16", html(wide)).text("wide letters"),
        page("a page in gzip", coded).text("about gzip"),
        page("a page that wants more to be loaded", html(hungry)).text("about pictures"),
        page("a page with controls in it", html(controls)).text("spoke about contr"),
        page(
            "a page with a long end",
            Answer::status(200)
                .header("Content-Type", "text/html")
                .until_close(article("no length")),
        )
        .text("about no length"),
        page_by("a page behind a redirect", |seen| {
            match seen.target.as_str() {
                "/page" => Answer::redirect(302, "/end"),
                _ => html(article("redirects")),
            }
        })
        .requests(2..=2)
        .text("about redirects"),
    ]
}

fn no_pages() -> Vec<Case> {
    let declared = |name: &str, content_type: &str| {
        page(name, Answer::ok(content_type, "x".repeat(100_000))).fails(E::UnsupportedType)
    };
    vec![
        declared("a page of type PDF", "application/pdf"),
        declared("a page of type PNG", "image/png"),
        declared("a page of type MP4", "video/mp4"),
        declared("a page of type MP3", "audio/mpeg"),
        declared("a page of type ZIP", "application/zip"),
        declared("a page of a spreadsheet", "application/vnd.ms-excel"),
        page("a PDF called a page", html("%PDF-1.7\n1 0 obj")).fails(E::UnsupportedType),
        page("a picture called a page", html(b"\x89PNG\r\n\x1a\n\0\0")).fails(E::UnsupportedType),
        page("an archive called a page", html(b"PK\x03\x04\0\0")).fails(E::UnsupportedType),
        page("gzip that nobody announced", html(gzip(article("x")))).fails(E::UnsupportedType),
        page(
            "a page of JSON",
            Answer::ok("application/json", "{\"a\":1}"),
        )
        .fails(E::NotHtml),
        page("a page of words", Answer::ok("text/plain", "Only words.")).fails(E::NotHtml),
        page(
            "a feed for a page",
            Answer::ok("application/rss+xml", "<rss version='2.0'><channel/></rss>"),
        )
        .fails(E::NotHtml),
        page("a page of no bytes", html("")).fails(E::Empty),
        page("a page of space", html(" \r\n\t ")).fails(E::Empty),
        page(
            "a page of bytes by chance",
            html([0x01, 0x02, 0x80, 0x03, 0x05, 0x90, 0x06].repeat(300)),
        )
        .fails(E::Charset),
    ]
}

fn no_articles() -> Vec<Case> {
    let shell = "<html><head><title>Paper</title></head><body><noscript>You need to enable JavaScript to run this app.\
        </noscript><div id=\"root\"></div><script src=a.js></script></body></html>";
    vec![
        page("a page of scripts only", html(shell)).fails(E::JsRequired),
        page("a page without text", html("<html><body><div></div></body></html>")).fails(E::Extract),
        page("a page of a comment", html("<!-- nothing else -->")).fails(E::Extract),
        page("a page that says it is missing", html("<html><head><title>404 Not Found</title></head><body><h1>Page not found</h1><p>The page you are looking for does not exist.</p></body></html>")).fails(E::Extract),
        page("a page of frames", html("<html><frameset cols='50%,50%'><frame src=/a><frame src=/b></frameset></html>")).fails(E::Extract),
    ]
}

fn heavy() -> Vec<Case> {
    let with = |about: &str, what: String| {
        let body = article(about).replace("</article>", &format!("</article>{what}"));
        html(body)
    };
    let attributes = all((0..5000).map(|n| format!(" a{n}=x")));
    let fonts = all((0..200).map(|n| format!("<font size={n}>")));
    vec![
        page(
            "a page of 5,000 elements in each other",
            with("depth", "<div>".repeat(5000)),
        )
        .text("about depth"),
        page(
            "a page with 5,000 attributes",
            with("attributes", format!("<p{attributes}>x")),
        )
        .text("about attributes"),
        page(
            "a page that opens formatting again and again",
            with("fonts", format!("<p>{fonts}</p>{}", "<p>x</p>".repeat(500))),
        )
        .text("about fonts"),
        page(
            "a page of tables in tables",
            with("tables", "<table><tr><td>".repeat(1000)),
        )
        .text("about tables"),
        page(
            "a page with a quote without end",
            with("quotes", format!("<a href=\"{}", "x".repeat(200_000))),
        )
        .text("about quotes"),
        page(
            "a page with a comment without end",
            with("comments", format!("<!--{}", "x ".repeat(100_000))),
        )
        .text("about comments"),
        page(
            "a page with one long word",
            with("words", format!("<p>{}", "x".repeat(300_000))),
        )
        .text("about words"),
        page("a page of 5 MB and a byte", html(" ".repeat(5_000_001))).fails(E::TooLarge),
    ]
}
