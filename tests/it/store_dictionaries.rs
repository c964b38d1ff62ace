//! Dictionaries of raw pages: there as long as a page needs them, and not a moment longer than one may.

use std::sync::Arc;

use chrono::TimeDelta;
use feedmill::{
    model::{ArticleId, FeedId},
    packing::{self, Dictionary},
    store::{PageDictionary, RawPage, RawPick, Step},
};

use crate::store_support::{World, content, queue, start, words};

const SITE: &str = "news.example";

fn url(n: u32) -> String {
    format!("https://{SITE}/{n}")
}

fn page(n: u32) -> Vec<u8> {
    format!("<nav>{}</nav><p>{n}", words(500, "menu")).into_bytes()
}

/// The dictionary that the page of an article makes.
fn dictionary(n: u32) -> Arc<PageDictionary> {
    Arc::new(PageDictionary {
        site: SITE.to_owned(),
        match_url: format!("{SITE}/{n}"),
        made_at: start(),
        dictionary: Dictionary::of(&page(n)).unwrap(),
    })
}

struct Scene {
    world: World,
    feed: FeedId,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new();
        let feed = world.feed("news").await;
        Self { world, feed }
    }

    /// Keeps an article with its page, made small with a dictionary, for so many days.
    async fn keep(&self, n: u32, with: &Arc<PageDictionary>, days: i64) {
        let (address, title) = (url(n), format!("Title {n}"));
        let entry = queue(&n.to_string(), &address, &title);
        self.world.poll(self.feed, vec![entry]).await;
        let due = self.world.store.due_pages(self.feed, 9, start()).await;
        let due = due.unwrap().remove(0);
        let text = words(60, &format!("w{n}"));
        let mut record =
            self.world
                .page_record(self.feed, &due, Some(content(&address, &title, &text)));
        let prepared = with.dictionary.prepare().unwrap();
        record.raw = Some(RawPage {
            zstd: packing::compress_with(&page(n), &prepared).unwrap(),
            dictionary: Some(Arc::clone(with)),
            content_type: None,
            keep_until: Some(start() + TimeDelta::days(days)),
        });
        self.world.store.finish_page(record).await.unwrap();
    }

    /// The pages that are kept, each as it came, with whether it needs a dictionary.
    async fn pages(&self) -> Vec<(Vec<u8>, bool)> {
        self.world.is_sound();
        let pick = RawPick::default();
        let kept = self.world.store.raw_articles(pick, ArticleId(0), 99).await;
        let unpacked = kept.unwrap().into_iter().map(|raw| match raw.dictionary {
            Some(needed) => (
                packing::decompress_with(&raw.zstd, 1 << 20, &needed).unwrap(),
                true,
            ),
            None => (packing::decompress(&raw.zstd, 1 << 20).unwrap(), false),
        });
        unpacked.collect()
    }

    fn n_dictionaries(&self) -> i64 {
        let sql = "SELECT count(*) FROM dictionaries";
        let counted = self.world.raw().query_row(sql, [], |row| row.get(0));
        counted.unwrap()
    }
}

#[tokio::test]
async fn a_dictionary_comes_with_the_first_page_that_needs_it_and_goes_with_the_last() {
    let scene = Scene::new().await;
    let first = dictionary(1);
    // The page that it is comes later than one that needs it.
    scene.keep(2, &first, 2).await;
    scene.keep(1, &first, 1).await;
    scene.keep(3, &dictionary(3), 9).await;
    let all = [(page(2), true), (page(1), true), (page(3), true)];
    assert_eq!(scene.pages().await, all);
    assert_eq!(scene.n_dictionaries(), 2);
    let store = &scene.world.store;
    let known = store.site_knowledge(SITE, scene.feed, 1).await.unwrap();
    assert!(known.dictionary.is_some());
    for (day, n_left) in [(1, 2), (2, 1), (9, 0)] {
        let step = Step::ExpiredRaw(start() + TimeDelta::days(day));
        assert_eq!(store.step(step).await.unwrap(), 1);
        assert_eq!(scene.n_dictionaries(), n_left);
        scene.world.is_sound();
    }
    let known = store.site_knowledge(SITE, scene.feed, 1).await.unwrap();
    assert_eq!(known.dictionary, None);
}

#[tokio::test]
async fn a_forgotten_page_is_in_no_dictionary_and_comes_into_none() {
    let scene = Scene::new().await;
    let (first, other) = (dictionary(1), dictionary(3));
    for (n, with) in [(1, &first), (2, &first), (3, &other)] {
        scene.keep(n, with, 9).await;
    }
    let gone = vec![url(1)];
    assert_eq!(scene.world.store.forget(gone).await.unwrap(), 1);
    assert_eq!(scene.pages().await, [(page(2), false), (page(3), true)]);
    assert_eq!(scene.n_dictionaries(), 1);
    // The pipeline still holds it.
    scene.keep(4, &first, 9).await;
    let left = [(page(2), false), (page(3), true), (page(4), false)];
    assert_eq!(scene.pages().await, left);
    assert_eq!(scene.n_dictionaries(), 1);
}

#[tokio::test]
async fn the_page_of_an_address_that_became_no_article_is_forgotten_as_well() {
    let scene = Scene::new().await;
    let never_stored = dictionary(7);
    scene.keep(1, &never_stored, 9).await;
    assert_eq!(scene.world.store.forget(vec![url(7)]).await.unwrap(), 0);
    assert_eq!(scene.pages().await, [(page(1), false)]);
    assert_eq!(scene.n_dictionaries(), 0);
}
