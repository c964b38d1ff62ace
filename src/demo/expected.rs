//! What a good reader gets out of the site.

use chrono::{DateTime, Utc};

use super::{
    outlet::{Fault, FeedPlan},
    story::{PageState, Story},
    town::{Place, Town},
};
use crate::model::ErrorClass;

/// One story as it should stand in the store after an edition has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Name of the outlet.
    pub outlet: &'static str,
    /// Names of the feeds from which it can be read, as in [`super::SiteFeed::name`].
    pub feeds: Vec<String>,
    /// Address of its page, without what a feed adds to the link.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Usable date of publication; where the feed's is implausible the page has it.
    pub published: Option<DateTime<Utc>>,
    /// BCP 47 tag.
    pub language: String,
    /// Its own tags.
    pub tags: Vec<String>,
    /// Paragraphs, headings and list items, apart by one blank line; the feed's summary where the
    /// page cannot be had.
    pub text: String,
    /// Why the page cannot be had.
    pub page_error: Option<ErrorClass>,
    /// `outlet/slug` of the story it repeats word for word: one article with another listing.
    pub same_as: Option<String>,
}

/// Every story of an edition that can be read from some feed, outlet by outlet, newest first.
pub(super) fn expected(town: &Town, edition: u8) -> Vec<Expected> {
    town.places
        .iter()
        .flat_map(|place| {
            place
                .stories(edition)
                .into_iter()
                .map(|story| of_story(place, story, edition))
        })
        .filter(|expected| !expected.feeds.is_empty())
        .collect()
}

/// Whether a feed gives the story whole: not from behind the cut, nor through a broken connection.
fn is_readable(place: &Place, feed: &FeedPlan, story: &Story, edition: u8) -> bool {
    let listed = place.listed(feed, edition);
    let is_last = listed.last().is_some_and(|last| last.slug == story.slug);
    match feed.fault {
        Fault::Nothing | Fault::StrayAmpersand => true,
        Fault::CutOff => !is_last,
        Fault::BreaksOff => edition > 1,
    }
}

fn of_story(place: &Place, story: &Story, edition: u8) -> Expected {
    let page_error = match story.page {
        PageState::Open | PageState::Moved => None,
        PageState::Private => Some(ErrorClass::Robots),
        PageState::Gone => Some(ErrorClass::Gone),
    };
    let feeds = place.outlet.feeds.iter();
    Expected {
        outlet: place.outlet.name,
        feeds: feeds
            .filter(|feed| story.feeds.iter().any(|key| key == feed.key))
            .filter(|feed| is_readable(place, feed, story, edition))
            .map(|feed| format!("{}-{}", place.outlet.key, feed.key))
            .collect(),
        url: place.url(story),
        title: story.title.clone(),
        authors: story.authors.clone(),
        published: Some(place.published(story)),
        language: place.language(story).into(),
        tags: story.tags.clone(),
        text: match page_error {
            None => story.text(),
            Some(_) => story.summary_or_lead(),
        },
        page_error,
        same_as: story.same_as.clone(),
    }
}
