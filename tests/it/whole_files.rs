//! Files beside the database, on a disk that does not take them.

use crate::support::{
    cli::Folder,
    faultfs::{ENOSPC, Faults},
};

/// Names in a folder.
fn names(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_leaves_no_half_of_a_new_configuration() {
    for calls in ["create", "write", "sync"] {
        let folder = Folder::new();
        let faults = Faults::fail(ENOSPC)
            .in_calls(calls)
            .of_files_like("feedmill.toml");
        folder
            .run_with(&["config", "init", "feedmill.toml"], &faults.variables())
            .ends_with(74)
            .complains_of(&["feedmill.toml", "No space left"]);
        assert_eq!(names(&folder), Vec::<String>::new(), "{calls}");
        folder
            .run(&["config", "init", "feedmill.toml"])
            .ends_with(0);
        assert_eq!(names(&folder), ["feedmill.toml"]);
        folder.run(&["config", "check"]).ends_with(0);
    }
}

#[test]
fn a_configuration_that_is_there_is_not_begun_anew() {
    let folder = Folder::new();
    folder.write("feedmill.toml", "# mine\n");
    folder
        .run(&["config", "init", "feedmill.toml"])
        .ends_with(74)
        .complains_of(&["feedmill.toml", "exists"]);
    let kept = std::fs::read(folder.path().join("feedmill.toml")).unwrap();
    assert_eq!(kept, b"# mine\n");
}

#[test]
fn a_full_disk_leaves_an_edited_configuration_as_it_was() {
    let add = ["feeds", "add", "--no-check", "http://127.0.0.1:9/rss"];
    for calls in ["create", "write", "sync"] {
        let folder = Folder::new();
        folder.write("feedmill.toml", "# mine\n");
        let faults = Faults::fail(ENOSPC)
            .in_calls(calls)
            .of_files_like("feedmill.toml");
        folder
            .run_with(&add, &faults.variables())
            .ends_with(74)
            .complains_of(&["feedmill.toml", "No space left"]);
        assert_eq!(names(&folder), ["feedmill.toml"], "{calls}");
        let kept = std::fs::read(folder.path().join("feedmill.toml")).unwrap();
        assert_eq!(kept, b"# mine\n", "{calls}");
        folder.run(&add).ends_with(0);
    }
}
