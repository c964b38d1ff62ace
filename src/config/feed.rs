//! `[[feeds]]`.

use ::url::{ParseError, Url};
use toml::Spanned;
use toml::de::DeValue;

use super::report::Report;
use super::secret::{Secrets, take_credentials};
use super::section::{Section, wrong_type};
use super::settings::Settings;
use super::{FeedConfig, folder};
use crate::http::Credentials;
use crate::text::clean_line;

/// Reads one feed; `None` when it has no usable address.
pub(super) fn read(
    section: &Section<'_>,
    defaults: &Settings,
    secrets: &Secrets,
    report: &mut Report,
) -> Option<FeedConfig> {
    let settings = Settings::read(section, defaults, report);
    let url = read_url(section, report);
    let name = read_name(section, report);
    let credentials = read_credentials(section, secrets, report);
    let is_tls_verified = section.flag(report, "tls_verify").unwrap_or(true);
    let is_paused = section.flag(report, "paused").unwrap_or(false);
    let folders = read_folders(section, report);
    let opml = folder::read_opml(section, report);
    let url = url?;
    if !is_tls_verified {
        let why = "the server's certificate is not checked".to_owned();
        let hint = "put the server's root into `network.ca_file` instead";
        section.warn(report, "tls_verify", why, Some(hint.to_owned()));
    }
    let in_url = take_credentials(&url).1;
    let mut feed = FeedConfig::from_defaults(&url, &settings);
    feed.name = name;
    feed.credentials = credentials.or(in_url);
    feed.is_tls_verified = is_tls_verified;
    feed.is_paused = is_paused;
    feed.folders = folders;
    feed.opml = opml;
    feed.place = Some(section.place("url"));
    Some(feed)
}

fn read_url(section: &Section<'_>, report: &mut Report) -> Option<Url> {
    if !section.has("url") {
        section.fault(
            report,
            "url",
            "is missing".to_owned(),
            Some("each `[[feeds]]` needs a `url`".to_owned()),
        );
        return None;
    }
    let text = section.text(report, "url")?;
    match checked_url(text) {
        Ok(url) => Some(url),
        Err((why, hint)) => {
            section.fault(report, "url", why, hint);
            None
        }
    }
}

/// The address, or what is wrong with it and the way out. The text is not repeated where it may
/// hold a password.
pub(super) fn checked_url(text: &str) -> Result<Url, (String, Option<String>)> {
    let text = text.trim();
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(url) => {
            // `example.org:8080/rss` reads as a scheme, too.
            let scheme = clean_line(url.scheme());
            let hint = if url.scheme() == "feed" {
                "write `https:` instead of `feed:`"
            } else {
                "write the whole address, beginning with `https://`"
            };
            Err((
                format!("scheme `{scheme}` is not http or https"),
                Some(hint.to_owned()),
            ))
        }
        Err(ParseError::RelativeUrlWithoutBase) => Err((
            "is no whole address".to_owned(),
            Some("write the whole address, beginning with `https://`".to_owned()),
        )),
        Err(error) => Err((format!("is no address: {error}"), None)),
    }
}

fn read_name(section: &Section<'_>, report: &mut Report) -> Option<String> {
    let name = clean_line(section.text(report, "name")?);
    if name.is_empty() {
        section.fault(
            report,
            "name",
            "is empty".to_owned(),
            Some("leave the key out, or give a name".to_owned()),
        );
        return None;
    }
    Some(name)
}

/// `"News"`, `["News", "Local"]` (two folders) or `[["News", "World"]]` (one inside the other).
fn read_folders(section: &Section<'_>, report: &mut Report) -> Vec<Vec<String>> {
    let Some(value) = section.value("folders").map(Spanned::get_ref) else {
        return Vec::new();
    };
    let folders = match value.as_array() {
        Some(array) => array
            .iter()
            .map(|item| read_path(item.get_ref(), true))
            .collect(),
        None => read_path(value, false).map(|path| vec![path]),
    };
    match folders {
        Ok(folders) => folders
            .into_iter()
            .filter(|path| !path.is_empty())
            .collect(),
        Err(why) => {
            let hint = "write `folders = [\"News\"]`, or `[[\"News\", \"World\"]]` for a folder in a folder";
            section.fault(report, "folders", why, Some(hint.to_owned()));
            Vec::new()
        }
    }
}

/// The names of one folder's path.
fn read_path(value: &DeValue<'_>, may_be_path: bool) -> Result<Vec<String>, String> {
    let wrong = |value: &DeValue<'_>| wrong_type("names of folders", value);
    let names = match (value.as_str(), value.as_array()) {
        (Some(name), _) => vec![clean_line(name)],
        (None, Some(array)) if may_be_path => array
            .iter()
            .map(Spanned::get_ref)
            .map(|name| name.as_str().map(clean_line).ok_or_else(|| wrong(name)))
            .collect::<Result<_, _>>()?,
        (None, _) => return Err(wrong(value)),
    };
    Ok(names.into_iter().filter(|name| !name.is_empty()).collect())
}

fn read_credentials(
    section: &Section<'_>,
    secrets: &Secrets,
    report: &mut Report,
) -> Option<Credentials> {
    const WAYS: [&str; 3] = ["password", "password_env", "password_credential"];
    let given: Vec<&str> = WAYS.into_iter().filter(|way| section.has(way)).collect();
    if let [first, second, ..] = given.as_slice() {
        let why = format!("stands beside `{first}`");
        section.fault(report, second, why, Some("keep one of the two".to_owned()));
    }
    let password = given.first().and_then(|way| {
        let text = section.text(report, way)?;
        let (found, what, hint) = match *way {
            "password" => return Some(text.to_owned()),
            "password_env" => (
                secrets.variables.get(text),
                "environment variable",
                "set it for the daemon, for example by `Environment=` or `EnvironmentFile=` of the unit",
            ),
            _ => (
                secrets.credentials.get(text),
                "credential",
                "give it by `LoadCredential=` of the unit; it is read from $CREDENTIALS_DIRECTORY",
            ),
        };
        if found.is_none() && !secrets.is_optional {
            let why = format!("{what} `{}` is not there", clean_line(text));
            section.fault(report, way, why, Some(hint.to_owned()));
        }
        found.cloned()
    });
    let user = section.text(report, "user").map(str::to_owned);
    match (user, given.first()) {
        (None, Some(way)) => {
            section.fault(
                report,
                way,
                "stands without `user`".to_owned(),
                Some("add `user`".to_owned()),
            );
            None
        }
        (None, None) => None,
        (Some(user), _) => Some(Credentials { user, password }),
    }
}
