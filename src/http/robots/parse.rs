//! The lines of a robots.txt.

use std::time::Duration;

use super::path::Pattern;

/// RFC 9309, 2.5: at least this much is read.
pub(super) const LIMIT_BYTES: usize = 500 << 10;

/// Lines for one or more crawlers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Whom they are for.
    pub(super) agents: Vec<Agent>,
    /// In the order of the file.
    pub(super) rules: Vec<Rule>,
}

/// A crawler that is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agent {
    /// Product token in lower case; `*` for everyone.
    pub(super) name: String,
    /// Not part of the RFC; widely used.
    pub(super) crawl_delay: Option<Duration>,
}

/// An `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) is_allow: bool,
    pub(super) pattern: Pattern,
}

enum Line<'a> {
    Agent(&'a [u8]),
    Rule {
        is_allow: bool,
        value: &'a [u8],
    },
    Delay(&'a [u8]),
    /// `Sitemap` and whatever else: must not come between the others (RFC 9309, 2.2.4).
    Other,
}

/// Reads the groups; lines that mean nothing are passed over.
pub(super) fn groups(bytes: &[u8]) -> Vec<Group> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut groups: Vec<Group> = Vec::new();
    let mut has_rules = true;
    for line in first_lines(bytes).split(|byte| matches!(byte, b'\n' | b'\r')) {
        match read_line(line) {
            Line::Agent(value) => {
                // Lines of agents in a row share the rules that follow them.
                if has_rules {
                    groups.push(Group::default());
                    has_rules = false;
                }
                if let (Some(group), Some(name)) = (groups.last_mut(), agent_token(value)) {
                    let crawl_delay = None;
                    group.agents.push(Agent { name, crawl_delay });
                }
            }
            Line::Rule { is_allow, value } => {
                has_rules = true;
                if let (Some(group), Some(pattern)) = (groups.last_mut(), Pattern::read(value)) {
                    group.rules.push(Rule { is_allow, pattern });
                }
            }
            Line::Delay(value) => {
                // It does not end a row of agents (RFC 9309, 2.2.4), yet it is meant for those
                // named before it and not for those after.
                if let (Some(group), Some(delay)) = (groups.last_mut(), delay(value)) {
                    let agents = group.agents.iter_mut();
                    for agent in agents.filter(|agent| agent.crawl_delay.is_none()) {
                        agent.crawl_delay = Some(delay);
                    }
                }
            }
            Line::Other => {}
        }
    }
    groups
}

/// The first 500 KiB, less a line that the limit cuts: `Disallow: /` may be half of a longer one.
fn first_lines(bytes: &[u8]) -> &[u8] {
    match bytes.split_at_checked(LIMIT_BYTES) {
        None | Some((_, [])) => bytes,
        Some((head, _)) => {
            let end = head.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
            head.get(..end.unwrap_or(0)).unwrap_or_default()
        }
    }
}

fn read_line(line: &[u8]) -> Line<'_> {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return Line::Other;
    };
    let key = line.get(..colon).unwrap_or_default().trim_ascii();
    let value = line.get(colon + 1..).unwrap_or_default().trim_ascii();
    // The misspellings are those that Google's parser takes as well.
    match key.to_ascii_lowercase().as_slice() {
        b"user-agent" | b"useragent" | b"user agent" => Line::Agent(value),
        b"allow" => Line::Rule {
            is_allow: true,
            value,
        },
        b"disallow" | b"dissallow" | b"dissalow" | b"disalow" | b"diasllow" | b"disallaw" => {
            Line::Rule {
                is_allow: false,
                value,
            }
        }
        b"crawl-delay" | b"crawldelay" | b"crawl delay" => Line::Delay(value),
        _ => Line::Other,
    }
}

/// The product token of a `User-agent` line: what comes before a version or a remark.
fn agent_token(value: &[u8]) -> Option<String> {
    if let [b'*', rest @ ..] = value {
        let is_alone = rest.first().is_none_or(u8::is_ascii_whitespace);
        return is_alone.then(|| "*".to_owned());
    }
    let token: String = value
        .iter()
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    (!token.is_empty()).then_some(token)
}

/// Seconds, possibly with a fraction; not negative, at most a day.
fn delay(value: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?;
    let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    (0.0..=86_400.0)
        .contains(&seconds)
        .then(|| Duration::from_secs_f64(seconds))
}
