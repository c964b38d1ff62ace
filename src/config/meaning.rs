//! What a configuration means.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ::url::Url;
use regex::Regex;

use super::settings::Settings;
use super::{Limits, Network, Notice, Origin, Place, Retention, Web};
use crate::http::Credentials;
use crate::schedule::Plan;

/// A checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database file.
    pub database: PathBuf,
    /// Every configured feed, in the order of the files.
    pub feeds: Vec<FeedConfig>,
    /// Folders of an OPML list that have attributes or hold no feed, each once, in the order of the
    /// files.
    pub folders: Vec<FolderConfig>,
    /// How feedmill meets the network.
    pub network: Network,
    /// Sizes, times and counts.
    pub limits: Limits,
    /// How long things are kept.
    pub retention: Retention,
    /// The status page; `None`: off.
    pub web: Option<Web>,
    /// The file it was read from; `None`: defaults only.
    pub source: Option<PathBuf>,
    /// What is no fault but worth a word.
    pub warnings: Vec<Notice>,
    pub(super) defaults: Settings,
    pub(super) origins: Vec<Origin>,
}

/// A feed with everything its polls need.
#[derive(Clone)]
pub struct FeedConfig {
    /// Address without user and password; the feed's key in the store.
    pub url: Url,
    /// Unique name.
    pub name: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// When it is polled.
    pub plan: Plan,
    /// Where its texts are taken from.
    pub content: ContentMode,
    /// How long its raw pages are kept.
    pub keep_raw: KeepRaw,
    /// For HTTP authentication, to the origin of `url` only.
    pub credentials: Option<Credentials>,
    /// Further request header fields, to the origin of `url` only.
    pub headers: Vec<(String, String)>,
    /// Proxy to go through; may hold credentials.
    pub proxy: Option<String>,
    /// The server's certificate is checked.
    pub is_tls_verified: bool,
    /// robots.txt is obeyed for article pages.
    pub obeys_robots: bool,
    /// When not empty: only entries whose title or URL matches one.
    pub include: Vec<Regex>,
    /// No entries whose title or URL matches one; wins over `include`.
    pub exclude: Vec<Regex>,
    /// Ages at which an article's page is fetched again, rising.
    pub recheck: Vec<Duration>,
    /// A person said to wait.
    pub is_paused: bool,
    /// Where it stands in an OPML list, each folder as its path, outermost name first.
    pub folders: Vec<Vec<String>>,
    /// Further attributes in an OPML list.
    pub opml: Vec<(String, String)>,
    /// Where it is configured; `None` for a feed fetched by hand.
    pub place: Option<Place>,
}

/// A folder of an OPML list; feeds name theirs themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderConfig {
    /// Its names, outermost first.
    pub path: Vec<String>,
    /// Its attributes.
    pub opml: Vec<(String, String)>,
    /// Where it is configured.
    pub place: Place,
}

/// Where the texts of a feed's articles are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContentMode {
    /// From each article's page.
    Page,
    /// From the feed; no page is fetched.
    Feed,
    /// Learns whether the feed carries the whole text.
    #[default]
    Auto,
}

/// How long raw pages are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepRaw {
    /// Not at all.
    None,
    /// For a time.
    For(Duration),
    /// For good.
    Forever,
}

impl Default for KeepRaw {
    fn default() -> Self {
        Self::For(Duration::from_hours(30 * 24))
    }
}

impl Config {
    /// A feed that is fetched by hand: `url` with the defaults. User and password in the URL are
    /// taken out and used.
    pub fn defaults_for_adhoc(&self, url: &Url) -> FeedConfig {
        FeedConfig::from_defaults(url, &self.defaults)
    }

    /// Every value in force but those of the feeds, then what each feed and each folder says itself, with who said
    /// so. Passwords, header values and proxies with a password are not shown.
    pub fn origins(&self) -> Vec<Origin> {
        self.origins.clone()
    }
}

impl FeedConfig {
    pub(super) fn from_defaults(url: &Url, defaults: &Settings) -> Self {
        let (url, credentials) = super::secret::take_credentials(url);
        Self {
            url,
            name: None,
            tags: defaults.tags.clone(),
            plan: defaults.plan.clone(),
            content: defaults.content,
            keep_raw: defaults.keep_raw,
            credentials,
            headers: defaults.headers.clone(),
            proxy: defaults.proxy.clone(),
            is_tls_verified: true,
            obeys_robots: defaults.obeys_robots,
            include: defaults.include.clone(),
            exclude: defaults.exclude.clone(),
            recheck: defaults.recheck.clone(),
            is_paused: false,
            folders: Vec::new(),
            opml: Vec::new(),
            place: None,
        }
    }
}

impl fmt::Debug for FeedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("FeedConfig")
            .field("url", &self.url.as_str())
            .field("name", &self.name)
            .field("tags", &self.tags)
            .field("plan", &self.plan)
            .field("content", &self.content)
            .field("keep_raw", &self.keep_raw)
            .field("has_credentials", &self.credentials.is_some())
            .field("headers", &headers)
            .field("has_proxy", &self.proxy.is_some())
            .field("is_tls_verified", &self.is_tls_verified)
            .field("obeys_robots", &self.obeys_robots)
            .field("is_paused", &self.is_paused)
            .finish_non_exhaustive()
    }
}
