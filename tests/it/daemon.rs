//! The daemon as others meet it: signals, readiness, its lock, its control socket.

use std::{
    os::unix::net::UnixDatagram,
    time::{Duration, Instant},
};

use crate::support::{
    cli::Folder,
    web::{Answer, Web},
};

const CONFIG: &str = "database = \"a.db\"\n";

/// What a service manager hears.
struct Manager {
    socket: UnixDatagram,
    path: String,
}

impl Manager {
    fn listen(folder: &Folder) -> Self {
        let path = folder.path().join("notify.sock");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Self {
            socket,
            path: path.to_str().unwrap().to_owned(),
        }
    }

    /// Reads messages until one holds `word`.
    #[track_caller]
    fn hears(&self, word: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut heard = Vec::new();
        while Instant::now() < deadline {
            let mut buffer = [0; 4096];
            let Ok(n) = self.socket.recv(&mut buffer) else {
                break;
            };
            let message = String::from_utf8_lossy(&buffer[..n]).into_owned();
            if message.contains(word) {
                return message;
            }
            heard.push(message);
        }
        panic!("`{word}` was not heard, but: {heard:?}");
    }
}

#[test]
fn a_service_manager_is_told_of_start_reload_life_and_end() {
    let folder = Folder::new();
    folder.write("feedmill.toml", CONFIG);
    let manager = Manager::listen(&folder);
    let mut daemon = folder.start_with(
        &["run"],
        &[
            ("NOTIFY_SOCKET", &manager.path),
            ("WATCHDOG_USEC", "400000"),
        ],
    );
    let ready = manager.hears("READY=1");
    assert!(ready.contains("STATUS=0 feeds"), "{ready}");
    manager.hears("WATCHDOG=1");
    daemon.signal("HUP");
    let reloading = manager.hears("RELOADING=1");
    assert!(reloading.contains("MONOTONIC_USEC="), "{reloading}");
    manager.hears("READY=1");
    daemon.signal("TERM");
    manager.hears("STOPPING=1");
    let (status, took) = daemon.wait_for_end();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    // Readers who may not write the folder need these two.
    assert!(folder.path().join("a.db-wal").exists());
    assert!(folder.path().join("a.db-shm").exists());
}

#[test]
fn the_second_daemon_is_told_who_the_first_is() {
    let folder = Folder::new();
    folder.write("feedmill.toml", CONFIG);
    let mut first = folder.start(&["run"]);
    first.wait_for("ready");
    let start = Instant::now();
    folder
        .run(&["run"])
        .ends_with(75)
        .complains_of(&[&first.pid().to_string(), "hint"]);
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_broken_reload_changes_nothing_and_names_the_place() {
    let folder = Folder::new();
    folder.write("feedmill.toml", CONFIG);
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready");
    folder.write(
        "feedmill.toml",
        "database = \"a.db\"\n[limits]\nredirects = \"many\"\n",
    );
    daemon.signal("HUP");
    daemon.wait_for("feedmill.toml:3");
    std::fs::remove_file(folder.path().join("feedmill.toml")).unwrap();
    daemon.signal("HUP");
    daemon.wait_for("cannot read the file");
    folder.write(
        "feedmill.toml",
        "database = \"a.db\"\n[[feeds]]\nname = \"one\"\nurl = \"http://127.0.0.1:9/rss\"\n",
    );
    daemon.signal("HUP");
    daemon.wait_for("1 feeds");
    folder.run(&["feeds", "list"]).ends_with(0).prints(&["one"]);
    daemon.signal("TERM");
    assert_eq!(daemon.wait_for_end().0.code(), Some(0));
}

#[test]
fn a_fetch_beside_a_daemon_is_done_by_the_daemon() {
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        "database = \"a.db\"\n[[feeds]]\nname = \"one\"\nurl = \"http://127.0.0.1:9/rss\"\n",
    );
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready");
    folder
        .run(&["fetch", "one", "--force"])
        .ends_with(69)
        .prints(&["one", "address_refused"]);
    folder
        .run(&["fetch", "nobody"])
        .ends_with(2)
        .complains_of(&["nobody"]);
}

#[test]
fn a_fetch_is_told_that_the_daemon_waits_for_room() {
    let text = "The river rose by a metre in one night. ".repeat(1_500);
    let item = |n| format!("<item><guid>{n}</guid><description>{n} {text}</description></item>");
    let items = (0..40).map(item).collect::<Vec<_>>().concat();
    let feed = format!("<rss version='2.0'><channel><title>One</title>{items}</channel></rss>");
    let web = Web::always(Answer::ok("application/rss+xml", feed));
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!(
            "database = \"a.db\"\n[network]\nallow = [\"127.0.0.0/8\"]\n\
             [[feeds]]\nname = \"one\"\nurl = \"{}\"\ncontent = \"feed\"\n",
            web.url("/rss")
        ),
    );
    let mut daemon = folder.start_on_a_small_disk(&["run"], 2_000);
    daemon.wait_for("polling pauses");
    folder
        .run(&["fetch", "one"])
        .ends_with(74)
        .complains_of(&["cannot be used", "hint"]);
    daemon.signal("TERM");
    assert_eq!(daemon.wait_for_end().0.code(), Some(0));
}

#[test]
fn a_full_file_is_an_error_and_no_death() {
    let folder = Folder::new();
    folder.write("feedmill.toml", CONFIG);
    let mut daemon = folder.start_on_a_small_disk(&["run"], 8);
    assert_eq!(daemon.wait_for_end().0.code(), Some(74));
}

#[test]
fn a_stop_while_the_database_is_locked_ends_in_order() {
    let folder = Folder::new();
    folder.write("feedmill.toml", CONFIG);
    folder.run(&["fetch"]).ends_with(0);
    let holder = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let mut daemon = folder.start(&["run"]);
    let lock = folder.path().join("a.db.lock");
    let deadline = Instant::now() + Duration::from_secs(20);
    while std::fs::read_to_string(&lock)
        .is_ok_and(|owner| !owner.contains(&daemon.pid().to_string()))
    {
        assert!(Instant::now() < deadline, "the lock was never taken");
        std::thread::yield_now();
    }
    daemon.signal("TERM");
    let (status, took) = daemon.wait_for_end();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_stop_is_heard_while_a_reload_waits_for_the_database() {
    let folder = Folder::new();
    folder.write("feedmill.toml", CONFIG);
    let manager = Manager::listen(&folder);
    let mut daemon = folder.start_with(&["run"], &[("NOTIFY_SOCKET", &manager.path)]);
    manager.hears("READY=1");
    let holder = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    folder.write(
        "feedmill.toml",
        "database = \"a.db\"\n[[feeds]]\nname = \"one\"\nurl = \"http://127.0.0.1:9/rss\"\n",
    );
    daemon.signal("HUP");
    manager.hears("RELOADING=1");
    daemon.signal("TERM");
    let (_, took) = daemon.wait_for_end();
    assert!(took < Duration::from_secs(5), "{took:?}");
}
