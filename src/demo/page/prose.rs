//! A story's blocks as plain HTML: the part that most styles share.

use maud::{Markup, html};

use super::super::{
    inline::{Span, spans},
    story::{Block, Story},
    town::Place,
};

/// Words of a paragraph with its links.
pub(super) fn inline(place: &Place, paragraph: &str) -> Markup {
    html! {
        @for span in spans(paragraph) {
            @match span {
                Span::Text(words) => (words),
                Span::Link { words, slug } => a href=(target(place, slug)) { (words) },
            }
        }
    }
}

/// A block; figures as HTML5 has them.
pub(super) fn block(place: &Place, story: &Story, block: &Block) -> Markup {
    html! {
        @match block {
            Block::Paragraph(words) => p { (inline(place, words)) },
            Block::Heading(words) => h2 { (words) },
            Block::List(items) => ul { @for item in items { li { (inline(place, item)) } } },
            Block::Figure { caption, credit } => figure {
                img src=(picture(story)) alt=(caption) width="1200" height="800" loading="lazy";
                figcaption { (caption) " " span.credit { (credit) } }
            },
        }
    }
}

/// All blocks, figures left out: what a full-text feed carries.
pub(in super::super) fn body(place: &Place, story: &Story) -> Markup {
    html! {
        @for it in &story.blocks {
            @match it {
                Block::Paragraph(_) | Block::Heading(_) | Block::List(_) => (block(place, story, it)),
                Block::Figure { .. } => {},
            }
        }
    }
}

/// Address of the story's picture, which nobody should ask for.
pub(super) fn picture(story: &Story) -> String {
    format!("/img/{}-1200.jpg", story.slug)
}

fn target(place: &Place, slug: &str) -> String {
    place
        .stories(u8::MAX)
        .into_iter()
        .find(|story| story.slug == slug)
        .map_or_else(|| "/".into(), |story| place.path(story))
}
