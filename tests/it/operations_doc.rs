//! docs/operations.md names every error class, and none that does not exist.

use feedmill::model::ErrorClass;

/// The first cells of the table under a heading, without their backticks.
fn first_cells(text: &str, heading: &str) -> Vec<String> {
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once('`'))
        .map(|(cell, _)| cell.to_owned())
        .collect()
}

#[test]
fn every_error_class_is_explained_in_order() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let classes: Vec<_> = ErrorClass::ALL.iter().map(|class| class.as_str()).collect();
    assert_eq!(first_cells(&text, "Error classes"), classes);
}
