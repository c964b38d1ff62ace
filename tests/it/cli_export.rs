//! `export` in each of its formats, with filters and a search.

use std::fs;

use chrono::{TimeDelta, Utc};
use feedmill::store::{ArticleContent, EntryAction, EntryRecord};

use crate::{
    store_support::{World, content, listing, start},
    support::cli::{Folder, Ran},
};

/// Three articles; the second has all that a format could trip over.
async fn world() -> World {
    let world = World::new();
    let feed = world.feed("a").await;
    let odd = ArticleContent {
        authors: vec!["A \"B\" & <C>".to_owned()],
        tags: vec!["x & y".to_owned()],
        language: Some("no tag".to_owned()),
        published_at: Some(start() - TimeDelta::days(3)),
        ..content(
            "https://a.example/2?a=1&b=2",
            "../Harbour: <b>\"rain\"</b> & ---",
            "# One & <two>\n---\n\nThe harbour, ]]> again.",
        )
    };
    let contents = [
        content("https://a.example/1", "Council", "The council met."),
        odd,
        content("https://a.example/3", "Harbour", "Ships, one and all."),
    ];
    let entries = contents
        .into_iter()
        .enumerate()
        .map(|(n, content)| EntryRecord {
            listing: listing(&n.to_string(), &content.url, &n.to_string()),
            action: EntryAction::Keep(Box::new(content)),
        });
    world.poll(feed, entries.collect()).await;
    world
}

fn export(world: &World, args: &[&str]) -> Ran {
    let database = world.path();
    let all = [&["export", "--db", database.to_str().unwrap()], args].concat();
    Folder::new().run(&all)
}

#[tokio::test]
async fn a_search_chooses_in_every_format() {
    let world = world().await;
    let lines = |args: &[&str]| export(&world, args).ends_with(0).stdout.lines().count();
    assert_eq!(lines(&["--query", "harbour"]), 2);
    assert_eq!(lines(&["--query", "harbour", "--limit", "1"]), 1);
    assert_eq!(lines(&["--query", "title:harbour -ships"]), 1);
    assert_eq!(lines(&["--query", "tag:world"]), 3);
    assert_eq!(lines(&["--query", "ships", "--format", "csv"]), 2);
    let atom = export(&world, &["--query", "ships", "--format", "atom"]).ends_with(0);
    assert_eq!(atom.stdout.matches("<entry").count(), 1);
    export(&world, &["--query", "a feed:nobody"])
        .ends_with(65)
        .complains_of(&["no feed `nobody`", "^^^^^^^^^^^"]);
    export(&world, &["--query", "\"a"])
        .ends_with(2)
        .complains_of(&["never closed"]);
}

#[tokio::test]
async fn an_atom_feed_says_what_the_articles_say() {
    let world = world().await;
    let ran = export(&world, &["--format", "atom"]).ends_with(0);
    let feed = feed_rs::parser::parse(ran.stdout.as_bytes()).unwrap();
    let ids: Vec<_> = feed.entries.iter().map(|entry| &entry.id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.starts_with("urn:uuid:")));
    let title = |n: usize| feed.entries[n].title.as_ref().unwrap().content.as_str();
    assert_eq!((title(0), title(2)), ("Harbour", "Council"));
    let odd = &feed.entries[1];
    assert_eq!(title(1), "../Harbour: <b>\"rain\"</b> & ---");
    assert_eq!(
        odd.content.as_ref().unwrap().body.as_deref(),
        Some("# One & <two>\n---\n\nThe harbour, ]]> again.")
    );
    assert_eq!(odd.links[0].href, "https://a.example/2?a=1&b=2");
    assert_eq!(odd.authors[0].name.as_deref(), Some("A \"B\" & <C>"));
    assert_eq!(odd.categories[0].term, "x & y");
    assert_eq!(odd.published, Some(start() - TimeDelta::days(3)));
    assert_eq!(odd.updated, Some(start()));
    assert_eq!(feed.updated, Some(start()));
    // Each entry is the same one in the next export.
    let again = export(&world, &["--format", "atom", "--limit", "1"]).ends_with(0);
    let again = feed_rs::parser::parse(again.stdout.as_bytes()).unwrap();
    assert_eq!(again.entries.len(), 1);
    assert_eq!(&again.entries[0].id, ids[0]);
    // Nothing found is a feed as well.
    let none = export(&world, &["--format", "atom", "--lang", "fr"]).ends_with(0);
    let none = feed_rs::parser::parse(none.stdout.as_bytes()).unwrap();
    assert!(none.entries.is_empty());
    assert!(none.updated.unwrap() > Utc::now() - TimeDelta::days(1));
}

#[tokio::test]
async fn a_markdown_folder_holds_a_file_an_article() {
    let world = world().await;
    let to = world.folder.path().join("notes/here");
    let ask = || {
        export(
            &world,
            &["--format", "markdown", "--to", to.to_str().unwrap()],
        )
    };
    let ran = ask()
        .ends_with(0)
        .complains_of(&["3 files written", "0 there already"]);
    assert_eq!(ran.stdout, "");
    let mut names: Vec<String> = fs::read_dir(&to)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let odd = "2026-05-25-harbour-b-rain-b-2.md";
    assert_eq!(
        names,
        [odd, "2026-05-28-council-1.md", "2026-05-28-harbour-3.md"]
    );
    let text = fs::read_to_string(to.join(odd)).unwrap();
    let (matter, body) = text
        .strip_prefix("---\n")
        .unwrap()
        .split_once("\n---\n")
        .unwrap();
    for line in matter.lines() {
        let (_, value) = line.split_once(": ").unwrap();
        serde_json::from_str::<serde_json::Value>(value).unwrap();
    }
    assert!(
        matter.contains("id: 2\n") && matter.contains("\nfeed: \"a\"\n"),
        "{matter}"
    );
    assert!(body.contains("\n\\# One \\& \\<two>\\\n\\---\n"), "{body}");

    // What is not its own is left alone; a link is replaced and leads nowhere.
    let outside = world.folder.path().join("outside");
    fs::write(&outside, "mine").unwrap();
    fs::write(to.join("2026-05-28-mine.md"), "mine").unwrap();
    fs::remove_file(to.join(odd)).unwrap();
    std::os::unix::fs::symlink(&outside, to.join(odd)).unwrap();
    fs::write(to.join("2026-05-28-council-1.md"), "changed by hand").unwrap();
    ask()
        .ends_with(0)
        .complains_of(&["2 files written", "1 there already"]);
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine");
    assert_eq!(fs::read_to_string(to.join(odd)).unwrap(), text);
    assert_eq!(
        fs::read_to_string(to.join("2026-05-28-mine.md")).unwrap(),
        "mine"
    );
    assert_eq!(fs::read_dir(&to).unwrap().count(), 4);
}

#[tokio::test]
async fn a_folder_and_markdown_go_together() {
    let world = world().await;
    export(&world, &["--format", "markdown"])
        .ends_with(2)
        .complains_of(&["--to"]);
    export(&world, &["--to", "x"])
        .ends_with(2)
        .complains_of(&["--format markdown", "hint"]);
    let database = world.path();
    export(
        &world,
        &["--format", "markdown", "--to", database.to_str().unwrap()],
    )
    .ends_with(74)
    .complains_of(&["cannot make folder", "hint"]);
}
