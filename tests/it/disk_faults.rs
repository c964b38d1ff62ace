//! Every call on the database's files fails once, or from then on (R32, R35): the command ends with a message and
//! the status of the contract, nothing is lost, and the next run is complete. `scripts/fault-test` tries every
//! call, `cargo test` a sample.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::Duration,
};

use crate::support::{
    cli::{Folder, Ran},
    faultfs::{CALLS_THAT_CHANGE, CALLS_THAT_TAKE_ROOM, EIO, ENOSPC, EROFS, Faults, sample},
    news::News,
    witness::Witness,
};

const FETCH: &[&str] = &["fetch", "--all", "--force"];

/// A start gets ready or says why not in this time (R35).
const START_WITHIN: Duration = Duration::from_secs(4);

/// A kind of fault: the error, the calls that can end so, the exit statuses allowed besides 0, and what standard
/// error must name then (one of them).
struct Kind {
    error: i32,
    calls: &'static str,
    statuses: &'static [i32],
    causes: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        error: EIO,
        calls: "open,update,create,write,sync,truncate,unlink",
        statuses: &[74],
        causes: &[
            "disk I/O error",
            "Input/output error",
            "unable to open",
            "read-only",
            "readonly",
        ],
    },
    // SQLite takes what the disk cannot read for damage to the file. What passes is tried again; of what lasts, the
    // system is asked.
    Kind {
        error: EIO,
        calls: "read",
        statuses: &[74],
        causes: &["disk I/O error", "Input/output error"],
    },
    Kind {
        error: ENOSPC,
        calls: CALLS_THAT_TAKE_ROOM,
        statuses: &[74],
        causes: &["full", "No space left", "disk I/O error", "unable to open"],
    },
    Kind {
        error: EROFS,
        calls: CALLS_THAT_CHANGE,
        statuses: &[74],
        causes: &[
            "read-only",
            "Read-only",
            "readonly",
            "disk I/O error",
            "unable to open",
        ],
    },
];

/// A folder with the configuration of `news` and, where there is one, a copy of a database closed before.
fn folder_with(news: &News, base: Option<&Path>) -> Folder {
    let folder = Folder::new();
    folder.write("feedmill.toml", news.config(""));
    for ending in ["", "-wal"] {
        let name = format!("a.db{ending}");
        if let Some(base) = base.map(|base| base.join(&name)) {
            fs::copy(base, folder.path().join(name)).unwrap();
        }
    }
    folder
}

/// The end of a command under a fault: well, or a status of the contract with file and cause.
#[track_caller]
fn check_end(ran: &Ran, kind: &Kind, context: &str) {
    let told = format!("{context}\n{}{}", ran.stdout, ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{told}");
    if ran.status == Some(0) {
        return;
    }
    let is_allowed = ran
        .status
        .is_some_and(|status| kind.statuses.contains(&status));
    assert!(is_allowed, "status {:?}: {told}", ran.status);
    let is_told = kind.causes.iter().any(|cause| ran.stderr.contains(cause));
    assert!(is_told && ran.stderr.contains("a.db"), "{told}");
}

/// Tries each kind of fault at a sample of the calls that `count` finds, once and from then on; tells of all cases
/// that went wrong, not only of the first.
fn sweep(few: usize, count: impl Fn(Faults) -> usize, case: impl Fn(&Faults, &Kind, &str)) {
    let mut wrong = Vec::new();
    for kind in KINDS {
        let n_calls = count(Faults::none().in_calls(kind.calls));
        assert!(n_calls > 10, "{n_calls} calls");
        for number in sample(n_calls, few) {
            let faults = || Faults::fail(kind.error).in_calls(kind.calls);
            for (lasting, faults) in [
                ("once", faults().only_at(number)),
                ("from then on", faults().from(number)),
            ] {
                let context = format!(
                    "errno {} at call {number} of {n_calls} ({}), {lasting}",
                    kind.error, kind.calls
                );
                let case = AssertUnwindSafe(|| case(&faults, kind, &context));
                if catch_unwind(case).is_err() {
                    wrong.push(context);
                }
            }
        }
        eprintln!(
            "errno {}: swept {n_calls} calls ({})",
            kind.error, kind.calls
        );
    }
    assert!(
        wrong.is_empty(),
        "{} cases went wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Fetches under the fault and again without it.
fn fetch_twice(news: &News, base: Option<&Path>, faults: &Faults, kind: &Kind, context: &str) {
    let folder = folder_with(news, base);
    let database = folder.path().join("a.db");
    let before = base.map(|_| Witness::of(&database)).unwrap_or_default();
    let ran = folder.run_with(FETCH, &faults.variables());
    check_end(&ran, kind, context);
    if base.is_some() {
        before.check(&database, context);
    }
    let seen = Witness::of(&database);
    if ran.status == Some(0) {
        assert_eq!(news.missing(&database), None, "{context}: ended with 0");
    }
    let again = folder.run(FETCH);
    assert_eq!(
        again.status,
        Some(0),
        "{context}, next run: {}",
        again.stderr
    );
    seen.check(&database, context);
    assert_eq!(news.missing(&database), None, "{context}");
}

/// How many calls a fetch makes.
fn count_fetch(news: &News, base: Option<&Path>, faults: Faults) -> usize {
    faults.count(&folder_with(news, base), FETCH)
}

#[test]
fn a_first_fetch_outlives_a_fault_of_any_call() {
    let news = News::start(2);
    sweep(
        3,
        |faults| count_fetch(&news, None, faults),
        |faults, kind, context| fetch_twice(&news, None, faults, kind, context),
    );
}

#[test]
fn a_later_fetch_outlives_a_fault_of_any_call() {
    let news = News::start(2);
    let base = folder_with(&news, None);
    base.run(FETCH).ends_with(0);
    news.move_on(3);
    let base = Some(base.path());
    sweep(
        3,
        |faults| count_fetch(&news, base, faults),
        |faults, kind, context| fetch_twice(&news, base, faults, kind, context),
    );
}

#[test]
fn a_start_of_the_daemon_outlives_a_fault_of_any_call() {
    let news = News::start(2);
    let base = folder_with(&news, None);
    base.run(FETCH).ends_with(0);
    let base = base.path();
    // The calls of a start are among those of a whole short life.
    let count = |faults: Faults| {
        let folder = folder_with(&news, Some(base));
        let log = folder.path().join("calls.log");
        start_and_stop(&folder, &faults.log_to(&log), &KINDS[0], "no fault");
        fs::read_to_string(&log).unwrap().lines().count()
    };
    sweep(3, count, |faults, kind, context| {
        let folder = folder_with(&news, Some(base));
        let database = folder.path().join("a.db");
        let before = Witness::of(&database);
        start_and_stop(&folder, faults, kind, context);
        before.check(&database, context);
        start_and_stop(&folder, &Faults::none(), kind, context);
        before.check(&database, context);
    });
}

/// Starts the daemon: it ends with a status of the contract, or gets ready and then ends with 0 when asked to.
#[track_caller]
fn start_and_stop(folder: &Folder, faults: &Faults, kind: &Kind, context: &str) {
    let mut daemon = folder.start_with(&["run"], &faults.variables());
    let is_ready = daemon.says("ready:", START_WITHIN);
    if is_ready {
        daemon.signal("TERM");
    }
    let (status, took) = daemon.wait_for_end();
    assert!(
        took < Duration::from_secs(5),
        "{context}: {took:?}\n{}",
        daemon.said()
    );
    let ran = Ran {
        status: status.code(),
        stdout: String::new(),
        stderr: daemon.said(),
    };
    check_end(&ran, kind, context);
    assert!(
        !is_ready || ran.status == Some(0),
        "{context}\n{}",
        ran.stderr
    );
}
