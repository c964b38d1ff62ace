//! What may be asked for at all.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ::url::{Host, Url};

use super::{AllowList, special_range};

/// Why `url` must not be requested, in one line; `None` when nothing in the URL itself speaks
/// against it.
///
/// Judges the scheme, a literal address in whatever notation (the URL parser has already turned
/// `0x7f.1`, `2130706433` and `127.1` into an address) and the name `localhost` with all names
/// under it (RFC 6761, 6.3). Another name is judged when it is resolved.
pub fn refuses(url: &Url, allow: &AllowList) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!("scheme `{}` is not http or https", url.scheme()));
    }
    let port = url.port_or_known_default().unwrap_or(0);
    match url.host() {
        None => Some("the address has no host".to_owned()),
        Some(Host::Ipv4(ip)) => refuses_address(ip.into(), port, allow),
        Some(Host::Ipv6(ip)) => refuses_address(ip.into(), port, allow),
        Some(Host::Domain(name)) => refuses_name(name, port, allow),
    }
}

fn refuses_address(ip: IpAddr, port: u16, allow: &AllowList) -> Option<String> {
    let range = special_range(ip)?;
    (!allow.allows(ip, port)).then(|| format!("address `{ip}` is not public: {range}"))
}

fn refuses_name(name: &str, port: u16, allow: &AllowList) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_local = name == "localhost" || name.ends_with(".localhost");
    let is_allowed = allow.allows(Ipv4Addr::LOCALHOST.into(), port)
        || allow.allows(Ipv6Addr::LOCALHOST.into(), port);
    (is_local && !is_allowed).then(|| format!("name `{name}` is not public: loopback"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, allow: &[&str], want: bool) {
        let entries: Vec<String> = allow.iter().map(|entry| (*entry).to_owned()).collect();
        let list = AllowList::parse(&entries).unwrap();
        let got = refuses(&Url::parse(url).unwrap(), &list);
        assert_eq!(got.is_some(), want, "{url} {allow:?}: {got:?}");
    }

    #[test]
    fn literal_addresses_in_any_notation_are_seen() {
        for url in [
            "http://127.0.0.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://127.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::a00:1]/",
            "http://169.254.169.254/latest",
            "http://0/",
            "http://localhost/",
            "http://LOCALHOST./",
            "https://a.localhost/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "data:text/plain,x",
        ] {
            check(url, &[], true);
        }
        for url in [
            "http://8.8.8.8/",
            "https://example.org/",
            "http://localhost.example.org/",
        ] {
            check(url, &[], false);
        }
    }

    #[test]
    fn the_allow_list_opens_one_port_only() {
        check("http://127.0.0.1:8080/", &["127.0.0.1:8080"], false);
        check("http://localhost:8080/", &["127.0.0.1:8080"], false);
        check("http://127.0.0.1:8081/", &["127.0.0.1:8080"], true);
        check("ftp://127.0.0.1/", &["127.0.0.1"], true);
    }
}
