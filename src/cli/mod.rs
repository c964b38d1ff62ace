//! The command line: what was asked, done by the rooms below, printed in one place.

use std::process::ExitCode;

use clap::Parser;

mod allocator;
mod args;
mod ask;
mod chores;
mod config_cmd;
mod db;
mod demo;
mod exit;
mod export;
mod extract;
mod feeds;
mod fetch;
mod forget;
mod generate;
mod list;
mod logging;
mod open;
mod output;
mod parse;
mod polls;
mod query;
mod reextract;
mod replay;
mod rows;
mod run;
mod search;
mod show;
mod source;
mod status;
mod tail;
mod time;

use args::{Cli, Command};
use exit::{Failed, Status};

/// Reads the command line, does what it asks and gives the exit status of the contract.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a closed pipe while printing them is none either.
            drop(error.print());
            return if error.use_stderr() {
                Status::Usage.into()
            } else {
                Status::Ok.into()
            };
        }
    };
    if matches!(cli.command, Command::Run(_) | Command::Fetch(_)) {
        allocator::settle();
    }
    crate::daemon::outlive_file_size_limit();
    match dispatch(cli) {
        Ok(status) => status.into(),
        Err(failed) => {
            if failed.status != Status::Ok {
                output::note(failed.to_string());
            }
            failed.status.into()
        }
    }
}

fn dispatch(cli: Cli) -> Result<Status, Failed> {
    let Cli { global, command } = cli;
    logging::start(&global, matches!(command, Command::Run(_)));
    match command {
        Command::Run(args) => run::run(&args, &global),
        Command::Fetch(args) => fetch::run(&args, &global),
        Command::Extract(args) => extract::run(&args, &global),
        Command::Parse(args) => parse::run(&args, &global),
        Command::List(args) => list::run(&args, &global),
        Command::Show(args) => show::run(&args, &global),
        Command::Search(args) => search::run(&args, &global),
        Command::Tail(args) => tail::run(&args, &global),
        Command::Export(args) => export::run(&args, &global),
        Command::Feeds(args) => feeds::run(&args, &global),
        Command::Status(args) => status::run(&args, &global),
        Command::Config(args) => config_cmd::run(&args, &global),
        Command::Db(args) => db::run(&args, &global),
        Command::Reextract(args) => reextract::run(&args, &global),
        Command::Replay(args) => replay::run(&args, &global),
        Command::Forget(args) => forget::run(&args, &global),
        Command::Demo(args) => demo::run(&args, &global),
        Command::Generate(args) => generate::run(&args),
    }
}
