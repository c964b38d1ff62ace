//! One table of a file, read key by key.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Place;
use super::keys::{Key, Kind};
use super::place::SourceText;
use super::report::Report;
use super::suggest::nearest;
use super::units;

/// A table, its keys checked against those it may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    source: &'a SourceText<'a>,
    table: &'a DeTable<'a>,
    start: usize,
    path: &'a str,
}

impl<'a> Section<'a> {
    /// Looks at a table; each key that it may not have is a fault.
    pub(super) fn open(
        source: &'a SourceText<'a>,
        table: &'a Spanned<DeTable<'a>>,
        path: &'a str,
        keys: &[Key],
        report: &mut Report,
    ) -> Self {
        let section = Self {
            source,
            table: table.get_ref(),
            start: table.span().start,
            path,
        };
        section.check_keys(keys, report);
        section
    }

    /// The same for a value that must be a table.
    pub(super) fn of_value(
        source: &'a SourceText<'a>,
        value: &'a Spanned<DeValue<'a>>,
        path: &'a str,
        keys: &[Key],
        report: &mut Report,
    ) -> Option<Self> {
        let Some(table) = value.get_ref().as_table() else {
            report.fault(
                source.place(value.span().start),
                path,
                wrong_type("a table", value.get_ref()),
                None,
            );
            return None;
        };
        let section = Self {
            source,
            table,
            start: value.span().start,
            path,
        };
        section.check_keys(keys, report);
        Some(section)
    }

    fn check_keys(&self, keys: &[Key], report: &mut Report) {
        for (name, value) in self.table {
            let written = name.get_ref().as_ref();
            match keys.iter().find(|key| key.name == written) {
                Some(Key {
                    kind: Kind::Table(_) | Kind::Tables(_),
                    ..
                }) => {}
                Some(_) => self.note_given(written, value.span(), report),
                None => {
                    let place = self.source.place(name.span().start);
                    let (why, hint) = unknown(written, keys);
                    report.fault(place, &self.key(written), why, hint);
                }
            }
        }
    }

    fn note_given(&self, name: &str, span: Range<usize>, report: &mut Report) {
        // The many places of feeds and folders stand with them.
        if !matches!(self.path, "feeds" | "folders") {
            let place = self.source.place(span.start);
            let written = self.source.text.get(span).unwrap_or_default().to_owned();
            report.given.insert(self.key(name), (written, place));
        }
    }

    /// The full name of a key.
    pub(super) fn key(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Whether the key stands in the table.
    pub(super) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// The value of a key.
    pub(super) fn value(&self, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(name)
    }

    /// Where the value of a key stands; the table when it has none.
    pub(super) fn place(&self, name: &str) -> Place {
        self.source.place(
            self.value(name)
                .map_or(self.start, |value| value.span().start),
        )
    }

    /// Reports a fault at a key's value.
    pub(super) fn fault(&self, report: &mut Report, name: &str, why: String, hint: Option<String>) {
        report.fault(self.place(name), &self.key(name), why, hint);
    }

    /// Reports a warning at a key's value.
    pub(super) fn warn(&self, report: &mut Report, name: &str, why: String, hint: Option<String>) {
        report.warn(self.place(name), &self.key(name), why, hint);
    }

    /// A string.
    pub(super) fn text(&self, report: &mut Report, name: &str) -> Option<&'a str> {
        let value = self.value(name)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.fault(report, name, wrong_type("a string", value.get_ref()), None);
        }
        text
    }

    /// Strings, each with its place; a single string counts as one.
    pub(super) fn texts(&self, report: &mut Report, name: &str) -> Option<Vec<(&'a str, Place)>> {
        let value = self.value(name)?;
        if let Some(text) = value.get_ref().as_str() {
            return Some(vec![(text, self.place(name))]);
        }
        let Some(array) = value.get_ref().as_array() else {
            self.fault(
                report,
                name,
                wrong_type("an array of strings", value.get_ref()),
                None,
            );
            return None;
        };
        let mut texts = Vec::new();
        for element in array {
            let place = self.source.place(element.span().start);
            match element.get_ref().as_str() {
                Some(text) => texts.push((text, place)),
                None => report.fault(
                    place,
                    &self.key(name),
                    wrong_type("a string", element.get_ref()),
                    None,
                ),
            }
        }
        Some(texts)
    }

    /// True or false.
    pub(super) fn flag(&self, report: &mut Report, name: &str) -> Option<bool> {
        let value = self.value(name)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.fault(
                report,
                name,
                wrong_type("true or false", value.get_ref()),
                None,
            );
        }
        flag
    }

    /// A whole number that is not negative.
    pub(super) fn count(&self, report: &mut Report, name: &str) -> Option<usize> {
        let value = self.value(name)?;
        let count = integer(value.get_ref()).and_then(|number| u32::try_from(number).ok());
        if count.is_none() {
            let what = "a whole number from 0 to 4294967295";
            self.fault(report, name, wrong_type(what, value.get_ref()), None);
        }
        usize::try_from(count?).ok()
    }

    /// A duration.
    pub(super) fn duration(&self, report: &mut Report, name: &str) -> Option<Duration> {
        let value = self.value(name)?;
        let read = match value.get_ref().as_str() {
            Some(text) => units::duration(text),
            None => Err(wrong_type("a duration", value.get_ref())),
        };
        read.map_err(|why| self.fault(report, name, why, Some(DURATION_HINT.to_owned())))
            .ok()
    }

    /// Durations, or one.
    pub(super) fn durations(&self, report: &mut Report, name: &str) -> Option<Vec<Duration>> {
        let texts = self.texts(report, name)?;
        let read = |(text, place): (&str, Place)| match units::duration(text) {
            Ok(duration) => Some(duration),
            Err(why) => {
                report.fault(place, &self.key(name), why, Some(DURATION_HINT.to_owned()));
                None
            }
        };
        Some(texts.into_iter().filter_map(read).collect())
    }

    /// A size in bytes.
    pub(super) fn size(&self, report: &mut Report, name: &str) -> Option<u64> {
        let value = self.value(name)?;
        let read = match (value.get_ref().as_str(), integer(value.get_ref())) {
            (Some(text), _) => units::size(text),
            (None, Some(number)) => {
                u64::try_from(number).map_err(|_| "must not be negative".to_owned())
            }
            (None, None) => Err(wrong_type("a size", value.get_ref())),
        };
        let hint = "write bytes as a number, or a number with `KB`, `MB`, `KiB` or `MiB`, for example `\"5MB\"`";
        read.map_err(|why| self.fault(report, name, why, Some(hint.to_owned())))
            .ok()
    }
}

pub(super) const DURATION_HINT: &str =
    "write a whole number with `ms`, `s`, `m`, `h` or `d`, for example `\"30m\"`";

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
}

/// What a value should have been.
pub(super) fn wrong_type(wanted: &str, value: &DeValue<'_>) -> String {
    match value {
        DeValue::Integer(number) => format!("expected {wanted}, found `{}`", number.as_str()),
        DeValue::Float(number) => format!("expected {wanted}, found `{}`", number.as_str()),
        DeValue::Boolean(flag) => format!("expected {wanted}, found `{flag}`"),
        DeValue::String(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            let article = if value.is_array() { "an" } else { "a" };
            format!("expected {wanted}, found {article} {}", value.type_str())
        }
    }
}

/// What to say of a key that may not stand here.
fn unknown(name: &str, keys: &[Key]) -> (String, Option<String>) {
    if let Some(near) = nearest(name, keys.iter().map(|key| key.name)) {
        return (
            "unknown key".to_owned(),
            Some(format!("did you mean `{near}`?")),
        );
    }
    if let Some(home) = home_of(name, keys) {
        return (format!("does not belong here, but in {home}"), None);
    }
    let known: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
    (
        "unknown key".to_owned(),
        Some(format!("known here: {}", known.join(", "))),
    )
}

/// The section that a key belongs in.
fn home_of(name: &str, keys: &[Key]) -> Option<&'static str> {
    use super::keys::{DEFAULTS, FEED, FILE, FOLDER, NETWORK, WEB};
    [
        ("[defaults]", DEFAULTS),
        ("[[feeds]]", FEED),
        ("[[folders]]", FOLDER),
        ("[limits]", super::limits::KEYS),
        ("[network]", NETWORK),
        ("[web]", WEB),
        ("the main file, above all sections", FILE),
    ]
    .into_iter()
    .find(|(_, home)| !std::ptr::eq(*home, keys) && home.iter().any(|key| key.name == name))
    .map(|(home, _)| home)
}
