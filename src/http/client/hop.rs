//! One request and its response.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use url::Url;

use super::{
    body::{self, BodyLimits, Counted},
    budget::BodyLease,
    classify,
    lanes::OwnLane,
    resolver::is_allowed,
};
use crate::{
    http::{
        Answer, ClientOptions, Credentials, HeadVerdict, HeaderMap, HeaderValue, Request, Response,
        body_verdict, head_verdict, redirect, refusal, retry_after,
    },
    model::{ErrorClass, Failure},
    url::{AllowList, is_public, refuses},
};

/// What one request is made of.
#[derive(Debug)]
pub(super) struct Hop<'a> {
    pub(super) client: &'a reqwest::Client,
    pub(super) lane: OwnLane,
    pub(super) options: &'a ClientOptions,
    pub(super) user_agent: &'a HeaderValue,
    pub(super) request: &'a Request,
    pub(super) credentials: Option<&'a Credentials>,
    pub(super) url: &'a Url,
    pub(super) now: DateTime<Utc>,
}

/// What is known of a response even when it is given up half-way.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Status, once the header is there.
    pub(super) status: Option<u16>,
    /// When the header was there.
    pub(super) head_at: Option<Instant>,
    /// Header fields.
    pub(super) headers: HeaderMap,
    /// `Retry-After`.
    pub(super) retry_after: Option<std::time::Duration>,
    /// Bytes of the body.
    pub(super) counted: Counted,
    /// The host that answered has a public address.
    pub(super) is_public: bool,
    /// No connection came about: nothing was sent.
    pub(super) is_unconnected: bool,
}

/// How a hop ended well.
#[derive(Debug)]
pub(super) enum HopEnd {
    /// It leads elsewhere.
    Redirect { status: u16, to: Url },
    /// Something to use.
    Response(Response),
}

impl Hop<'_> {
    /// Sends the request and reads what is of use of the response.
    pub(super) async fn run(&self, lease: BodyLease, seen: &mut Seen) -> Result<HopEnd, Failure> {
        let mut response = self.send(seen).await?;
        let status = response.status().as_u16();
        seen.status = Some(status);
        seen.head_at = Some(Instant::now());
        seen.headers = response.headers().clone();
        seen.retry_after = retry_after(&seen.headers, self.now);
        self.check_address(&response, seen)?;
        self.check_header(&seen.headers)
            .map_err(|failure| failure.with_status(status))?;
        if redirect::is_redirect(status) {
            return match redirect::target(self.url, &seen.headers) {
                Ok(to) => Ok(HopEnd::Redirect { status, to }),
                Err((class, why)) => Err(Failure::new(class, why).with_status(status)),
            };
        }
        let headers = seen.headers.clone();
        let answer = Answer {
            kind: self.request.kind,
            has_validators: self.request.validators_for(self.url).is_some(),
            status,
            headers: &headers,
        };
        match head_verdict(&answer, self.now) {
            HeadVerdict::NotModified => Ok(done(status, headers, Vec::new(), lease)),
            HeadVerdict::Read => {
                let body = self.read(&mut response, lease, seen).await;
                let (body, lease) = body.map_err(|failure| failure.with_status(status))?;
                body_verdict(&answer, &body)?;
                Ok(done(status, headers, body, lease))
            }
            HeadVerdict::Fail(failure) => {
                let limits = BodyLimits::of_refusal(&self.options.limits);
                let mut lease = lease;
                let mut counted = Counted::default();
                let first = body::read(&mut response, &limits, &mut lease, &mut counted).await;
                seen.counted = counted;
                Err(refusal(&answer, failure, &first.unwrap_or_default()))
            }
        }
    }

    async fn send(&self, seen: &mut Seen) -> Result<reqwest::Response, Failure> {
        let headers = self.request.headers_for(self.url, self.user_agent);
        let mut builder = self.client.get(self.url.clone()).headers(headers);
        if let Some(credentials) = self
            .credentials
            .filter(|_| self.request.is_private_origin(self.url))
        {
            builder = builder.basic_auth(&credentials.user, credentials.password.as_ref());
        }
        self.lane.run(builder.send()).await.map_err(|error| {
            seen.is_unconnected = error.is_connect() || error.is_builder();
            classify::of_send(&error)
        })
    }

    async fn read(
        &self,
        response: &mut reqwest::Response,
        mut lease: BodyLease,
        seen: &mut Seen,
    ) -> Result<(Vec<u8>, BodyLease), Failure> {
        let limits = BodyLimits::of(self.request.kind, &self.options.limits);
        let body = body::read(response, &limits, &mut lease, &mut seen.counted).await?;
        Ok((body, lease))
    }

    /// A last look at the address that was connected to, which literals and resolver have let
    /// through; with a proxy it is the proxy's.
    fn check_address(&self, response: &reqwest::Response, seen: &mut Seen) -> Result<(), Failure> {
        if self.request.proxy.is_some() {
            // What can be told of the host is what is written: an address as it stands, a name is public.
            seen.is_public = refuses(self.url, &AllowList::default()).is_none();
            return Ok(());
        }
        let Some(address) = response.remote_addr() else {
            return Ok(());
        };
        seen.is_public = is_public(address.ip());
        let port = self.url.port_or_known_default().unwrap_or(0);
        if is_allowed(address, port, &self.options.allow) {
            return Ok(());
        }
        let why = format!("`{}` is not public and not on the allow list", address.ip());
        Err(Failure::new(ErrorClass::AddressRefused, why))
    }

    fn check_header(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let limits = &self.options.limits;
        if headers.len() > limits.headers {
            let why = format!("more than {} header fields", limits.headers);
            return Err(Failure::new(ErrorClass::TooLarge, why));
        }
        let lengths = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len());
        if lengths.sum::<usize>() as u64 > limits.header_bytes {
            let why = format!("more than {} bytes of header fields", limits.header_bytes);
            return Err(Failure::new(ErrorClass::TooLarge, why));
        }
        Ok(())
    }
}

fn done(status: u16, headers: HeaderMap, body: Vec<u8>, lease: BodyLease) -> HopEnd {
    HopEnd::Response(Response {
        status,
        headers,
        body: body.into(),
        lease,
    })
}
