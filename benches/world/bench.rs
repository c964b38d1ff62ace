//! What every measurement needs: a world, a directory, the program under test and its cost.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::plan::Plan;

/// Clock ticks a second in `/proc/PID/stat`; fixed in Linux's interface.
const TICKS: f64 = 100.0;

/// A generated world that runs; ends with this value.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) plan: Plan,
    pub(crate) port: u16,
    child: Child,
}

impl Running {
    pub(crate) fn start(plan: &Plan) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(plan.to_args())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the world's server")?;
        let stdout = child.stdout.take().context("no output of the server")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse();
        Ok(Self {
            plan: plan.clone(),
            port: port.with_context(|| format!("the server said `{line}`"))?,
            child,
        })
    }

    /// Sends a command of [`crate::serve`].
    pub(crate) fn control(&self, command: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "GET /-/{command} HTTP/1.1\r\nHost: world\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        Ok(body.to_owned())
    }

    /// One of the recorder's numbers.
    pub(crate) fn count(&self, name: &str) -> Result<u64> {
        let stats: serde_json::Value = serde_json::from_str(&self.control("stats")?)?;
        let number = stats.get(name).and_then(serde_json::Value::as_u64);
        number.with_context(|| format!("no `{name}` in {stats}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A directory with a configuration and the database that it names.
#[derive(Debug)]
pub(crate) struct Site {
    directory: PathBuf,
    is_kept: bool,
}

/// Settings of one measurement, put on top of what all have in common.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Settings<'a> {
    /// Lines for `[defaults]`.
    pub(crate) defaults: &'a str,
    /// Lines for `[limits]`.
    pub(crate) limits: &'a str,
    /// How many of the world's feeds are configured.
    pub(crate) feeds: Option<u64>,
}

impl Site {
    pub(crate) fn new(name: &str, is_kept: bool) -> Result<Self> {
        let directory =
            std::env::temp_dir().join(format!("feedmill-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        Ok(Self { directory, is_kept })
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.directory.join("feedmill.toml")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.directory.join("feedmill.db")
    }

    /// Where the program's stderr goes.
    pub(crate) fn log(&self) -> PathBuf {
        self.directory.join("stderr.log")
    }

    /// Writes the configuration; a feed a table, named by its number.
    pub(crate) fn write_config(&self, world: &Running, settings: Settings<'_>) -> Result<()> {
        let mut toml = format!(
            "database = \"feedmill.db\"\n\n[defaults]\n{}\n[network]\nallow = [\"127.0.0.0/8\"]\n\n[limits]\nhost_delay = \"0s\"\nper_host = 8\npages_per_poll = 1000000\n{}\n",
            settings.defaults, settings.limits
        );
        for feed in 0..settings.feeds.unwrap_or(world.plan.feeds) {
            let url = world.plan.feed_url(feed, world.port);
            toml.push_str(&format!(
                "[[feeds]]\nname = \"feed-{feed}\"\nurl = \"{url}\"\n\n"
            ));
        }
        // Renamed into place: the daemon may be told to read it at any time.
        let fresh = self.directory.join("feedmill.toml.new");
        fs::write(&fresh, toml)?;
        Ok(fs::rename(fresh, self.config())?)
    }

    /// A connection as any reader has it.
    pub(crate) fn open(&self) -> Result<rusqlite::Connection> {
        let flags =
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
        let path = self.database();
        rusqlite::Connection::open_with_flags(&path, flags)
            .with_context(|| format!("cannot read `{}`", path.display()))
    }

    /// The single number that a query gives.
    pub(crate) fn number(&self, sql: &str) -> Result<u64> {
        let number: i64 = self.open()?.query_row(sql, [], |row| row.get(0))?;
        Ok(u64::try_from(number)?)
    }

    /// The program under test, with this configuration.
    pub(crate) fn command(&self, args: &[&str]) -> Result<Command> {
        let mut command = Command::new(program()?);
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())?;
        command
            .args(args)
            .arg("--config")
            .arg(self.config())
            .env_remove("FEEDMILL_CONFIG")
            .env_remove("FEEDMILL_DB")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        Ok(command)
    }

    /// Runs the program to its end and says what it cost.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Cost> {
        cost(&mut self.command(args)?)
    }

    pub(crate) fn say_where(&self) {
        if self.is_kept {
            println!("kept: {}", self.directory.display());
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if !self.is_kept {
            let _result = fs::remove_dir_all(&self.directory);
        }
    }
}

/// What a run of the program cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// User and system time of the process and its children.
    pub(crate) cpu: f64,
    pub(crate) wall: Duration,
    /// Peak resident memory in MB (10^6 bytes).
    pub(crate) peak_mb: f64,
    pub(crate) status: ExitStatus,
}

/// The binary that is measured: `FEEDMILL_BIN`, else the one cargo built for this bench.
pub(crate) fn program() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("FEEDMILL_BIN") {
        return Ok(path.into());
    }
    let built = option_env!("CARGO_BIN_EXE_feedmill").map(PathBuf::from);
    built.context("set FEEDMILL_BIN to the binary to be measured")
}

/// Runs a command to its end.
///
/// CPU time is the growth of this process's `cutime + cstime` (proc(5)), which the kernel adds up
/// when it reaps the child: exact to 10 ms whatever happened in between. Peak memory is the last
/// `VmHWM` seen, read every 5 ms.
pub(crate) fn cost(command: &mut Command) -> Result<Cost> {
    let before = children_cpu()?;
    let start = Instant::now();
    let mut child = command.spawn().context("cannot run the program")?;
    let mut peak_mb = 0.0_f64;
    let status = loop {
        peak_mb = peak_mb.max(memory_mb(child.id(), "VmHWM").unwrap_or(0.0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        sleep(Duration::from_millis(5));
    };
    Ok(Cost {
        cpu: children_cpu()? - before,
        wall: start.elapsed(),
        peak_mb,
        status,
    })
}

/// CPU time of the children that have ended, in seconds.
fn children_cpu() -> Result<f64> {
    cpu_from(13)
}

/// CPU time of this process so far, all its threads, in seconds.
pub(crate) fn own_cpu() -> Result<f64> {
    cpu_from(11)
}

/// A pair of user and system time in `/proc/self/stat`, by its place behind the name.
fn cpu_from(place: usize) -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field is the name in brackets and may hold spaces; the fourteenth to seventeenth are
    // the times.
    let (_, fields) = stat.rsplit_once(')').context("odd /proc/self/stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64> {
        let field = fields.get(at).context("short /proc/self/stat")?;
        Ok(field.parse::<f64>()?)
    };
    Ok((ticks(place)? + ticks(place + 1)?) / TICKS)
}

/// A line of `/proc/PID/status` in MB.
pub(crate) fn memory_mb(pid: u32, key: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(key))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024.0 / 1_000_000.0)
}

/// CPU time of this thread so far, in seconds (`/proc/thread-self/schedstat`, nanoseconds).
pub(crate) fn thread_cpu() -> Result<f64> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = stat.split_whitespace().next().context("odd schedstat")?;
    Ok(nanoseconds.parse::<f64>()? / 1e9)
}

/// Sends a signal by name.
pub(crate) fn signal(pid: u32, name: &str) -> Result<()> {
    let status = Command::new("sh")
        .args(["-c", &format!("kill -{name} {pid}")])
        .status()?;
    ensure!(status.success(), "cannot send {name} to {pid}");
    Ok(())
}

/// Waits for a child that was told to end; kills it after `limit`.
pub(crate) fn wait_for_end(child: &mut Child, limit: Duration) -> Result<(ExitStatus, Duration)> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok((status, start.elapsed()));
        }
        sleep(Duration::from_millis(5));
    }
    child.kill()?;
    child.wait()?;
    bail!("the program did not end within {limit:?}")
}

/// `PRAGMA integrity_check` says `ok`.
pub(crate) fn check_integrity(path: &Path) -> Result<()> {
    let connection =
        rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(verdict == "ok", "integrity_check: {verdict}");
    Ok(())
}
