//! The configuration: what is found, what it means, what is wrong with it and where.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use feedmill::config::{
    self, Config, ConfigErrors, ContentMode, Environment, KeepRaw, LoadOptions, NewFeed,
};
use feedmill::schedule::Plan;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self) -> Result<Config, ConfigErrors> {
        config::load(&LoadOptions::for_file(self.path("feedmill.toml"), None))
    }

    /// A message without the folder's name.
    fn plain(&self, message: &impl ToString) -> String {
        message
            .to_string()
            .replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn environment(pairs: &[(&str, &Path)]) -> Environment {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.display().to_string()))
        .collect()
}

/// The project's folder: where this file stands.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join(file!());
    here.ancestors().nth(3).unwrap().to_owned()
}

#[track_caller]
fn faults(text: &str, want: &str) {
    let folder = Folder::new();
    folder.file("feedmill.toml", text);
    let got = folder.plain(&folder.load().unwrap_err());
    let (_, got) = got.split_once('\n').unwrap();
    assert_eq!(got, want, "{text}");
}

#[test]
fn each_fault_is_told_with_place_and_way_out() {
    faults(
        "min_interval = '1m'\n",
        "feedmill.toml:1:1: min_interval: does not belong here, but in [limits]",
    );
    faults(
        "[limits]\nmin_intervall = '1m'\n",
        "feedmill.toml:2:1: limits.min_intervall: unknown key\n  hint: did you mean `min_interval`?",
    );
    faults(
        "[web]\nport = 1\n",
        "feedmill.toml:2:1: web.port: unknown key\n  hint: known here: `listen`",
    );
    faults(
        "[limits]\nmin_interval = 5\n",
        "feedmill.toml:2:16: limits.min_interval: expected a duration, found `5`\n  hint: write a whole number with `ms`, `s`, `m`, `h` or `d`, for example `\"30m\"`",
    );
    faults(
        "[limits]\n  page_bytes = '5 MB'\n",
        "feedmill.toml:2:16: limits.page_bytes: `5 MB` is no size\n  hint: write bytes as a number, or a number with `KB`, `MB`, `KiB` or `MiB`, for example `\"5MB\"`",
    );
    faults(
        "[limits]\nredirects = -1\n",
        "feedmill.toml:2:13: limits.redirects: expected a whole number from 0 to 4294967295, found `-1`",
    );
    faults(
        "[limits]\nconcurrency = 0\n",
        "feedmill.toml:2:15: limits.concurrency: must be at least 1",
    );
    faults(
        "[limits]\nmin_interval = '2d'\n",
        "feedmill.toml:2:16: limits.min_interval: `min_interval` is longer than `max_interval`\n  hint: set both `limits.min_interval` and `limits.max_interval`",
    );
    faults(
        "[defaults]\ncontent = 'pages'\n",
        "feedmill.toml:2:11: defaults.content: `pages` is none of `page`, `feed`, `auto`",
    );
    faults(
        "[defaults]\ntls_verify = false\n",
        "feedmill.toml:2:1: defaults.tls_verify: does not belong here, but in [[feeds]]",
    );
    faults(
        "[network]\nallow = ['10.0.0.0/8', 'localhost']\n",
        "feedmill.toml:2:24: network.allow: cannot read allowed address: `localhost`: not an IP address or CIDR block\n  hint: write `10.1.0.0/16`, `127.0.0.1:8080`, `10.0.0.0/8:80`, `fd00::/8` or `[fd00::]/8:443`; names are not accepted, because a name can come to mean another address",
    );
    faults(
        "[web]\nlisten = 8087\n",
        "feedmill.toml:2:10: web.listen: expected a string, found `8087`",
    );
    faults(
        "database = ''\n",
        "feedmill.toml:1:12: database: is no name of a file\n  hint: write for example `database = \"feedmill.db\"`",
    );
    faults(
        "include = 'more.toml'\n",
        "feedmill.toml:1:11: include: `more.toml` matches no file\n  hint: the path is relative to this file",
    );
}

#[test]
fn each_fault_of_a_feed_is_told_with_place_and_way_out() {
    let feed = |rest: &str| format!("[[feeds]]\nurl = 'https://example.org/a'\n{rest}\n");
    faults(
        "[[feeds]]\nname = 'a'\n",
        "feedmill.toml:1:1: feeds.url: is missing\n  hint: each `[[feeds]]` needs a `url`",
    );
    faults(
        "[[feeds]]\nurl = 'ftp://example.org/a'\n",
        "feedmill.toml:2:7: feeds.url: scheme `ftp` is not http or https\n  hint: write the whole address, beginning with `https://`",
    );
    faults(
        "[[feeds]]\nurl = 'example.org/rss'\n",
        "feedmill.toml:2:7: feeds.url: is no whole address\n  hint: write the whole address, beginning with `https://`",
    );
    faults(
        "[feeds]\nurl = 'https://example.org/rss'\n",
        "feedmill.toml:1:1: feeds: expected an array of tables, found a table\n  hint: begin each feed with `[[feeds]]`",
    );
    faults(
        &feed("tag = 'x'"),
        "feedmill.toml:3:1: feeds.tag: unknown key\n  hint: did you mean `tags`?",
    );
    faults(
        &feed("every = '0s'"),
        "feedmill.toml:3:9: feeds.every: must be longer than zero",
    );
    faults(
        &feed("every = '1h'\ncron = '@hourly'"),
        "feedmill.toml:4:8: feeds.cron: stands beside `every`\n  hint: keep one of the two",
    );
    faults(
        &feed("include = ['(']"),
        "feedmill.toml:3:12: feeds.include: `(` is no regular expression: unclosed group",
    );
    faults(
        &feed("password = 'x'"),
        "feedmill.toml:3:12: feeds.password: stands without `user`\n  hint: add `user`",
    );
    faults(
        &feed("user = 'a'\npassword_env = 'NO_SUCH'"),
        "feedmill.toml:4:16: feeds.password_env: environment variable `NO_SUCH` is not there\n  hint: set it for the daemon, for example by `Environment=` or `EnvironmentFile=` of the unit",
    );
    faults(
        &feed("headers = { Host = 'x' }"),
        "feedmill.toml:3:11: feeds.headers: `Host`: is set by feedmill itself",
    );
    faults(
        &feed("proxy = 'socks5://u:secret@127.0.0.1'"),
        "feedmill.toml:3:9: feeds.proxy: is no http or https address\n  hint: write `http://host:port`",
    );
    faults(
        &feed("timezone = 'Europe/Berlinn'"),
        "feedmill.toml:3:12: feeds.timezone: cannot use time zone `Europe/Berlinn`: it is not in the IANA database\n  hint: write a name such as `Europe/Berlin` or `UTC`",
    );
}

#[test]
fn an_impossible_schedule_is_a_fault() {
    for cron in ["* * * *", "61 * * * *", "0 0 31 2 *", "x", "@reboot"] {
        let folder = Folder::new();
        folder.file(
            "feedmill.toml",
            &format!("[[feeds]]\nurl = 'https://example.org/a'\ncron = '{cron}'\n"),
        );
        let errors = folder.load().unwrap_err();
        let fault = errors.faults().first().unwrap();
        assert_eq!(
            (fault.key.as_str(), fault.place.line, fault.place.column),
            ("feeds.cron", 3, 8),
            "{errors}"
        );
    }
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_lines() {
    let folder = Folder::new();
    folder.file(
        "feedmill.toml",
        "[limits]\nredirects = 'x'\n[[feeds]]\nurl = 'gopher://example.org/'\nevery = '1x'\n[defaults]\nkeep = '1d'\n",
    );
    let errors = folder.load().unwrap_err();
    let lines: Vec<usize> = errors
        .faults()
        .iter()
        .map(|fault| fault.place.line)
        .collect();
    assert_eq!(lines, [2, 4, 5, 7]);
    assert!(
        errors
            .to_string()
            .starts_with("cannot use the configuration: 4 faults\n"),
        "{errors}"
    );
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let folder = Folder::new();
    folder.file("feedmill.toml", "[limits]\nredirects = \n\n[[feeds]\n");
    let errors = folder.load().unwrap_err();
    assert_eq!(errors.faults().first().unwrap().place.line, 2, "{errors}");
    assert!(errors.to_string().contains("not TOML"), "{errors}");
}

#[test]
fn the_same_feed_twice_names_both_places() {
    let folder = Folder::new();
    folder.file(
        "feedmill.toml",
        "include = 'd/*'\n[[feeds]]\nurl = 'https://example.org/rss'\nname = 'one'\n",
    );
    folder.file(
        "d/more.toml",
        "[[feeds]]\nname = 'one'\nurl = 'http://user:secret@www.example.org/rss/'\n",
    );
    let got = folder.plain(&folder.load().unwrap_err());
    assert_eq!(
        got,
        "cannot use the configuration: 2 faults\n\
         d/more.toml:3:7: feeds.url: `http://www.example.org/rss/` is the same feed as `https://example.org/rss` at feedmill.toml:3:7\n  \
         hint: keep one of the two\n\
         d/more.toml:3:7: feeds.name: `one` is also the name of the feed at feedmill.toml:3:7\n  \
         hint: names are unique: change one of the two"
    );
}

const WHOLE: &str = r#"
database = "data/my.db"
[defaults]
every = "2h"
timezone = "Europe/Berlin"
content = "feed"
keep_raw = "none"
tags = ["all"]
[network]
user_agent = "me/{version}"
allow = ["127.0.0.0/8:8080"]
ca_file = "roots.pem"
[limits]
min_interval = "0s"
page_bytes = 1_000
body_budget = "1MiB"
concurrency = 3
[web]
listen = "127.0.0.1:0"
[[feeds]]
url = "https://us%40er:p%3Ass@example.org/a"
name = "a"
tags = ["x", "all"]
keep_raw = "forever"
[[feeds]]
url = "http://127.0.0.1:8080/b"
cron = "0 6 * * MON-FRI"
content = "page"
keep_raw = "7d"
headers = { Accept-Language = "de" }
tls_verify = false
robots = false
include = "a|b"
exclude = ["c"]
recheck = ["1d", "1h"]
paused = true
"#;

#[test]
fn a_whole_file_means_what_it_says() {
    let folder = Folder::new();
    folder.file(
        "roots.pem",
        "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n",
    );
    folder.file("feedmill.toml", WHOLE);
    let config = folder.load().unwrap();
    assert_eq!(config.database, folder.path("data/my.db"));
    assert!(config.network.user_agent.starts_with("me/0"));
    assert!(
        config
            .network
            .allow
            .allows("127.0.0.1".parse().unwrap(), 8080)
    );
    assert!(config.network.ca_file_pem.is_some());
    assert_eq!(config.limits.min_interval, Duration::ZERO);
    assert_eq!(
        (
            config.limits.page_bytes,
            config.limits.body_budget,
            config.limits.concurrency
        ),
        (1000, 1 << 20, 3)
    );
    assert_eq!(config.web.unwrap().listen.to_string(), "127.0.0.1:0");
    let [a, b] = config.feeds.as_slice() else {
        panic!("two feeds")
    };
    assert_eq!(a.url.as_str(), "https://example.org/a");
    let credentials = a.credentials.as_ref().unwrap();
    assert_eq!(
        (credentials.user.as_str(), credentials.password.as_deref()),
        ("us@er", Some("p:ss"))
    );
    assert_eq!(a.plan, Plan::Every(Duration::from_hours(2)));
    assert_eq!(
        (a.content, a.keep_raw),
        (ContentMode::Feed, KeepRaw::Forever)
    );
    assert_eq!(a.tags, ["all", "x"]);
    assert!(a.is_tls_verified && a.obeys_robots && !a.is_paused);
    assert_eq!(
        b.plan,
        Plan::from_cron("0 6 * * MON-FRI", Some("Europe/Berlin")).unwrap()
    );
    assert_eq!(
        (b.content, b.keep_raw),
        (
            ContentMode::Page,
            KeepRaw::For(Duration::from_hours(7 * 24))
        )
    );
    assert_eq!(b.headers, [("Accept-Language".to_owned(), "de".to_owned())]);
    assert_eq!(
        b.recheck,
        [Duration::from_hours(1), Duration::from_hours(24)]
    );
    assert!(!b.is_tls_verified && !b.obeys_robots && b.is_paused);
    assert_eq!((b.include.len(), b.exclude.len()), (1, 1));
    // One thing is worth a word: a poll that will be refused.
    assert_eq!(config.warnings.len(), 1, "{:?}", config.warnings);
    assert!(!format!("{config:?}").contains("p:ss"));
    assert_eq!(config.stored_feeds().len(), 2);
    assert_eq!(config.client_options().limits.page_bytes, 1000);
    let adhoc = config.defaults_for_adhoc(&"https://u:p@example.net/x".parse().unwrap());
    assert_eq!(
        (adhoc.url.as_str(), adhoc.content),
        ("https://example.net/x", ContentMode::Feed)
    );
}

#[test]
fn origins_say_who_set_what_and_show_no_secret() {
    let folder = Folder::new();
    folder.file("feedmill.toml", "[limits]\nredirects = 7\n[defaults]\nheaders = { X-Key = 'secret' }\nproxy = 'http://u:secret@127.0.0.1:1'\n[[feeds]]\nurl = 'https://u:secret@example.org/a'\n");
    let config = folder.load().unwrap();
    let origins = config.origins();
    let of = |key: &str| {
        let origin = origins.iter().find(|origin| origin.key == key).unwrap();
        (origin.value.clone(), folder.plain(&origin.origin))
    };
    assert_eq!(
        of("limits.redirects"),
        ("7".to_owned(), "feedmill.toml:2:13".to_owned())
    );
    assert_eq!(
        of("limits.min_interval"),
        ("\"5m\"".to_owned(), "default".to_owned())
    );
    assert_eq!(of("feeds.\"https://example.org/a\"").1, "feedmill.toml:7:7");
    assert!(!format!("{origins:?}").contains("secret"));
}

#[test]
fn a_private_address_is_a_warning_unless_allowed() {
    let folder = Folder::new();
    let text = "[[feeds]]\nurl = 'http://10.1.2.3/rss'\n";
    folder.file("feedmill.toml", text);
    let warnings = folder.load().unwrap().warnings;
    assert_eq!(
        folder.plain(warnings.first().unwrap()),
        "feedmill.toml:2:7: feeds.url: `http://10.1.2.3/rss` will not be polled: address `10.1.2.3` is not public: a private network (add the address to `network.allow` if it is meant)"
    );
    folder.file(
        "feedmill.toml",
        &format!("[network]\nallow = ['10.0.0.0/8']\n{text}"),
    );
    assert!(folder.load().unwrap().warnings.is_empty());
}

#[test]
fn opml_lists_are_included() {
    let folder = Folder::new();
    folder.file("feedmill.toml", "include = ['*.opml']\n[defaults]\nevery = '3h'\n[[feeds]]\nurl = 'https://example.org/own'\nname = 'News'\n");
    folder.file(
        "list.opml",
        "<opml version='2.0'><body><outline text='World'><outline text='News' xmlUrl='https://example.org/a'/></outline>\
         <outline text='Local'><outline text='News' xmlUrl='http://www.example.org/a/'/></outline>\
         <outline text='Odd' xmlUrl='ftp://example.org/x'/><outline text='B' xmlUrl='https://example.org/b'/></body></opml>",
    );
    let config = folder.load().unwrap();
    let got: Vec<_> = config
        .feeds
        .iter()
        .map(|feed| (feed.url.as_str(), feed.name.as_deref(), feed.tags.join(",")))
        .collect();
    assert_eq!(
        got,
        [
            ("https://example.org/own", Some("News"), String::new()),
            ("https://example.org/a", None, "World,Local".to_owned()),
            ("https://example.org/b", Some("B"), String::new()),
        ]
    );
    assert_eq!(
        config.feeds.last().unwrap().plan,
        Plan::Every(Duration::from_hours(3))
    );
    assert_eq!(config.warnings.len(), 1);
}

#[test]
fn opml_lists_keep_their_folders_and_attributes() {
    let folder = Folder::new();
    folder.file("feedmill.toml", "include = '*.opml'\n[[feeds]]\nurl = 'https://example.org/own'\nname = 'News'\nfolders = ['A', ['B', 'C']]\nopml = { htmlUrl = 'x', \"e:y\" = 'z' }\n[[folders]]\npath = 'B'\nopml = { open = '0' }\n");
    folder.file(
        "list.opml",
        "<opml><outline text='World' open='1'><outline text='News' xmlUrl='feed://example.org/a' htmlUrl='h'/></outline>\
         <outline text='B' open='1'/><outline text='Empty'/><outline text='Local'><outline xmlUrl='www.example.org/a/'/></outline></opml>",
    );
    let config = folder.load().unwrap();
    let got: Vec<_> = config
        .feeds
        .iter()
        .map(|feed| (feed.url.as_str(), feed.folders.clone(), feed.opml.clone()))
        .collect();
    let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        got,
        [
            (
                "https://example.org/own",
                vec![path(&["A"]), path(&["B", "C"])],
                vec![pair("e:y", "z"), pair("htmlUrl", "x")]
            ),
            (
                "http://example.org/a",
                vec![path(&["World"]), path(&["Local"])],
                vec![pair("htmlUrl", "h"), pair("text", "News")]
            ),
        ]
    );
    // What stands in the file wins over what is included.
    let folders: Vec<_> = config
        .folders
        .iter()
        .map(|known| {
            let place = folder.plain(&known.place);
            (known.path.concat(), known.opml.clone(), place)
        })
        .collect();
    let row = |name: &str, opml: &[(String, String)], place: &str| {
        (name.to_owned(), opml.to_vec(), place.to_owned())
    };
    assert_eq!(
        folders,
        [
            row("B", &[pair("open", "0")], "feedmill.toml:8:8"),
            row("World", &[pair("open", "1")], "list.opml"),
            row("Empty", &[], "list.opml"),
        ]
    );
    let origins = config.origins();
    let shown: Vec<String> = origins
        .iter()
        .filter(|origin| origin.key.starts_with("folders."))
        .map(|origin| format!("{} = {}", origin.key, origin.value))
        .collect();
    assert_eq!(
        shown,
        [
            "folders.\"B\" = { \"open\" = \"0\" }",
            "folders.\"World\" = { \"open\" = \"1\" }",
            "folders.\"Empty\" = {}",
        ]
    );
    assert_eq!(config.warnings.len(), 0);
}

#[test]
fn each_fault_of_a_folder_is_told_with_place_and_way_out() {
    let hint = "write `path = \"News\"`, or `[\"News\", \"World\"]` for a folder in a folder";
    let deep = format!("[[folders]]\npath = [{}]\n", "'a',".repeat(33));
    for (text, want) in [
        (
            "folders = 3\n",
            "feedmill.toml:1:11: folders: expected an array of tables, found `3`\n  hint: begin each folder with `[[folders]]`",
        ),
        (
            "[[folders]]\nopml = { a = 'b' }\n",
            &format!("feedmill.toml:1:1: folders.path: is missing\n  hint: {hint}"),
        ),
        (
            "[[folders]]\npath = []\n",
            &format!("feedmill.toml:2:8: folders.path: is empty\n  hint: {hint}"),
        ),
        (
            "[[folders]]\npath = ['a', ' ']\n",
            &format!("feedmill.toml:2:14: folders.path: holds an empty name\n  hint: {hint}"),
        ),
        (
            &deep,
            &format!(
                "feedmill.toml:2:8: folders.path: has 33 names, but 32 are the most\n  hint: {hint}"
            ),
        ),
        (
            "[[folders]]\npath = ['a', 1]\n",
            "feedmill.toml:2:14: folders.path: expected a string, found `1`",
        ),
        (
            "[[folders]]\npath = 'a'\nopml = 1\n",
            "feedmill.toml:3:8: folders.opml: expected a table of strings, found `1`\n  hint: write `opml = { htmlUrl = \"https://example.org/\" }`",
        ),
        (
            "[[folders]]\npath = 'a'\nname = 'b'\n",
            "feedmill.toml:3:1: folders.name: does not belong here, but in [[feeds]]",
        ),
        (
            "[[folders]]\npath = 'a'\n[[folders]]\npath = ['a']\n",
            "feedmill.toml:4:8: folders.path: `a` is also given at feedmill.toml:2:8\n  hint: keep one of the two",
        ),
    ] {
        faults(text, want);
    }
}

#[test]
fn folders_are_added_once_and_comments_stay() {
    let new = |path: &[&str], value: &str| config::NewFolder {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        opml: vec![("e:x".to_owned(), value.to_owned())],
    };
    let before = "# Mine.\n[[folders]] # first\npath = [\"News\"] # kept\n\n[[feeds]]\nurl = \"https://example.org/a\"\n# The end.\n";
    let folders = [new(&["News"], "1"), new(&["News", "A/B"], "2")];
    let once = config::add_folders(before, &folders).unwrap();
    assert_eq!(
        once,
        format!(
            "{before}\n[[folders]]\npath = [\"News\", \"A/B\"]\nopml = {{ \"e:x\" = \"2\" }}\n"
        )
    );
    assert_eq!(config::add_folders(&once, &folders).unwrap(), once);
    // A feed stands behind them, and goes again.
    let feed = NewFeed {
        url: "https://example.org/b".to_owned(),
        ..NewFeed::default()
    };
    let more = config::add_feed(&once, &feed).unwrap();
    let folder = Folder::new();
    folder.file("feedmill.toml", &more);
    let config = folder.load().unwrap();
    assert_eq!((config.feeds.len(), config.folders.len()), (2, 2));
    assert_eq!(config::remove_feed(&more, "example.org/b").unwrap(), once);
    let inline = "folders = [{ path = 'News' }]\nfeeds = []\n";
    assert_eq!(
        config::add_folders(inline, &folders).unwrap(),
        "folders = [{ path = 'News' }, { path = [\"News\", \"A/B\"], opml = { \"e:x\" = \"2\" } }]\nfeeds = []\n"
    );
}

#[test]
fn folders_and_attributes_of_a_wrong_kind_are_faults() {
    for (written, want) in [
        (
            "folders = 3",
            "feeds.folders: expected names of folders, found `3`",
        ),
        (
            "folders = [['a', ['b']]]",
            "feeds.folders: expected names of folders, found an array",
        ),
        (
            "opml = 'x'",
            "feeds.opml: expected a table of strings, found a string",
        ),
        (
            "opml = { a = 1 }",
            "feeds.opml: `a`: expected a string, found `1`",
        ),
        (
            "opml = { 'a b' = 'c' }",
            "feeds.opml: `a b`: is no name of an attribute",
        ),
    ] {
        let folder = Folder::new();
        let text = format!("[[feeds]]\nurl = 'https://example.org/'\n{written}\n");
        folder.file("feedmill.toml", &text);
        let errors = folder.load().unwrap_err().to_string();
        assert!(errors.contains(want), "{errors}");
    }
}

#[test]
fn feeds_of_a_list_are_added_with_folders_and_attributes() {
    let listed = config::ListedFeed {
        feed: NewFeed {
            url: "https://example.org/n".to_owned(),
            ..NewFeed::default()
        },
        folders: vec![
            vec!["News".to_owned(), "World/EU, \"etc\"".to_owned()],
            vec!["A".to_owned()],
        ],
        opml: vec![("e:x".to_owned(), "a\"'\n".to_owned())],
    };
    let folder = Folder::new();
    for before in ["", "feeds = [{ url = \"https://example.org/a\" }]\n"] {
        let text = config::add_listed_feeds(before, std::slice::from_ref(&listed)).unwrap();
        folder.file("feedmill.toml", &text);
        let config = folder.load().unwrap();
        let feed = config.feeds.last().unwrap();
        assert_eq!((&feed.folders, &feed.opml), (&listed.folders, &listed.opml));
    }
}

#[test]
fn the_place_of_the_database_has_its_order() {
    let folder = Folder::new();
    let file = folder.file("etc/feedmill.toml", "database = 'a.db'\n");
    let (state, other) = (folder.path("state"), folder.path("other.db"));
    let load = |config: Option<&Path>, database: Option<&Path>, pairs: &[(&str, &Path)]| {
        config::load(&LoadOptions {
            config: config.map(Path::to_owned),
            database: database.map(Path::to_owned),
            environment: environment(pairs),
            is_for_reading: false,
        })
        .unwrap()
        .database
    };
    let under_systemd: &[(&str, &Path)] = &[("STATE_DIRECTORY", &state)];
    let all: &[(&str, &Path)] = &[("STATE_DIRECTORY", &state), ("FEEDMILL_DB", &other)];
    assert_eq!(load(Some(&file), None, &[]), folder.path("etc/a.db"));
    assert_eq!(load(Some(&file), None, under_systemd), state.join("a.db"));
    assert_eq!(load(Some(&file), None, all), other);
    assert_eq!(
        load(Some(&file), Some(Path::new("x.db")), all),
        Path::new("x.db")
    );
    let empty = folder.file("empty.toml", "");
    assert_eq!(
        load(Some(&empty), None, &[("XDG_STATE_HOME", &state)]),
        state.join("feedmill/feedmill.db")
    );
    assert_eq!(
        load(None, None, &[("FEEDMILL_CONFIG", &file)]),
        folder.path("etc/a.db")
    );
    folder.file("xdg/feedmill/feedmill.toml", "database = 'b.db'\n");
    let xdg = folder.path("xdg");
    assert_eq!(
        load(None, None, &[("XDG_CONFIG_HOME", &xdg)]),
        folder.path("xdg/feedmill/b.db")
    );
}

#[test]
fn a_password_that_is_not_there_matters_only_where_requests_are_made() {
    let folder = Folder::new();
    let file = folder.file(
        "feedmill.toml",
        "[[feeds]]\nurl = 'https://example.org/a'\nuser = 'a'\npassword_env = 'PW'\n",
    );
    let load = |is_for_reading| {
        config::load(&LoadOptions {
            config: Some(file.clone()),
            database: None,
            environment: environment(&[]),
            is_for_reading,
        })
    };
    assert!(load(true).is_ok());
    assert!(load(false).unwrap_err().to_string().contains("`PW`"));
}

#[cfg(unix)]
#[test]
fn a_link_to_the_database_names_the_database_itself() {
    let folder = Folder::new();
    let database = folder.file("a.db", "");
    let link = folder.path("link.db");
    std::os::unix::fs::symlink(&database, &link).unwrap();
    let config = config::load(&LoadOptions {
        config: Some(folder.file("feedmill.toml", "")),
        database: Some(link),
        environment: environment(&[]),
        is_for_reading: true,
    })
    .unwrap();
    assert_eq!(config.database, database.canonicalize().unwrap());
}

#[test]
fn passwords_come_from_the_environment_and_from_systemd() {
    let folder = Folder::new();
    let file = folder.file(
        "feedmill.toml",
        "[[feeds]]\nurl = 'https://example.org/a'\nuser = 'a'\npassword_env = 'PW'\n[[feeds]]\nurl = 'https://example.org/b'\nuser = 'b'\npassword_credential = 'b-pw'\n",
    );
    folder.file("credentials/b-pw", "two\n");
    let credentials = folder.path("credentials");
    let config = config::load(&LoadOptions {
        config: Some(file),
        database: None,
        environment: environment(&[
            ("PW", Path::new("one")),
            ("CREDENTIALS_DIRECTORY", &credentials),
        ]),
        is_for_reading: false,
    })
    .unwrap();
    let got: Vec<_> = config
        .feeds
        .iter()
        .map(|feed| feed.credentials.clone().unwrap().password.unwrap())
        .collect();
    assert_eq!(got, ["one", "two"]);
}

#[test]
fn a_missing_file_that_was_named_is_a_fault() {
    let folder = Folder::new();
    let got = folder.plain(&folder.load().unwrap_err());
    assert!(
        got.contains("feedmill.toml: cannot read the file: No such file"),
        "{got}"
    );
}

#[test]
fn the_samples_are_good() {
    let folder = Folder::new();
    folder.file("feedmill.toml", config::SAMPLE);
    let config = folder.load().unwrap();
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    assert_eq!(config.feeds.len(), 2);
    // With the comments before keys taken off it still is one.
    let all: Vec<String> = config::SAMPLE
        .lines()
        .map(|line| {
            let key = line
                .strip_prefix('#')
                .filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '['));
            let is_alone = [
                "include = [\"feeds",
                "cron",
                "timezone",
                "ca_file",
                "password_env",
            ];
            format!(
                "{}\n",
                key.filter(|key| !is_alone.iter().any(|start| key.starts_with(start)))
                    .unwrap_or(line)
            )
        })
        .collect();
    folder.file("feedmill.toml", &all.concat());
    assert_eq!(folder.load().unwrap().feeds.len(), 3);
    let list = root().join("config/feeds.opml");
    if list.exists() {
        folder.file(
            "feedmill.toml",
            &format!("include = '{}'\n", list.display()),
        );
        assert_eq!(folder.load().unwrap().feeds.len(), 3);
    }
}

#[test]
fn the_schema_names_every_section() {
    let schema = serde_json::to_value(config::schema()).unwrap();
    for section in [
        "defaults", "network", "limits", "web", "feeds", "folders", "database", "include",
    ] {
        assert!(
            schema.pointer(&format!("/properties/{section}")).is_some(),
            "{section}"
        );
    }
    assert_eq!(
        schema.pointer("/properties/limits/properties/redirects/default"),
        Some(&5.into())
    );
}

#[test]
fn ten_thousand_feeds_load_in_well_under_a_second() {
    let folder = Folder::new();
    let feeds: Vec<String> = (0..10_000)
        .map(|n| format!("[[feeds]]\nurl = 'https://host{n}.example.org/feed.xml?id={n}'\nname = 'feed {n}'\ntags = ['a', 'b']\n"))
        .collect();
    folder.file("feedmill.toml", &feeds.concat());
    let start = Instant::now();
    let config = folder.load().unwrap();
    assert_eq!(config.feeds.len(), 10_000);
    // Generous for a debug build on a busy machine.
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
}

const LIST: &str = "\
# My feeds.
database = \"a.db\" # here

# --- World ---

# The first.
[[feeds]]
url = \"https://example.org/a\"   # main
name = \"a\"

[[feeds]]
url   = 'https://example.org/b'
tags = [
  \"x\", # why
]

[limits]
redirects = 3 # few
# The end.
";

#[test]
fn edits_keep_everything_else() {
    let new = NewFeed {
        url: "https://example.org/c?x=\"1\"".to_owned(),
        name: Some("c \"d\"".to_owned()),
        tags: vec!["t".to_owned()],
    };
    let got = config::add_feed(LIST, &new).unwrap();
    assert_eq!(
        got,
        format!(
            "{LIST}\n[[feeds]]\nurl = 'https://example.org/c?x=\"1\"'\nname = 'c \"d\"'\ntags = [\"t\"]\n"
        )
    );
    let got = config::set_paused(LIST, "a", true).unwrap();
    assert_eq!(
        got,
        LIST.replace("name = \"a\"\n", "name = \"a\"\npaused = true\n")
    );
    assert_eq!(
        config::set_paused(&got, "https://www.example.org/a/", false).unwrap(),
        LIST
    );
    assert_eq!(config::set_paused(LIST, "a", false).unwrap(), LIST);
    let got = config::rename_feed(LIST, "a", "z").unwrap();
    assert_eq!(got, LIST.replace("name = \"a\"", "name = \"z\""));
    let got = config::rename_feed(LIST, "https://example.org/b", "b").unwrap();
    assert_eq!(
        got,
        LIST.replace("]\n\n[limits]", "]\nname = \"b\"\n\n[limits]")
    );
    let got = config::remove_feed(LIST, "a").unwrap();
    assert_eq!(
        got,
        LIST.replace(
            "# The first.\n[[feeds]]\nurl = \"https://example.org/a\"   # main\nname = \"a\"\n\n",
            ""
        )
    );
    let got = config::remove_feed(LIST, "example.org/b").unwrap();
    assert_eq!(
        got,
        LIST.replace(
            "[[feeds]]\nurl   = 'https://example.org/b'\ntags = [\n  \"x\", # why\n]\n\n",
            ""
        )
    );
    let none =
        config::remove_feed(&config::remove_feed(LIST, "a").unwrap(), "example.org/b").unwrap();
    assert!(
        none.contains("# --- World ---")
            && none.contains("# The end.")
            && !none.contains("[[feeds]]"),
        "{none}"
    );
}

#[track_caller]
fn cannot(result: Result<String, config::EditError>, want: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), want);
    assert!(error.hint().is_some());
}

#[test]
fn edits_that_cannot_be_say_why() {
    let feed = |url: &str, name: Option<&str>| NewFeed {
        url: url.to_owned(),
        name: name.map(str::to_owned),
        tags: Vec::new(),
    };
    cannot(
        config::remove_feed(LIST, "nope"),
        "cannot find feed `nope` in the configuration file",
    );
    cannot(
        config::rename_feed(LIST, "example.org/b", "a"),
        "cannot name the feed `a`: another feed has that name",
    );
    cannot(
        config::add_feed(LIST, &feed("https://u:p@example.org/a/", None)),
        "cannot add feed `https://example.org/a/`: it is configured already",
    );
    cannot(
        config::add_feed(LIST, &feed("https://example.org/n", Some("a"))),
        "cannot name the feed `a`: another feed has that name",
    );
    assert!(config::add_feed("a = \n", &feed("https://example.org/n", None)).is_err());
}

#[test]
fn edits_suit_the_form_of_the_file() {
    let feed = NewFeed {
        url: "https://example.org/n".to_owned(),
        ..NewFeed::default()
    };
    assert_eq!(
        config::add_feed("", &feed).unwrap(),
        "[[feeds]]\nurl = \"https://example.org/n\"\n"
    );
    assert_eq!(
        config::add_feed("a = 1\r\n", &feed).unwrap(),
        "a = 1\r\n\r\n[[feeds]]\r\nurl = \"https://example.org/n\"\r\n"
    );
    let inline = "feeds = [{ url = \"https://example.org/a\" }]\n";
    assert_eq!(
        config::add_feed(inline, &feed).unwrap(),
        "feeds = [{ url = \"https://example.org/a\" }, { url = \"https://example.org/n\" }]\n"
    );
    assert_eq!(
        config::set_paused(inline, "example.org/a", true).unwrap(),
        "feeds = [{ url = \"https://example.org/a\" , paused = true }]\n"
    );
    assert_eq!(
        config::remove_feed(inline, "example.org/a").unwrap(),
        "feeds = []\n"
    );
}

/// The tables of docs/config.md come from the schema: `UPDATE_GOLDEN=1` writes them anew.
#[test]
fn the_documentation_has_every_key() {
    let path = &root().join("docs/config.md");
    let text = fs::read_to_string(path).unwrap();
    let schema = serde_json::to_value(config::schema()).unwrap();
    let mut want = text.clone();
    for (mark, pointer) in [
        ("file", "/properties"),
        ("defaults", "/properties/defaults/properties"),
        ("feeds", "/properties/feeds/items/properties"),
        ("folders", "/properties/folders/items/properties"),
        ("network", "/properties/network/properties"),
        ("retention", "/properties/retention/properties"),
        ("web", "/properties/web/properties"),
        ("limits", "/properties/limits/properties"),
    ] {
        let keys = schema.pointer(pointer).unwrap().as_object().unwrap();
        let (begin, end) = (format!("<!-- keys: {mark} -->\n"), "<!-- end -->");
        let start = want.find(&begin).unwrap() + begin.len();
        let stop = start + want[start..].find(end).unwrap();
        want.replace_range(start..stop, &table(keys));
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, &want).unwrap();
    }
    assert_eq!(
        text, want,
        "docs/config.md is behind: UPDATE_GOLDEN=1 cargo test the_documentation_has_every_key"
    );
}

fn table(keys: &serde_json::Map<String, serde_json::Value>) -> String {
    let mut lines = vec![
        "| key | default | meaning |".to_owned(),
        "| --- | --- | --- |".to_owned(),
    ];
    for (name, key) in keys {
        let default = key
            .get("default")
            .map_or_else(String::new, |default| format!("`{default}`"));
        let meaning = key
            .get("description")
            .and_then(|text| text.as_str())
            .unwrap();
        lines.push(format!(
            "| `{name}` | {default} | {} |",
            meaning.replace('|', "\\|")
        ));
    }
    lines.join("\n") + "\n"
}
