//! Feeds that answer differently from poll to poll: what a bad answer leaves of the good one before it.

use std::sync::atomic::{AtomicUsize, Ordering};

use feedmill::model::ErrorClass as E;

use super::{
    case::{Case, FEED, RSS, feed_by},
    compression::gzip,
    documents::rss,
};
use crate::support::web::{Answer, Step};

/// Answers in the order of the polls, and what has to come of each.
pub struct Story {
    pub name: &'static str,
    answers: Vec<Answer>,
    /// Outcome and class of every poll that has a row.
    pub polls: Vec<(&'static str, Option<E>)>,
    /// The validators that came with each request.
    pub sent: Vec<Option<&'static str>>,
    /// Articles in the end.
    pub n_articles: i64,
    /// What the feed is in the end.
    pub status: &'static str,
}

impl Story {
    /// The case that answers so; the last answer is given again and again.
    pub fn case(&self) -> Case {
        let (answers, n_asked) = (self.answers.clone(), AtomicUsize::new(0));
        feed_by(self.name, move |_| {
            let n = n_asked.fetch_add(1, Ordering::SeqCst);
            answers[n.min(answers.len() - 1)].clone()
        })
    }

    fn with_articles(self, n_articles: i64) -> Self {
        Self { n_articles, ..self }
    }
}

const A: Option<&str> = Some("\"a\"");
const B: Option<&str> = Some("\"b\"");
const OK: (&str, Option<E>) = ("ok", None);

/// The good feed.
fn good() -> Answer {
    tagged("\"a\"", FEED)
}

fn tagged(etag: &str, body: impl AsRef<[u8]>) -> Answer {
    Answer::status(200)
        .header("Content-Type", RSS)
        .header("ETag", etag)
        .body(body)
}

fn story(
    name: &'static str,
    answers: Vec<Answer>,
    polls: &[(&'static str, Option<E>)],
    sent: &[Option<&'static str>],
) -> Story {
    Story {
        name,
        answers,
        polls: polls.to_vec(),
        sent: sent.to_vec(),
        n_articles: 1,
        status: "active",
    }
}

/// A good answer, a bad one, a good one: the bad one costs itself, its validators are not kept.
fn interrupted(name: &'static str, bad: Answer, class: E) -> Story {
    let polls = [OK, ("failed", Some(class)), OK];
    story(name, vec![good(), bad, good()], &polls, &[None, A, A])
}

pub fn stories() -> Vec<Story> {
    let mut stories = interruptions();
    stories.extend(refusals());
    stories.extend(validators());
    stories.extend(entries());
    stories.extend(waits());
    stories
}

fn interruptions() -> Vec<Story> {
    let cut = Answer::status(200)
        .header("ETag", "\"b\"")
        .header("Content-Length", "6000")
        .body(FEED)
        .then(Step::Close);
    let coded = tagged("\"b\"", &gzip(FEED)[..60]);
    let broken = Answer::status(200)
        .header("ETag", "\"b\"")
        .header("Content-Encoding", "gzip")
        .body(&gzip(FEED)[..60]);
    let page =
        "<html><head><title>Welcome</title></head><body><p>This domain is for sale.</body></html>";
    let laughs = FEED.replace(
        "<rss ",
        "<!DOCTYPE rss [<!ENTITY a '&b;'><!ENTITY b 'x'>]><rss ",
    );
    let deep = FEED.replace("</guid>", &["</guid>", &"<b>".repeat(1000)].concat());
    vec![
        interrupted("cut off between two good polls", cut, E::Truncated),
        interrupted("half a gzip between two good polls", broken, E::Truncated),
        interrupted(
            "half a gzip file between two good polls",
            coded,
            E::NotAFeed,
        ),
        interrupted(
            "a page between two good polls",
            tagged("\"b\"", page),
            E::NotAFeed,
        ),
        interrupted(
            "nothing between two good polls",
            tagged("\"b\"", ""),
            E::Empty,
        ),
        interrupted(
            "JSON between two good polls",
            tagged("\"b\"", "{\"error\":1}"),
            E::NotAFeed,
        ),
        interrupted(
            "entities between two good polls",
            tagged("\"b\"", laughs),
            E::DtdRefused,
        ),
        interrupted(
            "depth between two good polls",
            tagged("\"b\"", deep),
            E::TooDeep,
        ),
    ]
}

fn refusals() -> Vec<Story> {
    let challenge = Answer::status(503)
        .header("ETag", "\"b\"")
        .header("cf-mitigated", "challenge")
        .body("x");
    vec![
        interrupted("a challenge between two good polls", challenge, E::Blocked),
        interrupted(
            "a 404 between two good polls",
            Answer::status(404),
            E::HttpStatus,
        ),
        interrupted(
            "a 500 between two good polls",
            Answer::status(500).header("ETag", "\"b\""),
            E::HttpStatus,
        ),
        interrupted(
            "a 206 between two good polls",
            Answer::status(206).header("ETag", "\"b\"").body("<rss"),
            E::Protocol,
        ),
        interrupted(
            "a reset between two good polls",
            Answer::steps(vec![Step::Reset]),
            E::Connection,
        ),
        interrupted(
            "another protocol between two good polls",
            Answer::raw("SSH-2.0-x\r\n").then(Step::Close),
            E::Protocol,
        ),
        interrupted(
            "a redirect nowhere between two good polls",
            Answer::status(302),
            E::Redirect,
        ),
    ]
}

fn validators() -> Vec<Story> {
    let same = || Answer::status(304);
    let other = || tagged("\"b\"", FEED);
    let second = "<item><title>Two of many</title><guid>2</guid></item>";
    let whole = FEED.replace("</channel>", &[second, "</channel>"].concat());
    let half = &whole[..whole.find("<guid>2").unwrap()];
    let plain = Answer::ok(RSS, FEED);
    let unmodified = ("not_modified", None);
    let failed = ("failed", Some(E::Protocol));
    let dated = Answer::status(200)
        .header("Last-Modified", "yesterday")
        .body(FEED);
    vec![
        story(
            "not modified twice",
            vec![good(), same()],
            &[OK, unmodified, unmodified],
            &[None, A, A],
        ),
        story(
            "not modified with a new tag",
            vec![good(), same().header("ETag", "\"b\"")],
            &[OK, unmodified, unmodified],
            &[None, A, B],
        ),
        story(
            "not modified to whom nobody asked",
            vec![same(), same(), good()],
            &[failed, failed, OK],
            &[None, None, None],
        ),
        story(
            "the same bytes with a new tag",
            vec![good(), other(), same()],
            &[OK, OK, unmodified],
            &[None, A, B],
        ),
        story(
            "the same bytes without a tag",
            vec![good(), plain.clone(), plain],
            &[OK, OK, OK],
            &[None, A, None],
        ),
        story(
            "no tag at all",
            vec![Answer::ok(RSS, FEED)],
            &[OK, OK, OK],
            &[None, None, None],
        ),
        story(
            "an odd date",
            vec![dated],
            &[OK, OK, OK],
            &[None, Some("yesterday"), Some("yesterday")],
        ),
        // What is missing must not be "not modified".
        story(
            "a document cut off at first",
            vec![tagged("\"b\"", half), tagged("\"a\"", &whole), same()],
            &[OK, OK, unmodified],
            &[None, None, A],
        )
        .with_articles(2),
        story(
            "a document cut off afterwards",
            vec![good(), tagged("\"b\"", half), tagged("\"b\"", &whole)],
            &[OK, OK, OK],
            &[None, A, A],
        )
        .with_articles(2),
        story(
            "a document that is never whole",
            vec![tagged("\"b\"", half)],
            &[OK, OK, OK],
            &[None, None, B],
        ),
    ]
}

fn entries() -> Vec<Story> {
    let tag = |body: String| tagged("\"a\"", body);
    let with_guid = |guid: &str| {
        FEED.replace(
            "<guid>1</guid>",
            &format!("<guid isPermaLink='false'>{guid}</guid>"),
        )
    };
    let delta = Answer::status(226)
        .header("IM", "feed")
        .header("ETag", "\"b\"")
        .body(rss("<item><title>Two of many</title><guid>2</guid></item>"));
    let all = [OK, OK, OK];
    vec![
        story(
            "entries that vanish and come back",
            vec![good(), tag(rss("")), good()],
            &all,
            &[None, A, A],
        ),
        story(
            "guids that change with each poll",
            vec![
                tag(with_guid("x")),
                tag(with_guid("y")),
                tag(with_guid("z")),
            ],
            &all,
            &[None, A, A],
        ),
        story(
            "a text that changes",
            vec![good(), tag(FEED.replace("short", "other")), good()],
            &all,
            &[None, A, A],
        ),
        story(
            "a delta of the feed afterwards",
            vec![good(), delta, Answer::status(304)],
            &[OK, OK, ("not_modified", None)],
            &[None, A, B],
        )
        .with_articles(2),
    ]
}

/// Polls by hand obey what the server asked for: no further request, no further row.
fn waits() -> Vec<Story> {
    let limited = Answer::status(429).header("Retry-After", "3600");
    let busy = Answer::status(503).header("Retry-After", "3600");
    let fresh = Answer::status(200)
        .header("Cache-Control", "max-age=3600")
        .body(FEED);
    vec![
        story(
            "a wait of an hour",
            vec![limited],
            &[("failed", Some(E::RateLimited))],
            &[None],
        )
        .with_articles(0),
        story(
            "a wait of an hour after a good poll",
            vec![good(), busy],
            &[OK, ("failed", Some(E::RateLimited))],
            &[None, A],
        ),
        story(
            "a feed that stays fresh for an hour",
            vec![fresh],
            &[OK],
            &[None],
        ),
        Story {
            status: "gone",
            ..story(
                "a feed that is gone",
                vec![good(), Answer::status(410)],
                &[OK, ("failed", Some(E::Gone))],
                &[None, A],
            )
        },
    ]
}
