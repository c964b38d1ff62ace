//! Search: what is found, and that no query is an error.

use feedmill::store::{ArticleFilter, SearchHit};
use proptest::prelude::*;

use crate::store_support::{World, keep};

async fn world() -> World {
    let world = World::new();
    let feed = world.feed("a").await;
    let entries = [
        (
            "Supreme court rules",
            "The court said: it's a Żółty dog's life in C++ times.",
        ),
        (
            "Dogs and cats",
            "Cats sleep. The supreme cat is in court with the dogs of Zürich.",
        ),
        ("東京の天気", "今日の東京は晴れです。明日も晴れるでしょう。"),
        ("ราคาน้ำมัน", "ราคาน้ำมันวันนี้ปรับขึ้นเล็กน้อย"),
    ];
    let entries = entries
        .iter()
        .enumerate()
        .map(|(n, (title, text))| {
            keep(
                &n.to_string(),
                &format!("https://a.example/{n}"),
                title,
                text,
            )
        })
        .collect();
    world.poll(feed, entries).await;
    world
}

fn ids(hits: &[SearchHit]) -> Vec<i64> {
    hits.iter().map(|hit| hit.id).collect()
}

#[tokio::test]
async fn words_phrases_operators_and_scripts_without_spaces() {
    let world = world().await;
    let reader = world.reader();
    let check = |query: &str, want: &[i64]| {
        let hits = reader.search(query, &ArticleFilter::default()).unwrap();
        assert_eq!(ids(&hits), want, "{query}");
    };
    check("supreme court", &[1, 2]);
    check("\"supreme court\"", &[1]);
    check("court -cats", &[1]);
    check("court NOT cats", &[1]);
    check("rules OR zurich", &[1, 2]);
    check("zolty", &[]);
    check("zürich", &[2]);
    check("sle*", &[2]);
    check("sle", &[]);
    check("晴れです", &[3]);
    check("東京", &[3]);
    check("東京 晴れるで", &[3]);
    check("大阪", &[]);
    check("น้ำมัน", &[4]);
    check("", &[]);
    check("AND", &[]);
}

#[tokio::test]
async fn a_hit_shows_its_passage() {
    let world = world().await;
    let reader = world.reader();
    let hit = reader
        .search("sleep", &ArticleFilter::default())
        .unwrap()
        .remove(0);
    assert!(hit.snippet.contains("[sleep]"), "{}", hit.snippet);
    assert!(hit.rank < 0.0);
    let hit = reader
        .search("東京", &ArticleFilter::default())
        .unwrap()
        .remove(0);
    assert!(hit.snippet.contains("[東京]"), "{}", hit.snippet);
    let none = ArticleFilter {
        language: Some("de".to_owned()),
        ..ArticleFilter::default()
    };
    assert!(reader.search("sleep", &none).unwrap().is_empty());
}

#[test]
fn no_query_is_an_error() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let world = runtime.block_on(world());
    let reader = world.reader();
    let search = |query: &str| reader.search(query, &ArticleFilter::default());
    for query in [
        "\"",
        "a\"b",
        "NEAR(a b, 2)",
        "title:court",
        "^court",
        "a AND",
        "OR OR",
        "NOT",
        "-",
        "*",
        "a**",
        "{title} : x",
        "(((",
        "col:*",
        "\u{0}a",
        "a + b",
        "NOT a OR b",
        "\"\"*",
        "東 \"",
        "東京 NOT 晴れです",
        "NOT 東京都",
        "-東京都 a",
    ] {
        search(query).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    }
    proptest!(ProptestConfig::with_cases(300), |(query in "(\\PC|[\"*^:(){}+ -]|OR |NOT |AND |NEAR|東京|晴){0,24}")| {
        prop_assert!(search(&query).is_ok(), "{}", query);
    });
}
