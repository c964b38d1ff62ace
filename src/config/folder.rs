//! `[[folders]]`, and what feeds and folders have of an OPML list alike.

use toml::Spanned;

use super::FolderConfig;
use super::report::Report;
use super::section::{Section, wrong_type};
use crate::feed::opml::{MAX_FOLDERS, is_attribute_name};
use crate::text::clean_line;

/// Reads one folder; `None` when it has no usable path.
pub(super) fn read(section: &Section<'_>, report: &mut Report) -> Option<FolderConfig> {
    let path = read_path(section, report);
    let opml = read_opml(section, report);
    Some(FolderConfig {
        path: path?,
        opml,
        place: section.place("path"),
    })
}

fn read_path(section: &Section<'_>, report: &mut Report) -> Option<Vec<String>> {
    const HINT: &str =
        "write `path = \"News\"`, or `[\"News\", \"World\"]` for a folder in a folder";
    let hint = || Some(HINT.to_owned());
    if !section.has("path") {
        section.fault(report, "path", "is missing".to_owned(), hint());
        return None;
    }
    let names = section.texts(report, "path")?;
    let mut path = Vec::with_capacity(names.len());
    for (name, place) in names {
        let name = clean_line(name);
        if name.is_empty() {
            report.fault(place, &section.key("path"), "holds an empty name", hint());
            return None;
        }
        path.push(name);
    }
    let why = match path.len() {
        0 => "is empty".to_owned(),
        1..=MAX_FOLDERS => return Some(path),
        depth => format!("has {depth} names, but {MAX_FOLDERS} are the most"),
    };
    section.fault(report, "path", why, hint());
    None
}

/// Further attributes in an OPML list.
pub(super) fn read_opml(section: &Section<'_>, report: &mut Report) -> Vec<(String, String)> {
    let Some(value) = section.value("opml").map(Spanned::get_ref) else {
        return Vec::new();
    };
    let Some(table) = value.as_table() else {
        let why = wrong_type("a table of strings", value);
        let hint = "write `opml = { htmlUrl = \"https://example.org/\" }`";
        section.fault(report, "opml", why, Some(hint.to_owned()));
        return Vec::new();
    };
    let mut attributes = Vec::new();
    for (name, value) in table {
        let name = name.get_ref().as_ref();
        let why = match value.get_ref().as_str() {
            None => wrong_type("a string", value.get_ref()),
            Some(_) if !is_attribute_name(name) => "is no name of an attribute".to_owned(),
            Some(value) => {
                attributes.push((name.to_owned(), value.to_owned()));
                continue;
            }
        };
        let why = format!("`{}`: {why}", clean_line(name));
        section.fault(report, "opml", why, None);
    }
    attributes
}
