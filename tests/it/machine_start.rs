//! What the binary does at a start on a machine that will not have it: files that cannot be written or used, locks,
//! too few descriptors (R32, R35, R36).

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::support::{
    cli::{Folder, LOOPBACK, Ran, feed_table},
    faultfs::{CALLS_THAT_CHANGE, EACCES, EIO, ENOSPC, EPERM, EROFS, Faults, sample},
    news::News,
    power_cut::Dice,
    witness::Witness,
};

const FETCH: &[&str] = &["fetch", "--all", "--force"];
const RUN: &[&str] = &["run"];

/// A fault at a start is told in this time (R35).
const TOLD_WITHIN: Duration = Duration::from_secs(4);

/// What is not allowed, and the words for it.
const DENIED: [(i32, &str); 3] = [
    (EROFS, "Read-only file system"),
    (EACCES, "permission denied"),
    (EPERM, "permission denied"),
];

/// A folder with a configuration of one feed and a database that holds its news, closed in order or killed over.
fn filled(news: &News, is_clean: bool) -> Folder {
    let folder = Folder::new();
    folder.write("feedmill.toml", news.config(""));
    folder.run(FETCH).ends_with(0);
    if !is_clean {
        let mut daemon = folder.start(RUN);
        daemon.wait_for("ready");
        daemon.signal("KILL");
        daemon.wait_for_end();
    }
    folder
}

/// Runs a command that may not need longer than [`TOLD_WITHIN`].
#[track_caller]
fn told(folder: &Folder, args: &[&str], faults: &Faults) -> Ran {
    let start = Instant::now();
    let ran = folder.run_with(args, &faults.variables());
    assert!(
        start.elapsed() < TOLD_WITHIN,
        "{:?}: {}",
        start.elapsed(),
        ran.stderr
    );
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

/// The bytes of the database's files; its index in memory (`-shm`) is made anew by whoever reads.
fn bytes(folder: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    ["a.db", "a.db-wal"]
        .into_iter()
        .filter_map(|name| Some((name, fs::read(folder.join(name)).ok()?)))
        .collect()
}

/// Asserts that these commands refuse the file, says what to do, and leaves it as it is.
#[track_caller]
fn check_refused(folder: &Folder, commands: &[&[&str]], words: &[&str]) {
    let before = bytes(folder.path());
    for args in commands {
        told(folder, args, &Faults::none())
            .ends_with(78)
            .complains_of(&["a.db", "hint:"])
            .complains_of(words);
        assert!(bytes(folder.path()) == before, "{args:?} changed the file");
    }
}

#[test]
fn a_disk_that_takes_no_write_is_told_at_the_start() {
    let news = News::start(1);
    for (error, calls, cause) in [
        (EROFS, CALLS_THAT_CHANGE, "Read-only file system"),
        (EACCES, "create,update", "Permission denied"),
        (ENOSPC, "create,write", "No space left"),
    ] {
        let folder = Folder::new();
        folder.write("feedmill.toml", news.config(""));
        for args in [RUN, FETCH] {
            told(&folder, args, &Faults::fail(error).in_calls(calls))
                .ends_with(74)
                .complains_of(&["a.db", cause, "hint:"]);
        }
        assert!(!folder.path().join("a.db").exists());
    }
}

#[test]
fn a_database_that_may_not_be_written_is_told_at_the_start() {
    let news = News::start(1);
    let folder = filled(&news, true);
    let before = bytes(folder.path());
    for file in ["a.db", "a.db-wal"] {
        for (error, cause) in DENIED {
            let faults = Faults::fail(error).in_calls("create,update").of_file(file);
            for args in [RUN, FETCH] {
                told(&folder, args, &faults).ends_with(74).complains_of(&[
                    "a.db",
                    file,
                    cause,
                    "this user may write there",
                ]);
                assert!(bytes(folder.path()) == before, "{args:?} changed the file");
            }
        }
    }
    folder.run(FETCH).ends_with(0);
}

#[test]
fn a_database_that_may_not_be_read_is_told() {
    let news = News::start(1);
    let folder = filled(&news, true);
    for (error, cause) in DENIED {
        let faults = Faults::fail(error).in_calls("open,update").of_file("a.db");
        for args in [RUN, FETCH, &["list"], &["status"]] {
            told(&folder, args, &faults)
                .ends_with(74)
                .complains_of(&["a.db", cause, "hint:"]);
        }
    }
}

#[test]
fn a_log_that_may_not_be_made_is_told_at_the_start() {
    let news = News::start(1);
    let folder = filled(&news, true);
    fs::remove_file(folder.path().join("a.db-wal")).unwrap();
    for (error, cause) in DENIED {
        let faults = Faults::fail(error)
            .in_calls("create,update")
            .of_file("a.db-wal");
        for args in [RUN, FETCH] {
            told(&folder, args, &faults).ends_with(74).complains_of(&[
                "a.db-wal",
                cause,
                "this user may write there",
            ]);
        }
    }
    folder.run(FETCH).ends_with(0);
}

#[test]
fn a_disk_that_cannot_read_is_no_damage_to_the_file() {
    let news = News::start(1);
    let folder = filled(&news, true);
    for file in ["a.db", "a.db-wal"] {
        // A log with something in it, so that it is read at all.
        if file == "a.db-wal" {
            let mut daemon = folder.start(RUN);
            daemon.wait_for("ready");
            daemon.signal("KILL");
            daemon.wait_for_end();
        }
        let before = bytes(folder.path());
        let faults = Faults::fail(EIO).in_calls("read").of_file(file);
        for args in [RUN, FETCH] {
            told(&folder, args, &faults)
                .ends_with(74)
                .complains_of(&["a.db", "hint:"]);
            assert!(bytes(folder.path()) == before, "{args:?} changed the file");
        }
    }
    folder.run(FETCH).ends_with(0);
}

#[test]
fn what_cannot_be_read_for_a_moment_is_no_damage() {
    let news = News::start(1);
    for is_clean in [true, false] {
        let base = filled(&news, is_clean);
        let again = |faults: &Faults| {
            let folder = Folder::new();
            for file in ["feedmill.toml", "a.db", "a.db-wal"] {
                folder.write(file, fs::read(base.path().join(file)).unwrap());
            }
            let ran = folder.run_with(
                FETCH,
                &faults
                    .clone()
                    .log_to(&folder.path().join("calls"))
                    .variables(),
            );
            let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
            (ran, calls.lines().count())
        };
        let faults = |error| Faults::fail(error).in_calls("read");
        let (_, n_reads) = again(&faults(0).from(usize::MAX));
        for n in sample(n_reads, 24) {
            let (ran, _) = again(&faults(EIO).only_at(n));
            let is_fine = ran.status == Some(0);
            let causes = ["disk I/O error", "Input/output error"];
            let is_told =
                ran.status == Some(74) && causes.iter().any(|cause| ran.stderr.contains(cause));
            assert!(
                is_fine || is_told,
                "read {n} of {n_reads}, {is_clean}: {ran:?}"
            );
        }
    }
}

#[test]
fn damage_in_any_place_is_told_and_the_file_left_alone() {
    let news = News::start(1);
    for (is_clean, place) in [
        (true, "magic"),
        (true, "header"),
        (false, "middle"),
        (false, "end"),
    ] {
        let folder = filled(&news, is_clean);
        let path = folder.path().join("a.db");
        let mut content = fs::read(&path).unwrap();
        let n = content.len();
        let damaged = match place {
            "magic" => 0..8,
            "header" => 16..40,
            "middle" => n / 2 / 4096 * 4096..n / 2 / 4096 * 4096 + 8 * 4096,
            _ => n - 8 * 4096..n,
        };
        content[damaged].fill(0x5a);
        fs::write(&path, content).unwrap();
        // What only reads may never come by the damaged page; what writes looks everywhere.
        let way_out = ["db backup", ".recover", "left as it is"];
        check_refused(&folder, &[RUN, FETCH], &way_out);
    }
}

#[test]
fn garbage_for_a_log_costs_nothing_that_is_in_the_file() {
    let news = News::start(1);
    let mut dice = Dice(7);
    for length in [1, 31, 32, 4_000, 70_000] {
        let folder = filled(&news, true);
        let database = folder.path().join("a.db");
        let seen = Witness::of(&database);
        let garbage: Vec<u8> = (0..length).map(|_| dice.next().to_le_bytes()[0]).collect();
        folder.write("a.db-wal", garbage);
        folder.run(FETCH).ends_with(0);
        seen.check(&database, &format!("{length} bytes of garbage"));
    }
}

#[test]
fn the_file_of_another_program_and_of_a_newer_feedmill_are_refused() {
    let news = News::start(1);
    let folder = Folder::new();
    folder.write("feedmill.toml", news.config(""));
    let foreign = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    foreign
        .execute_batch("CREATE TABLE music (title TEXT)")
        .unwrap();
    foreign.close().unwrap();
    check_refused(
        &folder,
        &[RUN, FETCH, &["list"]],
        &["another application", "music", "--db"],
    );

    let folder = filled(&news, true);
    let newer = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.close().unwrap();
    check_refused(&folder, &[RUN, FETCH, &["list"]], &["99", "newer"]);
}

#[test]
fn a_foreign_lock_at_the_start_is_waited_for_and_told() {
    let news = News::start(1);
    let folder = Folder::new();
    folder.write("feedmill.toml", news.config("busy_timeout = \"1s\"\n"));
    folder.run(FETCH).ends_with(0);
    let holder = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    for lock in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        holder.execute_batch(lock).unwrap();
        for args in [RUN, FETCH] {
            let start = Instant::now();
            folder
                .run(args)
                .ends_with(75)
                .complains_of(&["a.db", "locked", "busy_timeout"]);
            let took = start.elapsed();
            let expected = Duration::from_secs(1)..Duration::from_secs(3);
            assert!(expected.contains(&took), "{args:?} under {lock}: {took:?}");
        }
        holder.execute_batch("ROLLBACK").unwrap();
    }
    folder.run(FETCH).ends_with(0);
}

#[test]
fn with_few_descriptors_a_command_works_or_says_that_they_are_few() {
    let news = News::start(1);
    for n in [6, 7, 8, 9, 10, 12, 14, 16, 24, 40] {
        let folder = Folder::new();
        folder.write("feedmill.toml", news.config(""));
        let ran = folder.run_within(FETCH, &format!("-n {n}"));
        let context = format!("-n {n}: {:?}\n{}{}", ran.status, ran.stdout, ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{context}");
        match ran.status {
            Some(0) => assert_eq!(news.missing(&folder.path().join("a.db")), None, "{context}"),
            // A page that could not be asked for waits; it costs itself alone.
            Some(1) if n > 12 => {}
            // So does the feed, when there are none left for its connection.
            Some(69) => assert!(ran.stdout.contains("Too many open files"), "{context}"),
            Some(74) => {
                let causes = ["Too many open files", "unable to open database file"];
                let is_told = causes.iter().any(|cause| ran.stderr.contains(cause));
                assert!(is_told && ran.stderr.contains("hint:"), "{context}");
            }
            _ => panic!("{context}"),
        }
        assert!(n < 40 || ran.status == Some(0), "{context}");
        folder.run(FETCH).ends_with(0);
        assert_eq!(news.missing(&folder.path().join("a.db")), None, "{context}");
    }
}

#[test]
fn a_daemon_with_few_descriptors_runs_or_says_that_they_are_few() {
    let news = News::start(1);
    for n in [6, 8, 10, 12, 14, 16, 18, 24, 40] {
        let folder = Folder::new();
        folder.write("feedmill.toml", news.config(""));
        let mut daemon = folder.start_within(RUN, &format!("-n {n}"));
        if daemon.says("ready:", TOLD_WITHIN) {
            daemon.signal("USR1");
            std::thread::sleep(Duration::from_millis(200));
            assert!(daemon.is_alive(), "-n {n}: {}", daemon.said());
            daemon.signal("TERM");
        }
        let status = daemon.wait_for_end().0.code();
        let said = daemon.said();
        assert!(!said.contains("panicked"), "-n {n}: {said}");
        let is_told = status == Some(74) && said.contains("error:");
        assert!(status == Some(0) || is_told, "-n {n}: {status:?} {said}");
        assert!(n < 40 || status == Some(0), "-n {n}: {status:?} {said}");
    }
}

#[test]
fn no_port_for_the_status_page_is_told_at_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let folder = Folder::new();
    let feed = feed_table("one", "http://127.0.0.1:9/rss");
    folder.write(
        "feedmill.toml",
        format!("{LOOPBACK}[web]\nlisten = \"{address}\"\n{feed}"),
    );
    told(&folder, RUN, &Faults::none())
        .ends_with(74)
        .complains_of(&[&address.to_string(), "in use"]);
}
