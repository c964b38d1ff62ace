//! The machine's power goes at any moment (R30–R32): what was synchronised is there, the rest is lost or kept by
//! chance. Nothing a reader had seen is lost, no cursor comes twice, and the next run has all that is listed.
//! `scripts/fault-test` cuts at many moments, `cargo test` at a few.

use std::{fs, time::Duration};

use crate::support::{
    cli::Folder,
    faultfs::{Faults, is_thorough},
    news::News,
    power_cut::{Dice, Journal, Unsynced},
    witness::{Watch, Witness},
};

const FETCH: &[&str] = &["fetch", "--all", "--force"];

/// Short waits, so that a daemon polls all the time.
const BUSY: &str = "min_interval = \"200ms\"\nmax_interval = \"400ms\"\n";

fn config(news: &News) -> String {
    format!("{}[defaults]\nevery = \"300ms\"\n", news.config(BUSY))
}

/// A life of the database: commands that each close it, and a daemon long enough for its timer to checkpoint.
/// The journal of the disk, and what a reader saw meanwhile.
fn live(news: &News, folder: &Folder) -> (Journal, Witness) {
    folder.write("feedmill.toml", config(news));
    let path = folder.path().join("journal");
    let faults = Faults::none().journal_to(&path);
    let watch = Watch::start(folder.path().join("a.db"), Some(path.clone()));
    for _ in 0..3 {
        folder.run_with(FETCH, &faults.variables()).ends_with(0);
        news.move_on(2);
    }
    let mut daemon = folder.start_with(&["run"], &faults.variables());
    daemon.wait_for("ready");
    for _ in 0..7 {
        std::thread::sleep(Duration::from_secs(1));
        news.move_on(1);
        daemon.signal("USR1");
    }
    daemon.signal("KILL");
    daemon.wait_for_end();
    folder.run_with(FETCH, &faults.variables()).ends_with(0);
    (Journal::read(&path), watch.end())
}

/// Cuts the power when so many calls had been made, and starts again.
fn cut_and_go_on(news: &News, life: &(Journal, Witness), n_calls: usize, unsynced: Unsynced) {
    let (journal, witness) = life;
    let context = format!(
        "cut after call {n_calls} of {}, {unsynced:?}",
        journal.len()
    );
    let mut dice = Dice(n_calls as u64);
    let folder = Folder::new();
    folder.write("feedmill.toml", config(news));
    journal.cut(n_calls, unsynced, &mut dice, folder.path());
    let database = folder.path().join("a.db");
    let seen = witness.when_journal_was(journal.length_after(n_calls));
    // A first look by the program, as after a start: readers cannot roll back what was half made.
    for args in [&["fetch"], FETCH] {
        let ran = folder.run(args);
        assert_eq!(
            ran.status,
            Some(0),
            "{context}: {}{}",
            ran.stdout,
            ran.stderr
        );
        seen.check(&database, &context);
    }
    assert_eq!(news.missing(&database), None, "{context}");
    assert!(Witness::of(&database).cursor() > seen.cursor() || seen.cursor() == witness.cursor());
}

#[test]
fn a_power_cut_takes_nothing_that_a_reader_had_seen() {
    let news = News::start(3);
    let folder = Folder::new();
    let life = live(&news, &folder);
    let journal = &life.0;
    assert!(
        life.1.cursor() > 50,
        "a reader saw up to {}",
        life.1.cursor()
    );
    let mut dice = Dice(20_261_125);
    let turns = journal.turning_points();
    let n_cuts = if is_thorough() { 100 } else { 6 };
    for n in 0..n_cuts {
        // Every other one where the order of writing counts; the others anywhere.
        let n_calls = if n % 2 == 0 {
            turns[dice.below(turns.len())]
        } else {
            dice.below(journal.len() + 1)
        };
        let unsynced = [Unsynced::Lost, Unsynced::ByChance][n / 2 % 2];
        cut_and_go_on(&news, &life, n_calls, unsynced);
    }
    eprintln!("{n_cuts} power cuts over {} calls", journal.len());
}

#[test]
fn a_power_cut_while_the_database_is_made_costs_a_new_start_and_no_more() {
    let news = News::start(1);
    let folder = Folder::new();
    folder.write("feedmill.toml", config(&news));
    let path = folder.path().join("journal");
    let faults = Faults::none().journal_to(&path);
    folder.run_with(FETCH, &faults.variables()).ends_with(0);
    let life = (Journal::read(&path), Witness::default());
    let turns = life.0.turning_points();
    // The rollback journal of the making comes and goes within the first of them.
    let making = turns.into_iter().take(24);
    for (n, n_calls) in making.enumerate() {
        if n % 4 == 0 || is_thorough() {
            cut_and_go_on(&news, &life, n_calls, Unsynced::Lost);
        }
        if n % 4 == 2 || is_thorough() {
            cut_and_go_on(&news, &life, n_calls, Unsynced::ByChance);
        }
    }
}

/// The end of it all as the journal has it is the end as the disk has it: the simulation loses nothing.
#[test]
fn the_journal_of_the_disk_is_complete() {
    let news = News::start(1);
    let folder = Folder::new();
    folder.write("feedmill.toml", config(&news));
    let path = folder.path().join("journal");
    let faults = Faults::none().journal_to(&path);
    folder.run_with(FETCH, &faults.variables()).ends_with(0);
    let journal = Journal::read(&path);
    let copy = Folder::new();
    journal.cut(journal.len(), Unsynced::Lost, &mut Dice(0), copy.path());
    let bytes = |folder: &Folder| fs::read(folder.path().join("a.db")).unwrap();
    assert!(bytes(&folder) == bytes(&copy), "the files differ");
}
