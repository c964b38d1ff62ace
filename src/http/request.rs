//! What is asked for, and the header lines that ask for it.

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use url::Url;

use super::{Coding, HeaderMap, HeaderName, HeaderValue, Robots};
use crate::{
    model::{Failure, Validators},
    url::origin,
};

/// One thing to fetch.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address. A user and password in it count as `credentials` and are not sent otherwise.
    pub url: Url,
    /// What is expected there.
    pub kind: RequestKind,
    /// Sent back to the URL that gave them and to no other.
    pub validators: Option<Validators>,
    /// Configured header lines, for `private_origin` only. They may replace `User-Agent` and
    /// `Accept`; those that would change the framing of the request are left out.
    pub headers: Vec<(String, String)>,
    /// For `private_origin` only.
    pub credentials: Option<Credentials>,
    /// The configured address, when `url` is another one that a redirect led to: credentials and
    /// headers go to its origin only. `None`: the origin of `url`.
    pub private_origin: Option<Url>,
    /// Address of the proxy to go through. It resolves the names, so the guard against private
    /// addresses sees only those written in the URL.
    pub proxy: Option<String>,
    /// Take any certificate (logged at each use).
    pub is_tls_unverified: bool,
    /// What the address's origin asks of us: a redirect within it to what its rules do not allow is not
    /// followed.
    pub rules: OriginRules,
    /// Asked before another origin is, where a redirect leads. `None`: no origin has rules.
    pub gate: Option<Arc<dyn OriginGate>>,
    /// Ask although the host did not answer lately or said `Retry-After`. Spacing, robots.txt and
    /// the address guard stay.
    pub ignore_host_wait: bool,
}

impl Request {
    /// A request without validators, headers or anything else that is particular.
    pub fn new(url: Url, kind: RequestKind) -> Self {
        Self {
            url,
            kind,
            validators: None,
            headers: Vec::new(),
            credentials: None,
            private_origin: None,
            proxy: None,
            is_tls_unverified: false,
            rules: OriginRules::default(),
            gate: None,
            ignore_host_wait: false,
        }
    }

    /// Credentials and configured headers may go to this URL.
    pub(super) fn is_private_origin(&self, url: &Url) -> bool {
        origin(self.private_origin.as_ref().unwrap_or(&self.url)) == origin(url)
    }

    /// The validators, if it was this URL that gave them (RFC 9110, 13.1: they compare with the
    /// selected representation of one resource).
    pub(super) fn validators_for(&self, url: &Url) -> Option<&Validators> {
        self.validators
            .as_ref()
            .filter(|validators| validators.etag.is_some() || validators.last_modified.is_some())
            .filter(|validators| is_same_url(&validators.url, url))
    }

    /// The header lines for a request to `url`, which may be a hop of this request.
    pub(super) fn headers_for(&self, url: &Url, user_agent: &HeaderValue) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", user_agent.clone());
        headers.insert("accept", HeaderValue::from_static(self.kind.accept()));
        headers.insert("accept-encoding", HeaderValue::from_static(Coding::OFFER));
        if self.is_private_origin(url) {
            for (name, value) in &self.headers {
                if let Some((name, value)) = configured_header(name, value) {
                    headers.insert(name, value);
                }
            }
        }
        if let Some(validators) = self.validators_for(url) {
            self.add_validators(validators, &mut headers);
        }
        headers
    }

    fn add_validators(&self, validators: &Validators, headers: &mut HeaderMap) {
        let lines = [
            ("if-none-match", &validators.etag),
            ("if-modified-since", &validators.last_modified),
        ];
        for (name, bytes) in lines {
            let value = bytes.as_deref().map(HeaderValue::from_bytes);
            if let Some(Ok(value)) = value {
                headers.insert(name, value);
            }
        }
        // RFC 3229, 10.5.3: a server may then send only the entries that are new.
        if self.kind == RequestKind::Feed {
            headers.insert("a-im", HeaderValue::from_static("feed"));
        }
    }
}

/// What an origin asks of whoever fetches from it.
#[derive(Debug, Clone, Default)]
pub struct OriginRules {
    /// `Crawl-delay` of its robots.txt; obeyed up to 120 s.
    pub crawl_delay: Option<Duration>,
    /// Its robots.txt; `None`: everything is allowed.
    pub robots: Option<Arc<Robots>>,
}

impl OriginRules {
    pub(super) fn allows(&self, url: &Url) -> bool {
        let robots = self.robots.as_ref();
        robots.is_none_or(|robots| robots.allows(Robots::AGENT, url))
    }
}

/// What a gate says, later.
pub type Admitting = Pin<Box<dyn Future<Output = Result<OriginRules, Failure>> + Send>>;

/// Knows the rules of origins. Its time is not part of a fetch's deadline.
pub trait OriginGate: fmt::Debug + Send + Sync {
    /// The rules of the origin of `url`, which has passed the address guard.
    ///
    /// # Errors
    /// Nothing there may be asked for now.
    fn admit(&self, url: Url) -> Admitting;
}

/// A configured header line, unless it would change framing, coding or routing.
fn configured_header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    const KEPT_OUT: &[&str] = &[
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "if-modified-since",
        "if-none-match",
        "keep-alive",
        "proxy-authorization",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
    if KEPT_OUT.contains(&name.as_str()) {
        return None;
    }
    let mut value = HeaderValue::from_bytes(value.trim().as_bytes()).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

fn is_same_url(given: &str, url: &Url) -> bool {
    Url::parse(given).is_ok_and(|given| bare(&given) == bare(url))
}

/// Without what is never sent: fragment, user and password.
pub(super) fn bare(url: &Url) -> Url {
    let mut url = crate::url::without_credentials(url);
    url.set_fragment(None);
    url
}

/// What is expected at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// RSS, Atom, RDF or JSON.
    Feed,
    /// An article's page.
    Page,
    /// robots.txt; a longer body than RFC 9309, 2.5 asks for is cut, not refused.
    Robots,
}

impl RequestKind {
    /// Value of `Accept`.
    pub const fn accept(self) -> &'static str {
        match self {
            Self::Feed => {
                "application/atom+xml, application/rss+xml, application/rdf+xml, \
                 application/feed+json, application/xml;q=0.9, text/xml;q=0.9, \
                 application/json;q=0.8, */*;q=0.1"
            }
            Self::Page => "text/html, application/xhtml+xml, */*;q=0.1",
            Self::Robots => "text/plain, */*;q=0.1",
        }
    }

    /// How messages call it.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Page => "page",
            Self::Robots => "robots.txt",
        }
    }
}

/// User and password of HTTP's Basic scheme (RFC 7617).
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn request() -> Request {
        let mut request = Request::new(url("https://a.example/feed"), RequestKind::Feed);
        request.headers = vec![
            ("X-Key".into(), "secret".into()),
            ("Host".into(), "b.example".into()),
            ("bad name".into(), "x".into()),
        ];
        request.validators = Some(Validators {
            url: "https://a.example/feed".into(),
            etag: Some(b"W/\"odd\xe9\"".to_vec()),
            last_modified: Some(b"Wed, 99 Foo".to_vec()),
        });
        request
    }

    fn headers_for(request: &Request, at: &str) -> HeaderMap {
        request.headers_for(&url(at), &HeaderValue::from_static("feedmill/test"))
    }

    #[test]
    fn validators_go_back_byte_for_byte() {
        let headers = headers_for(&request(), "https://a.example/feed");
        assert_eq!(headers["if-none-match"].as_bytes(), b"W/\"odd\xe9\"");
        assert_eq!(headers["if-modified-since"].as_bytes(), b"Wed, 99 Foo");
        assert_eq!(headers["a-im"], "feed");
        assert_eq!(headers["x-key"], "secret");
        assert!(!headers.contains_key("host"));
    }

    #[test]
    fn another_url_gets_no_validators_and_another_origin_no_headers() {
        let headers = headers_for(&request(), "https://a.example/other");
        assert!(!headers.contains_key("if-none-match") && !headers.contains_key("a-im"));
        assert!(headers.contains_key("x-key"));
        for other in [
            "http://a.example/feed",
            "https://a.example:444/feed",
            "https://b.example/",
        ] {
            let headers = headers_for(&request(), other);
            assert!(!headers.contains_key("x-key"), "{other}");
            assert!(!headers.contains_key("if-modified-since"), "{other}");
        }
    }

    #[test]
    fn after_an_adopted_redirect_the_configured_origin_stays_the_only_private_one() {
        let mut request = request();
        request.private_origin = Some(url("https://old.example/feed"));
        assert!(!headers_for(&request, "https://a.example/feed").contains_key("x-key"));
        assert!(headers_for(&request, "https://old.example/feed").contains_key("x-key"));
    }

    #[test]
    fn credentials_never_show_in_debug_output() {
        let mut request = request();
        request.credentials = Some(Credentials {
            user: "someone".into(),
            password: Some("hunter2".into()),
        });
        let text = format!("{request:?}");
        assert!(!text.contains("hunter2") && !text.contains("someone"));
    }
}
