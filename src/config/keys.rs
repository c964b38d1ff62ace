//! Every key that may be written: the one table behind reading, suggestions, schema and origins.

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string.
    Text,
    /// Strings.
    Texts,
    /// Strings, or one.
    TextOrTexts,
    /// True or false.
    Flag,
    /// A whole number, zero or more.
    Count,
    /// A duration.
    Duration,
    /// Durations, or one.
    Durations,
    /// Bytes.
    Size,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A duration, `none` or `forever`.
    KeepRaw,
    /// A duration or `forever`.
    Span,
    /// A table of strings.
    Headers,
    /// Folders, each a name or the names from the outermost on, or one.
    Folders,
    /// A section of its own.
    Table(&'static [Key]),
    /// Sections of their own.
    Tables(&'static [Key]),
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// As it would be written; `None`: nothing.
    pub(super) default: Option<&'static str>,
    pub(super) meaning: &'static str,
}

const fn key(
    name: &'static str,
    kind: Kind,
    default: Option<&'static str>,
    meaning: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default,
        meaning,
    }
}

/// Of the file.
pub(super) const FILE: &[Key] = &[
    key(
        "database",
        Kind::Text,
        None,
        "Database file, relative to this file; $STATE_DIRECTORY wins under systemd",
    ),
    key(
        "include",
        Kind::TextOrTexts,
        None,
        "Patterns of further files with feeds, relative to this file: *.toml with [[feeds]] and [[folders]], *.opml",
    ),
    key(
        "defaults",
        Kind::Table(DEFAULTS),
        None,
        "What holds for each feed that does not say otherwise",
    ),
    key(
        "network",
        Kind::Table(NETWORK),
        None,
        "How feedmill meets the network",
    ),
    key(
        "limits",
        Kind::Table(super::limits::KEYS),
        None,
        "Sizes, times and counts",
    ),
    key(
        "retention",
        Kind::Table(RETENTION),
        None,
        "How long articles and the ledger are kept",
    ),
    key("web", Kind::Table(WEB), None, "Status page"),
    FEEDS,
    FOLDERS,
];

/// Of an included file.
pub(super) const INCLUDED: &[Key] = &[FEEDS, FOLDERS];

const FEEDS: Key = key("feeds", Kind::Tables(FEED), None, "The feeds");
const FOLDERS: Key = key(
    "folders",
    Kind::Tables(FOLDER),
    None,
    "Folders of an OPML list that have attributes or hold no feed",
);

/// Of `[network]`.
pub(super) const NETWORK: &[Key] = &[
    key(
        "user_agent",
        Kind::Text,
        Some("feedmill/{version} (+https://example.org/bot)"),
        "Sent with every request; {version} is filled in",
    ),
    key(
        "allow",
        Kind::TextOrTexts,
        None,
        "Exceptions to the ban on addresses that are not public: CIDR or CIDR:port",
    ),
    key(
        "ca_file",
        Kind::Text,
        None,
        "PEM file with further roots, relative to this file; they join the system's",
    ),
    key(
        "retry_after",
        Kind::Word(RETRY_AFTER),
        Some("public-hosts"),
        "Whom a Retry-After binds besides the feed that was asked: every feed of the host if its address is \
         public (public-hosts), every feed of any host (hosts), or none (url), for bridges that speak for many sites",
    ),
];

/// Whom a `Retry-After` may bind.
const RETRY_AFTER: &[&str] = &["public-hosts", "hosts", "url"];

/// Of `[retention]`.
pub(super) const RETENTION: &[Key] = &[
    key(
        "articles",
        Kind::Span,
        Some("forever"),
        "Articles, from when they were first seen; a pruned one does not come back as new",
    ),
    key(
        "ledger",
        Kind::Span,
        Some("30d"),
        "Polls and fetches as rows of their own; older ones are summed up by the day",
    ),
    key(
        "days",
        Kind::Span,
        Some("forever"),
        "Those sums, and the hosts' days",
    ),
    key(
        "max_size",
        Kind::Size,
        None,
        "Bytes in use in the database; beyond, raw pages go first, then articles, the oldest first",
    ),
];

/// Of `[web]`.
pub(super) const WEB: &[Key] = &[key(
    "listen",
    Kind::Text,
    None,
    "Address and port of the status page, /metrics, /healthz and /readyz; absent: off",
)];

const EVERY: Key = key(
    "every",
    Kind::Duration,
    Some("1h"),
    "Interval to start from; adapts between limits.min_interval and limits.max_interval",
);
const CRON: Key = key(
    "cron",
    Kind::Text,
    None,
    "Instead of every: minute, hour, day, month, weekday, or a macro such as @hourly",
);
const TIMEZONE: Key = key(
    "timezone",
    Kind::Text,
    Some("UTC"),
    "IANA time zone of cron",
);
const CONTENT: Key = key(
    "content",
    Kind::Word(&["page", "feed", "auto"]),
    Some("auto"),
    "Where the text is taken from: page, feed, or auto, which learns which feeds carry the whole text",
);
const KEEP_RAW: Key = key(
    "keep_raw",
    Kind::KeepRaw,
    Some("30d"),
    "How long raw pages are kept: a duration, none or forever",
);
const TAGS: Key = key(
    "tags",
    Kind::TextOrTexts,
    None,
    "Labels for filters; a feed's own join those of [defaults]",
);
const HEADERS: Key = key(
    "headers",
    Kind::Headers,
    None,
    "Further request header fields, sent to the feed's origin only",
);
const PROXY: Key = key(
    "proxy",
    Kind::Text,
    None,
    "HTTP proxy to go through: http://host:port",
);
const ROBOTS: Key = key(
    "robots",
    Kind::Flag,
    Some("true"),
    "Obey robots.txt for article pages",
);
const INCLUDE: Key = key(
    "include",
    Kind::TextOrTexts,
    None,
    "Regular expressions: only entries whose title or URL matches one",
);
const EXCLUDE: Key = key(
    "exclude",
    Kind::TextOrTexts,
    None,
    "Regular expressions: no entries whose title or URL matches one; wins over include",
);
const RECHECK: Key = key(
    "recheck",
    Kind::Durations,
    None,
    "Ages at which an article's page is asked for again, with its validators, to find edits and withdrawals",
);
const OPML: Key = key(
    "opml",
    Kind::Headers,
    None,
    "Further attributes in an OPML list; no other effect",
);

/// Of `[defaults]`.
pub(super) const DEFAULTS: &[Key] = &[
    EVERY, CRON, TIMEZONE, CONTENT, KEEP_RAW, TAGS, HEADERS, PROXY, ROBOTS, INCLUDE, EXCLUDE,
    RECHECK,
];

/// Of `[[feeds]]`.
pub(super) const FEED: &[Key] = &[
    key(
        "url",
        Kind::Text,
        None,
        "Address of the feed, http or https",
    ),
    key("name", Kind::Text, None, "Unique name"),
    TAGS,
    EVERY,
    CRON,
    TIMEZONE,
    CONTENT,
    KEEP_RAW,
    key(
        "user",
        Kind::Text,
        None,
        "User for HTTP authentication, sent to the feed's origin only",
    ),
    key(
        "password",
        Kind::Text,
        None,
        "Password that belongs to user",
    ),
    key(
        "password_env",
        Kind::Text,
        None,
        "Environment variable that holds the password",
    ),
    key(
        "password_credential",
        Kind::Text,
        None,
        "systemd credential (file in $CREDENTIALS_DIRECTORY) that holds the password",
    ),
    HEADERS,
    PROXY,
    key(
        "tls_verify",
        Kind::Flag,
        Some("true"),
        "Check the server's certificate; turning it off shows in the log and in the database",
    ),
    ROBOTS,
    INCLUDE,
    EXCLUDE,
    RECHECK,
    key("paused", Kind::Flag, Some("false"), "Do not poll this feed"),
    key(
        "folders",
        Kind::Folders,
        None,
        "Where it stands in an OPML list: folders, one inside others as an array of names, outermost first",
    ),
    OPML,
];

/// Of `[[folders]]`.
pub(super) const FOLDER: &[Key] = &[
    key(
        "path",
        Kind::TextOrTexts,
        None,
        "Its name; of a folder inside others, the names of all, outermost first",
    ),
    OPML,
];
