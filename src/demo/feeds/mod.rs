//! Feeds, each format in a file, and what is wrong with some of them.

mod atom;
mod json;
mod rdf;
mod rss;

use chrono::{DateTime, Utc};

use super::{
    outlet::{Fault, FeedFormat, FeedPlan},
    page,
    story::Story,
    town::Place,
};

/// A feed as it goes out.
#[derive(Debug)]
pub(super) struct FeedDocument {
    pub(super) content_type: &'static str,
    pub(super) bytes: Vec<u8>,
    /// When anything in it last changed.
    pub(super) changed: DateTime<Utc>,
}

/// What a format's writer needs.
#[derive(Debug, Clone, Copy)]
struct Channel<'a> {
    place: &'a Place,
    feed: &'a FeedPlan,
    stories: &'a [&'a Story],
    changed: DateTime<Utc>,
}

/// The feed's document in an edition.
pub(super) fn document(place: &Place, feed: &FeedPlan, edition: u8) -> FeedDocument {
    let stories = place.listed(feed, edition);
    let channel = Channel {
        place,
        feed,
        stories: &stories,
        changed: place.changed(&stories),
    };
    let (content_type, text) = match feed.format {
        FeedFormat::Rss => ("application/rss+xml; charset=utf-8", rss::write(channel)),
        FeedFormat::Atom => ("application/atom+xml; charset=utf-8", atom::write(channel)),
        FeedFormat::Json => ("application/feed+json", json::write(channel)),
        // The document itself says which charset it is in, the header does not.
        FeedFormat::Rdf => ("application/rdf+xml", rdf::write(channel)),
    };
    let text = spoil(text, feed.fault);
    FeedDocument {
        content_type,
        bytes: match feed.format {
            FeedFormat::Rdf => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
            FeedFormat::Rss | FeedFormat::Atom | FeedFormat::Json => text.into_bytes(),
        },
        changed: channel.changed,
    }
}

fn spoil(text: String, fault: Fault) -> String {
    match fault {
        // A connection that breaks is the server's doing, the document is whole.
        Fault::Nothing | Fault::BreaksOff => text,
        Fault::StrayAmpersand => text.replace("&amp;", "&"),
        Fault::CutOff => cut_last_entry(&text),
    }
}

/// Ends the document in the middle of its last description.
fn cut_last_entry(text: &str) -> String {
    let end = text
        .rfind("<description>")
        .and_then(|start| text.split_at_checked(start + 40))
        .map_or(text, |(before, _)| before);
    end.into()
}

impl Channel<'_> {
    fn link(&self, story: &Story) -> String {
        self.place.link(story, self.feed)
    }

    /// Never changes, whatever happens to the address.
    fn id(&self, story: &Story) -> String {
        format!(
            "tag:{}.talmora.example,2026:{}",
            self.place.outlet.key, story.slug
        )
    }

    fn updated(&self, story: &Story) -> DateTime<Utc> {
        self.place
            .updated(story)
            .unwrap_or_else(|| self.place.published(story))
    }

    fn self_url(&self) -> String {
        format!("{}{}", self.place.origin, self.feed.path)
    }

    /// The story's text as HTML.
    fn content(&self, story: &Story) -> String {
        page::body(self.place, story).into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{outlet::OUTLETS, story::PageState, town::Town};

    fn town() -> Town {
        let origins: Vec<String> = (1..=OUTLETS.len())
            .map(|port| format!("http://127.0.0.1:{port}"))
            .collect();
        Town::new(
            &origins,
            DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        )
        .unwrap()
    }

    fn feeds(town: &Town) -> impl Iterator<Item = (&Place, &'static FeedPlan)> {
        town.places
            .iter()
            .flat_map(|place| place.outlet.feeds.iter().map(move |feed| (place, feed)))
    }

    #[test]
    fn whole_feeds_are_read_entry_by_entry_by_a_strict_parser() {
        let town = town();
        for (place, feed) in feeds(&town) {
            if !matches!(feed.fault, Fault::Nothing | Fault::BreaksOff) {
                continue;
            }
            for edition in [1, 2] {
                let document = document(place, feed, edition);
                let read = feed_rs::parser::parse(document.bytes.as_slice()).unwrap();
                let stories = place.listed(feed, edition);
                let titles: Vec<String> = read
                    .entries
                    .iter()
                    .map(|entry| entry.title.as_ref().unwrap().content.clone())
                    .collect();
                let want: Vec<String> = stories.iter().map(|story| story.title.clone()).collect();
                assert_eq!(titles, want, "{}", feed.title);
                for (entry, story) in read.entries.iter().zip(stories) {
                    let link = &entry.links.first().unwrap().href;
                    assert_eq!(*link, place.link(story, feed));
                    if story.raw_date.is_none() {
                        assert_eq!(entry.published.unwrap(), place.published(story));
                    }
                }
            }
        }
    }

    #[test]
    fn the_broken_feeds_are_broken() {
        let town = town();
        let broken: Vec<&str> = feeds(&town)
            .filter(|(place, feed)| {
                feed_rs::parser::parse(document(place, feed, 1).bytes.as_slice()).is_err()
            })
            .map(|(_, feed)| feed.key)
            .collect();
        assert_eq!(broken, ["market", "almanac"]);
    }

    #[test]
    fn every_condition_of_the_demo_is_there() {
        let town = town();
        let stories: Vec<&Story> = town.places.iter().flat_map(|it| it.stories(1)).collect();
        assert!(stories.len() >= 40, "{}", stories.len());
        for state in [PageState::Private, PageState::Gone, PageState::Moved] {
            assert!(stories.iter().any(|story| story.page == state));
        }
        assert!(stories.iter().any(|story| story.feeds.len() == 2));
        assert!(stories.iter().any(|story| story.same_as.is_some()));
        assert!(stories.iter().any(|story| story.raw_date.is_some()));
        let mut languages: Vec<&str> = town
            .places
            .iter()
            .flat_map(|place| {
                place
                    .stories(1)
                    .into_iter()
                    .map(|it| place.language(it).to_owned())
            })
            .map(|language| &*language.leak())
            .collect();
        languages.sort_unstable();
        languages.dedup();
        assert_eq!(
            languages,
            ["ar", "de", "el", "en", "es", "fr", "ja", "pl", "pt", "ru"]
        );
    }
}
