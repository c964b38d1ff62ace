//! Nothing but `div`: class names from a build tool, JSON-LD in a `@graph`, paragraphs that are
//! not called paragraphs.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::json;

use super::{Scene, furniture, prose};
use crate::demo::story::Block;

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
                title { (place.outlet.name) " – " (story.title) }
                link rel="canonical" href=(place.url(story));
                (furniture::feed_links(place))
                script type="application/ld+json" { (PreEscaped(graph(scene))) }
            }
            body {
                div id="app" {
                    div class="c-hd" {
                        div class="c-hd__logo" { (place.outlet.name) }
                        div class="c-nv" {
                            @for item in words.menu { div class="c-nv__i" { a href="/" { (item) } } }
                        }
                    }
                    div class="l-grid" {
                        div class="l-col l-col--8" { (article(scene)) }
                        div class="l-col l-col--4" { (sidebar(scene)) }
                    }
                    div class="c-ft" { (words.footer) }
                    div class="c-cmp" {
                        div class="c-cmp__t" { (words.cookies) }
                        div class="c-btn" { (words.accept) }
                    }
                }
            }
        }
    }
}

fn article(scene: Scene<'_>) -> Markup {
    let Scene {
        place,
        story,
        words,
        ..
    } = scene;
    html! {
        div class="c-art" {
            div class="c-art__kick" { (story.tags.first().map_or("", String::as_str)) }
            h1 class="c-art__hl" { (story.title) }
            div class="c-art__meta" {
                div class="c-aut" { (words.by) " " (story.authors.join(", ")) }
                div class="c-dt" { (place.published(story).format("%d.%m.%Y, %H:%M")) }
                div class="c-shr" { @for button in words.share { div class="c-shr__b" { (button) } } }
            }
            div class="c-art__b" {
                @for (index, block) in story.blocks.iter().enumerate() {
                    (paragraph(scene, block))
                    @if index == 1 { (teaser(scene)) }
                }
            }
            div class="c-tags" {
                @for tag in &story.tags { div class="c-tags__t" { a href={ "/thema/" (tag) } { (tag) } } }
            }
            div class="c-nl" {
                div class="c-nl__t" { (words.newsletter) }
                div class="c-nl__f" { input type="email"; button { (words.subscribe) } }
            }
            div class="c-cm" {
                div class="c-cm__h" { (words.comments) }
                @for (name, comment) in words.voices {
                    div class="c-cm__i" { div class="c-cm__n" { (name) } div class="c-cm__x" { (comment) } }
                }
            }
        }
    }
}

fn paragraph(scene: Scene<'_>, block: &Block) -> Markup {
    let Scene { place, story, .. } = scene;
    html! {
        @match block {
            Block::Paragraph(text) => div class="c-txt" { (prose::inline(place, text)) },
            Block::Heading(text) => div class="c-art__sub" { h2 { (text) } },
            Block::List(_) | Block::Figure { .. } => div class="c-med" { (prose::block(place, story, block)) },
        }
    }
}

fn teaser(scene: Scene<'_>) -> Markup {
    html! {
        @if let Some(other) = scene.others.first() {
            div class="c-tsr" {
                div class="c-tsr__k" { (scene.words.related) }
                a href=(scene.place.path(other)) { div class="c-tsr__h" { (other.title) } }
            }
        }
    }
}

fn sidebar(scene: Scene<'_>) -> Markup {
    html! {
        div class="c-lst" {
            div class="c-lst__h" { (scene.words.most_read) }
            @for other in scene.others.iter().take(6) {
                div class="c-lst__i" {
                    a href=(scene.place.path(other)) { div { (other.title) } }
                    div class="c-lst__x" { (other.summary_or_lead()) }
                }
            }
        }
    }
}

fn graph(scene: Scene<'_>) -> String {
    let Scene { place, story, .. } = scene;
    let site = format!("{}/#site", place.origin);
    let data = json!({
        "@context": "https://schema.org",
        "@graph": [
            { "@type": "WebSite", "@id": site, "name": place.outlet.name, "url": place.origin },
            { "@type": "WebPage", "@id": place.url(story), "isPartOf": { "@id": site } },
            {
                "@type": ["NewsArticle", "Article"],
                "headline": story.title,
                "datePublished": place.published(story).to_rfc3339(),
                "author": story.authors.iter().map(|name| json!({ "@type": "Person", "name": name })).collect::<Vec<_>>(),
                "keywords": story.tags.join(","),
                "inLanguage": place.language(story),
                "isPartOf": { "@id": place.url(story) },
                "publisher": { "@id": site },
            },
        ],
    });
    data.to_string().replace("</", "<\\/")
}
