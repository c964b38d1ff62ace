//! One TOML file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{DEFAULTS, FEED, FILE, FOLDER, INCLUDED, NETWORK, RETENTION, WEB};
use super::network::CaFile;
use super::place::SourceText;
use super::report::Report;
use super::secret::Secrets;
use super::section::{Section, wrong_type};
use super::settings::Settings;
use super::{
    FeedConfig, FolderConfig, Limits, Network, Place, Retention, Web, feed, folder, limits,
    network, retention, web,
};

/// What the main file says.
#[derive(Debug, Default)]
pub(super) struct MainFile {
    pub(super) database: Option<String>,
    /// Patterns of further files.
    pub(super) include: Vec<(String, Place)>,
    pub(super) defaults: Settings,
    pub(super) network: Network,
    pub(super) retention: Retention,
    pub(super) ca_file: Option<CaFile>,
    pub(super) limits: Limits,
    pub(super) web: Option<Web>,
    pub(super) listed: Listed,
}

/// What every file may list.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) feeds: Vec<FeedConfig>,
    pub(super) folders: Vec<FolderConfig>,
}

/// Reads the main file; syntax and meaning that are wrong are reported, the rest is read.
pub(super) fn read_main(
    name: &str,
    text: &str,
    secrets: &Secrets,
    report: &mut Report,
) -> MainFile {
    let source = SourceText::new(name, text);
    let mut main = MainFile::default();
    let Some(table) = parse(&source, report) else {
        return main;
    };
    let top = Section::open(&source, &table, "", FILE, report);
    main.database = read_database(&top, report);
    main.include = top
        .texts(report, "include")
        .unwrap_or_default()
        .into_iter()
        .map(|(pattern, place)| (pattern.to_owned(), place))
        .collect();
    if let Some(section) = sub(&source, &top, "defaults", DEFAULTS, report) {
        main.defaults = Settings::read(&section, &Settings::default(), report);
    }
    if let Some(section) = sub(&source, &top, "network", NETWORK, report) {
        (main.network, main.ca_file) = network::read(&section, report);
    }
    if let Some(section) = sub(&source, &top, "limits", limits::KEYS, report) {
        main.limits = limits::read(&section, report);
    }
    if let Some(section) = sub(&source, &top, "retention", RETENTION, report) {
        main.retention = retention::read(&section, report);
    }
    main.web =
        sub(&source, &top, "web", WEB, report).and_then(|section| web::read(&section, report));
    main.listed = read_listed(&source, &top, &main.defaults, secrets, report);
    main
}

/// Reads an included file, which holds feeds and folders only.
pub(super) fn read_included(
    name: &str,
    text: &str,
    defaults: &Settings,
    secrets: &Secrets,
    report: &mut Report,
) -> Listed {
    let source = SourceText::new(name, text);
    let Some(table) = parse(&source, report) else {
        return Listed::default();
    };
    let top = Section::open(&source, &table, "", INCLUDED, report);
    read_listed(&source, &top, defaults, secrets, report)
}

fn parse<'a>(source: &SourceText<'a>, report: &mut Report) -> Option<Spanned<DeTable<'a>>> {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    for error in &errors {
        let place = error
            .span()
            .map_or_else(|| source.whole(), |span| source.place(span.start));
        let message = crate::text::clean_line(error.message());
        report.fault(place, "", format!("not TOML: {message}"), None);
    }
    // What is read of a broken file gives faults that are none.
    errors.is_empty().then_some(table)
}

fn sub<'a>(
    source: &'a SourceText<'a>,
    top: &Section<'a>,
    name: &'a str,
    keys: &'static [super::keys::Key],
    report: &mut Report,
) -> Option<Section<'a>> {
    Section::of_value(source, top.value(name)?, name, keys, report)
}

fn read_database(top: &Section<'_>, report: &mut Report) -> Option<String> {
    let database = top.text(report, "database")?;
    if database.trim().is_empty() || database.ends_with('/') {
        let why = "is no name of a file".to_owned();
        top.fault(
            report,
            "database",
            why,
            Some("write for example `database = \"feedmill.db\"`".to_owned()),
        );
        return None;
    }
    Some(database.to_owned())
}

fn read_listed<'a>(
    source: &'a SourceText<'a>,
    top: &Section<'a>,
    defaults: &Settings,
    secrets: &Secrets,
    report: &mut Report,
) -> Listed {
    let mut listed = Listed::default();
    for element in elements(top, "feeds", report) {
        if let Some(section) = Section::of_value(source, element, "feeds", FEED, report) {
            let feed = feed::read(&section, defaults, secrets, report);
            listed.feeds.extend(feed);
        }
    }
    for element in elements(top, "folders", report) {
        if let Some(section) = Section::of_value(source, element, "folders", FOLDER, report) {
            listed.folders.extend(folder::read(&section, report));
        }
    }
    listed
}

/// The elements of an array of tables.
fn elements<'a>(top: &Section<'a>, name: &str, report: &mut Report) -> &'a [Spanned<DeValue<'a>>] {
    let Some(value) = top.value(name) else {
        return &[];
    };
    let Some(array) = value.get_ref().as_array() else {
        let why = wrong_type("an array of tables", value.get_ref());
        let one = name.trim_end_matches('s');
        let hint = format!("begin each {one} with `[[{name}]]`");
        top.fault(report, name, why, Some(hint));
        return &[];
    };
    array
}
