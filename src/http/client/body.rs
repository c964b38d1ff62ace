//! Reading a body: as it comes, counted before and after decoding, within time.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{budget::BodyLease, classify};
use crate::{
    http::{
        BodyDecoder, Coding, DecodeError, HeaderMap, HttpLimits, RequestKind,
        message::{plain, span},
    },
    model::{ErrorClass, Failure},
};

/// robots.txt is read this far: twice what RFC 9309, 2.5 asks for, since the last piece may be
/// lost when it is cut.
const ROBOTS_BYTES: u64 = 1 << 20;
/// Set aside before the first byte, at most, when the response declares a length.
const ROOM_BYTES: u64 = 256 << 10;

/// What a body may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    pub(super) wire_bytes: u64,
    pub(super) decoded_bytes: u64,
    pub(super) idle: Duration,
    pub(super) min_rate: u64,
    pub(super) grace: Duration,
    /// What is too long is cut rather than refused.
    pub(super) is_cut: bool,
}

impl BodyLimits {
    pub(super) fn of(kind: RequestKind, limits: &HttpLimits) -> Self {
        let (wire_bytes, decoded_bytes) = match kind {
            RequestKind::Feed => (limits.feed_wire_bytes, limits.feed_bytes),
            RequestKind::Page => (limits.page_bytes, limits.page_bytes),
            RequestKind::Robots => (ROBOTS_BYTES, ROBOTS_BYTES),
        };
        Self {
            wire_bytes,
            decoded_bytes,
            idle: limits.idle_timeout,
            min_rate: limits.min_rate,
            grace: limits.rate_grace,
            is_cut: kind == RequestKind::Robots,
        }
    }

    /// For the first piece of a body that is not wanted for itself.
    pub(super) fn of_refusal(limits: &HttpLimits) -> Self {
        Self {
            wire_bytes: 64 << 10,
            decoded_bytes: 64 << 10,
            idle: limits.idle_timeout.min(Duration::from_secs(2)),
            min_rate: limits.min_rate,
            grace: limits.rate_grace.min(Duration::from_secs(2)),
            is_cut: true,
        }
    }
}

/// Bytes of a body so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    pub(super) wire: u64,
    pub(super) decoded: u64,
}

/// The whole body, decoded.
pub(super) async fn read(
    response: &mut reqwest::Response,
    limits: &BodyLimits,
    lease: &mut BodyLease,
    counted: &mut Counted,
) -> Result<Vec<u8>, Failure> {
    let coding = coding_of(response.headers())?;
    let declared = response.content_length();
    let is_too_much = |n_bytes: &u64| *n_bytes > limits.wire_bytes && !limits.is_cut;
    if let Some(n_bytes) = declared.filter(is_too_much) {
        return Err(too_large(limits, &format!("{n_bytes} bytes are announced")));
    }
    let room = declared.unwrap_or(0).min(ROOM_BYTES);
    let limit = usize::try_from(limits.decoded_bytes).unwrap_or(usize::MAX);
    let decoder = BodyDecoder::new(coding, limit, usize::try_from(room).unwrap_or(0));
    let mut decoder = decoder.map_err(|error| undecodable(&error))?;
    let started = Instant::now();
    while let Some(chunk) = next(response, limits, started, counted.wire).await? {
        counted.wire += chunk.len() as u64;
        if counted.wire > limits.wire_bytes {
            if limits.is_cut {
                return Ok(decoder.bytes().to_vec());
            }
            return Err(too_large(limits, "more came"));
        }
        lease.cover(decoder.bytes().len() + chunk.len()).await;
        let pushed = decoder.push(&chunk);
        counted.decoded = decoder.bytes().len() as u64;
        match pushed {
            Ok(()) => lease.cover(decoder.bytes().len()).await,
            Err(DecodeError::TooLarge { .. }) if limits.is_cut => {
                return Ok(decoder.bytes().to_vec());
            }
            Err(error) => return Err(undecodable(&error)),
        }
    }
    let bytes = decoder.finish().map_err(|error| undecodable(&error))?;
    counted.decoded = bytes.len() as u64;
    lease.settle(bytes.len());
    Ok(bytes)
}

/// The next piece, within the time that a body has for it.
async fn next(
    response: &mut reqwest::Response,
    limits: &BodyLimits,
    started: Instant,
    n_wire: u64,
) -> Result<Option<bytes::Bytes>, Failure> {
    let now = Instant::now();
    let idle_due = now + limits.idle;
    // At this moment the bytes so far are slower than the least rate.
    let earned = Duration::from_millis(n_wire.saturating_mul(1000) / limits.min_rate.max(1));
    let rate_due = match limits.min_rate {
        0 => idle_due,
        1.. => started + earned.max(limits.grace),
    };
    if rate_due < now {
        return Err(too_slow(limits, started.elapsed(), n_wire));
    }
    match timeout_at(idle_due.min(rate_due), response.chunk()).await {
        Ok(Ok(chunk)) => Ok(chunk),
        Ok(Err(error)) => {
            let (class, why) = classify::of_body(&error);
            let why = format!("the body broke off after {n_wire} bytes: {why}");
            Err(Failure::new(class, why))
        }
        Err(_) if rate_due < idle_due => Err(too_slow(limits, started.elapsed(), n_wire)),
        Err(_) => Err(Failure::new(
            ErrorClass::Timeout,
            format!(
                "no byte came for {} (after {n_wire} bytes of the body)",
                span(limits.idle)
            ),
        )),
    }
}

/// The one coding of a response. A coding of the transfer counts as one more layer: only
/// `chunked`, which the HTTP library undoes, is none.
fn coding_of(headers: &HeaderMap) -> Result<Coding, Failure> {
    let refused = |why: String| Failure::new(ErrorClass::BadEncoding, plain(&why));
    for line in headers.get_all("transfer-encoding") {
        let names = line.to_str().unwrap_or("?").split(',');
        for name in names.map(str::trim) {
            if !["", "chunked", "identity"]
                .iter()
                .any(|is| name.eq_ignore_ascii_case(is))
            {
                return Err(refused(format!("transfer coding `{name}` was not offered")));
            }
        }
    }
    let lines = headers.get_all("content-encoding").iter();
    Coding::of_headers(lines.map(|line| line.to_str().unwrap_or("?")))
        .map_err(|why| refused(format!("content coding {why}")))
}

fn too_large(limits: &BodyLimits, why: &str) -> Failure {
    let message = format!("the body may have {} bytes: {why}", limits.wire_bytes);
    Failure::new(ErrorClass::TooLarge, message)
}

fn too_slow(limits: &BodyLimits, took: Duration, n_wire: u64) -> Failure {
    let message = format!(
        "the body came slower than {} bytes a second ({n_wire} bytes in {})",
        limits.min_rate,
        span(took)
    );
    Failure::new(ErrorClass::Timeout, message)
}

fn undecodable(error: &DecodeError) -> Failure {
    let class = match error {
        DecodeError::TooLarge { .. } => ErrorClass::DecompressedTooLarge,
        DecodeError::Broken { .. } => ErrorClass::BadEncoding,
        DecodeError::Incomplete { .. } => ErrorClass::Truncated,
    };
    Failure::new(class, plain(&error.to_string()))
}
