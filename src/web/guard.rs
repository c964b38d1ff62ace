//! Who may ask: a guard against DNS rebinding.

use std::net::IpAddr;

/// Whether a request with this `Host` may be answered by a server that listens on loopback.
///
/// A page from anywhere can make a browser ask 127.0.0.1 under a name of the page's own (DNS
/// rebinding); the name then stands in `Host`. So only names and addresses of this machine count:
/// `localhost`, names under it, and loopback addresses, each with any port.
pub(super) fn is_local_host(host: &str) -> bool {
    let name = without_port(host.trim());
    if let Ok(address) = name.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').map_or("", |(address, _)| address);
    }
    host.split_once(':').map_or(host, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, want: bool) {
        assert_eq!(is_local_host(host), want, "{host}");
    }

    #[test]
    fn names_of_this_machine_pass() {
        for host in [
            "localhost",
            "LOCALHOST:8087",
            "localhost.",
            "feeds.localhost",
            "127.0.0.1:8087",
            "127.9.9.9",
            "[::1]:8087",
        ] {
            check(host, true);
        }
    }

    #[test]
    fn other_names_do_not() {
        for host in [
            "",
            "evil.example",
            "evil.example:8087",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "[2001:db8::1]",
            "[::1",
            "notlocalhost",
        ] {
            check(host, false);
        }
    }
}
