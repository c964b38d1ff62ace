//! JSON Feed 1.1.

use serde_json::{Value, json};

use super::Channel;
use crate::demo::story::Story;

pub(super) fn write(channel: Channel<'_>) -> String {
    let place = channel.place;
    let items: Vec<Value> = channel
        .stories
        .iter()
        .map(|story| item(channel, story))
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.feed.title,
        "home_page_url": format!("{}/", place.origin),
        "feed_url": channel.self_url(),
        "language": place.outlet.language,
        "items": items,
    });
    feed.to_string()
}

fn item(channel: Channel<'_>, story: &Story) -> Value {
    let place = channel.place;
    let authors: Vec<Value> = story
        .authors
        .iter()
        .map(|name| json!({ "name": name }))
        .collect();
    let mut item = json!({
        "id": channel.id(story),
        "url": channel.link(story),
        "title": story.title,
        "date_published": place.published(story).to_rfc3339(),
        "authors": authors,
        "tags": story.tags,
        "language": place.language(story),
        "summary": story.summary_or_lead(),
    });
    if channel.feed.is_full_text
        && let Some(fields) = item.as_object_mut()
    {
        fields.insert("content_html".into(), channel.content(story).into());
    }
    item
}
