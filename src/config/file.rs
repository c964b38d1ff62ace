//! One TOML file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{DEFAULTS, FEED, FILE, INCLUDED, NETWORK, WEB};
use super::network::CaFile;
use super::place::SourceText;
use super::report::Report;
use super::secret::Secrets;
use super::section::{Section, wrong_type};
use super::settings::Settings;
use super::{FeedConfig, Limits, Network, Place, Web, feed, limits, network, web};

/// What the main file says.
#[derive(Debug, Default)]
pub(super) struct MainFile {
    pub(super) database: Option<String>,
    /// Patterns of further files.
    pub(super) include: Vec<(String, Place)>,
    pub(super) defaults: Settings,
    pub(super) network: Network,
    pub(super) ca_file: Option<CaFile>,
    pub(super) limits: Limits,
    pub(super) web: Option<Web>,
    pub(super) feeds: Vec<FeedConfig>,
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
    main.web =
        sub(&source, &top, "web", WEB, report).and_then(|section| web::read(&section, report));
    main.feeds = read_feeds(&source, &top, &main.defaults, secrets, report);
    main
}

/// Reads an included file, which holds feeds only.
pub(super) fn read_included(
    name: &str,
    text: &str,
    defaults: &Settings,
    secrets: &Secrets,
    report: &mut Report,
) -> Vec<FeedConfig> {
    let source = SourceText::new(name, text);
    let Some(table) = parse(&source, report) else {
        return Vec::new();
    };
    let top = Section::open(&source, &table, "", INCLUDED, report);
    read_feeds(&source, &top, defaults, secrets, report)
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

fn read_feeds<'a>(
    source: &'a SourceText<'a>,
    top: &Section<'a>,
    defaults: &Settings,
    secrets: &Secrets,
    report: &mut Report,
) -> Vec<FeedConfig> {
    let Some(value) = top.value("feeds") else {
        return Vec::new();
    };
    let Some(array) = value.get_ref().as_array() else {
        let why = wrong_type("an array of tables", value.get_ref());
        top.fault(
            report,
            "feeds",
            why,
            Some("begin each feed with `[[feeds]]`".to_owned()),
        );
        return Vec::new();
    };
    let mut feeds = Vec::with_capacity(array.len());
    for element in array {
        feeds.extend(read_feed(source, element, defaults, secrets, report));
    }
    feeds
}

fn read_feed<'a>(
    source: &'a SourceText<'a>,
    element: &'a Spanned<DeValue<'a>>,
    defaults: &Settings,
    secrets: &Secrets,
    report: &mut Report,
) -> Option<FeedConfig> {
    let section = Section::of_value(source, element, "feeds", FEED, report)?;
    feed::read(&section, defaults, secrets, report)
}
