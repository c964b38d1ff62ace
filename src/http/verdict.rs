//! What a response means: something to use, or which failure.

use chrono::{DateTime, Utc};

use super::{
    HeaderMap, RequestKind, challenge::challenge, fetched::header_text, media, retry_after,
};
use crate::model::{ErrorClass, Failure};

/// The start of a response and what was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// What was expected.
    pub kind: RequestKind,
    /// Validators were sent with this very request.
    pub has_validators: bool,
    /// Status of the response.
    pub status: u16,
    /// Its header fields.
    pub headers: &'a HeaderMap,
}

/// What to do with a response once its header is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadVerdict {
    /// Read the body; it may be something to use.
    Read,
    /// 304: there is no body and nothing else to do.
    NotModified,
    /// It is a failure; a first piece of the body may tell a challenge from a refusal.
    Fail(Failure),
}

/// Judges a response by its header.
pub fn head_verdict(answer: &Answer<'_>, now: DateTime<Utc>) -> HeadVerdict {
    let class = match answer.status {
        // 304 answers conditional requests only (RFC 9110, 15.4.5). Some servers send it to any
        // request; believing them would freeze the feed for ever.
        304 if answer.has_validators => return HeadVerdict::NotModified,
        304 => {
            return failed(
                answer,
                now,
                ErrorClass::Protocol,
                "304 to a request without validators",
            );
        }
        204 | 205 => return failed(answer, now, ErrorClass::Empty, "no content"),
        // Only a request for a range gets a part (RFC 9110, 15.3.7).
        206 => {
            return failed(
                answer,
                now,
                ErrorClass::Protocol,
                "a part was sent, the whole was asked for",
            );
        }
        226 if !is_feed_delta(answer.headers) => {
            return failed(
                answer,
                now,
                ErrorClass::Protocol,
                "a delta that was not asked for",
            );
        }
        200..=299 => return declared(answer, now),
        401 | 403 | 407 => ErrorClass::Auth,
        410 => ErrorClass::Gone,
        429 => ErrorClass::RateLimited,
        503 if retry_after(answer.headers, now).is_some() => ErrorClass::RateLimited,
        _ => ErrorClass::HttpStatus,
    };
    failed(answer, now, class, reason(answer.status))
}

/// Judges a body that was read whole; `Ok` means that it can be used.
///
/// # Errors
/// The failure that the body is: empty, a challenge, no page.
pub fn body_verdict(answer: &Answer<'_>, body: &[u8]) -> Result<(), Failure> {
    let fail = |class, why: String| Err(Failure::new(class, why).with_status(answer.status));
    if answer.kind == RequestKind::Robots {
        return Ok(());
    }
    if is_blank(body) {
        return fail(ErrorClass::Empty, "the body is empty".into());
    }
    if let Some(why) = challenge(answer.headers, body) {
        return fail(ErrorClass::Blocked, why);
    }
    if answer.kind == RequestKind::Page {
        let content_type = header_text(answer.headers, "content-type");
        if let Err((class, why)) = media::check_body(content_type, body) {
            return fail(class, why);
        }
    }
    Ok(())
}

/// A failure by status, seen again with the first piece of its body: a challenge is `blocked`
/// whatever its status.
pub fn refusal(answer: &Answer<'_>, failure: Failure, body: &[u8]) -> Failure {
    match challenge(answer.headers, body) {
        Some(why) => Failure {
            class: ErrorClass::Blocked,
            message: format!("status {}: {why}", answer.status),
            ..failure
        },
        None => failure,
    }
}

fn failed(answer: &Answer<'_>, now: DateTime<Utc>, class: ErrorClass, why: &str) -> HeadVerdict {
    let mut failure = Failure::new(class, format!("status {}: {why}", answer.status));
    failure.http_status = Some(answer.status);
    failure.retry_after = retry_after(answer.headers, now);
    HeadVerdict::Fail(failure)
}

fn declared(answer: &Answer<'_>, now: DateTime<Utc>) -> HeadVerdict {
    let content_type = header_text(answer.headers, "content-type");
    match answer.kind {
        RequestKind::Page => match media::check_declared(content_type) {
            Ok(()) => HeadVerdict::Read,
            Err((class, why)) => failed(answer, now, class, &why),
        },
        RequestKind::Feed | RequestKind::Robots => HeadVerdict::Read,
    }
}

/// RFC 3229, 10.5.3: `IM` names what was done; we take `feed` and nothing else.
fn is_feed_delta(headers: &HeaderMap) -> bool {
    match header_text(headers, "im") {
        None => true,
        Some(names) => names
            .split(',')
            .all(|name| name.trim().eq_ignore_ascii_case("feed")),
    }
}

fn is_blank(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    body.iter().all(u8::is_ascii_whitespace)
}

/// The name of a status (RFC 9110, 15), for messages.
fn reason(status: u16) -> &'static str {
    match status {
        300 => "multiple choices",
        400 => "bad request",
        401 => "a user and password are wanted",
        402 => "payment required",
        403 => "forbidden",
        404 => "not found",
        406 => "not acceptable",
        407 => "the proxy wants a user and password",
        408 => "the server waited too long for the request",
        410 => "gone for good",
        418 => "the server is a teapot",
        421 => "misdirected request",
        429 => "too many requests",
        451 => "unavailable for legal reasons",
        500 => "internal server error",
        502 => "bad gateway",
        503 => "service unavailable",
        504 => "gateway timeout",
        _ => reason_of_family(status),
    }
}

fn reason_of_family(status: u16) -> &'static str {
    match status / 100 {
        1 => "an interim answer without a final one",
        3 => "a redirect that leads nowhere",
        4 => "the server refuses the request",
        5 => "the server failed",
        _ => "not a status we know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{HeaderName, HeaderValue};

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        headers
    }

    fn class_of(kind: RequestKind, status: u16, lines: &[(&str, &str)]) -> Option<ErrorClass> {
        let headers = headers(lines);
        let answer = Answer {
            kind,
            has_validators: false,
            status,
            headers: &headers,
        };
        match head_verdict(&answer, DateTime::UNIX_EPOCH) {
            HeadVerdict::Fail(failure) => {
                assert_eq!(failure.http_status, Some(status));
                Some(failure.class)
            }
            HeadVerdict::Read | HeadVerdict::NotModified => None,
        }
    }

    #[test]
    fn each_status_has_its_class() {
        use ErrorClass as E;
        for (status, want) in [
            (200, None),
            (201, None),
            (203, None),
            (226, None),
            (204, Some(E::Empty)),
            (205, Some(E::Empty)),
            (206, Some(E::Protocol)),
            (300, Some(E::HttpStatus)),
            (304, Some(E::Protocol)),
            (305, Some(E::HttpStatus)),
            (400, Some(E::HttpStatus)),
            (401, Some(E::Auth)),
            (402, Some(E::HttpStatus)),
            (403, Some(E::Auth)),
            (404, Some(E::HttpStatus)),
            (407, Some(E::Auth)),
            (410, Some(E::Gone)),
            (429, Some(E::RateLimited)),
            (451, Some(E::HttpStatus)),
            (500, Some(E::HttpStatus)),
            (503, Some(E::HttpStatus)),
            (599, Some(E::HttpStatus)),
            (999, Some(E::HttpStatus)),
        ] {
            assert_eq!(class_of(RequestKind::Feed, status, &[]), want, "{status}");
        }
        let wait = [("retry-after", "60")];
        assert_eq!(
            class_of(RequestKind::Feed, 503, &wait),
            Some(E::RateLimited)
        );
        assert_eq!(
            class_of(RequestKind::Feed, 226, &[("im", "vcdiff")]),
            Some(E::Protocol)
        );
        let pdf = [("content-type", "application/pdf")];
        assert_eq!(
            class_of(RequestKind::Page, 200, &pdf),
            Some(E::UnsupportedType)
        );
        assert_eq!(class_of(RequestKind::Feed, 200, &pdf), None);
    }

    #[test]
    fn a_304_counts_only_when_it_was_asked_for() {
        let headers = HeaderMap::new();
        let answer = Answer {
            kind: RequestKind::Feed,
            has_validators: true,
            status: 304,
            headers: &headers,
        };
        let got = head_verdict(&answer, DateTime::UNIX_EPOCH);
        assert_eq!(got, HeadVerdict::NotModified);
    }

    #[test]
    fn bodies_are_judged_by_what_was_expected() {
        let html = headers(&[("content-type", "text/html")]);
        let check = |kind, body: &[u8]| {
            let answer = Answer {
                kind,
                has_validators: false,
                status: 200,
                headers: &html,
            };
            body_verdict(&answer, body)
                .err()
                .map(|failure| failure.class)
        };
        let challenge = b"<title>DDOS-GUARD</title>";
        assert_eq!(check(RequestKind::Feed, b" \n\t"), Some(ErrorClass::Empty));
        assert_eq!(
            check(RequestKind::Page, b"\xef\xbb\xbf"),
            Some(ErrorClass::Empty)
        );
        assert_eq!(check(RequestKind::Robots, b""), None);
        assert_eq!(
            check(RequestKind::Feed, challenge),
            Some(ErrorClass::Blocked)
        );
        assert_eq!(
            check(RequestKind::Page, b"%PDF-1.4"),
            Some(ErrorClass::UnsupportedType)
        );
        assert_eq!(check(RequestKind::Feed, b"%PDF-1.4"), None);
        assert_eq!(check(RequestKind::Page, b"<p>x"), None);
    }
}
