//! What a feed says of itself.

use std::time::Duration;

use chrono::{DateTime, Utc, Weekday};

use super::complaint::{Complaint, Complaints};
use super::entry::{RIGHTS, date, first};
use super::link::{Link, links, page_link};
use super::names::Space;
use super::person::authors;
use super::source::FeedLimits;
use super::tree::{NodeId, Tree};
use super::value::Values;

const TITLE: &[(Space, &str)] = &[
    (Space::Plain, "title"),
    (Space::Atom, "title"),
    (Space::Dc, "title"),
    (Space::DcTerms, "title"),
    (Space::Media, "title"),
    (Space::Itunes, "title"),
];
const UPDATED: &[(Space, &str)] = &[
    (Space::Plain, "lastbuilddate"),
    (Space::Atom, "updated"),
    (Space::Atom, "modified"),
    (Space::DcTerms, "modified"),
    (Space::Plain, "pubdate"),
    (Space::Dc, "date"),
    (Space::DcTerms, "date"),
    (Space::Plain, "updated"),
    (Space::Plain, "lastmod"),
];

/// A feed's own fields.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub(super) title: Option<String>,
    pub(super) link: Option<String>,
    pub(super) language: Option<String>,
    pub(super) updated: Option<DateTime<Utc>>,
    pub(super) ttl: Option<Duration>,
    pub(super) skip_hours: Vec<u8>,
    pub(super) skip_days: Vec<Weekday>,
    pub(super) current: Option<String>,
    pub(super) hubs: Vec<String>,
    pub(super) next: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) rights: Option<String>,
}

/// Reads the fields from all places that carry them: root and channels, the first that has a value
/// wins. Channels go first: in RSS the root has none.
pub(super) fn read_channel(
    tree: &Tree<'_>,
    complaints: &mut Complaints,
    containers: &[NodeId],
    limits: &FeedLimits,
    now: DateTime<Utc>,
) -> Channel {
    let mut values = Values {
        tree,
        complaints,
        fallback_base: None,
    };
    let mut channel = Channel::default();
    for &node in containers {
        let links = links(&values, node, limits.link_bytes);
        let title = || first(&mut values, node, TITLE, Values::line);
        channel.title = channel.title.take().or_else(title);
        channel.link = channel
            .link
            .take()
            .or_else(|| own_link(&values, node, &links, limits));
        channel.language = channel.language.take().or_else(|| language(&values, node));
        channel.updated = channel
            .updated
            .or_else(|| date(&mut values, node, UPDATED, now).0);
        channel.ttl = channel.ttl.or_else(|| ttl(&mut values, node));
        if channel.skip_hours.is_empty() {
            channel.skip_hours = skip_hours(&values, node);
        }
        if channel.skip_days.is_empty() {
            channel.skip_days = skip_days(&values, node);
        }
        for hub in links.iter().filter(|link| link.has_rel("hub")) {
            if !channel.hubs.contains(&hub.url) && channel.hubs.len() < MAX_HUBS {
                channel.hubs.push(hub.url.clone());
            }
        }
        channel.next = channel.next.take().or_else(|| next(&links));
        let current = || links.iter().find(|link| link.has_rel("current"));
        channel.current = channel
            .current
            .take()
            .or_else(|| Some(current()?.url.clone()));
        let rights = || first(&mut values, node, RIGHTS, Values::line);
        channel.rights = channel.rights.take().or_else(rights);
        if channel.authors.is_empty() {
            channel.authors = authors(&mut values, node);
        }
    }
    channel
}

/// Hubs kept: a feed names one or two.
const MAX_HUBS: usize = 10;

fn own_link(
    values: &Values<'_, '_>,
    node: NodeId,
    links: &[Link],
    limits: &FeedLimits,
) -> Option<String> {
    let href = || {
        let element = values.tree.element(node)?;
        let raw = element.filled("href")?;
        super::address::address(raw, values.base(node), limits.link_bytes)
    };
    page_link(links).map(str::to_owned).or_else(href)
}

/// Next page (RFC 5005, section 3), or the previous archive (section 4), which holds what came
/// before.
fn next(links: &[Link]) -> Option<String> {
    ["next", "prev-archive"]
        .into_iter()
        .find_map(|rel| links.iter().find(|link| link.has_rel(rel)))
        .map(|link| link.url.clone())
}

fn language(values: &Values<'_, '_>, node: NodeId) -> Option<String> {
    let of = |space: Space| {
        let (child, _) = values.tree.named(node, space, "language").next()?;
        values.word(child)
    };
    of(Space::Plain)
        .or_else(|| of(Space::Dc))
        .or_else(|| {
            values
                .tree
                .element(node)?
                .language
                .as_deref()
                .map(str::to_owned)
        })
        .filter(|language| language.len() <= 40)
}

/// Time between polls: the longer of `ttl`, in minutes, and the syndication module's period by frequency,
/// for hints are lower bounds. `updateBase` says when within its period a feed changes; the period itself
/// is the longer bound.
fn ttl(values: &mut Values<'_, '_>, node: NodeId) -> Option<Duration> {
    let own = word(values, node, Space::Plain, "ttl").and_then(|raw| minutes(values, &raw));
    own.max(period(values, node))
}

fn word(values: &Values<'_, '_>, node: NodeId, space: Space, name: &'static str) -> Option<String> {
    let (child, _) = values.tree.named(node, space, name).next()?;
    values.word(child)
}

fn minutes(values: &mut Values<'_, '_>, raw: &str) -> Option<Duration> {
    let whole = raw.split('.').next().unwrap_or_default();
    match whole.parse::<u64>() {
        Ok(minutes) if (1..=MAX_TTL_MINUTES).contains(&minutes) => {
            Some(Duration::from_secs(minutes * 60))
        }
        Ok(0) => None,
        Ok(_) | Err(_) => {
            values.complaints.note(Complaint::BadTtl);
            None
        }
    }
}

/// `sy:updatePeriod` by `sy:updateFrequency`.
fn period(values: &mut Values<'_, '_>, node: NodeId) -> Option<Duration> {
    let period = word(values, node, Space::Syndication, "updateperiod")?.to_ascii_lowercase();
    let seconds = match period.as_str() {
        "hourly" => 3_600,
        "daily" => 86_400,
        "weekly" => 604_800,
        "monthly" => 2_592_000,
        "yearly" => 31_536_000,
        _ => {
            values.complaints.note(Complaint::BadTtl);
            return None;
        }
    };
    let frequency = word(values, node, Space::Syndication, "updatefrequency")
        .and_then(|raw| raw.parse::<u64>().ok())
        .unwrap_or(1)
        .max(1);
    Some(Duration::from_secs((seconds / frequency).max(1)))
}

/// A year: what is longer is a mistake.
const MAX_TTL_MINUTES: u64 = 525_600;

fn skip_hours(values: &Values<'_, '_>, node: NodeId) -> Vec<u8> {
    let mut hours: Vec<u8> = skipped(values, node, "skiphours", "hour")
        .filter_map(|raw| raw.parse().ok())
        // RSS 0.91 counts 1 to 24.
        .map(|hour: u8| if hour == 24 { 0 } else { hour })
        .filter(|hour| *hour < 24)
        .collect();
    hours.sort_unstable();
    hours.dedup();
    hours
}

fn skip_days(values: &Values<'_, '_>, node: NodeId) -> Vec<Weekday> {
    let mut days: Vec<Weekday> = skipped(values, node, "skipdays", "day")
        .filter_map(|raw| raw.parse().ok())
        .collect();
    days.sort_unstable_by_key(Weekday::num_days_from_monday);
    days.dedup();
    days
}

fn skipped<'v>(
    values: &'v Values<'_, '_>,
    node: NodeId,
    list: &'static str,
    item: &'static str,
) -> impl Iterator<Item = String> + 'v {
    values
        .tree
        .named(node, Space::Plain, list)
        .flat_map(move |(list, _)| values.tree.named(list, Space::Plain, item))
        .filter_map(|(child, _)| values.word(child))
        .take(100)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::super::{Source, parse};
    use super::*;

    #[test]
    fn the_time_between_polls_is_the_longer_wish() {
        for (wishes, want) in [
            ("", None),
            ("<ttl>60</ttl>", Some(3_600)),
            ("<ttl>60.5</ttl>", Some(3_600)),
            ("<ttl>0</ttl>", None),
            ("<ttl>soon</ttl>", None),
            ("<sy:updatePeriod>daily</sy:updatePeriod>", Some(86_400)),
            (
                "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
                Some(21_600),
            ),
            (
                "<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>",
                Some(86_400),
            ),
            (
                "<ttl>2000</ttl><sy:updatePeriod>hourly</sy:updatePeriod>",
                Some(120_000),
            ),
            (
                "<ttl>60</ttl><sy:updatePeriod>always</sy:updatePeriod>",
                Some(3_600),
            ),
            (
                "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
                Some(3_600),
            ),
            (
                "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>-3</sy:updateFrequency>",
                Some(3_600),
            ),
            (
                "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0.1</sy:updateFrequency>",
                Some(3_600),
            ),
        ] {
            let document = format!(
                "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>\
                 <channel><title>F</title>{wishes}</channel></rss>"
            );
            let source = Source {
                bytes: document.as_bytes(),
                content_type: None,
                base: None,
                now: DateTime::UNIX_EPOCH,
            };
            let feed = parse(&source, &FeedLimits::default()).unwrap();
            assert_eq!(feed.ttl.map(|ttl| ttl.as_secs()), want, "{wishes}");
        }
    }
}
