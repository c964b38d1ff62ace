//! HTML5 with microdata and `<time>`; the only style whose pages may run from right to left.

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
        html lang=(place.language(story)) dir=(words.direction) {
            head {
                meta charset="utf-8";
                title { (story.title) " · " (place.outlet.name) }
                meta property="og:site_name" content=(place.outlet.name);
                link rel="canonical" href=(place.url(story));
                (furniture::feed_links(place))
            }
            body {
                (furniture::cookie_banner(words))
                header { a href="/" { (place.outlet.name) } (furniture::menu(words)) }
                main {
                    article itemscope itemtype="https://schema.org/NewsArticle" { (article(scene)) }
                    (furniture::related(scene))
                    section id="comments" { (furniture::comments(words)) }
                }
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
    html! {
        h1 itemprop="headline" { (story.title) }
        p.meta {
            @for name in &story.authors {
                span itemprop="author" itemscope itemtype="https://schema.org/Person" {
                    span itemprop="name" { (name) }
                }
                " · "
            }
            time itemprop="datePublished" datetime=(place.published(story).to_rfc3339()) {
                (place.published(story).format("%Y-%m-%d %H:%M"))
            }
        }
        figure {
            img itemprop="image" src=(prose::picture(story)) alt="";
            figcaption { (words.photo) ": " (place.outlet.name) }
        }
        div itemprop="articleBody" {
            @for block in &story.blocks { (prose::block(place, story, block)) }
        }
        p.keywords {
            @for tag in &story.tags { a rel="tag" itemprop="keywords" href={ "/tag/" (tag) } { (tag) } " " }
        }
        (furniture::share(words))
        (furniture::newsletter(words))
    }
}
