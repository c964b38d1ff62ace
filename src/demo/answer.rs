//! What the site answers: a request and an edition in, a response out.

use std::io::Write;

use chrono::{DateTime, Utc};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::{
    feeds,
    outlet::{Fault, FeedPlan, Validators},
    page,
    story::{PageState, Story},
    town::Place,
};

/// The parts of a request that the site looks at.
#[derive(Debug, Clone, Default)]
pub(super) struct Question {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) if_none_match: Option<String>,
    pub(super) if_modified_since: Option<String>,
    pub(super) accept_encoding: Option<String>,
}

/// A response, not yet on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// The connection is closed in the middle of the body.
    pub(super) breaks_off: bool,
}

/// The answer of one outlet.
pub(super) fn answer(place: &Place, edition: u8, question: &Question) -> Answer {
    if question.method != "GET" {
        return plain(405, "only GET is answered here");
    }
    let target = question.target.as_str();
    match target {
        "/" => return html(page::front(place, edition)),
        "/robots.txt" => return plain(200, "User-agent: *\nDisallow: /subscribers/\n"),
        _ => {}
    }
    if let Some(feed) = place.outlet.feeds.iter().find(|feed| feed.path == target) {
        return of_feed(place, feed, edition, question);
    }
    if let Some(story) = redirected(place, target, edition) {
        return Answer {
            status: 301,
            headers: vec![("Location", place.path(story))],
            ..Answer::default()
        };
    }
    match place.story_at(target, edition) {
        Some(story) if story.page == PageState::Gone => {
            plain(410, "This page has been taken away.")
        }
        Some(story) => compressed(place, html(page::article(place, story, edition)), question),
        None => plain(404, "There is no such page in Talmora."),
    }
}

fn redirected<'a>(place: &'a Place, target: &str, edition: u8) -> Option<&'a Story> {
    let slug = target.strip_prefix("/go/")?.split('?').next()?;
    place
        .stories(edition)
        .into_iter()
        .find(|story| story.slug == slug && story.page == PageState::Moved)
}

fn of_feed(place: &Place, feed: &FeedPlan, edition: u8, question: &Question) -> Answer {
    let document = feeds::document(place, feed, edition);
    let etag = entity_tag(&document.bytes);
    let date = http_date(document.changed);
    let headers = match feed.validators {
        Validators::Both => vec![("ETag", etag), ("Last-Modified", date)],
        Validators::DateOnly => vec![("Last-Modified", date)],
        Validators::Absent => Vec::new(),
    };
    if is_known(&headers, question) {
        return Answer {
            status: 304,
            headers,
            ..Answer::default()
        };
    }
    let mut answer = Answer {
        status: 200,
        headers,
        body: document.bytes,
        breaks_off: feed.fault == Fault::BreaksOff && edition == 1,
    };
    answer
        .headers
        .push(("Content-Type", document.content_type.into()));
    if answer.breaks_off {
        return answer;
    }
    compressed(place, answer, question)
}

/// Whether the client has this version: `If-None-Match` alone decides where it is sent (RFC 9110,
/// 13.2.2).
fn is_known(headers: &[(&'static str, String)], question: &Question) -> bool {
    let header = |name| {
        headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    };
    match (&question.if_none_match, &question.if_modified_since) {
        (Some(tag), _) => header("ETag") == Some(tag),
        (None, Some(date)) => header("Last-Modified") == Some(date),
        (None, None) => false,
    }
}

fn compressed(place: &Place, mut answer: Answer, question: &Question) -> Answer {
    let accepts = question
        .accept_encoding
        .as_deref()
        .is_some_and(|encodings| encodings.contains("gzip"));
    if !(place.outlet.has_gzip && accepts) {
        return answer;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let packed = encoder
        .write_all(&answer.body)
        .and_then(|()| encoder.finish());
    if let Ok(packed) = packed {
        answer.body = packed;
        answer.headers.push(("Content-Encoding", "gzip".into()));
        answer.headers.push(("Vary", "Accept-Encoding".into()));
    }
    answer
}

fn html(html: page::Html) -> Answer {
    Answer {
        status: 200,
        headers: vec![("Content-Type", html.content_type.into())],
        body: html.bytes,
        breaks_off: false,
    }
}

fn plain(status: u16, text: &str) -> Answer {
    Answer {
        status,
        headers: vec![("Content-Type", "text/plain; charset=utf-8".into())],
        body: text.as_bytes().to_vec(),
        breaks_off: false,
    }
}

fn entity_tag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let start = digest.first_chunk::<8>().copied().unwrap_or_default();
    format!("\"{:016x}\"", u64::from_be_bytes(start))
}

/// `Last-Modified` and `Date` (RFC 9110, 5.6.7).
pub(super) fn http_date(date: DateTime<Utc>) -> String {
    date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
