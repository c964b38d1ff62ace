//! Arguments, logging, error → exit status; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    feedmill::cli::main()
}
