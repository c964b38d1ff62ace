//! One daemon among the servers of many cases, and the comparison of its database with the table.

use std::{
    fmt::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use feedmill::model::ErrorClass;
use rusqlite::{Connection, OpenFlags};

use super::{
    again::Story,
    assert_none,
    case::{Asked, Case, FEED, RSS},
    compare::{of_articles, of_feed, of_row, polls, row},
};
use crate::support::{
    cli::{Folder, Running},
    web::{Answer, Web},
};

/// Where the cases' servers listen: the only addresses that the daemon may ask.
pub const ALLOWED: &str = "127.77.0.0/16";

/// A password that some links hold.
const SECRET: &[u8] = b"user:secret";

/// What the kernel of either side may hold of a body beside what was read.
const HELD_BYTES: u64 = 12_000_000;

/// Servers that several cases lead to.
pub struct Others {
    /// A feed that is as it should be, on another host.
    pub good: String,
    /// A port of 127.0.0.1 where something listens that may not be asked.
    pub inside_port: u16,
    inside: Web,
    _good: Web,
}

impl Others {
    pub fn start() -> Self {
        let good = Web::at("127.77.0.1:0", None, |_| Answer::ok(RSS, FEED));
        let inside = Web::always(Answer::ok(RSS, FEED));
        Self {
            good: good.url("/good.xml").to_string(),
            inside_port: inside.address.port(),
            inside,
            _good: good,
        }
    }

    /// Nobody connected to what may not be asked.
    pub fn assert_untouched(&self) {
        assert_eq!(self.inside.n_connections(), 0);
    }
}

/// A daemon that polls every case.
pub struct Bench {
    pub folder: Folder,
    pub daemon: Running,
    pub started: Instant,
    cases: Vec<(Arc<Case>, Web)>,
}

impl Bench {
    /// Starts a server for every case, each on an address of its own, and the daemon. `head` is the
    /// configuration before the feeds, without the database.
    pub fn start(cases: Vec<Case>, head: &str) -> Self {
        Self::start_in(Folder::new(), cases, head)
    }

    /// The same in a folder that has other files.
    pub fn start_in(folder: Folder, cases: Vec<Case>, head: &str) -> Self {
        let cases: Vec<(Arc<Case>, Web)> = cases.into_iter().enumerate().map(served).collect();
        let mut config = format!("database = \"a.db\"\n{head}");
        for (n, (case, web)) in cases.iter().enumerate() {
            let mut own = web.url("/feed.xml").to_string();
            if case.is_https && web.scheme == "http" {
                own.insert(4, 's');
            }
            let url = case.url.as_deref().unwrap_or(&own);
            let usual = match case.asked {
                Asked::Feed => "feed",
                Asked::Page => "page",
            };
            let content = case.content.unwrap_or(usual);
            writeln!(
                config,
                "[[feeds]]\nname = \"case-{n}\"\nurl = \"{url}\"\ncontent = \"{content}\"\n{}",
                case.settings
            )
            .unwrap();
        }
        folder.write("feedmill.toml", config);
        let mut daemon = folder.start(&["run"]);
        daemon.wait_for("ready");
        Self {
            folder,
            daemon,
            started: Instant::now(),
            cases,
        }
    }

    /// A connection that only reads.
    pub fn database(&self) -> Connection {
        let path = self.folder.path().join("a.db");
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
    }

    /// Waits until every case has its row, or until `limit` has passed: what is missing then is a
    /// deviation.
    pub fn wait(&self, limit: Duration) {
        let database = self.database();
        let waited: Vec<_> = self.waited().collect();
        while self.started.elapsed() < limit {
            let is_done = |(n, case): &(usize, &Case)| row(&database, *n, case.asked).is_some();
            if waited.iter().all(is_done) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Everything that is not as the table says, a line each.
    pub fn deviations(&self) -> Vec<String> {
        let database = self.database();
        let mut deviations = Vec::new();
        for (n, case) in self.waited() {
            let Some(row) = row(&database, n, case.asked) else {
                deviations.push(format!("{}: no row came of it", case.name));
                continue;
            };
            let found = [
                of_row(case, &row),
                of_feed(&database, n, case, &row),
                of_articles(&database, n, case),
                self.of_server(n, case),
            ];
            let found = found.into_iter().flatten();
            deviations.extend(found.map(|what| {
                let (outcome, class, error) = (&row.outcome, &row.class, &row.error);
                format!("{}: {what} ({outcome} {class:?} {error:?})", case.name)
            }));
        }
        deviations
    }

    /// What holds of every row, whatever the case: texts without controls (R27), within their limits, no
    /// secret anywhere (R11); requests are accounted for.
    pub fn assert_sound(&self) {
        let database = self.database();
        for view in [
            "v1_articles",
            "v1_listings",
            "v1_feeds",
            "v1_polls",
            "v1_fetches",
            "v1_hosts",
            "v1_queue",
        ] {
            assert_none(&unsound_texts(&database, view));
        }
        let query = "SELECT count(*) FROM v1_polls WHERE next_poll_at IS NULL
             OR 24 * (julianday(next_poll_at) - julianday(started_at)) NOT BETWEEN 0.08 AND 30";
        let n_odd: i64 = database.query_row(query, [], |row| row.get(0)).unwrap();
        assert_eq!(
            n_odd, 0,
            "polls are planned within minutes and a day (R19, R20)"
        );
        let check: String = database
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(check, "ok");
        for entry in std::fs::read_dir(self.folder.path()).unwrap().flatten() {
            let bytes = std::fs::read(entry.path()).unwrap_or_default();
            let is_secret = |window: &[u8]| window == SECRET;
            let found = bytes.windows(SECRET.len()).any(is_secret);
            assert!(!found, "in {}", entry.path().display());
        }
    }

    /// Requests as the report for the hosts' owners counts them, against what the servers saw.
    pub fn miscounted_requests(&self) -> Vec<String> {
        let database = self.database();
        let count = |host: &str| {
            let query = "SELECT coalesce(sum(requests), 0) FROM v1_hosts WHERE host = ?1";
            database
                .query_row(query, [host], |row| row.get::<_, i64>(0))
                .unwrap()
        };
        // With TLS 1.3 a request may be on its way when the server says that it wants a certificate.
        let is_told = |case: &Case| !case.want.is_stuck && case.want.class != Some(ErrorClass::Tls);
        let waited = self.cases.iter().filter(|(case, _)| is_told(case));
        waited
            .filter_map(|(case, web)| {
                let (counted, seen) = (count(&web.address.to_string()), web.seen().len());
                let is_right = usize::try_from(counted) == Ok(seen);
                (!is_right)
                    .then(|| format!("{}: {counted} requests counted, {seen} seen", case.name))
            })
            .collect()
    }

    /// Polls all feeds once more and waits until the `n`th has at least `n_polls[n]` rows.
    pub fn poll_again(&self, n_polls: &[usize]) {
        self.daemon.signal("USR1");
        let until = Instant::now() + Duration::from_mins(1);
        let database = self.database();
        while Instant::now() < until {
            let mut numbers = n_polls.iter().enumerate();
            if numbers.all(|(n, wanted)| polls(&database, n).len() >= *wanted) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What differs from a story: rows, validators sent, articles, status.
    pub fn differences(&self, n: usize, story: &Story) -> Vec<String> {
        let database = self.database();
        let feed = format!("case-{n}");
        let polls = polls(&database, n);
        let wanted: Vec<_> = story
            .polls
            .iter()
            .map(|(outcome, class)| {
                (
                    (*outcome).to_owned(),
                    class.map(|class| class.as_str().to_owned()),
                )
            })
            .collect();
        let sent: Vec<Option<String>> = self.cases[n]
            .1
            .seen()
            .iter()
            .map(|seen| {
                seen.header("if-none-match")
                    .or_else(|| seen.header("if-modified-since"))
            })
            .collect();
        let (status, n_articles): (String, i64) = database
            .query_row(
                "SELECT status, (SELECT count(DISTINCT article_id) FROM v1_listings WHERE feed_id = v1_feeds.id)
                 FROM v1_feeds WHERE name = ?1",
                [&feed],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        let name = story.name;
        let mut found = Vec::new();
        if polls != wanted {
            found.push(format!("{name}: {polls:?}"));
        }
        if !sent
            .iter()
            .map(Option::as_deref)
            .eq(story.sent.iter().copied())
        {
            found.push(format!("{name}: sent {sent:?}, not {:?}", story.sent));
        }
        if n_articles != story.n_articles || status != story.status {
            found.push(format!("{name}: {n_articles} articles, status `{status}`"));
        }
        found
    }

    /// How long after the first poll the last of the feeds whose case has this name began to be polled.
    pub fn latest_start(&self, name: &str) -> Duration {
        let database = self.database();
        let query = "SELECT 86400 * (julianday(started_at) - julianday((SELECT min(started_at) FROM v1_polls)))
             FROM v1_polls WHERE feed_id = (SELECT id FROM v1_feeds WHERE name = ?1)";
        let named = self.cases.iter().enumerate();
        let named = named.filter(|(_, (case, _))| case.name.starts_with(name));
        let starts = named.map(|(n, _)| {
            let after =
                database.query_row(query, [format!("case-{n}")], |row| row.get::<_, f64>(0));
            Duration::from_secs_f64(after.unwrap().max(0.0))
        });
        starts.max().unwrap()
    }

    /// Peak resident memory of the daemon so far.
    pub fn peak_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.daemon.pid());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.unwrap().parse().unwrap()
    }

    /// Asks the daemon to stop; it has to do so properly and soon.
    pub fn end(&mut self) {
        self.daemon.signal("TERM");
        let (status, took) = self.daemon.wait_for_end();
        assert_eq!(status.code(), Some(0));
        assert!(took < Duration::from_secs(5), "{took:?}");
    }

    fn waited(&self) -> impl Iterator<Item = (usize, &Case)> {
        let cases = self.cases.iter().map(|(case, _)| case.as_ref());
        cases.enumerate().filter(|(_, case)| !case.want.is_stuck)
    }

    fn of_server(&self, n: usize, case: &Case) -> Vec<String> {
        let web = &self.cases[n].1;
        let seen = web.seen();
        let is_counted = |target: &str| match case.asked {
            Asked::Feed => true,
            Asked::Page => !["/feed.xml", "/robots.txt"].contains(&target),
        };
        let n_requests = seen.iter().filter(|seen| is_counted(&seen.target)).count();
        let mut found = Vec::new();
        if !case.want.requests.contains(&n_requests) {
            found.push(format!(
                "{n_requests} requests, not {:?}",
                case.want.requests
            ));
        }
        let n_bytes = web.n_bytes();
        if n_bytes > case.want.sent_bytes + HELD_BYTES {
            found.push(format!("the server got rid of {n_bytes} bytes"));
        }
        found
    }
}

/// Texts of a view that no view may hold.
fn unsound_texts(database: &Connection, view: &str) -> Vec<String> {
    let mut statement = database.prepare(&format!("SELECT * FROM {view}")).unwrap();
    let names = statement.column_names();
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let mut rows = statement.query([]).unwrap();
    let mut unsound = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        for (n, name) in names.iter().enumerate() {
            let rusqlite::types::ValueRef::Text(bytes) = row.get_ref(n).unwrap() else {
                continue;
            };
            let text = std::str::from_utf8(bytes).unwrap_or("\0");
            let limit = match name.as_str() {
                "title" => 1_000,
                "text" | "summary" => 1_000_000,
                _ => 4_500,
            };
            let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            if text.contains(is_control) || text.len() > limit {
                unsound.push(format!("{view}.{name}: {} bytes: {text:.100?}", text.len()));
            }
        }
    }
    unsound
}

/// The server of the `n`th case.
fn served((n, case): (usize, Case)) -> (Arc<Case>, Web) {
    let case = Arc::new(case);
    let own = format!("127.77.{}.{}:0", 1 + n / 200, 1 + n % 200);
    let address = case.host.map_or(own, |host| format!("{host}:0"));
    let (answering, tls) = (Arc::clone(&case), case.tls.clone());
    let web = Web::at(&address, tls, move |seen| answering.answer(seen));
    (case, web)
}
