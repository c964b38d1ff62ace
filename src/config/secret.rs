//! User names and passwords.

use std::collections::BTreeMap;
use std::fmt;

use ::url::Url;

use crate::http::Credentials;
use crate::url::without_credentials;

/// Passwords that stand outside of the configuration: `load` collects them.
#[derive(Default)]
pub(super) struct Secrets {
    /// Variables of the environment.
    pub(super) variables: BTreeMap<String, String>,
    /// systemd credentials by name.
    pub(super) credentials: BTreeMap<String, String>,
    /// What is not there is not needed now.
    pub(super) is_optional: bool,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}

/// Parts an address from the user and password in it.
pub(super) fn take_credentials(url: &Url) -> (Url, Option<Credentials>) {
    if url.username().is_empty() && url.password().is_none() {
        return (url.clone(), None);
    }
    let credentials = Credentials {
        user: percent_decoded(url.username()),
        password: url.password().map(percent_decoded),
    };
    (without_credentials(url), Some(credentials))
}

/// `%41` as `A`; what is no escape stays.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let escape = after.split_at_checked(2).and_then(|(digits, tail)| {
            let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hex.then(|| u8::from_str_radix(digits, 16).ok().map(|byte| (byte, tail)))?
        });
        if let Some((byte, tail)) = escape {
            bytes.push(byte);
            rest = tail;
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_come_out_of_the_address() {
        let url = Url::parse("https://us%40er:p%3Ass%25@example.org/rss").unwrap();
        let (url, credentials) = take_credentials(&url);
        let credentials = credentials.unwrap();
        assert_eq!(url.as_str(), "https://example.org/rss");
        assert_eq!(credentials.user, "us@er");
        assert_eq!(credentials.password.as_deref(), Some("p:ss%"));
        assert!(take_credentials(&url).1.is_none());
    }
}
