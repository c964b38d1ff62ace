//! What is learned of a site from its pages: the paragraphs it repeats, and what its pages are usually like.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use crate::support::{
    cli::{Folder, LOOPBACK, Ran, feed_table},
    power_cut::Dice,
    web::{Answer, Web},
};

const WORDS: &[&str] = &[
    "river", "council", "bridge", "harbour", "engine", "minister", "garden", "winter", "market",
    "signal", "teacher", "island", "coal", "letter", "window", "summer", "valley", "storm",
    "museum", "bakery", "tunnel", "orchard", "captain", "ladder", "copper", "violin", "desert",
];

const ABOUT: &str = "Mary Miller has written about harbours, ferries and the people who work there since she \
    left the sea, and she answers every letter that reaches her.";
const FOLLOW: &str = "Readers who want more of this get our evening letter, which sums up the day in five \
    minutes and has no advertisements at all.";

/// A page and what the feed says of it.
#[derive(Clone)]
struct Story {
    title: String,
    summary: String,
    paragraphs: Vec<String>,
}

/// A sentence of many words, another for each number.
fn sentence(number: usize) -> String {
    let mut dice = Dice(number as u64 * 7_919);
    let mut sentence = format!("In the year of report {number}");
    for _ in 0..30 {
        write!(sentence, " the {}", WORDS[dice.below(WORDS.len())]).unwrap();
    }
    sentence + " was seen by all."
}

/// An article of its own, with these passages at its end.
fn story(number: usize, passages: &[&str]) -> Story {
    let mut paragraphs: Vec<String> = (0..7).map(|n| sentence(number * 100 + n)).collect();
    paragraphs.extend(passages.iter().map(ToString::to_string));
    Story {
        title: format!(
            "{} and {} {number}",
            WORDS[number % 27],
            WORDS[number * 5 % 26]
        ),
        summary: format!("What report {number} says in short."),
        paragraphs,
    }
}

/// A site with one feed, and a folder that follows it.
struct Site {
    stories: Arc<Mutex<Vec<Story>>>,
    folder: Folder,
    web: Web,
}

impl Site {
    fn start() -> Self {
        let stories: Arc<Mutex<Vec<Story>>> = Arc::default();
        let shown = Arc::clone(&stories);
        let web = Web::start(move |seen| {
            let host = seen.header("host").unwrap_or_default();
            let shown = shown.lock().unwrap();
            let Some(number) = seen.target.strip_prefix("/story/") else {
                return match seen.target.as_str() {
                    "/rss" => Answer::ok("application/rss+xml", document(&host, &shown)),
                    _ => Answer::status(404),
                };
            };
            Answer::ok("text/html", page(&shown[number.parse::<usize>().unwrap()]))
        });
        let folder = Folder::new();
        let feed = feed_table("one", web.url("/rss").as_str());
        folder.write("feedmill.toml", format!("{LOOPBACK}{feed}"));
        Self {
            stories,
            folder,
            web,
        }
    }

    /// The site publishes this, and a process of its own fetches it.
    fn publish(&self, stories: impl IntoIterator<Item = Story>) -> Ran {
        self.stories.lock().unwrap().extend(stories);
        self.fetch()
    }

    fn fetch(&self) -> Ran {
        self.folder.run(&["-v", "fetch", "--all", "--force"])
    }

    fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("a.db")).unwrap()
    }

    /// The text stored of a story now, and what was left out of it.
    fn stored(&self, number: usize) -> (String, Vec<String>) {
        let database = self.database();
        let url = self.web.url(&format!("/story/{number}")).to_string();
        let (id, revision, text): (i64, i64, String) = database
            .query_row(
                "SELECT id, revision, text FROM v1_articles WHERE url = ?1",
                [&url],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .unwrap();
        let mut left_out = database
            .prepare("SELECT passage FROM v1_left_out WHERE article_id = ?1 AND revision = ?2 ORDER BY place")
            .unwrap();
        let left_out = left_out
            .query_map([id, revision], |row| row.get(0))
            .unwrap();
        (text, left_out.map(Result::unwrap).collect())
    }

    /// Asserts that all a story says is stored but for the passages that are left out.
    #[track_caller]
    fn check(&self, number: usize, left_out: &[&str]) {
        let paragraphs = self.stories.lock().unwrap()[number].paragraphs.clone();
        let kept: Vec<String> = paragraphs
            .into_iter()
            .filter(|p| !left_out.contains(&p.as_str()))
            .collect();
        let (text, got) = self.stored(number);
        assert_eq!(text, kept.join("\n\n"), "text of story {number}");
        assert_eq!(got, left_out, "left out of story {number}");
    }

    fn flags(&self) -> String {
        let flags = "SELECT flags FROM v1_feeds";
        self.database()
            .query_row(flags, [], |row| row.get(0))
            .unwrap()
    }
}

fn document(host: &str, stories: &[Story]) -> String {
    let mut items = String::new();
    for (number, story) in stories.iter().enumerate() {
        write!(
            items,
            "<item><guid isPermaLink='false'>{number}</guid><title>{}</title>\
             <link>http://{host}/story/{number}</link><description>{}</description></item>",
            story.title, story.summary
        )
        .unwrap();
    }
    format!("<rss version='2.0'><channel><title>One</title>{items}</channel></rss>")
}

fn page(story: &Story) -> String {
    let paragraphs = format!("<p>{}</p>", story.paragraphs.join("</p><p>"));
    format!(
        "<html><head><title>{0}</title></head><body><article><h1>{0}</h1>{paragraphs}</article></body></html>",
        story.title
    )
}

#[test]
fn what_a_site_repeats_is_left_out_from_the_third_article_on_and_can_be_looked_at() {
    let site = Site::start();
    site.publish((0..2).map(|n| story(n, &[ABOUT, FOLLOW])))
        .ends_with(0);
    // Another process goes on learning where the first one stopped.
    site.publish((2..4).map(|n| story(n, &[ABOUT, FOLLOW])))
        .ends_with(0);
    site.publish([story(4, &[ABOUT, FOLLOW])]).ends_with(0);
    for number in 0..2 {
        site.check(number, &[]);
    }
    for number in 2..5 {
        site.check(number, &[ABOUT, FOLLOW]);
    }
    let learned =
        "SELECT count(*) FROM v1_boilerplate WHERE site LIKE '127.0.0.1:%' AND articles >= 3";
    let n_learned: i64 = site
        .database()
        .query_row(learned, [], |row| row.get(0))
        .unwrap();
    assert_eq!(n_learned, 2);
    let url = site.web.url("/story/3").to_string();
    site.folder.run(&["show", &url]).ends_with(0).prints(&[
        "Left out, because the site repeats it:",
        ABOUT,
        FOLLOW,
    ]);
    let shown = site.folder.run(&["show", &url, "--json"]).ends_with(0);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["left_out"], serde_json::json!([ABOUT, FOLLOW]));
    site.folder.run(&["db", "verify"]).ends_with(0);
    site.folder.run(&["forget", &url]).ends_with(0);
    let left = "SELECT count(DISTINCT article_id) FROM v1_left_out";
    let n_left: i64 = site
        .database()
        .query_row(left, [], |row| row.get(0))
        .unwrap();
    assert_eq!(n_left, 2);
}

#[test]
fn a_second_look_at_a_page_counts_for_nothing() {
    let site = Site::start();
    site.publish([story(0, &[ABOUT]), story(1, &[ABOUT])])
        .ends_with(0);
    for version in 0..4 {
        site.stories.lock().unwrap()[1].summary = format!("What version {version} says.");
        site.fetch().ends_with(0);
        site.check(1, &[]);
    }
    site.publish([story(2, &[ABOUT])]).ends_with(0);
    site.check(2, &[ABOUT]);
}

#[test]
fn a_passage_that_the_feeds_summary_holds_stays() {
    let site = Site::start();
    site.publish((0..3).map(|n| story(n, &[ABOUT])))
        .ends_with(0);
    let portrait = Story {
        summary: format!("A portrait. {ABOUT}"),
        ..story(3, &[ABOUT])
    };
    site.publish([portrait, story(4, &[ABOUT])]).ends_with(0);
    site.check(3, &[]);
    site.check(4, &[ABOUT]);
}

#[test]
fn the_versions_of_a_ticker_keep_all_they_say() {
    let site = Site::start();
    site.publish((0..4).map(|n| story(n, &[]))).ends_with(0);
    let ticker = |version: usize| Story {
        title: "The storm on the island: live".to_owned(),
        summary: format!("The storm, as of hour {version}."),
        paragraphs: (0..6 + version)
            .rev()
            .map(|n| sentence(9_000 + n))
            .collect(),
    };
    // At one address …
    site.publish([ticker(0)]).ends_with(0);
    for version in 1..7 {
        site.stories.lock().unwrap()[4] = ticker(version);
        site.fetch().ends_with(0);
        site.check(4, &[]);
    }
    // … and at an address for each version.
    for version in 7..14 {
        site.publish([ticker(version)]).ends_with(0);
        site.check(version - 2, &[]);
    }
}

#[test]
fn a_layout_that_is_no_longer_read_raises_an_alarm_that_goes_by_itself() {
    const SAYS: &str = "far less text than they used to";
    let site = Site::start();
    let broken = |n: usize| Story {
        paragraphs: vec![sentence(n * 100).chars().take(150).collect()],
        ..story(n, &[])
    };
    site.publish((0..12).map(|n| story(n, &[])));
    let before = site.publish((12..16).map(broken));
    assert!(
        !before.stderr.contains("another layout"),
        "{}",
        before.stderr
    );
    assert_eq!(site.flags(), "[]");
    site.publish([broken(16)])
        .complains_of(&["has its site another layout?"]);
    assert_eq!(site.flags(), "[\"layout_changed\"]");
    let again = site.publish([broken(17)]);
    assert!(!again.stderr.contains("another layout"), "{}", again.stderr);
    site.folder
        .run(&["status"])
        .ends_with(0)
        .prints(&["one: ", SAYS]);
    site.folder
        .run(&["status", "one"])
        .ends_with(0)
        .prints(&["doubt: ", SAYS]);
    // Its new articles are not those of another feed.
    let marked = "SELECT count(*) FROM v1_articles WHERE flags LIKE '%feed_changed%'";
    let n_marked: i64 = site
        .database()
        .query_row(marked, [], |row| row.get(0))
        .unwrap();
    assert_eq!(n_marked, 0);
    site.publish((18..20).map(|n| story(n, &[])));
    assert_eq!(site.flags(), "[\"layout_changed\"]");
    site.publish([story(20, &[])]);
    assert_eq!(site.flags(), "[]");
    let after = site.folder.run(&["status"]).ends_with(0);
    assert!(!after.stdout.contains(SAYS));
}

#[test]
fn pausing_a_feed_takes_the_alarm_away_and_what_was_usual_with_it() {
    let site = Site::start();
    let broken = |n: usize| Story {
        paragraphs: vec![sentence(n * 100).chars().take(150).collect()],
        ..story(n, &[])
    };
    site.publish((0..12).map(|n| story(n, &[])));
    site.publish((12..17).map(broken));
    assert_eq!(site.flags(), "[\"layout_changed\"]");
    site.folder.run(&["feeds", "pause", "one"]).ends_with(0);
    site.fetch();
    site.folder.run(&["feeds", "resume", "one"]).ends_with(0);
    site.publish((17..24).map(broken));
    assert_eq!(site.flags(), "[]");
}
