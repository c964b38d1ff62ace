//! RSS 2.0 with the Atom, Dublin Core and content modules.

use maud::{PreEscaped, html};

use super::Channel;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

pub(super) fn write(channel: Channel<'_>) -> String {
    let place = channel.place;
    let markup = html! {
        (PreEscaped(HEAD))
        rss version="2.0"
            xmlns:atom="http://www.w3.org/2005/Atom"
            xmlns:dc="http://purl.org/dc/elements/1.1/"
        {
            channel {
                title { (channel.feed.title) }
                link { (place.origin) "/" }
                description { "News from Talmora, made up for feedmill's demo" }
                language { (place.outlet.language) }
                lastBuildDate { (channel.changed.to_rfc2822()) }
                atom:link rel="self" type="application/rss+xml" href=(channel.self_url()) {}
                @for story in channel.stories {
                    item {
                        title { (story.title) }
                        link { (channel.link(story)) }
                        guid isPermaLink="false" { (channel.id(story)) }
                        pubDate {
                            @match &story.raw_date {
                                Some(raw) => (raw),
                                None => (place.published(story).to_rfc2822()),
                            }
                        }
                        @for author in &story.authors { dc:creator { (author) } }
                        @for tag in &story.tags { category { (tag) } }
                        description { (story.summary_or_lead()) }
                    }
                }
            }
        }
    };
    markup.into_string()
}
