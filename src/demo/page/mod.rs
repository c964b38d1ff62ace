//! Pages, each style in a file; what stands around the article is in [`words`].

mod blog;
mod furniture;
mod micro;
mod prose;
mod semantic;
mod soup;
mod tables;
mod words;

use super::{outlet::Style, story::Story, town::Place};

pub(super) use prose::body;

/// A page as it goes out.
#[derive(Debug)]
pub(super) struct Html {
    pub(super) content_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// What a template needs.
#[derive(Debug, Clone, Copy)]
struct Scene<'a> {
    place: &'a Place,
    story: &'a Story,
    /// Other stories of the edition, for teasers.
    others: &'a [&'a Story],
    words: &'static words::Words,
}

/// The page of a story.
pub(super) fn article(place: &Place, story: &Story, edition: u8) -> Html {
    let mut others = place.stories(edition);
    others.retain(|other| other.slug != story.slug);
    let scene = Scene {
        place,
        story,
        others: &others,
        words: words::words(place.language(story)),
    };
    let html = match place.outlet.style {
        Style::Semantic => semantic::page(scene),
        Style::Soup => soup::page(scene),
        Style::Micro => micro::page(scene),
        Style::Blog => blog::page(scene),
        Style::Tables => {
            let html = tables::page(scene);
            let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&html);
            return Html {
                content_type: "text/html; charset=windows-1252",
                bytes: bytes.into_owned(),
            };
        }
    };
    Html {
        content_type: "text/html; charset=utf-8",
        bytes: html.into_string().into_bytes(),
    }
}

/// The outlet's front page: links to its stories, and to its feeds for those who discover them.
pub(super) fn front(place: &Place, edition: u8) -> Html {
    Html {
        content_type: "text/html; charset=utf-8",
        bytes: furniture::front(place, &place.stories(edition))
            .into_string()
            .into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{outlet::OUTLETS, town::Town};

    fn town() -> Town {
        let origins: Vec<String> = (1..=OUTLETS.len())
            .map(|port| format!("http://127.0.0.1:{port}"))
            .collect();
        Town::new(&origins, chrono::DateTime::UNIX_EPOCH).unwrap()
    }

    fn words(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text of a page as a browser has it, scripts and all.
    fn visible(page: &Html) -> String {
        let label = page.content_type.rsplit_once("charset=").unwrap().1;
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
        let (html, _, had_errors) = encoding.decode(&page.bytes);
        assert!(!had_errors);
        let document = scraper::Html::parse_document(&html);
        words(&document.root_element().text().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn every_page_holds_its_title_and_its_paragraphs() {
        let mut n_pages = 0;
        for place in &town().places {
            for edition in [1, 2] {
                for story in place.stories(edition) {
                    let seen = visible(&article(place, story, edition)).replace(' ', "");
                    let squeezed = |text: &str| words(text).replace(' ', "");
                    assert!(seen.contains(&squeezed(&story.title)), "{}", story.slug);
                    for paragraph in story.text().split("\n\n") {
                        assert!(
                            seen.contains(&squeezed(paragraph.trim_start_matches("- "))),
                            "{paragraph}"
                        );
                    }
                    n_pages += 1;
                }
            }
        }
        assert!(n_pages > 80, "{n_pages}");
    }

    #[test]
    fn the_tables_page_is_windows_1252_with_its_own_spacing() {
        let town = town();
        let place = town
            .places
            .iter()
            .find(|it| it.outlet.style == Style::Tables);
        let place = place.unwrap();
        let stories = place.stories(1);
        let page = article(place, stories.first().unwrap(), 1);
        assert!(std::str::from_utf8(&page.bytes).is_err());
        assert!(page.bytes.windows(6).any(|it| it == b"&nbsp;"));
        // A character that the charset lacks would have become a reference.
        assert!(!page.bytes.windows(2).any(|it| it == b"&#"));
    }
}
