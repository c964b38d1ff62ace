//! On well-formed feeds of today our reader and feed-rs say the same; on any bytes ours does not
//! fall over, and what it is limited to holds.

use chrono::{DateTime, TimeZone as _, Utc};
use feedmill::feed::{FeedLimits, Source, discover, opml, parse};
use feedmill::model::{ErrorClass, ParsedFeed};
use proptest::prelude::*;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 10, 12, 0, 0).unwrap()
}

fn read(bytes: &[u8]) -> Result<ParsedFeed, ErrorClass> {
    read_within(bytes, &FeedLimits::default())
}

fn read_within(bytes: &[u8], limits: &FeedLimits) -> Result<ParsedFeed, ErrorClass> {
    let source = Source {
        bytes,
        content_type: None,
        base: None,
        now: now(),
    };
    parse(&source, limits).map_err(|error| error.class())
}

/// What the two readers are compared on.
type Summary = (Option<String>, Vec<EntrySummary>);
type EntrySummary = (
    String,
    Option<String>,
    Option<String>,
    Option<DateTime<Utc>>,
    Vec<String>,
);

fn ours(bytes: &[u8]) -> Summary {
    let feed = read(bytes).unwrap();
    assert_eq!(feed.warnings, Vec::<String>::new(), "nothing to mend");
    let entries = feed.entries.into_iter().map(|entry| {
        let mut authors = entry.authors;
        authors.sort();
        (entry.guid, entry.url, entry.title, entry.published, authors)
    });
    (feed.title, entries.collect())
}

fn theirs(bytes: &[u8]) -> Summary {
    let feed = feed_rs::parser::parse(bytes).unwrap();
    let entries = feed.entries.into_iter().map(|entry| {
        let mut authors: Vec<String> = entry
            .authors
            .into_iter()
            .filter_map(|person| person.name)
            .collect();
        authors.sort();
        (
            entry.id,
            entry.links.into_iter().next().map(|link| link.href),
            entry.title.map(|title| title.content),
            entry.published,
            authors,
        )
    });
    (feed.title.map(|title| title.content), entries.collect())
}

#[derive(Debug, Clone)]
struct Written {
    title: String,
    guid: u32,
    seconds: i64,
    author: String,
}

fn written() -> impl Strategy<Value = Vec<Written>> {
    let words = "[A-Z][a-zäß]{2,8}( [a-z0-9]{1,6}){0,4}";
    let entry = (
        words,
        any::<u32>(),
        // From 1990 on: an older date is noted.
        631_152_000..1_700_000_000_i64,
        "[A-Z][a-z]{2,6} [A-Z][a-z]{2,6}",
    );
    prop::collection::vec(entry, 0..6).prop_map(|entries| {
        entries
            .into_iter()
            .map(|(title, guid, seconds, author)| Written {
                title,
                guid,
                seconds,
                author,
            })
            .collect()
    })
}

fn as_rss(entries: &[Written]) -> String {
    let items: Vec<String> = entries
        .iter()
        .map(|entry| {
            let date = Utc.timestamp_opt(entry.seconds, 0).unwrap().to_rfc2822();
            format!(
                "<item><title>{} &amp; co</title><link>http://x.test/{g}</link>\
                 <guid isPermaLink=\"false\">id-{g}</guid><pubDate>{date}</pubDate>\
                 <dc:creator>{}</dc:creator></item>",
                entry.title,
                entry.author,
                g = entry.guid
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <channel><title>Feed</title><link>http://x.test/</link><description>d</description>\
         {}</channel></rss>",
        items.concat()
    )
}

fn as_atom(entries: &[Written]) -> String {
    let entries: Vec<String> = entries
        .iter()
        .map(|entry| {
            let date = Utc.timestamp_opt(entry.seconds, 0).unwrap().to_rfc3339();
            format!(
                "<entry><title>{} &amp; co</title><link href=\"http://x.test/{g}\"/>\
                 <id>urn:x:{g}</id><published>{date}</published><updated>{date}</updated>\
                 <author><name>{}</name></author></entry>",
                entry.title,
                entry.author,
                g = entry.guid
            )
        })
        .collect();
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Feed</title><id>urn:x</id>\
         <updated>2025-01-01T00:00:00Z</updated>{}</feed>",
        entries.concat()
    )
}

fn as_json(entries: &[Written]) -> String {
    let items: Vec<serde_json::Value> = entries
        .iter()
        .map(|entry| {
            serde_json::json!({
                "id": format!("id-{}", entry.guid),
                "url": format!("http://x.test/{}", entry.guid),
                "title": entry.title,
                "content_text": "text",
                "date_published": Utc.timestamp_opt(entry.seconds, 0).unwrap().to_rfc3339(),
                "authors": [{"name": entry.author}],
            })
        })
        .collect();
    serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "Feed", "items": items
    })
    .to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn well_formed_feeds_read_as_feed_rs_reads_them(entries in written()) {
        for text in [as_rss(&entries), as_atom(&entries), as_json(&entries)] {
            prop_assert_eq!(ours(text.as_bytes()), theirs(text.as_bytes()), "{}", text);
        }
    }

    #[test]
    fn any_bytes_are_a_feed_or_an_error(bytes: Vec<u8>) {
        let _result = read(&bytes);
    }

    #[test]
    fn any_markup_is_a_feed_or_an_error(
        body in "(<(/)?(item|title|link|entry|b|dc:date|description)( a=\"?x\"?)?/?>|<!\\[CDATA\\[|\\]\\]>|&(amp|#1|x);?|[ <>\"é]){0,40}",
    ) {
        for root in ["rss", "feed", "rdf:RDF", "channel"] {
            let feed = read(format!("<{root}>{body}").as_bytes());
            if let Ok(feed) = feed {
                prop_assert!(feed.entries.iter().all(|entry| !entry.guid.is_empty()));
            }
        }
        let _feeds = discover(&body, None);
    }

    #[test]
    fn a_subscription_list_comes_back_as_it_was_written(
        feeds in prop::collection::btree_map(
            "http://[a-z]{1,8}\\.test/[a-z&?=\"<é]{0,8}",
            (prop::option::of("[A-Za-z&<\"'é]{1,9}"), prop::collection::btree_set("[a-z&]{1,6}", 0..3)),
            1..5,
        ),
        folders in prop::collection::btree_map("[A-Za-z&<\"'é]{1,9}", prop::option::of("[0-9<é]{0,4}"), 0..4),
    ) {
        let feeds: Vec<opml::OpmlFeed> = feeds
            .into_iter()
            .map(|(url, (title, tags))| opml::OpmlFeed {
                title,
                url,
                tags: tags.into_iter().collect(),
                ..opml::OpmlFeed::default()
            })
            .collect();
        let folders = folders
            .into_iter()
            .map(|(name, sort_order)| opml::OpmlFolder {
                path: vec![name],
                attributes: sort_order
                    .map(|value| ("sortOrder".to_owned(), value))
                    .into_iter()
                    .collect(),
            })
            .collect();
        let list = opml::OpmlList { feeds, folders };
        let text = opml::write("list", &list, now());
        prop_assert_eq!(opml::read(text.as_bytes()).unwrap(), list);
    }
}

#[test]
fn a_million_nested_tags_are_refused() {
    let nested = format!("<rss><channel>{}", "<a>".repeat(1_000_000));
    assert_eq!(read(nested.as_bytes()).unwrap_err(), ErrorClass::TooDeep);
    let json = format!("{{\"items\":{}", "[".repeat(1_000_000));
    assert_eq!(read(json.as_bytes()).unwrap_err(), ErrorClass::TooDeep);
}

#[test]
fn unclosed_items_are_no_nesting() {
    let text = format!(
        "<rss><channel>{}</channel></rss>",
        "<item><title>x<p>y".repeat(5_000)
    );
    let limits = FeedLimits {
        entries: 10_000,
        ..FeedLimits::default()
    };
    assert_eq!(
        read_within(text.as_bytes(), &limits).unwrap().entries.len(),
        5_000
    );
}

#[test]
fn limits_hold_and_are_counted() {
    let item = format!(
        "<item><title>{}</title><guid>{}</guid></item>",
        "t".repeat(2_000),
        "g".repeat(5_000)
    );
    let text = format!("<rss><channel>{}</channel></rss>", item.repeat(30));
    let limits = FeedLimits {
        entries: 10,
        ..FeedLimits::default()
    };
    let feed = read_within(text.as_bytes(), &limits).unwrap();
    assert_eq!((feed.entries.len(), feed.n_entries_beyond), (10, 20));
    let entry = &feed.entries[0];
    assert_eq!(entry.title.as_ref().map(String::len), Some(1_000));
    assert!(entry.guid.starts_with("sha256:") && entry.guid.len() == 71);
}

/// Shapes that are quadratic in a careless reader; a minute would be one, a second is none.
#[test]
fn hostile_shapes_take_linear_time() {
    let n = 200_000;
    for piece in [
        "<",
        "<!--",
        "<![CDATA[",
        "<a b=\"",
        "<a b='>",
        "&",
        "</a>",
        "<p>",
        "<?",
        "<!x[",
        "&lt;!--",
    ] {
        let text = format!("<rss><channel><item><description>{}", piece.repeat(n));
        let _result = read(text.as_bytes());
        let text = format!(
            "<rss><channel><item><title>{}</title></item>",
            piece.repeat(n)
        );
        let _result = read(text.as_bytes());
    }
}
