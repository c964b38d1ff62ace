//! A Markdown file an article.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde_json::Value;
use unicode_normalization::char::decompose_canonical;

use super::COLUMNS;
use crate::{
    cli::{
        exit::{Failed, Status},
        output::{self, count},
    },
    store::ArticleRow,
    text::cap,
};

/// Bytes of a title in a file name: file systems allow 255 for the whole, in a language of three
/// bytes a letter too.
const SLUG_BYTES: usize = 80;

/// The folder that is written to. Names are made of letters, digits and `-` alone, so none leads
/// out of it; a link under such a name is replaced, not followed.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    n_written: u64,
    n_same: u64,
}

impl Folder {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self {
            path,
            n_written: 0,
            n_same: 0,
        }
    }

    /// Makes the folder when it is not there.
    pub(super) fn make(&self) -> Result<(), Failed> {
        fs::create_dir_all(&self.path)
            .map_err(|error| cannot_write("make folder", &self.path, error))
    }

    /// Writes the file of an article, unless it stands there as it is: programs that watch the
    /// folder see what changed.
    pub(super) fn write(&mut self, article: &ArticleRow) -> Result<(), Failed> {
        let name = file_name(article);
        let path = self.path.join(&name);
        let content = document(article);
        let is_file = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
        if is_file && fs::read(&path).is_ok_and(|found| found == content.as_bytes()) {
            self.n_same += 1;
            return Ok(());
        }
        // Under another name until it is whole; renaming replaces a link and does not follow it.
        let part = self.path.join(format!(".{name}.part"));
        let done = write_new(&part, &content).and_then(|()| fs::rename(&part, &path));
        if let Err(error) = done {
            drop(fs::remove_file(&part));
            return Err(cannot_write("write", &path, error));
        }
        self.n_written += 1;
        Ok(())
    }

    pub(super) fn summary(&self) -> String {
        format!(
            "{} written to {}, {} there already",
            count(self.n_written, "file", "files"),
            output::printable(&self.path.display().to_string()),
            self.n_same
        )
    }
}

/// Writes a file that was not there; what a broken-off export left goes first.
fn write_new(path: &Path, content: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = fs::File::create_new(path)?;
    file.write_all(content.as_bytes())
}

fn cannot_write(action: &str, path: &Path, error: io::Error) -> Failed {
    let message = format!("cannot {action} `{}`", path.display());
    Failed::new(Status::Io, anyhow::Error::new(error).context(message))
        .with_hint("name a folder that may be written with `--to DIR`".to_owned())
}

/// `2026-11-24-harbour-council-42.md`: by date of publication, or else when it was seen.
fn file_name(article: &ArticleRow) -> String {
    let date = article
        .published_at
        .as_deref()
        .unwrap_or(&article.first_seen_at);
    let day: String = date
        .chars()
        .take(10)
        .filter(|c| c.is_ascii_digit() || *c == '-')
        .collect();
    let slug = slug(article.title.as_deref().unwrap_or_default());
    let parts = [day, slug, article.id.to_string()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}.md", parts.join("-"))
}

/// Letters and digits in lower case, Latin letters without accents, and `-` for all between.
fn slug(title: &str) -> String {
    let mut slug = String::with_capacity(title.len());
    for c in title.chars().filter(|c| !is_mark_of_word(*c)) {
        if c.is_alphanumeric() {
            slug.extend(base(c).to_lowercase().filter(|c| c.is_alphanumeric()));
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let (slug, _) = cap(&slug, SLUG_BYTES);
    slug.trim_end_matches('-').to_owned()
}

/// An apostrophe stands inside a word.
const fn is_mark_of_word(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// The ASCII letter under an accent; other letters are what they are.
fn base(c: char) -> char {
    let mut first = None;
    decompose_canonical(c, |part| {
        first.get_or_insert(part);
    });
    first.filter(char::is_ascii).unwrap_or(c)
}

/// Front matter and text.
fn document(article: &ArticleRow) -> String {
    let fields = serde_json::to_value(article).unwrap_or_default();
    let mut document = "---\n".to_owned();
    for column in COLUMNS.iter().filter(|column| **column != "text") {
        let value = fields.get(column).unwrap_or(&Value::Null);
        document.push_str(column);
        document.push_str(": ");
        document.push_str(&yaml(value));
        document.push('\n');
    }
    document.push_str("---\n\n");
    if let Some(title) = &article.title {
        document.push_str("# ");
        document.push_str(&escaped(title));
        document.push_str("\n\n");
    }
    for paragraph in article.text.split("\n\n") {
        let lines: Vec<String> = paragraph
            .lines()
            .map(|line| escaped(line.trim_start()))
            .collect();
        // A break in a paragraph stays one.
        document.push_str(&lines.join("\\\n"));
        document.push_str("\n\n");
    }
    document.truncate(document.trim_end().len());
    document.push('\n');
    document
}

/// JSON is YAML, but for three line breaks that JSON takes for letters.
fn yaml(value: &Value) -> String {
    value
        .to_string()
        .replace('\u{85}', "\\u0085")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Plain text as Markdown that shows it: what would be markup is escaped (`CommonMark`, 2.4).
fn escaped(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 8);
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let n_digits = line.len() - number.len();
    for (at, c) in line.char_indices() {
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&' | '|' | '~' => true,
            '#' | '>' | '+' | '-' | '=' => at == 0,
            '.' | ')' => n_digits > 0 && at == n_digits,
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_date_title_and_id() {
        let name = |title: &str| {
            file_name(&ArticleRow {
                id: 42,
                title: Some(title.to_owned()),
                first_seen_at: "2026-11-24T05:36:00Z".to_owned(),
                ..ArticleRow::default()
            })
        };
        for (title, want) in [
            (
                "Harbour council's plan",
                "2026-11-24-harbour-councils-plan-42.md",
            ),
            ("  Ärger — über Żółw? ", "2026-11-24-arger-uber-zołw-42.md"),
            ("../../etc/passwd", "2026-11-24-etc-passwd-42.md"),
            ("…", "2026-11-24-42.md"),
            ("東京の天気", "2026-11-24-東京の天気-42.md"),
        ] {
            assert_eq!(name(title), want);
        }
        assert!(name(&"東".repeat(200)).len() < 255);
    }

    #[test]
    fn a_text_is_shown_as_it_is() {
        for (text, want) in [
            ("# no heading", "\\# no heading"),
            ("1. no list", "1\\. no list"),
            ("1.5 per cent - no list", "1\\.5 per cent - no list"),
            ("- no list", "\\- no list"),
            ("a *b* <script>", "a \\*b\\* \\<script>"),
        ] {
            assert_eq!(escaped(text), want);
        }
        let article = ArticleRow {
            title: Some("A \"title\"\u{2028}".to_owned()),
            authors: vec!["A: B".to_owned()],
            text: "One\n  two.\n\nThree".to_owned(),
            ..ArticleRow::default()
        };
        let document = document(&article);
        for part in [
            "\ntitle: \"A \\\"title\\\"\\u2028\"\n",
            "\nauthors: [\"A: B\"]\n",
            "\nurl: null\n",
            "\n---\n\n# A \"title\"",
            "\n\nOne\\\ntwo.\n\nThree\n",
        ] {
            assert!(document.contains(part), "{part:?} in {document}");
        }
        assert!(!document.contains("\ntext: "));
    }
}
