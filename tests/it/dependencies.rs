//! What the program is built from: licences, crates that may not come in, where they come from (R40).

use std::{collections::BTreeSet, iter::Peekable, process::Command};

use serde_json::Value;

/// Licences that ask for no more than their text and names, which a program of any licence can do.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    // Of files: changes to those very files are to be published. `scraper` brings four crates, unchanged.
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that may not come in, for any platform: TLS is rustls with ring (Cargo.toml), HTTP is hyper under
/// reqwest, and no second one of either is audited, configured or waited for.
const BANNED: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "boring",
    "boring-sys",
    "curl",
    "curl-sys",
    "hyper-tls",
    "isahc",
    "native-tls",
    "openssl",
    "openssl-src",
    "openssl-sys",
    "tokio-native-tls",
    "tokio-openssl",
    "ureq",
];

/// Crates of which there is one version: two would mean two stacks with state of their own.
const SINGLE: &[&str] = &[
    "html5ever",
    "hyper",
    "libsqlite3-sys",
    "reqwest",
    "ring",
    "rustls",
    "rustls-webpki",
    "tokio",
];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

const LOCKS: &[&str] = &["Cargo.lock", "fuzz/Cargo.lock"];

/// Packages of a lock file: name and source; those of this repository have none.
fn locked(path: &str) -> Vec<(String, Option<String>)> {
    let lock: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let packages = lock["package"].as_array().unwrap().iter();
    let text = |package: &toml::Value, key| Some(package.get(key)?.as_str()?.to_owned());
    packages
        .map(|package| (text(package, "name").unwrap(), text(package, "source")))
        .collect()
}

#[test]
fn every_crate_comes_from_crates_io() {
    for lock in LOCKS {
        for (name, source) in locked(lock) {
            match source {
                Some(source) => assert_eq!(source, CRATES_IO, "{lock}: {name}"),
                None => assert!(name.starts_with("feedmill"), "{lock}: {name} has no source"),
            }
        }
    }
}

#[test]
fn there_is_one_tls_stack_and_one_http_stack() {
    for lock in LOCKS {
        let packages = locked(lock);
        for (name, _) in &packages {
            assert!(!BANNED.contains(&name.as_str()), "{lock}: {name} is banned");
        }
        for single in SINGLE {
            let n = packages.iter().filter(|(name, _)| name == single).count();
            assert_eq!(n, 1, "{lock}: {single}");
        }
    }
}

#[test]
fn every_licence_is_one_that_we_can_keep() {
    let host = said_by(&["rustc", "-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    // Crates of other platforms need not be on this machine.
    let mut metadata = vec!["cargo", "metadata", "--locked", "--offline"];
    metadata.extend(["--format-version", "1", "--filter-platform"]);
    metadata.push(host.unwrap());
    let metadata: Value = serde_json::from_str(&said_by(&metadata)).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{}", packages.len());
    let refused: BTreeSet<String> = packages
        .iter()
        .filter(|package| !may_be_used(package["license"].as_str().unwrap_or_default()))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(
        refused.is_empty(),
        "not among the licences allowed: {refused:?}"
    );
}

#[test]
fn licence_expressions_are_understood() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0-only OR MIT",
        "(MIT OR GPL-3.0-only) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(may_be_used(good), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "(MIT OR ISC) AND AGPL-3.0-only",
        "AGPL-3.0-only OR GPL-3.0-only",
        "MIT ISC",
    ] {
        assert!(!may_be_used(bad), "{bad}");
    }
}

/// What a tool of the toolchain in use prints.
fn said_by(command: &[&str]) -> String {
    let tool = std::env::var_os(command[0].to_uppercase()).unwrap_or_else(|| command[0].into());
    let ran = Command::new(tool).args(&command[1..]).output().unwrap();
    let complaint = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{command:?}: {complaint}");
    String::from_utf8(ran.stdout).unwrap()
}

/// Whether an SPDX expression leaves a choice among [`LICENCES`]; a slash is the old form of `OR`.
fn may_be_used(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ");
    let spaced = spaced.replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words) && words.next().is_none()
}

fn any_of<'a>(words: &mut Peekable<impl Iterator<Item = &'a str>>) -> bool {
    let mut is_good = all_of(words);
    while words.next_if_eq(&"OR").is_some() {
        is_good |= all_of(words);
    }
    is_good
}

fn all_of<'a>(words: &mut Peekable<impl Iterator<Item = &'a str>>) -> bool {
    let mut is_good = one_of(words);
    while words.next_if_eq(&"AND").is_some() {
        is_good &= one_of(words);
    }
    is_good
}

fn one_of<'a>(words: &mut Peekable<impl Iterator<Item = &'a str>>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let is_good = any_of(words);
        return words.next() == Some(")") && is_good;
    }
    let licence = words.next().unwrap_or_default();
    // An exception only grants more.
    if words.next_if_eq(&"WITH").is_some() {
        words.next();
    }
    LICENCES.contains(&licence)
}
