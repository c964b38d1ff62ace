//! docs/follow.py and docs/follow.sql take every change over exactly once, as docs/consumers.md
//! promises: over several runs, killed at any statement, and when a backup was restored.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
    time::Duration,
};

use feedmill::{model::FeedId, store::Store};
use rusqlite::{Connection, OpenFlags};

use crate::store_support::{World, content, fallback, keep, options, queue, words};

/// Kills `follow.py` before its first statement, its second and so on until one run is left to
/// its end, each time with a database of its own; each is then taken to its end by another run.
/// Prints how many runs were killed.
const KILLED_AT_EVERY_STATEMENT: &str = r#"
import os, signal, sys
store, folder, docs = sys.argv[1:]
sys.path.insert(0, docs)
sys.dont_write_bytecode = True
import follow
follow.BATCH = 3
connect = follow.sqlite3.connect

def killed_at(n_left):
    def count(_):
        nonlocal n_left
        n_left -= 1
        if n_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def connect_and_count(*arguments, **named):
        connection = connect(*arguments, **named)
        connection.set_trace_callback(count)
        return connection
    return connect_and_count

n, was_killed = 0, True
while was_killed:
    n += 1
    own = f"{folder}/{n}.db"
    child = os.fork()
    if child == 0:
        follow.sqlite3.connect = killed_at(n)
        follow.one_pass(store, own)
        os._exit(0)
    was_killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    both = follow.open_both(store, own)
    both.executescript("CREATE TABLE applied AS SELECT cursor FROM seen;"
        "CREATE TRIGGER applies AFTER INSERT ON seen BEGIN"
        " INSERT INTO applied VALUES (new.cursor); END;")
    both.close()
    follow.one_pass(store, own)
print(n - 1)
"#;

/// An article as a consumer keeps it: id, revision, title, text, url, story.
type Kept = (
    i64,
    i64,
    Option<String>,
    String,
    Option<String>,
    Option<i64>,
);

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name)
}

/// Whether the program is there; says so when a test has to be left out.
fn is_there(program: &str) -> bool {
    let is_there = Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|done| done.status.success());
    if !is_there {
        eprintln!("skipped: `{program}` is not installed");
    }
    is_there
}

#[track_caller]
fn said(done: &Output) -> String {
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{errors}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// One of the two consumers.
type Consumer = fn(&Path, &Path) -> Output;

fn follow_py(store: &Path, own: &Path) -> Output {
    Command::new("python3")
        .arg(docs("follow.py"))
        .args([store, own])
        .output()
        .unwrap()
}

fn follow_sql(store: &Path, own: &Path) -> Output {
    Command::new("sqlite3")
        .arg("-cmd")
        .arg(format!(
            "ATTACH 'file:{}?mode=ro' AS store",
            store.display()
        ))
        .arg(own)
        .stdin(Stdio::from(fs::File::open(docs("follow.sql")).unwrap()))
        .output()
        .unwrap()
}

fn read_only(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn articles(path: &Path, table: &str) -> Vec<Kept> {
    let sql = format!("SELECT id, revision, title, text, url, story_id FROM {table} ORDER BY id");
    let connection = read_only(path);
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
        ))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn cursors(path: &Path, table: &str) -> Vec<i64> {
    let connection = read_only(path);
    let sql = format!("SELECT cursor FROM {table} ORDER BY cursor");
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// From now on the consumer's database itself writes down each change that is committed to it.
fn write_down_what_is_applied(own: &Path) {
    Connection::open(own)
        .unwrap()
        .execute_batch(
            "CREATE TABLE applied AS SELECT cursor FROM seen;
             CREATE TRIGGER applies AFTER INSERT ON seen BEGIN
               INSERT INTO applied VALUES (new.cursor);
             END;",
        )
        .unwrap();
}

#[track_caller]
fn is_what_the_store_has(own: &Path, store: &Path) {
    assert_eq!(articles(own, "articles"), articles(store, "v1_articles"));
    let all = cursors(store, "v1_changes");
    assert_eq!(cursors(own, "seen"), all);
    assert_eq!(cursors(own, "place"), all[all.len() - 1..]);
}

#[track_caller]
fn nothing_was_applied_twice(own: &Path) {
    let applied = cursors(own, "applied");
    let distinct: BTreeSet<i64> = applied.iter().copied().collect();
    assert_eq!(applied.len(), distinct.len(), "{applied:?}");
}

fn article(n: usize) -> String {
    format!("https://a.example/{n}")
}

async fn add(world: &World, feed: FeedId, n: usize, salt: &str) {
    let entry = keep(&article(n), &article(n), "A title", &words(60, salt));
    world.poll(feed, vec![entry]).await;
}

/// Adds a change of each kind, and articles that are changed twice and taken out again.
async fn change(world: &World, feed: FeedId) {
    let wire = words(300, "w");
    for n in 0..4 {
        add(world, feed, n, &format!("first{n}x")).await;
    }
    world
        .poll(
            feed,
            vec![
                keep("wire", &article(10), "Wire", &wire),
                queue("grows", &article(11), "Grows"),
            ],
        )
        .await;
    let summary = |url: &str| fallback(url, "Grows", "A summary.");
    world.pages(feed, |page| Some(summary(&page.url))).await;
    world.clock.advance(Duration::from_hours(1));
    let longer = format!("{wire} {}", words(20, "more"));
    world
        .pages(feed, |page| Some(content(&page.url, "Grows", &longer)))
        .await;
    add(world, feed, 1, "second1x").await;
    add(world, feed, 1, "third1x").await;
    world
        .store
        .forget(vec![article(2), article(10)])
        .await
        .unwrap();
    write_as_the_daemon_would(world, "retracted", &article(0));
    write_as_the_daemon_would(world, "reextracted", &article(3));
}

/// What only a recheck and a newer extractor bring about.
fn write_as_the_daemon_would(world: &World, kind: &str, url: &str) {
    let more = i64::from(kind == "reextracted");
    world
        .raw()
        .execute_batch(&format!(
            "BEGIN IMMEDIATE;
             UPDATE articles SET revision = revision + {more}, title = '{kind}' WHERE url = '{url}';
             INSERT INTO changes (article_id, revision, kind, at)
               SELECT id, revision, '{kind}', changed_at FROM articles WHERE url = '{url}';
             UPDATE articles SET cursor = (SELECT max(cursor) FROM changes) WHERE url = '{url}';
             COMMIT;"
        ))
        .unwrap();
}

async fn is_exact_over_several_runs(consumer: Consumer) {
    let world = World::new();
    let feed = world.feed("a").await;
    let own = world.folder.path().join("own.db");
    said(&consumer(&world.path(), &own));
    write_down_what_is_applied(&own);

    add(&world, feed, 5, "five").await;
    said(&consumer(&world.path(), &own));
    is_what_the_store_has(&own, &world.path());
    change(&world, feed).await;
    let kinds: BTreeSet<String> = world.kinds().into_iter().collect();
    let all = [
        "new",
        "pruned",
        "reextracted",
        "regrouped",
        "retracted",
        "revised",
    ];
    assert_eq!(kinds, all.map(str::to_owned).into());
    for _ in 0..2 {
        said(&consumer(&world.path(), &own));
        is_what_the_store_has(&own, &world.path());
    }
    assert_eq!(cursors(&own, "applied"), cursors(&own, "seen"));
}

/// A store that goes on where a backup was made: a copy of the backup takes its place.
fn restored(world: &World, backup: &Path) -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feedmill.db");
    fs::copy(backup, &path).unwrap();
    let store = Store::open(options(path, &world.clock)).unwrap();
    World {
        folder,
        clock: Arc::clone(&world.clock),
        store,
    }
}

async fn notices_a_restored_backup(consumer: Consumer) {
    let world = World::new();
    let feed = world.feed("a").await;
    let own = world.folder.path().join("own.db");
    for n in 0..3 {
        add(&world, feed, n, &format!("old{n}x")).await;
    }
    said(&consumer(&world.path(), &own));
    write_down_what_is_applied(&own);
    let backup = world.folder.path().join("backup.db");
    world.reader().backup(&backup).unwrap();
    // Seen, and not in the backup: a new article, a revised one, one that was taken out.
    add(&world, feed, 3, "lost3x").await;
    add(&world, feed, 0, "lost0x").await;
    world.store.forget(vec![article(1)]).await.unwrap();
    said(&consumer(&world.path(), &own));
    is_what_the_store_has(&own, &world.path());

    // Before anything came, and when the number of the lost article was given to another one.
    let second = restored(&world, &backup);
    said(&consumer(&second.path(), &own));
    is_what_the_store_has(&own, &second.path());
    assert_eq!(articles(&own, "articles").len(), 3);
    add(&second, feed, 7, "other7x").await;
    add(&second, feed, 8, "other8x").await;
    said(&consumer(&second.path(), &own));
    is_what_the_store_has(&own, &second.path());
    nothing_was_applied_twice(&own);

    // The same backup once more, which gives out the same cursors for other changes.
    world.clock.advance(Duration::from_hours(1));
    let third = restored(&world, &backup);
    add(&third, feed, 9, "third9x").await;
    add(&third, feed, 0, "third0x").await;
    said(&consumer(&third.path(), &own));
    is_what_the_store_has(&own, &third.path());

    // Another store altogether: nothing is agreed on, and nothing of the old one stays.
    // Not even of what came so long ago that it is not remembered any more.
    Connection::open(&own)
        .unwrap()
        .execute_batch("DELETE FROM seen WHERE cursor <= 3")
        .unwrap();
    let another = World::new();
    another.clock.advance(Duration::from_hours(50));
    let feed = another.feed("b").await;
    add(&another, feed, 1, "anotherx").await;
    said(&consumer(&another.path(), &own));
    is_what_the_store_has(&own, &another.path());
}

#[tokio::test]
async fn the_python_consumer_takes_every_change_over_once() {
    if is_there("python3") {
        is_exact_over_several_runs(follow_py).await;
    }
}

#[tokio::test]
async fn the_sql_consumer_takes_every_change_over_once() {
    if is_there("sqlite3") {
        is_exact_over_several_runs(follow_sql).await;
    }
}

#[tokio::test]
async fn the_python_consumer_notices_a_restored_backup() {
    if is_there("python3") {
        notices_a_restored_backup(follow_py).await;
    }
}

#[tokio::test]
async fn the_sql_consumer_notices_a_restored_backup() {
    if is_there("sqlite3") {
        notices_a_restored_backup(follow_sql).await;
    }
}

#[tokio::test]
async fn a_consumer_killed_at_any_statement_misses_nothing_and_does_nothing_twice() {
    if !is_there("python3") {
        return;
    }
    let world = World::new();
    let feed = world.feed("a").await;
    change(&world, feed).await;
    let done = Command::new("python3")
        .args(["-c", KILLED_AT_EVERY_STATEMENT])
        .args([&world.path(), world.folder.path(), &docs("")])
        .output()
        .unwrap();
    let n_killed: usize = said(&done).parse().unwrap();
    let n_changes = cursors(&world.path(), "v1_changes").len();
    assert!(n_killed > 4 * n_changes, "killed {n_killed} times only");
    for n in 1..=n_killed + 1 {
        let own = world.folder.path().join(format!("{n}.db"));
        is_what_the_store_has(&own, &world.path());
        let applied = cursors(&own, "applied");
        assert_eq!(applied, cursors(&own, "seen"), "killed at statement {n}");
    }
}

#[tokio::test]
async fn each_consumer_goes_on_where_the_other_ended() {
    if !is_there("python3") || !is_there("sqlite3") {
        return;
    }
    let world = World::new();
    let feed = world.feed("a").await;
    let own = world.folder.path().join("own.db");
    add(&world, feed, 1, "one").await;
    assert_eq!(said(&follow_sql(&world.path(), &own)), "0|1|0");
    change(&world, feed).await;
    let n_changes = cursors(&world.path(), "v1_changes").len();
    let told = said(&follow_py(&world.path(), &own));
    assert_eq!(told, format!("{} changes taken over", n_changes - 1));
    assert_eq!(said(&follow_sql(&world.path(), &own)), "0|0|0");
    is_what_the_store_has(&own, &world.path());
}

async fn refuses_what_is_no_store(consumer: Consumer) {
    let world = World::new();
    let feed = world.feed("a").await;
    add(&world, feed, 1, "x").await;
    let own = world.folder.path().join("own.db");
    said(&consumer(&world.path(), &own));
    let other = world.folder.path().join("other.db");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE v1_changes (cursor)")
        .unwrap();
    // Fails in the middle, when what was seen has been taken back already.
    let broken = world.folder.path().join("broken.db");
    Connection::open(&broken)
        .unwrap()
        .execute_batch(
            "PRAGMA application_id = 0x464d494c;
             CREATE TABLE v1_changes (cursor, article_id, revision, kind, at);
             CREATE TABLE v1_articles (id);",
        )
        .unwrap();
    for store in [other, broken, world.folder.path().join("absent.db")] {
        let done = consumer(&store, &own);
        assert_eq!(done.status.code(), Some(1));
        assert!(!done.stderr.is_empty());
        is_what_the_store_has(&own, &world.path());
    }
}

#[tokio::test]
async fn a_file_that_is_no_store_changes_nothing_in_the_python_consumer() {
    if is_there("python3") {
        refuses_what_is_no_store(follow_py).await;
    }
}

#[tokio::test]
async fn a_file_that_is_no_store_changes_nothing_in_the_sql_consumer() {
    if is_there("sqlite3") {
        refuses_what_is_no_store(follow_sql).await;
    }
}
