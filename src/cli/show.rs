//! `feedmill show`.

use similar::{ChangeTag, TextDiff};

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::{self, Output},
};
use crate::store::{ArticleRow, Reader, RevisionRow};

/// Show one article with its provenance
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill show 42\n  \
    feedmill show https://news.example/story --json\n  \
    feedmill show 42 --diff            what the last edit changed\n  \
    feedmill show 42 --diff 1..3       from the first revision to the third")]
pub(super) struct Args {
    /// Id or address of the article
    #[arg(value_name = "ID")]
    id: String,
    /// What changed between two revisions, by words: `A..B`, default the last two
    #[arg(long, value_name = "A..B", num_args = 0..=1, default_missing_value = "")]
    diff: Option<String>,
    /// Print one JSON document
    #[arg(long, conflicts_with = "diff")]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let reader = open::reader(global)?;
    let Some(article) = reader.article(&args.id)? else {
        return Err(
            Failed::message(Status::Unusable, format!("no article `{}`", args.id)).with_hint(
                "give an id or an address as `feedmill list --json` shows them".to_owned(),
            ),
        );
    };
    let revisions = reader.revisions(article.id)?;
    let mut output = Output::new();
    if let Some(range) = &args.diff {
        print_diff(&mut output, &revisions, range)?;
    } else if args.json {
        let mut object = serde_json::to_value(&article).unwrap_or_default();
        if let Some(object) = object.as_object_mut() {
            object.insert(
                "listings".to_owned(),
                serde_json::to_value(reader.listings(article.id)?).unwrap_or_default(),
            );
            object.insert(
                "revisions".to_owned(),
                serde_json::to_value(&revisions).unwrap_or_default(),
            );
            object.insert(
                "left_out".to_owned(),
                reader.left_out(article.id, article.revision)?.into(),
            );
        }
        output.json(&object)?;
    } else {
        print_article(&mut output, &reader, &article, &revisions)?;
    }
    output.flush()?;
    Ok(Status::Ok)
}

fn print_article(
    output: &mut Output,
    reader: &Reader,
    article: &ArticleRow,
    revisions: &[RevisionRow],
) -> Result<(), Failed> {
    output.line(article.title.as_deref().unwrap_or("(no title)"))?;
    output.line("")?;
    let words = format!(
        "{} words from the {}, quality {:.2}",
        article.word_count, article.text_source, article.quality
    );
    let made = revisions.last().and_then(made_by);
    let story = (article.story_id != article.id).then(|| article.story_id.to_string());
    for (name, value) in [
        ("by", joined(&article.authors)),
        ("published", article.published_at.clone()),
        ("updated", article.updated_at.clone()),
        ("first seen", Some(article.first_seen_at.clone())),
        ("feed", article.feed.clone()),
        ("site", article.site_name.clone()),
        ("address", article.canonical_url.clone()),
        ("language", article.language.clone()),
        ("tags", joined(&article.tags)),
        ("text", Some(words)),
        ("page error", article.page_error.clone()),
        ("flags", joined(&article.flags)),
        ("reserved", joined(&article.reservations)),
        ("story", story),
        ("agency", article.agency.clone()),
        ("made", made),
        ("sha-256", Some(article.content_hash.clone())),
    ] {
        if let Some(value) = value {
            output.line(format!("{name:>10}: {}", output::printable(&value)))?;
        }
    }
    for listing in reader.listings(article.id)? {
        output.line(format!(
            "{:>10}: {} since {}",
            "listed",
            output::printable(listing.url.as_deref().unwrap_or(&listing.guid)),
            listing.listed_at
        ))?;
    }
    if revisions.len() > 1 {
        for revision in revisions {
            output.line(format!(
                "{:>10}: {} seen {}",
                "revision", revision.revision, revision.seen_at
            ))?;
        }
    }
    if let Some(description) = &article.description {
        output.line("")?;
        output.line(output::printable(description))?;
    }
    output.line("")?;
    output.line(&article.text)?;
    let left_out = reader.left_out(article.id, article.revision)?;
    if !left_out.is_empty() {
        output.line("\nLeft out, because the site repeats it:")?;
        for passage in left_out {
            output.line(format!("\n{passage}"))?;
        }
    }
    Ok(())
}

/// By which poll or fetch a revision was made.
fn made_by(revision: &RevisionRow) -> Option<String> {
    let reason = revision.reason.as_deref()?;
    let from = match (revision.fetch_id, revision.poll_id) {
        (Some(fetch), _) => format!("from the page of fetch {fetch}"),
        (None, Some(poll)) => format!("from the feed of poll {poll}"),
        (None, None) => "from the feed".to_owned(),
    };
    let extractor = revision.extractor;
    let by = extractor.map_or_else(String::new, |version| format!(" by extractor {version}"));
    Some(format!("{reason}, {from}{by}"))
}

fn joined(list: &[String]) -> Option<String> {
    (!list.is_empty()).then(|| list.join(", "))
}

fn print_diff(output: &mut Output, revisions: &[RevisionRow], range: &str) -> Result<(), Failed> {
    let last = revisions.iter().map(|r| r.revision).max().unwrap_or(1);
    let (from, to) = if range.is_empty() {
        ((last - 1).max(1), last)
    } else {
        range
            .split_once("..")
            .and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)))
            .ok_or_else(|| {
                Failed::message(Status::Usage, format!("`--diff {range}` is no range"))
                    .with_hint("write two revisions as `1..3`".to_owned())
            })?
    };
    let find = |wanted: i64| {
        revisions
            .iter()
            .find(|revision| revision.revision == wanted)
            .ok_or_else(|| {
                Failed::message(
                    Status::Unusable,
                    format!("the article has no revision {wanted}; its last is {last}"),
                )
            })
    };
    let (old, new) = (find(from)?, find(to)?);
    output.line(format!(
        "revision {from} ({}) to {to} ({})",
        old.seen_at, new.seen_at
    ))?;
    if old.title != new.title {
        output.line(format!("[-{}-]", old.title.as_deref().unwrap_or_default()))?;
        output.line(format!(
            "{{+{}+}}",
            new.title.as_deref().unwrap_or_default()
        ))?;
    }
    output.line(word_diff(&old.text, &new.text))
}

/// Words taken out stand in `[-…-]`, words put in stand in `{+…+}`.
pub(super) fn word_diff(old: &str, new: &str) -> String {
    let diff = TextDiff::from_words(old, new);
    let mut line = String::with_capacity(new.len() + 64);
    let mut open = ChangeTag::Equal;
    for change in diff.iter_all_changes() {
        if change.tag() != open {
            line.push_str(closing(open));
            line.push_str(opening(change.tag()));
            open = change.tag();
        }
        line.push_str(change.value());
    }
    line.push_str(closing(open));
    line
}

const fn opening(tag: ChangeTag) -> &'static str {
    match tag {
        ChangeTag::Equal => "",
        ChangeTag::Delete => "[-",
        ChangeTag::Insert => "{+",
    }
}

const fn closing(tag: ChangeTag) -> &'static str {
    match tag {
        ChangeTag::Equal => "",
        ChangeTag::Delete => "-]",
        ChangeTag::Insert => "+}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_marks_words() {
        assert_eq!(
            word_diff("Ten people came.", "Twelve people came."),
            "[-Ten-]{+Twelve+} people came."
        );
    }
}
