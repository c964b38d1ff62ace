//! Entries that are not as they should be: what one of them costs is itself.

use feedmill::model::ErrorClass as E;

use super::{
    case::{Case, RSS, all, document, joined},
    documents::rss,
};

pub fn cases() -> Vec<Case> {
    joined([links(), identities(), oddities(), json()])
}

/// An entry of these parts between a good one before and a good one behind it.
fn between(name: &str, parts: &str) -> Case {
    let good = |n: u8| format!("<item><title>Good one {n}</title><guid>good-{n}</guid></item>");
    let items = format!("{}<item>{parts}</item>{}", good(1), good(2));
    document(name, RSS, rss(&items))
        .entries(3)
        .text("Good one 2")
}

/// An entry with a title and this link, whose page is wanted: it may not be asked for.
fn link(name: &str, link: &str) -> Case {
    let parts =
        format!("<title>Odd one</title><guid isPermaLink='false'>odd</guid><link>{link}</link>");
    let case = between(name, &parts).text("Odd one");
    Case {
        content: Some("page"),
        ..case
    }
}

fn links() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "mailto:a@site.example",
        "ftp://127.77.0.9/x",
        "http://",
        "http://[::1",
        "http://127.77.0.9:99999/",
        "",
        "   ",
    ]
    .into_iter()
    .map(|to| link(&format!("a link `{to}`"), to).without("javascript:"))
    .collect();
    let kept = |name: &str, link: &str| {
        between(name, &format!("<title>Odd one</title><link>{link}</link>"))
    };
    cases.extend([
        kept("a link with a user", "https://user:secret@site.example/1").without("secret"),
        kept("a link with a user only", "https://secret@site.example/1").without("secret"),
        kept("a link with a line break", "https://site.example/a\n  b").text("site.example/a"),
        kept("a link without a host of its own", "/just/a/path").text("/just/a/path"),
        kept(
            "a link in letters that are no ASCII",
            "https://b\u{fc}cher.example/\u{fc}",
        )
        .text("xn--bcher-kva.example"),
        kept(
            "a link of 100 KB",
            &format!("https://site.example/{}", "x".repeat(100_000)),
        ),
        kept("a link with zero bytes", "https://site.example/\0a").text("site.example"),
        kept(
            "a link twice",
            "https://site.example/1</link><link>https://site.example/2",
        )
        .text("site.example"),
    ]);
    let guid = "<title>Odd one</title><guid>https://user:secret@site.example/1</guid>";
    cases.push(between("a guid that is a link with a user", guid).without("user:secret@"));
    cases
}

fn identities() -> Vec<Case> {
    let item = |guid: &str, title: &str| {
        format!(
            "<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid><description>short words of {title}</description></item>"
        )
    };
    let of = |name: &str, items: &[String]| document(name, RSS, rss(&items.concat()));
    let long = |last: &str| format!("{}{last}", "x".repeat(100_000));
    let linked = |link: &str, title: &str| {
        format!("<item><title>{title}</title><link>https://site.example/{link}</link></item>")
    };
    vec![
        of("one entry twice", &[item("1", "One"), item("1", "One")]).articles(1),
        of(
            "one guid for two entries",
            &[item("1", "One"), item("1", "Two")],
        )
        .articles(2),
        of(
            "one guid for two links",
            &[
                linked("1", "One").replace("<link>", "<guid>1</guid><link>"),
                linked("2", "Two").replace("<link>", "<guid>1</guid><link>"),
            ],
        )
        .articles(2),
        of(
            "an empty guid for two entries",
            &[item("", "One"), item(" ", "Two")],
        )
        .articles(2),
        of("a guid of 100 KB", &[item(&long("a"), "One")]).articles(1),
        of(
            "two guids of 100 KB that differ at their end",
            &[item(&long("a"), "One"), item(&long("b"), "Two")],
        )
        .articles(2),
        of(
            "one link for three entries",
            &[linked("", "One"), linked("", "Two"), linked("", "Three")],
        )
        .articles(3),
        of(
            "guids that differ in their case",
            &[item("a", "One"), item("A", "Two")],
        )
        .articles(2),
        of(
            "guids of controls",
            &[item("&#1;a", "One"), item("b\u{7f}", "Two")],
        )
        .articles(2),
        of(
            "one entry with tracking in one of its links",
            &[
                linked("1?utm_source=a", "One"),
                linked("1?utm_source=b", "One"),
            ],
        )
        .articles(1),
    ]
}

fn oddities() -> Vec<Case> {
    let parts = |tag: &str, n: usize| format!("<{tag}>x</{tag}>").repeat(n);
    let dates = [
        "Mon, 99 Foo 2024",
        "0000-00-00",
        "9999999999999999999",
        "2024-13-45T99:99:99Z",
        "\u{661}\u{662}",
        "-1",
    ];
    let dates = all(dates
        .iter()
        .map(|date| format!("<pubDate>{date}</pubDate>")));
    let zalgo = format!("Odd one{}", "\u{301}\u{302}".repeat(2000));
    let picture = format!(
        "&lt;img src='data:image/png;base64,{}'&gt;odd words",
        "A".repeat(900_000)
    );
    let table = "&lt;table&gt;&lt;tr&gt;&lt;td&gt;".repeat(2000);
    vec![
        between("only a description", "<description>odd words</description>").text("odd words"),
        between("only a title", "<title>Odd one</title>").text("Odd one"),
        between("only a guid", "<guid>nothing-else</guid>").entries(2),
        between("an entry of nothing", "").entries(2),
        between("an entry of space", " \n ").entries(2),
        between("dates of no calendar", &format!("<title>Odd one</title>{dates}")).text("Odd one"),
        between("a date of the year 9999", "<title>Odd one</title><pubDate>9999-12-31T23:59:59Z</pubDate>").text("Odd one"),
        between("a thousand categories", &format!("<title>Odd one</title>{}", parts("category", 1000))),
        between("a thousand authors", &format!("<title>Odd one</title>{}", parts("author", 1000))),
        between("a thousand enclosures", &format!("<title>Odd one</title>{}", "<enclosure url='http://10.0.0.1/x' length='-5'/>".repeat(1000))),
        between("a script in the text", "<title>Odd one</title><description>&lt;script&gt;alert(1)&lt;/script&gt;odd words&lt;iframe src='http://10.0.0.1/'&gt;</description>").text("odd words").without("alert(1)"),
        between("a picture of 900 KB in the text", &format!("<title>Odd one</title><description>{picture}</description>")).text("odd words"),
        between("two thousand tables in each other", &format!("<title>Odd one</title><description>{table}odd words</description>")).text("odd words"),
        between("a title of combining signs", &format!("<title>{zalgo}</title>")).text("Odd on"),
        between("a title of directions", "<title>\u{202e}Odd one\u{202c}\u{2066}</title>").text("Odd one"),
        between("a title of two lines", "<title>Odd\none</title>").text("Odd one"),
        between("a title that is empty", "<title></title><description>odd words</description>").text("odd words"),
        between("an entry with a base that is none", "<title xml:base='::'>Odd one</title><link>https://base.example/1</link>").text("Odd one"),
        between("content in a base that is none", "<title>Odd one</title><content type='application/pdf'>!!!</content>").text("Odd one"),
    ]
}

fn json() -> Vec<Case> {
    let of = |name: &str, items: &str| {
        let body = format!(
            "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"F\",\"items\":[{items}]}}"
        );
        document(name, "application/feed+json", body)
    };
    let good = "{\"id\":\"good\",\"title\":\"Good one\"}";
    let long = "x".repeat(100_000);
    vec![
        of("an item that is null", &format!("null,{good}")).entries(1).text("Good one"),
        of("items that are no objects", &format!("1,\"two\",[3],true,{good}")).entries(1).text("Good one"),
        of("items of wrong types", &format!("{{\"id\":7,\"title\":[1],\"content_html\":{{}},\"url\":false,\"tags\":\"x\",\"summary\":\"odd words\"}},{good}")).entries(2).text("odd words"),
        of("an item with a script for a link", &format!("{{\"id\":\"1\",\"title\":\"Odd one\",\"url\":\"javascript:alert(1)\"}},{good}")).entries(2).without("javascript:"),
        of("a comma behind the last item", &format!("{good},")).entries(1),
        of("half a surrogate in a string", &format!("{{\"id\":\"1\",\"title\":\"Odd \\ud800 one\"}},{good}")).entries(2).text("one"),
        of("a zero in a string", &format!("{{\"id\":\"1\",\"title\":\"Odd\\u0000 one\"}},{good}")).entries(2).text("one"),
        of("an id of 100 KB", &format!("{{\"id\":\"{long}\",\"title\":\"Odd one\"}},{good}")).entries(2),
        of("an item of many names", &format!("{{\"id\":\"1\",\"title\":\"Odd one\",{}\"x\":1}},{good}", "\"x\":{},".repeat(50_000))).entries(2),
        document("JSON that is called HTML", "text/html", format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{good}]}}")).entries(1),
        document("JSON behind a guard", "application/json", format!(")]}}'\n{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{good}]}}")).entries(1),
        document("JSON behind a byte order mark", "application/json", format!("\u{feff}{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{good}]}}")).entries(1),
        document("JSON cut off within a number", "application/json", "{\"items\":[{\"id\":1").fails(E::Parse),
    ]
}
