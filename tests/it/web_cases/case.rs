//! One case: what a server does, and the row that has to come of it.

use std::{ops::RangeInclusive, sync::Arc};

use feedmill::model::ErrorClass;
use rustls::ServerConfig;

use crate::support::web::{Answer, Seen};

/// What a feed's document is in most cases: one entry, no link, so that no page is asked for.
pub const FEED: &str = "<rss version='2.0'><channel><title>The feed</title><link>https://site.example/</link><item>\
    <title>One of many</title><guid>1</guid><description>short words</description></item></channel></rss>";

/// What it is called.
pub const RSS: &str = "application/rss+xml";

type Handler = dyn Fn(&Seen) -> Answer + Send + Sync;

/// What the daemon is to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The feed at `/feed.xml`; its own texts are kept.
    Feed,
    /// The page at `/page`, which the feed at `/feed.xml` lists.
    Page,
}

/// The row that has to come of a case.
#[derive(Debug, Clone)]
pub struct Want {
    /// `ok`, `not_modified`, `failed` or `refused`.
    pub outcome: &'static str,
    pub class: Option<ErrorClass>,
    /// Not looked at when `None`.
    pub status: Option<u16>,
    /// Entries of the document.
    pub n_entries: Option<i64>,
    /// Articles of the feed; with a page always one.
    pub n_articles: Option<i64>,
    /// Stands in the title or text of one of the articles.
    pub text: Option<&'static str>,
    /// Stands in the title, text or address of none.
    pub absent: Option<&'static str>,
    /// Requests for the feed (or the page), redirects on the same server included.
    pub requests: RangeInclusive<usize>,
    /// The fetch may take as long as this; without more words its deadline and two seconds (R04).
    pub within_ms: i64,
    /// Bytes of the body that may be read from the wire.
    pub wire_bytes: i64,
    /// Bytes that the server may get rid of; what the kernels hold comes on top.
    pub sent_bytes: u64,
    /// The case hangs for as long as the daemon lets it: no row is waited for.
    pub is_stuck: bool,
}

/// A server with what it does, and what has to come of it.
pub struct Case {
    pub name: String,
    pub asked: Asked,
    pub handler: Arc<Handler>,
    /// What robots.txt is.
    pub robots: Answer,
    /// Where the entry leads, if not to `/page` of the same server.
    pub link: Option<String>,
    /// Where the feed is, if not at `/feed.xml` of the same server.
    pub url: Option<String>,
    /// The server speaks TLS.
    pub tls: Option<Arc<ServerConfig>>,
    /// The server's address, if it matters.
    pub host: Option<&'static str>,
    /// The feed's address is https, whatever the server speaks.
    pub is_https: bool,
    /// Further lines of the feed's table in the configuration.
    pub settings: &'static str,
    /// What `content` is in the configuration, if it matters.
    pub content: Option<&'static str>,
    pub want: Want,
}

fn case(name: &str, asked: Asked, handler: Arc<Handler>) -> Case {
    Case {
        name: name.to_owned(),
        asked,
        handler,
        robots: Answer::status(404),
        link: None,
        url: None,
        tls: None,
        host: None,
        is_https: false,
        settings: "",
        content: None,
        want: Want {
            outcome: "ok",
            class: None,
            status: None,
            n_entries: None,
            n_articles: Some(1),
            text: None,
            absent: None,
            requests: 1..=1,
            within_ms: match asked {
                Asked::Feed => 32_000,
                Asked::Page => 22_000,
            },
            wire_bytes: 11_000_000,
            sent_bytes: 32_000_000,
            is_stuck: false,
        },
    }
}

/// A feed that always answers the same. Without more words it has to be stored: one entry, one article.
pub fn feed(name: &str, answer: Answer) -> Case {
    feed_by(name, move |_| answer.clone())
}

/// A feed that answers by what it is asked.
pub fn feed_by(name: &str, handler: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Case {
    case(name, Asked::Feed, Arc::new(handler))
}

/// A feed of this content.
pub fn document(name: &str, content_type: &str, body: impl AsRef<[u8]>) -> Case {
    feed(name, Answer::ok(content_type, body))
}

/// A feed at an address that has no server.
pub fn feed_at(name: &str, url: &str) -> Case {
    let case = feed(name, Answer::status(404)).requests(0..=0);
    Case {
        url: Some(url.to_owned()),
        ..case
    }
}

/// A page that always answers the same. Without more words its text has to be stored.
pub fn page(name: &str, answer: Answer) -> Case {
    page_by(name, move |_| answer.clone())
}

/// A page that answers by what is asked, all but `/feed.xml` and `/robots.txt`.
pub fn page_by(name: &str, handler: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Case {
    case(name, Asked::Page, Arc::new(handler))
}

/// An entry that leads to an address that has no server.
pub fn page_at(name: &str, link: &str) -> Case {
    let case = page(name, Answer::status(404)).requests(0..=0);
    Case {
        link: Some(link.to_owned()),
        ..case
    }
}

/// The cases of several tables.
pub fn joined<const N: usize>(tables: [Vec<Case>; N]) -> Vec<Case> {
    tables.into_iter().flatten().collect()
}

/// Parts one after another.
pub fn all(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().concat()
}

impl Case {
    /// It fails with this class; nothing is stored of a feed, the feed's own text of a page.
    pub fn fails(mut self, class: ErrorClass) -> Self {
        self.want.outcome = "failed";
        self.want.class = Some(class);
        self.want.n_articles = Some(i64::from(self.asked == Asked::Page));
        self
    }

    /// The same, when it is us who say no.
    pub fn refused(self, class: ErrorClass) -> Self {
        let mut case = self.fails(class);
        case.want.outcome = "refused";
        case
    }

    /// So many entries, and as many articles.
    pub fn entries(mut self, n_entries: i64) -> Self {
        (self.want.n_entries, self.want.n_articles) = (Some(n_entries), Some(n_entries));
        self
    }

    /// So many articles, whatever the number of entries.
    pub fn articles(mut self, n_articles: i64) -> Self {
        self.want.n_articles = Some(n_articles);
        self
    }

    pub fn status(mut self, status: u16) -> Self {
        self.want.status = Some(status);
        self
    }

    /// This stands in an article.
    pub fn text(mut self, text: &'static str) -> Self {
        self.want.text = Some(text);
        self
    }

    /// This stands in no article.
    pub fn without(mut self, text: &'static str) -> Self {
        self.want.absent = Some(text);
        self
    }

    pub fn requests(mut self, requests: RangeInclusive<usize>) -> Self {
        self.want.requests = requests;
        self
    }

    pub fn within_ms(mut self, within_ms: i64) -> Self {
        self.want.within_ms = within_ms;
        self
    }

    /// So many bytes may be read from the wire, so many be sent.
    pub fn bytes(mut self, wire_bytes: i64, sent_bytes: u64) -> Self {
        (self.want.wire_bytes, self.want.sent_bytes) = (wire_bytes, sent_bytes);
        self
    }

    /// It hangs until the daemon ends.
    pub fn stuck(mut self) -> Self {
        self.want.is_stuck = true;
        self
    }

    pub fn robots(mut self, robots: Answer) -> Self {
        self.robots = robots;
        self
    }

    pub fn tls(mut self, host: &'static str, config: &Arc<ServerConfig>) -> Self {
        (self.host, self.tls) = (Some(host), Some(Arc::clone(config)));
        self
    }

    /// What the server does about a request.
    pub fn answer(&self, seen: &Seen) -> Answer {
        match (self.asked, seen.target.as_str()) {
            (Asked::Page, "/feed.xml") => self.listing(seen),
            (Asked::Page, "/robots.txt") => self.robots.clone(),
            (Asked::Page | Asked::Feed, _) => (self.handler)(seen),
        }
    }

    /// The feed that lists the page.
    fn listing(&self, seen: &Seen) -> Answer {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let host = seen.header("host").unwrap_or_default();
        let own = format!("{scheme}://{host}/page");
        let link = self.link.as_deref().unwrap_or(&own);
        Answer::ok(
            RSS,
            format!(
                "<rss version='2.0'><channel><title>{0}</title><item><title>{0}</title><guid>1</guid>\
                 <link><![CDATA[{link}]]></link><description>as the feed says</description></item></channel></rss>",
                self.name
            ),
        )
    }
}
