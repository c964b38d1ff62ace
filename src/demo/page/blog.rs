//! A small blog: a theme's wrappers around plain paragraphs, a handful of meta tags.

use maud::{DOCTYPE, Markup, html};

use super::{Scene, furniture, prose};

pub(super) fn page(scene: Scene<'_>) -> Markup {
    let Scene {
        place,
        story,
        words,
        ..
    } = scene;
    html! {
        (DOCTYPE)
        html lang=(place.language(story)) {
            head {
                meta charset="utf-8";
                title { (story.title) " – " (place.outlet.name) }
                meta name="author" content=(story.authors.join(", "));
                meta name="date" content=(place.published(story).format("%Y-%m-%dT%H:%M:%SZ"));
                meta name="keywords" content=(story.tags.join(", "));
                meta property="og:title" content=(story.title);
                (furniture::feed_links(place))
            }
            body class="single single-post" {
                div id="page" class="site" {
                    div id="masthead" { a href="/" { (place.outlet.name) } (furniture::menu(words)) }
                    div id="content" class="site-content" {
                        div id="primary" { (post(scene)) }
                        div id="secondary" class="widget-area" { (widgets(scene)) }
                    }
                    (furniture::footer(scene))
                }
            }
        }
    }
}

fn post(scene: Scene<'_>) -> Markup {
    let Scene {
        place,
        story,
        words,
        ..
    } = scene;
    html! {
        div class="post hentry" {
            h2 class="entry-title" { (story.title) }
            div class="entry-meta" {
                (words.published) " " (place.published(story).format("%e %B %Y")) " " (words.by) " "
                (story.authors.join(", "))
            }
            div class="entry-content" {
                @for block in &story.blocks { (prose::block(place, story, block)) }
                (furniture::share(words))
            }
            div class="cat-links" {
                @for tag in &story.tags { a rel="tag" href={ "/tag/" (tag) } { (tag) } " " }
            }
            div id="comments" class="comments-area" { (furniture::comments(words)) }
        }
    }
}

fn widgets(scene: Scene<'_>) -> Markup {
    html! {
        div class="widget" { (furniture::related(scene)) }
        div class="widget" { (furniture::newsletter(scene.words)) }
    }
}
