//! Long work on the database by the real binary, alone and beside a daemon.

use std::time::{Duration, Instant};

use crate::support::{
    cli::{Folder, LOOPBACK, feed_table, text_feed_table},
    web::{Answer, Web},
};

const TEXT: &str = "The council met on Monday to speak of the harbour and of the old bridge. \
    It will be mended in spring, the mayor said, and the ferry goes on until then. \
    Fishermen had asked for a longer season, which the council did not grant this time.";

/// A feed that lists so many pages, each with a text of its own.
fn paper(n_pages: usize) -> Web {
    Web::start(move |seen| {
        let own = format!("http://{}", seen.header("Host").unwrap_or_default());
        let number = seen.target.trim_start_matches('/');
        match (seen.target.as_str(), number.parse::<usize>()) {
            ("/rss", _) => {
                let items = (0..n_pages).fold(String::new(), |items, n| {
                    items
                        + &format!(
                            "<item><title>Harbour {n}</title><link>{own}/{n}</link><guid>{n}</guid>\
                             <description>Of day {n} and the town of number {n}.</description></item>"
                        )
                });
                let feed =
                    format!("<rss version='2.0'><channel><title>F</title>{items}</channel></rss>");
                Answer::ok("application/rss+xml", feed)
            }
            (_, Ok(n)) => Answer::ok("text/html", page(n)),
            _ => Answer::status(404),
        }
    })
}

fn page(n: usize) -> String {
    // A paragraph that several pages repeat would be taken for the site's.
    let lead = TEXT.replace("Monday", &format!("day {n}"));
    let own = text(n);
    format!(
        "<html><head><title>Harbour {n}</title></head><body><article><h1>Harbour {n}</h1>\
         <p>{lead}</p><p>{own}</p></article></body></html>"
    )
}

/// Sixty words that no other page has.
fn text(n: usize) -> String {
    let words: Vec<String> = (0..60).map(|word| format!("w{n}x{word}")).collect();
    format!("{}.", words.join(" "))
}

/// A folder with what one fetch of the paper brought.
fn fetched(web: &Web, more: &str) -> Folder {
    let folder = Folder::new();
    let table = feed_table("one", web.url("/rss").as_str());
    folder.write("feedmill.toml", format!("{LOOPBACK}{table}{more}"));
    folder.run(&["fetch"]).ends_with(0);
    folder
}

fn open(folder: &Folder) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.path().join("a.db")).unwrap()
}

fn number(folder: &Folder, sql: &str) -> i64 {
    open(folder).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// As if an older extractor had made another text of the pages.
fn read_otherwise(folder: &Folder) {
    let database = open(folder);
    let done = database.execute_batch(
        "UPDATE provenance SET extractor = 0;
         INSERT INTO articles_fts (articles_fts, rowid, title, text)
           SELECT 'delete', id, title, text FROM articles;
         UPDATE articles SET text = 'Menu' || char(10, 10) || text, content_hash = hex(zeroblob(32));
         INSERT INTO articles_fts (rowid, title, text) SELECT id, title, text FROM articles;",
    );
    done.unwrap();
}

#[test]
fn pages_read_anew_make_revisions_only_where_the_text_is_another() {
    let web = paper(3);
    let folder = fetched(&web, "");
    // From the second page of a site on, by what tells it from that one.
    let small = "SELECT count(*) FROM raw_pages JOIN dictionaries d ON d.id = dictionary";
    assert_eq!(number(&folder, small), 2);
    folder
        .run(&["reextract"])
        .ends_with(0)
        .prints(&["3 pages read anew: 0 texts or titles are others"]);
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_changes"), 3);

    read_otherwise(&folder);
    let dry = folder
        .run(&["reextract", "--dry-run"])
        .ends_with(0)
        .prints(&["1 gone, 0 new", "3 texts or titles would be others"]);
    assert_eq!(dry.stdout.lines().count(), 4);
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_changes"), 3);

    folder.run(&["reextract"]).ends_with(0);
    // The older text is made up here, and its hash is not its own; nothing else is wrong.
    let verified = folder.run(&["db", "verify"]).ends_with(78);
    assert_eq!(verified.stdout.lines().count(), 1, "{}", verified.stdout);
    let kinds = "SELECT count(*) FROM v1_changes WHERE kind = 'reextracted' AND revision = 2";
    assert_eq!(number(&folder, kinds), 3);
    let made = "SELECT count(*) FROM v1_revisions WHERE revision = 2 AND reason = 'extractor'
        AND fetch_id IS NOT NULL AND raw_hash IS NOT NULL AND extractor > 0 AND text NOT LIKE 'Menu%'";
    assert_eq!(number(&folder, made), 3);
    // Once more: the page has moved on with its article, and there is nothing to do.
    folder
        .run(&["reextract"])
        .ends_with(0)
        .prints(&["3 pages read anew: 0 texts"]);
    // No page was asked for.
    assert_eq!(web.seen().len(), 5);
}

#[test]
fn a_daemon_reads_anew_beside_its_polls() {
    let web = paper(2);
    let folder = fetched(&web, "every = \"1h\"\n");
    read_otherwise(&folder);
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready:");
    folder
        .run(&["reextract", "--feed", "one", "--jsonl"])
        .ends_with(0)
        .prints(&["\"changed_words\":[1,0]", "\"summary\":{\"changed\":2"]);
    folder
        .run(&["db", "prune", "--feed", "one"])
        .ends_with(0)
        .prints(&["2 articles and 0 raw pages taken out"]);
    folder
        .run(&["db", "optimize"])
        .ends_with(0)
        .prints(&["in order"]);
    daemon.signal("TERM");
    assert!(daemon.wait_for_end().0.success());
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_articles"), 0);
    folder.run(&["db", "verify"]).ends_with(0);
}

#[test]
fn a_feed_that_nobody_knows_is_told() {
    let web = paper(1);
    let folder = fetched(&web, "");
    for command in [
        &["reextract", "--feed", "two"][..],
        &["db", "prune", "--feed", "two"],
    ] {
        folder
            .run(command)
            .ends_with(65)
            .complains_of(&["two", "feeds list"]);
    }
    folder
        .run(&["db", "prune", "--max-size", "much"])
        .ends_with(2)
        .complains_of(&["--max-size", "much"]);
}

#[test]
fn what_is_pruned_does_not_come_back_as_new() {
    let web = paper(4);
    let folder = fetched(&web, "");
    open(&folder)
        .execute_batch("UPDATE articles SET first_seen_at = '2020-01-01T00:00:00Z' WHERE id <= 3")
        .unwrap();
    folder
        .run(&["db", "prune", "--older-than", "365d", "--dry-run"])
        .ends_with(0)
        .prints(&["3 articles would be taken out"]);
    folder
        .run(&["db", "prune", "--older-than", "365d"])
        .ends_with(0)
        .prints(&["3 articles and 0 raw pages taken out"]);
    let left = "SELECT (SELECT count(*) FROM v1_articles), (SELECT count(*) FROM v1_changes WHERE kind = 'pruned')";
    let left: (i64, i64) = open(&folder)
        .query_row(left, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(left, (1, 3));
    folder.run(&["db", "verify"]).ends_with(0);

    folder.run(&["fetch", "--all", "--force"]).ends_with(0);
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_articles"), 1);
    assert_eq!(number(&folder, "SELECT max(id) FROM v1_articles"), 4);
}

#[test]
fn the_configurations_retention_is_what_prune_does_by_itself() {
    let web = paper(2);
    let folder = fetched(
        &web,
        "[retention]\narticles = \"365d\"\nledger = \"10d\"\ndays = \"100d\"\n",
    );
    folder.run(&["fetch", "--all", "--force"]).ends_with(0);
    open(&folder)
        .execute_batch(
            "UPDATE articles SET first_seen_at = '2020-01-01T00:00:00Z' WHERE id = 1;
             UPDATE polls SET started_at = '2020-01-01T00:00:00Z', is_gap = (id = 2);
             INSERT INTO polls (feed_id, started_at, duration_ms, outcome, error_class, bytes_wire,
                 bytes_body, n_entries, n_new, n_revised, next_poll_at, is_gap)
               VALUES (1, date('now', '-50 days') || 'T00:00:00Z', 7, 'failed', 'dns', 1, 2, 0, 0, 0, '2020-01-02T00:00:00Z', 0),
                 (1, date('now', '-50 days') || 'T03:00:00Z', 8, 'failed', 'dns', 3, 4, 0, 0, 0, '2020-01-02T00:00:00Z', 0);
             UPDATE fetches SET started_at = '2020-01-01T00:00:00Z';
             INSERT INTO host_days VALUES ('h', '2020-01-01', 1, 0, 0, 0, 0, 0);",
        )
        .unwrap();
    folder
        .run(&["db", "prune"])
        .ends_with(0)
        .prints(&["1 article and", "3 polls and fetches summed up"]);
    // The fetch that made the other article's text stays, as does the gap with the poll before it.
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_fetches"), 1);
    let kept = number(&folder, "SELECT id FROM v1_fetches");
    assert_eq!(ledger_mark(&folder), Some(kept));
    let gap = "SELECT after_at = '2020-01-01T00:00:00Z' FROM v1_gaps";
    assert_eq!(number(&folder, gap), 1);
    let failed = "SELECT requests * 1000 + duration_ms * 10 + bytes_wire FROM v1_ledger_days
        WHERE outcome = 'failed' AND error_class = 'dns' AND day = date('now', '-50 days')";
    assert_eq!(number(&folder, failed), 2154);
    let days = "SELECT count(*) FROM v1_hosts WHERE host = 'h'";
    assert_eq!(number(&folder, days), 0);
    folder.run(&["db", "verify"]).ends_with(0);
}

/// Up to which fetch the ledger was summed up.
fn ledger_mark(folder: &Folder) -> Option<i64> {
    let sql = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'ledger_fetch'";
    open(folder).query_row(sql, [], |row| row.get(0)).ok()
}

#[test]
fn fetches_that_stay_are_looked_at_once() {
    let web = paper(1);
    let folder = fetched(&web, "[retention]\nledger = \"10d\"\n");
    let fetch = |id: i64, started: &str| {
        let row = format!(
            "INSERT INTO fetches (id, feed_id, started_at, duration_ms, outcome, error_class, bytes_wire,
               bytes_body, url) VALUES ({id}, 1, {started}, 7, 'failed', 'dns', 1, 2, 'https://a.example/')"
        );
        open(&folder).execute_batch(&row).unwrap();
    };
    open(&folder)
        .execute_batch("UPDATE fetches SET started_at = '2020-01-01T00:00:00Z'")
        .unwrap();
    // Behind the one that stays: an old one, one from a clock that was ahead, an old one, a recent and an old one.
    fetch(100, "'2020-01-02T00:00:00Z'");
    fetch(101, "'2099-01-01T00:00:00Z'");
    fetch(102, "'2020-01-03T00:00:00Z'");
    fetch(103, "strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-1 hour')");
    fetch(104, "'2020-01-04T00:00:00Z'");
    for _ in 0..2 {
        folder.run(&["db", "prune"]).ends_with(0);
        let ids = "SELECT group_concat(id) FROM (SELECT id FROM v1_fetches ORDER BY id)";
        let ids: String = open(&folder).query_row(ids, [], |row| row.get(0)).unwrap();
        assert_eq!(ids, "1,101,103,104");
        assert_eq!(ledger_mark(&folder), Some(102));
    }
    let n_summed = "SELECT sum(requests) FROM v1_ledger_days WHERE kind = 'fetch'";
    assert_eq!(number(&folder, n_summed), 2);
}

#[test]
fn a_file_shrinks_to_its_size_raw_pages_first() {
    let web = paper(30);
    let folder = fetched(&web, "");
    let size = |folder: &Folder| {
        let used = "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)";
        4096 * number(folder, used)
    };
    let before = size(&folder);
    let raw = number(&folder, "SELECT count(*) FROM raw_pages");
    assert_eq!(raw, 30);
    let most = (before - 8192).to_string();
    folder
        .run(&["db", "prune", "--max-size", &most])
        .ends_with(0)
        .prints(&["0 articles and 30 raw pages taken out"]);
    assert!(size(&folder) <= before - 8192);
    folder.run(&["db", "prune", "--max-size", "0"]).ends_with(0);
    assert_eq!(number(&folder, "SELECT count(*) FROM v1_articles"), 0);
    let free = "SELECT freelist_count FROM pragma_freelist_count";
    assert_eq!(number(&folder, free), 0);
    folder.run(&["db", "verify"]).ends_with(0);
}

#[test]
fn a_page_is_read_again_offline() {
    let web = paper(1);
    let folder = fetched(&web, "");
    let n_seen = web.seen().len();
    folder.run(&["replay", "1"]).ends_with(0).prints(&[
        "the same text and title",
        "Harbour 0",
        "mended in spring",
    ]);
    folder
        .run(&["replay", "1", "--html"])
        .ends_with(0)
        .prints(&["<h1>Harbour 0</h1>"]);
    read_otherwise(&folder);
    folder
        .run(&["replay", "1"])
        .ends_with(0)
        .prints(&["1 words gone", "[-Menu"]);
    folder
        .run(&["replay", "1", "--json"])
        .ends_with(0)
        .prints(&["\"is_same\": false", "\"word_count\""]);
    folder
        .run(&["replay", "9"])
        .ends_with(65)
        .complains_of(&["no fetch 9"]);
    // A later revision has its own page; that of the first stays what it was.
    folder.run(&["reextract"]).ends_with(0);
    let moved = "UPDATE raw_pages SET revision = 1";
    open(&folder).execute(moved, []).unwrap();
    folder
        .run(&["replay", "1"])
        .ends_with(0)
        .prints(&["1 words gone", "[-Menu"]);
    open(&folder).execute("DELETE FROM raw_pages", []).unwrap();
    folder
        .run(&["replay", "1"])
        .ends_with(65)
        .complains_of(&["not kept", "keep_raw"]);
    assert_eq!(web.seen().len(), n_seen);
}

#[test]
fn a_daemon_takes_out_raw_pages_that_have_run_out() {
    let web = Web::always(Answer::status(404));
    let folder = Folder::new();
    let table = text_feed_table("one", web.url("/rss").as_str());
    folder.write("feedmill.toml", format!("{LOOPBACK}{table}"));
    let mut daemon = folder.start(&["run"]);
    daemon.wait_for("ready:");
    let start = Instant::now();
    folder.run(&["db", "prune"]).ends_with(0);
    assert!(start.elapsed() < Duration::from_secs(10));
    daemon.signal("TERM");
    assert!(daemon.wait_for_end().0.success());
}
