//! The disk that fails on demand (`tests/faultfs`), as tests ask for it.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::cli::Folder;

const SOURCE: &str = include_str!("../../faultfs/lib.rs");

/// Numbers of the system's errors, the same on every Linux.
pub const EPERM: i32 = 1;
pub const EIO: i32 = 5;
pub const EACCES: i32 = 13;
pub const ENOSPC: i32 = 28;
pub const EROFS: i32 = 30;

/// The calls that a full disk lets fail.
pub const CALLS_THAT_TAKE_ROOM: &str = "create,write,sync,truncate";

/// The calls that a read-only file system lets fail.
pub const CALLS_THAT_CHANGE: &str = "create,update,write,sync,truncate,unlink";

/// The library; compiled once per state of its source.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let mut hash = DefaultHasher::new();
        SOURCE.hash(&mut hash);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let library = folder.join(format!("libfaultfs-{:016x}.so", hash.finish()));
        if library.exists() {
            return library;
        }
        let draft = library.with_extension(format!("{}", std::process::id()));
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faultfs/lib.rs");
        let compiled = Command::new(&rustc)
            .args([
                "--edition=2024",
                "--crate-name=faultfs",
                "--crate-type=cdylib",
            ])
            .args(["-Cpanic=abort", "-Copt-level=1", "-o"])
            .args([&draft, &source])
            .output()
            .unwrap_or_else(|error| panic!("cannot run {}: {error}", rustc.display()));
        assert!(
            compiled.status.success(),
            "{}",
            String::from_utf8_lossy(&compiled.stderr)
        );
        // In one step: other test processes may look for it.
        fs::rename(&draft, &library).unwrap();
        library
    })
}

/// What is to fail on the files `a.db` and its companions, as environment of the binary.
#[derive(Debug, Clone)]
pub struct Faults {
    variables: Vec<(&'static str, String)>,
}

impl Faults {
    /// A sound disk.
    pub fn none() -> Self {
        let library = library().to_str().unwrap().to_owned();
        Self {
            variables: vec![("LD_PRELOAD", library), ("FAULTFS_NAME", "a.db".to_owned())],
        }
    }

    /// Calls fail with this error.
    pub fn fail(error: i32) -> Self {
        Self::none().with("FAULTFS_ERROR", error.to_string())
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    fn with_path(self, name: &'static str, path: &Path) -> Self {
        self.with(name, path.to_str().unwrap())
    }

    /// Only these calls, apart by commas, are counted and fail.
    pub fn in_calls(self, calls: &str) -> Self {
        self.with("FAULTFS_CALLS", calls)
    }

    /// Only on the file of this name.
    pub fn of_file(self, name: &str) -> Self {
        self.of_files_like(&format!("={name}"))
    }

    /// Only on files with this in their names.
    pub fn of_files_like(mut self, part: &str) -> Self {
        self.variables
            .retain(|(variable, _)| *variable != "FAULTFS_NAME");
        self.with("FAULTFS_NAME", part)
    }

    /// Whoever reads this from its standard input, or writes it to a file that counts, dies of it.
    pub fn deadly(self, words: &str) -> Self {
        self.with("FAULTFS_DEADLY", words)
    }

    /// Only the call of this number, from 1.
    pub fn only_at(self, number: usize) -> Self {
        self.with("FAULTFS_LAST", number.to_string()).from(number)
    }

    /// The call of this number, from 1, and all after it.
    pub fn from(self, number: usize) -> Self {
        self.with("FAULTFS_FIRST", number.to_string())
    }

    /// Only while this file is there.
    pub fn while_there_is(self, switch: &Path) -> Self {
        self.with_path("FAULTFS_SWITCH", switch)
    }

    /// The files have room for as many bytes as this file says, while it is there.
    pub fn room_by(self, room: &Path) -> Self {
        self.with_path("FAULTFS_ROOM", room)
    }

    /// Calendar time is ahead by as many seconds as this file says, while it is there.
    pub fn clock_by(self, clock: &Path) -> Self {
        self.with_path("FAULTFS_CLOCK", clock)
    }

    /// Each call is written there: number, call, file.
    pub fn log_to(self, log: &Path) -> Self {
        self.with_path("FAULTFS_LOG", log)
    }

    /// All that changes the files is written there, for [`Journal`](super::power_cut::Journal).
    pub fn journal_to(self, journal: &Path) -> Self {
        self.with_path("FAULTFS_JOURNAL", journal)
    }

    pub fn variables(&self) -> Vec<(&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }

    /// How many calls a command makes that succeeds.
    #[track_caller]
    pub fn count(self, folder: &Folder, args: &[&str]) -> usize {
        let log = folder.path().join("calls.log");
        let faults = self.log_to(&log);
        folder.run_with(args, &faults.variables()).ends_with(0);
        fs::read_to_string(log).unwrap().lines().count()
    }
}

/// Whether all cases are asked for (`scripts/fault-test`), not the sample of `cargo test`.
pub fn is_thorough() -> bool {
    std::env::var_os("FEEDMILL_FAULTS").is_some_and(|value| value == "all")
}

/// `few` numbers of 1 to `n` spread evenly, first and last among them; all of them in a thorough run.
pub fn sample(n: usize, few: usize) -> Vec<usize> {
    if is_thorough() || n <= few {
        return (1..=n).collect();
    }
    (0..few).map(|k| 1 + k * (n - 1) / (few - 1)).collect()
}
