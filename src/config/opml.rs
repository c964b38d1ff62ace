//! Feeds from an included OPML file.

use std::collections::HashMap;

use super::file::Listed;
use super::place::whole_file;
use super::report::Report;
use super::settings::Settings;
use super::{FeedConfig, FolderConfig, feed};
use crate::feed::opml::address;
use crate::text::clean_line;
use crate::url::{canonical_url, match_form};

/// Reads an OPML file. Titles become names where they are still free, folders become tags; folders
/// and all attributes, also those of folders, are kept for the next export. An
/// outline that is no web address is left out with a warning, and a feed that stands in several
/// folders becomes one with all their tags: other readers write such lists.
pub(super) fn read(name: &str, bytes: &[u8], defaults: &Settings, report: &mut Report) -> Listed {
    let list = match crate::feed::opml::read(bytes) {
        Ok(list) => list,
        Err(error) => {
            report.fault(whole_file(name), "", error.to_string(), error.hint());
            return Listed::default();
        }
    };
    let mut feeds: Vec<FeedConfig> = Vec::with_capacity(list.feeds.len());
    let mut known: HashMap<String, usize> = HashMap::new();
    for outline in list.feeds {
        let Some(url) = address(&outline.url) else {
            let title = clean_line(outline.title.as_deref().unwrap_or("without title"));
            let why = match feed::checked_url(&outline.url) {
                Ok(_) => "is no http or https address".to_owned(),
                Err((why, _)) => why,
            };
            report.warn(
                whole_file(name),
                "",
                format!("outline `{title}` is left out: its address {why}"),
                None,
            );
            continue;
        };
        let mut feed = FeedConfig::from_defaults(&url, defaults);
        feed.name = outline
            .title
            .as_deref()
            .map(clean_line)
            .filter(|title| !title.is_empty());
        feed.opml = outline.attributes;
        // The name gives way where it is taken; the list still has it.
        feed.opml
            .extend(outline.title.map(|title| ("text".to_owned(), title)));
        feed.place = Some(whole_file(name));
        let at = *known
            .entry(match_form(&canonical_url(&feed.url)))
            .or_insert(feeds.len());
        if at == feeds.len() {
            feeds.push(feed);
        }
        if let Some(feed) = feeds.get_mut(at) {
            add_tags(feed, &outline.tags);
            feed.folders.extend(outline.folders);
        }
    }
    let folders = list.folders.into_iter().map(|folder| FolderConfig {
        path: folder.path,
        opml: folder.attributes,
        place: whole_file(name),
    });
    Listed {
        feeds,
        folders: folders.collect(),
    }
}

fn add_tags(feed: &mut FeedConfig, tags: &[String]) {
    for tag in tags.iter().map(|tag| clean_line(tag)) {
        if !tag.is_empty() && !feed.tags.contains(&tag) {
            feed.tags.push(tag);
        }
    }
}
