//! `[network]`.

use super::Place;
use super::report::Report;
use super::section::Section;
use crate::http::RetryAfterScope;
use crate::url::AllowList;

/// How feedmill meets the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Sent with every request.
    pub user_agent: String,
    /// Exceptions to the ban on addresses that are not public.
    pub allow: AllowList,
    /// Further roots, PEM blocks.
    pub ca_file_pem: Option<Vec<u8>>,
    /// Whom a `Retry-After` binds.
    pub retry_after: RetryAfterScope,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            user_agent: filled_in("feedmill/{version} (+https://example.org/bot)"),
            allow: AllowList::default(),
            ca_file_pem: None,
            retry_after: RetryAfterScope::default(),
        }
    }
}

/// The file with further roots, which `load` reads.
#[derive(Debug, Clone)]
pub(super) struct CaFile {
    pub(super) path: String,
    pub(super) place: Place,
}

/// Reads `[network]`.
pub(super) fn read(section: &Section<'_>, report: &mut Report) -> (Network, Option<CaFile>) {
    let mut network = Network::default();
    if let Some(text) = section.text(report, "user_agent") {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            let why = "is empty or holds control characters".to_owned();
            let hint = "say who asks and where to complain: `name/{version} (+https://…)`";
            section.fault(report, "user_agent", why, Some(hint.to_owned()));
        } else {
            network.user_agent = filled_in(text.trim());
        }
    }
    let mut entries = Vec::new();
    for (entry, place) in section.texts(report, "allow").unwrap_or_default() {
        match AllowList::parse(&[entry.to_owned()]) {
            Ok(_) => entries.push(entry.to_owned()),
            Err(error) => report.fault(
                place,
                &section.key("allow"),
                error.to_string(),
                error.hint(),
            ),
        }
    }
    network.allow = AllowList::parse(&entries).unwrap_or_default();
    if let Some(word) = section.text(report, "retry_after") {
        match word {
            "public-hosts" => network.retry_after = RetryAfterScope::PublicHosts,
            "hosts" => network.retry_after = RetryAfterScope::AllHosts,
            "url" => network.retry_after = RetryAfterScope::Url,
            _ => {
                let why = format!("`{word}` is none of public-hosts, hosts, url");
                let hint = "`url` for a bridge that speaks for many sites".to_owned();
                section.fault(report, "retry_after", why, Some(hint));
            }
        }
    }
    let ca_file = section.text(report, "ca_file").map(|path| CaFile {
        path: path.to_owned(),
        place: section.place("ca_file"),
    });
    (network, ca_file)
}

fn filled_in(user_agent: &str) -> String {
    user_agent.replace("{version}", env!("CARGO_PKG_VERSION"))
}
