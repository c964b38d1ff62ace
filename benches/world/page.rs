//! The pages and feeds of the generated world.
//!
//! A page has the proportions of a news page of its size as measured on three public corpora
//! (pages between 120 and 230 KB): a sixth of it scripts, nine tenths of the rest markup around
//! some 9 KB of text, 150 links. What surrounds the article is the same on every page of a host,
//! as it is on a real site.

use std::fmt::Write as _;

use crate::{
    plan::Plan,
    words::{Rng, Vocabulary},
};

/// Makes pages and feeds; the same for the same plan.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) vocabulary: Vocabulary,
    /// What stands before and after the article, by host.
    frames: Vec<(String, String)>,
}

/// One version of one article.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) feed: u64,
    pub(crate) entry: u64,
    pub(crate) version: u64,
    pub(crate) title: String,
    pub(crate) paragraphs: Vec<String>,
}

impl World {
    pub(crate) fn new(plan: Plan) -> Self {
        let vocabulary = Vocabulary::new();
        let frames = (0..plan.hosts)
            .map(|host| frame(&plan, &vocabulary, host))
            .collect();
        Self {
            plan,
            vocabulary,
            frames,
        }
    }

    pub(crate) fn item(&self, feed: u64, entry: u64, version: u64) -> Item {
        let mut rng = Rng::of(self.plan.seed, &[feed, entry]);
        let title = self.vocabulary.title(&mut rng);
        let mut paragraphs: Vec<String> = (0..25)
            .map(|_| self.vocabulary.paragraph(&mut rng))
            .collect();
        if version > 0
            && let Some(paragraph) = paragraphs.get_mut(3)
        {
            *paragraph = self
                .vocabulary
                .paragraph(&mut Rng::of(self.plan.seed, &[feed, entry, version]));
        }
        Item {
            feed,
            entry,
            version,
            title,
            paragraphs,
        }
    }

    /// The page of an article.
    pub(crate) fn page(&self, item: &Item, port: u16) -> String {
        let host = usize::try_from(item.feed % self.plan.hosts).unwrap_or(0);
        let (before, after) = self
            .frames
            .get(host)
            .map_or(("", ""), |(before, after)| (before, after));
        let url = self.plan.page_url(item.feed, item.entry, port);
        let mut page = String::with_capacity(self.plan.page_kb * 1024 + 16 * 1024);
        let title = &item.title;
        let data = serde_json::json!({
            "@context": "https://schema.org", "@type": "NewsArticle", "headline": title,
            "datePublished": date(item), "author": [{"@type": "Person", "name": "Ada Wren"}],
            "mainEntityOfPage": url, "publisher": {"@type": "Organization", "name": "World"},
        });
        page.push_str("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        push(
            &mut page,
            &[
                "<title>",
                title,
                " | World</title>\n<link rel=\"canonical\" href=\"",
                &url,
                "\">",
            ],
        );
        push(
            &mut page,
            &["<meta property=\"og:title\" content=\"", title, "\">\n"],
        );
        push(
            &mut page,
            &[
                "<script type=\"application/ld+json\">",
                &data.to_string(),
                "</script>\n",
            ],
        );
        page.push_str(before);
        push(
            &mut page,
            &[
                "<article class=\"article article--standard\"><header><h1 class=\"article__title\">",
                title,
                "</h1>",
            ],
        );
        push(
            &mut page,
            &[
                "<p class=\"article__byline\">By <a href=\"/author/ada-wren\">Ada Wren</a> <time datetime=\"",
                &date(item),
                "\">today</time></p></header>\n<div class=\"article__body\">\n",
            ],
        );
        for (n, paragraph) in item.paragraphs.iter().enumerate() {
            push(
                &mut page,
                &[
                    "<p class=\"article__paragraph\" data-track=\"body\">",
                    paragraph,
                    "</p>\n",
                ],
            );
            if n == 8 || n == 16 {
                page.push_str("<div class=\"ad ad--inline\" data-slot=\"mid\"><span>Advertisement</span></div>\n");
            }
        }
        page.push_str("</div></article>\n");
        page.push_str(after);
        page
    }

    /// The feed as it is at a tick: even numbers RSS 2.0, odd ones Atom.
    pub(crate) fn feed(&self, feed: u64, tick: u64, port: u16) -> String {
        let items: Vec<Item> = self
            .plan
            .listed(tick)
            .map(|entry| self.item(feed, entry, self.plan.version(feed, entry, tick)))
            .collect();
        if feed.is_multiple_of(2) {
            self.rss(feed, &items, port)
        } else {
            self.atom(feed, &items, port)
        }
    }

    fn rss(&self, feed: u64, items: &[Item], port: u16) -> String {
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Feed {feed}</title><link>{}/</link><description>Generated</description>\n",
            self.plan.origin(feed, port)
        );
        for item in items {
            let url = self.plan.page_url(feed, item.entry, port);
            push(
                &mut xml,
                &[
                    "<item><title>",
                    &item.title,
                    "</title><link>",
                    &url,
                    "</link><guid>",
                    &url,
                    "</guid>",
                ],
            );
            push(
                &mut xml,
                &[
                    "<pubDate>",
                    &rfc2822(item),
                    "</pubDate><description>",
                    &summary(item),
                    "</description>",
                ],
            );
            if self.plan.is_full_text {
                push(
                    &mut xml,
                    &[
                        "<content:encoded><![CDATA[",
                        &body(item),
                        "]]></content:encoded>",
                    ],
                );
            }
            xml.push_str("</item>\n");
        }
        xml.push_str("</channel></rss>\n");
        xml
    }

    fn atom(&self, feed: u64, items: &[Item], port: u16) -> String {
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:feed:{feed}</id><title>Feed {feed}</title><updated>2026-01-01T00:00:00Z</updated><link href=\"{}/\"/>\n",
            self.plan.origin(feed, port)
        );
        for item in items {
            let url = self.plan.page_url(feed, item.entry, port);
            push(
                &mut xml,
                &[
                    "<entry><id>",
                    &url,
                    "</id><title>",
                    &item.title,
                    "</title><link href=\"",
                    &url,
                    "\"/>",
                ],
            );
            push(
                &mut xml,
                &[
                    "<published>",
                    &date(item),
                    "</published><updated>",
                    &date(item),
                    "</updated><summary>",
                    &summary(item),
                    "</summary>",
                ],
            );
            if self.plan.is_full_text {
                push(
                    &mut xml,
                    &[
                        "<content type=\"html\"><![CDATA[",
                        &body(item),
                        "]]></content>",
                    ],
                );
            }
            xml.push_str("</entry>\n");
        }
        xml.push_str("</feed>\n");
        xml
    }
}

fn push(to: &mut String, parts: &[&str]) {
    for part in parts {
        to.push_str(part);
    }
}

/// A minute apart, backwards from the first day of 2026; the same whenever it is asked.
fn minute(item: &Item) -> (u64, u64, u64) {
    let minutes = item.entry * 7 + item.feed;
    (1 + minutes / 1440 % 28, minutes / 60 % 24, minutes % 60)
}

fn date(item: &Item) -> String {
    let (day, hour, minute) = minute(item);
    format!("2026-02-{day:02}T{hour:02}:{minute:02}:00Z")
}

fn rfc2822(item: &Item) -> String {
    let (day, hour, minute) = minute(item);
    format!("{day:02} Feb 2026 {hour:02}:{minute:02}:00 GMT")
}

/// The first sentence and the version: an edit shows in the feed, as it does where feeds are
/// generated from the article.
fn summary(item: &Item) -> String {
    let first = item.paragraphs.first().map_or("", String::as_str);
    let sentence = first.split(". ").next().unwrap_or(first);
    match item.version {
        0 => sentence.to_owned(),
        version => format!("{sentence} (version {version})"),
    }
}

fn body(item: &Item) -> String {
    let paragraphs: Vec<String> = item
        .paragraphs
        .iter()
        .map(|paragraph| format!("<p>{paragraph}</p>"))
        .collect();
    paragraphs.join("\n")
}

/// What stands around the articles of a host, so large that a page comes to `page_kb`.
fn frame(plan: &Plan, vocabulary: &Vocabulary, host: u64) -> (String, String) {
    let mut rng = Rng::of(plan.seed, &[host, 4242]);
    let total = (plan.page_kb * 1024).saturating_sub(16 * 1024);
    let mut before = String::new();
    push(&mut before, &["<style>", &style(total / 20), "</style>\n"]);
    push(
        &mut before,
        &[
            "<script>",
            &script(&mut rng, total / 10),
            "</script></head>\n<body class=\"page page--article\">\n",
        ],
    );
    before.push_str("<header class=\"masthead\"><nav class=\"menu\"><ul>\n");
    for _ in 0..total / 4096 {
        link_item(&mut before, vocabulary, &mut rng);
    }
    before.push_str("</ul></nav></header>\n<main class=\"layout\">\n");
    let mut after = String::from("<aside class=\"sidebar\">\n");
    let rest = total.saturating_sub(before.len() + total / 8);
    while after.len() < rest {
        teaser(&mut after, vocabulary, &mut rng);
    }
    after.push_str(
        "</aside></main>\n<footer class=\"footer\"><p>All rights reserved.</p></footer>\n",
    );
    for _ in 0..12 {
        push(
            &mut after,
            &["<script>", &script(&mut rng, total / 96), "</script>\n"],
        );
    }
    after.push_str("</body></html>\n");
    (before, after)
}

fn link_item(to: &mut String, vocabulary: &Vocabulary, rng: &mut Rng) {
    let n = rng.below(1000);
    let word = vocabulary.word(200 + n);
    push(
        to,
        &[
            "<li class=\"menu__item menu__item--level-1\"><a class=\"menu__link\" href=\"/section/",
            word,
            "\" data-track=\"nav\">",
            word,
            "</a></li>\n",
        ],
    );
}

/// A card: some 2 KB of markup around a headline, as front pages repeat it; the addresses of its
/// pictures are as long as picture servers make them.
fn teaser(to: &mut String, vocabulary: &Vocabulary, rng: &mut Rng) {
    let n = rng.below(1_000_000);
    let title = vocabulary.title(rng);
    let mut card = format!(
        "<div class=\"card card--teaser card--layout-horizontal card--{n}\" data-component=\"teaser\" data-teaser-id=\"{n}\"><div class=\"card__media card__media--ratio-16-9\"><a href=\"/teaser/{n}\" tabindex=\"-1\" aria-hidden=\"true\"><picture class=\"picture picture--lazy\">"
    );
    for width in [320, 640, 960] {
        let double = width * 2;
        write_to(
            &mut card,
            format_args!(
                "<source type=\"image/webp\" media=\"(min-width:{width}px)\" srcset=\"/picture/{n}/alternates/w{width}-q70/1/{n}.webp?mtime=17{n} {width}w, /picture/{n}/alternates/w{double}-q70/1/{n}.webp?mtime=17{n} {double}w\" sizes=\"(min-width:{double}px) 33vw, 100vw\">"
            ),
        );
    }
    write_to(
        &mut card,
        format_args!(
            "<img class=\"card__image\" loading=\"lazy\" src=\"/picture/{n}/alternates/w640-q70/1/{n}.jpg?mtime=17{n}\" alt=\"{title}\" width=\"640\" height=\"360\"></picture></a></div>"
        ),
    );
    let (kicker, place) = (vocabulary.word(n % 5000), n % 40);
    write_to(
        &mut card,
        format_args!(
            "<div class=\"card__content\"><span class=\"card__kicker\">{kicker}</span><h3 class=\"card__headline\"><a class=\"card__link link link--quiet\" href=\"/teaser/{n}\" data-track=\"teaser\" data-track-position=\"{place}\" data-track-label=\"{title}\">{title}</a></h3>"
        ),
    );
    card.push_str("<div class=\"card__meta\"><span class=\"icon icon--clock\"><svg viewBox=\"0 0 16 16\"><path d=\"M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zm1 9H4V7h3V3h2zM12.3 4.7a1 1 0 0 1 0 1.4L9 9.4l1.9 1.9a1 1 0 1 1-1.4 1.4L7 10.2z\"/></svg></span><button class=\"button button--save\" type=\"button\" aria-label=\"Save\">Save</button></div></div></div>\n");
    to.push_str(&card);
}

fn write_to(to: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _result = to.write_fmt(text);
}

fn style(bytes: usize) -> String {
    let mut css = String::new();
    let mut n = 0;
    while css.len() < bytes {
        write_to(
            &mut css,
            format_args!(
                ".c{n}{{margin:0 {n}px;color:#333;font:400 16px/1.5 Georgia,serif}}@media(min-width:640px){{.c{n}>a:hover{{opacity:.7}}}}"
            ),
        );
        n += 1;
    }
    css
}

fn script(rng: &mut Rng, bytes: usize) -> String {
    let mut js = String::from("window.__state=window.__state||{};");
    while js.len() < bytes {
        let n = rng.below(100_000);
        write_to(
            &mut js,
            format_args!(
                "__state[\"k{n}\"]={{\"id\":{n},\"type\":\"teaser\",\"url\":\"/teaser/{n}\",\"flags\":[1,0,{}],\"html\":\"<p>not text</p>\"}};if({n}<5&&window.a>1){{f({n})}}",
                n % 7
            ),
        );
    }
    // The string literal above must not end the element.
    js.replace("</", "<\\/")
}
