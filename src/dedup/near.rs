//! The rule of one story.

use super::{
    differ::{Facts, facts},
    shingle::likeness,
};
use crate::model::{Likeness, Pair};

/// Containment from which two texts of different sites tell one story.
///
/// Of edited wire copy 0.93 keeps half of its word sequences, 0.87 keeps 0.6 of them; reports written
/// apart share a few hundredths (names, quotations).
const NEAR: f64 = 0.5;

/// The same for two texts of one site: what surrounds all its articles, if it was not seen to be
/// furniture, must not make them one story, and its own copies differ less than those of others.
const NEAR_AT_HOME: f64 = 0.75;

/// Fewer facts that differ are corrections: the toll rose, the time was wrong.
const LEAST_DIFFERENCES: usize = 3;

/// At home a text with more blanks than one in this many words is a form, whatever was filled in. Of
/// edited copies one gap comes to 40 words and more; and nobody has two house styles.
const WORDS_A_BLANK: usize = 25;
const LEAST_BLANKS: usize = 4;

/// How near two texts are, if they tell one story: a long passage stands in both, and they do not
/// fill in one form with different facts.
///
/// Weather reports for two cities, closing prices of two days and the like share most of their words
/// and nearly none of their numbers and names. A copy has those of the original, a correction one or
/// two others.
pub fn near(pair: &Pair<'_>) -> Option<Likeness> {
    let likeness = likeness(pair.new, pair.known);
    let least = if pair.is_same_site {
        NEAR_AT_HOME
    } else {
        NEAR
    };
    if likeness.containment < least {
        return None;
    }
    // Whole copies need no closer look: nothing differs in them.
    if likeness.containment < 1.0 {
        let facts = facts(pair.new, pair.known);
        // Papers of one publisher end their short reports alike.
        let is_furniture = facts.is_tail_alone && likeness.containment < NEAR_AT_HOME;
        if is_furniture || is_one_form(facts, pair.is_same_site) {
            return None;
        }
    }
    Some(likeness)
}

/// Both texts come of one form that was filled in twice.
fn is_one_form(facts: Facts, is_same_site: bool) -> bool {
    // At home half as many differences as agreements are enough: forms live in one house.
    let weight = if is_same_site { 2 } else { 1 };
    let differ = |other: usize, same: usize| other >= LEAST_DIFFERENCES && other * weight >= same;
    differ(facts.other_numbers, facts.same_numbers)
        || differ(facts.other_names, facts.same_names)
        || differ(
            facts.other_numbers + facts.other_names,
            facts.same_numbers + facts.same_names,
        )
        || (is_same_site
            && facts.n_blanks >= LEAST_BLANKS
            && facts.n_blanks * WORDS_A_BLANK > facts.n_shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "The council of Rusk voted on Tuesday to keep the pool open. More than \
        21,000 people had signed a petition. Heating it costs 190 thousand a year, said Peter Oldroyd, \
        who runs the finances of the town. Parking will cost 2.80 instead of 2.20 an hour from June on. \
        The vote was 31 to 24. Swimmers promised to clean the pool once a month.";

    fn forecast(city: &str, high: u32, low: u32, wind: u32, rain: u32) -> String {
        format!(
            "The weather in {city} will be mild with some sun in the afternoon. A high of {high} degrees \
             is expected, and at night it will cool down to {low} degrees. Winds from the west reach \
             {wind} kilometres an hour. The chance of rain in the whole of {city} stands at {rain} percent."
        )
    }

    #[track_caller]
    fn check(new: &str, known: &str, is_same_site: bool, is_near: bool) {
        for (new, known) in [(new, known), (known, new)] {
            let pair = Pair {
                new,
                known,
                is_same_site,
            };
            assert_eq!(near(&pair).is_some(), is_near, "{pair:?}");
        }
    }

    #[test]
    fn a_copy_with_a_lead_of_its_own_is_near() {
        let local = format!("Good news for all who like to swim early in the morning. {REPORT}");
        check(&local, REPORT, false, true);
        check(&local, REPORT, true, true);
    }

    #[test]
    fn a_correction_is_near() {
        check(&REPORT.replace("31 to 24", "31 to 25"), REPORT, true, true);
        let twice = REPORT.replace("31 to 24", "30 to 25");
        check(&twice, REPORT, true, true);
    }

    #[test]
    fn one_number_in_two_houses_is_no_difference() {
        let other = REPORT.replace("21,000", "21000").replace("2.80", "2,80");
        check(&other, REPORT, true, true);
    }

    #[test]
    fn a_form_filled_in_twice_is_two_stories() {
        let rusk = forecast("Rusk", 14, 7, 22, 40);
        let merrow = forecast("Merrow", 19, 11, 9, 5);
        check(&rusk, &merrow, true, false);
        check(&rusk, &merrow, false, false);
    }

    #[test]
    fn a_form_with_names_alone_is_two_stories() {
        let notice = |who: &str, where_to: &str, whose: &str| {
            format!(
                "After many years of faithful service the teacher {who} has been made head of the school \
                 at {where_to}. The board thanked all who had applied for the post and wished {who} much \
                 success. It will be handed over by {whose} in a small ceremony after the holidays, to \
                 which parents and friends of the school at {where_to} are invited."
            )
        };
        let (a, b) = (
            notice("Ann Pell", "Rusk", "Jo Marsh"),
            notice("Tom Weir", "Denholm", "Ed Finch"),
        );
        check(&a, &b, true, false);
    }

    #[test]
    fn a_form_of_one_site_is_one_whatever_was_filled_in() {
        let recall = |what: &str, since: &str, why: &str, whose: &str| {
            format!(
                "The company has called back all packets of its {what} that were sold since {since}. They \
                 may contain {why}, which should not be eaten by people with an allergy. Packets can be \
                 returned to any shop, and the price will be paid back without a receipt. Questions are \
                 answered by the {whose} on working days."
            )
        };
        let soup = recall("tomato soup", "last month", "mustard", "buyers' desk");
        let cake = recall(
            "honey cakes",
            "the spring",
            "traces of egg",
            "owner's sister",
        );
        check(&soup, &cake, true, false);
        // Two outlets that edit one wire report differ in as many words.
        check(&soup, &cake, false, true);
    }

    #[test]
    fn a_common_end_is_no_story() {
        let end = "Have you seen something, or do you know more about this? Write to our editors, who \
            treat all tips in confidence, or call the news desk between eight in the morning and ten at \
            night. Our newsletter brings you the news of the day every evening at six.";
        let swan = format!(
            "A swan walked onto the motorway and was carried off in a jacket. Police \
            stopped all cars for a quarter of an hour. It swims again. {end}"
        );
        let choir = format!(
            "The choir of the old church looks for men with low voices, says its \
            master, who has three of them against twenty sopranos. {end}"
        );
        check(&swan, &choir, false, false);
    }

    #[test]
    fn texts_of_one_site_have_to_share_more() {
        let half = REPORT.split_at(REPORT.len() * 2 / 3).0;
        let other = format!("{half} Quite another end that no one expected.");
        let longer = format!("{REPORT} {REPORT}");
        check(&other, &longer, false, true);
        let words = "One of ours wrote about it at length, as we had promised to in the spring of the \
            year before, when the baths were shut and nobody knew whether they would ever be full again.";
        let more = format!("{half} {words}");
        check(&more, REPORT, false, true);
        check(&more, REPORT, true, false);
    }
}
