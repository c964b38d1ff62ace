//! Language, description, picture, canonical address.

use url::Url;

use super::{
    facts::{Facts, Place},
    marks::{self, Marks},
    names::{fold, n_words},
    scan::Kind,
};
use crate::text::clean_line;

/// The language as declared, `de` or `en-GB`.
pub(super) fn language(facts: &Facts<'_>) -> Option<String> {
    let ld = facts.main().and_then(|article| article.language.clone());
    let witness = facts
        .page
        .witness
        .and_then(|witness| witness.language.clone());
    facts
        .scan
        .language
        .map(str::to_owned)
        .into_iter()
        .chain(ld)
        .chain(facts.meta(&[
            "og:locale",
            "content-language",
            "dc.language",
            "dcterms.language",
            "language",
            "inlanguage",
        ]))
        .chain(witness)
        .find_map(|tag| language_tag(&tag))
}

/// A language tag in the form of BCP 47; none when it is not one.
fn language_tag(raw: &str) -> Option<String> {
    let first = raw.split([',', ';', ' ']).next()?.trim();
    let first = first.split('.').next()?;
    let mut parts = first.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return None;
    }
    let mut tag = language;
    for part in parts.take(2) {
        let is_plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match part.len() {
            2 if is_plain => {
                tag.push('-');
                tag.push_str(&part.to_ascii_uppercase());
            }
            3 | 4 if is_plain => {
                tag.push('-');
                let (head, tail) = part.split_at_checked(1)?;
                tag.push_str(&head.to_ascii_uppercase());
                tag.push_str(&tail.to_ascii_lowercase());
            }
            _ => break,
        }
    }
    Some(tag)
}

/// The summary that the page declares for others.
pub(super) fn description(facts: &Facts<'_>) -> Option<String> {
    let ld = || facts.main().and_then(|article| article.description.clone());
    facts
        .meta(&[
            "og:description",
            "description",
            "twitter:description",
            "dc.description",
            "dcterms.description",
            "dcterms.abstract",
            "sailthru.description",
            "parsely-description",
            "excerpt",
        ])
        .or_else(ld)
        .filter(|line| !facts.outlet.is_site(line))
}

/// The dek: the short text next to the headline that sums the article up.
pub(super) fn dek(facts: &Facts<'_>, place: Place, title: Option<&str>) -> Option<String> {
    if !place.is_known {
        return None;
    }
    let title = fold(title.unwrap_or_default());
    let is_dek = |line: &str| {
        let folded = fold(line);
        (20..=600).contains(&line.len())
            && n_words(line) >= 3
            && !folded.is_empty()
            && folded != title
            && !super::names::without_opener(line).1
    };
    let declared: Vec<String> = [
        facts.meta(&["og:description"]),
        facts.meta(&["description"]),
        facts.main().and_then(|article| article.description.clone()),
        facts.main().and_then(|article| article.alternative.clone()),
    ]
    .into_iter()
    .flatten()
    .map(|line| fold(&line))
    .filter(|line| !line.is_empty())
    .collect();
    // What is declared and also shown near the headline.
    let shown = facts
        .lines(place.end, place.end + 900)
        .take(8)
        .map(|(_, line)| line)
        .find(|line| is_dek(line) && declared.contains(&fold(line)));
    let marked = facts
        .scan
        .hits
        .iter()
        .filter(|hit| {
            !facts.asides.hold(hit.start) && hit.start >= place.end && hit.start <= place.end + 500
        })
        .filter(|hit| matches!(hit.kind, Kind::Dek))
        .map(|hit| facts.scan.slice(hit.start, hit.end))
        .find(|text| is_dek(text) && !text.contains('\n'));
    let heading = facts
        .scan
        .hits
        .iter()
        .find(|hit| {
            hit.start > place.end && hit.start <= place.end + 3 && hit.kind == Kind::Heading
        })
        .map(|hit| facts.scan.slice(hit.start, hit.end))
        .filter(|text| is_dek(text));
    let first = || {
        declared
            .is_empty()
            .then(|| first_line(facts, place))
            .flatten()
    };
    shown
        .or(marked)
        .or(heading)
        .or_else(first)
        .filter(|line| is_dek(line))
        .map(clean_line)
}

/// The line below the headline that its class calls a subtitle.
pub(super) fn subtitle(facts: &Facts<'_>, place: Place) -> Option<String> {
    const REACH: usize = 500;
    facts
        .scan
        .hits
        .iter()
        .filter(|hit| hit.kind == Kind::Dek && place.is_known)
        .filter(|hit| hit.start >= place.end && hit.start <= place.end + REACH)
        .find(|hit| marks::of(hit.element).has(Marks::SUBTITLE))
        .map(|hit| clean_line(facts.scan.slice(hit.start, hit.end)))
}

/// On a page that declares no description: the line after the headline, when it is short and no
/// sentence, and sentences follow.
fn first_line<'a>(facts: &'a Facts<'_>, place: Place) -> Option<&'a str> {
    let mut lines = facts.lines(place.end, usize::MAX).map(|(_, line)| line);
    let first = lines.next()?;
    let is_dek = n_words(first) >= 5
        && first.len() <= 250
        && !first.ends_with(['.', '!', ':', ',', ';', '"', '”'])
        && super::dates::find_all(first, super::dates::Order::DayFirst).is_empty();
    let has_text = lines
        .take(8)
        .any(|line| line.len() > 150 && line.contains(". "));
    (is_dek && has_text).then_some(first)
}

/// The picture that stands for the article.
pub(super) fn image(facts: &Facts<'_>) -> Option<String> {
    let ld = || facts.main().and_then(|article| article.image.clone());
    let raw = facts
        .meta(&["og:image:secure_url", "og:image", "og:image:url"])
        .or_else(ld)
        .or_else(|| {
            facts.meta(&[
                "twitter:image",
                "twitter:image:src",
                "thumbnail",
                "parsely-image-url",
                "sailthru.image.full",
                "image",
            ])
        })?;
    crate::url::resolve(&raw, facts.page.url).map(Into::into)
}

/// The address that the page names as its own.
pub(super) fn canonical(facts: &Facts<'_>) -> Option<Url> {
    let candidates = [
        facts.scan.canonical.map(str::to_owned),
        facts.meta(&["og:url"]),
    ];
    candidates.into_iter().flatten().find_map(|raw| {
        let declared = crate::url::resolve(&raw, facts.page.url)?;
        match facts.page.url {
            Some(url) => crate::url::plausible_canonical(url, &declared).then_some(declared),
            None => Some(declared),
        }
    })
}
