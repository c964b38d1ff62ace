//! The articles as they were when the change feed stood at a cursor.

use std::time::Duration;

use feedmill::{
    dedup,
    store::{ArticleFilter, ArticleRow},
    text::CleanText,
};

use crate::{
    store_support::{World, keep, words},
    support::cli::Folder,
};

fn article_url(n: usize) -> String {
    format!("https://a.example/{n}")
}

/// Stores an article, or another text of it.
async fn write(world: &World, n: usize, title: &str, text: &str) {
    let feed = world.feed("a").await;
    let url = article_url(n);
    world.clock.advance(Duration::from_mins(1));
    world.poll(feed, vec![keep(&url, &url, title, text)]).await;
}

/// Cursors: 1 is article 1, 2 article 2, 3 a revision of article 1, 4 article 3, 5 another revision
/// of article 1, 6 the end of article 2.
async fn history() -> World {
    let world = World::new();
    write(&world, 1, "First", "One text.").await;
    write(&world, 2, "Doomed", "It will not last.").await;
    write(&world, 1, "First, again", "One text, edited by hand.").await;
    write(&world, 3, "Third", "Another text.").await;
    write(&world, 1, "First, at last", "Quite another text.").await;
    world.store.forget(vec![article_url(2)]).await.unwrap();
    world
}

fn as_of(world: &World, cursor: i64) -> Vec<ArticleRow> {
    let filter = ArticleFilter {
        as_of: Some(cursor),
        ..ArticleFilter::default()
    };
    let listed = world.reader().articles(&filter).unwrap();
    let mut exported = Vec::new();
    world
        .reader()
        .export(&filter, &mut |row| {
            exported.push(row.clone());
            true
        })
        .unwrap();
    exported.reverse();
    assert_eq!(listed, exported);
    listed
}

#[tokio::test]
async fn each_article_has_the_revision_that_was_in_force() {
    let world = history().await;
    assert_eq!(
        world.kinds(),
        ["new", "new", "revised", "new", "revised", "pruned"]
    );
    let told = |cursor| -> Vec<_> {
        as_of(&world, cursor)
            .into_iter()
            .map(|row| {
                (
                    row.id,
                    row.cursor,
                    row.revision,
                    row.title.unwrap(),
                    row.word_count,
                )
            })
            .collect()
    };
    let first =
        |title: &str, cursor, revision, words| (1, cursor, revision, title.to_owned(), words);
    let third = || (3, 4, 1, "Third".to_owned(), 2);
    assert_eq!(told(0), []);
    assert_eq!(told(1), [first("First", 1, 1, 2)]);
    assert_eq!(told(2), told(1), "what was taken out since is not told of");
    assert_eq!(told(3), [first("First, again", 3, 2, 5)]);
    assert_eq!(told(4), [third(), first("First, again", 3, 2, 5)]);
    assert_eq!(told(6), [third(), first("First, at last", 5, 3, 3)]);
    for row in as_of(&world, 4) {
        let changes = world.reader().changes(row.cursor - 1, 1, None).unwrap();
        assert_eq!(row.changed_at, changes[0].at);
        let text = CleanText::from_raw(&row.text);
        assert_eq!(row.content_hash, dedup::fingerprint(&text).content_hash);
    }
    assert_eq!(as_of(&world, 6), world.articles());
}

#[tokio::test]
async fn the_answer_stays_while_the_store_goes_on() {
    let world = history().await;
    let before = as_of(&world, 4);
    write(&world, 4, "Fourth", "Later.").await;
    write(&world, 3, "Third, again", "Later too.").await;
    assert_eq!(as_of(&world, 4), before);
}

#[tokio::test]
async fn neither_later_articles_nor_all_changes_are_looked_through() {
    let world = history().await;
    let docs = include_str!("../../docs/schema.md");
    let recipe = docs
        .split("```sql\n")
        .map(|block| block.split("```").next().unwrap())
        .find(|block| block.contains("AS past"))
        .unwrap();
    let recipe = recipe.replace("<= 7", "<= 4");
    let raw = world.raw();
    let rows: Vec<(i64, i64, i64, String)> = raw
        .prepare(&recipe)
        .unwrap()
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let told: Vec<_> = as_of(&world, 4)
        .into_iter()
        .map(|row| (row.id, row.cursor, row.revision, row.title.unwrap()))
        .collect();
    assert_eq!(rows, told);
    let plan: Vec<String> = raw
        .prepare(&format!("EXPLAIN QUERY PLAN {recipe}"))
        .unwrap()
        .query_map([], |row| row.get("detail"))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let scans: Vec<_> = plan
        .iter()
        .filter(|step| step.starts_with("SCAN") && !step.contains("past"))
        .collect();
    assert!(scans.is_empty(), "{plan:#?}");
}

#[tokio::test]
async fn the_command_line_tells_the_past() {
    let world = history().await;
    let database = world.path();
    let ask = |args: &[&str]| {
        let all = [args, &["--db", database.to_str().unwrap()]].concat();
        Folder::new().run(&all)
    };
    ask(&["list", "--as-of", "3"])
        .ends_with(0)
        .prints(&["First, again"]);
    let lines = ask(&["export", "--as-of", "4", "--limit", "1"]).ends_with(0);
    assert_eq!(lines.stdout.lines().count(), 1);
    ask(&["export", "--as-of", "3", "--format", "atom"])
        .ends_with(0)
        .prints(&["One text, edited by hand."]);
    ask(&["list", "--as-of", "7"])
        .ends_with(65)
        .complains_of(&["cursor 6", "not come to 7 yet"]);
    ask(&["list", "--as-of", "-1"]).ends_with(2);
    ask(&["export", "--as-of", "3", "--query", "text"]).ends_with(2);
}

#[tokio::test]
async fn of_many_articles_the_wanted_ones_come_at_once() {
    let world = World::new();
    let feed = world.feed("a").await;
    let entries = (0..300).map(|n| {
        let url = article_url(n);
        keep(&url, &url, &url, &words(3, &format!("m{n}x")))
    });
    world.poll(feed, entries.collect()).await;
    let filter = ArticleFilter {
        as_of: Some(250),
        limit: Some(50),
        ..ArticleFilter::default()
    };
    let rows = world.reader().articles(&filter).unwrap();
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, (201..=250).rev().collect::<Vec<_>>());
}
