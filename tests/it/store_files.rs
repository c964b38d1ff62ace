//! Files of every kind: new, foreign, newer, damaged, locked, killed over.

use std::{fs, path::Path, sync::Arc, time::Duration};

use feedmill::{
    clock::ManualClock,
    store::{OpenOptions, Reader, Store, StoreError, StoreErrorKind},
};
use rusqlite::Connection;

use crate::store_support::{World, keep, options, queue, start, words};

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(start()))
}

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(options(path.to_owned(), &clock()))
}

#[track_caller]
fn check_refused(path: &Path, kind: StoreErrorKind) {
    let before = fs::read(path).unwrap();
    let error = open(path).expect_err("it must not be opened");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.hint().is_some());
    assert!(error.to_string().contains("feedmill.db"), "{error}");
    assert_eq!(Reader::open(path).expect_err("nor read").kind(), kind);
    assert_eq!(fs::read(path).unwrap(), before, "the file was changed");
}

#[test]
fn a_file_of_another_application_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feedmill.db");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE music (title TEXT);")
        .unwrap();
    other.close().unwrap();
    check_refused(&path, StoreErrorKind::Foreign);
    let beside = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(beside, 1, "files were left beside it");
}

#[test]
fn a_file_with_anothers_mark_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feedmill.db");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA application_id = 77; PRAGMA user_version = 1; CREATE TABLE x (y);")
        .unwrap();
    other.close().unwrap();
    check_refused(&path, StoreErrorKind::Foreign);
}

#[track_caller]
fn check_schema_number(number: i64, kind: StoreErrorKind) {
    let world = World::new();
    let path = world.path();
    world.store.close();
    let odd = Connection::open(&path).unwrap();
    odd.pragma_update(None, "user_version", number).unwrap();
    odd.close().unwrap();
    check_refused(&path, kind);
}

#[test]
fn a_file_of_a_newer_feedmill_is_left_alone() {
    check_schema_number(99, StoreErrorKind::Newer);
}

#[test]
fn a_file_of_ours_without_its_schema_number_is_left_alone() {
    check_schema_number(0, StoreErrorKind::Corrupt);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feedmill.db");
    for bytes in [b"not a database".as_slice(), &[0x20; 5_000]] {
        fs::write(&path, bytes).unwrap();
        check_refused(&path, StoreErrorKind::Corrupt);
    }
}

#[tokio::test]
async fn a_damaged_file_is_found_after_an_unclean_stop_and_left_alone() {
    let world = World::new();
    let feed = world.feed("a").await;
    let entries = (0..200)
        .map(|n| {
            keep(
                &n.to_string(),
                &format!("https://a.example/{n}"),
                "T",
                &words(60, &format!("x{n}y")),
            )
        })
        .collect();
    world.poll(feed, entries).await;
    let path = world.path();
    world.store.close();
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "UPDATE meta SET value = 0 WHERE key = 'is_clean'; PRAGMA wal_checkpoint(TRUNCATE);",
        )
        .unwrap();
    connection.close().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let n = bytes.len();
    for byte in &mut bytes[n / 2..n / 2 + 40_960] {
        *byte = 0x5a;
    }
    fs::write(&path, &bytes).unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
    assert!(error.hint().unwrap().contains("backup"));
    assert_eq!(fs::read(&path).unwrap(), bytes, "the file was changed");
}

#[test]
fn a_folder_and_a_path_through_a_file_are_faults_of_the_system() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(open(folder.path()).unwrap_err().kind(), StoreErrorKind::Io);
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let error = open(&file.join("feedmill.db")).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Io, "{error}");
}

#[test]
fn a_reader_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feedmill.db");
    assert_eq!(
        Reader::open(&path).unwrap_err().kind(),
        StoreErrorKind::Missing
    );
    assert!(!path.exists());
}

#[test]
fn an_empty_file_and_a_missing_folder_are_filled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b%20?#/deeper/feedmill.db");
    open(&path).unwrap().close();
    Reader::open(&path).unwrap();
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    open(&empty).unwrap().close();
    Reader::open(&empty).unwrap();
}

#[test]
fn a_lock_held_longer_than_we_wait_is_told() {
    let world = World::new();
    let path = world.path();
    world.store.close();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Locked, "{error}");
    assert!(error.to_string().contains("300 ms"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_lock_costs_nothing_but_time() {
    let world = World::new();
    let feed = world.feed("a").await;
    let other = world.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let record = world.poll_record(feed, vec![keep("g", "https://a.example/1", "T", "Text.")]);
    let store = world.store.clone();
    let waiting = tokio::task::spawn(async move { store.finish_poll(record).await });
    // Longer than the busy timeout of opening.
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!waiting.is_finished());
    // Readers go on meanwhile.
    assert_eq!(world.store.feeds().await.unwrap().len(), 1);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().n_new, 1);
}

#[tokio::test]
async fn a_closed_store_keeps_log_and_index_for_readers() {
    let world = World::new();
    let feed = world.feed("a").await;
    world
        .poll(feed, vec![queue("g", "https://a.example/1", "T")])
        .await;
    let path = world.path();
    let clone = world.store.clone();
    world.store.clone().close();
    for (ending, length) in [("-wal", Some(0)), ("-shm", None)] {
        let beside = format!("{}{ending}", path.display());
        let metadata = fs::metadata(&beside).unwrap();
        assert!(
            length.is_none_or(|length| metadata.len() == length),
            "{beside}"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(metadata.permissions().mode() & 0o040, 0o040, "{beside}");
        }
    }
    let error = clone.finish_poll(world.poll_record(feed, vec![])).await;
    assert!(error.unwrap_err().to_string().contains("closed"));
    assert_eq!(Reader::open(&path).unwrap().queue(9).unwrap().len(), 1);
}

/// The three files as they are at this moment: what a kill leaves.
fn copy_of(world: &World, to: &Path) {
    for ending in ["", "-wal"] {
        let from = format!("{}{ending}", world.path().display());
        fs::copy(from, format!("{}{ending}", to.display())).unwrap();
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_kill() {
    let world = World::new();
    let feed = world.feed("a").await;
    for n in 0..20 {
        let url = format!("https://a.example/{n}");
        world
            .poll(
                feed,
                vec![keep(&url, &url, &url, &words(60, &format!("k{n}x")))],
            )
            .await;
        if n % 7 == 3 {
            world.store.checkpoint().await.unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("feedmill.db");
        copy_of(&world, &copy);
        let store = open(&copy).unwrap();
        let reader = Reader::open(&copy).unwrap();
        assert_eq!(reader.totals().unwrap().articles, n + 1);
        assert_eq!(reader.verify().unwrap(), Vec::<String>::new());
        store.close();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_taken_in_mid_write_are_whole() {
    let world = Arc::new(World::new());
    let feed = world.feed("a").await;
    let writing = {
        let world = Arc::clone(&world);
        tokio::task::spawn(async move {
            for n in 0..60 {
                let entries = (0..5)
                    .map(|m| {
                        let url = format!("https://a.example/{n}/{m}");
                        keep(&url, &url, &url, &words(60, &format!("k{n}m{m}x")))
                    })
                    .collect();
                world.poll(feed, entries).await;
            }
        })
    };
    let mut n_before = 0;
    while !writing.is_finished() {
        n_before = Reader::open(&world.path())
            .unwrap()
            .totals()
            .unwrap()
            .articles
            .max(n_before);
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("feedmill.db");
        copy_of(&world, &copy);
        let store = open(&copy).unwrap();
        let reader = Reader::open(&copy).unwrap();
        assert!(
            reader.totals().unwrap().articles >= n_before,
            "an answered row is lost"
        );
        assert_eq!(reader.totals().unwrap().articles % 5, 0, "half a poll");
        assert_eq!(reader.verify().unwrap(), Vec::<String>::new());
        store.close();
    }
    writing.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_wait_share_a_transaction_and_a_bad_one_costs_itself_alone() {
    let world = World::new();
    let feed = world.feed("a").await;
    let other = world.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut tasks = Vec::new();
    for n in 0..50 {
        let url = format!("https://a.example/{n}");
        let mut record = world.poll_record(
            feed,
            vec![keep(&url, &url, &url, &words(60, &format!("j{n}x")))],
        );
        if n == 25 {
            record.feed = feedmill::model::FeedId(999);
        }
        let store = world.store.clone();
        tasks.push(tokio::task::spawn(async move {
            store.finish_poll(record).await
        }));
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    other.execute_batch("COMMIT").unwrap();
    let mut n_failed = 0;
    for task in tasks {
        n_failed += usize::from(task.await.unwrap().is_err());
    }
    assert_eq!(n_failed, 1);
    assert_eq!(world.articles().len(), 49);
    world.is_sound();
}

#[tokio::test]
async fn a_short_wait_for_the_lock_is_an_option() {
    let world = World::new();
    let path = world.path();
    world.store.close();
    let quick = OpenOptions {
        busy_timeout: Duration::ZERO,
        ..options(path.clone(), &clock())
    };
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(
        Store::open(quick).unwrap_err().kind(),
        StoreErrorKind::Locked
    );
}

#[test]
fn a_file_of_the_first_schema_is_brought_up_to_date_by_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feedmill.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch("PRAGMA journal_mode = WAL;").unwrap();
    old.execute_batch(include_str!("../../src/store/sql/0001_init.sql"))
        .unwrap();
    old.execute_batch(
        "PRAGMA application_id = 0x464d494c; PRAGMA user_version = 1;
         INSERT INTO meta VALUES ('is_clean', 1);
         INSERT INTO feeds (url, current_url, tags, status, added_at)
           VALUES ('http://a.example/', 'http://a.example/', '[]', 'active', '2026-01-01T00:00:00Z');",
    )
    .unwrap();
    old.close().unwrap();
    let error = Reader::open(&path).expect_err("a reader changes no schema");
    assert_eq!(error.kind(), StoreErrorKind::Older);
    assert!(error.hint().is_some());
    open(&path).unwrap().close();
    let feeds = Reader::open(&path).unwrap().feeds().unwrap();
    let feed = feeds.first().unwrap();
    assert_eq!(feed.url, "http://a.example/");
    assert!(feed.flags.is_empty());
}
