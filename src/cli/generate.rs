//! `feedmill generate`: completions and man pages, for packagers.

use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_complete::Shell;

use super::{
    args::Cli,
    exit::{Failed, Status},
};

/// Shell completions and man pages
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder that takes the files; it is made
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Status, Failed> {
    let folder = &args.folder;
    let failed = |error: std::io::Error| {
        Failed::new(
            Status::Io,
            anyhow::Error::new(error).context(format!("cannot write into `{}`", folder.display())),
        )
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut command = Cli::command();
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut command, "feedmill", folder).map_err(failed)?;
    }
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    super::output::note(format!(
        "completions and man pages are in {}",
        Path::new(folder).display()
    ));
    Ok(Status::Ok)
}
