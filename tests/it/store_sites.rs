//! What the store keeps of sites.

use feedmill::store::SitePassage;

use crate::store_support::{World, content, queue, words};

fn passage(hash: u64, n_articles: u32) -> SitePassage {
    SitePassage {
        site: "news.example".to_owned(),
        hash,
        n_articles,
        passage: format!("Passage {hash}"),
    }
}

#[tokio::test]
async fn a_sites_passages_are_kept_once_with_the_highest_count() {
    let world = World::new();
    let feed = world.feed("news").await;
    // Hashes fill 64 bits, also the one that a signed column calls negative.
    for n_articles in [3, 8, 4] {
        let passages = vec![passage(u64::MAX - 1, n_articles), passage(7, 3)];
        world.store.learn_passages(passages).await.unwrap();
    }
    let known = world
        .store
        .site_knowledge("news.example", feed, 32)
        .await
        .unwrap();
    assert_eq!(known.known, [(u64::MAX - 1, 8), (7, 3)]);
    let other = world
        .store
        .site_knowledge("other.example", feed, 32)
        .await
        .unwrap();
    assert_eq!(other.known, []);
}

#[tokio::test]
async fn passages_that_were_not_seen_longest_give_way() {
    let world = World::new();
    let feed = world.feed("news").await;
    world
        .store
        .learn_passages((0..300).map(|n| passage(n, 3)).collect())
        .await
        .unwrap();
    world.clock.advance(std::time::Duration::from_hours(1));
    world
        .store
        .learn_passages((1_000..1_300).map(|n| passage(n, 3)).collect())
        .await
        .unwrap();
    let kept: i64 = world
        .raw()
        .query_row("SELECT count(*) FROM v1_boilerplate", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 400);
    let known = world
        .store
        .site_knowledge("news.example", feed, 32)
        .await
        .unwrap()
        .known;
    assert_eq!(known.len(), 200);
    assert!(known.iter().all(|(hash, _)| *hash >= 1_000));
}

#[tokio::test]
async fn a_feeds_latest_texts_come_back_with_what_was_left_out_of_them() {
    let world = World::new();
    let feed = world.feed("news").await;
    let other = world.feeds(&["news", "other"]).await[1].id;
    let url = |n: usize| format!("https://news.example/{n}");
    let entries = (0..5).map(|n| queue(&n.to_string(), &url(n), &format!("Title {n}")));
    world.poll(feed, entries.collect()).await;
    world
        .pages(feed, |page| {
            let mut content = content(&page.url, "Title", &words(60, &page.url));
            content.left_out = vec!["Follow us.".to_owned(), "Sign up.".to_owned()];
            Some(content)
        })
        .await;
    let latest = world
        .store
        .site_knowledge("news.example", feed, 3)
        .await
        .unwrap()
        .latest;
    let urls: Vec<_> = latest
        .iter()
        .filter_map(|past| past.canonical_url.clone())
        .collect();
    assert_eq!(urls, [url(2), url(3), url(4)]);
    assert!(
        latest
            .iter()
            .all(|past| past.left_out == ["Follow us.", "Sign up."])
    );
    let none = world
        .store
        .site_knowledge("news.example", other, 3)
        .await
        .unwrap();
    assert!(none.latest.is_empty());
    world.is_sound();
}
