//! What stands around an article on every site and is no part of it.

use maud::{DOCTYPE, Markup, html};

use super::{
    super::{outlet::FeedFormat, story::Story, town::Place},
    Scene,
    words::Words,
};

/// A script such as pages carry; nothing in it is text.
pub(super) const SCRIPT: &str = "window.dataLayer=window.dataLayer||[];(function(d){var s=d.createElement('script');s.async=1;s.src='/js/app.js';d.head.appendChild(s)})(document);var teaser='<p>This is not a paragraph of the article.</p>';";

/// The front page.
pub(super) fn front(place: &Place, stories: &[&Story]) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(place.outlet.language) {
            head {
                meta charset="utf-8";
                title { (place.outlet.name) }
                (feed_links(place))
            }
            body {
                h1 { (place.outlet.name) }
                ul { @for story in stories { li { a href=(place.path(story)) { (story.title) } } } }
            }
        }
    }
}

/// What feed discovery finds.
pub(super) fn feed_links(place: &Place) -> Markup {
    html! {
        @for feed in place.outlet.feeds {
            link rel="alternate" title=(feed.title) href=(feed.path) type=(match feed.format {
                FeedFormat::Rss | FeedFormat::Rdf => "application/rss+xml",
                FeedFormat::Atom => "application/atom+xml",
                FeedFormat::Json => "application/feed+json",
            });
        }
    }
}

pub(super) fn menu(words: &Words) -> Markup {
    html! { nav { ul { @for item in words.menu { li { a href="/" { (item) } } } } } }
}

pub(super) fn cookie_banner(words: &Words) -> Markup {
    html! {
        div.cookie-banner role="dialog" {
            p { (words.cookies) }
            button { (words.accept) }
        }
    }
}

pub(super) fn times(scene: Scene<'_>) -> Markup {
    let Scene {
        place,
        story,
        words,
        ..
    } = scene;
    html! {
        p.dates {
            (words.published) " "
            time datetime=(place.published(story).to_rfc3339()) {
                (place.published(story).format("%Y-%m-%d %H:%M"))
            }
        }
    }
}

pub(super) fn share(words: &Words) -> Markup {
    html! { ul.share-buttons { @for button in words.share { li { button { (button) } } } } }
}

pub(super) fn newsletter(words: &Words) -> Markup {
    html! {
        div.newsletter-signup {
            p { (words.newsletter) }
            form action="/newsletter" { input type="email" name="email"; button { (words.subscribe) } }
        }
    }
}

pub(super) fn related(scene: Scene<'_>) -> Markup {
    html! {
        section.related {
            h2 { (scene.words.related) }
            @for other in scene.others.iter().take(5) {
                div.teaser {
                    h3 { a href=(scene.place.path(other)) { (other.title) } }
                    p { (other.summary_or_lead()) }
                }
            }
        }
    }
}

pub(super) fn comments(words: &Words) -> Markup {
    html! {
        h2 { (words.comments) }
        @for (name, comment) in words.voices {
            div.comment { span.comment-author { (name) } p { (comment) } }
        }
    }
}

pub(super) fn footer(scene: Scene<'_>) -> Markup {
    html! {
        footer.site-footer {
            p { "© " (scene.place.outlet.name) ". " (scene.words.footer) }
            (menu(scene.words))
        }
    }
}
