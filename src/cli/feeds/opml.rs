//! `feedmill feeds import` and `export`.

use std::collections::HashSet;

use super::change;
use crate::{
    cli::{
        args::Global,
        exit::{Failed, Status},
        open,
        output::{self, Output},
        source,
    },
    config::{self, Config, FeedConfig, ListedFeed, NewFeed, NewFolder},
    feed::opml::{self, OpmlFeed, OpmlFolder, OpmlList},
    url,
};

pub(super) fn import(file: &str, global: &Global) -> Result<Status, Failed> {
    let (config, path) = change::editable(global)?;
    let document = source::read_file(file)?;
    let list = opml::read(&document.bytes).map_err(|error| {
        Failed::new(
            Status::Unusable,
            anyhow::Error::new(error).context(format!("cannot import `{file}`")),
        )
    })?;
    let mut known: HashSet<String> = config
        .feeds
        .iter()
        .map(|feed| url::match_form(&url::canonical_url(&feed.url)))
        .collect();
    let mut names: HashSet<String> = config
        .feeds
        .iter()
        .filter_map(|feed| feed.name.clone())
        .collect();
    let (mut new, mut n_known) = (Vec::new(), 0_usize);
    for feed in list.feeds {
        let Some(address) = opml::address(&feed.url) else {
            output::note(format!(
                "warning: left out `{}`: no http or https address",
                output::printable(&feed.url)
            ));
            continue;
        };
        if !known.insert(url::match_form(&url::canonical_url(&address))) {
            n_known += 1;
            continue;
        }
        // Two feeds of one title: the second goes without a name, which must be unique.
        let is_free = |title: &String| names.insert(title.clone());
        new.push(listed(feed, address.to_string(), is_free));
    }
    let folders = new_folders(list.folders, &config);
    change::edit(&path, global, |text| {
        config::add_folders(&config::add_listed_feeds(text, &new)?, &folders)
    })?;
    let mut output = Output::new();
    output.line(format!(
        "{} added to {}, {n_known} known already",
        output::count(new.len(), "feed", "feeds"),
        path.display()
    ))?;
    if !folders.is_empty() {
        output.line(format!(
            "{} added, for attributes or without feeds",
            output::count(folders.len(), "folder", "folders")
        ))?;
    }
    output.flush()?;
    change::tell_daemon(&config)
}

/// A feed of the list as it goes into the configuration. A title that may not be its name is kept
/// as an attribute.
fn listed(feed: OpmlFeed, url: String, is_free: impl FnOnce(&String) -> bool) -> ListedFeed {
    let mut opml = feed.attributes;
    let name = match feed.title {
        Some(title) if !is_free(&title) => {
            opml.push(("text".to_owned(), title));
            None
        }
        title => title,
    };
    ListedFeed {
        feed: NewFeed {
            url,
            name,
            tags: feed.tags,
        },
        folders: feed.folders,
        opml,
    }
}

/// The folders that the configuration does not have: one that it has keeps what it says. A folder
/// without attributes is there as soon as something stands in it.
fn new_folders(folders: Vec<OpmlFolder>, config: &Config) -> Vec<NewFolder> {
    let listed = config.folders.iter().map(|folder| &folder.path);
    let known: HashSet<&Vec<String>> = listed.clone().collect();
    let of_feeds = config.feeds.iter().flat_map(|feed| &feed.folders);
    let there: HashSet<&[String]> = of_feeds
        .chain(listed)
        .flat_map(|path| (1..=path.len()).filter_map(|depth| path.get(..depth)))
        .collect();
    let is_new = |folder: &OpmlFolder| {
        let is_there = folder.attributes.is_empty() && there.contains(folder.path.as_slice());
        !is_there && !known.contains(&folder.path)
    };
    folders
        .into_iter()
        .filter(is_new)
        .map(|folder| NewFolder {
            path: folder.path,
            opml: folder.attributes,
        })
        .collect()
}

/// A configured feed as it goes into a list.
fn unlisted(feed: &FeedConfig) -> OpmlFeed {
    let text = feed.opml.iter().find(|(name, _)| name == "text");
    OpmlFeed {
        url: feed.url.to_string(),
        title: feed
            .name
            .clone()
            .or_else(|| text.map(|(_, text)| text.clone())),
        folders: feed.folders.clone(),
        tags: feed.tags.clone(),
        attributes: feed.opml.clone(),
    }
}

pub(super) fn export(global: &Global) -> Result<Status, Failed> {
    let config = open::config(global)?;
    let folders = config.folders.iter().map(|folder| OpmlFolder {
        path: folder.path.clone(),
        attributes: folder.opml.clone(),
    });
    let list = OpmlList {
        feeds: config.feeds.iter().map(unlisted).collect(),
        folders: folders.collect(),
    };
    let now = open::clock().now().wall;
    let mut output = Output::new();
    output.line(opml::write("feedmill subscriptions", &list, now).trim_end())?;
    output.flush()?;
    Ok(Status::Ok)
}
