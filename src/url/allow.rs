//! The exceptions to the ban on addresses that are not public.

use core::{fmt, net::IpAddr};

use ipnet::IpNet;

use super::AllowError;

/// Blocks of addresses, each with or without a port, that may be connected to though they are not
/// public: the key `network.allow`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList {
    blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    net: IpNet,
    port: Option<u16>,
}

impl AllowList {
    /// Reads entries such as `10.0.0.0/8`, `10.0.0.0/8:8080`, `127.0.0.1`, `127.0.0.1:80`, `::1`,
    /// `fd00::/8`, `[fd00::]/8:443`, `[fd00::/8]:443`, `[::1]:80`.
    ///
    /// # Errors
    /// The first entry that is none of these.
    pub fn parse(entries: &[String]) -> Result<Self, AllowError> {
        let blocks = entries
            .iter()
            .map(|entry| parse_block(entry))
            .collect::<Result<_, _>>()?;
        Ok(Self { blocks })
    }

    /// Whether `ip` at `port` stands on the list. An IPv4-mapped address counts as its IPv4 address.
    pub fn allows(&self, ip: IpAddr, port: u16) -> bool {
        let ip = ip.to_canonical();
        self.blocks.iter().any(|block| {
            block.net.contains(&ip) && block.port.is_none_or(|allowed| allowed == port)
        })
    }

    /// No exceptions at all.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

/// The entries in their order, apart by a comma and a space.
impl fmt::Display for AllowList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, block) in self.blocks.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            write!(f, "{comma}[{}]", block.net)?;
            if let Some(port) = block.port {
                write!(f, ":{port}")?;
            }
        }
        Ok(())
    }
}

fn parse_block(entry: &str) -> Result<Block, AllowError> {
    let (address, port) = split_port(entry.trim());
    let net = parse_net(address).ok_or_else(|| AllowError::Address {
        entry: entry.to_owned(),
    })?;
    let port = match port {
        None => None,
        Some(digits) => match digits.parse::<u16>() {
            Ok(port) if port > 0 => Some(port),
            _ => {
                return Err(AllowError::Port {
                    entry: entry.to_owned(),
                    port: digits.to_owned(),
                });
            }
        },
    };
    Ok(Block { net, port })
}

/// Parts the address from the port. An IPv6 address without brackets has no port: its colons are
/// its own.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    let is_bare_v6 = !entry.starts_with('[') && entry.matches(':').count() > 1;
    match entry.rsplit_once(':') {
        Some((address, port)) if !is_bare_v6 && !port.contains(']') => (address, Some(port)),
        _ => (entry, None),
    }
}

fn parse_net(address: &str) -> Option<IpNet> {
    let bare: String = address
        .chars()
        .filter(|c| !matches!(c, '[' | ']'))
        .collect();
    if let Ok(net) = bare.parse::<IpNet>() {
        return Some(canonical(net.trunc()));
    }
    bare.parse::<IpAddr>()
        .ok()
        .map(|ip| IpNet::from(ip.to_canonical()))
}

/// A block of IPv4-mapped addresses as the IPv4 block it stands for.
fn canonical(net: IpNet) -> IpNet {
    let mapped = match net {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => v6
            .addr()
            .to_ipv4_mapped()
            .and_then(|v4| IpNet::new(v4.into(), v6.prefix_len() - 96).ok()),
        IpNet::V4(_) | IpNet::V6(_) => None,
    };
    mapped.unwrap_or(net)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(entry: &str, ip: &str, port: u16, want: bool) {
        let list = AllowList::parse(&[entry.to_owned()]).unwrap();
        assert_eq!(
            list.allows(ip.parse().unwrap(), port),
            want,
            "{entry} {ip} {port}"
        );
    }

    #[test]
    fn every_notation_is_read() {
        check("10.0.0.0/8", "10.2.3.4", 1, true);
        check("10.0.0.7/8", "10.2.3.4", 1, true);
        check("10.0.0.0/8", "11.2.3.4", 1, false);
        check("10.0.0.0/8:8080", "10.2.3.4", 8080, true);
        check("10.0.0.0/8:8080", "10.2.3.4", 80, false);
        check("127.0.0.1", "127.0.0.1", 80, true);
        check("127.0.0.1", "127.0.0.2", 80, false);
        check("127.0.0.1:80", "127.0.0.1", 81, false);
        check(" 127.0.0.1:80 ", "::ffff:127.0.0.1", 80, true);
        check("::1", "::1", 80, true);
        check("[::1]:80", "::1", 80, true);
        check("[::1]:80", "::1", 81, false);
        check("fd00::/8", "fd12::1", 81, true);
        check("[fd00::]/8:443", "fd12::1", 443, true);
        check("[fd00::]/8:443", "fd12::1", 80, false);
        check("[fd00::/8]:443", "fd12::1", 443, true);
        check("::ffff:10.0.0.0/104", "10.1.2.3", 443, true);
    }

    #[test]
    fn it_is_written_as_it_is_read() {
        let entries = ["10.0.0.7/8", "[::1]:80"].map(ToOwned::to_owned);
        let list = AllowList::parse(&entries).unwrap();
        assert_eq!(list.to_string(), "[10.0.0.0/8], [::1/128]:80");
        let again: Vec<String> = list
            .to_string()
            .split(", ")
            .map(ToOwned::to_owned)
            .collect();
        assert_eq!(AllowList::parse(&again).unwrap(), list);
    }

    #[test]
    fn nonsense_is_refused_with_a_way_out() {
        for entry in [
            "",
            "localhost",
            "10.0.0.0/33",
            "10.0.0.1:0",
            "10.0.0.1:99999",
            "10.0.0.1:x",
            "fd00::/8:443:1:1:1:1:1:1:1:1",
        ] {
            let error = AllowList::parse(&[entry.to_owned()]).unwrap_err();
            assert_eq!(error.entry(), entry);
            assert!(error.hint().is_some());
        }
        assert!(!AllowList::default().allows("10.0.0.1".parse().unwrap(), 80));
    }
}
