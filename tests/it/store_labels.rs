//! Filters are looked up by labels: they find what a look at every article finds, whatever became of it.

use std::time::Duration;

use chrono::TimeDelta;
use feedmill::{
    clock::Clock as _,
    store::{
        ArticleContent, ArticleFilter, ConfiguredFeed, EntryAction, EntryRecord, Search,
        SearchSort, Store,
    },
};
use rusqlite::Connection;

use crate::store_support::{World, configured, content, keep, listing, options, start, words};

fn keep_as(guid: &str, content: ArticleContent) -> EntryRecord {
    EntryRecord {
        listing: listing(guid, &content.url, guid),
        action: EntryAction::Keep(Box::new(content)),
    }
}

/// An article on a site of its own with a language and tags.
fn article(n: usize, language: Option<&str>, tags: &[&str]) -> ArticleContent {
    ArticleContent {
        language: language.map(Into::into),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..content(
            &format!("https://{n}.example/"),
            &format!("Title {n}"),
            &words(60, &format!("w{n}x")),
        )
    }
}

/// Three feeds, the first two tagged; an hour between the articles.
async fn newsroom() -> World {
    let world = World::new();
    let untagged = ConfiguredFeed {
        tags: vec!["Ships & more".to_owned()],
        ..configured("b")
    };
    let rows = world
        .store
        .sync_feeds(vec![configured("a"), untagged, configured("c")])
        .await
        .unwrap();
    let articles = [
        (0, article(1, Some("de"), &["Wetter"])),
        (0, article(2, Some("de-AT"), &["wetter", "Österreich"])),
        (1, article(3, Some("en"), &[])),
        (
            1,
            ArticleContent {
                title: Some("天氣".to_owned()),
                ..article(4, Some("zh-Hant-TW"), &["天氣", "a \"quoted\" tag"])
            },
        ),
        (2, article(5, None, &["x".repeat(90).as_str()])),
        (2, article(6, Some("EN-gb"), &["it's", ""])),
    ];
    for (feed, content) in articles {
        let entry = keep_as(&content.url.clone(), content);
        world.poll(rows[feed].id, vec![entry]).await;
        world.clock.advance(Duration::from_hours(1));
    }
    world
}

fn found(world: &World, typed: &str) -> Vec<i64> {
    let now = world.clock.now().wall;
    let filter = ArticleFilter {
        search: Some(Search::read(typed, now).unwrap()),
        ..ArticleFilter::default()
    };
    let reader = world.reader();
    let listed: Vec<i64> = reader
        .articles(&filter)
        .unwrap()
        .iter()
        .map(|a| a.id)
        .collect();
    let hits = reader.search(&filter, SearchSort::Date).unwrap().hits;
    let hits: Vec<i64> = hits.iter().map(|hit| hit.id).collect();
    assert_eq!(hits, listed, "search and list of {typed}");
    let mut exported = Vec::new();
    reader
        .export(&filter, &mut |article| {
            exported.push(article.id);
            true
        })
        .unwrap();
    exported.reverse();
    assert_eq!(exported, listed, "export of {typed}");
    listed
}

/// Every filter gives these articles.
#[track_caller]
fn check(world: &World, cases: &[(&str, &[i64])]) {
    for (typed, want) in cases {
        assert_eq!(found(world, typed), *want, "{typed}");
    }
}

#[tokio::test]
async fn each_filter_finds_its_articles_the_latest_first() {
    let world = newsroom().await;
    let long = format!("tag:{}", "x".repeat(90));
    let longer = format!("tag:{}y", "x".repeat(89));
    check(
        &world,
        &[
            ("feed:a", &[2, 1]),
            ("feed:c OR feed:a", &[6, 5, 2, 1]),
            ("feed:nobody", &[]),
            ("tag:WETTER", &[2, 1]),
            ("tag:österreich", &[]),
            ("tag:Österreich", &[2]),
            ("tag:world", &[6, 5, 2, 1]),
            ("tag:\"ships & MORE\"", &[4, 3]),
            ("tag:天氣", &[4]),
            ("tag:it's", &[6]),
            (&long, &[5]),
            (&longer, &[]),
            ("tag:nowhere", &[]),
            ("tag:nowhere OR tag:wetter", &[2, 1]),
            ("lang:de", &[2, 1]),
            ("lang:de-at", &[2]),
            ("lang:en", &[6, 3]),
            ("lang:en-GB", &[6]),
            ("lang:zh", &[4]),
            ("lang:zh-hant", &[4]),
            ("lang:zh-han", &[]),
            ("lang:d", &[]),
            ("lang:de tag:world -tag:österreich -feed:c", &[2, 1]),
            ("lang:de -lang:de-at", &[1]),
            ("tag:world -lang:de", &[6, 5]),
            ("since:150m", &[6, 5]),
            ("until:150m", &[4, 3, 2, 1]),
            ("since:270m until:150m", &[4, 3]),
            ("tag:world since:270m", &[6, 5]),
            ("tag:world until:270m", &[2, 1]),
            ("feed:a OR since:150m", &[6, 5, 2, 1]),
            ("天", &[4]),
            ("天氣 tag:\"ships & more\"", &[4]),
            ("天氣 OR 雨", &[4]),
            ("雨", &[]),
            ("天氣 -天", &[]),
            ("w2x0 lang:de", &[2]),
            ("w2x0 lang:en", &[]),
            ("w2x0 tag:world until:270m", &[2]),
            ("w2x0 since:270m", &[]),
        ],
    );
    world.is_sound();
}

#[tokio::test]
async fn labels_follow_what_becomes_of_an_article() {
    let world = newsroom().await;
    let feeds = world.store.feeds().await.unwrap();
    // Another feed lists the first; the third, which had no tags, gets one; the fourth is revised.
    let again = keep_as("again", article(1, Some("de"), &[]));
    let tagged = keep_as("https://3.example/", article(3, Some("en"), &["late"]));
    let mut revised = article(4, Some("fr"), &["Météo"]);
    revised = ArticleContent {
        language: revised.language,
        tags: revised.tags,
        ..content("https://4.example/", "Title 4", &words(60, "revised"))
    };
    let revised = keep_as("https://4.example/", revised);
    world.poll(feeds[1].id, vec![again, tagged, revised]).await;
    check(
        &world,
        &[
            ("feed:b", &[4, 3, 1]),
            ("tag:late", &[3]),
            ("tag:Météo", &[4]),
            ("tag:天氣", &[]),
            ("lang:fr", &[4]),
            ("lang:zh", &[]),
        ],
    );
    world.is_sound();
    let gone = vec![
        "https://4.example/".to_owned(),
        "https://1.example/".to_owned(),
    ];
    world.store.forget(gone).await.unwrap();
    check(
        &world,
        &[("feed:b", &[3]), ("tag:Météo", &[]), ("lang:de", &[2])],
    );
    let n_labelled: i64 = world
        .raw()
        .query_row(
            "SELECT count(*) FROM article_labels WHERE article_labels MATCH 'a OR f2 OR f1'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(n_labelled, 4, "nothing is left of what was forgotten");
    world.is_sound();
}

#[tokio::test]
async fn feeds_that_are_tagged_anew_are_found_by_their_new_tags() {
    let world = newsroom().await;
    let tagged = ConfiguredFeed {
        tags: vec!["fresh".to_owned()],
        ..configured("a")
    };
    world.store.sync_feeds(vec![tagged]).await.unwrap();
    check(&world, &[("tag:fresh", &[2, 1]), ("tag:world", &[6, 5])]);
}

#[tokio::test]
async fn a_time_is_told_exactly_where_the_clock_was_put_back() {
    let world = newsroom().await;
    let feeds = world.store.feeds().await.unwrap();
    world.clock.jump_to(start() + TimeDelta::minutes(30));
    let entry = keep_as("late", article(7, Some("de"), &["late"]));
    world.poll(feeds[0].id, vec![entry]).await;
    world.clock.jump_to(start() + TimeDelta::hours(6));
    check(
        &world,
        &[
            ("since:345m until:315m", &[7]),
            ("until:315m", &[7, 1]),
            ("since:150m", &[6, 5]),
            ("lang:de until:345m", &[1]),
        ],
    );
}

/// Articles beyond which a filter is not looked up in the same way: many of a feed, many within a time.
#[tokio::test]
async fn among_very_many_articles_the_same_ones_are_found() {
    let world = newsroom().await;
    world
        .raw()
        .execute_batch(
            "INSERT INTO articles SELECT id + n, cursor + n, feed_id, story_id, 1,
               strftime('%Y-%m-%dT%H:%M:%SZ', 1780030000 + n, 'unixepoch'),
               changed_at, revised_at, url, canonical_url, title, published_at, published_raw,
               updated_at, language, text_source, word_count, quality, content_hash, match_key,
               is_unspaced, page_error, flags, authors, tags, site_name, description, image_url, 'many'
             FROM articles, (WITH RECURSIVE n (n) AS
               (SELECT 4 UNION ALL SELECT n + 1 FROM n WHERE n < 21003) SELECT n FROM n)
             WHERE id = 3;
             INSERT INTO listings (feed_id, article_id, entry_hash, listed_at, last_listed_at, guid)
               SELECT feed_id, id, x'', first_seen_at, first_seen_at, id FROM articles WHERE id > 6;
             INSERT INTO article_labels (rowid, labels)
               SELECT id, labels FROM articles_labelled WHERE id > 6;
             INSERT INTO articles_fts (articles_fts) VALUES ('rebuild');",
        )
        .unwrap();
    world.clock.jump_to(start() + TimeDelta::seconds(51_003));
    let latest: &[i64] = &[21_006, 21_005];
    for (typed, want) in [
        ("feed:b", latest),
        ("feed:b since:6h", latest),
        ("since:6h", latest),
        ("since:1h", latest),
        ("lang:en tag:\"ships & more\" since:6h", latest),
        ("until:2h", &[13_805, 13_804]),
        ("lang:en until:2h", &[13_805, 13_804]),
        ("lang:de until:2h", &[2, 1]),
        ("tag:wetter", &[2, 1]),
        ("feed:b until:5h since:6h", &[3_005, 3_004]),
        ("feed:b tag:österreich", &[]),
        ("many feed:b until:2h", &[13_805, 13_804]),
        ("w2x0 lang:de", &[2]),
        ("many lang:de", &[]),
        ("many lang:en since:6h", latest),
    ] {
        let filter = ArticleFilter {
            search: Some(Search::read(typed, world.clock.now().wall).unwrap()),
            limit: Some(2),
            ..ArticleFilter::default()
        };
        let listed = world.reader().articles(&filter).unwrap();
        let listed: Vec<i64> = listed.iter().map(|article| article.id).collect();
        assert_eq!(listed, want, "list of {typed}");
        let found = world.reader().search(&filter, SearchSort::Date).unwrap();
        let hits: Vec<i64> = found.hits.iter().map(|hit| hit.id).collect();
        assert_eq!(hits, want, "search of {typed}");
    }
}

#[tokio::test]
async fn a_file_of_the_fourth_schema_gets_its_labels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feedmill.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch("PRAGMA journal_mode = WAL;").unwrap();
    for step in [
        include_str!("../../src/store/sql/0001_init.sql"),
        include_str!("../../src/store/sql/0002_hosts.sql"),
        include_str!("../../src/store/sql/0003_reservations.sql"),
        include_str!("../../src/store/sql/0004_provenance.sql"),
        "PRAGMA application_id = 0x464d494c; PRAGMA user_version = 4;
         INSERT INTO meta VALUES ('is_clean', 1);
         INSERT INTO feeds (url, current_url, name, tags, status, added_at, n_articles)
           VALUES ('http://a.example/', 'http://a.example/', 'a', '[\"world\"]', 'active',
             '2026-01-01T00:00:00Z', 2);
         INSERT INTO articles (cursor, feed_id, story_id, revision, first_seen_at, changed_at, revised_at,
             language, text_source, word_count, quality, content_hash, match_key, is_unspaced, flags,
             authors, tags, text)
           SELECT value, 1, value, 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z',
             '2026-01-01T00:00:00Z', iif(value = 1, 'de-AT', NULL), 'feed', 1, 1.0, '', x'', 0, '[]', '[]',
             iif(value = 2, '[\"Wetter\"]', '[]'), 'old'
           FROM json_each('[1, 2]');
         INSERT INTO listings (feed_id, article_id, entry_hash, listed_at, last_listed_at, guid)
           SELECT 1, id, x'', first_seen_at, first_seen_at, id FROM articles;",
    ] {
        old.execute_batch(step).unwrap();
    }
    old.close().unwrap();
    let clock = std::sync::Arc::new(feedmill::clock::ManualClock::at(start()));
    let store = Store::open(options(path, &clock)).unwrap();
    let world = World {
        folder,
        clock,
        store,
    };
    check(
        &world,
        &[
            ("feed:a", &[2, 1]),
            ("tag:world", &[2, 1]),
            ("tag:wetter", &[2]),
            ("lang:de", &[1]),
        ],
    );
}

#[tokio::test]
async fn an_article_without_labels_is_a_fault_that_verify_tells() {
    let world = World::new();
    let feed = world.feed("a").await;
    world
        .poll(feed, vec![keep("1", "https://a.example/1", "One", "Text.")])
        .await;
    world.is_sound();
    let tamper =
        "INSERT INTO article_labels (article_labels, rowid, labels) VALUES ('delete', 1, 'a f1');
        INSERT INTO article_labels (rowid, labels) VALUES (77, 'a')";
    world.raw().execute_batch(tamper).unwrap();
    let findings = world.reader().verify().unwrap();
    assert_eq!(findings.len(), 2, "{findings:?}");
}
