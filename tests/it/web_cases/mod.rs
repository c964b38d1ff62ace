//! A web that misbehaves, case by case, through the daemon of the real binary: what stands in the
//! database afterwards is what the table says.
//!
//! Each family of cases is a table in a file of its own. All of them meet one daemon with the limits as
//! they are by default, but those that take time, which meet one whose times are shorter.

mod bench;
mod case;
mod charsets;
mod compression;
mod documents;
mod entries;
mod framing;
mod pages;
mod redirects;
mod statuses;

use std::{collections::HashSet, time::Duration};

use bench::{ALLOWED, Bench, Others};
use case::Case;
use compression::Joined;

/// What all cases may use in common; more is a waste of memory (R03).
const PEAK_KIB: u64 = 256 << 10;

/// The start of a configuration, up to the limits.
fn head() -> String {
    format!("[network]\nallow = [\"{ALLOWED}\"]\n[limits]\nhost_delay = \"0s\"\n")
}

/// Fails with all deviations at once.
#[track_caller]
fn assert_none(deviations: &[String]) {
    assert!(
        deviations.is_empty(),
        "{} deviations:\n{}",
        deviations.len(),
        deviations.join("\n")
    );
}

#[test]
fn every_case_ends_as_the_table_says() {
    let others = Others::start();
    let cases = everything(&others);
    let names: HashSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    let n_cases = cases.len();
    let mut bench = Bench::start(cases, &head());
    bench.wait(Duration::from_secs(50));
    let deviations = bench.deviations();
    let peak = bench.peak_kib();
    eprintln!("{peak} KiB, {:?}, {n_cases} cases", bench.started.elapsed());
    bench.end();
    others.assert_untouched();
    assert_none(&deviations);
    assert!(peak <= PEAK_KIB, "{peak} KiB");
}

/// All cases but those that take time.
fn everything(others: &Others) -> Vec<Case> {
    [
        compression::cases(),
        framing::cases(),
        redirects::cases(others),
        statuses::cases(),
        documents::cases(),
        charsets::cases(),
        entries::cases(),
        pages::cases(),
    ]
    .concat_cases()
}
