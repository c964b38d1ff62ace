//! The closed list of error classes.

use serde::Serialize;

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// Why a poll or a page fetch gave nothing. A stable, closed interface: scripts match on
        /// the names (`as_str`), so a name is never changed and a new one needs a decision record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum ErrorClass {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl ErrorClass {
            /// Every class, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name as it stands in the store and in machine-readable output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The class of a stored name; `None` for a name of another version.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|class| class.as_str() == name)
            }
        }
    };
}

classes! {
    /// The host name did not resolve.
    Dns = "dns",
    /// No route, or the connection failed for another reason than the ones below.
    Connect = "connect",
    /// The host refused the connection.
    ConnectionRefused = "connection_refused",
    /// No connection (DNS, TCP, TLS) within `connect_timeout`.
    ConnectTimeout = "connect_timeout",
    /// Reset, or closed before the headers were complete.
    Connection = "connection",
    /// The certificate or the handshake was not acceptable.
    Tls = "tls",
    /// The whole fetch passed its deadline, stalled, or was slower than `min_rate`.
    Timeout = "timeout",
    /// Not HTTP, or HTTP that breaks the framing rules.
    Protocol = "protocol",
    /// More bytes on the wire than the limit.
    TooLarge = "too_large",
    /// More bytes after decoding than the limit.
    DecompressedTooLarge = "decompressed_too_large",
    /// A content encoding that was not offered, several layers, or a broken stream.
    BadEncoding = "bad_encoding",
    /// Fewer bytes than announced.
    Truncated = "truncated",
    /// A redirect without a usable target.
    Redirect = "redirect",
    /// The redirects lead back to an address already visited.
    RedirectLoop = "redirect_loop",
    /// More hops than `redirects`.
    TooManyRedirects = "too_many_redirects",
    /// A scheme other than http and https.
    SchemeRefused = "scheme_refused",
    /// An address that is not public and not on the allow list.
    AddressRefused = "address_refused",
    /// A redirect from https to http.
    DowngradeRefused = "downgrade_refused",
    /// A status that says no, without a class of its own.
    HttpStatus = "http_status",
    /// 429, or 503 with `Retry-After`; also a request held back because of an earlier one.
    RateLimited = "rate_limited",
    /// 410.
    Gone = "gone",
    /// 401, 403 or 407.
    Auth = "auth",
    /// A challenge page of a bot defence.
    Blocked = "blocked",
    /// The document is no feed.
    NotAFeed = "not_a_feed",
    /// No bytes, or nothing but white space.
    Empty = "empty",
    /// A feed by its looks, but nothing could be read from it.
    Parse = "parse",
    /// A document type with entity definitions of its own.
    DtdRefused = "dtd_refused",
    /// The bytes are no text in any encoding we know.
    Charset = "charset",
    /// Nested deeper than the limit.
    TooDeep = "too_deep",
    /// More entries than can be taken in.
    TooManyEntries = "too_many_entries",
    /// The page is not HTML.
    NotHtml = "not_html",
    /// A media type without text: PDF, image, audio, video, archive.
    UnsupportedType = "unsupported_type",
    /// No article was found in the page.
    Extract = "extract",
    /// The page shows its text only after running scripts.
    JsRequired = "js_required",
    /// robots.txt does not allow the page.
    Robots = "robots",
    /// The parser died on the document.
    Crashed = "crashed",
    /// A fault of feedmill's own.
    Internal = "internal",
}

impl std::fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
