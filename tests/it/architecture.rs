//! The rules of ARCHITECTURE.md that a test can hold.
use std::{fs, path::Path};

/// Rooms from the ground up; a room imports only from floors below its own.
const FLOORS: &[&[&str]] = &[
    &[
        "model",
        "clock",
        "url",
        "whole_file",
        "http_date",
        "packing",
    ],
    &["text"],
    &["markup"],
    &["feed", "extract", "dedup", "schedule", "http", "store"],
    &["config"],
    &["ingest"],
    &["daemon", "web", "demo"],
    &["cli"],
];

/// Files that may touch network, disk, threads or the clock. Everything else is pure.
const SHELLS: &[&str] = &[
    "src/main.rs",
    "src/clock.rs",
    "src/whole_file.rs",
    "src/http/client",
    "src/http/resolver.rs",
    "src/store/",
    "src/config/load.rs",
    "src/ingest/",
    "src/daemon/",
    "src/web/",
    "src/demo/",
    "src/cli/",
];

/// Words that betray IO.
const IO_WORDS: &[&str] = &[
    "std::fs",
    "std::net",
    "std::thread",
    "std::env",
    "tokio::",
    "reqwest::",
    "rusqlite::",
    "::now(",
];

/// Longest file, in lines of code without comments and without its tests.
const MAX_CODE_LINES: usize = 500;

#[test]
fn rooms_import_only_from_lower_floors() {
    let mut wrong = Vec::new();
    each_source(|path, text| {
        let Some(room) = path
            .strip_prefix("src/")
            .map(|p| p.split(['/', '.']).next().unwrap())
        else {
            return;
        };
        if ["lib", "main"].contains(&room) {
            return;
        }
        for target in text.split("crate::").skip(1) {
            let target: String = target
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if target.is_empty() || target == room {
                continue;
            }
            if floor(&target) >= floor(room) {
                wrong.push(format!("{path}: `{room}` imports `{target}`"));
            }
        }
    });
    assert!(
        wrong.is_empty(),
        "against ARCHITECTURE.md:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn only_shells_do_io() {
    let mut wrong = Vec::new();
    each_source(|path, text| {
        if SHELLS.iter().any(|shell| path.starts_with(shell)) {
            return;
        }
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (n, line) in code
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.trim_start().starts_with("//"))
        {
            for word in IO_WORDS.iter().filter(|word| line.contains(*word)) {
                wrong.push(format!(
                    "{path}:{}: `{word}` in a pure file: move it to a shell",
                    n + 1
                ));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_short() {
    each_source(|path, text| {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines = code
            .lines()
            .filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with("//"))
            .count();
        assert!(
            lines <= MAX_CODE_LINES,
            "{path}: {lines} lines of code, {MAX_CODE_LINES} allowed: split by what changes together"
        );
    });
}

fn floor(room: &str) -> usize {
    FLOORS
        .iter()
        .position(|rooms| rooms.contains(&room))
        .unwrap_or_else(|| {
            panic!("room `{room}` is on no floor: add it to FLOORS and ARCHITECTURE.md")
        })
}

fn each_source(mut check: impl FnMut(&str, &str)) {
    fn walk(dir: &Path, check: &mut impl FnMut(&str, &str)) {
        for item in fs::read_dir(dir).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                walk(&path, check);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                check(path.to_str().unwrap(), &fs::read_to_string(&path).unwrap());
            }
        }
    }
    walk(Path::new("src"), &mut check);
}
