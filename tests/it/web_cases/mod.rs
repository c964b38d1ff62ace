//! A web that misbehaves, case by case, through the daemon of the real binary: what stands in the
//! database afterwards is what the table says.
//!
//! Each family of cases is a table in a file of its own. All of them meet one daemon with the limits as
//! they are by default, but those that take time, which meet one whose times are shorter.

mod again;
mod bench;
mod case;
mod charsets;
mod compare;
mod compression;
mod documents;
mod entries;
mod framing;
mod pages;
mod redirects;
mod robots;
mod statuses;
mod time;
mod tls;

use std::{collections::HashSet, time::Duration};

use again::Story;
use bench::{ALLOWED, Bench, Others};
use case::{Case, FEED, RSS, document, feed, joined};
use tls::Roots;

use crate::support::{
    cli::Folder,
    web::{Answer, Step},
};

/// What feeds that hang, each up to its deadline of 30 s, may cost a feed that is as it should be (R16), and a minute
/// for the work on some 600 others that are due at the same moment: beside other tests on two cores that takes 10 to
/// 45 s, on a machine with other work 78. Hanging feeds that waited for each other would take two minutes.
const DELAY: Duration = Duration::from_secs(90);

/// A machine that is busy with other things gets this long; a case has a limit of its own.
const PATIENCE: Duration = Duration::from_mins(2);

/// What all cases may use in common, and what each by itself; more is a waste of memory (R03).
const PEAK_KIB: u64 = 256 << 10;
const PEAK_ALONE_KIB: u64 = 192 << 10;

/// The start of a configuration, up to the limits. A build for tests is ten times as slow as one for use.
fn head() -> String {
    format!("allow = [\"{ALLOWED}\"]\n[limits]\nhost_delay = \"0s\"\ndocument_cpu = \"20s\"\n")
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
    let (others, roots) = (Others::start(), Roots::make());
    let cases = everything(&others, &roots);
    let names: HashSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    let folder = Folder::new();
    folder.write("root.pem", roots.pem());
    let head = format!("[network]\nca_file = \"root.pem\"\n{}", head());
    let mut bench = Bench::start_in(folder, cases, &head);
    bench.wait(PATIENCE);
    let deviations = bench.deviations();
    let peak = bench.peak_kib();
    let healthy = bench.latest_start("healthy");
    let miscounted = bench.miscounted_requests();
    // Among feeds that hang still.
    bench.end();
    bench.assert_sound();
    others.assert_untouched();
    assert_none(&deviations);
    assert_none(&miscounted);
    assert!(peak <= PEAK_KIB, "{peak} KiB");
    assert!(healthy <= DELAY, "{healthy:?}");
}

/// One after the other in one daemon: its peak is that of the case that takes most.
#[test]
fn no_case_takes_more_memory_than_one_document_may() {
    let (others, roots) = (Others::start(), Roots::make());
    let mut cases = everything(&others, &roots);
    cases.retain(|case| !case.want.is_stuck);
    let folder = Folder::new();
    folder.write("root.pem", roots.pem());
    let head = format!(
        "[network]\nca_file = \"root.pem\"\n{}concurrency = 1\n",
        head()
    );
    let mut bench = Bench::start_in(folder, cases, &head);
    bench.wait(PATIENCE);
    let deviations = bench.deviations();
    let peak = bench.peak_kib();
    bench.end();
    assert_none(&deviations);
    assert!(peak <= PEAK_ALONE_KIB, "{peak} KiB");
}

#[test]
fn cases_that_take_time_end_in_time() {
    let head = format!("[network]\n{}{}", head(), time::LIMITS);
    let mut bench = Bench::start(time::cases(), &head);
    bench.wait(PATIENCE);
    let deviations = bench.deviations();
    bench.end();
    bench.assert_sound();
    assert_none(&deviations);
}

#[test]
fn a_bad_answer_leaves_what_the_good_one_before_it_gave() {
    let stories = again::stories();
    let cases = stories.iter().map(Story::case).collect();
    let head = format!("[network]\n{}", head());
    let mut bench = Bench::start(cases, &head);
    bench.wait(PATIENCE);
    for round in 2..=3 {
        let n_polls: Vec<usize> = stories
            .iter()
            .map(|story| story.polls.len().min(round))
            .collect();
        bench.poll_again(&n_polls);
    }
    let found = stories.iter().enumerate();
    let found: Vec<String> = found
        .flat_map(|(n, story)| bench.differences(n, story))
        .collect();
    bench.end();
    bench.assert_sound();
    assert_none(&found);
}

/// All cases but those that take time.
fn everything(others: &Others, roots: &Roots) -> Vec<Case> {
    let mut cases = joined([
        compression::cases(),
        framing::cases(),
        redirects::cases(others),
        statuses::cases(),
        documents::cases(),
        charsets::cases(),
        entries::cases(),
        pages::cases(),
        robots::cases(),
        tls::cases(roots, others),
    ]);
    let far = cases.len() / 5;
    for n in 0..5 {
        let silence = Answer::steps(vec![Step::Wait(Duration::from_mins(1))]);
        cases.insert(n * far, feed(&format!("silence {n}"), silence).stuck());
        cases.insert((n + 1) * far, document(&format!("healthy {n}"), RSS, FEED));
    }
    cases
}
