//! Days that calendars make odd: 29 February, nights in which the clock is changed, leap seconds (R39).

use std::time::Duration;

use chrono::{DateTime, Utc};
use feedmill::{
    clock::{Clock, ManualClock},
    model::{FeedId, FeedMemory, FeedRow, FeedStatus, Outcome},
    schedule::{CacheHints, CronSchedule, Plan, PollResult, Settings, plan},
};

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table, text_feed_table},
    web::{Answer, Web},
};

const HOUR: Duration = Duration::from_hours(1);

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The times at which a feed with a few news each time is polled from `from` on, as many as `n`.
fn polls(by: Plan, from: &str, n: usize) -> Vec<DateTime<Utc>> {
    let clock = ManualClock::at(time(from));
    let settings = Settings {
        plan: by,
        ..Settings::default()
    };
    let mut row = FeedRow {
        id: FeedId(1),
        url: "https://news.example/rss".to_owned(),
        current_url: "https://news.example/rss".to_owned(),
        name: None,
        title: None,
        tags: Vec::new(),
        status: FeedStatus::Active,
        last_polled_at: None,
        last_ok_at: None,
        next_poll_at: None,
        failures: 0,
        validators: None,
        memory: FeedMemory::default(),
    };
    let result = PollResult {
        outcome: Outcome::Ok,
        failure: None,
        cache: CacheHints::default(),
        feed: None,
        n_new: 1,
        n_known: 20,
        has_validators: true,
        is_local_outage: false,
        is_quarantined: false,
    };
    let mut times = Vec::new();
    while times.len() < n {
        let now = clock.now().wall;
        let next = plan(&row, &result, &settings, 0.0, now);
        (row.memory, row.last_ok_at) = (next.memory, Some(now));
        clock.advance((next.at - now).to_std().unwrap());
        times.push(next.at);
    }
    times
}

#[test]
fn an_interval_is_the_same_on_every_day() {
    for from in [
        // The nights before and after 29 February, at the turn of a century too.
        "2028-02-28T20:30:00Z",
        "2028-02-29T20:30:00Z",
        "2100-02-28T20:30:00Z",
        // The clock is put forward and back in Berlin; a second is put in at the end of 2016.
        "2026-03-28T22:30:00Z",
        "2026-10-24T22:30:00Z",
        "2016-12-31T21:30:00Z",
    ] {
        let times = polls(Plan::Every(HOUR), from, 9);
        let want: Vec<_> = (1..=9).map(|n| time(from) + HOUR * n).collect();
        assert_eq!(times, want);
    }
}

fn by_cron(expression: &str) -> Plan {
    Plan::Cron(CronSchedule::parse(expression, Some("Europe/Berlin")).unwrap())
}

#[test]
fn a_time_of_the_day_comes_once_on_each_day_whatever_the_clock_does() {
    for (expression, from, want) in [
        (
            "30 6 * * *",
            "2026-03-27T12:00:00Z",
            ["03-28 05:30", "03-29 04:30", "03-30 04:30"],
        ),
        (
            "30 6 * * *",
            "2026-10-23T12:00:00Z",
            ["10-24 04:30", "10-25 05:30", "10-26 05:30"],
        ),
        // A time that is left out is made up for, one that comes twice counts once.
        (
            "30 2 * * *",
            "2026-03-27T12:00:00Z",
            ["03-28 01:30", "03-29 01:00", "03-30 00:30"],
        ),
        (
            "30 2 * * *",
            "2026-10-23T12:00:00Z",
            ["10-24 00:30", "10-25 00:30", "10-26 01:30"],
        ),
        (
            "30 6 * * *",
            "2028-02-27T12:00:00Z",
            ["02-28 05:30", "02-29 05:30", "03-01 05:30"],
        ),
    ] {
        let times = polls(by_cron(expression), from, 3);
        let got: Vec<String> = times
            .iter()
            .map(|at| at.format("%m-%d %H:%M").to_string())
            .collect();
        assert_eq!(got, want, "{expression}");
    }
}

#[test]
fn the_29th_of_february_comes_in_leap_years_only() {
    let times = polls(by_cron("0 12 29 2 *"), "2026-11-25T10:00:00Z", 3);
    let want = ["2028-02-29", "2032-02-29", "2036-02-29"];
    let days = times.iter().map(|at| at.date_naive().to_string());
    assert!(days.eq(want.map(str::to_owned)), "{times:?}");
}

#[test]
fn odd_dates_are_stored_as_times_that_every_reader_understands() {
    let item = |n: usize, date: &str| {
        format!("<item><title>Item {n}</title><guid>{n}</guid><pubDate>{date}</pubDate></item>")
    };
    let dates = [
        (
            "Sat, 31 Dec 2016 23:59:60 GMT",
            Some("2016-12-31T23:59:59Z"),
        ),
        ("2015-06-30T23:59:60Z", Some("2015-06-30T23:59:59Z")),
        (
            "Mon, 29 Feb 2016 12:00:00 GMT",
            Some("2016-02-29T12:00:00Z"),
        ),
        ("29 Feb 2015 12:00:00 GMT", None),
        // Times that the clocks of the zone leave out and show twice.
        ("2026-03-29T02:30:00+01:00", Some("2026-03-29T01:30:00Z")),
        ("2026-10-25T02:30:00+02:00", Some("2026-10-25T00:30:00Z")),
    ];
    let items = dates.iter().enumerate();
    let items: Vec<String> = items.map(|(n, (date, _))| item(n, date)).collect();
    let feed = format!(
        "<rss version='2.0'><channel><title>F</title>{}</channel></rss>",
        items.concat()
    );
    let web = Web::always(Answer::ok("application/rss+xml", feed));
    let folder = Folder::new();
    let table = text_feed_table("one", web.url("/rss").as_str());
    folder.write("feedmill.toml", format!("{LOOPBACK}{table}"));
    folder.run(&["fetch", "--all"]).ends_with(0);
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    for (n, (date, want)) in dates.iter().enumerate() {
        let (raw, stored, is_readable): (String, Option<String>, bool) = database
            .query_row(
                "SELECT published_raw, published_at, published_at IS NULL OR julianday(published_at) IS NOT NULL
                 FROM v1_articles WHERE title = ?1",
                [format!("Item {n}")],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .unwrap();
        assert_eq!((raw.as_str(), stored.as_deref()), (*date, *want));
        assert!(is_readable, "{date}");
    }
}

#[test]
fn a_leap_second_on_a_page_is_stored_so_too() {
    let head = "<meta property='article:published_time' content='2016-12-31T23:59:60Z'>\
        <script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"dateModified\":\"2016-12-31T23:59:60Z\"}</script>";
    let words = "The harbour of the old town was opened again on Monday, after two years in which no ship had come. ";
    let page = format!(
        "<html><head><title>The page</title>{head}</head><body><article><p>{}</article></body></html>",
        words.repeat(9)
    );
    let web = Web::start(move |seen| match seen.target.as_str() {
        "/rss" => {
            let own = format!("http://{}", seen.header("Host").unwrap_or_default());
            let item = format!("<item><title>The page</title><link>{own}/page</link></item>");
            let feed =
                format!("<rss version='2.0'><channel><title>F</title>{item}</channel></rss>");
            Answer::ok("application/rss+xml", feed)
        }
        "/page" => Answer::ok("text/html", page.as_str()),
        _ => Answer::status(404),
    });
    let folder = Folder::new();
    let table = feed_table("one", web.url("/rss").as_str());
    folder.write("feedmill.toml", format!("{LOOPBACK}{table}"));
    folder.run(&["fetch", "--all"]).ends_with(0);
    let database = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    let stored: (Option<String>, Option<String>) = database
        .query_row(
            "SELECT published_at, updated_at FROM v1_articles",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let want = Some("2016-12-31T23:59:59Z".to_owned());
    assert_eq!(stored, (want.clone(), want));
}
