//! XML and other documents that come whole and are broken all the same.

use feedmill::model::ErrorClass as E;

use super::case::{Case, FEED, RSS, all, document, joined};

const XML: &str = "text/xml";
const HTML: &str = "text/html";
const ITEM: &str =
    "<item><title>One of many</title><guid>1</guid><description>short words</description></item>";

pub fn cases() -> Vec<Case> {
    joined([
        mended(),
        tolerated(),
        entities(),
        limits(),
        cut_off(),
        no_feeds(),
        of_nothing(),
        large(),
        channels(),
    ])
}

/// A feed around these items.
pub fn rss(items: &str) -> String {
    format!("<rss version='2.0'><channel><title>The feed</title>{items}</channel></rss>")
}

/// A feed with this title of its one entry.
fn titled(title: &str) -> String {
    rss(&format!(
        "<item><title>{title}</title><guid>1</guid><description>short words</description></item>"
    ))
}

fn mended() -> Vec<Case> {
    let of = |name: &str, body: &str| document(name, XML, body);
    vec![
        of("a stray &", &titled("Salt & vinegar")).text("Salt & vinegar"),
        of("a stray <", &titled("1 < 2 words")).text("1 < 2 words"),
        of("an entity of HTML", &titled("Caf&eacute; today")).text("Caf\u{e9} today"),
        of("an entity nobody knows", &titled("Caf&nothing; today")).text("today"),
        of(
            "a reference to no character",
            &titled("One&#0;&#xFFFFFFF;&#xD800; of many"),
        )
        .text("of many"),
        of("zero bytes in a title", &titled("One\0 of\0 many")).text("One of many"),
        of(
            "control characters in a title",
            &titled("One\u{1}\u{8}\u{b}\u{1b}[31m of\u{85} many"),
        )
        .text("One"),
        of(
            "markup in a title",
            &titled("<b>One</b> <script>alert(1)</script>of many"),
        )
        .without("<b>"),
        of("a byte order mark", &format!("\u{feff}{FEED}")),
        of(
            "space before the declaration",
            &format!("\n\n  <?xml version='1.0'?>{FEED}"),
        ),
        of(
            "a warning before the feed",
            &format!("<br />\n<b>Warning</b>: mysql_connect() on line 3\n{FEED}"),
        ),
        of(
            "a page behind the feed",
            &format!("{FEED}<html><body><p>Bye</p></body></html>"),
        ),
        of("two feeds in one document", &format!("{FEED}{FEED}")),
    ]
}

fn tolerated() -> Vec<Case> {
    let dozens = ITEM.repeat(3).replace("<guid>1</guid>", "");
    let of = |name: &str, body: &str| document(name, XML, body);
    vec![
        of(
            "XML of version 1.1",
            &format!("<?xml version='1.1'?>{FEED}"),
        ),
        of("no version of RSS", &FEED.replace(" version='2.0'", "")),
        of("names in capitals", &FEED.replace("item>", "ITEM>")),
        of(
            "prefixes nobody declared",
            &rss(&ITEM.replace("description>", "content:encoded>")),
        )
        .text("short words"),
        of(
            "a base that is no address",
            &FEED.replace("<rss ", "<rss xml:base='http://[' "),
        ),
        of(
            "an element that is never closed",
            &FEED.replace("</title><guid>", "<guid>"),
        ),
        of(
            "entries that are never closed",
            &rss(&dozens
                .replace("</item>", "")
                .replace("</title>", " x</title>")),
        )
        .articles(1),
        of(
            "an end tag too many",
            &FEED.replace("</item>", "</item></item></b>"),
        ),
        of(
            "attributes without quotes and twice",
            &FEED.replace("<item>", "<item a=1 a=2 b c='>"),
        )
        .articles(0)
        .entries(0),
        of(
            "the same attribute twice",
            &FEED.replace("<item>", "<item a='1' a='2'>"),
        ),
        of(
            "CDATA within CDATA",
            &titled("<![CDATA[One <![CDATA[of]]> many]]>"),
        )
        .text("One"),
        of("a type that is none", FEED),
        document("a type of pictures", "image/png", FEED),
        document("a type without sense", "\u{1f}; charset", FEED),
        document("a type of HTML", HTML, FEED),
        of(
            "no channel title and bad dates",
            &rss(&format!(
                "<pubDate>soon</pubDate><ttl>-1</ttl><skipHours><hour>99</hour></skipHours>{ITEM}"
            )),
        ),
        of("stylesheet, hub, icon and image", &hungry()),
    ]
}

/// A feed that names everything that a client might ask for besides (R10).
fn hungry() -> String {
    let rest = FEED.split_once("<item>").unwrap().1;
    format!(
        "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='/style.xsl'?>\
         <!DOCTYPE rss PUBLIC '-//X//DTD RSS 0.91//EN' '/rss.dtd'>\
         <rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom' xmlns:xi='http://www.w3.org/2001/XInclude'>\
         <channel><title>The feed</title><image><url>/image.png</url></image><a:icon>/icon.ico</a:icon>\
         <a:link rel='hub' href='/hub'/><a:link rel='next' href='/page2.xml'/><cloud domain='127.77.0.9' port='80' \
         path='/RPC2' registerProcedure='x' protocol='xml-rpc'/><xi:include href='/other.xml'/><item>\
         <enclosure url='/sound.mp3' type='audio/mpeg' length='1'/>{rest}"
    )
}

fn entities() -> Vec<Case> {
    let with = |subset: &str, title: &str| {
        format!(
            "<?xml version='1.0'?><!DOCTYPE rss [{subset}]>{}",
            titled(title)
        )
    };
    let mut laughs = "<!ENTITY l0 'ha'>".to_owned();
    laughs.push_str(&all((1..10).map(|n| {
        let uses = format!("&l{};", n - 1).repeat(10);
        format!("<!ENTITY l{n} '{uses}'>")
    })));
    let long = format!("<!ENTITY a '{}'>", "x".repeat(50_000));
    let many = all((0..600).map(|n| format!("<!ENTITY a{n} 'x'>")));
    let short = format!("<!ENTITY a '{}'>", "y".repeat(1000));
    let uses = "&a;".repeat(20_000);
    let of = |name: &str, body: String| document(name, XML, body);
    vec![
        of("a document type", format!("<!DOCTYPE rss>{FEED}")),
        of(
            "a document type elsewhere",
            format!("<!DOCTYPE rss SYSTEM 'http://127.77.0.9/rss.dtd'>{FEED}"),
        ),
        of(
            "an entity for a sign",
            with("<!ENTITY nbsp '&#160;'>", "One&nbsp;of many"),
        )
        .text("of many"),
        of("a billion laughs", with(&laughs, "&l9;")).fails(E::DtdRefused),
        of("an entity made of itself", with("<!ENTITY a '&a;'>", "&a;")).fails(E::DtdRefused),
        of("an entity of 50 KB", with(&long, &"&a;".repeat(1000))).fails(E::DtdRefused),
        of("600 entities", with(&many, "x")).fails(E::DtdRefused),
        of(
            "an entity in a file",
            with("<!ENTITY a SYSTEM 'file:///etc/passwd'>", "&a;"),
        )
        .fails(E::DtdRefused),
        of(
            "an entity on a server",
            with("<!ENTITY a SYSTEM 'http://127.77.0.9/x'>", "&a;"),
        )
        .fails(E::DtdRefused),
        of(
            "an entity with a public name",
            with("<!ENTITY a PUBLIC 'x' 'http://127.77.0.9/x'>", "&a;"),
        )
        .fails(E::DtdRefused),
        of("an entity of markup", with("<!ENTITY a '<item/>'>", "&a;")).fails(E::DtdRefused),
        of(
            "a parameter entity on a server",
            with(
                "<!ENTITY % a SYSTEM 'http://127.77.0.9/x'> %a;",
                "One of many",
            ),
        )
        .without("passwd"),
        of("20 MB of short entities", with(&short, &uses)),
        of(
            "entities behind a bracket in a quote",
            with(
                "<!ATTLIST rss a CDATA ']>'> <!ENTITY a 'x'><!ENTITY b '&a;&a;'>",
                "&b; of many",
            ),
        )
        .articles(1),
    ]
}

fn limits() -> Vec<Case> {
    let inside = |inner: &str| rss(&ITEM.replace("</guid>", &format!("</guid><x>{inner}</x>")));
    let nested = |n: usize| inside(&format!("{}{}", "<b>".repeat(n), "</b>".repeat(n)));
    let attributes = |n: usize| {
        let list = all((0..n).map(|n| format!(" a{n}='x'")));
        inside(&format!("<b{list}/>"))
    };
    let namespaces = |n: usize| {
        let list = all((0..n).map(|n| format!(" xmlns:n{n}='urn:{n}'")));
        FEED.replace("<rss ", &format!("<rss{list} "))
    };
    let siblings = all((0..2000).map(|n| format!("<n:b xmlns:n='urn:{n}'/>")));
    let stairs = all((0..250).map(|n| format!("<n:b xmlns:n='urn:{n}' xmlns:m='urn:m'>")));
    let escaped = format!("<![CDATA[{}deep words]]>", "<div>".repeat(10_000));
    let of = |name: &str, body: String| document(name, XML, body);
    vec![
        of("240 elements in each other", nested(240)),
        of("300 elements in each other", nested(300)).fails(E::TooDeep),
        of("200,000 elements in each other", nested(200_000)).fails(E::TooDeep),
        of(
            "elements before the root that nest",
            format!("{}{FEED}", "<a>".repeat(50)),
        ),
        of("1,000 attributes", attributes(1000)),
        of("1,100 attributes", attributes(1100)).fails(E::TooDeep),
        of("100,000 attributes", attributes(100_000)).fails(E::TooDeep),
        of("200 namespaces", namespaces(200)),
        of("300 namespaces", namespaces(300)).fails(E::TooDeep),
        of("2,000 namespaces one after another", inside(&siblings)),
        of("500 namespaces on the way down", inside(&stairs)).fails(E::TooDeep),
        of(
            "10,000 elements of HTML in each other",
            titled("x").replace("short words", &escaped),
        )
        .text("deep words"),
    ]
}

fn cut_off() -> Vec<Case> {
    let two = rss(&[ITEM, &ITEM.replace('1', "2")].concat());
    let (head, _) = two.split_at(two.rfind("short").unwrap());
    let until = |name: &str, text: &str| {
        let at = FEED.find("short").unwrap();
        let body = [&FEED[..at], text, &FEED[at..]].concat();
        document(name, XML, body)
    };
    vec![
        // The whole entries are taken; "the same entry" comes again when the document is whole.
        document("a document that ends in its second entry", XML, head).entries(1),
        document("a document that ends in its first entry", XML, &FEED[..150]).entries(0),
        document("a document that ends in its first tag", XML, "<?xml version='1.0'?><rss vers").articles(0).fails(E::NotAFeed),
        until("a comment without end", "<!--").entries(0),
        until("CDATA without end", "<![CDATA[").articles(0),
        until("an instruction without end", "<?x").articles(1),
        until("a quote without end", "<a href='").articles(0),
        document("JSON that ends in its second item", "application/feed+json",
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"F\",\"items\":[{\"id\":\"1\",\"title\":\"One of many\"},{\"id\":\"2\",\"ti").entries(1),
        document("JSON that ends in its first item", "application/feed+json",
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"ti").fails(E::Parse),
    ]
}

fn no_feeds() -> Vec<Case> {
    let html = "<!DOCTYPE html><html><head><title>Hello</title></head><body><p>Hello</body></html>";
    let json = "application/json";
    let deep = |n: usize| format!("{{\"items\":{}{}}}", "[".repeat(n), "]".repeat(n));
    let mut state = 12_345_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(5000)
    .collect();
    let mut cases: Vec<Case> = [
        ("HTML where a feed should be", HTML, html),
        ("HTML called a feed", RSS, html),
        ("a page of a parked domain", HTML, "<html><body><script>window.park=1</script></body></html>"),
        ("XHTML", "application/xhtml+xml", "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"),
        ("a list of feeds", "text/x-opml", "<opml version='2.0'><body><outline xmlUrl='/x'/></body></opml>"),
        ("a sitemap", XML, "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>/x</loc></url></urlset>"),
        ("a picture of text", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><title>x</title></svg>"),
        ("XML of another kind", XML, "<note><to>you</to></note>"),
        ("plain text", "text/plain", "It works!"),
        ("a PDF", "application/pdf", "%PDF-1.7 x"),
        ("a picture", "image/gif", "GIF89a x"),
        ("JSON's null", json, "null"),
        ("JSON's number", json, "42"),
        ("JSON's string", json, "\"a feed\""),
        ("an empty list of JSON", json, "[]"),
        ("an empty object of JSON", json, "{}"),
        ("JSON of another kind", json, "{\"error\":\"no such feed\"}"),
        ("JSON whose items are null", json, "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":null}"),
        ("JSON whose items are an object", json, "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":{}}"),
    ]
    .into_iter()
    .map(|(name, content_type, body)| document(name, content_type, body).fails(E::NotAFeed))
    .collect();
    cases.extend([
        document("JSON that is none", json, "{items: [}").fails(E::Parse),
        document("200 lists in each other", json, deep(200)).fails(E::TooDeep),
        document("200,000 lists in each other", json, deep(200_000)).fails(E::TooDeep),
        document("bytes by chance", RSS, noise).fails(E::Charset),
        document("a thousand zeros", RSS, vec![0; 1000]).fails(E::Charset),
        document("a feed without entries", RSS, rss("")).entries(0),
        document("a feed of one tag", RSS, "<rss/>").entries(0),
        document(
            "JSON without items",
            json,
            "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"F\",\"items\":[]}",
        )
        .entries(0),
    ]);
    cases
}

fn of_nothing() -> Vec<Case> {
    [
        ("no byte", ""),
        ("white space", " \r\n\t \n"),
        ("a byte order mark and nothing", "\u{feff}"),
        ("a byte order mark and space", "\u{feff}\n"),
    ]
    .into_iter()
    .map(|(name, body)| document(name, RSS, body).fails(E::Empty))
    .collect()
}

fn channels() -> Vec<Case> {
    let of = |name: &str, parts: &str| document(name, RSS, rss(&[parts, ITEM].concat()));
    let hours = all((0..24).map(|hour| format!("<hour>{hour}</hour>")));
    let long = "word ".repeat(100_000);
    let sy = |period: &str, frequency: &str| {
        format!(
            "<sy:updatePeriod>{period}</sy:updatePeriod><sy:updateFrequency>{frequency}</sy:updateFrequency>"
        )
    };
    vec![
        of(
            "a channel of an age between polls",
            "<ttl>99999999999999999999</ttl>",
        ),
        of(
            "a channel of a century between polls",
            "<ttl>52560000</ttl>",
        ),
        of(
            "a channel that skips every hour",
            &format!("<skipHours>{hours}</skipHours>"),
        ),
        of("a channel updated never", &sy("yearly", "0.0000001")),
        of("a channel updated always", &sy("hourly", "1e308")),
        of("a channel updated backwards", &sy("always", "-1")),
        of(
            "a channel whose language is a story",
            &format!("<language>{long}</language>"),
        ),
        of(
            "a channel whose link is a script",
            "<link>javascript:alert(1)</link>",
        ),
        of(
            "a channel with a title of 500 KB",
            &format!("<title>{long}</title>"),
        ),
    ]
}

fn large() -> Vec<Case> {
    let words = "many words in a row ";
    let five_thousand =
        all((0..5000).map(|n| format!("<item><title>Story {n}</title><guid>{n}</guid></item>")));
    let of = |name: &str, items: String| document(name, RSS, rss(&items));
    vec![
        of("5,000 entries", five_thousand).entries(2000),
        of(
            "a title of 2 MB",
            ITEM.replace("One of many", &words.repeat(100_000)),
        )
        .text("many words"),
        of(
            "a text of 2 MB",
            ITEM.replace("short words", &words.repeat(100_000)),
        )
        .text("many words"),
        of("200,000 empty entries", "<item/>".repeat(200_000)).articles(0),
        of("200,000 entries that begin", "<item>".repeat(200_000)).articles(0),
        of(
            "200,000 stray &",
            ITEM.replace("short", &"&".repeat(200_000)),
        ),
        of(
            "200,000 stray <",
            ITEM.replace("short", &"<".repeat(200_000)),
        ),
        of(
            "200,000 small elements",
            ITEM.replace("</guid>", &["</guid>", &"<x/>".repeat(200_000)].concat()),
        ),
        of(
            "200,000 end tags",
            ITEM.replace("</guid>", &["</guid>", &"</x>".repeat(200_000)].concat()),
        ),
        of(
            "50,000 beginnings of CDATA",
            ITEM.replace("short", &"<![CDATA[x".repeat(50_000)),
        )
        .articles(0),
        of(
            "2,000 entries of 4 KB",
            all((0..2000).map(|n| {
                ITEM.replace("<guid>1", &format!("<guid>{n}"))
                    .replace("short", &format!("{n} {}", words.repeat(200)))
            })),
        )
        .entries(2000),
        document(
            "JSON of a million numbers",
            "application/json",
            format!(
                "{{\"version\":\"https://jsonfeed.org/version/1\",\"x\":[{0}],\"items\":[{{\"id\":\"1\",\"title\":\"One\",\"tags\":[{0}]}}]}}",
                "1,".repeat(500_000) + "1"
            ),
        ),
        of(
            "200,000 beginnings of comments",
            ["<!-- ".repeat(200_000).as_str(), "-->", ITEM].concat(),
        ),
    ]
}
