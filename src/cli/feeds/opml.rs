//! `feedmill feeds import` and `export`.

use super::change;
use crate::{
    cli::{
        args::Global,
        exit::{Failed, Status},
        open,
        output::{self, Output},
        source,
    },
    config::{self, NewFeed},
    feed::opml::{self, OpmlFeed},
    url,
};

pub(super) fn import(file: &str, global: &Global) -> Result<Status, Failed> {
    let (config, path) = change::editable(global)?;
    let document = source::read_file(file)?;
    let outline = opml::read(&document.bytes).map_err(|error| {
        Failed::new(
            Status::Unusable,
            anyhow::Error::new(error).context(format!("cannot import `{file}`")),
        )
    })?;
    let mut known: std::collections::HashSet<String> = config
        .feeds
        .iter()
        .map(|feed| url::match_form(&url::canonical_url(&feed.url)))
        .collect();
    let mut names: std::collections::HashSet<String> = config
        .feeds
        .iter()
        .filter_map(|feed| feed.name.clone())
        .collect();
    let (mut new, mut n_known) = (Vec::new(), 0_usize);
    for feed in outline {
        let Some(address) = url::resolve(&feed.url, None) else {
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
        let name = feed.title.filter(|title| names.insert(title.clone()));
        new.push(NewFeed {
            url: address.to_string(),
            name,
            tags: feed.tags,
        });
    }
    change::edit(&path, global, |text| config::add_feeds(text, &new))?;
    let mut output = Output::new();
    output.line(format!(
        "{} added to {}, {n_known} known already",
        output::count(new.len(), "feed", "feeds"),
        path.display()
    ))?;
    output.flush()?;
    change::tell_daemon(&config)
}

pub(super) fn export(global: &Global) -> Result<Status, Failed> {
    let config = open::config(global)?;
    let feeds: Vec<OpmlFeed> = config
        .feeds
        .iter()
        .map(|feed| OpmlFeed {
            url: feed.url.to_string(),
            title: feed.name.clone(),
            tags: feed.tags.clone(),
            ..OpmlFeed::default()
        })
        .collect();
    let now = open::clock().now().wall;
    let mut output = Output::new();
    output.line(opml::write("feedmill subscriptions", &feeds, now).trim_end())?;
    output.flush()?;
    Ok(Status::Ok)
}
