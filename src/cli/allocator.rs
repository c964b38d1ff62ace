//! The allocator's one setting that its default does not suit.

use std::{env, io, os::unix::process::CommandExt as _, process::Command};

/// How long mimalloc keeps what was freed before it goes back to the system, in milliseconds.
const KEY: &str = "MIMALLOC_PURGE_DELAY";
const DELAY: &str = "100";

/// Begins anew, in the same process, with the allocator told to keep nothing for long.
///
/// mimalloc 3 keeps it for a second, which in a first fetch is a quarter of all memory (docs/decisions/0006). It reads its
/// settings before `main` and from the environment alone. Whoever has set it is left alone, and where this fails
/// the work is done with more memory.
pub(super) fn settle() {
    if env::var_os(KEY).is_none() {
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
    Err(command.args(args).env(KEY, DELAY).exec())
}
