//! Atom 1.0 (RFC 4287).

use maud::{PreEscaped, html};

use super::Channel;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

pub(super) fn write(channel: Channel<'_>) -> String {
    let place = channel.place;
    let markup = html! {
        (PreEscaped(HEAD))
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(place.outlet.language) {
            id { "tag:" (place.outlet.key) ".talmora.example,2026:" (channel.feed.key) }
            title { (channel.feed.title) }
            updated { (channel.changed.to_rfc3339()) }
            author { name { (place.outlet.name) } }
            link rel="self" type="application/atom+xml" href=(channel.self_url()) {}
            link rel="alternate" type="text/html" href={ (place.origin) "/" } {}
            @for story in channel.stories {
                entry {
                    id { (channel.id(story)) }
                    title { (story.title) }
                    link rel="alternate" type="text/html" href=(channel.link(story)) {}
                    published { (place.published(story).to_rfc3339()) }
                    updated { (channel.updated(story).to_rfc3339()) }
                    @for author in &story.authors { author { name { (author) } } }
                    @for tag in &story.tags { category term=(tag) {} }
                    summary { (story.summary_or_lead()) }
                }
            }
        }
    };
    // Maud knows HTML's void elements only; `<link ...></link>` is the same XML.
    markup.into_string()
}
