//! The real binary in a folder of its own.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::RecvTimeoutError,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Asserts the exit status; shows everything when it is another.
    #[track_caller]
    pub fn ends_with(self, status: i32) -> Self {
        assert_eq!(
            self.status,
            Some(status),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Asserts that standard error names each of these.
    #[track_caller]
    pub fn complains_of(self, words: &[&str]) -> Self {
        for word in words {
            assert!(
                self.stderr.contains(word),
                "`{word}` is not in standard error:\n{}\nstdout:\n{}",
                self.stderr,
                self.stdout
            );
        }
        self
    }

    /// Asserts that standard output names each of these.
    #[track_caller]
    pub fn prints(self, words: &[&str]) -> Self {
        for word in words {
            assert!(
                self.stdout.contains(word),
                "`{word}` is not in standard output:\n{}\nstderr:\n{}",
                self.stdout,
                self.stderr
            );
        }
        self
    }
}

/// The start of a configuration: the database `a.db`, servers on this machine, asked without pauses. Further
/// limits may follow.
pub const LOOPBACK: &str =
    "database = \"a.db\"\n[network]\nallow = [\"127.0.0.0/8\"]\n[limits]\nhost_delay = \"0s\"\n";

/// A feed of a configuration.
pub fn feed_table(name: &str, url: &str) -> String {
    format!("[[feeds]]\nname = \"{name}\"\nurl = \"{url}\"\n")
}

/// A feed whose own texts are kept: no page is asked for.
pub fn text_feed_table(name: &str, url: &str) -> String {
    format!("{}content = \"feed\"\n", feed_table(name, url))
}

/// A folder to run the binary in; nothing outside it is read or written.
#[derive(Debug)]
pub struct Folder {
    folder: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// In another place than that for temporary files.
    pub fn new_in(place: &Path) -> Self {
        Self {
            folder: tempfile::tempdir_in(place).unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file and gives its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).unwrap();
        }
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The binary, with an environment that leads nowhere else.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_feedmill"));
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("XDG_CONFIG_HOME", self.path().join("config"));
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with_input(args, "")
    }

    /// With some more variables in its environment.
    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        let mut command = self.command(args);
        command.envs(environment.iter().copied());
        Self::finish(command, "")
    }

    /// With this limit of the shell's `ulimit`, such as `-n 24`.
    pub fn run_within(&self, args: &[&str], limit: &str) -> Ran {
        Self::finish(self.limited(args, limit), "")
    }

    pub fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        Self::finish(self.command(args), input)
    }

    fn finish(mut command: Command, input: &str) -> Ran {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = std::thread::spawn(move || {
            // A command that does not read its input closes it; that is its right.
            drop(stdin.write_all(input.as_bytes()));
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a long-running command; its standard error can be waited on.
    pub fn start(&self, args: &[&str]) -> Running {
        self.start_with(args, &[])
    }

    pub fn start_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Running {
        let mut command = self.command(args);
        command.envs(environment.iter().copied());
        Self::watch(command)
    }

    /// Starts a command that can write no file beyond so many blocks of 512 bytes.
    pub fn start_on_a_small_disk(&self, args: &[&str], n_blocks: u32) -> Running {
        Self::watch(self.limited(args, &format!("-f {n_blocks}")))
    }

    /// Starts a command with this limit of the shell's `ulimit`.
    pub fn start_within(&self, args: &[&str], limit: &str) -> Running {
        Self::watch(self.limited(args, limit))
    }

    fn limited(&self, args: &[&str], limit: &str) -> Command {
        let binary = self.command(args);
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("ulimit {limit}; exec \"$0\" \"$@\""))
            .arg(binary.get_program())
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .envs(
                binary
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            );
        command
    }

    fn watch(mut command: Command) -> Running {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = std::sync::mpsc::sync_channel(10_000);
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Running {
            child,
            lines,
            seen: Vec::new(),
        }
    }
}

/// A process under way; killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lines: std::sync::mpsc::Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line on standard error that holds `word`.
    #[track_caller]
    pub fn wait_for(&mut self, word: &str) -> String {
        match self.next_line_with(word, Duration::from_secs(30)) {
            Ok(line) => line,
            Err(why) => panic!("no line with `{word}`: {why}; there are:\n{}", self.said()),
        }
    }

    /// Waits for a line with `word` or for the end of the process; whether there was such a line.
    #[track_caller]
    pub fn says(&mut self, word: &str, within: Duration) -> bool {
        match self.next_line_with(word, within) {
            Ok(_) => true,
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => {
                panic!(
                    "neither `{word}` nor the end came; there are:\n{}",
                    self.said()
                )
            }
        }
    }

    /// A line with `word` that comes before the time is up.
    pub fn line_with(&mut self, word: &str, within: Duration) -> Option<String> {
        self.next_line_with(word, within).ok()
    }

    fn next_line_with(&mut self, word: &str, within: Duration) -> Result<String, RecvTimeoutError> {
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left)?;
            self.seen.push(line.clone());
            if line.contains(word) {
                return Ok(line);
            }
        }
    }

    /// What was read of standard error so far.
    pub fn said(&self) -> String {
        self.seen.join("\n")
    }

    /// Whether it runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends a signal by name, as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.pid())])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; gives the status and how long it took.
    #[track_caller]
    pub fn wait_for_end(&mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, start.elapsed());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the process did not end; it said:\n{}", self.said());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
