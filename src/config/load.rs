//! Finds the files, reads them, and puts the configuration together.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::file::{Listed, MainFile, read_included, read_main};
use super::network::CaFile;
use super::place::whole_file;
use super::report::Report;
use super::secret::Secrets;
use super::{Config, ConfigErrors, Place, check, opml, origins};

/// Larger files are no configuration.
const FILE_BYTES: u64 = 64 << 20;

/// The variables of the environment, as they were at one time.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        let pair = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(pair).collect())
    }

    /// A variable; an empty one counts as not set.
    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values can be passwords.
        f.write_str("Environment(..)")
    }
}

/// How the configuration is found.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--db`.
    pub database: Option<PathBuf>,
    /// Variables of the environment.
    pub environment: Environment,
    /// No feed is polled with this configuration: a password that the environment does not hold is
    /// no fault then. An operator's shell has not the environment of the service.
    pub is_for_reading: bool,
}

impl LoadOptions {
    /// By the flags and the process's environment.
    pub fn from_environment(config: Option<PathBuf>, database: Option<PathBuf>) -> Self {
        Self {
            config,
            database,
            environment: Environment::of_process(),
            is_for_reading: false,
        }
    }

    /// This file, whatever the environment says.
    pub fn for_file(config: PathBuf, database: Option<PathBuf>) -> Self {
        Self {
            config: Some(config),
            database,
            environment: Environment::default(),
            is_for_reading: false,
        }
    }

    /// `--config`, `FEEDMILL_CONFIG`, else the first file there is of those it is looked for in.
    fn config_file(&self) -> Option<PathBuf> {
        let environment = &self.environment;
        let named = self
            .config
            .clone()
            .or_else(|| environment.get("FEEDMILL_CONFIG").map(PathBuf::from));
        if named.is_some() {
            return named;
        }
        let user = environment
            .get("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(Path::new(environment.get("HOME")?).join(".config")));
        [
            Some(PathBuf::from("feedmill.toml")),
            user.map(|folder| folder.join("feedmill/feedmill.toml")),
            Some(PathBuf::from("/etc/feedmill/feedmill.toml")),
        ]
        .into_iter()
        .flatten()
        .find(|path| path.is_file())
    }

    /// The database and who named it: `--db`, `FEEDMILL_DB`, `$STATE_DIRECTORY`, the file, else the
    /// user's state folder.
    fn database(&self, main: &MainFile, source: Option<&Path>) -> (PathBuf, &'static str) {
        let environment = &self.environment;
        if let Some(path) = &self.database {
            return (path.clone(), "--db");
        }
        if let Some(path) = environment.get("FEEDMILL_DB") {
            return (PathBuf::from(path), "FEEDMILL_DB");
        }
        let named = main.database.as_deref().map(Path::new);
        // systemd gives a list when the unit names several folders.
        if let Some(folder) = environment
            .get("STATE_DIRECTORY")
            .and_then(|list| list.split(':').next())
        {
            let relative = named.map(|path| {
                if path.is_absolute() {
                    path.file_name().map_or(path, Path::new)
                } else {
                    path
                }
            });
            let name = relative.unwrap_or(Path::new("feedmill.db"));
            return (Path::new(folder).join(name), "STATE_DIRECTORY");
        }
        if let Some(named) = named {
            return (beside(source, named), "file");
        }
        let folder = environment
            .get("XDG_STATE_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(Path::new(environment.get("HOME")?).join(".local/state")));
        let folder = folder
            .map(|folder| folder.join("feedmill"))
            .unwrap_or_default();
        (folder.join("feedmill.db"), "default")
    }

    fn secrets(&self) -> Secrets {
        let mut secrets = Secrets {
            variables: self.environment.0.clone(),
            is_optional: self.is_for_reading,
            ..Secrets::default()
        };
        let Some(folder) = self.environment.get("CREDENTIALS_DIRECTORY") else {
            return secrets;
        };
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if let (Ok(name), Ok(text)) =
                (entry.file_name().into_string(), read_text(&entry.path()))
            {
                secrets
                    .credentials
                    .insert(name, text.trim_end_matches(['\r', '\n']).to_owned());
            }
        }
        secrets
    }
}

/// Finds, reads and checks the configuration. Without a file the defaults hold.
///
/// # Errors
/// Every fault of every file, with its place; nothing is taken over then.
pub fn load(options: &LoadOptions) -> Result<Config, ConfigErrors> {
    let mut report = Report::default();
    let secrets = options.secrets();
    let source = options.config_file();
    let mut main = match &source {
        None => MainFile::default(),
        Some(path) => match read_text(path) {
            Ok(text) => read_main(&path.display().to_string(), &text, &secrets, &mut report),
            Err(why) => {
                let hint = "`feedmill config init FILE` writes a sample".to_owned();
                report.fault(whole_file(&path.display().to_string()), "", why, Some(hint));
                return Err(ConfigErrors::new(report.sorted_faults()));
            }
        },
    };
    let mut listed = std::mem::take(&mut main.listed);
    read_includes(&main, source.as_deref(), &secrets, &mut listed, &mut report);
    if let Some(ca_file) = &main.ca_file {
        main.network.ca_file_pem = read_roots(ca_file, source.as_deref(), &mut report);
    }
    let Listed {
        mut feeds,
        mut folders,
    } = listed;
    check::check_folders(&mut folders, &mut report);
    check::check_feeds(&mut feeds, &main.network, &main.limits, &mut report);
    if !report.faults.is_empty() {
        return Err(ConfigErrors::new(report.sorted_faults()));
    }
    let (database, database_from) = options.database(&main, source.as_deref());
    let database = without_link(database);
    let from = report
        .given
        .get("database")
        .filter(|_| database_from == "file");
    let from = from.map_or_else(|| database_from.to_owned(), |(_, place)| place.to_string());
    let mut config = Config {
        database,
        feeds,
        folders,
        network: main.network,
        retention: main.retention,
        limits: main.limits,
        web: main.web,
        source,
        warnings: report.warnings,
        defaults: main.defaults,
        origins: Vec::new(),
    };
    config.origins = origins::list(&config, &report.given, &from);
    Ok(config)
}

/// The file a link leads to: lock and log stand beside the file itself, so that two names of one
/// database are one database.
fn without_link(path: PathBuf) -> PathBuf {
    if path.is_symlink() {
        std::fs::canonicalize(&path).unwrap_or(path)
    } else {
        path
    }
}

/// A path as seen from the folder of the configuration file.
fn beside(source: Option<&Path>, path: &Path) -> PathBuf {
    source
        .and_then(Path::parent)
        .unwrap_or(Path::new(""))
        .join(path)
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = read_bytes(path)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error
            .as_bytes()
            .iter()
            .take(error.utf8_error().valid_up_to())
            .filter(|b| **b == b'\n')
            .count()
            + 1;
        format!("is not UTF-8 in line {line}")
    })?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot read the file: {error}");
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if metadata.is_dir() {
        return Err("cannot read the file: it is a folder".to_owned());
    }
    if metadata.len() > FILE_BYTES {
        return Err(format!(
            "cannot read the file: it is larger than {FILE_BYTES} bytes"
        ));
    }
    std::fs::read(path).map_err(cannot)
}

fn read_roots(ca_file: &CaFile, source: Option<&Path>, report: &mut Report) -> Option<Vec<u8>> {
    let path = beside(source, Path::new(&ca_file.path));
    let why = match read_bytes(&path) {
        Ok(bytes)
            if bytes
                .windows(27)
                .any(|part| part == b"-----BEGIN CERTIFICATE-----") =>
        {
            return Some(bytes);
        }
        Ok(_) => "holds no certificate in PEM form".to_owned(),
        Err(why) => why,
    };
    report.fault(
        ca_file.place.clone(),
        "network.ca_file",
        format!("`{}`: {why}", path.display()),
        None,
    );
    None
}

fn read_includes(
    main: &MainFile,
    source: Option<&Path>,
    secrets: &Secrets,
    listed: &mut Listed,
    report: &mut Report,
) {
    let mut seen: HashSet<PathBuf> = source
        .and_then(|path| path.canonicalize().ok())
        .into_iter()
        .collect();
    for (pattern, place) in &main.include {
        for path in matching(&beside(source, Path::new(pattern)), pattern, place, report) {
            if path.canonicalize().is_ok_and(|whole| !seen.insert(whole)) {
                continue;
            }
            let more = read_include(&path, main, secrets, report);
            listed.feeds.extend(more.feeds);
            listed.folders.extend(more.folders);
        }
    }
}

/// The files of a pattern, sorted by name.
fn matching(full: &Path, pattern: &str, place: &Place, report: &mut Report) -> Vec<PathBuf> {
    let paths = match glob::glob(&full.display().to_string()) {
        Ok(paths) => paths,
        Err(error) => {
            report.fault(
                place.clone(),
                "include",
                format!("`{pattern}` is no pattern: {}", error.msg),
                None,
            );
            return Vec::new();
        }
    };
    let files: Vec<PathBuf> = paths
        .filter_map(Result::ok)
        .filter(|path| path.is_file())
        .collect();
    if files.is_empty() {
        let why = format!("`{pattern}` matches no file");
        if pattern.contains(['*', '?', '[']) {
            report.warn(place.clone(), "include", why, None);
        } else {
            report.fault(
                place.clone(),
                "include",
                why,
                Some("the path is relative to this file".to_owned()),
            );
        }
    }
    files
}

fn read_include(path: &Path, main: &MainFile, secrets: &Secrets, report: &mut Report) -> Listed {
    let name = path.display().to_string();
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    let read = match extension.as_deref() {
        Some("toml") => {
            read_text(path).map(|text| read_included(&name, &text, &main.defaults, secrets, report))
        }
        Some("opml" | "xml") => {
            read_bytes(path).map(|bytes| opml::read(&name, &bytes, &main.defaults, report))
        }
        Some(_) | None => Err("is neither `.toml` nor `.opml`".to_owned()),
    };
    read.unwrap_or_else(|why| {
        report.fault(whole_file(&name), "", why, None);
        Listed::default()
    })
}
