//! The daemon on a disk that fails or is full while it runs (R35): polling pauses and says so, nothing is asked
//! for that could not be stored, reading goes on, and polling goes on by itself.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use crate::support::{
    cli::{Folder, Running},
    faultfs::{CALLS_THAT_CHANGE, EIO, ENOSPC, EROFS, Faults, is_thorough},
    news::News,
    witness::Watch,
};

/// Short waits, so that a daemon polls all the time.
const BUSY: &str = "min_interval = \"200ms\"\nmax_interval = \"400ms\"\n";

/// Polling goes on by itself in this time (R35).
const RESUMED_WITHIN: Duration = Duration::from_mins(1);

/// A daemon under way that polls all the time, on a disk with faults, and a reader beside it.
struct Scene {
    news: News,
    folder: Folder,
    daemon: Running,
    watch: Watch,
    page: SocketAddr,
}

impl Scene {
    fn start(faults: impl FnOnce(&Folder) -> Faults) -> Self {
        Self::start_in(Folder::new(), faults)
    }

    fn start_in(folder: Folder, faults: impl FnOnce(&Folder) -> Faults) -> Self {
        let news = News::start(2);
        // A free port: taken, and given back at once.
        let page = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let config = news.config(BUSY);
        let config = format!("{config}[web]\nlisten = \"{page}\"\n[defaults]\nevery = \"300ms\"\n");
        folder.write("feedmill.toml", config);
        let watch = Watch::start(folder.path().join("a.db"), None);
        let mut daemon = folder.start_with(&["run"], &faults(&folder).variables());
        daemon.wait_for("ready");
        daemon.signal("USR1");
        let scene = Self {
            news,
            folder,
            daemon,
            watch,
            page,
        };
        scene.wait_until_all_is_stored("before the fault");
        scene
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("a.db")
    }

    #[track_caller]
    fn wait_until_all_is_stored(&self, when: &str) {
        let patience = Duration::from_secs(30);
        self.news
            .wait_until_stored(&self.database(), patience, when);
    }

    /// Status line and body of the page at `/readyz`.
    fn readiness(&self) -> String {
        let mut stream = TcpStream::connect(self.page).unwrap();
        let request = format!(
            "GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.page
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Brings news until something cannot be stored: on a full disk some of them fit into the log as it is.
    #[track_caller]
    fn wait_for_pause(&mut self) -> String {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            self.news.move_on(2);
            self.daemon.signal("USR1");
            let line = self
                .daemon
                .line_with("polling pauses", Duration::from_secs(1));
            if let Some(line) = line {
                return line;
            }
            assert!(
                Instant::now() < deadline,
                "no pause:\n{}",
                self.daemon.said()
            );
        }
    }

    /// A fault is there: polling must pause and say so; when it is gone polling must go on.
    #[track_caller]
    fn pauses_and_goes_on(&mut self, cause: &[&str], end_fault: impl FnOnce()) {
        let line = self.wait_for_pause();
        let is_told = cause.iter().any(|cause| line.contains(cause));
        assert!(is_told && line.contains("a.db"), "{line}");
        // What was under way ends; then nothing is asked for.
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.readiness().starts_with("HTTP/1.1 503") {
            assert!(Instant::now() < deadline, "ready: {}", self.readiness());
            std::thread::sleep(Duration::from_millis(100));
        }
        let n_asked = self.news.web.seen().len();
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!(
            self.news.web.seen().len(),
            n_asked,
            "requests while polling pauses"
        );
        let readiness = self.readiness();
        assert!(
            cause.iter().any(|cause| readiness.contains(cause)),
            "{readiness}"
        );
        self.folder.run(&["list"]).ends_with(0).prints(&["Report"]);
        end_fault();
        let start = Instant::now();
        assert!(
            self.daemon.says("polling goes on", RESUMED_WITHIN),
            "{}",
            self.daemon.said()
        );
        assert!(start.elapsed() < RESUMED_WITHIN);
        self.wait_until_all_is_stored("after the fault");
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.readiness().starts_with("HTTP/1.1 200") {
            assert!(Instant::now() < deadline, "not ready: {}", self.readiness());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    #[track_caller]
    fn ends_well(mut self) {
        self.daemon.signal("TERM");
        let (status, took) = self.daemon.wait_for_end();
        assert_eq!(status.code(), Some(0));
        assert!(took < Duration::from_secs(5), "{took:?}");
        let witness = self.watch.end();
        assert!(witness.cursor() > 0);
        witness.check(&self.folder.path().join("a.db"), "at the end");
    }
}

/// Bytes that the database's files take now.
fn size(folder: &Path) -> u64 {
    let length =
        |ending| fs::metadata(folder.join(format!("a.db{ending}"))).map_or(0, |found| found.len());
    ["", "-wal", "-shm"].into_iter().map(length).sum()
}

#[test]
fn a_disk_that_fills_up_pauses_polling_until_there_is_room() {
    let mut scene = Scene::start(|folder| Faults::none().room_by(&folder.path().join("room")));
    let room = scene.folder.path().join("room");
    let n_fills = if is_thorough() { 20 } else { 1 };
    for n in 0..n_fills {
        // A little is left, as on a real disk: some writes still succeed.
        let left = size(scene.folder.path()) + 1_000 * n;
        fs::write(&room, left.to_string()).unwrap();
        scene.pauses_and_goes_on(&["full"], || fs::remove_file(&room).unwrap());
    }
    eprintln!("{n_fills} times full");
    scene.ends_well();
}

/// A small file system in memory; only root can make one.
struct SmallDisk {
    place: tempfile::TempDir,
}

impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args([
                "-t",
                "tmpfs",
                "-o",
                &format!("size={size}"),
                "feedmill-test",
            ])
            .arg(place.path())
            .output();
        mounted
            .is_ok_and(|mounted| mounted.status.success())
            .then_some(Self { place })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What cannot be taken down here is seen by the person who asked for it.
        drop(Command::new("umount").arg(self.place.path()).status());
    }
}

/// The same on a file system that is really full, where one can be had; only in a thorough run.
#[test]
fn a_real_disk_that_fills_up_pauses_polling_until_there_is_room() {
    let disk = is_thorough().then(|| SmallDisk::mount("6m")).flatten();
    let Some(disk) = disk else { return };
    let mut scene = Scene::start_in(Folder::new_in(disk.place.path()), |_| Faults::none());
    let filler = disk.place.path().join("filler");
    for n in 0..20 {
        let mut file = fs::File::create(&filler).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        // A little is left each other time.
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(n % 4 * 8192)).unwrap();
        // An open file would keep its room when it is removed.
        drop(file);
        scene.pauses_and_goes_on(&["full", "disk I/O error"], || {
            fs::remove_file(&filler).unwrap();
        });
    }
    eprintln!("20 times full, on a real file system");
    scene.ends_well();
}

fn check_failing_disk(error: i32, calls: &str, cause: &[&str]) {
    let mut scene = Scene::start(|folder| {
        Faults::fail(error)
            .in_calls(calls)
            .while_there_is(&folder.path().join("switch"))
    });
    let switch = scene.folder.path().join("switch");
    fs::write(&switch, "").unwrap();
    scene.pauses_and_goes_on(cause, || fs::remove_file(&switch).unwrap());
    scene.ends_well();
}

/// Several at a time: each of them mostly waits.
#[test]
fn a_disk_that_fails_pauses_polling_until_it_is_mended() {
    let read_only: &[&str] = &["readonly", "read-only", "disk I/O error"];
    std::thread::scope(|scope| {
        scope.spawn(|| check_failing_disk(EIO, "write", &["disk I/O error"]));
        scope.spawn(|| check_failing_disk(EIO, "sync", &["disk I/O error"]));
        scope.spawn(|| check_failing_disk(EIO, "read", &["Input/output error"]));
        scope.spawn(|| check_failing_disk(EROFS, CALLS_THAT_CHANGE, read_only));
    });
}

fn check_stop(error: i32) {
    let mut scene = Scene::start(|folder| {
        Faults::fail(error)
            .in_calls("write,sync,truncate")
            .while_there_is(&folder.path().join("switch"))
    });
    fs::write(scene.folder.path().join("switch"), "").unwrap();
    scene.wait_for_pause();
    scene.ends_well();
}

#[test]
fn a_stop_while_the_disk_fails_ends_in_order() {
    std::thread::scope(|scope| {
        scope.spawn(|| check_stop(EIO));
        scope.spawn(|| check_stop(ENOSPC));
    });
}
