//! Every value in force, and who said so.

use std::collections::BTreeMap;

use serde::Serialize;

use super::keys::{FILE, Key, Kind};
use super::{Config, FeedConfig, FolderConfig, Place};
use crate::schedule::Plan;

/// A value in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The key with its section: `limits.min_interval`.
    pub key: String,
    /// The value as it is written in TOML.
    pub value: String,
    /// `default`, a file with line and column, a flag or a variable of the environment.
    pub origin: String,
}

/// All values but those of feeds, in the order of the documentation, then the feeds and the folders.
pub(super) fn list(
    config: &Config,
    given: &BTreeMap<String, (String, Place)>,
    database_from: &str,
) -> Vec<Origin> {
    let mut origins = vec![Origin {
        key: "database".to_owned(),
        value: quoted(&config.database.display().to_string()),
        origin: database_from.to_owned(),
    }];
    for key in FILE {
        match key.kind {
            Kind::Table(keys) => {
                for inner in keys {
                    origins.extend(value_of(
                        &format!("{}.{}", key.name, inner.name),
                        inner,
                        given,
                    ));
                }
            }
            Kind::Tables(_)
            | Kind::Text
            | Kind::Texts
            | Kind::TextOrTexts
            | Kind::Flag
            | Kind::Count
            | Kind::Duration
            | Kind::Durations
            | Kind::Word(_)
            | Kind::KeepRaw
            | Kind::Span
            | Kind::Size
            | Kind::Headers
            | Kind::Folders => {
                // The database is said above, feeds and folders below.
                if !matches!(key.name, "database" | "feeds" | "folders") {
                    origins.extend(value_of(key.name, key, given));
                }
            }
        }
    }
    origins.extend(config.feeds.iter().map(of_feed));
    origins.extend(config.folders.iter().map(of_folder));
    origins
}

/// A key without value and default is not in force.
fn value_of(path: &str, key: &Key, given: &BTreeMap<String, (String, Place)>) -> Option<Origin> {
    let (value, origin) = match given.get(path) {
        Some((written, place)) => (shown(key, written), place.to_string()),
        None => (written_default(key)?, "default".to_owned()),
    };
    Some(Origin {
        key: path.to_owned(),
        value,
        origin,
    })
}

/// Header fields and proxies can hold passwords.
fn shown(key: &Key, written: &str) -> String {
    let is_secret = key.kind == Kind::Headers || (key.name == "proxy" && written.contains('@'));
    if is_secret {
        "\"(not shown)\"".to_owned()
    } else {
        written.to_owned()
    }
}

fn written_default(key: &Key) -> Option<String> {
    let default = key.default?;
    let is_bare =
        matches!(key.kind, Kind::Flag | Kind::Count) || default.bytes().all(|b| b.is_ascii_digit());
    Some(if is_bare {
        default.to_owned()
    } else {
        quoted(default)
    })
}

fn of_feed(feed: &FeedConfig) -> Origin {
    let plan = match &feed.plan {
        Plan::Every(every) => format!("every {} s", every.as_secs()),
        Plan::Cron(_) => "by cron".to_owned(),
    };
    let mut words = vec![plan];
    words.extend(feed.is_paused.then(|| "paused".to_owned()));
    words.extend((!feed.is_tls_verified).then(|| "TLS not verified".to_owned()));
    words.extend((!feed.obeys_robots).then(|| "robots.txt not obeyed".to_owned()));
    words.extend(feed.credentials.is_some().then(|| "with user".to_owned()));
    let name = feed.name.as_deref().unwrap_or(feed.url.as_str());
    Origin {
        key: format!("feeds.{}", quoted(name)),
        value: quoted(&format!("{} ({})", feed.url, words.join(", "))),
        origin: feed
            .place
            .as_ref()
            .map_or_else(|| "by hand".to_owned(), ToString::to_string),
    }
}

fn of_folder(folder: &FolderConfig) -> Origin {
    let names: Vec<String> = folder.path.iter().map(|name| quoted(name)).collect();
    let attributes: Vec<String> = folder
        .opml
        .iter()
        .map(|(name, value)| format!("{} = {}", quoted(name), quoted(value)))
        .collect();
    let value = if attributes.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", attributes.join(", "))
    };
    Origin {
        key: format!("folders.{}", names.join(".")),
        value,
        origin: folder.place.to_string(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
