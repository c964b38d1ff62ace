//! Hosts and origins.

use ::url::Url;

/// The same address without user and password.
pub fn without_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    // Both fail only for URLs that cannot have credentials at all.
    url.set_username("").unwrap_or_default();
    url.set_password(None).unwrap_or_default();
    url
}

/// The host, lower-case and without a trailing dot, with `:port` when the port is not the scheme's
/// own. Empty for a URL without a host.
pub fn host_key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host);
    match url.port() {
        None => host.to_owned(),
        Some(port) => format!("{host}:{port}"),
    }
}

/// What a page's site is called: its [`host_key`] without `www.`. Other subdomains are sites of
/// their own: many hosts give one to each of their customers.
pub fn site_key(url: &Url) -> String {
    let host = host_key(url);
    host.strip_prefix("www.")
        .map(ToOwned::to_owned)
        .unwrap_or(host)
}

/// Scheme, host and port as `https://example.org` or `http://example.org:8080`.
pub fn origin(url: &Url) -> String {
    format!("{}://{}", url.scheme(), host_key(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_origin_leave_out_what_is_implied() {
        #[track_caller]
        fn check(url: &str, want_host: &str, want_origin: &str) {
            let url = Url::parse(url).unwrap();
            assert_eq!(host_key(&url), want_host);
            assert_eq!(origin(&url), want_origin);
        }
        check(
            "https://U:P@Example.ORG:443/x",
            "example.org",
            "https://example.org",
        );
        check(
            "http://example.org.:8080/x",
            "example.org:8080",
            "http://example.org:8080",
        );
        check(
            "http://[2001:db8::1]/",
            "[2001:db8::1]",
            "http://[2001:db8::1]",
        );
    }

    #[test]
    fn a_site_is_the_same_with_and_without_www() {
        let site = |url: &str| site_key(&Url::parse(url).unwrap());
        assert_eq!(site("https://www.example.org/a"), "example.org");
        assert_eq!(site("http://example.org/b"), "example.org");
        assert_eq!(site("http://blog.example.org:81/b"), "blog.example.org:81");
    }

    #[test]
    fn credentials_are_taken_off() {
        let url = Url::parse("https://user:secret@example.org/a?b#c").unwrap();
        assert_eq!(
            without_credentials(&url).as_str(),
            "https://example.org/a?b#c"
        );
        let mail = Url::parse("mailto:a@example.org").unwrap();
        assert_eq!(without_credentials(&mail), mail);
    }
}
