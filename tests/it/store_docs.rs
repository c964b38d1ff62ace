//! docs/schema.md: its queries run and find something, its columns are those of the views.

use std::{collections::BTreeSet, fs, path::Path, process::Command, time::Duration};

use feedmill::store::ConfiguredFeed;

use crate::store_support::{World, configured, content, fallback, keep, queue, words};

fn docs() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema.md")).unwrap()
}

fn queries(docs: &str) -> Vec<&str> {
    docs.split("```sql\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

/// The names of all views, in order.
fn views(connection: &rusqlite::Connection) -> Vec<String> {
    connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v1%' ORDER BY name",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// A store in which every query of the page finds something.
async fn filled() -> World {
    let world = World::new();
    let unnamed = ConfiguredFeed {
        name: None,
        ..configured("c")
    };
    let feeds = vec![configured("a"), configured("b"), unnamed];
    let rows = world.store.sync_feeds(feeds).await.unwrap();
    let (a, b, c) = (rows[0].id, rows[1].id, rows[2].id);
    let wire = format!("The harbour council met. {}", words(200, "w"));
    let shared = words(60, "s");
    world
        .poll(
            a,
            vec![
                keep("1", "https://a.example/1", "Harbour council", &wire),
                keep("2", "https://a.example/2", "Shared", &shared),
                keep("3", "https://a.example/3", "天気", "今日の東京は晴れです。"),
                queue("4", "https://a.example/4", "Page"),
                queue("5", "https://a.example/5", "No page"),
                queue("6", "https://a.example/6", "Waiting"),
            ],
        )
        .await;
    let near = format!("{wire} {}", words(20, "more"));
    world
        .poll(
            b,
            vec![
                keep("1", "https://b.example/1", "Harbour again", &near),
                keep("2", "https://b.example/2", "Shared", &shared),
            ],
        )
        .await;
    let due = world
        .store
        .due_pages(a, 2, crate::store_support::start())
        .await
        .unwrap();
    let page = content("https://a.example/4", "Page", &words(80, "p"));
    let stand_in = fallback("https://a.example/5", "No page", "A summary.");
    for (due, content) in due.iter().zip([page, stand_in]) {
        let record = world.page_record(a, due, Some(content));
        world.store.finish_page(record).await.unwrap();
    }
    world.clock.advance(Duration::from_hours(1));
    let edited = words(61, "edited");
    let mut gap = world.poll_record(
        a,
        vec![keep("2", "https://a.example/2", "Shared, edited", &edited)],
    );
    gap.is_gap = true;
    gap.feed_update.current_url = Some("https://moved.example/rss".to_owned());
    world.store.finish_poll(gap).await.unwrap();
    world.failed_poll(c).await;
    world
        .store
        .forget(vec!["https://a.example/6".to_owned()])
        .await
        .unwrap();
    world
}

#[tokio::test]
async fn every_query_of_the_page_runs_and_finds_something() {
    let world = filled().await;
    let connection = world.raw();
    let docs = docs();
    let queries = queries(&docs);
    assert!(queries.len() >= 12, "{} queries", queries.len());
    for query in queries {
        let mut statement = connection
            .prepare(query)
            .unwrap_or_else(|error| panic!("{error}\n{query}"));
        let mut rows = statement.query([]).unwrap();
        let mut n = 0;
        while let Some(_row) = rows
            .next()
            .unwrap_or_else(|error| panic!("{error}\n{query}"))
        {
            n += 1;
        }
        assert!(n > 0, "finds nothing in the filled store:\n{query}");
    }
}

#[tokio::test]
async fn the_page_names_every_column_of_every_view() {
    let world = filled().await;
    let connection = world.raw();
    let docs = docs();
    let views = views(&connection);
    assert_eq!(views.len(), 16);
    for view in views {
        let section = docs
            .split("\n### ")
            .find(|section| section.starts_with(&view))
            .unwrap_or_else(|| panic!("no section `{view}`"));
        let statement = connection
            .prepare(&format!("SELECT * FROM {view}"))
            .unwrap();
        let columns: BTreeSet<&str> = statement.column_names().collect();
        let named: BTreeSet<&str> = section.split('`').skip(1).step_by(2).collect();
        let missing: Vec<_> = columns.difference(&named).collect();
        assert!(missing.is_empty(), "`{view}`: the page lacks {missing:?}");
    }
}

/// docs/datasette.json, which tells Datasette what the views and their columns are.
#[tokio::test]
async fn the_metadata_for_datasette_names_every_view_and_no_column_that_is_not_there() {
    let world = World::new();
    let connection = world.raw();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/datasette.json");
    let metadata: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let tables = metadata["databases"]["feedmill"]["tables"]
        .as_object()
        .unwrap();
    let named: Vec<&str> = tables.keys().map(String::as_str).collect();
    assert_eq!(named, views(&connection));
    for (view, told) in tables {
        let statement = connection
            .prepare(&format!("SELECT * FROM {view}"))
            .unwrap();
        let columns: BTreeSet<&str> = statement.column_names().collect();
        let described = told["columns"].as_object().unwrap();
        let described: BTreeSet<&str> = described.keys().map(String::as_str).collect();
        assert_eq!(described, columns, "`{view}`");
        if let Some(column) = told["sort_desc"].as_str() {
            assert!(columns.contains(column), "`{view}` has no `{column}`");
        }
        for text in [&told["title"], &told["description"]] {
            assert!(
                text.as_str().is_some_and(|text| !text.is_empty()),
                "`{view}`"
            );
        }
    }
}

/// The diagram of the page: each view stands in it, and the columns it joins by are there.
#[tokio::test]
async fn the_diagram_names_every_view_and_no_column_that_is_not_there() {
    let world = World::new();
    let connection = world.raw();
    let docs = docs();
    let diagram = docs
        .split("```mermaid\nerDiagram\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let (mut drawn, mut view) = (BTreeSet::new(), "");
    for line in diagram.lines().map(str::trim) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [name, "{"] => {
                view = name;
                drawn.insert(name);
            }
            ["}"] => view = "",
            [_type, column, ..] if !view.is_empty() => {
                let sql = format!("SELECT \"{view}\".{column} FROM {view}");
                assert!(connection.prepare(&sql).is_ok(), "`{view}`: `{column}`");
            }
            [left, _arrow, right, ":", _label] => {
                assert!(drawn.contains(left) && drawn.contains(right), "{line}");
            }
            _ => panic!("what is this: {line}"),
        }
    }
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), views(&connection));
}

/// Where there is a `sqlite3`, it opens the file and answers as our own connection does.
#[tokio::test]
async fn the_sqlite3_command_line_runs_every_query() {
    if Command::new("sqlite3").arg("--version").output().is_err() {
        return;
    }
    let world = filled().await;
    let script = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/sqlite340"));
    let done = Command::new(script).arg(world.path()).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}");
}
