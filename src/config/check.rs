//! What is seen only when all feeds are known.

use std::collections::{HashMap, HashSet};

use super::report::Report;
use super::{FeedConfig, FolderConfig, Limits, Network, Place};
use crate::schedule::Plan;
use crate::url::{canonical_url, match_form, refuses};

/// Checks the feeds against each other and against the rest.
pub(super) fn check_feeds(
    feeds: &mut [FeedConfig],
    network: &Network,
    limits: &Limits,
    report: &mut Report,
) {
    check_addresses(feeds, report);
    check_names(feeds, report);
    for feed in feeds.iter() {
        warn_refused(feed, network, report);
        warn_interval(feed, limits, report);
    }
}

/// Each folder once: those given by hand must be, one from an OPML file gives way.
pub(super) fn check_folders(folders: &mut Vec<FolderConfig>, report: &mut Report) {
    let mut first: HashMap<Vec<String>, Place> = HashMap::with_capacity(folders.len());
    for folder in folders.iter().filter(|folder| folder.place.line > 0) {
        if let Some(known) = first.get(&folder.path) {
            let why = format!("`{}` is also given at {known}", folder.path.join("/"));
            let hint = "keep one of the two".to_owned();
            report.fault(folder.place.clone(), "folders.path", why, Some(hint));
        } else {
            first.insert(folder.path.clone(), folder.place.clone());
        }
    }
    let mut taken: HashSet<Vec<String>> = first.into_keys().collect();
    folders.retain(|folder| folder.place.line > 0 || taken.insert(folder.path.clone()));
}

fn place_of(feed: &FeedConfig) -> Place {
    feed.place
        .clone()
        .unwrap_or_else(|| super::place::whole_file(""))
}

fn check_addresses(feeds: &[FeedConfig], report: &mut Report) {
    let mut first: HashMap<String, &FeedConfig> = HashMap::with_capacity(feeds.len());
    for feed in feeds {
        let form = match_form(&canonical_url(&feed.url));
        if let Some(known) = first.get(&form) {
            let why = format!(
                "`{}` is the same feed as `{}` at {}",
                feed.url,
                known.url,
                place_of(known)
            );
            report.fault(
                place_of(feed),
                "feeds.url",
                why,
                Some("keep one of the two".to_owned()),
            );
        } else {
            first.insert(form, feed);
        }
    }
}

/// Names that were given must be unique; a title from an OPML file gives way.
fn check_names(feeds: &mut [FeedConfig], report: &mut Report) {
    let mut first: HashMap<String, Place> = HashMap::new();
    for feed in feeds.iter().filter(|feed| is_named_by_hand(feed)) {
        let Some(name) = &feed.name else { continue };
        if let Some(known) = first.get(name) {
            let why = format!("`{name}` is also the name of the feed at {known}");
            report.fault(
                place_of(feed),
                "feeds.name",
                why,
                Some("names are unique: change one of the two".to_owned()),
            );
        } else {
            first.insert(name.clone(), place_of(feed));
        }
    }
    let mut taken: HashSet<String> = first.into_keys().collect();
    for feed in feeds.iter_mut().filter(|feed| !is_named_by_hand(feed)) {
        feed.name = feed.name.take().filter(|name| taken.insert(name.clone()));
    }
}

fn is_named_by_hand(feed: &FeedConfig) -> bool {
    feed.place.as_ref().is_some_and(|place| place.line > 0)
}

fn warn_refused(feed: &FeedConfig, network: &Network, report: &mut Report) {
    if let Some(reason) = refuses(&feed.url, &network.allow) {
        let why = format!("`{}` will not be polled: {reason}", feed.url);
        let hint = "add the address to `network.allow` if it is meant";
        report.warn(place_of(feed), "feeds.url", why, Some(hint.to_owned()));
    }
}

fn warn_interval(feed: &FeedConfig, limits: &Limits, report: &mut Report) {
    let Plan::Every(every) = &feed.plan else {
        return;
    };
    let (word, limit) = if *every < limits.min_interval {
        ("shorter", "min_interval")
    } else if *every > limits.max_interval {
        ("longer", "max_interval")
    } else {
        return;
    };
    let why = format!("`every` is {word} than `limits.{limit}`, which is used");
    // One word for a default that is off, not one for each of its feeds.
    let is_said = report
        .warnings
        .iter()
        .rev()
        .take(1)
        .any(|known| known.why == why);
    if !is_said {
        report.warn(
            place_of(feed),
            "feeds.every",
            why,
            Some(format!("change `limits.{limit}`")),
        );
    }
}
