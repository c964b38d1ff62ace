//! Reads a search as a person types it.
//!
//! **Invariant:** pure; whatever is read becomes a query that FTS5 takes.

use std::ops::Range;

use chrono::{DateTime, Utc};

use super::{
    filter::Wish,
    fulltext::is_unspaced,
    typed::{self, SearchError, SearchFault, Term, Word},
};

/// A trigram table finds nothing shorter.
const TRIGRAM: usize = 3;

/// A search, read.
///
/// All words must occur; `"phrases"`, `begin*`, `OR`, `NOT` and a leading `-` work as in FTS5;
/// `title:` looks in the title only; `feed:`, `tag:`, `lang:`, `since:` and `until:` act as the
/// fields of [`ArticleFilter`](super::ArticleFilter). All else is text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    pub(super) table: Table,
    /// For `MATCH`: what a hit must have.
    pub(super) wanted: Option<String>,
    /// For `MATCH`: what a hit must not have.
    pub(super) unwanted: Option<String>,
    /// What the other table, or both, have to answer.
    pub(super) asides: Vec<Aside>,
    /// Terms that are too short for the table.
    pub(super) parts: Vec<AnyOf<Term>>,
    pub(super) wishes: Vec<AnyOf<Wish>>,
    feeds: Vec<(String, Range<usize>)>,
}

/// The full-text table that can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Words,
    Trigrams,
}

/// Words with and without spaces between them, joined by `OR`, or one of the latter that is taken away: for `MATCH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Aside {
    pub(super) is_not: bool,
    pub(super) words: Option<String>,
    pub(super) trigrams: Option<String>,
}

/// Things joined by `OR`, or one that is taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AnyOf<T> {
    pub(super) any: Vec<T>,
    pub(super) is_not: bool,
}

impl Search {
    /// Reads a search; spans such as `since:7d` count back from `now`.
    ///
    /// # Errors
    /// An open quote, a filter without a value, a time that cannot be read, `OR` between a word
    /// and a filter, and a search without anything that a hit must have.
    pub fn read(typed: &str, now: DateTime<Utc>) -> Result<Self, SearchError> {
        let words = typed::words(typed, now)?;
        let mut clauses = Clauses::default();
        for (word, place) in words {
            clauses.take(word, place)?;
        }
        if !clauses.has_wanted() {
            let is_empty = clauses.terms.is_empty() && clauses.wishes.is_empty();
            let start = typed.len() - typed.trim_start().len();
            return Err(SearchError {
                fault: if is_empty {
                    SearchFault::Nothing
                } else {
                    SearchFault::OnlyNot
                },
                place: start..typed.trim_end().len().max(start),
            });
        }
        Ok(clauses.search())
    }

    /// The feeds it names, with the bytes where it does.
    pub fn feeds(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.feeds
            .iter()
            .map(|(feed, place)| (feed.as_str(), place.clone()))
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Clauses {
    terms: Vec<AnyOf<Term>>,
    wishes: Vec<AnyOf<Wish>>,
    feeds: Vec<(String, Range<usize>)>,
    /// What `OR` would join to.
    last: Option<Sort>,
    is_or: bool,
    is_not: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Term,
    Wish,
}

impl Clauses {
    fn take(&mut self, word: Word, place: Range<usize>) -> Result<(), SearchError> {
        let sort = match word {
            Word::Or => {
                self.is_or = true;
                return Ok(());
            }
            Word::Not => {
                self.is_not = true;
                return Ok(());
            }
            Word::Term(_) => Sort::Term,
            Word::Wish(_) => Sort::Wish,
        };
        let is_not = std::mem::take(&mut self.is_not);
        let is_or = std::mem::take(&mut self.is_or) && !is_not && self.last.is_some();
        if is_or && self.last != Some(sort) {
            return Err(SearchError {
                fault: SearchFault::MixedOr,
                place,
            });
        }
        if !is_not {
            self.last = Some(sort);
        }
        match word {
            Word::Term(term) => join(&mut self.terms, term, is_or, is_not),
            Word::Wish(wish) => {
                if let Wish::Feed(feed) = &wish {
                    self.feeds.push((feed.clone(), place));
                }
                join(&mut self.wishes, wish, is_or, is_not);
            }
            Word::Or | Word::Not => {}
        }
        Ok(())
    }

    fn has_wanted(&self) -> bool {
        self.terms.iter().any(|clause| !clause.is_not)
            || self.wishes.iter().any(|clause| !clause.is_not)
    }

    fn search(self) -> Search {
        // A hit has what is wanted in any case, so it stands in the table of trigrams if that is a text without spaces.
        let is_wanted_unspaced =
            |clause: &AnyOf<Term>| !clause.is_not && clause.any.iter().all(is_unspaced_term);
        let table = if self.terms.iter().any(is_wanted_unspaced) {
            Table::Trigrams
        } else {
            Table::Words
        };
        let is_for_table = |clause: &AnyOf<Term>| match table {
            Table::Words => !clause.any.iter().any(is_unspaced_term),
            Table::Trigrams => clause.any.iter().all(is_long) && !is_mixed(clause),
        };
        let (in_table, others): (Vec<_>, Vec<_>) = self.terms.into_iter().partition(is_for_table);
        let is_aside = |clause: &AnyOf<Term>| {
            let mut unspaced = clause.any.iter().filter(|term| is_unspaced_term(term));
            unspaced.all(is_long) && (table == Table::Words || is_mixed(clause))
        };
        let (asides, parts): (Vec<_>, Vec<_>) = others.into_iter().partition(is_aside);
        let (unwanted, wanted): (Vec<_>, Vec<_>) =
            in_table.iter().partition(|clause| clause.is_not);
        Search {
            table,
            wanted: matching(wanted, " AND "),
            unwanted: matching(unwanted, " OR "),
            asides: asides.into_iter().map(aside).collect(),
            parts,
            wishes: self.wishes,
            feeds: self.feeds,
        }
    }
}

fn is_unspaced_term(term: &Term) -> bool {
    term.text.chars().any(is_unspaced)
}

fn is_long(term: &Term) -> bool {
    term.text.chars().count() >= TRIGRAM
}

/// No one table has all that may be found.
fn is_mixed(clause: &AnyOf<Term>) -> bool {
    let n_unspaced = clause
        .any
        .iter()
        .filter(|term| is_unspaced_term(term))
        .count();
    n_unspaced > 0 && n_unspaced < clause.any.len()
}

fn aside(clause: AnyOf<Term>) -> Aside {
    let is_not = clause.is_not;
    let (trigrams, words): (Vec<_>, Vec<_>) = clause.any.into_iter().partition(is_unspaced_term);
    let joined = |any: Vec<Term>| {
        let any: Vec<String> = any.iter().map(expression).collect();
        (!any.is_empty()).then(|| any.join(" OR "))
    };
    Aside {
        is_not,
        words: joined(words),
        trigrams: joined(trigrams),
    }
}

fn join<T>(clauses: &mut Vec<AnyOf<T>>, item: T, is_or: bool, is_not: bool) {
    let last = clauses.iter_mut().rev().find(|clause| !clause.is_not);
    match last {
        Some(last) if is_or => last.any.push(item),
        Some(_) | None => clauses.push(AnyOf {
            any: vec![item],
            is_not,
        }),
    }
}

fn matching(clauses: Vec<&AnyOf<Term>>, between: &str) -> Option<String> {
    let clauses: Vec<String> = clauses
        .into_iter()
        .map(|clause| {
            let any: Vec<String> = clause.any.iter().map(expression).collect();
            format!("({})", any.join(" OR "))
        })
        .collect();
    (!clauses.is_empty()).then(|| clauses.join(between))
}

/// A string of FTS5: quotes are doubled, and nothing in it has a meaning.
fn expression(term: &Term) -> String {
    let column = if term.is_title { "title : " } else { "" };
    let star = if term.is_prefix { "*" } else { "" };
    format!("{column}\"{}\"{star}", term.text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Result<Search, SearchError> {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        Search::read(typed, now)
    }

    #[track_caller]
    fn check(typed: &str, wanted: &str, unwanted: Option<&str>) {
        let search = read(typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert_eq!(search.wanted.as_deref(), Some(wanted), "{typed}");
        assert_eq!(search.unwanted.as_deref(), unwanted, "{typed}");
        assert_eq!(search.table, Table::Words, "{typed}");
    }

    #[track_caller]
    fn check_fault(typed: &str, fault: &SearchFault, at_fault: &str) {
        let error = read(typed).unwrap_err();
        assert_eq!(error.fault, *fault, "{typed}");
        assert_eq!(typed.get(error.place), Some(at_fault), "{typed}");
    }

    #[test]
    fn words_are_anded_and_operators_work() {
        check("climate court", r#"("climate") AND ("court")"#, None);
        check("a OR b c", r#"("a" OR "b") AND ("c")"#, None);
        check("a -b NOT c", r#"("a")"#, Some(r#"("b") OR ("c")"#));
        check(
            r#""supreme court" elect*"#,
            r#"("supreme court") AND ("elect"*)"#,
            None,
        );
        check(r#"a -"b c""#, r#"("a")"#, Some(r#"("b c")"#));
        check(
            r#"title:court title:"a b"* x"#,
            r#"(title : "court") AND (title : "a b"*) AND ("x")"#,
            None,
        );
        check("x -title:a*", r#"("x")"#, Some(r#"(title : "a"*)"#));
    }

    #[test]
    fn everything_else_is_text() {
        check("C++ (2024)", r#"("C++") AND ("(2024)")"#, None);
        check("text:x", r#"("text:x")"#, None);
        check("Title: x", r#"("Title:") AND ("x")"#, None);
        check("https://a.example", r#"("https://a.example")"#, None);
        check(r#""title:x""#, r#"("title:x")"#, None);
        check("it's", r#"("it's")"#, None);
        check("OR a", r#"("a")"#, None);
        check("a AND b", r#"("a") AND ("b")"#, None);
        check("NEAR(a b)", r#"("NEAR(a") AND ("b)")"#, None);
    }

    #[test]
    fn words_before_a_colon_filter() {
        let search = read("feed:a OR feed:\"b c\" court -tag:x lang:de since:7d").unwrap();
        assert_eq!(search.wanted.as_deref(), Some(r#"("court")"#));
        let feeds: Vec<_> = search.feeds().collect();
        assert_eq!(feeds, [("a", 0..6), ("b c", 10..20)]);
        let n_of_each: Vec<_> = search
            .wishes
            .iter()
            .map(|clause| (clause.any.len(), clause.is_not))
            .collect();
        assert_eq!(n_of_each, [(2, false), (1, true), (1, false), (1, false)]);
        assert_eq!(read("tag:x -court").unwrap().wanted, None);
    }

    #[test]
    fn a_fault_is_named_with_its_place() {
        for typed in ["", "  ", "\"\"", "- * ^", "OR", "NOT"] {
            check_fault(typed, &SearchFault::Nothing, typed.trim());
        }
        for typed in ["NOT a", "-a", "-feed:a -b", "NOT \"a\""] {
            check_fault(typed, &SearchFault::OnlyNot, typed);
        }
        check_fault(" \"open quote", &SearchFault::OpenQuote, "\"open quote");
        check_fault("a tag:\"x y", &SearchFault::OpenQuote, "\"x y");
        check_fault("5\" disk", &SearchFault::OpenQuote, "\" disk");
        check_fault("a feed: b", &SearchFault::NoValue("feed"), "feed:");
        check_fault("a -tag:\" \"", &SearchFault::NoValue("tag"), "-tag:\" \"");
        check_fault("title:+", &SearchFault::NoValue("title"), "title:+");
        let value = "soon".to_owned();
        check_fault("é until:soon", &SearchFault::NoTime { value }, "until:soon");
        check_fault("a OR feed:b", &SearchFault::MixedOr, "feed:b");
    }

    #[test]
    fn scripts_without_spaces_go_to_the_trigram_table() {
        let search = read("東京都").unwrap();
        assert_eq!(search.table, Table::Trigrams);
        assert_eq!(search.wanted.as_deref(), Some("(\"東京都\")"));
        let search = read("東京 オリンピック -大阪 tag:x").unwrap();
        assert_eq!(search.wanted.as_deref(), Some("(\"オリンピック\")"));
        let parts: Vec<_> = search
            .parts
            .iter()
            .map(|clause| (clause.any[0].text.as_str(), clause.is_not))
            .collect();
        assert_eq!(parts, [("東京", false), ("大阪", true)]);
        assert_eq!(read("court tag:東京").unwrap().table, Table::Words);
    }
}
