//! Reads a search as a person types it.
//!
//! **Invariant:** pure; whatever is typed becomes a query that FTS5 takes.

use super::fulltext::is_unspaced;

/// A trigram table finds nothing shorter.
const TRIGRAM: usize = 3;

/// Terms beyond this are left out: nobody types them.
const TERMS: usize = 64;

/// A search, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Query {
    /// Nothing to look for.
    Nothing,
    /// For the table of words.
    Words(String),
    /// For the trigram table; each of `parts` must occur besides, being too short for it.
    Trigrams {
        matching: Option<String>,
        parts: Vec<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Term { text: String, is_prefix: bool },
    Or,
    Not,
}

/// Reads a search. All terms must occur; `OR`, `NOT` and a leading `-` work as in `FTS5`; quotes hold
/// a phrase together; a trailing `*` asks for a beginning. All else is text.
pub(super) fn read(typed: &str) -> Query {
    let tokens = tokens(typed);
    let is_unspaced_query = tokens.iter().any(|token| match token {
        Token::Term { text, .. } => text.chars().any(is_unspaced),
        Token::Or | Token::Not => false,
    });
    if is_unspaced_query {
        return trigrams(&tokens);
    }
    let (wanted, unwanted) = clauses(&tokens);
    if wanted.is_empty() {
        return Query::Nothing;
    }
    Query::Words(matching(&wanted, &unwanted))
}

/// Alternatives: each inner list is one `a OR b`.
type Clauses = Vec<Vec<String>>;

fn clauses(tokens: &[Token]) -> (Clauses, Vec<String>) {
    let (mut wanted, mut unwanted): (Clauses, Vec<String>) = Default::default();
    let (mut is_or, mut is_not) = (false, false);
    for token in tokens {
        match token {
            Token::Or => is_or = true,
            Token::Not => is_not = true,
            Token::Term { text, is_prefix } => {
                let term = quoted(text, *is_prefix);
                if is_not {
                    unwanted.push(term);
                } else if let (true, Some(last)) = (is_or, wanted.last_mut()) {
                    last.push(term);
                } else {
                    wanted.push(vec![term]);
                }
                (is_or, is_not) = (false, false);
            }
        }
    }
    (wanted, unwanted)
}

fn matching(wanted: &Clauses, unwanted: &[String]) -> String {
    let all: Vec<String> = wanted
        .iter()
        .map(|any| format!("({})", any.join(" OR ")))
        .collect();
    let all = all.join(" AND ");
    if unwanted.is_empty() {
        all
    } else {
        format!("({all}) NOT ({})", unwanted.join(" OR "))
    }
}

/// A string of FTS5: quotes are doubled, and nothing in it has a meaning.
fn quoted(text: &str, is_prefix: bool) -> String {
    let star = if is_prefix { "*" } else { "" };
    format!("\"{}\"{star}", text.replace('"', "\"\""))
}

fn trigrams(tokens: &[Token]) -> Query {
    let is_long = |token: &Token| match token {
        Token::Term { text, .. } => text.chars().count() >= TRIGRAM,
        Token::Or | Token::Not => true,
    };
    if tokens.iter().all(is_long) {
        let (wanted, unwanted) = clauses(tokens);
        if wanted.is_empty() {
            return Query::Nothing;
        }
        return Query::Trigrams {
            matching: Some(matching(&wanted, &unwanted)),
            parts: Vec::new(),
        };
    }
    // With short terms about, operators would need the whole text: all terms must occur.
    let (mut long, mut parts) = (Vec::new(), Vec::new());
    for token in tokens {
        if let Token::Term { text, .. } = token {
            if is_long(token) {
                long.push(vec![quoted(text, false)]);
            } else {
                parts.push(text.clone());
            }
        }
    }
    Query::Trigrams {
        matching: (!long.is_empty()).then(|| matching(&long, &[])),
        parts,
    }
}

fn tokens(typed: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = typed.trim_start();
    while let Some(first) = rest.chars().next() {
        if tokens.len() >= TERMS {
            break;
        }
        let (raw, is_phrase, after) = if first == '"' {
            let (phrase, after) = phrase(rest);
            (phrase, true, after)
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || c == '"')
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            (word, false, after)
        };
        let (is_starred, after) = match after.strip_prefix('*') {
            Some(after) if is_phrase => (true, after),
            Some(_) | None => (false, after),
        };
        push_token(&mut tokens, raw, is_phrase, is_starred);
        rest = after.trim_start();
    }
    tokens
}

/// What stands between the quotes, and what follows; an open quote goes to the end.
fn phrase(quoted: &str) -> (&str, &str) {
    let inner = quoted.strip_prefix('"').unwrap_or(quoted);
    inner.split_once('"').unwrap_or((inner, ""))
}

fn push_token(tokens: &mut Vec<Token>, raw: &str, is_phrase: bool, is_starred: bool) {
    if !is_phrase {
        match raw {
            "OR" => return tokens.push(Token::Or),
            "NOT" => return tokens.push(Token::Not),
            "AND" => return,
            _ => {}
        }
    }
    let (is_not, raw) = match raw.strip_prefix('-') {
        Some(rest) if !is_phrase && rest.starts_with(char::is_alphanumeric) => (true, rest),
        Some(_) | None => (false, raw),
    };
    // A term without a letter or digit has no token and would match nothing.
    if !raw.chars().any(char::is_alphanumeric) {
        return;
    }
    let is_prefix = is_starred || (!is_phrase && raw.ends_with('*'));
    if is_not {
        tokens.push(Token::Not);
    }
    tokens.push(Token::Term {
        text: raw.trim_end_matches('*').to_owned(),
        is_prefix,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, want: &str) {
        assert_eq!(read(typed), Query::Words(want.to_owned()), "{typed}");
    }

    #[test]
    fn words_are_anded_and_operators_work() {
        check("climate court", r#"("climate") AND ("court")"#);
        check("a OR b c", r#"("a" OR "b") AND ("c")"#);
        check("a -b NOT c", r#"(("a")) NOT ("b" OR "c")"#);
        check(
            r#""supreme court" elect*"#,
            r#"("supreme court") AND ("elect"*)"#,
        );
    }

    #[test]
    fn everything_else_is_text() {
        check("C++ (2024)", r#"("C++") AND ("(2024)")"#);
        check("title:x", r#"("title:x")"#);
        check("it's", r#"("it's")"#);
        check("OR a", r#"("a")"#);
        check(r#""open quote"#, r#"("open quote")"#);
        check("a AND b", r#"("a") AND ("b")"#);
        check("NEAR(a b)", r#"("NEAR(a") AND ("b)")"#);
    }

    #[test]
    fn nothing_to_look_for_finds_nothing() {
        for typed in ["", "  ", "\"\"", "- * ^", "NOT a", "OR", "-a"] {
            assert_eq!(read(typed), Query::Nothing, "{typed}");
        }
    }

    #[test]
    fn scripts_without_spaces_go_to_the_trigram_table() {
        assert_eq!(
            read("東京都"),
            Query::Trigrams {
                matching: Some("(\"東京都\")".to_owned()),
                parts: vec![]
            }
        );
        assert_eq!(
            read("東京 オリンピック"),
            Query::Trigrams {
                matching: Some("(\"オリンピック\")".to_owned()),
                parts: vec!["東京".to_owned()]
            }
        );
    }
}
