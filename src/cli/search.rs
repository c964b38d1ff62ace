//! `feedmill search`.

use super::{
    args::{Filters, Global, Machine},
    exit::{Failed, Status},
    open, output,
    rows::{self, Kind, column},
};

/// Hits shown when `--limit` is not given.
const LIMIT: u32 = 20;

/// Search titles and texts
///
/// The best hit first (BM25). A hit has all the words, in its title or its text; case and accents
/// do not matter.
///
/// What a query may hold: `word`, `"a phrase"`, `begin*`; `a OR b` (binds closer than the spaces
/// between words), `NOT a` or `-a`; `AND` is what spaces mean. Operators are written in capitals.
/// All else is text: there are no parentheses and no column names (the tables take those by SQL,
/// see docs/schema.md).
#[derive(Debug, clap::Args)]
#[command(mut_arg("limit", |limit| limit.help("At most so many [default: 20]")))]
#[command(after_help = "Examples:\n  \
    feedmill search climate court\n  \
    feedmill search '\"supreme court\" OR tribunal' --since 30d\n  \
    feedmill search 東京 --json")]
pub(super) struct Args {
    /// What to look for
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    machine: Machine,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let filter = rows::filter(&args.filters, Some(LIMIT))?;
    let query = args.query.join(" ");
    if !has_term(&query) {
        return Err(nothing_to_look_for(&query));
    }
    let reader = open::reader(global)?;
    rows::expect_feed(&reader, filter.feed.as_deref())?;
    let hits = reader.search(&query, &filter)?;
    let columns = [
        column("id", Kind::Plain),
        column("published_at", Kind::Time),
        column("feed", Kind::Line),
        column("title", Kind::Line),
        column("snippet", Kind::Line),
    ];
    rows::print(&hits, &columns, args.machine)?;
    Ok(Status::Ok)
}

fn nothing_to_look_for(query: &str) -> Failed {
    Failed::message(
        Status::Usage,
        format!("`{}` holds nothing to search for", output::printable(query)),
    )
    .with_hint(
        "give at least one word that a hit must have; NOT only takes hits away \
         (`feedmill search --help` shows what a query may hold)"
            .to_owned(),
    )
}

/// Whether a query holds a word that a hit must have.
fn has_term(query: &str) -> bool {
    let has_letter = |text: &str| text.chars().any(char::is_alphanumeric);
    if query.contains('"') {
        // What looks like an operator may stand in a phrase.
        return has_letter(query);
    }
    let mut is_unwanted = false;
    for word in query.split_whitespace().filter(|word| has_letter(word)) {
        match word {
            "NOT" => is_unwanted = true,
            "OR" | "AND" => {}
            _ if is_unwanted || is_taken_away(word) => is_unwanted = false,
            _ => return true,
        }
    }
    false
}

/// `-word`.
fn is_taken_away(word: &str) -> bool {
    word.strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_needs_a_word_that_a_hit_must_have() {
        for query in [
            "", " ", "\"", "\"\"", "*", "- * ^", "NOT a", "OR", "-a", "a OR NOT",
        ] {
            assert_eq!(has_term(query), query.starts_with("a "), "{query}");
        }
        for query in [
            "a",
            "a NOT b",
            "NOT b a",
            "-b a",
            "C++",
            "\"NOT a\"",
            "NOT - b a",
            "東京",
        ] {
            assert!(has_term(query), "{query}");
        }
    }
}
