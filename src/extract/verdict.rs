//! Whether a page holds an article at all.

use super::{ExtractError, Page, choose::Choice, metadata::Metadata, shape::Shape};
use crate::{markup::BlockView, text::CleanText};

/// What stands in the page of a bot defence, and hardly anywhere else, when there is little text.
const CHALLENGES: [&str; 22] = [
    "cf-browser-verification",
    "cf_chl_opt",
    "cf-challenge",
    "/cdn-cgi/challenge-platform",
    "checking your browser before accessing",
    "checking if the site connection is secure",
    "attention required! | cloudflare",
    "ddos protection by",
    "_incapsula_resource",
    "px-captcha",
    "perimeterx",
    "captcha-delivery.com",
    "geo.captcha",
    "distil_r_captcha",
    "ak-challenge",
    "please verify you are a human",
    "verify you are human",
    "are you a robot?",
    "unusual traffic from your",
    "pardon our interruption",
    "sucuri website firewall",
    "anubis_challenge",
];

/// Words of visible text up to which a page may be a challenge or an empty application.
const CHALLENGE_WORDS: f32 = 150.0;
const SHELL_WORDS: f32 = 80.0;

/// Words of chosen text from which a page without any other sign is an article.
const ENOUGH_WORDS: f32 = 60.0;

/// Bytes of a page that are searched for signs of a challenge; such pages are small.
const SEARCHED_BYTES: usize = 60_000;

/// Says why the page gives no article, if it gives none.
pub(super) fn check(
    page: &Page<'_>,
    view: &BlockView,
    metadata: &Metadata,
    choices: &[Choice],
    text: &CleanText,
) -> Result<(), ExtractError> {
    let shape = Shape::of(view, choices);
    if shape.n_words <= CHALLENGE_WORDS
        && let Some(mark) = challenge(page.html)
    {
        return Err(ExtractError::Blocked {
            mark: mark.to_owned(),
        });
    }
    if shape.kept_words < ENOUGH_WORDS && shape.n_words <= SHELL_WORDS && needs_scripts(page.html) {
        return Err(ExtractError::JsRequired {
            n_words: text.n_words(),
        });
    }
    if let Some(reason) = no_article(page, metadata, &shape, text) {
        return Err(ExtractError::NoArticle { reason });
    }
    Ok(())
}

fn start_of(html: &str) -> String {
    crate::text::cap(html, SEARCHED_BYTES)
        .0
        .to_ascii_lowercase()
}

fn challenge(html: &str) -> Option<&'static str> {
    let start = start_of(html);
    CHALLENGES.into_iter().find(|mark| start.contains(mark))
}

/// An application's shell: scripts, an empty root, a word to those who have no scripts.
fn needs_scripts(html: &str) -> bool {
    const ROOTS: [&str; 9] = [
        "id=\"root\"",
        "id=\"app\"",
        "id=root",
        "id=app",
        "id=\"__next\"",
        "id=\"___gatsby\"",
        "id=\"__nuxt\"",
        "<app-root",
        "ng-app",
    ];
    let start = start_of(html);
    if !start.contains("<script") {
        return false;
    }
    let asks = start.split("<noscript").skip(1).any(|part| {
        part.split("</noscript")
            .next()
            .is_some_and(|part| part.contains("javascript"))
    });
    asks || ROOTS.iter().any(|root| start.contains(root))
        || start.contains("enable javascript")
        || start.contains("requires javascript")
        || start.contains("javascript is disabled")
}

fn no_article(
    page: &Page<'_>,
    metadata: &Metadata,
    shape: &Shape,
    text: &CleanText,
) -> Option<String> {
    if text.is_empty() || shape.kept_words < 1.0 {
        return Some("no text of an article stands in the page".to_owned());
    }
    if shape.kept_words < 2.5 * ENOUGH_WORDS
        && let Some(mark) = metadata
            .headlines
            .iter()
            .find_map(|title| error_mark(title))
    {
        return Some(format!("the page says that something went wrong: `{mark}`"));
    }
    if metadata.is_article {
        return None;
    }
    if shape.is_front() || (is_site_root(page) && shape.teaser_share > 0.5) {
        return Some(format!(
            "the page reads like a list of other pages ({} headings that are links)",
            shape.n_linked_headings
        ));
    }
    if shape.kept_words < ENOUGH_WORDS && shape.link_share > 0.5 && shape.n_words > 200.0 {
        return Some("the page is mostly links".to_owned());
    }
    None
}

/// The page is the front page of its site.
fn is_site_root(page: &Page<'_>) -> bool {
    page.url
        .is_some_and(|url| url.path().trim_matches('/').is_empty() && url.query().is_none())
}

/// A title that names an HTTP error or says that the page is gone.
fn error_mark(title: &str) -> Option<&'static str> {
    const STARTS: [&str; 9] = [
        "404",
        "403 ",
        "500 ",
        "502 ",
        "503 ",
        "error 4",
        "error 5",
        "http error",
        "410 ",
    ];
    const PARTS: [&str; 20] = [
        "page not found",
        "not found (404)",
        "404 not found",
        "error 404",
        "404 error",
        "page cannot be found",
        "page can't be found",
        "access denied",
        "403 forbidden",
        "bad gateway",
        "service unavailable",
        "internal server error",
        "seite nicht gefunden",
        "page introuvable",
        "página no encontrada",
        "pagina non trovata",
        "página não encontrada",
        "pagina niet gevonden",
        "nie znaleziono strony",
        "страница не найдена",
    ];
    let lower = title.to_lowercase();
    STARTS
        .into_iter()
        .find(|start| lower.starts_with(start) && lower.chars().count() < 40)
        .or_else(|| PARTS.into_iter().find(|part| lower.contains(part)))
}
