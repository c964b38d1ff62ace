//! Search: what is found, and that whatever is read can be asked.

use std::time::Duration;

use feedmill::store::{
    ArticleContent, ArticleFilter, EntryAction, EntryRecord, Search, SearchError, SearchFault,
    SearchHit, SearchSort, Step,
};
use proptest::prelude::*;

use crate::{
    store_support::{World, content, keep, listing, start, words},
    support::cli::Folder,
};

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
    let check = |query: &str, want: &[i64]| {
        assert_eq!(ids(&world.search(query)), want, "{query}");
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
    check("東京 -大阪", &[3]);
    check("東京 -明日", &[]);
    check("\"dogs of\" -\"supreme court\"", &[2]);
}

#[tokio::test]
async fn a_hit_shows_its_passage() {
    let world = world().await;
    let hit = world.search("sleep").remove(0);
    assert!(hit.snippet.contains("[sleep]"), "{}", hit.snippet);
    assert!(hit.rank < 0.0);
    let hit = world.search("東京").remove(0);
    assert!(hit.snippet.contains("[東京]"), "{}", hit.snippet);
    let hit = world.search("feed:a").pop().unwrap();
    assert!(hit.snippet.starts_with("The court said"), "{}", hit.snippet);
    let none = ArticleFilter {
        language: Some("de".to_owned()),
        search: Some(read("sleep").unwrap()),
        ..ArticleFilter::default()
    };
    let found = world.reader().search(&none, SearchSort::Rank).unwrap();
    assert!(found.hits.is_empty());
}

fn read(typed: &str) -> Result<Search, SearchError> {
    Search::read(typed, start())
}

/// Three feeds' articles: one of `a` in its title, one of `b` an hour later, one without a language.
async fn newsroom() -> World {
    let world = World::new();
    let feeds = world.feeds(&["a", "b"]).await;
    let mut german = content(
        "https://a.example/1",
        "Harbour",
        "The council met in the rain.",
    );
    german.language = Some("de-AT".to_owned());
    german.tags = vec!["Climate change".to_owned()];
    let silent = ArticleContent {
        language: None,
        ..content(
            "https://b.example/2",
            "Council",
            "The harbour is full of ships.",
        )
    };
    world.poll(feeds[0].id, vec![keep_as("1", german)]).await;
    world.clock.advance(Duration::from_hours(1));
    world.poll(feeds[1].id, vec![keep_as("2", silent)]).await;
    world
}

fn keep_as(guid: &str, content: ArticleContent) -> EntryRecord {
    EntryRecord {
        listing: listing(guid, &content.url, guid),
        action: EntryAction::Keep(Box::new(content)),
    }
}

#[tokio::test]
async fn words_before_a_colon_act_as_the_flags_do() {
    let world = newsroom().await;
    let check = |query: &str, want: &[i64]| {
        assert_eq!(ids(&world.search(query)), want, "{query}");
    };
    check("harbour feed:a", &[1]);
    check("harbour -feed:a", &[2]);
    check("harbour NOT feed:https://b.example/rss", &[1]);
    check("title:harbour", &[1]);
    check("title:harb* OR title:\"council\"", &[1, 2]);
    check("harbour -title:council", &[1]);
    check("council lang:de", &[1]);
    check("council -lang:de", &[2]);
    check("council tag:\"climate change\"", &[1]);
    check("council tag:world -tag:\"climate change\"", &[2]);
    check(
        "council tag:\"climate change\" OR feed:b title:harbour",
        &[1],
    );
    check("harbour since:30m", &[2]);
    check("harbour until:30m", &[1]);
    check(
        "harbour since:\"2026-05-28 20:26\" until:2026-05-29",
        &[1, 2],
    );
    check("feed:a OR feed:b", &[2, 1]);
    check("feed:a OR feed:b -ships", &[1]);
    check("council feed:nobody", &[]);
    // Words that mean nothing before a colon are words.
    check("harbour:full", &[]);
    check("harbour :rain", &[1]);
}

#[tokio::test]
async fn hits_come_by_date_where_that_is_asked_for() {
    let world = newsroom().await;
    let ask = |sort| {
        let filter = ArticleFilter {
            search: Some(read("harbour").unwrap()),
            ..ArticleFilter::default()
        };
        let found = world.reader().search(&filter, sort).unwrap();
        assert_eq!(found.ranked, None);
        assert!(found.hits.iter().all(|hit| hit.rank < 0.0));
        ids(&found.hits)
    };
    assert_eq!(ask(SearchSort::Rank), [1, 2]);
    assert_eq!(ask(SearchSort::Date), [2, 1]);
}

#[tokio::test]
async fn of_a_word_in_very_many_articles_the_newest_are_ranked() {
    let world = newsroom().await;
    world
        .raw()
        .execute_batch(
            "INSERT INTO articles SELECT id + n, cursor + n, feed_id, story_id, 1, first_seen_at,
               changed_at, revised_at, url, canonical_url, title, published_at, published_raw,
               updated_at, language, text_source, word_count, quality, content_hash, match_key,
               is_unspaced, page_error, flags, authors, tags, site_name, description, image_url,
               iif(n = 1, 'zebra', 'zebra crossing')
             FROM articles, (WITH RECURSIVE n (n) AS
               (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50001) SELECT n FROM n)
             WHERE id = 2;
             INSERT INTO articles_fts (articles_fts) VALUES ('rebuild');",
        )
        .unwrap();
    let ask = |typed: &str, sort| {
        let filter = ArticleFilter {
            search: Some(read(typed).unwrap()),
            limit: Some(1),
            ..ArticleFilter::default()
        };
        let found = world.reader().search(&filter, sort).unwrap();
        (found.hits.first().map(|hit| hit.id), found.ranked)
    };
    // The best of all, the shortest, is the oldest.
    assert_eq!(ask("zebra", SearchSort::Rank).1, Some(50_000));
    assert_ne!(ask("zebra", SearchSort::Rank).0, Some(3));
    assert_eq!(ask("zebra lang:de", SearchSort::Rank), (None, None));
    assert_eq!(ask("zebra", SearchSort::Date), (Some(50_003), None));
    assert_eq!(ask("zebra crossing", SearchSort::Rank).1, None);

    let folder = world.folder.path().to_str().unwrap();
    let cli = Folder::new();
    let database = format!("{folder}/feedmill.db");
    let ran = cli
        .run(&["search", "zebra", "--json", "--db", &database])
        .ends_with(0)
        .complains_of(&["only the newest 50000 were ranked"]);
    let hits: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(hits.as_array().unwrap().len(), 20);
    let quiet = cli
        .run(&["search", "zebra crossing", "--db", &database])
        .ends_with(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn whatever_is_read_as_a_search_can_be_asked() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let world = runtime.block_on(world());
    let reader = world.reader();
    let is_answered = |query: &str| {
        let Ok(search) = read(query) else { return true };
        let filter = ArticleFilter {
            search: Some(search),
            ..ArticleFilter::default()
        };
        reader.search(&filter, SearchSort::Rank).is_ok()
            && reader.search(&filter, SearchSort::Date).is_ok()
            && reader.export(&filter, &mut |_| true).is_ok()
    };
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
        assert!(is_answered(query), "{query}");
    }
    proptest!(ProptestConfig::with_cases(300), |(query in "(\\PC|[\"*^:(){}+ -]|OR |NOT |AND |NEAR|title:|feed:|tag:|since:1d|東京|晴){0,24}")| {
        prop_assert!(is_answered(&query), "{}", query);
    });
}

#[tokio::test]
async fn what_many_polls_wrote_into_the_index_is_merged_when_there_is_time() {
    let world = World::new();
    let feed = world.feed("a").await;
    let merge = Step::MergeWords { is_first: false };
    for n in 0..20 {
        let url = format!("https://a.example/{n}");
        let text = words(60, &format!("w{n}x"));
        world
            .poll(feed, vec![keep(&n.to_string(), &url, "News", &text)])
            .await;
        let merged = world.store.step(merge.clone()).await.unwrap() > 0;
        assert_eq!(merged, n % 8 == 7 || n == 15, "poll {n}");
        assert_eq!(world.store.step(merge.clone()).await.unwrap(), 0);
    }
    assert_eq!(world.search("news").len(), 20);
    assert_eq!(world.search("w3x7").len(), 1);
    world.is_sound();
}

#[tokio::test]
async fn words_with_and_without_spaces_between_them_can_be_asked_for_together() {
    let world = world().await;
    let check = |query: &str, want: &[i64]| {
        let mut found: Vec<i64> = world.search(query).iter().map(|hit| hit.id).collect();
        found.sort_unstable();
        assert_eq!(found, want, "{query}");
    };
    check("court", &[1, 2]);
    check("court OR 東京の", &[1, 2, 3]);
    check("東京の OR court OR ราคา", &[1, 2, 3, 4]);
    check("court -東京の", &[1, 2]);
    check("court NOT 東京の", &[1, 2]);
    check("court cats -東京の", &[2]);
    check("court cats OR 東京の", &[2]);
    check("東京の OR court -cats", &[1, 3]);
    check("東京の -court", &[3]);
    check("(東京の) 「天気」。", &[3]);
}

#[test]
fn a_search_is_read_to_its_end_or_refused() {
    let many = |n: usize| vec!["w"; n].join(" OR ");
    let read = |query: &str| Search::read(query, start());
    read(&many(256)).unwrap();
    let typed = format!("{} beyond", many(256));
    let error = read(&typed).unwrap_err();
    assert_eq!(error.fault, SearchFault::TooMany);
    assert_eq!(&typed[error.place], "beyond");
    let open = format!("{} \"open", many(100));
    assert_eq!(read(&open).unwrap_err().fault, SearchFault::OpenQuote);
}

#[tokio::test]
async fn as_many_words_as_may_be_asked_are_found() {
    let world = world().await;
    let all = (0..255).map(|n| format!("w{n} OR ")).collect::<Vec<_>>();
    assert_eq!(world.search(&format!("{}court", all.concat())).len(), 2);
}
