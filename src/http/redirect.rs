//! Where a redirect leads, and whether we go there.

use url::Url;

use super::{HeaderMap, message::plain, request::bare};
use crate::model::ErrorClass;

/// The statuses that redirect (RFC 9110, 15.4). 300 lists choices, 304 answers a condition,
/// 305 and 306 are dead: none of these is followed.
pub(super) const fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The HTTP library takes no longer one.
const MAX_ADDRESS_BYTES: usize = 65_534;

/// Where a redirect leads: absolute, without fragment, user and password.
///
/// # Errors
/// Class and reason when there is no target, it cannot be read, it has another scheme than http
/// and https, or it leaves https. Addresses are the guard's business, loops and counts the caller's.
pub(super) fn target(from: &Url, headers: &HeaderMap) -> Result<Url, (ErrorClass, String)> {
    let Some(location) = headers.get("location") else {
        return Err((ErrorClass::Redirect, "redirect without `Location`".into()));
    };
    // Servers send raw UTF-8; what is not even that is kept byte by byte as Latin-1.
    let location = match std::str::from_utf8(location.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => location
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect(),
    };
    let location = location.trim();
    if location.is_empty() {
        return Err((
            ErrorClass::Redirect,
            "redirect with an empty `Location`".into(),
        ));
    }
    let to = from.join(location).map_err(|error| {
        let why = format!(
            "redirect to `{}`, which is no address: {error}",
            plain(location)
        );
        (ErrorClass::Redirect, why)
    })?;
    if !matches!(to.scheme(), "http" | "https") {
        let why = format!("redirect to scheme `{}`", plain(to.scheme()));
        return Err((ErrorClass::SchemeRefused, why));
    }
    if from.scheme() == "https" && to.scheme() == "http" {
        let why = format!("redirect from https to `{}`", super::message::shown(&to));
        return Err((ErrorClass::DowngradeRefused, why));
    }
    let to = bare(&to);
    if to.as_str().len() > MAX_ADDRESS_BYTES {
        let why = format!("redirect to an address of {} bytes", to.as_str().len());
        return Err((ErrorClass::Redirect, why));
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::HeaderValue;

    #[track_caller]
    fn check(location: &[u8], want: Result<&str, ErrorClass>) {
        let from = Url::parse("https://a.example/dir/feed?x=1").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("location", HeaderValue::from_bytes(location).unwrap());
        let got = target(&from, &headers);
        let got = got.as_ref().map(Url::as_str).map_err(|(class, _)| *class);
        assert_eq!(got, want, "{location:?}");
    }

    #[test]
    fn targets_are_resolved_and_checked() {
        check(b"/new", Ok("https://a.example/new"));
        check(b"new#part", Ok("https://a.example/dir/new"));
        check(b"//b.example/x", Ok("https://b.example/x"));
        check(b"https://u:p@b.example/", Ok("https://b.example/"));
        check(b"?y=2", Ok("https://a.example/dir/feed?y=2"));
        check("/ü".as_bytes(), Ok("https://a.example/%C3%BC"));
        check(b"/\xfc", Ok("https://a.example/%C3%BC"));
        check(b"", Err(ErrorClass::Redirect));
        check(b"   ", Err(ErrorClass::Redirect));
        check(b"https://", Err(ErrorClass::Redirect));
        check(b"http://[::1", Err(ErrorClass::Redirect));
        check(&vec![b'x'; 70_000], Err(ErrorClass::Redirect));
        check(b"ftp://a.example/", Err(ErrorClass::SchemeRefused));
        check(b"file:///etc/passwd", Err(ErrorClass::SchemeRefused));
        check(b"javascript:alert(1)", Err(ErrorClass::SchemeRefused));
        check(b"data:text/html,x", Err(ErrorClass::SchemeRefused));
        check(b"http://a.example/", Err(ErrorClass::DowngradeRefused));
    }
}
