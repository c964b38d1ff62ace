//! RSS 1.0 with the Dublin Core module, as `rdf:RDF`.

use maud::{PreEscaped, html};

use super::Channel;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"windows-1252\"?>\n";

pub(super) fn write(channel: Channel<'_>) -> String {
    let place = channel.place;
    let markup = html! {
        (PreEscaped(HEAD))
        rdf:RDF
            xmlns="http://purl.org/rss/1.0/"
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            xmlns:dc="http://purl.org/dc/elements/1.1/"
        {
            channel rdf:about=(channel.self_url()) {
                title { (channel.feed.title) }
                link { (place.origin) "/" }
                description { "Les nouvelles du port de Talmora" }
                dc:language { (place.outlet.language) }
                items {
                    rdf:Seq {
                        @for story in channel.stories { rdf:li rdf:resource=(channel.link(story)) {} }
                    }
                }
            }
            @for story in channel.stories {
                item rdf:about=(channel.link(story)) {
                    title { (story.title) }
                    link { (channel.link(story)) }
                    description { (story.summary_or_lead()) }
                    @for author in &story.authors { dc:creator { (author) } }
                    dc:date { (place.published(story).to_rfc3339()) }
                    @for tag in &story.tags { dc:subject { (tag) } }
                }
            }
        }
    };
    markup.into_string()
}
