//! Cursors: in commit order, never twice, not after a restore; and what readers of the file see.

use std::time::Duration;

use feedmill::store::{ArticleFilter, ChangeFilter, Reader, Store};

use crate::store_support::{World, keep, options, words};

async fn add(world: &World, feed: feedmill::model::FeedId, n: usize) {
    let url = format!("https://a.example/{n}");
    let text = words(60, &format!("c{n}x"));
    world.poll(feed, vec![keep(&url, &url, &url, &text)]).await;
}

#[tokio::test]
async fn a_follower_misses_nothing_and_reads_nothing_twice() {
    let world = World::new();
    let feed = world.feed("a").await;
    let reader = world.reader();
    let (mut seen, mut cursor) = (Vec::new(), 0);
    for n in 0..12 {
        add(&world, feed, n % 9).await;
        if n % 5 == 4 {
            world
                .store
                .forget(vec![format!("https://a.example/{n}")])
                .await
                .unwrap();
        }
        for change in reader.changes(cursor, 2, None).unwrap() {
            assert!(change.cursor > cursor);
            cursor = change.cursor;
            seen.push(change.cursor);
        }
    }
    seen.extend(
        reader
            .changes(cursor, 100, None)
            .unwrap()
            .iter()
            .map(|c| c.cursor),
    );
    let all: Vec<i64> = reader
        .changes(0, 100, None)
        .unwrap()
        .iter()
        .map(|c| c.cursor)
        .collect();
    assert_eq!(seen, all);
    assert!(all.is_sorted_by(|a, b| a < b));
}

#[tokio::test]
async fn a_cursor_is_not_used_again_after_its_row_is_gone() {
    let world = World::new();
    let feed = world.feed("a").await;
    add(&world, feed, 1).await;
    add(&world, feed, 2).await;
    world
        .raw()
        .execute_batch("DELETE FROM changes WHERE cursor = 2")
        .unwrap();
    add(&world, feed, 3).await;
    let last = world.reader().changes(0, 10, None).unwrap().pop().unwrap();
    assert_eq!(last.cursor, 3);
}

#[tokio::test]
async fn a_restored_backup_repeats_no_cursor() {
    let world = World::new();
    let feed = world.feed("a").await;
    add(&world, feed, 1).await;
    let copy = world.folder.path().join("copy.db");
    world.reader().backup(&copy).unwrap();
    add(&world, feed, 2).await;
    assert!(
        world.reader().backup(&copy).is_err(),
        "a copy is not overwritten"
    );
    assert!(!world.folder.path().join("copy.db-wal").exists());

    let store = Store::open(options(copy.clone(), &world.clock)).unwrap();
    let reader = Reader::open(&copy).unwrap();
    assert_eq!(reader.totals().unwrap().articles, 1);
    assert_eq!(reader.verify().unwrap(), Vec::<String>::new());
    let record = world.poll_record(
        feed,
        vec![keep("r", "https://a.example/r", "R", &words(60, "r"))],
    );
    store.finish_poll(record).await.unwrap();
    let cursors: Vec<i64> = reader
        .changes(0, 10, None)
        .unwrap()
        .iter()
        .map(|c| c.cursor)
        .collect();
    assert_eq!(cursors, [1, 2 + (1 << 32)]);
}

#[tokio::test]
async fn filters_and_exports_agree() {
    let world = World::new();
    let rows = world.feeds(&["a", "b"]).await;
    for n in 0..450 {
        let url = format!("https://a.example/{n}");
        let feed = rows[n % 2].id;
        world
            .poll(
                feed,
                vec![keep(&url, &url, &url, &words(3, &format!("e{n}x")))],
            )
            .await;
        if n == 299 {
            world.clock.advance(Duration::from_mins(1));
        }
    }
    let reader = world.reader();
    let filter = ArticleFilter {
        feed: Some("b".to_owned()),
        tag: Some("World".to_owned()),
        language: Some("EN".to_owned()),
        since: Some(crate::store_support::start() + chrono::TimeDelta::seconds(60)),
        ..ArticleFilter::default()
    };
    assert_eq!(reader.articles(&filter).unwrap().len(), 75);
    let mut exported = Vec::new();
    reader
        .export(&filter, &mut |row| {
            exported.push(row.id);
            true
        })
        .unwrap();
    let mut listed: Vec<i64> = reader
        .articles(&filter)
        .unwrap()
        .iter()
        .map(|a| a.id)
        .collect();
    listed.reverse();
    assert_eq!(exported, listed);

    let mut n_all = 0;
    reader
        .export(&ArticleFilter::default(), &mut |_| {
            n_all += 1;
            n_all < 430
        })
        .unwrap();
    assert_eq!(n_all, 430);
    let limited = ArticleFilter {
        limit: Some(250),
        ..ArticleFilter::default()
    };
    let mut n_limited = 0;
    reader
        .export(&limited, &mut |_| {
            n_limited += 1;
            true
        })
        .unwrap();
    assert_eq!(n_limited, 250);
    let unknown = ArticleFilter {
        feed: Some("nobody".to_owned()),
        ..ArticleFilter::default()
    };
    assert!(reader.articles(&unknown).unwrap().is_empty());
    assert_eq!(
        reader.feed("2").unwrap().unwrap().name.as_deref(),
        Some("b")
    );
    let of_b = ChangeFilter {
        feed: Some("b".to_owned()),
        ..ChangeFilter::default()
    };
    assert_eq!(reader.changes(0, 1_000, Some(&of_b)).unwrap().len(), 225);
    assert_eq!(reader.changes(0, 7, Some(&of_b)).unwrap().len(), 7);
}
