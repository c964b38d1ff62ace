//! The change feed with filters, read at once and followed.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
    time::{Duration, Instant},
};

use feedmill::{
    model::ChangeKind,
    store::{ArticleContent, ChangeFilter, EntryAction, EntryRecord},
};

use crate::{
    store_support::{World, content, keep, listing, words},
    support::cli::{Folder, Ran},
};

/// Of `a`: a German article, revised; of `b`: an English one with a tag, and one that was taken out.
async fn world() -> World {
    let world = World::new();
    let feeds = world.feeds(&["a", "b"]).await;
    let german = |text: &str| ArticleContent {
        language: Some("de-AT".to_owned()),
        ..content("https://a.example/1", "Hafen", text)
    };
    let tagged = ArticleContent {
        tags: vec!["Rain".to_owned()],
        ..content("https://b.example/2", "Harbour", "It rains.")
    };
    world
        .poll(feeds[0].id, vec![keep_as(german("Es regnet."))])
        .await;
    world.poll(feeds[1].id, vec![keep_as(tagged)]).await;
    world
        .poll(feeds[0].id, vec![keep_as(german("Es regnet noch."))])
        .await;
    let doomed = "https://b.example/3";
    world
        .poll(
            feeds[1].id,
            vec![keep(doomed, doomed, "Doomed", "It goes.")],
        )
        .await;
    world.store.forget(vec![doomed.to_owned()]).await.unwrap();
    world
}

fn keep_as(content: ArticleContent) -> EntryRecord {
    EntryRecord {
        listing: listing(&content.url, &content.url, content.text.as_str()),
        action: EntryAction::Keep(Box::new(content)),
    }
}

fn tail(world: &World, args: &[&str]) -> Ran {
    let database = world.path();
    let all = [&["tail", "--db", database.to_str().unwrap()], args].concat();
    Folder::new().run(&all)
}

#[tokio::test]
async fn filters_choose_by_what_an_article_is() {
    let world = world().await;
    assert_eq!(world.kinds(), ["new", "new", "revised", "new", "pruned"]);
    let check = |args: &[&str], want: &[i64]| {
        let ran = tail(&world, args).ends_with(0);
        let cursors: Vec<i64> = ran
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["cursor"].clone())
            .map(|cursor| cursor.as_i64().unwrap())
            .collect();
        assert_eq!(cursors, want, "{args:?}");
    };
    check(&[], &[1, 2, 3, 4, 5]);
    check(&["--format", "jsonl", "--limit", "2"], &[1, 2]);
    check(&["--limit", "0"], &[]);
    check(&["--kind", "new,revised"], &[1, 2, 3, 4]);
    check(&["--kind", "revised"], &[3]);
    // What was taken out cannot be asked any more: that it went is told.
    check(&["--feed", "a"], &[1, 3, 5]);
    check(&["--feed", "a", "--kind", "new,revised"], &[1, 3]);
    check(&["--lang", "de", "--kind", "new"], &[1]);
    check(&["--tag", "rain", "--since", "1"], &[2, 5]);
    check(&["--tag", "rain", "--lang", "de", "--kind", "new"], &[]);
    tail(&world, &["--kind", "old"])
        .ends_with(2)
        .complains_of(&["reextracted"]);
    tail(&world, &["--format", "csv"]).ends_with(2);
}

#[tokio::test]
async fn what_is_not_wanted_is_looked_at_once() {
    let world = world().await;
    world
        .raw()
        .execute_batch(
            "INSERT INTO changes (article_id, revision, kind, at)
             SELECT 2, 1, 'regrouped', '2026-01-01T00:00:00Z' FROM
               (WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 15000)
                SELECT n FROM n)",
        )
        .unwrap();
    let reader = world.reader();
    let filter = ChangeFilter {
        feed: Some("a".to_owned()),
        kinds: vec![ChangeKind::New, ChangeKind::Revised],
        ..ChangeFilter::default()
    };
    let look = |since, limit| {
        let looked = reader.next_changes(since, limit, &filter).unwrap();
        (looked.changes.len(), looked.up_to)
    };
    // A full answer goes on behind its last row, any other behind all that was looked at.
    assert_eq!(look(0, 1), (1, 1));
    assert_eq!(look(0, 2), (2, 3));
    assert_eq!(look(0, 500), (2, 10_000));
    assert_eq!(look(10_000, 500), (0, 15_005));
    assert_eq!(look(15_005, 500), (0, 15_005));
    assert_eq!(reader.changes(0, 500, Some(&filter)).unwrap().len(), 2);
}

#[tokio::test]
async fn a_follower_with_a_filter_sees_a_row_soon_after_its_commit() {
    let world = world().await;
    let folder = Folder::new();
    let database = world.path();
    let mut child = folder
        .command(&[
            "tail", "--follow", "--feed", "a", "--kind", "new", "--limit", "2",
        ])
        .arg("--db")
        .arg(&database)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("\"cursor\":1,"));
    let feeds = world.feeds(&["a", "b"]).await;
    for (feed, n) in [(feeds[1].id, 8), (feeds[0].id, 9)] {
        let url = format!("https://news.example/{n}");
        let text = words(60, &format!("f{n}x"));
        world.poll(feed, vec![keep(&url, &url, &url, &text)]).await;
    }
    let committed = Instant::now();
    assert!(lines.next().unwrap().unwrap().contains("news.example/9"));
    // A second is promised; the rest is for a machine that does other things.
    assert!(committed.elapsed() < Duration::from_secs(5));
    assert!(child.wait().unwrap().success());
}

#[tokio::test]
async fn a_follower_goes_on_in_a_file_that_was_restored() {
    let world = world().await;
    let folder = Folder::new();
    let back_up = |to: &str| {
        let from = world.path();
        let args = ["db", "backup", to, "--db", from.to_str().unwrap()];
        folder.run(&args).ends_with(0);
    };
    back_up("a.db");
    let mut child = folder
        .command(&[
            "tail", "--follow", "--since", "4", "--limit", "2", "--db", "a.db",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("\"cursor\":5,"));
    let feed = world.feeds(&["a", "b"]).await[0].id;
    let url = "https://news.example/9";
    world
        .poll(feed, vec![keep(url, url, url, "It rains again.")])
        .await;
    back_up("copy.db");
    let [copy, database] = ["copy.db", "a.db"].map(|name| folder.path().join(name));
    std::fs::rename(copy, database).unwrap();
    assert!(lines.next().unwrap().unwrap().contains("\"cursor\":6,"));
    assert!(child.wait().unwrap().success());
}

#[tokio::test]
async fn a_follower_ends_in_order_when_it_is_told_to() {
    let world = world().await;
    let folder = Folder::new();
    for signal in ["TERM", "INT"] {
        let database = world.path();
        let mut child = folder
            .command(&["tail", "--follow", "--db", database.to_str().unwrap()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next().unwrap().unwrap();
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{signal} {}", child.id())])
            .status();
        assert!(sent.unwrap().success());
        assert!(child.wait().unwrap().success(), "{signal}");
    }
}
