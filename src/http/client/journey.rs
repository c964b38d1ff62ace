//! A whole fetch: from the address asked for, over its redirects, to an end.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::time::{Instant, timeout};
use url::Url;

use super::{
    handle::Inner,
    hop::{self, HopEnd, Seen},
};
use crate::{
    http::{
        Ask, Credentials, Fetched, HeaderMap, OriginRules, Report, Request, RequestKind, Response,
        RetryAfterScope,
        fetched::Hop,
        message::{shown, span},
        request::bare,
    },
    model::{ErrorClass, Failure},
    url::{host_key, origin, refuses},
};

/// Redirects of a robots.txt that are followed at least, whatever the limit (RFC 9309, 2.3.1.2).
const ROBOTS_REDIRECTS: usize = 5;

/// A fetch on its way.
#[derive(Debug)]
pub(super) struct Journey<'a> {
    inner: &'a Arc<Inner>,
    request: &'a Request,
    credentials: Option<Credentials>,
    url: Url,
    /// Of the origin of `url`, once it was entered.
    rules: OriginRules,
    visited: HashSet<Url>,
    hops: Vec<Hop>,
    deadline: Duration,
    left: Duration,
    waited: Duration,
    n_requests: u32,
    last: Seen,
    retry_after: Option<Duration>,
    holds: Vec<(String, Duration)>,
}

impl<'a> Journey<'a> {
    pub(super) fn new(inner: &'a Arc<Inner>, request: &'a Request) -> Self {
        let limits = &inner.options.limits;
        let deadline = match request.kind {
            RequestKind::Feed => limits.feed_deadline,
            RequestKind::Page | RequestKind::Robots => limits.page_deadline,
        };
        Self {
            inner,
            request,
            credentials: request.credentials.clone().or_else(|| in_url(&request.url)),
            url: bare(&request.url),
            rules: request.rules.clone(),
            visited: HashSet::new(),
            hops: Vec::new(),
            deadline,
            left: deadline,
            waited: Duration::ZERO,
            n_requests: 0,
            last: Seen::default(),
            retry_after: None,
            holds: Vec::new(),
        }
    }

    /// Goes all the way.
    pub(super) async fn run(mut self) -> Fetched {
        let result = loop {
            match self.step().await {
                Ok(HopEnd::Response(response)) => break Ok(response),
                Ok(HopEnd::Redirect { status, to }) => {
                    if let Err(failure) = self.follow(status, to) {
                        break Err(failure);
                    }
                }
                Err(failure) => break Err(failure),
            }
        };
        self.finish(result)
    }

    async fn step(&mut self) -> Result<HopEnd, Failure> {
        self.guard()?;
        self.enter().await?;
        let client = self.inner.connections.client(&self.url, self.request);
        let client = client.map_err(|error| {
            let class = match self.url.scheme() {
                "https" => ErrorClass::Tls,
                _ => ErrorClass::Internal,
            };
            Failure::new(class, error.to_string())
        })?;
        let (host, url) = (host_key(&self.url), self.url.to_string());
        let ask = Ask {
            host: &host,
            url: &url,
            crawl_delay: self.rules.crawl_delay,
            ignores_holds: self.request.ignore_host_wait,
        };
        let waiting = Instant::now();
        let turn = self.inner.turns.take(&ask).await;
        self.waited += waiting.elapsed();
        let turn = turn?;
        self.n_requests += 1;
        self.last = Seen::default();
        let hop = hop::Hop {
            client: &client,
            lane: self.inner.lanes.for_host(&host),
            options: &self.inner.options,
            user_agent: &self.inner.user_agent,
            request: self.request,
            credentials: self.credentials.as_ref(),
            url: &self.url,
            now: self.inner.clock.now().wall,
        };
        let lease = self.inner.budget.lease();
        let end = timeout(self.left, hop.run(lease, &mut self.last)).await;
        let took = turn.elapsed();
        self.left = self.left.saturating_sub(took);
        let is_silent = end.is_err() && self.last.status.is_none();
        self.inner.lanes.note(&host, is_silent);
        let end = end.unwrap_or_else(|_| Err(self.too_late()));
        self.retry_after = self.retry_after.max(self.last.retry_after);
        if self.last.is_unconnected {
            self.n_requests -= 1;
        }
        let report = self.report(took, end.as_ref().err());
        if let Report::Answered {
            hold: Some(hold), ..
        } = &report
        {
            self.holds.push((host.clone(), *hold));
        }
        turn.end(report);
        end
    }

    /// What may be asked at all: checked anew at each hop.
    fn guard(&self) -> Result<(), Failure> {
        let Some(why) = refuses(&self.url, &self.inner.options.allow) else {
            return Ok(());
        };
        let class = match self.url.scheme() {
            "http" | "https" => ErrorClass::AddressRefused,
            _ => ErrorClass::SchemeRefused,
        };
        Err(Failure::new(class, why))
    }

    fn follow(&mut self, status: u16, to: Url) -> Result<(), Failure> {
        self.visited.insert(self.url.clone());
        let fail = |class, why: String| Err(Failure::new(class, why).with_status(status));
        if self.visited.contains(&to) {
            let why = format!("the redirects lead back to `{}`", shown(&to));
            return fail(ErrorClass::RedirectLoop, why);
        }
        let most = self.most_redirects();
        if self.hops.len() >= most {
            let why = format!("more than {most} redirects, the next to `{}`", shown(&to));
            return fail(ErrorClass::TooManyRedirects, why);
        }
        let url = std::mem::replace(&mut self.url, to.clone());
        self.hops.push(Hop { url, status, to });
        Ok(())
    }

    fn most_redirects(&self) -> usize {
        let most = self.inner.options.limits.redirects;
        match self.request.kind {
            RequestKind::Feed | RequestKind::Page => most,
            RequestKind::Robots => most.max(ROBOTS_REDIRECTS),
        }
    }

    /// After a redirect: the rules of the origin that it leads to, which the address must keep.
    async fn enter(&mut self) -> Result<(), Failure> {
        let Some(last) = self.hops.last() else {
            return Ok(());
        };
        let status = last.status;
        if origin(&last.url) != origin(&self.url) {
            self.rules = match &self.request.gate {
                Some(gate) => gate
                    .admit(self.url.clone())
                    .await
                    .map_err(|failure| failure.with_status(status))?,
                None => OriginRules::default(),
            };
        }
        if self.rules.allows(&self.url) {
            return Ok(());
        }
        let why = "robots.txt does not allow what it redirects to";
        Err(Failure::new(ErrorClass::Robots, why).with_status(status))
    }

    fn too_late(&self) -> Failure {
        let why = match self.last.status {
            None => "no response".to_owned(),
            Some(_) => format!("{} bytes of the body", self.last.counted.wire),
        };
        let message = format!("the deadline of {} passed with {why}", span(self.deadline));
        let mut failure = Failure::new(ErrorClass::Timeout, message);
        failure.http_status = self.last.status;
        failure
    }

    fn report(&self, took: Duration, failure: Option<&Failure>) -> Report {
        let Some(status) = self.last.status else {
            let is_connect = failure.filter(|failure| is_host_down(failure.class));
            // A proxy that cannot be reached says nothing of the host behind it.
            return match is_connect.filter(|_| self.request.proxy.is_none()) {
                Some(failure) => Report::NoConnection {
                    class: failure.class,
                    why: failure.message.clone(),
                },
                None => Report::Broken { took },
            };
        };
        let is_host_wide = match self.inner.options.retry_after_scope {
            RetryAfterScope::PublicHosts => self.last.is_public,
            RetryAfterScope::AllHosts => true,
            RetryAfterScope::Url => false,
        };
        let head = self
            .last
            .head_at
            .map(|at| took.saturating_sub(at.elapsed()));
        Report::Answered {
            took,
            head: head.unwrap_or(took),
            status,
            hold: self.last.retry_after.filter(|_| is_host_wide),
        }
    }

    fn finish(self, result: Result<Response, Failure>) -> Fetched {
        let noun = self.request.kind.noun();
        let asked = shown(&self.request.url);
        let result = result.map_err(|failure| {
            let way = match self.hops.last() {
                None => String::new(),
                Some(hop) => format!(", redirected to `{}`", shown(&hop.to)),
            };
            Failure {
                message: format!("cannot fetch {noun} `{asked}`{way}: {}", failure.message),
                ..failure
            }
        });
        Fetched {
            result,
            hops: self.hops,
            final_url: self.url,
            n_requests: self.n_requests,
            bytes_wire: self.last.counted.wire,
            bytes_body: self.last.counted.decoded,
            took: self.deadline.saturating_sub(self.left),
            waited: self.waited,
            retry_after: self.retry_after,
            holds: self.holds,
            headers: if self.last.status.is_some() {
                self.last.headers
            } else {
                HeaderMap::new()
            },
        }
    }
}

/// Classes after which other addresses of the host are not tried for a while.
fn is_host_down(class: ErrorClass) -> bool {
    [
        ErrorClass::Dns,
        ErrorClass::Connect,
        ErrorClass::ConnectionRefused,
        ErrorClass::ConnectTimeout,
    ]
    .contains(&class)
}

/// User and password written in the address.
fn in_url(url: &Url) -> Option<Credentials> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    Some(Credentials {
        user: percent_decoded(url.username()),
        password: url.password().map(percent_decoded),
    })
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        let escaped = match (byte, after) {
            (b'%', [high, low, beyond @ ..]) => {
                let digit = |digit: &u8| char::from(*digit).to_digit(16);
                let value = digit(high)
                    .zip(digit(low))
                    .map(|(high, low)| high << 4 | low);
                value
                    .and_then(|value| u8::try_from(value).ok())
                    .map(|value| (value, beyond))
            }
            _ => None,
        };
        match escaped {
            Some((value, beyond)) => {
                bytes.push(value);
                rest = beyond;
            }
            None => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
