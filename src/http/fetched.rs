//! What a fetch came to.

use std::time::Duration;

use bytes::Bytes;
use url::Url;

use super::{BodyLease, HeaderMap};
use crate::{
    model::{Failure, Validators},
    url::host_key,
};

/// What a fetch came to, with what it cost.
#[derive(Debug)]
pub struct Fetched {
    /// The response, or why there is none to use.
    pub result: Result<Response, Failure>,
    /// Redirects followed, in order.
    pub hops: Vec<Hop>,
    /// The address that answered last, or was asked last; without fragment and credentials.
    pub final_url: Url,
    /// Requests that were sent.
    pub n_requests: u32,
    /// Bytes of the last response's body on the wire.
    pub bytes_wire: u64,
    /// Bytes of it once decoded.
    pub bytes_body: u64,
    /// Time spent on the network.
    pub took: Duration,
    /// Time spent waiting for the hosts' turns before that.
    pub waited: Duration,
    /// `Retry-After` of any response on the way, a redirect's too, as a wait from now; not capped.
    pub retry_after: Option<Duration>,
    /// Hosts that are to be left alone by it as a whole, each with the wait from now; not capped.
    pub holds: Vec<(String, Duration)>,
    /// Header fields of the last response, also when it was a failure; empty without a response.
    pub headers: HeaderMap,
}

impl Fetched {
    /// Gives the body's memory and its share of the budget back.
    pub fn let_go_of_body(&mut self) {
        if let Ok(response) = &mut self.result {
            response.body = Bytes::new();
            response.lease = BodyLease::default();
        }
    }

    /// Requests that `host` got, and the other hosts on the way, one for each request.
    pub fn requests_by_host(&self, host: &str) -> (u32, Vec<String>) {
        let n_hops = u32::try_from(self.hops.len()).unwrap_or(u32::MAX);
        let is_final_asked = self.n_requests > n_hops;
        let asked = self.hops.iter().map(|hop| &hop.url);
        let asked = asked.chain(is_final_asked.then_some(&self.final_url));
        let (here, elsewhere): (Vec<String>, Vec<String>) =
            asked.map(host_key).partition(|asked| asked == host);
        (u32::try_from(here.len()).unwrap_or(u32::MAX), elsewhere)
    }

    /// Every redirect on the way was permanent (301, 308), and there was at least one.
    pub fn is_moved_for_good(&self) -> bool {
        !self.hops.is_empty() && self.hops.iter().all(|hop| matches!(hop.status, 301 | 308))
    }
}

/// A redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The address that redirected.
    pub url: Url,
    /// With this status.
    pub status: u16,
    /// To this address.
    pub to: Url,
}

/// A response that can be used.
#[derive(Debug)]
pub struct Response {
    /// 200, 226, 304 or another 2xx that has a body.
    pub status: u16,
    /// Header fields.
    pub headers: HeaderMap,
    /// The body, decoded; empty with 304.
    pub body: Bytes,
    /// The body's share of `body_budget`; given back when the response is dropped.
    pub lease: BodyLease,
}

impl Response {
    /// 304: what we have is still current.
    pub fn is_not_modified(&self) -> bool {
        self.status == 304
    }

    /// `Content-Type` as received, when it is text.
    pub fn content_type(&self) -> Option<&str> {
        header_text(&self.headers, "content-type")
    }

    /// The validators of this response, for `final_url`; `None` when it has none.
    pub fn validators(&self, final_url: &Url) -> Option<Validators> {
        let bytes = |name| {
            self.headers
                .get(name)
                .map(|value| value.as_bytes().to_vec())
                .filter(|value| !value.is_empty())
        };
        let (etag, last_modified) = (bytes("etag"), bytes("last-modified"));
        if etag.is_none() && last_modified.is_none() {
            return None;
        }
        Some(Validators {
            url: super::request::bare(final_url).into(),
            etag,
            last_modified,
        })
    }
}

/// The first line of a header field, when it is text.
pub(super) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
