//! What an element's attributes say of its part in the page.

use scraper::node::Element;

/// A set of marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks(u16);

impl Marks {
    pub(super) const AUTHOR: Self = Self(1);
    pub(super) const AUTHOR_ITEM: Self = Self(2);
    pub(super) const AUTHOR_LINK: Self = Self(4);
    pub(super) const NAME_ITEM: Self = Self(8);
    pub(super) const DATE: Self = Self(16);
    pub(super) const UPDATED: Self = Self(32);
    pub(super) const TAG_LINK: Self = Self(64);
    pub(super) const DEK: Self = Self(128);
    pub(super) const TITLE: Self = Self(256);
    pub(super) const ASIDE: Self = Self(512);
    pub(super) const HIDDEN: Self = Self(1024);
    pub(super) const AUTHOR_PAGE: Self = Self(2048);
    /// A dek that is a second line of the headline, never the first paragraph of the text.
    pub(super) const SUBTITLE: Self = Self(4096);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Marks by class, id, `itemprop`, `rel`, `property`, `data-testid` and `hidden`.
pub(super) fn of(element: &Element) -> Marks {
    let mut marks = Marks::default();
    let mut is_streamed = false;
    for (name, value) in &element.attrs {
        let value: &str = value;
        match &*name.local {
            // Streamed parts of a page (React) wait hidden until a script moves them in place.
            "id" if value.starts_with("S:") => is_streamed = true,
            "class" | "id" | "data-testid" | "data-component" | "data-test" | "data-qa" => {
                tokens(value, &mut marks);
            }
            "itemprop" => item(value, &mut marks),
            "href" if is_author_page(value) => marks.add(Marks::AUTHOR_PAGE),
            "rel" => {
                for rel in value.split_ascii_whitespace() {
                    match rel {
                        "author" => marks.add(Marks::AUTHOR_LINK),
                        "tag" => marks.add(Marks::TAG_LINK),
                        _ => {}
                    }
                }
            }
            "hidden" => marks.add(Marks::HIDDEN),
            "style"
                if value.len() < 200
                    && (value.contains("display:none") || value.contains("display: none")) =>
            {
                marks.add(Marks::HIDDEN);
            }
            _ => {}
        }
    }
    if is_streamed {
        marks.0 &= !Marks::HIDDEN.0;
    }
    marks
}

/// An address such as `/authors/ann-smith`: a folder of authors with one more part after it.
fn is_author_page(address: &str) -> bool {
    const FOLDERS: [&str; 16] = [
        "author",
        "authors",
        "contributor",
        "contributors",
        "writer",
        "writers",
        "journalist",
        "journalists",
        "autor",
        "autoren",
        "autores",
        "auteur",
        "auteurs",
        "autore",
        "by",
        "staff",
    ];
    if address.len() > 300 {
        return false;
    }
    let mut parts = address
        .split(['/', '?', '#'])
        .filter(|part| !part.is_empty());
    parts.any(|part| FOLDERS.contains(&part)) && parts.next().is_some()
}

fn item(value: &str, marks: &mut Marks) {
    for item in value.split_ascii_whitespace() {
        match item {
            "author" | "creator" => marks.add(Marks::AUTHOR_ITEM),
            "name" => marks.add(Marks::NAME_ITEM),
            "datePublished" | "dateCreated" => marks.add(Marks::DATE),
            "dateModified" => marks.add(Marks::UPDATED),
            "headline" => marks.add(Marks::TITLE),
            "keywords" => marks.add(Marks::TAG_LINK),
            _ => {}
        }
    }
}

/// Longest word of a class name that carries a mark.
const LONGEST: usize = 14;

/// Words of a class or id: `entry-author`, `articleByline`, `post_date`.
fn tokens(value: &str, marks: &mut Marks) {
    let mut word = [0_u8; LONGEST];
    let mut len = 0_usize;
    let mut was_lower = false;
    for byte in value.bytes() {
        if !byte.is_ascii_alphabetic() {
            token(word.get(..len).unwrap_or_default(), marks);
            (len, was_lower) = (0, false);
            continue;
        }
        if byte.is_ascii_uppercase() && was_lower {
            token(word.get(..len).unwrap_or_default(), marks);
            len = 0;
        }
        was_lower = byte.is_ascii_lowercase();
        if let Some(slot) = word.get_mut(len) {
            *slot = byte.to_ascii_lowercase();
            len += 1;
        } else {
            // Too long to be one of ours: never matches.
            word = [0; LONGEST];
        }
    }
    token(word.get(..len).unwrap_or_default(), marks);
}

fn token(word: &[u8], marks: &mut Marks) {
    if word.len() < 3 {
        return;
    }
    let mark = match word {
        b"author" | b"authors" | b"byline" | b"bylines" | b"writer" | b"autor" | b"auteur"
        | b"autore" | b"creator" | b"contributor" | b"contributors" | b"reporter" | b"autoren"
        | b"autores" | b"auteurs" | b"forfatter" | b"firma" | b"signature" | b"authorname"
        | b"verfasser" | b"redakteur" | b"journalist" => Marks::AUTHOR,
        b"date" | b"time" | b"published" | b"publish" | b"pubdate" | b"datetime" | b"timestamp"
        | b"posted" | b"datum" | b"fecha" | b"dateline" | b"publication" | b"dato" | b"data"
        | b"created" => Marks::DATE,
        b"updated" | b"modified" | b"update" | b"lastmod" => Marks::UPDATED,
        b"dek" | b"subtitle" | b"subheadline" | b"subheading" | b"standfirst" | b"deck"
        | b"strapline" | b"subhead" | b"subline" | b"sottotitolo" | b"subtitulo" => {
            Marks(Marks::DEK.0 | Marks::SUBTITLE.0)
        }
        b"lede" | b"lead" | b"intro" | b"excerpt" | b"sapo" | b"chapo" | b"entradilla"
        | b"bajada" | b"sommario" | b"vorspann" | b"ingress" | b"perex" | b"teaser"
        | b"summary" | b"copete" | b"chapeau" => Marks::DEK,
        b"headline" | b"title" => Marks::TITLE,
        b"related" | b"sidebar" | b"comments" | b"comment" | b"recommended" | b"recirc"
        | b"recirculation" | b"newsletter" | b"popular" | b"trending" | b"breadcrumb"
        | b"breadcrumbs" | b"nav" | b"navigation" | b"modal" | b"popup" | b"cookie"
        | b"consent" | b"carousel" | b"mostread" | b"outbrain" | b"taboola" | b"navbar"
        | b"menu" => Marks::ASIDE,
        b"tags" | b"taglist" => Marks::default(),
        _ => return,
    };
    marks.add(mark);
}
