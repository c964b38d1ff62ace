//! The rule of the same article (contract, "The same article").

use crate::model::{Candidate, Fingerprint, Known, Matches, Placement};

/// A text of at least this many words is the same article wherever it stands; a shorter one
/// ("Video", "Picture of the day") needs the same address, or the same feed and title.
pub const MERGE_WORDS: u32 = 50;

/// Where a text goes: a new article, one that has this text, or one that gets a revision.
///
/// The listing that carried the text before counts most, since it names one article whatever its
/// text says; then the address; then the text itself. A text that differs in case, punctuation or
/// space only is no revision. The feed's text, taken because the page could not be had, never
/// replaces a text that came from the page.
pub fn place(candidate: &Candidate<'_>, matches: &Matches) -> Placement {
    if let Some(listed) = &matches.listed {
        return place_listed(candidate, listed);
    }
    let fingerprint = candidate.fingerprint;
    let found_by_text = matches
        .same_url
        .iter()
        .chain(
            matches
                .same_key
                .iter()
                .filter(|_| merges_by_text(fingerprint)),
        )
        .chain(
            matches
                .same_title
                .iter()
                .filter(|_| merges_by_title(candidate)),
        )
        .find(|known| has_same_text(known, fingerprint));
    if let Some(known) = found_by_text {
        return Placement::Same(known.article);
    }
    match &matches.same_url {
        Some(known) if replaces_elsewhere(candidate, known) => Placement::Revise(known.article),
        Some(known) => Placement::Same(known.article),
        None => Placement::New,
    }
}

/// The candidate comes from the very place that listed `known` before.
fn place_listed(candidate: &Candidate<'_>, known: &Known) -> Placement {
    let is_edited = if has_same_text(known, candidate.fingerprint) {
        // A corrected headline is an edit too; only its own listing can say so, because two feeds
        // may list one article under two titles.
        !candidate.is_fallback && has_other_title(candidate.title, known.title.as_deref())
    } else {
        !candidate.is_fallback || !known.is_from_page
    };
    if is_edited {
        Placement::Revise(known.article)
    } else {
        Placement::Same(known.article)
    }
}

/// A text from another place with the same address replaces the known one unless it is the
/// weaker of the two: the stand-in for a page, a teaser of less than half the length, or the
/// shorter of two stand-ins.
fn replaces_elsewhere(candidate: &Candidate<'_>, known: &Known) -> bool {
    if !known.is_from_page {
        return !candidate.is_fallback || candidate.fingerprint.n_words > known.n_words;
    }
    let is_teaser = candidate.fingerprint.n_words < known.n_words / 2;
    !candidate.is_fallback && !is_teaser
}

fn has_same_text(known: &Known, fingerprint: &Fingerprint) -> bool {
    known.match_key == fingerprint.match_key || known.content_hash == fingerprint.content_hash
}

fn merges_by_text(fingerprint: &Fingerprint) -> bool {
    fingerprint.n_words >= MERGE_WORDS
}

/// Entries without any text are told apart by their addresses: "Weather" of today and of
/// yesterday have the same title and the same nothing.
fn merges_by_title(candidate: &Candidate<'_>) -> bool {
    candidate.title.is_some()
        && (candidate.fingerprint.n_words > 0 || candidate.canonical_url.is_none())
}

fn has_other_title(new: Option<&str>, old: Option<&str>) -> bool {
    match (new, old) {
        (Some(new), Some(old)) => letters(new) != letters(old),
        (None, _) | (_, None) => false,
    }
}

fn letters(title: &str) -> String {
    let mut letters = String::with_capacity(title.len());
    super::fold::for_each_word(title, |word| letters.push_str(word.folded));
    letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ArticleId, FeedId},
        text::CleanText,
    };

    const OLD: ArticleId = ArticleId(1);
    const OTHER: ArticleId = ArticleId(2);

    fn words(n: usize, salt: &str) -> String {
        let words: Vec<_> = (0..n).map(|n| format!("{salt}{n}")).collect();
        words.join(" ")
    }

    fn known(article: ArticleId, text: &str) -> Known {
        let marks = super::super::fingerprint(&CleanText::from_raw(text));
        Known {
            article,
            title: Some("A title".to_owned()),
            content_hash: marks.content_hash,
            match_key: marks.match_key,
            n_words: marks.n_words,
            is_from_page: true,
            lacks_page: false,
        }
    }

    struct Case {
        text: String,
        title: Option<&'static str>,
        is_fallback: bool,
    }

    fn page(text: &str) -> Case {
        Case {
            text: text.to_owned(),
            title: Some("A title"),
            is_fallback: false,
        }
    }

    fn fallback(text: &str) -> Case {
        Case {
            is_fallback: true,
            ..page(text)
        }
    }

    #[track_caller]
    fn check(case: &Case, matches: &Matches, want: Placement) {
        let fingerprint = super::super::fingerprint(&CleanText::from_raw(&case.text));
        let candidate = Candidate {
            feed: FeedId(1),
            title: case.title,
            canonical_url: Some("https://site.example/a"),
            fingerprint: &fingerprint,
            is_fallback: case.is_fallback,
        };
        assert_eq!(place(&candidate, matches), want);
    }

    fn listed(known: Known) -> Matches {
        Matches {
            listed: Some(known),
            ..Matches::default()
        }
    }

    fn same_url(known: Known) -> Matches {
        Matches {
            same_url: Some(known),
            ..Matches::default()
        }
    }

    fn same_key(known: Known) -> Matches {
        Matches {
            same_key: Some(known),
            ..Matches::default()
        }
    }

    fn same_title(known: Known) -> Matches {
        Matches {
            same_title: Some(known),
            ..Matches::default()
        }
    }

    #[test]
    fn what_nothing_matches_is_new() {
        check(&page("text"), &Matches::default(), Placement::New);
    }

    #[test]
    fn an_edit_of_a_listed_article_is_a_revision() {
        let old = words(60, "a");
        check(&page(&old), &listed(known(OLD, &old)), Placement::Same(OLD));
        let new = words(61, "a");
        check(
            &page(&new),
            &listed(known(OLD, &old)),
            Placement::Revise(OLD),
        );
    }

    #[test]
    fn case_and_punctuation_alone_are_no_revision() {
        let matches = listed(known(OLD, "Some text, here."));
        check(&page("some text here"), &matches, Placement::Same(OLD));
    }

    #[test]
    fn a_corrected_headline_is_a_revision_by_its_own_listing_only() {
        let case = Case {
            title: Some("Another title"),
            ..page("text")
        };
        check(&case, &listed(known(OLD, "text")), Placement::Revise(OLD));
        check(&case, &same_url(known(OLD, "text")), Placement::Same(OLD));
        let case = Case {
            title: Some("“A Title”"),
            ..page("text")
        };
        check(&case, &listed(known(OLD, "text")), Placement::Same(OLD));
    }

    #[test]
    fn a_stand_in_never_replaces_a_page_but_a_page_replaces_it() {
        let whole = words(60, "a");
        check(
            &fallback("teaser"),
            &listed(known(OLD, &whole)),
            Placement::Same(OLD),
        );
        check(
            &fallback("teaser"),
            &same_url(known(OLD, &whole)),
            Placement::Same(OLD),
        );
        let stand_in = Known {
            is_from_page: false,
            lacks_page: true,
            ..known(OLD, "teaser")
        };
        check(
            &page(&whole),
            &listed(stand_in.clone()),
            Placement::Revise(OLD),
        );
        check(
            &page(&whole),
            &same_url(stand_in.clone()),
            Placement::Revise(OLD),
        );
        check(
            &fallback("teaser two"),
            &listed(stand_in),
            Placement::Revise(OLD),
        );
    }

    #[test]
    fn a_long_text_merges_wherever_it_stands() {
        let text = words(50, "a");
        check(
            &page(&text),
            &same_key(known(OLD, &text)),
            Placement::Same(OLD),
        );
    }

    #[test]
    fn a_short_text_needs_the_address_or_the_feed_and_title() {
        let text = words(49, "a");
        check(&page(&text), &same_key(known(OLD, &text)), Placement::New);
        check(
            &page(&text),
            &same_url(known(OLD, &text)),
            Placement::Same(OLD),
        );
        check(
            &page(&text),
            &same_title(known(OLD, &text)),
            Placement::Same(OLD),
        );
    }

    #[test]
    fn the_same_title_over_another_text_is_another_article() {
        let (monday, tuesday) = (words(60, "monday"), words(60, "tuesday"));
        check(
            &page(&tuesday),
            &same_title(known(OLD, &monday)),
            Placement::New,
        );
        check(&page(""), &same_title(known(OLD, "")), Placement::New);
    }

    #[test]
    fn another_text_at_the_same_address_is_a_revision() {
        let matches = same_url(known(OLD, &words(60, "a")));
        check(&page(&words(60, "b")), &matches, Placement::Revise(OLD));
    }

    #[test]
    fn a_teaser_from_another_feed_does_not_replace_the_whole_text() {
        let matches = same_url(known(OLD, &words(200, "a")));
        check(&page(&words(40, "a")), &matches, Placement::Same(OLD));
    }

    #[test]
    fn a_text_known_elsewhere_joins_it_rather_than_revise_its_address() {
        let text = words(80, "a");
        let matches = Matches {
            same_url: Some(known(OLD, &words(80, "b"))),
            same_key: Some(known(OTHER, &text)),
            ..Matches::default()
        };
        check(&page(&text), &matches, Placement::Same(OTHER));
    }
}
