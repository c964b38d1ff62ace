//! Bad input gets a clear message and the contract's exit status, and loses nothing else.

use crate::support::{
    cli::Folder,
    web::{Answer, Step, Web},
};

#[test]
fn an_unknown_key_is_named_with_its_place() {
    let folder = Folder::new();
    folder.write("feedmill.toml", "[defaults]\nevrey = \"1h\"\n");
    folder
        .run(&["config", "check"])
        .ends_with(78)
        .complains_of(&["feedmill.toml:2", "evrey", "every"]);
}

#[test]
fn a_feed_given_twice_is_named_with_both_places() {
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        "[[feeds]]\nurl = \"https://a.example/rss\"\n\n[[feeds]]\nurl = \"https://a.example/rss?utm_source=x\"\n",
    );
    folder
        .run(&["config", "check"])
        .ends_with(78)
        .complains_of(&["a.example/rss", "feedmill.toml:2", "feedmill.toml:5"]);
}

#[test]
fn an_impossible_schedule_is_refused() {
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        "[[feeds]]\nurl = \"https://a.example/rss\"\ncron = \"0 0 31 2 *\"\n",
    );
    folder
        .run(&["config", "check"])
        .ends_with(78)
        .complains_of(&["feedmill.toml:3", "cron"]);
}

#[test]
fn other_schemes_are_refused() {
    let folder = Folder::new();
    folder.write("feedmill.toml", "[[feeds]]\nurl = \"file:///etc/passwd\"\n");
    folder
        .run(&["config", "check"])
        .ends_with(78)
        .complains_of(&["feedmill.toml:2", "http"]);
}

#[test]
fn a_private_address_is_a_warning_and_a_refused_poll() {
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        "[[feeds]]\nname = \"inside\"\nurl = \"http://127.0.0.1:9/rss\"\n",
    );
    folder
        .run(&["config", "check"])
        .ends_with(0)
        .complains_of(&["127.0.0.1"]);
    folder
        .run(&["fetch", "--all"])
        .ends_with(69)
        .prints(&["address_refused"]);
}

#[test]
fn a_page_is_no_feed_and_its_feeds_are_named() {
    let folder = Folder::new();
    folder.write(
        "page.html",
        "<!doctype html><title>News</title><link rel=alternate type=\"application/rss+xml\" href=\"/rss.xml\"><p>Hello",
    );
    folder
        .run(&["parse", "page.html", "--base", "https://news.example/"])
        .ends_with(65)
        .complains_of(&["page.html", "not_a_feed", "https://news.example/rss.xml"]);
    folder
        .run(&[
            "parse",
            "page.html",
            "--base",
            "https://news.example/",
            "--format",
            "json",
        ])
        .ends_with(65)
        .prints(&[
            "\"error_class\": \"not_a_feed\"",
            "https://news.example/rss.xml",
        ]);
}

#[test]
fn an_empty_feed_says_so() {
    let folder = Folder::new();
    folder.write("empty.xml", "");
    folder
        .run(&["parse", "empty.xml"])
        .ends_with(65)
        .complains_of(&["empty.xml", "empty"]);
}

#[test]
fn a_truncated_feed_gives_its_whole_entries_and_a_warning() {
    let folder = Folder::new();
    folder.write(
        "cut.xml",
        "<rss version=\"2.0\"><channel><title>Cut</title>\
         <item><title>Whole</title><link>https://a.example/1</link></item>\
         <item><title>Also whole</title><link>https://a.example/2</link></item>\
         <item><title>Cut o",
    );
    folder
        .run(&["parse", "cut.xml"])
        .ends_with(0)
        .prints(&["Whole", "Also whole"])
        .complains_of(&["warning", "cut.xml"]);
}

#[test]
fn pages_without_an_article_have_a_class() {
    let folder = Folder::new();
    folder.write("empty.html", "");
    folder
        .run(&["extract", "empty.html"])
        .ends_with(65)
        .complains_of(&["empty.html"]);
    let deep = format!("{}x", "<div>".repeat(10_000));
    folder.write("deep.html", deep);
    folder
        .run(&["extract", "deep.html"])
        .ends_with(65)
        .complains_of(&["deep.html", "extract"]);
}

#[test]
fn a_missing_file_is_named() {
    let folder = Folder::new();
    folder
        .run(&["extract", "nowhere.html"])
        .ends_with(65)
        .complains_of(&["nowhere.html"]);
}

#[test]
fn lines_that_are_no_json_cost_that_line_only() {
    let folder = Folder::new();
    folder.write(
        "a.xml",
        "<rss version='2.0'><channel><title>T</title></channel></rss>",
    );
    let ran = folder
        .run_with_input(
            &["parse", "--jsonl"],
            "not json\n{\"id\":2,\"path\":\"a.xml\",\"unknown\":1,\"base\":null}\n{\"id\":\"x\"}\n",
        )
        .ends_with(0);
    let lines: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0]["error"].is_string());
    assert_eq!(lines[1]["id"], 2);
    assert_eq!(lines[1]["title"], "T");
    assert_eq!(lines[2]["id"], "x");
    assert!(lines[2]["error"].is_string());
}

#[test]
fn a_database_of_another_application_is_left_alone() {
    let folder = Folder::new();
    let path = folder.path().join("other.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA application_id = 42; CREATE TABLE theirs (x);")
        .unwrap();
    drop(other);
    let before = std::fs::read(&path).unwrap();
    folder
        .run(&["list", "--db", "other.db"])
        .ends_with(78)
        .complains_of(&["other.db", "hint"]);
    folder
        .run(&["fetch", "--db", "other.db"])
        .ends_with(78)
        .complains_of(&["other.db"]);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_corrupt_database_is_left_alone() {
    let folder = Folder::new();
    let path = folder.write("bad.db", vec![b'x'; 8192]);
    folder
        .run(&["fetch", "--db", "bad.db"])
        .ends_with(78)
        .complains_of(&["bad.db", "hint"]);
    assert_eq!(std::fs::read(&path).unwrap(), vec![b'x'; 8192]);
}

#[test]
fn a_database_that_is_not_there_is_named() {
    let folder = Folder::new();
    folder
        .run(&["list", "--db", "nothing.db"])
        .complains_of(&["nothing.db", "hint"]);
    assert!(!folder.path().join("nothing.db").exists());
}

#[test]
fn since_that_is_no_time_is_a_usage_error() {
    let folder = Folder::new();
    folder.run(&["fetch", "--db", "a.db"]).ends_with(0);
    folder
        .run(&["list", "--db", "a.db", "--since", "whenever"])
        .ends_with(2)
        .complains_of(&["--since", "whenever", "hint"]);
}

#[test]
fn a_feed_that_nobody_knows_is_a_usage_error() {
    let folder = Folder::new();
    folder
        .run(&["fetch", "nobody", "--db", "a.db"])
        .ends_with(2)
        .complains_of(&["nobody", "hint"]);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = Folder::new();
    let mut feed = String::from("<rss version='2.0'><channel><title>Long</title>");
    feed.extend((0..20_000).map(|n| {
        format!("<item><title>Entry number {n}</title><link>https://a.example/{n}</link></item>")
    }));
    folder.write("long.xml", feed);
    let status = std::process::Command::new("sh")
        .current_dir(folder.path())
        .args([
            "-c",
            &format!(
                "{{ {} parse long.xml --format json; echo $? > status; }} | head -c 100 > /dev/null",
                env!("CARGO_BIN_EXE_feedmill")
            ),
        ])
        .status()
        .unwrap();
    assert!(status.success());
    let code = std::fs::read_to_string(folder.path().join("status")).unwrap();
    assert_eq!(code.trim(), "0");
}

#[test]
fn help_and_usage_errors() {
    let folder = Folder::new();
    folder
        .run(&["--help"])
        .ends_with(0)
        .prints(&["fetch", "Examples"]);
    folder
        .run(&["fetsch"])
        .ends_with(2)
        .complains_of(&["fetsch"]);
    folder.run(&["list", "--limit", "many"]).ends_with(2);
}

#[test]
fn a_feed_that_nobody_knows_is_no_feed_without_articles() {
    let folder = Folder::new();
    folder.run(&["fetch", "--db", "a.db"]).ends_with(0);
    for command in [
        &["list", "--feed", "nosuch"] as &[&str],
        &["search", "word", "--feed", "nosuch"],
        &["export", "--feed", "nosuch"],
        &["tail", "--feed", "nosuch"],
        &["status", "nosuch"],
    ] {
        let ran = folder
            .run(&[command, &["--db", "a.db"]].concat())
            .ends_with(65)
            .complains_of(&["no feed `nosuch`", "feedmill feeds list"]);
        assert_eq!(ran.stdout, "", "{command:?}");
    }
}

#[test]
fn a_search_for_nothing_is_a_usage_error() {
    let folder = Folder::new();
    folder.run(&["fetch", "--db", "a.db"]).ends_with(0);
    for query in ["", " ", "*", "\"\"", "OR"] {
        folder
            .run(&["search", "--db", "a.db", "--", query])
            .ends_with(2)
            .complains_of(&["nothing to search for", "hint"]);
    }
    folder
        .run(&["search", "--db", "a.db", "--", "-other word"])
        .ends_with(0);
}

#[test]
fn a_bad_search_is_shown_with_the_place_of_its_fault() {
    let folder = Folder::new();
    folder.run(&["fetch", "--db", "a.db"]).ends_with(0);
    for (query, status, message, marks) in [
        (
            "a feed:nobody b",
            65,
            "no feed `nobody`",
            "  a feed:nobody b\n    ^^^^^^^^^^^\n",
        ),
        ("a since:soon", 2, "`soon` is no time", "    ^^^^^^^^^^\n"),
        ("a tag:", 2, "`tag:` has no value", "    ^^^^\n"),
        ("a \"b c", 2, "never closed", "  a \"b c\n    ^^^^\n"),
        ("NOT a", 2, "only takes hits away", "  ^^^^^\n"),
        (
            "a OR lang:de",
            2,
            "between a word and a filter",
            "       ^^^^^^^\n",
        ),
    ] {
        let ran = folder
            .run(&["search", "--db", "a.db", "--", query])
            .ends_with(status)
            .complains_of(&[message, marks, "hint"]);
        assert_eq!(ran.stdout, "", "{query}");
    }
    for query in [
        "C++ (2024)",
        "it's",
        "NEAR(a b)",
        "https://a.example/x",
        "Title: a",
    ] {
        folder.run(&["search", "--db", "a.db", query]).ends_with(0);
    }
}

#[test]
fn help_names_defaults_and_the_query_syntax() {
    let folder = Folder::new();
    folder.run(&["search", "--help"]).ends_with(0).prints(&[
        "[default: 20]",
        "\"a phrase\"",
        "begin*",
        "NOT",
        "OR",
    ]);
    folder
        .run(&["list", "--help"])
        .ends_with(0)
        .prints(&["[default: 20]"]);
}

const FEED: &str = "<rss version='2.0'><channel><title>T</title></channel></rss>";

#[test]
fn a_source_that_cannot_be_read_costs_no_other() {
    let folder = Folder::new();
    folder.write("good.xml", FEED);
    folder.write("empty.xml", "");
    let unreachable = "http://127.0.0.1:9/rss";
    for (sources, status, complaints) in [
        (&["good.xml", "good.xml"] as &[&str], 0, &[] as &[&str]),
        (
            &["nosuch.xml", "good.xml", "."],
            1,
            &["cannot read `nosuch.xml`", "cannot read `.`"],
        ),
        (&["good.xml", "empty.xml"], 1, &["empty.xml"]),
        (&["nosuch.xml", "other.xml"], 65, &["nosuch", "other"]),
        (
            &[unreachable, "good.xml"],
            1,
            &["127.0.0.1", "network.allow"],
        ),
        (&[unreachable], 69, &["127.0.0.1", "network.allow"]),
    ] {
        let ran = folder
            .run(&[&["parse"], sources].concat())
            .ends_with(status)
            .complains_of(complaints);
        assert_eq!(
            ran.stdout.matches("T (RSS").count(),
            sources.iter().filter(|name| **name == "good.xml").count()
        );
    }
    for (sources, status) in [
        (&["nosuch.html", "."] as &[&str], 65),
        (&["http://127.0.0.1:9/", "nosuch.html"], 65),
        (&["http://127.0.0.1:9/"], 69),
    ] {
        folder
            .run(&[&["extract"], sources].concat())
            .ends_with(status)
            .complains_of(sources);
    }
}

#[test]
fn each_bad_line_is_answered_with_its_class() {
    let folder = Folder::new();
    for command in ["parse", "extract"] {
        for (line, id, class) in [
            ("[1]", serde_json::Value::Null, "parse"),
            ("3", serde_json::Value::Null, "parse"),
            (r#"{"id":7}"#, 7.into(), "parse"),
            (r#"{"id":7,"path":8}"#, 7.into(), "parse"),
            (r#"{"id":7,"path":"nosuch"}"#, 7.into(), "empty"),
            (r#"{"id":7,"path":"."}"#, 7.into(), "unsupported_type"),
        ] {
            let ran = folder
                .run_with_input(&[command, "--jsonl"], &format!("{line}\n\n"))
                .ends_with(0);
            let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
            assert_eq!(answer["id"], id, "{command} {line}");
            assert_eq!(answer["error_class"], class, "{command} {line}");
            assert!(answer["error"].is_string(), "{command} {line}");
        }
    }
}

#[test]
fn a_refused_address_names_the_way_out() {
    let folder = Folder::new();
    folder.write("feedmill.toml", "");
    for command in [
        &["fetch", "http://127.0.0.1:9/rss"] as &[&str],
        &["extract", "http://127.0.0.1:9/"],
        &["feeds", "add", "http://127.0.0.1:9/"],
        &["feeds", "discover", "http://127.0.0.1:9/"],
    ] {
        let ran = folder.run(command).ends_with(69);
        let said = ran.stdout + &ran.stderr;
        assert!(said.contains("network.allow"), "{command:?}: {said}");
    }
}

const ALLOW: &str = "[network]\nallow = [\"127.0.0.1/32\"]\n[limits]\nhost_delay = \"0s\"\n";

#[test]
fn a_page_that_leads_to_no_feed_is_named_with_what_to_do() {
    let web = Web::always(Answer::ok("text/html", "<!doctype html><p>Hello, reader."));
    let page = web.url("/about").to_string();
    let folder = Folder::new();
    folder.write("feedmill.toml", ALLOW);
    for verb in ["add", "discover"] {
        folder
            .run(&["feeds", verb, &page])
            .ends_with(65)
            .complains_of(&[&page, "advertises none", "hint"]);
    }
}

#[test]
fn a_fetch_of_nothing_says_why() {
    let web = Web::always(Answer::ok(
        "application/rss+xml",
        "<rss version='2.0'><channel><title>One</title></channel></rss>",
    ));
    let folder = Folder::new();
    folder.write("feedmill.toml", ALLOW);
    folder
        .run(&["fetch"])
        .ends_with(0)
        .complains_of(&["no feed is configured", "hint"]);
    let feed = web.url("/rss");
    folder.write(
        "feedmill.toml",
        format!("{ALLOW}[[feeds]]\nurl = \"{feed}\"\n"),
    );
    let first = folder.run(&["fetch"]).ends_with(0);
    assert!(!first.stderr.contains("no feed"), "{}", first.stderr);
    folder
        .run(&["fetch"])
        .ends_with(0)
        .complains_of(&["no feed is due", "--all", "hint"]);
}

#[test]
fn pages_that_failed_are_counted_and_their_reasons_can_be_read_as_printed() {
    let web = Web::start(|seen| {
        let item =
            |n: usize| format!("<item><title>Title {n}</title><link>/page/{n}</link></item>");
        match seen.target.as_str() {
            "/one" => Answer::ok(
                "application/rss+xml",
                format!("<rss version='2.0'><channel><title>T</title>{}", item(1)),
            ),
            "/two" => Answer::ok(
                "application/rss+xml",
                format!("<rss version='2.0'><channel>{}{}", item(2), item(3)),
            ),
            _ => Answer::status(404),
        }
    });
    let folder = Folder::new();
    folder.write("feedmill.toml", ALLOW);
    for (path, pages) in [("/one", "1 page failed"), ("/two", "2 pages failed")] {
        let ran = folder
            .run(&["fetch", web.url(path).as_str(), "--db", "my news.db"])
            .ends_with(1)
            .prints(&[pages, "1 feed: 1 ok", "0 pages read"])
            .complains_of(&["hint", "sqlite3 -readonly -box 'my news.db'"]);
        let sql = ran.stderr.split('"').nth(1).unwrap();
        let store = rusqlite::Connection::open(folder.path().join("my news.db")).unwrap();
        let mut rows = store.prepare(sql).unwrap();
        let classes: Vec<String> = rows
            .query_map([], |row| row.get("error_class"))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(pages.starts_with(&classes.len().to_string()), "{sql}");
        assert!(classes.iter().all(|class| class == "http_status"), "{sql}");
    }
}

#[test]
fn what_the_demo_prints_works_as_printed() {
    let folder = Folder::new();
    let ran = folder.run(&["demo", "--folder", "my demo"]).ends_with(0);
    let database = " --db 'my demo/feedmill-demo.db'";
    let commands: Vec<&str> = ran
        .stdout
        .lines()
        .filter_map(|line| line.split("feedmill ").nth(1))
        .filter(|command| command.contains("--db"))
        .map(|command| command.trim_end_matches("`)"))
        .collect();
    assert!(commands.len() >= 3, "{}", ran.stdout);
    for command in commands {
        assert!(command.ends_with(database), "{command}");
        let words: Vec<&str> = command
            .trim_end_matches(database)
            .split(' ')
            .chain(["--db", "my demo/feedmill-demo.db"])
            .collect();
        folder.run(&words).ends_with(0);
    }
    assert!(ran.stdout.contains("--diff --db"), "{}", ran.stdout);
}

#[test]
fn an_interrupted_fetch_says_what_is_left() {
    let folder = Folder::new();
    folder.write(
        "feedmill.toml",
        format!("{ALLOW}concurrency = 1\nshutdown = \"1200ms\"\n"),
    );
    for (n_feeds, n_signals, left) in [(6, 1, "2 feeds not polled, 4 polls"), (1, 2, "1 poll ")] {
        let (asked, asked_for) = std::sync::mpsc::channel();
        let web = Web::start(move |_| {
            asked.send(()).unwrap_or_default();
            Answer::default().then(Step::Wait(std::time::Duration::from_mins(1)))
        });
        let feeds: Vec<String> = (0..n_feeds)
            .map(|n| web.url(&format!("/{n}")).to_string())
            .collect();
        let mut command = vec!["fetch", "--db", "a.db", "--force"];
        command.extend(feeds.iter().map(String::as_str));
        let mut fetch = folder.start(&command);
        asked_for
            .recv_timeout(std::time::Duration::from_secs(30))
            .unwrap();
        fetch.signal("TERM");
        fetch.wait_for("stopping");
        if n_signals > 1 {
            fetch.signal("INT");
        }
        fetch.wait_for(left);
        let (status, time) = fetch.wait_for_end();
        assert_eq!(status.code(), Some(0));
        assert!(time < std::time::Duration::from_secs(5), "{time:?}");
    }
}
