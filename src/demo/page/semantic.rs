//! HTML5 as a careful publisher writes it: elements that say what they are, JSON-LD, OpenGraph.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::json;

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
        html lang=(place.language(story)) dir=(words.direction) {
            head {
                meta charset="utf-8";
                title { (story.title) " | " (place.outlet.name) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="description" content=(story.summary_or_lead());
                link rel="canonical" href=(place.url(story));
                (open_graph(scene))
                (furniture::feed_links(place))
                script type="application/ld+json" { (PreEscaped(json_ld(scene))) }
                script { (PreEscaped(furniture::SCRIPT)) }
            }
            body {
                a.skip href="#main" { (words.skip) }
                (furniture::cookie_banner(words))
                header.site {
                    a.logo href="/" { (place.outlet.name) }
                    (furniture::menu(words))
                }
                main id="main" { (article(scene)) (aside(scene)) }
                (furniture::footer(scene))
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
    let half = story.blocks.len().div_ceil(2);
    let (upper, lower) = story.blocks.split_at_checked(half).unwrap_or_default();
    html! {
        article {
            header {
                nav.crumbs { a href="/" { (words.home) } " › " a href="/news" { (words.news) } }
                h1 { (story.title) }
                p.byline { (words.by) " " (story.authors.join(", ")) }
                (furniture::times(scene))
                (furniture::share(words))
            }
            div.body {
                @for block in upper { (prose::block(place, story, block)) }
                (furniture::newsletter(words))
                @for block in lower { (prose::block(place, story, block)) }
            }
            footer {
                ul.tags { @for tag in &story.tags { li { a href={ "/tag/" (tag) } { (tag) } } } }
                (furniture::share(words))
            }
        }
    }
}

fn aside(scene: Scene<'_>) -> Markup {
    html! {
        aside { (furniture::related(scene)) }
        section.comments { (furniture::comments(scene.words)) }
    }
}

fn open_graph(scene: Scene<'_>) -> Markup {
    let Scene { place, story, .. } = scene;
    html! {
        meta property="og:type" content="article";
        meta property="og:title" content=(story.title);
        meta property="og:url" content=(place.url(story));
        meta property="og:site_name" content=(place.outlet.name);
        meta property="og:description" content=(story.summary_or_lead());
        meta property="og:image" content={ (place.origin) (prose::picture(story)) };
        meta property="article:published_time" content=(place.published(story).to_rfc3339());
        @if let Some(updated) = place.updated(story) {
            meta property="article:modified_time" content=(updated.to_rfc3339());
        }
        @for tag in &story.tags { meta property="article:tag" content=(tag); }
    }
}

fn json_ld(scene: Scene<'_>) -> String {
    let Scene { place, story, .. } = scene;
    let people: Vec<_> = story
        .authors
        .iter()
        .map(|name| json!({ "@type": "Person", "name": name }))
        .collect();
    let published = place.published(story);
    let data = json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "url": place.url(story),
        "mainEntityOfPage": place.url(story),
        "datePublished": published.to_rfc3339(),
        "dateModified": place.updated(story).unwrap_or(published).to_rfc3339(),
        "author": people,
        "publisher": { "@type": "Organization", "name": place.outlet.name },
        "image": [format!("{}{}", place.origin, prose::picture(story))],
        "keywords": story.tags,
        "inLanguage": place.language(story),
        "description": story.summary_or_lead(),
    });
    // A text with `</script>` in it would end the element; JSON lets the slash be escaped.
    data.to_string().replace("</", "<\\/")
}
