//! Where texts go: new, revised, linked, grouped; by real files.

use std::time::Duration;

use chrono::TimeDelta;
use feedmill::{
    clock::Clock as _,
    model::{ErrorClass, FeedStatus, QueueId},
    store::{
        ConfiguredFeed, PageWanted, RawPage, RobotsCost, RobotsRow, RobotsState, Step, Stored,
    },
};

use crate::store_support::{
    World, configured, content, fallback, keep, listing, queue, refresh, seen, start, words,
};

const ONE: &str = "https://news.example/one";
const TWO: &str = "https://other.example/two";

fn days(n: u64) -> Duration {
    Duration::from_hours(24 * n)
}

#[tokio::test]
async fn an_entry_waits_in_no_view_but_the_queue_until_its_page_is_had() {
    let world = World::new();
    let feed = world.feed("news").await;
    let stored = world.poll(feed, vec![queue("g1", ONE, "One")]).await;
    assert_eq!((stored.n_new, stored.n_queued), (0, 1));
    let reader = world.reader();
    assert!(world.articles().is_empty());
    assert_eq!(reader.queue(10).unwrap().len(), 1);
    let known = world
        .store
        .known_listings(feed, vec!["g1".to_owned(), "g2".to_owned()])
        .await
        .unwrap();
    assert_eq!(known.len(), 1);
    assert!(!known[0].has_article);
    assert_eq!(world.store.waiting(feed).await.unwrap(), 1);

    let text = words(80, "w");
    world
        .pages(feed, |page| Some(content(&page.url, "One", &text)))
        .await;
    let article = &world.articles()[0];
    assert_eq!(
        (article.revision, article.text.as_str()),
        (1, text.as_str())
    );
    assert_eq!(article.text_source, "page");
    assert_eq!(reader.listings(article.id).unwrap().len(), 1);
    assert!(reader.queue(10).unwrap().is_empty());
    assert_eq!(reader.fetches(article.id).unwrap().len(), 1);
    assert_eq!(world.kinds(), ["new"]);
    world.is_sound();
}

#[tokio::test]
async fn the_entry_comes_back_from_the_queue_as_the_feed_gave_it() {
    let world = World::new();
    let feed = world.feed("news").await;
    world.poll(feed, vec![queue("g1", ONE, "One")]).await;
    let due = world.store.due_pages(feed, 10, start()).await.unwrap();
    assert_eq!(
        due[0].page.entry,
        crate::store_support::entry("g1", ONE, "One")
    );
    assert_eq!(due[0].attempts, 0);
    world
        .raw()
        .execute("UPDATE queue SET not_before = '2026-05-28T20:31:40Z'", [])
        .unwrap();
    assert!(
        world
            .store
            .due_pages(feed, 10, start())
            .await
            .unwrap()
            .is_empty()
    );
    // It is due later, and at once where the clock was put back.
    for at in [
        start() + TimeDelta::minutes(5),
        start() - TimeDelta::hours(2),
    ] {
        let due = world.store.due_pages(feed, 10, at).await.unwrap();
        assert_eq!(due.len(), 1, "{at}");
    }
}

#[tokio::test]
async fn the_same_text_from_two_sites_is_one_article_with_two_listings() {
    let world = World::new();
    let rows = world.feeds(&["a", "b"]).await;
    let text = words(60, "w");
    world
        .poll(rows[0].id, vec![keep("g", ONE, "One", &text)])
        .await;
    let stored = world
        .poll(rows[1].id, vec![keep("g", TWO, "Two", &text)])
        .await;
    assert_eq!((stored.n_new, stored.n_linked), (0, 1));
    let articles = world.articles();
    assert_eq!(articles.len(), 1);
    assert_eq!(articles[0].url.as_deref(), Some(ONE));
    assert_eq!(world.reader().listings(articles[0].id).unwrap().len(), 2);
    let feeds = world.reader().feeds().unwrap();
    assert_eq!((feeds[0].articles, feeds[1].articles), (1, 1));
    // The second address leads to it as well from now on.
    let known = world.reader().article(TWO).unwrap().unwrap();
    assert_eq!(known.id, articles[0].id);
    world.is_sound();
}

#[tokio::test]
async fn a_short_text_of_another_address_stays_apart() {
    let world = World::new();
    let rows = world.feeds(&["a", "b"]).await;
    world
        .poll(rows[0].id, vec![keep("g", ONE, "One", "Just a few words.")])
        .await;
    world
        .poll(rows[1].id, vec![keep("g", TWO, "Two", "Just a few words.")])
        .await;
    assert_eq!(world.articles().len(), 2);
    world.is_sound();
}

#[tokio::test]
async fn the_same_feed_and_title_within_a_week_is_the_same_article() {
    let world = World::new();
    let feed = world.feed("a").await;
    world
        .poll(
            feed,
            vec![keep("g1", ONE, "Same title", "Just a few words.")],
        )
        .await;
    world.clock.advance(days(6));
    let stored = world
        .poll(
            feed,
            vec![keep("g2", TWO, "same Title", "Just a few words.")],
        )
        .await;
    assert_eq!((stored.n_new, stored.n_linked), (0, 1));
    world.clock.advance(days(8));
    let third = "https://news.example/three";
    let stored = world
        .poll(
            feed,
            vec![keep("g3", third, "Same title", "Just a few words.")],
        )
        .await;
    assert_eq!(stored.n_new, 1);
    world.is_sound();
}

#[tokio::test]
async fn an_edit_is_a_revision_and_the_same_text_never_is() {
    let world = World::new();
    let feed = world.feed("a").await;
    let old = words(60, "old");
    let new = words(61, "new");
    world.poll(feed, vec![keep("g", ONE, "One", &old)]).await;
    world.clock.advance(Duration::from_mins(1));
    let stored = world.poll(feed, vec![keep("g", ONE, "One", &new)]).await;
    assert_eq!(stored.n_revised, 1);
    let article = world.articles().remove(0);
    assert_eq!((article.revision, article.text.as_str()), (2, new.as_str()));
    assert_ne!(article.first_seen_at, article.changed_at);
    let revisions = world.reader().revisions(article.id).unwrap();
    let texts: Vec<&str> = revisions.iter().map(|r| r.text.as_str()).collect();
    assert_eq!(texts, [old.as_str(), new.as_str()]);
    assert_eq!(revisions[0].seen_at, article.first_seen_at);
    assert_eq!(revisions[1].seen_at, article.changed_at);

    world.clock.advance(Duration::from_mins(1));
    let stored = world.poll(feed, vec![keep("g", ONE, "One", &new)]).await;
    assert_eq!((stored.n_new, stored.n_revised), (0, 0));
    assert_eq!(world.articles()[0], article);
    assert_eq!(world.kinds(), ["new", "revised"]);
    // The old text is found no more, the new one is.
    assert!(world.search("old7").is_empty());
    assert_eq!(world.search("new7").len(), 1);
    world.is_sound();
}

#[tokio::test]
async fn several_changes_of_one_article_in_one_transaction_keep_the_full_text_right() {
    let world = World::new();
    let feed = world.feed("a").await;
    let entries = vec![
        keep("g", ONE, "One", &words(60, "first")),
        keep("g", ONE, "One", &words(60, "second")),
        keep("g", ONE, "One", &words(60, "third")),
    ];
    let stored = world.poll(feed, entries).await;
    assert_eq!((stored.n_new, stored.n_revised), (1, 2));
    assert!(world.search("first3").is_empty());
    assert_eq!(world.search("third3").len(), 1);
    world.is_sound();
    full_text_is_sound(&world);
}

/// FTS5's own check of the index against the articles.
fn full_text_is_sound(world: &World) {
    for table in ["articles_fts", "articles_fts_cjk"] {
        world
            .raw()
            .execute_batch(&format!(
                "INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)"
            ))
            .unwrap();
    }
}

#[tokio::test]
async fn a_page_that_failed_at_first_replaces_the_feeds_text_later() {
    let world = World::new();
    let feed = world.feed("a").await;
    world.poll(feed, vec![queue("g", ONE, "One")]).await;
    world
        .pages(feed, |page| {
            Some(fallback(&page.url, "One", "A mere summary."))
        })
        .await;
    let article = world.articles().remove(0);
    assert_eq!(
        article.page_error.as_deref(),
        Some(ErrorClass::Timeout.as_str())
    );
    assert_eq!(world.reader().queue(10).unwrap()[0].attempts, 1);
    let known = world
        .store
        .known_listings(feed, vec!["g".to_owned()])
        .await
        .unwrap();
    assert!(known[0].has_article);

    world.clock.advance(Duration::from_hours(1));
    let due = world
        .store
        .due_pages(feed, 9, world.clock.now().wall)
        .await
        .unwrap();
    assert_eq!(due[0].article.map(|id| id.0), Some(article.id));
    let text = words(70, "page");
    world
        .pages(feed, |page| Some(content(&page.url, "One", &text)))
        .await;
    let articles = world.articles();
    assert_eq!(articles.len(), 1);
    assert_eq!(
        (articles[0].revision, articles[0].page_error.clone()),
        (2, None)
    );
    assert_eq!(articles[0].text, text);
    assert!(world.reader().queue(10).unwrap().is_empty());
    world.is_sound();
}

#[tokio::test]
async fn a_known_address_is_linked_without_a_fetch_and_a_waiting_one_is_joined() {
    let world = World::new();
    let rows = world.feeds(&["a", "b", "c"]).await;
    world.poll(rows[0].id, vec![queue("g", ONE, "One")]).await;
    let www = "http://www.news.example/one/";
    let stored = world.poll(rows[1].id, vec![queue("h", www, "One")]).await;
    assert_eq!((stored.n_queued, stored.n_linked), (0, 0));
    assert_eq!(world.reader().queue(10).unwrap().len(), 1);
    let text = words(70, "page");
    world
        .pages(rows[0].id, |page| Some(content(&page.url, "One", &text)))
        .await;
    assert_eq!(world.reader().listings(1).unwrap().len(), 2);
    let stored = world.poll(rows[2].id, vec![queue("i", www, "One")]).await;
    assert_eq!((stored.n_queued, stored.n_linked), (0, 1));
    assert_eq!(world.reader().listings(1).unwrap().len(), 3);
    world.is_sound();
}

#[tokio::test]
async fn a_changed_entry_fetches_the_page_anew_and_makes_a_revision() {
    let world = World::new();
    let feed = world.feed("a").await;
    world.poll(feed, vec![queue("g", ONE, "One")]).await;
    world
        .pages(feed, |page| {
            Some(content(&page.url, "One", &words(60, "x")))
        })
        .await;
    let stored = world
        .poll(feed, vec![refresh("g", ONE, "One, corrected")])
        .await;
    assert_eq!(stored.n_queued, 1);
    let text = words(60, "y");
    let stored = world
        .pages(feed, |page| {
            Some(content(&page.url, "One, corrected", &text))
        })
        .await;
    assert_eq!(stored[0].n_revised, 1);
    assert_eq!(world.articles()[0].title.as_deref(), Some("One, corrected"));
    world.is_sound();
}

#[tokio::test]
async fn near_duplicates_share_a_story_and_stay_apart() {
    let world = World::new();
    let rows = world.feeds(&["a", "b"]).await;
    let wire: Vec<String> = (0..300).map(|n| format!("word{}", n * 7 % 301)).collect();
    let wire = wire.join(" ");
    world
        .poll(rows[0].id, vec![keep("g", ONE, "One", &wire)])
        .await;
    let edited = format!("{wire} {}", words(30, "extra"));
    world
        .poll(rows[1].id, vec![keep("g", TWO, "Two", &edited)])
        .await;
    world
        .poll(
            rows[1].id,
            vec![keep("h", "https://b.example/3", "Three", &words(300, "z"))],
        )
        .await;
    let stories: Vec<i64> = world.articles().iter().map(|a| a.story_id).collect();
    assert_eq!(stories, [3, 1, 1]);
    world.is_sound();
}

#[tokio::test]
async fn a_story_is_over_after_two_weeks() {
    let world = World::new();
    let feed = world.feed("a").await;
    world
        .poll(feed, vec![keep("g", ONE, "One", &words(300, "w"))])
        .await;
    world.clock.advance(days(15));
    let other = "https://a.example/other";
    world
        .poll(feed, vec![keep("o", other, "Other", &words(300, "o"))])
        .await;
    let again = format!("{} {}", words(300, "w"), words(20, "more"));
    world.poll(feed, vec![keep("h", TWO, "Two", &again)]).await;
    assert_eq!(world.articles()[0].story_id, 3);
}

#[tokio::test]
async fn a_summary_that_grows_into_a_known_story_is_regrouped() {
    let world = World::new();
    let rows = world.feeds(&["a", "b"]).await;
    let wire = words(300, "w");
    world
        .poll(rows[0].id, vec![keep("g", ONE, "One", &wire)])
        .await;
    world.poll(rows[1].id, vec![queue("g", TWO, "Two")]).await;
    world
        .pages(rows[1].id, |page| {
            Some(fallback(&page.url, "Two", "A summary."))
        })
        .await;
    world.clock.advance(Duration::from_hours(1));
    let longer = format!("{wire} {}", words(20, "more"));
    world
        .pages(rows[1].id, |page| Some(content(&page.url, "Two", &longer)))
        .await;
    assert_eq!(world.kinds(), ["new", "new", "revised", "regrouped"]);
    let article = &world.articles()[0];
    assert_eq!((article.story_id, article.revision), (1, 2));
    assert_eq!(article.cursor, 4);
    world.is_sound();
}

#[tokio::test]
async fn what_was_missing_is_filled_without_a_revision() {
    let world = World::new();
    let rows = world.feeds(&["a", "b"]).await;
    let text = words(60, "w");
    world
        .poll(rows[0].id, vec![keep("g", ONE, "One", &text)])
        .await;
    let before = world.articles().remove(0);
    let mut entry = keep("g", TWO, "Two", &text);
    if let feedmill::store::EntryAction::Keep(content) = &mut entry.action {
        content.published_at = Some(start());
        content.site_name = Some("Other".to_owned());
        content.language = Some("de".to_owned());
    }
    world.poll(rows[1].id, vec![entry]).await;
    let after = world.articles().remove(0);
    assert_eq!(after.published_at.as_deref(), Some("2026-05-28T20:26:40Z"));
    assert_eq!(after.site_name.as_deref(), Some("Other"));
    assert_eq!(after.language, before.language, "what was there stays");
    assert_eq!(
        (after.cursor, after.changed_at),
        (before.cursor, before.changed_at)
    );
}

#[tokio::test]
async fn a_date_that_cannot_be_is_kept_as_written_only() {
    let world = World::new();
    let feed = world.feed("a").await;
    let mut entry = keep("g", ONE, "One", &words(60, "w"));
    if let feedmill::store::EntryAction::Keep(content) = &mut entry.action {
        content.published_at = Some(start() + TimeDelta::days(400));
        content.published_raw = Some("next year".to_owned());
    }
    world.poll(feed, vec![entry]).await;
    let article = world.articles().remove(0);
    assert_eq!(article.published_at, None);
    assert_eq!(article.published_raw.as_deref(), Some("next year"));
}

#[tokio::test]
async fn forgetting_takes_everything_out_and_keeps_it_out() {
    let world = World::new();
    let rows = world.feeds(&["a", "b"]).await;
    let text = words(60, "secret");
    world
        .poll(rows[0].id, vec![keep("g", ONE, "One", &words(60, "was"))])
        .await;
    world
        .poll(rows[0].id, vec![keep("g", ONE, "One", &text)])
        .await;
    world
        .poll(rows[1].id, vec![keep("h", TWO, "Two", &text)])
        .await;
    let n = world
        .store
        .forget(vec![format!("{ONE}?utm_source=x")])
        .await
        .unwrap();
    assert_eq!(n, 1);
    assert!(world.articles().is_empty());
    assert_eq!(world.kinds(), ["new", "revised", "pruned"]);
    let reader = world.reader();
    assert!(world.search("secret3").is_empty());
    assert!(reader.revisions(1).unwrap().is_empty());
    assert!(reader.listings(1).unwrap().is_empty());
    assert_eq!(reader.feeds().unwrap()[0].articles, 0);
    full_text_is_sound(&world);

    let known = world
        .store
        .known_listings(rows[0].id, vec!["g".to_owned()])
        .await
        .unwrap();
    assert!(known[0].has_article);
    assert_eq!(known[0].entry_hash, listing("g", ONE, "One").entry_hash);
    // The same key, the same address, the same text elsewhere: none comes back.
    world
        .poll(rows[0].id, vec![refresh("g", ONE, "One, changed")])
        .await;
    world
        .poll(rows[0].id, vec![queue("new key", ONE, "One")])
        .await;
    let third = "https://third.example/3";
    world
        .poll(rows[1].id, vec![keep("third", third, "Three", &text)])
        .await;
    assert!(world.articles().is_empty());
    assert!(reader.queue(10).unwrap().is_empty());
    // Its number is not used again.
    world
        .poll(rows[1].id, vec![keep("x", third, "X", &words(60, "x"))])
        .await;
    assert_eq!(world.articles()[0].id, 2);
    world.is_sound();
}

#[tokio::test]
async fn a_waiting_page_can_be_forgotten_while_it_is_fetched() {
    let world = World::new();
    let feed = world.feed("a").await;
    world.poll(feed, vec![queue("g", ONE, "One")]).await;
    let due = world
        .store
        .due_pages(feed, 9, start())
        .await
        .unwrap()
        .remove(0);
    world.store.forget(vec![ONE.to_owned()]).await.unwrap();
    let record = world.page_record(feed, &due, Some(content(ONE, "One", &words(60, "w"))));
    let stored = world.store.finish_page(record).await.unwrap();
    assert_eq!(stored.article, None);
    assert!(world.articles().is_empty());
    world.is_sound();
}

#[tokio::test]
async fn feeds_follow_the_configuration() {
    let world = World::new();
    let first = world.feeds(&["a", "b"]).await;
    let adhoc = world
        .store
        .adhoc_feed("https://hand.example/feed")
        .await
        .unwrap();
    assert_eq!(adhoc.status, FeedStatus::Adhoc);
    world.poll(first[1].id, vec![queue("g", ONE, "One")]).await;
    world.poll(first[0].id, vec![queue("g", ONE, "One")]).await;

    let paused = ConfiguredFeed {
        is_paused: true,
        is_tls_unverified: true,
        ..configured("c")
    };
    let second = world
        .store
        .sync_feeds(vec![paused, configured("a")])
        .await
        .unwrap();
    assert_eq!(second[1].id, first[0].id);
    assert_eq!(second[0].status, FeedStatus::Paused);
    let all = world.store.feeds().await.unwrap();
    let status = |id| all.iter().find(|row| row.id == id).unwrap().status;
    assert_eq!(status(first[1].id), FeedStatus::Removed);
    assert_eq!(status(adhoc.id), FeedStatus::Adhoc);
    // What waited under the removed feed waits under the other one that lists it.
    assert_eq!(world.store.waiting(first[0].id).await.unwrap(), 1);
    let view = world.reader().feed("c").unwrap().unwrap();
    assert!(view.tls_unverified);

    let third = world.store.sync_feeds(vec![configured("b")]).await.unwrap();
    assert_eq!(
        (third[0].id, third[0].status),
        (first[1].id, FeedStatus::Active)
    );
}

#[tokio::test]
async fn a_poll_is_kept_with_all_that_the_next_one_needs() {
    let world = World::new();
    let feed = world.feed("a").await;
    let mut record = world.poll_record(feed, vec![]);
    record.is_gap = true;
    record.feed_update.memory.interval_seconds = 900;
    record.feed_update.current_url = Some("https://moved.example/rss".to_owned());
    world.store.finish_poll(record).await.unwrap();
    world.store.learn_full_text(feed, 3, 2, true).await.unwrap();
    world
        .store
        .learn_full_text(feed, 1, 1, false)
        .await
        .unwrap();
    let row = world.store.feed(feed).await.unwrap().unwrap();
    assert_eq!(row.last_ok_at, Some(start()));
    assert_eq!(row.next_poll_at, Some(start() + TimeDelta::hours(1)));
    let validators = row.validators.unwrap();
    assert_eq!(validators.etag.unwrap(), b"\"a\xff\x00b\"", "byte for byte");
    assert_eq!(row.memory.interval_seconds, 900);
    assert_eq!(
        (row.memory.full_text_checked, row.memory.full_text_streak),
        (4, 3)
    );
    assert_eq!(row.current_url, "https://moved.example/rss");

    world.failed_poll(feed).await;
    let reader = world.reader();
    let polls = reader.polls(feed.0, 10).unwrap();
    let outcomes: Vec<&str> = polls.iter().map(|poll| poll.outcome.as_str()).collect();
    assert_eq!(outcomes, ["failed", "ok"]);
    assert_eq!(polls[0].error_class.as_deref(), Some("dns"));
    let view = reader.feed("a").unwrap().unwrap();
    assert_eq!(
        (view.failures, view.error.as_deref()),
        (1, Some("no such host"))
    );
    assert_eq!(reader.gaps(10).unwrap().len(), 1);
    let hosts = reader.hosts(10).unwrap();
    assert_eq!((hosts[0].requests, hosts[0].failed), (2, 1));
    let row = world.store.feed(feed).await.unwrap().unwrap();
    assert!(row.validators.is_some(), "a failure keeps the validators");
    let health = world.store.health().await.unwrap();
    assert_eq!(
        (health.feeds.len(), health.last_poll_at),
        (1, Some(start()))
    );
}

#[tokio::test]
async fn a_renamed_feed_keeps_its_history() {
    let world = World::new();
    let rows = world.feeds(&["a", "b"]).await;
    world
        .poll(rows[0].id, vec![keep("g", ONE, "One", "Text.")])
        .await;
    let renamed = world
        .store
        .rename_feed("https://a.example/rss", "https://a.example/feed")
        .await
        .unwrap();
    assert_eq!(renamed.id, rows[0].id);
    assert_eq!(renamed.validators, None);
    let taken = world
        .store
        .rename_feed("https://a.example/feed", "https://b.example/rss")
        .await;
    assert!(taken.unwrap_err().to_string().contains("exists already"));
}

#[tokio::test]
async fn robots_and_raw_pages_are_kept_as_they_came() {
    let world = World::new();
    let feed = world.feed("a").await;
    let row = RobotsRow {
        holds: Vec::new(),
        origin: "https://news.example".to_owned(),
        fetched_at: start(),
        state: RobotsState::Found,
        body: Some(b"User-agent: *\xff".to_vec()),
        body_at: Some(start()),
        etag: Some(vec![0, 1]),
        last_modified: None,
        cost: RobotsCost::default(),
    };
    world.store.save_robots(row.clone()).await.unwrap();
    assert_eq!(
        world.store.robots("https://news.example").await.unwrap(),
        Some(row)
    );

    world.poll(feed, vec![queue("g", ONE, "One")]).await;
    let due = world
        .store
        .due_pages(feed, 9, start())
        .await
        .unwrap()
        .remove(0);
    let mut record = world.page_record(feed, &due, Some(content(ONE, "One", &words(60, "w"))));
    record.raw = Some(RawPage {
        zstd: vec![1, 2, 3],
        dictionary: None,
        content_type: Some("text/html".to_owned()),
        keep_until: Some(start() + TimeDelta::days(30)),
    });
    world.store.finish_page(record).await.unwrap();
    assert_eq!(
        world.reader().hosts(5).unwrap()[0].robots.as_deref(),
        Some("found")
    );
    assert_eq!(world.reader().stats().unwrap().raw_pages, 1);
    let later = start() + TimeDelta::days(31);
    for (now, n_gone) in [(start(), 0), (later, 1)] {
        let gone = world.store.step(Step::ExpiredRaw(now)).await.unwrap();
        assert_eq!(gone, n_gone);
    }
    world.is_sound();
}

#[tokio::test]
async fn what_was_seen_again_moves_its_time_and_nothing_else() {
    let world = World::new();
    let feed = world.feed("a").await;
    world
        .poll(feed, vec![keep("g", ONE, "One", &words(60, "w"))])
        .await;
    world.clock.advance(Duration::from_hours(1));
    let stored = world.poll(feed, vec![seen("g", ONE, "One")]).await;
    assert_eq!(stored, Stored::default());
    let listing = world.reader().listings(1).unwrap().remove(0);
    assert_ne!(listing.listed_at, listing.last_listed_at);
    assert_eq!(world.kinds(), ["new"]);
}

#[tokio::test]
async fn entries_are_known_by_their_address_too() {
    let world = World::new();
    let feed = world.feed("a").await;
    world
        .poll(
            feed,
            vec![
                keep("g", ONE, "One", &words(60, "w")),
                queue("h", TWO, "Two"),
            ],
        )
        .await;
    let forms = vec![
        "news.example/one".to_owned(),
        "other.example/two".to_owned(),
        "x/y".to_owned(),
    ];
    let known = world.store.known_by_url(feed, forms).await.unwrap();
    let found: Vec<_> = known
        .iter()
        .map(|(form, known)| (form.as_str(), known.guid.as_str(), known.has_article))
        .collect();
    assert_eq!(
        found,
        [
            ("news.example/one", "g", true),
            ("other.example/two", "h", false)
        ]
    );
}

#[tokio::test]
async fn a_page_that_left_the_queue_leaves_its_trace_in_the_ledger() {
    let world = World::new();
    let feed = world.feed("a").await;
    world.poll(feed, vec![queue("g", ONE, "One")]).await;
    let mut due = world
        .store
        .due_pages(feed, 9, start())
        .await
        .unwrap()
        .remove(0);
    due.wanted = PageWanted::Queue(QueueId(99));
    let record = world.page_record(feed, &due, Some(content(ONE, "One", "Text")));
    world.store.finish_page(record).await.unwrap();
    assert!(world.articles().is_empty());
    assert_eq!(world.reader().stats().unwrap().fetches, 1);
}

#[tokio::test]
async fn a_forgotten_page_takes_all_that_it_lists_along() {
    let world = World::new();
    let feed = world.feed("a").await;
    world.store.forget(vec![ONE.to_owned()]).await.unwrap();
    let part = format!("{ONE}#entry-12");
    world
        .poll(feed, vec![keep("g", &part, "One", &words(60, "w"))])
        .await;
    assert!(world.articles().is_empty());
    // An address by which pages are told apart is one of its own.
    let other = format!("{ONE}#!/story");
    world
        .poll(feed, vec![keep("h", &other, "Two", &words(60, "v"))])
        .await;
    assert_eq!(world.articles().len(), 1);
    world.is_sound();
}

#[tokio::test]
async fn a_forgotten_text_is_overwritten_and_leaves_the_index_when_that_is_merged() {
    let world = World::new();
    let feed = world.feed("a").await;
    let secret = (0..40).map(|n| format!("A paragraph number {n} about the Quillfeather affair."));
    let secret: Vec<_> = secret.collect();
    let entries = (0..30).map(|n| {
        let url = format!("https://a.example/{n}");
        let text = if n == 7 {
            secret.join("\n\n")
        } else {
            words(900, &format!("w{n}x"))
        };
        keep(
            &n.to_string(),
            &url,
            if n == 7 { "Quillfeather" } else { "News" },
            &text,
        )
    });
    world.poll(feed, entries.collect()).await;
    world.store.checkpoint().await.unwrap();
    assert!(stands_in_file(&world, "paragraph number 39"));
    let gone = vec!["https://a.example/7".to_owned()];
    assert_eq!(world.store.forget(gone).await.unwrap(), 1);
    world.store.checkpoint().await.unwrap();
    assert!(!stands_in_file(&world, "paragraph number 39"));
    for is_first in [true, false] {
        while world
            .store
            .step(Step::MergeWords { is_first })
            .await
            .unwrap()
            > 0
            && !is_first
        {}
    }
    let index = world.raw();
    index
        .execute_batch("CREATE VIRTUAL TABLE temp.terms USING fts5vocab (main, articles_fts, row)")
        .unwrap();
    let sql = "SELECT count(*) FROM temp.terms WHERE term = 'quillfeather'";
    let n: i64 = index.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(n, 0);
    world.is_sound();
}

fn stands_in_file(world: &World, words: &str) -> bool {
    let bytes = std::fs::read(world.path()).unwrap();
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}
