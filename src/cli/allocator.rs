//! The allocators' settings that their defaults do not suit.

use std::{env, io, os::unix::process::CommandExt as _, process::Command};

/// How long mimalloc keeps what was freed before it goes back to the system, in milliseconds; and from how many bytes on
/// glibc's allocator, which SQLite uses, takes a piece from the system and gives it back by itself.
const SETTINGS: [(&str, &str); 2] = [
    ("MIMALLOC_PURGE_DELAY", "100"),
    ("MALLOC_MMAP_THRESHOLD_", "65536"),
];

/// Begins anew, in the same process, with the allocators told to keep nothing for long.
///
/// mimalloc 3 keeps it for a second, which in a first fetch is a quarter of all memory; glibc raises its threshold by itself,
/// and the heap gets holes that grow for hours (docs/decisions/0006). Both read their settings before `main` and from the
/// environment alone. What is set already is left alone, and where this fails the work is done with more memory.
pub(super) fn settle() {
    if SETTINGS.iter().any(|(key, _)| env::var_os(key).is_none()) {
        // It comes back only when it fails.
        drop(begin_anew());
    }
}

fn begin_anew() -> io::Result<()> {
    let mut args = env::args_os();
    let mut command = Command::new(env::current_exe()?);
    if let Some(name) = args.next() {
        command.arg0(name);
    }
    let unset = SETTINGS
        .iter()
        .filter(|(key, _)| env::var_os(key).is_none());
    Err(command.args(args).envs(unset.copied()).exec())
}
