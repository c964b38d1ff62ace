//! The door: from a parsed page to its metadata.

use chrono::{DateTime, FixedOffset, Utc};
use ego_tree::NodeId;
use scraper::Html;
use url::Url;

use super::{about, authors, facts::Facts, ld, published, scan, tags, title};
use crate::{
    extract::{ExtractLimits, Page},
    model::Flag,
    text::cap,
};

/// What a page says of its article.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    /// Headline, one plain line, without the site's name.
    pub(crate) title: Option<String>,
    /// Names of people, teams or agencies, in the page's order.
    pub(crate) authors: Vec<String>,
    /// Usable date of publication.
    pub(crate) published: Option<DateTime<Utc>>,
    /// The same with the offset the page gives it: a reader of the page sees this day.
    pub(crate) published_local: Option<DateTime<FixedOffset>>,
    /// Date of publication as written, usable or not.
    pub(crate) published_raw: Option<String>,
    /// Usable date of the last change.
    pub(crate) updated: Option<DateTime<Utc>>,
    /// As declared, BCP 47.
    pub(crate) language: Option<String>,
    /// Name of the site.
    pub(crate) site_name: Option<String>,
    /// Dek or summary, one plain line.
    pub(crate) description: Option<String>,
    /// A picture's address, absolute when the page's address is known.
    pub(crate) image_url: Option<String>,
    /// The article's own tags.
    pub(crate) tags: Vec<String>,
    /// What the page asks of robots and of text and data mining.
    pub(crate) reservations: Vec<String>,
    /// Address the page names as its own, when it is plausible.
    pub(crate) canonical_url: Option<Url>,
    /// Doubts: paywall, undated, implausible date, capped; sorted, each once.
    pub(crate) flags: Vec<Flag>,
    /// Titles as they stand in the page, the best first: the headline, `og:title`, `title`.
    pub(crate) headlines: Vec<String>,
    /// The element that shows the title, where the article starts.
    pub(crate) headline_node: Option<NodeId>,
    /// The visible dek next to the headline.
    pub(crate) dek: Option<String>,
    /// The line below the headline that its class calls a subtitle.
    pub(crate) subtitle: Option<String>,
    /// `articleBody` of the JSON-LD as it stands there, which may be HTML.
    pub(crate) body: Option<String>,
    /// The page says it is an article, by its JSON-LD or `og:type`.
    pub(crate) is_article: bool,
}

/// Reads everything a page says of its article.
pub(crate) fn collect(document: &Html, page: &Page<'_>, limits: &ExtractLimits) -> Metadata {
    let scan = scan::scan(document);
    let ld = ld::read(&scan.ld);
    let mut facts = Facts::new(&scan, &ld, page);
    let title = title::choose(&facts);
    let place = title.place;
    facts.settle(place);
    let authors = authors::choose(&facts, place);
    let dates = published::choose(&facts, place);
    let dek = about::dek(&facts, place, title.text.as_deref());
    let main = ld
        .articles
        .iter()
        .find(|article| article.rank >= 2 && !article.is_listed);
    let is_article = main.is_some_and(|article| article.rank == 3)
        || facts
            .meta(&["og:type"])
            .is_some_and(|kind| kind.eq_ignore_ascii_case("article"));
    let mut metadata = Metadata {
        body: main.and_then(|article| article.body.clone()),
        is_article,
        authors,
        published: dates.published.map(|at| at.to_utc()),
        published_local: dates.published,
        published_raw: dates.published_raw,
        updated: dates.updated.map(|at| at.to_utc()),
        language: about::language(&facts),
        site_name: facts.outlet.site_name.clone(),
        description: dek.clone().or_else(|| about::description(&facts)),
        image_url: about::image(&facts),
        tags: tags::choose(&facts, place),
        reservations: reservations(&facts, limits.title_bytes),
        canonical_url: about::canonical(&facts),
        subtitle: about::subtitle(&facts, place),
        headlines: title.seen,
        headline_node: title.node,
        dek,
        title: title.text,
        flags: dates.flags,
    };
    finish(&mut metadata, &facts, limits);
    metadata
}

/// Metas that speak to robots, and of text and data mining (TDM Reservation Protocol, 6.4).
const RESERVATIONS: &[&str] = &[
    "robots",
    "googlebot",
    "googlebot-news",
    "bingbot",
    "tdm-reservation",
    "tdm-policy",
];

fn reservations(facts: &Facts<'_>, limit_bytes: usize) -> Vec<String> {
    let said = |name: &&str| {
        let line = format!("meta {name}: {}", facts.meta(&[name])?);
        Some(cap(&line, limit_bytes).0.to_owned())
    };
    RESERVATIONS.iter().filter_map(said).collect()
}

/// Limits, and the flags that follow from them.
fn finish(metadata: &mut Metadata, facts: &Facts<'_>, limits: &ExtractLimits) {
    if facts.is_paid() {
        metadata.flags.push(Flag::Paywall);
    }
    if let Some(title) = &mut metadata.title {
        let (kept, is_cut) = cap(title, limits.title_bytes);
        if is_cut {
            *title = kept.trim_end().to_owned();
            metadata.flags.push(Flag::Capped);
        }
    }
    let is_long = |link: &str| link.len() > limits.link_bytes;
    if metadata.image_url.as_deref().is_some_and(is_long) {
        metadata.image_url = None;
        metadata.flags.push(Flag::Capped);
    }
    if metadata
        .canonical_url
        .as_ref()
        .is_some_and(|url| is_long(url.as_str()))
    {
        metadata.canonical_url = None;
        metadata.flags.push(Flag::Capped);
    }
    metadata.flags.sort();
    metadata.flags.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Witness;
    use proptest::prelude::*;

    const URL: &str = "https://www.example.org/2024/05/story-of-the-day";

    fn read_with(html: &str, witness: Option<&Witness>) -> Metadata {
        let url = Url::parse(URL).unwrap();
        let page = Page {
            html,
            url: Some(&url),
            witness,
            now: "2025-06-01T12:00:00Z".parse().unwrap(),
        };
        collect(
            &Html::parse_document(html),
            &page,
            &ExtractLimits::default(),
        )
    }

    fn read(html: &str) -> Metadata {
        read_with(html, None)
    }

    fn ld(json: &str) -> String {
        format!("<script type='application/ld+json'>{json}</script>")
    }

    #[test]
    fn the_title_is_the_one_that_sources_agree_on() {
        #[track_caller]
        fn check(html: &str, want: &str) {
            assert_eq!(read(html).title.as_deref(), Some(want), "{html}");
        }
        check("<title>A day at sea | Example</title>", "A day at sea");
        check("<title>Example - A day at sea</title>", "A day at sea");
        check(
            "<title>A day at sea - More | Example.org</title>",
            "A day at sea - More",
        );
        check(
            "<title>Example News: A day at sea</title><h1>Example News</h1><h1>A day at sea</h1>",
            "A day at sea",
        );
        check(
            "<meta property=og:title content='A day at sea'><nav><h1>Menu</h1></nav><h2>A day at sea</h2>",
            "A day at sea",
        );
        check(
            &format!(
                "<title>Sea day SEO</title><h1>A day at the sea</h1>{}",
                ld(r#"{"@type":"NewsArticle","headline":"A day at sea"}"#)
            ),
            "A day at sea",
        );
        check(
            &format!(
                "<title>Day, sea</title><meta property=og:title content='A day at the sea'>\
                 <h1>A day at the sea</h1>{}",
                ld(r#"{"@type":"NewsArticle","headline":"Day, sea"}"#)
            ),
            "A day at the sea",
        );
        check(
            "<meta property=og:title content='Harbour opens after two years of work'>\
             <h1>Economy: Harbour opens after two years of work</h1>",
            "Harbour opens after two years of work",
        );
        check(
            "<meta property=og:title content='Fish &amp;amp; chips'>",
            "Fish & chips",
        );
        check("<h1>Only <b>heading</b></h1><p>Text</p>", "Only heading");
    }

    #[test]
    fn the_headline_element_is_found_even_in_a_wrapper_that_looks_like_an_aside() {
        let html = "<title>A day at sea</title><div class=sidebar><h1>A day at sea</h1>\
                    <p>By Ann Smith</p></div>";
        let metadata = read(html);
        assert!(metadata.headline_node.is_some());
        assert_eq!(metadata.authors, ["Ann Smith"]);
    }

    #[track_caller]
    fn check_authors(html: &str, want: &[&str]) {
        let html = format!(
            "<meta property=og:site_name content='Example News'><title>A day at sea</title>\
             <h1>A day at sea</h1>{html}"
        );
        assert_eq!(read(&html).authors, want, "{html}");
    }

    #[test]
    fn authors_come_from_every_source() {
        check_authors(
            &ld(r#"{"@type":"Article","author":"Ann Smith and Bo Jones"}"#),
            &["Ann Smith", "Bo Jones"],
        );
        check_authors(
            &ld(
                r#"{"@graph":[{"@type":["Article","Thing"],"author":{"@id":"p1"}},{"@type":"Person","@id":"p1","name":"Ann Smith"}]}"#,
            ),
            &["Ann Smith"],
        );
        check_authors(
            &ld(
                r#"{"@type":"BlogPosting","author":[{"@type":"Person","name":"Ann Smith"},{"name":["Bo Jones"]}]}"#,
            ),
            &["Ann Smith", "Bo Jones"],
        );
        check_authors("<meta name=author content='Ann Smith'>", &["Ann Smith"]);
        check_authors(
            "<meta property=article:author content='https://example.org/ann'>",
            &[],
        );
        check_authors(
            "<meta name=parsely-author content='Ann Smith'>",
            &["Ann Smith"],
        );
        check_authors(
            "<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content='Ann Smith'>",
            &["Ann Smith"],
        );
        check_authors("<p><a rel=author href=/x>Ann Smith</a></p>", &["Ann Smith"]);
        check_authors(
            "<p><a href=/authors/ann-smith>Ann Smith</a></p>",
            &["Ann Smith"],
        );
        check_authors(
            "<span itemprop=author><b itemprop=name>Ann Smith</b></span>",
            &["Ann Smith"],
        );
        check_authors(
            "<div class='post-byline'>Ann Smith | 3 May 2024</div>",
            &["Ann Smith"],
        );
        check_authors(
            "<p>Von Ann Smith und Bo Jones</p>",
            &["Ann Smith", "Bo Jones"],
        );
        check_authors("<p>Written by</p><p>Ann Smith</p>", &["Ann Smith"]);
        check_authors("<p>Published 3 May 2024 by Ann Smith</p>", &["Ann Smith"]);
        check_authors(
            "<p>By Ann Smith in Berlin. Reviewed by Bo Jones</p>",
            &["Ann Smith"],
        );
        check_authors("<aside><p>By Eve Other</p></aside><p>Text</p>", &[]);
    }

    #[test]
    fn junk_is_no_author() {
        for junk in [
            "admin",
            "Staff",
            "Editorial Team",
            "Example News",
            "example.org",
            "www.example.org",
            "https://example.org/author/ann",
            "ann@example.org",
            "Redaktion",
            "unknown",
            "page.author",
            "2024",
            "3 May 2024",
            "редакция",
            "編集部",
            "",
        ] {
            check_authors(&format!("<meta name=author content='{junk}'>"), &[]);
            check_authors(
                &format!("<meta name=author content='{junk}'><p class=byline>By Ann Smith</p>"),
                &["Ann Smith"],
            );
        }
    }

    #[test]
    fn people_go_before_organisations_and_a_byline_before_an_account() {
        check_authors(
            &(ld(r#"{"@type":"Article","author":{"@type":"Organization","name":"Wire Agency"}}"#)
                + "<p>By Ann Smith</p>"),
            &["Ann Smith"],
        );
        check_authors(
            &ld(r#"{"@type":"Article","author":{"@type":"Organization","name":"Wire Agency"}}"#),
            &["Wire Agency"],
        );
        check_authors(
            "<meta name=author content='Uploader Jim'><p>By Ann Smith</p>",
            &["Ann Smith"],
        );
    }

    #[test]
    fn dates_come_from_every_source() {
        #[track_caller]
        fn check(html: &str, want: Option<&str>) {
            let html = format!("<title>A day at sea</title>{html}");
            let published = read(&html).published.map(|at| at.to_rfc3339());
            assert_eq!(published.as_deref(), want, "{html}");
        }
        const DAY: Option<&str> = Some("2024-05-03T00:00:00+00:00");
        let h1 = "<h1>A day at sea</h1>";
        check(
            &ld(
                r#"{"@type":"NewsArticle","datePublished":"2024-05-03T10:00:00+02:00","dateModified":"2024-05-04"}"#,
            ),
            Some("2024-05-03T08:00:00+00:00"),
        );
        check(
            "<meta property=article:published_time content=2024-05-03>",
            DAY,
        );
        check("<meta name=w-published-date content=2024-05-03>", DAY);
        check("<meta name=dc.date.issued content=20240503>", DAY);
        check(
            &format!("{h1}<time datetime=2024-05-03>yesterday</time>"),
            DAY,
        );
        check(
            &format!("{h1}<span class=post-date>May 3, 2024</span>"),
            DAY,
        );
        check(&format!("{h1}<p>Veröffentlicht am 3. Mai 2024</p>"), DAY);
        check(&format!("{h1}<p>Published</p><p>3 May 2024</p>"), DAY);
        check(&format!("{h1}<p>3 May 2024</p>"), DAY);
        check(
            &format!("{h1}<p>Updated: 4 May 2024</p><p>Published: 3 May 2024</p>"),
            DAY,
        );
        check(
            &format!("{h1}<p>Published 3 May 2024 | Updated 4 May 2024</p>"),
            DAY,
        );
        check(
            "<meta property=article:modified_time content=2024-05-03>",
            DAY,
        );
        check(
            "<meta property=article:published_time content=1970-01-01>",
            None,
        );
        check(
            "<meta property=article:published_time content=2031-01-01>",
            None,
        );
        check(h1, None);
    }

    #[test]
    fn an_unusable_date_is_kept_as_written_and_flagged() {
        let metadata = read("<meta property=article:published_time content='2031-01-01'>");
        assert_eq!(metadata.published_raw.as_deref(), Some("2031-01-01"));
        assert_eq!(metadata.flags, [Flag::ImplausibleDate]);
        assert_eq!(read("<p>x</p>").flags, [Flag::Undated]);
    }

    #[test]
    fn the_address_gives_a_date() {
        let url = Url::parse("https://example.org/2024/05/03/sea").unwrap();
        let page = Page {
            html: "",
            url: Some(&url),
            witness: None,
            now: "2025-06-01T12:00:00Z".parse().unwrap(),
        };
        let metadata = collect(&Html::parse_document(""), &page, &ExtractLimits::default());
        assert_eq!(
            metadata.published.unwrap().to_rfc3339(),
            "2024-05-03T00:00:00+00:00"
        );
    }

    #[test]
    fn the_feed_is_asked_when_the_page_is_silent() {
        let witness = Witness {
            title: Some("A day at sea".to_owned()),
            authors: vec!["Ann Smith".to_owned()],
            published: Some("2024-05-03T10:00:00Z".parse().unwrap()),
            language: Some("en-gb".to_owned()),
            categories: vec!["Sea".to_owned()],
            ..Witness::default()
        };
        let metadata = read_with("<p>Text</p>", Some(&witness));
        assert_eq!(metadata.title.as_deref(), Some("A day at sea"));
        assert_eq!(metadata.authors, ["Ann Smith"]);
        assert_eq!(metadata.published, witness.published);
        assert_eq!(metadata.language.as_deref(), Some("en-GB"));
        assert_eq!(metadata.tags, ["Sea"]);
    }

    #[test]
    fn the_rest_is_read_too() {
        let metadata = read(
            "<html lang=de_AT><link rel=canonical href=/2024/05/story?x=1>\
             <meta property=og:site_name content='Example News'><meta property=og:image content=/i.jpg>\
             <meta name=description content='What it is about'><h1>A day at sea</h1>\
             <p class=subtitle>The second line says more of it</p>\
             <p>Published under: Islands , <a>Boats</a></p>",
        );
        assert_eq!(metadata.language.as_deref(), Some("de-AT"));
        assert_eq!(metadata.site_name.as_deref(), Some("Example News"));
        assert_eq!(
            metadata.image_url.as_deref(),
            Some("https://www.example.org/i.jpg")
        );
        assert_eq!(
            metadata.description.as_deref(),
            Some("The second line says more of it")
        );
        assert_eq!(metadata.tags, ["Islands", "Boats"]);
        assert_eq!(
            metadata.canonical_url.unwrap().as_str(),
            "https://www.example.org/2024/05/story?x=1"
        );
        let elsewhere = read("<link rel=canonical href=https://other.net/x>");
        assert_eq!(elsewhere.canonical_url, None);
    }

    #[test]
    fn a_page_whose_markup_tells_nothing_has_its_title_and_dek_first() {
        let text = "The ferry left at nine. ".repeat(10);
        for html in [
            format!(
                "<p>A day at sea</p><p>What a ferry carries when nobody travels</p><p>May 3, 2024</p><p>{text}</p>"
            ),
            format!(
                "<title>A day at sea</title><table><tr><td>Menu<td><b>A day at sea</b><br><br>What a \
                     ferry carries when nobody travels<br><br>May 3, 2024<br><br>{text}</table>"
            ),
            format!(
                "<title>A day at sea | Example</title><div><div>A day at sea</div><div>What a ferry \
                     carries when nobody travels</div><div>May 3, 2024</div><div>{text}</div></div>"
            ),
        ] {
            let metadata = read(&html);
            assert_eq!(metadata.title.as_deref(), Some("A day at sea"), "{html}");
            assert_eq!(
                metadata.dek.as_deref(),
                Some("What a ferry carries when nobody travels"),
                "{html}"
            );
            assert_eq!(
                metadata.published.unwrap().date_naive().to_string(),
                "2024-05-03",
                "{html}"
            );
        }
    }

    #[test]
    fn a_paywall_is_flagged() {
        let html = ld(
            r#"{"@type":"NewsArticle","isAccessibleForFree":"False","datePublished":"2024-05-03"}"#,
        );
        assert_eq!(read(&html).flags, [Flag::Paywall]);
    }

    proptest! {
        #[test]
        fn never_panics(html in "(<(h1|p|time|meta name=author content=|script type=application/ld.json|div class=byline)>|</(h1|p|script)>|[ -~äß日年]{0,12}|By |2024|\"|\\{|\\}){0,40}") {
            read(&html);
        }

        #[test]
        fn never_panics_on_any_text(html: String) {
            read(&html);
        }
    }
}
